"""Plan one declared account, with all inside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from harness import address
from harness.azure.regions import fold
from harness.plan.identity import (
    ACCESS,
    CHILD_KINDS,
    ID_CLASSES,
    AccessId,
    ChildKind,
    DeploymentId,
    ResourceId,
)
from harness.plan.model import Action, Change, Delete, Problem, Purge, Put, Restore, Step
from harness.plan.naming import index_keys
from harness.plan.observed import (
    HASH_TAG,
    REPLACED_TAG,
    Body,
    DeletedAccount,
    ObservedAccount,
    find,
)
from harness.plan.resources import fields as table
from harness.plan.resources.bodies import list_identity_kinds
from harness.plan.resources.carrying import BROKE_OFF, carry_account, fingerprint
from harness.plan.resources.deployments import BROKEN
from harness.plan.resources.kinds import PLANNERS
from harness.plan.resources.ownership import (
    PURGES,
    Whose,
    add_comparison,
    is_watched,
    plan_watched,
    report_adoption,
    report_lost_key,
    report_lost_settings,
    report_others,
    report_protected,
)
from harness.plan.resources.site import Planned, Site
from harness.spec.model.base import Declared
from harness.spec.model.spec import Account


@dataclass(frozen=True, slots=True)
class Arrival:
    """The changes of one account in the order of their writing, and what stands in the way."""

    changes: tuple[Change, ...]
    problems: tuple[Problem, ...] = ()


def plan_account(site: Site) -> Arrival:
    """Return the account, its content filters, then its deployments, which may use them.

    A deployment that spills over to another comes after it; else the order is the spec's.
    """
    change, problems = _plan_one_account(site)
    within = replace(site, rebuilt=change.action == "replace")
    inside = [each for kind in reversed(CHILD_KINDS) for each in PLANNERS[kind](within)]
    return Arrival(
        (change, *(each for each, _ in inside)),
        (*problems, *(problem for _, found in inside for problem in found)),
    )


def _plan_one_account(site: Site) -> Planned:
    account, at, there = site.account, site.at, site.there
    fields = table.list_account_fields(account)
    change = Change(
        address.name_account(site.handle), at, "none", None, table.describe_declared(fields)
    )
    if account.policy == "verify-only":
        return _plan_watched(change, account, there), ()
    if there is None:
        return _plan_creation(site, change)
    found = table.compare_account(account, there.body)
    change = add_comparison(change, fields, there.body, found)
    whose = Whose(site.spec.name, there.owner, site.adopt)
    if whose.barred:
        barred = replace(change, action=whose.action, notes=whose.notes)
        problem = whose.report(change.address, f"account {there.name}", site.place)
        return barred, (problem,)
    if any(difference.forces for difference in found):
        return _plan_replacement(site, change, there)
    broken = there.state.casefold() in BROKEN
    if not found and there.owner is not None and not broken:
        return change, ()
    names = {difference.name for difference in found}
    put = table.make_put(
        at,
        [field for field in fields if field.name in names],
        table.make_tags(site.spec.name, fields),
        owner=there.owner,
    )
    action: Action = "adopt" if there.owner is None else "update"
    notes = (*whose.notes, *((f"it is in state {there.state}; written again",) if broken else ()))
    rolled = _check_rollback(site, change, there)
    return replace(change, action=action, notes=notes, steps=(put,)), rolled


def _plan_watched(change: Change, account: Account, there: ObservedAccount | None) -> Change:
    """Plan an account that is compared and never written."""
    seen = plan_watched(change, table.list_account_fields(account), there.body if there else None)
    if there is None:
        return seen
    found = table.compare_account(account, there.body)
    return replace(seen, differences=found, notes=seen.notes if found else ())


def _plan_creation(site: Site, change: Change) -> Planned:
    """Create it; a soft-deleted twin is purged first or brought back, as the spec says."""
    account, at = site.account, site.at
    fields = table.list_account_fields(account)
    tags = table.make_tags(site.spec.name, fields)
    put = table.make_put(at, fields, tags, fresh=True)
    made = replace(change, action="create", notes=("does not exist yet",))
    twin = next((each for each in site.observed.deleted if each.account == at), None)
    kept = site.observed.recall(at)
    if kept is not None:
        carried = carry_account(kept, fields)
        put = table.make_carrying_put(at, carried.body, tags)
        notes = (*made.notes, BROKE_OFF, *carried.notes)
        made = replace(made, notes=notes, keeps={at: kept})
    if twin is not None and twin.owner == site.spec.name and twin.is_replaced_by(tags[HASH_TAG]):
        note = "its replacement broke off; the deleted account is purged first"
        made = replace(made, notes=(*made.notes, note))
        if kept is None:
            carried = carry_account(twin.body, fields)
            put = table.make_carrying_put(at, carried.body, tags)
            made = replace(made, notes=(*made.notes, *carried.notes))
        return replace(made, steps=(Purge(at, twin.region), put)), ()
    if twin is None or account.on_soft_deleted == "fail":
        return replace(made, steps=(put,)), ()
    problems = _check_twin(site, change, twin)
    if account.on_soft_deleted == "purge":
        note = "the soft-deleted account of this name is purged first"
        return replace(made, notes=(*made.notes, note), steps=(Purge(at, twin.region), put)), (
            problems
        )
    note = "the soft-deleted account of this name is restored, and set as declared"
    stated = [field for field in fields if field.stated]
    back = Restore(at, twin.region, table.make_put(at, stated, tags).patch)
    return replace(made, notes=(*made.notes, note), steps=(back,)), problems


def _check_twin(site: Site, change: Change, twin: DeletedAccount) -> tuple[Problem, ...]:
    """Return what bars a soft-deleted account: whose it was, or that it cannot become as declared.

    Nobody's is not barred: `on_soft_deleted` itself says that it may be taken.
    """
    account, place = site.account, site.place
    if twin.owner not in (None, site.spec.name):
        whose = Whose(site.spec.name, twin.owner, adopt=False)
        what = f"the soft-deleted account {twin.account.name}"
        return (whose.report(change.address, what, place),)
    if account.on_soft_deleted != "restore" or not twin.body:
        return ()
    forced = [each for each in table.compare_account(account, twin.body) if each.forces]
    if not forced:
        return ()
    return (
        Problem(
            change.address,
            "soft_deleted",
            "error",
            f"{account.account_name} would be restored as it was, and cannot become as declared: "
            f"{'; '.join(map(str, forced))}",
            "set `on_soft_deleted: purge` to make it anew, or declare what it was",
            (*place, "on_soft_deleted"),
        ),
    )


def _plan_replacement(site: Site, change: Change, there: ObservedAccount) -> Planned:
    """Delete, purge (its name is needed again), create; only when all inside is ours and declared.

    Deployments go first: provisioned capacity of a soft-deleted account is billed until the purge.
    Source: Azure's page on managing resources, "charges for provisioned deployments".
    """
    spec, account, at, place = site.spec, site.account, site.at, site.place
    replaced = replace(change, action="replace")
    if there.owner is None:
        return replaced, (report_adoption(change, there.name, place),)
    barred, others = _list_losses(site, there)
    key = _find_lost_key(there.body)
    problems: tuple[Problem, ...] = ()
    if barred or others:
        accepted = site.accept_loss and not barred
        problems += (
            report_others(change.address, there.name, [*barred, *others], place, accepted),
        )
    if key:
        problems += (report_lost_key(change.address, there.name, key, place, site.accept_loss),)
    if there.settings:
        problems += (
            report_lost_settings(
                change.address, there.name, there.settings, place, site.accept_loss
            ),
        )
    if any(problem.severity == "error" for problem in problems):
        return replaced, problems
    fields = table.list_account_fields(account)
    tags = table.make_tags(spec.name, fields)
    carried = carry_account(there.body, fields)
    deployments = sort_for_leaving(there)
    seen = fingerprint(there.body)
    steps: tuple[Step, ...] = (
        Put(at, {"tags": {REPLACED_TAG: tags[HASH_TAG]}}, owner=spec.name, seen=seen),
        *(_delete_inside(site, there, name) for name in deployments),
        *_take_back_roles(site, there),
        Delete(at, spec.name, consent=site.accept_loss),
        Purge(at, there.region),
        table.make_carrying_put(at, carried.body, tags),
    )
    notes = (
        *table.explain_forced(change.differences),
        "deleted and purged, since its name is needed again; its keys will be others",
        f"purging needs {PURGES} on the subscription",
        *carried.notes,
        *_list_side_effects(there.body),
    )
    if account.protect:
        problems += (report_protected(change.address, there.name, place),)
    return replace(replaced, notes=notes, steps=steps, keeps=_list_kept(site, there)), problems


def _list_kept(site: Site, there: ObservedAccount) -> dict[ResourceId, Body]:
    """Return the bodies of an account and of what is ours in it, which are all made anew."""
    inside: dict[ResourceId, Body] = {
        ID_CLASSES[kind](site.at, one.name): one.body
        for kind in CHILD_KINDS
        for one in there.list_children(kind).values()
        if one.owner == site.spec.name
    }
    return {site.at: there.body, **inside}


def _delete_inside(site: Site, there: ObservedAccount, name: str) -> Delete:
    one = there.deployments[name.casefold()]
    at = DeploymentId(site.at, name)
    seen = fingerprint(one.body) if one.owner == site.spec.name else ""
    return Delete(at, site.spec.name, seen, consent=site.accept_loss and one.owner is None)


def _take_back_roles(site: Site, there: ObservedAccount) -> Iterator[Delete]:
    """Yield deletions of our role assignments: Azure may keep them for the account's name."""
    for one in there.list_children(ACCESS).values():
        if one.owner == site.spec.name:
            yield Delete(AccessId(site.at, one.name), site.spec.name)


