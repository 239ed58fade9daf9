"""Azure, or the simulated one: is it there, who is asking, what may they do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from harness.app.doctor.findings import DoctorFinding
from harness.app.doctor.ports import Checkup, Reach, Rights
from harness.azure.clouds import CLOUDS
from harness.azure.roles import CALL
from harness.errors import OutsideError
from harness.plan.identity import AccountId, GroupId
from harness.plan.preflight.accounts import CALLER_ROLE, DECLARE_ACCESS, write_grant_command

SKEW_S = 300
"""Seconds by which a clock may be wrong before tokens seem expired or not yet valid.

Source: Entra allows five minutes.
"""

WRITES = (
    ("create accounts", "Microsoft.CognitiveServices/accounts/write"),
    ("create deployments", "Microsoft.CognitiveServices/accounts/deployments/write"),
    ("delete accounts", "Microsoft.CognitiveServices/accounts/delete"),
)
LIST_KEYS = "Microsoft.CognitiveServices/accounts/listkeys/action"
PURGE = "Microsoft.CognitiveServices/locations/resourceGroups/deletedAccounts/delete"
MANAGER_ROLE = "Cognitive Services Contributor"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The subscription and regions of the spec; without one, the environment's subscription.

    ``keyless`` are those of the accounts that take no key.
    """

    subscription: str
    groups: Sequence[GroupId] = ()
    accounts: Sequence[AccountId] = ()
    keyless: frozenset[AccountId] = frozenset()


def check_hosts(
    cloud: str, checkup: Checkup, now: Callable[[], datetime]
) -> Iterator[DoctorFinding]:
    """Check that the hosts of a real cloud answer, that TLS is trusted, that the clock is right."""
    facts = CLOUDS[cloud]
    for about, url in (("management", facts.arm), ("sign-in host", f"https://{facts.authority}")):
        found = checkup.reach(url)
        yield describe_reach(about, url, found)
        if about == "management" and found.server_time is not None:
            yield check_clock((now() - found.server_time).total_seconds())


def describe_simulator(url: str, found: Reach) -> DoctorFinding:
    """Say whether the simulated Azure answers."""
    if found.trouble:
        return DoctorFinding("simulator", "problem", f"{url}: {found.said}")
    return DoctorFinding("simulator", "ok", f"answers at {url}")


def describe_reach(about: str, url: str, found: Reach) -> DoctorFinding:
    """Say whether a host answers, and what to do where it does not."""
    match found.trouble:
        case "":
            return DoctorFinding(about, "ok", f"{url} answers, and its certificate is trusted")
        case "tls":
            hint = (
                "if a proxy inspects TLS, put its certificate into a file with the others and "
                "export REQUESTS_CA_BUNDLE and SSL_CERT_FILE"
            )
            said = f"{url}: the certificate is not trusted: {found.said}"
            return DoctorFinding(about, "problem", said, hint)
        case "proxy":
            return DoctorFinding(
                about, "problem", f"{url}: {found.said}", "check HTTPS_PROXY, NO_PROXY"
            )
        case "network":
            hint = "check the network, its firewall and HTTPS_PROXY; or use --cloud simulator"
            return DoctorFinding(about, "problem", f"{url} does not answer: {found.said}", hint)


def check_clock(skew_s: float) -> DoctorFinding:
    """Say how far this machine's clock is from Azure's; ``skew_s``: seconds ahead of it."""
    words = f"{abs(skew_s):.0f} s {'ahead of' if skew_s > 0 else 'behind'} Azure's"
    if abs(skew_s) > SKEW_S:
        return DoctorFinding(
            "clock", "problem", f"{words}: tokens will be refused", "set the clock"
        )
    return DoctorFinding("clock", "ok", "right" if abs(skew_s) < 2 else words)


