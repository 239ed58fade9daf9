"""Plan one declared content filter.

ARM calls them RAI policies. Sources: RaiPolicyProperties, RaiPolicyContentFilter and
CustomBlocklistConfig of azure-mgmt-cognitiveservices 14.1.0; recorded PUT 201, then 200, GET, LIST
and DELETE (azure-powershell, 2025-01). Nothing about a filter needs a replacement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from harness import address
from harness.plan.identity import FilterId
from harness.plan.model import Action, Change, Difference
from harness.plan.observed import Body, ObservedAccount, ObservedChild, find
from harness.plan.resources import fields as table
from harness.plan.resources.aspects import Aspect, Field
from harness.plan.resources.bodies import KEYS_OF_RULES, is_same_rule
from harness.plan.resources.carrying import BROKE_OFF, carry_child
from harness.plan.resources.memory import digest_of
from harness.plan.resources.ownership import Whose, add_comparison, plan_watched
from harness.plan.resources.site import Planned, Site
from harness.spec.model.spec import ContentFilter, ContentFilterRule

SAME_MODE = {"asynchronous_filter": "deferred"}
"""Source: RaiPolicyMode of the SDK: the former "is the same as 'Deferred' in previous version"."""

RULES, BLOCKLISTS = "contentFilters", "customBlocklists"


@dataclass(frozen=True, slots=True)
class RuleField:
    """A field of a named entry in one of a content filter's lists.

    Attributes:
        name: ``filters.Hate.Prompt.severity``.
        list_name: ARM's name of the list.
        rule: what names the entry: its name, and its source where the spec says one.
        key: the field in ARM's words; "" where the entry just has to be there.
        value: what the spec wants; None for an entry that shall not be there.
    """

    name: str
    list_name: str
    rule: Mapping[str, Any]
    key: str
    value: Any

    stated: ClassVar[bool] = True

    @property
    def wanted(self) -> Any:
        """Return what the spec wants."""
        return self.value

    @property
    def digest(self) -> str:
        """Four hex digits over what the spec says."""
        return digest_of(self.name, self.value)

    def read(self, body: Body) -> Any:
        """Return what Azure holds; where several entries fit, the first that differs."""
        entries = find(body, ("properties", self.list_name)) or ()
        named = KEYS_OF_RULES[self.list_name]
        fitting = [each for each in entries if is_same_rule(each, self.rule, named)]
        if not fitting:
            return None
        values = [each.get(self.key) if self.key else True for each in fitting]
        return next((each for each in values if not _is_same(each, self.value)), values[0])

    def compare(self, body: Body) -> Difference | None:
        """Return how Azure differs, None where it does not."""
        held = self.read(body)
        if _is_same(held, self.value):
            return None
        return Difference(self.name, held, self.value, digest=self.digest)

    def write(self, body: dict[str, Any]) -> None:
        """Write the field into its entry, and the entry into the list."""
        entries = body.setdefault("properties", {}).setdefault(self.list_name, [])
        named = KEYS_OF_RULES[self.list_name]
        entry = next((each for each in entries if _is(each, self.rule, named)), None)
        if entry is None:
            entry = dict(self.rule)
            entries.append(entry)
        if self.key:
            entry[self.key] = self.value


@dataclass(frozen=True, slots=True)
class BlocklistsField:
    """The blocklists of a content filter, all of them; fields that an entry leaves out stay."""

    entries: tuple[Mapping[str, Any], ...]
    name: str = "blocklists"

    stated: ClassVar[bool] = True

    @property
    def wanted(self) -> Any:
        """As the spec writes them."""
        return [dict(each) for each in self.entries]

    @property
    def digest(self) -> str:
        """Four hex digits over what the spec says."""
        return digest_of(self.name, self.wanted)

    def read(self, body: Body) -> Any:
        """Return the blocklists as Azure holds them; None where the body has none."""
        entries = find(body, ("properties", BLOCKLISTS))
        return [dict(each) for each in entries] if entries else None

    def compare(self, body: Body) -> Difference | None:
        """Return how Azure differs, None where it does not; the order says nothing."""
        held = self.read(body) or []
        named = KEYS_OF_RULES[BLOCKLISTS]
        missing = [
            each
            for each in self.entries
            if not any(is_same_rule(one, each, named) and _has_all(one, each) for one in held)
        ]
        surplus = [
            one for one in held if not any(is_same_rule(one, each, named) for each in self.entries)
        ]
        if not missing and not surplus:
            return None
        return Difference(self.name, held or None, self.wanted, digest=self.digest)

    def write(self, body: dict[str, Any]) -> None:
        """Write the list."""
        body.setdefault("properties", {})[BLOCKLISTS] = self.wanted


def list_filter_fields(policy: ContentFilter) -> tuple[Aspect, ...]:
    """Return what is declared of a content filter; what a rule leaves out stays as Azure has it."""
    fields: list[Aspect] = [
        Field(
            "base",
            ("properties", "basePolicyName"),
            policy.base,
            fold=True,
            stated="base" in policy.model_fields_set,
        )
    ]
    if policy.mode is not None:
        fields.append(_ModeField(policy.mode))
    for rule in policy.filters:
        fields += _list_rule_fields(rule)
    if "blocklists" in policy.model_fields_set:
        fields.append(BlocklistsField(policy.blocklists))
    return tuple(fields)


def _list_rule_fields(rule: ContentFilterRule) -> Iterable[RuleField]:
    named = {"name": rule.name, **({"source": rule.source} if rule.source else {})}
    where = ".".join(("filters", *named.values()))
    values = {
        ("severity", "severityThreshold"): rule.severity,
        ("blocking", "blocking"): rule.blocking,
        ("enabled", "enabled"): rule.enabled,
    }
    found = [
        RuleField(f"{where}.{name}", RULES, named, key, value)
        for (name, key), value in values.items()
        if value is not None
    ]
    return found or [RuleField(where, RULES, named, "", value=True)]


@dataclass(frozen=True, slots=True)
class _ModeField:
    """The time at which a filter looks: before its text is sent on, or beside it."""

    value: str
    name: str = "mode"

    stated: ClassVar[bool] = True

    @property
    def wanted(self) -> Any:
        return self.value

    @property
    def digest(self) -> str:
        return digest_of(self.name, self.value)

    def read(self, body: Body) -> Any:
        return find(body, ("properties", "mode"))

    def compare(self, body: Body) -> Difference | None:
        held = self.read(body)
        same = _fold_mode(held) == _fold_mode(self.value)
        return None if same else Difference(self.name, held, self.value, digest=self.digest)

    def write(self, body: dict[str, Any]) -> None:
        body.setdefault("properties", {})["mode"] = self.value


def plan_filters(site: Site) -> Iterable[Planned]:
    """Plan every declared content filter of an account, in the order of the spec."""
    return (plan_filter(site, name) for name in site.account.content_filters)


def plan_filter(site: Site, name: str) -> Planned:
    """Return the change of one declared content filter, and what stands in its way."""
    policy = site.account.content_filters[name]
    at = FilterId(site.at, name)
    there = site.there and site.there.filters.get(name.casefold())
    fields = list_filter_fields(policy)
    tags = table.make_tags(site.spec.name, fields)
    change = Change(
        address.name_filter(site.handle, name), at, "none", None, table.describe_declared(fields)
    )
    if site.account.policy == "verify-only":
        return plan_watched(change, fields, there.body if there else None), ()
    anew = table.make_put(at, fields, tags, fresh=True)
    if not there:
        made = replace(change, action="create", notes=("does not exist yet",), steps=(anew,))
        kept = site.observed.recall(at)
        if kept is not None:
            carried = carry_child(kept, fields)
            again = table.make_carrying_put(at, carried.body, tags)
            notes = (*made.notes, BROKE_OFF, *carried.notes)
            made = replace(made, notes=notes, steps=(again,), keeps={at: kept})
        return made, site.check_home("content_filters", name)
    found = table.compare(fields, there.body)
    change = add_comparison(change, fields, there.body, found)
    whose = Whose(site.spec.name, there.owner, site.adopt)
    if whose.barred:
        place = ("accounts", site.handle, "content_filters", name)
        problem = whose.report(change.address, f"content filter {there.name}", place)
        return replace(change, action=whose.action, notes=whose.notes), (problem,)
    if site.rebuilt:
        carried = carry_child(there.body, fields)
        notes = ("its account is replaced", *carried.notes)
        again = table.make_carrying_put(at, carried.body, tags)
        return replace(change, action="replace", notes=notes, steps=(again,)), ()
    if there.owner is not None and not found:
        return change, ()
    names = {each.name for each in found}
    changed = [field for field in fields if field.name in names]
    action: Action = "adopt" if there.owner is None else "update"
    put = table.make_put(at, changed, tags, owner=there.owner)
    return replace(change, action=action, notes=whose.notes, steps=(put,)), ()


def _fold_mode(value: object) -> str:
    folded = str(value or "Default").casefold()
    return SAME_MODE.get(folded, folded)


def _is_same(held: object, wanted: object) -> bool:
    if isinstance(held, str) and isinstance(wanted, str):
        return held.casefold() == wanted.casefold()
    return held == wanted


def _has_all(held: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return all(_is_same(held.get(key), value) for key, value in wanted.items())


def _is(entry: Mapping[str, Any], rule: Mapping[str, Any], named: tuple[str, str]) -> bool:
    """Return whether an entry that a spec wrote is the one that another field of it speaks of."""
    return all(_is_same(entry.get(key), rule.get(key)) for key in named)


WORDS = {
    "name": "name",
    "source": "source",
    "severityThreshold": "severity",
    "blocking": "blocking",
    "enabled": "enabled",
}
"""ARM's words for the fields of a rule, and the contract's."""


def declare_filter(found: ObservedChild, _: ObservedAccount) -> dict[str, Any]:
    """Return a content filter that exists as a spec declares it."""
    properties = found.body.get("properties") or {}
    declared: dict[str, Any] = {"base": properties.get("basePolicyName") or "Microsoft.DefaultV2"}
    if properties.get("mode"):
        declared["mode"] = properties["mode"]
    rules = [
        {word: rule[key] for key, word in WORDS.items() if rule.get(key) is not None}
        for rule in properties.get(RULES) or ()
    ]
    if rules:
        declared["filters"] = rules
    if properties.get(BLOCKLISTS):
        declared["blocklists"] = [dict(each) for each in properties[BLOCKLISTS]]
    return declared