def _find_lost_key(body: Body) -> str:
    """Return the customer key that a new system identity could not read, "" where there is none.

    Source: encryption with customer-managed keys wants an identity that may read the vault; the one
    that Azure makes for an account goes with it.
    """
    encryption = find(body, ("properties", "encryption")) or {}
    if str(encryption.get("keySource") or "").casefold() != "microsoft.keyvault":
        return ""
    vault = encryption.get("keyVaultProperties") or {}
    if vault.get("identityClientId"):
        return ""
    return f"customer key {vault.get('keyName') or ''} of {vault.get('keyVaultUri') or 'a vault'}"


def _list_side_effects(body: Body) -> tuple[str, ...]:
    if "systemassigned" not in list_identity_kinds(body.get("identity") or {}):
        return ()
    return ("its system identity will be another: roles that it was given are lost",)


def _check_rollback(site: Site, change: Change, there: ObservedAccount) -> tuple[Problem, ...]:
    """Refuse to make an account of Foundry one of kind OpenAI again while it holds projects."""
    kinds = [each for each in change.differences if each.name == "kind"]
    if not kinds or fold(str(kinds[0].after)) != "openai" or not there.projects:
        return ()
    names = ", ".join(there.projects)
    return (
        Problem(
            change.address,
            "rolls_back",
            "error",
            f"{there.name} is an account of Azure AI Foundry and holds project {names}: "
            "`kind: OpenAI` would roll it back",
            "write `kind: AIServices`: Azure upgrades accounts of kind OpenAI by itself, and all "
            "that they serve goes on",
            (*site.place, "kind"),
        ),
    )


