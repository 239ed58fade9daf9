"""Keep notes on an account about its contents: what is owned without tags, what was put in."""

from __future__ import annotations

from harness.plan.holdings import write_holdings
from harness.plan.identity import AccountId, NestedId
from harness.plan.observed import (
    HOLDINGS_TAG,
    OWNER_TAG,
    Body,
    ObservedAccount,
    find_owner,
    find_tag,
)
from harness.plan.resources.bodies import merge
from harness.provision.ports import Cloud, Tick


def find_owner_of(body: Body, at: NestedId, cloud: Cloud) -> str | None:
    """Return whose something is; its account is only read where it has no tag itself."""
    own = find_tag(body.get("tags") or {}, OWNER_TAG)
    if own is not None or not at.kind.ledger:
        return own
    account = cloud.read_account(at.account)
    return find_owner(body, account, at.kind) if account else None


def enter(at: NestedId, cloud: Cloud, tick: Tick) -> None:
    """Note on the account that this is ours, since Azure did not keep its tags."""
    ledger = at.kind.ledger
    account = cloud.read_account(at.account) if ledger else None
    if account is not None and at.name.casefold() not in account.read_ledger(ledger):
        names = account.read_ledger(ledger) | {at.name.casefold()}
        _note(account, at.account, {ledger: ",".join(sorted(names))}, cloud, tick)


def strike(at: NestedId, cloud: Cloud, tick: Tick) -> None:
    """Take it from the account's notes: it has been deleted."""
    ledger = at.kind.ledger
    account = cloud.read_account(at.account) if ledger else None
    if account is not None and at.name.casefold() in account.read_ledger(ledger):
        names = account.read_ledger(ledger) - {at.name.casefold()}
        _note(account, at.account, {ledger: ",".join(sorted(names))}, cloud, tick)


def note_holdings(at: AccountId, spec: str, cloud: Cloud, tick: Tick) -> ObservedAccount | None:
    """Note on an account of ours what the spec has in it now; the account as it was read."""
    account = cloud.read_account(at)
    if account is None or account.owner != spec:
        return account
    held = write_holdings(account, at, spec)
    if held != (find_tag(account.tags, HOLDINGS_TAG) or ""):
        _note(account, at, {HOLDINGS_TAG: held}, cloud, tick)
    return account


def _note(
    account: ObservedAccount, at: AccountId, tags: dict[str, str], cloud: Cloud, tick: Tick
) -> None:
    cloud.set_account_tags(at, merge({"tags": account.tags}, {"tags": tags})["tags"], tick)