def check_identity(checkup: Checkup) -> Iterator[DoctorFinding]:
    """Check who is signed in; nothing more can be asked where nobody is."""
    try:
        caller = checkup.read_caller()
    except OutsideError as error:
        yield _make_problem("sign-in", error)
        return
    by = f" by {caller.credential}"
    yield DoctorFinding("sign-in", "ok", f"{caller.name or 'signed in'}{by}")


def check_subscription(checkup: Checkup, around: Surroundings) -> Iterator[DoctorFinding]:
    """Check that the subscription is there, enabled, and has used Azure AI services."""
    try:
        found = checkup.read_subscription(around.subscription)
        state = str(found.get("state") or "")
        name = str(found.get("displayName") or around.subscription)
        usable = state in {"Enabled", "Warned", "PastDue"}
        hint = "" if usable else "have it enabled, or name another: AZURE_SUBSCRIPTION_ID"
        yield DoctorFinding("subscription", "ok" if usable else "problem", f"{name}: {state}", hint)
        registered = str(checkup.read_provider(around.subscription).get("registrationState") or "")
        is_on = registered.casefold() == "registered"
        hint = "" if is_on else "az provider register --namespace Microsoft.CognitiveServices"
        said = f"Microsoft.CognitiveServices: {registered}"
        yield DoctorFinding("provider", "ok" if is_on else "problem", said, hint)
    except OutsideError as error:
        yield _make_problem("subscription", error)


def check_roles(checkup: Checkup, around: Surroundings) -> Iterator[DoctorFinding]:
    """List what the caller may do where the spec deploys; what cannot be read is unknown."""
    scopes: Sequence[GroupId | str] = around.groups or (around.subscription,)
    for scope in scopes:
        where = scope if isinstance(scope, str) else scope.path
        yield _check_role(checkup, scope, f"role on {where.rpartition('/')[2]}", where)
    for at in around.accounts:
        about = f"calls to {at.name}"
        try:
            rights = checkup.read_rights(at)
        except OutsideError as error:
            yield _make_unknown(about, error)
            continue
        yield _check_calls(rights, at, about, takes_keys=at not in around.keyless)


def _check_calls(rights: Rights, at: AccountId, about: str, *, takes_keys: bool) -> DoctorFinding:
    if rights.allow(CALL, data=True):
        return DoctorFinding(about, "ok", "models may be called")
    if takes_keys and rights.allow(LIST_KEYS):
        return DoctorFinding(about, "ok", "models may be called with a key; Entra wants a role")
    said = "models may not be called with Entra"
    ways = f"{DECLARE_ACCESS}, and apply it; or run {write_grant_command(at)}"
    return DoctorFinding(about, "problem", said, ways)


def _check_role(checkup: Checkup, scope: GroupId | str, about: str, where: str) -> DoctorFinding:
    try:
        rights = checkup.read_rights(scope)
    except OutsideError as error:
        return _make_unknown(about, error)
    missing = [words for words, action in WRITES if not rights.allow(action)]
    if missing:
        hint = f'az role assignment create --role "{MANAGER_ROLE}" --scope {where} --assignee …'
        return DoctorFinding(about, "problem", f"may not {', nor '.join(missing)}", hint)
    calls = rights.allow(CALL, data=True)
    purges = isinstance(scope, str) and not rights.allow(PURGE)
    said = "accounts and deployments may be written"
    if not calls:
        said += f"; calling models wants {CALLER_ROLE} too, or keys"
    if purges:
        said += "; purging deleted accounts is not allowed"
    return DoctorFinding(about, "ok", said)


def _make_unknown(about: str, error: OutsideError) -> DoctorFinding:
    return DoctorFinding(about, "unknown", f"could not be read: {error.diagnostics[0].summary}")


def _make_problem(about: str, error: OutsideError) -> DoctorFinding:
    problem = error.diagnostics[0]
    said = f"{problem.summary}: {problem.detail}" if problem.detail else problem.summary
    return DoctorFinding(about, "problem", " ".join(said.split()), problem.hint)