def _list_losses(site: Site, there: ObservedAccount) -> tuple[list[str], list[str]]:
    """Return what would be lost with an account: what bars it whatever is consented to, and more.

    Another spec's resources and projects bar it; Azure does not delete an account with a project.
    """
    spec, account = site.spec, site.account
    made_again = {
        kind: {
            name
            for name, key in index_keys(account, kind, site.at, site.observed.caller).items()
            if not is_watched(account, None if kind.listed else _find(account, kind, key))
        }
        for kind in CHILD_KINDS
    }
    barred: list[str] = [f"project {name}" for name in there.projects]
    others: list[str] = [each for each in there.foreign if each not in barred]
    for kind in CHILD_KINDS:
        for key, each in there.list_children(kind).items():
            if key not in made_again[kind] or each.owner != spec.name:
                stranger = each.owner not in (None, spec.name)
                (barred if stranger else others).append(kind.label_name(each.title))
    return barred, others


def _find(account: Account, kind: ChildKind, key: str) -> Declared:
    declared: Declared = getattr(account, kind.declared)[key]
    return declared


def sort_for_leaving(there: ObservedAccount) -> list[str]:
    """Return names of an account's deployments, those that spill over to another first."""
    return [
        each.name for each in sorted(there.deployments.values(), key=lambda one: not one.spills_to)
    ]
