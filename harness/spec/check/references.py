"""References that lead nowhere: targets, judges, embeddings, content filters, the gate's map."""

from __future__ import annotations

from fnmatch import fnmatchcase

from harness.spec.document import walk
from harness.spec.document.located import Node
from harness.spec.document.problems import Problems
from harness.spec.document.words import join_names, quote
from harness.spec.model.assertion_forms import AssertionForms, Role
from harness.spec.model.targets import list_written_embedders, list_written_targets

BUILT_IN_FILTERS = ("Microsoft.Default", "Microsoft.DefaultV2")
"""Content filters that every account has. Source: the contract, section 1."""


def check(root: Node, assertions: list[Node], problems: Problems, forms: AssertionForms) -> None:
    """Note every reference to something that the spec does not declare."""
    known = list_written_targets(root)
    _check_homes(root, problems)
    for node in _list_evaluated(root):
        _check_target(node, known, problems)
    _check_answering(root, assertions, problems)
    _check_gate_map(root, known, problems)
    _check_target_patterns(root, known, problems)
    _check_content_filters(root, problems)
    _check_roles(root, assertions, known, problems, forms)
    _warn_of_kin(root, known, problems)


def _check_homes(root: Node, problems: Problems) -> None:
    """Note accounts without a resource group: they live in one; providers need none."""
    accounts = walk.list_entries(root, "accounts")
    if root.at("resource_group") is not None:
        return
    for handle, account in accounts:
        if account.at("resource_group") is None:
            span = root.items["accounts"].key_span(handle)
            hint = "resource_group: {name: rg-…, region: …, create: true}"
            summary = '"resource_group" is missing: an account lives in one'
            problems.error("H202", span, summary, hint=hint)


def _list_evaluated(root: Node) -> list[Node]:
    listed_targets = root.at("evaluation", "targets")
    found = list(listed_targets.elements) if listed_targets is not None else []
    roles = (root.at("evaluation", role, "target") for role in ("judge", "embeddings"))
    return [*found, *(role for role in roles if role is not None)]


def _check_target(node: Node, known: tuple[str, ...], problems: Problems) -> None:
    if node.text is None or node.text in known:
        return
    hint = problems.suggest(node.text, known)
    if not hint:
        hint = (
            f"declared: {join_names(known)}" if known else "declare it under accounts or providers"
        )
    problems.error("H301", node.span, f"there is no target {quote(node.text)}", hint=hint)


def _check_answering(root: Node, assertions: list[Node], problems: Problems) -> None:
    """Check that targets that converse or judge can do more than embed texts."""
    only_embed = list_written_embedders(root)
    if not only_embed:
        return
    chosen = root.at("evaluation", "targets")
    asked = list(chosen.elements) if chosen is not None else []
    judge = root.at("evaluation", "judge", "target")
    judges = [judge, *(assertion.at("judge") for assertion in assertions)]
    for node in [*asked, *(one for one in judges if one is not None)]:
        if node.text in only_embed:
            problems.error(
                "H308",
                node.span,
                f"{quote(node.text)} only embeds texts: it cannot answer",
                hint=f"evaluation: {{embeddings: {{target: {node.text}}}}}",
            )


def _check_gate_map(root: Node, known: tuple[str, ...], problems: Problems) -> None:
    mapping = root.at("evaluation", "gate", "map")
    if mapping is None:
        return
    # Only the new name has to be declared: the old one may be gone from the spec since.
    for new in mapping.items:
        if new not in known:
            summary = f"`gate.map` names a target that is not there: {quote(new)}"
            hint = problems.suggest(new, known) or "write NEW: OLD, and NEW is one of this spec's"
            problems.error("H306", mapping.key_span(new), summary, hint=hint)


def _check_target_patterns(root: Node, known: tuple[str, ...], problems: Problems) -> None:
    for name in ("replies", "faults"):
        rules = root.at("simulator", name)
        for rule in rules.elements if rules is not None else []:
            target = rule.at("target")
            if target is None or target.text is None or not known:
                continue
            pattern = target.text
            if not any(fnmatchcase(candidate, pattern) for candidate in known):
                summary = f"no target matches {quote(pattern)}: the rule never applies"
                problems.warn("H301", target.span, summary, hint=problems.suggest(pattern, known))


def _check_content_filters(root: Node, problems: Problems) -> None:
    for _, account in walk.list_entries(root, "accounts"):
        own = tuple(name for name, _ in walk.list_entries(account, "content_filters"))
        for _, policy in walk.list_entries(account, "content_filters"):
            _check_filter(policy.at("base"), (*own, *BUILT_IN_FILTERS), problems)
        for _, deployment in walk.list_entries(account, "deployments"):
            _check_filter(deployment.at("content_filter"), (*own, *BUILT_IN_FILTERS), problems)


def _check_filter(node: Node | None, known: tuple[str, ...], problems: Problems) -> None:
    if node is None or node.text is None or node.unset or node.text in known:
        return
    name = "such content filter" if node.expanded else f"content filter {quote(node.text)}"
    hint = "" if node.expanded else problems.suggest(node.text, known)
    problems.error(
        "H303",
        node.span,
        f"there is no {name}",
        hint=hint or f"declare it under content_filters, or use {join_names(BUILT_IN_FILTERS)}",
    )


def _check_roles(
    root: Node,
    assertions: list[Node],
    known: tuple[str, ...],
    problems: Problems,
    forms: AssertionForms,
) -> None:
    declared = {role for role in ("judge", "embeddings") if root.at("evaluation", role) is not None}
    for assertion in assertions:
        own_judge = assertion.at("judge")
        if own_judge is not None:
            _check_target(own_judge, known, problems)
        form = forms.get(walk.read_kind(assertion))
        for role in form.needs if form is not None else ():
            if role not in declared and not (role == "judge" and own_judge is not None):
                _note_missing_role(assertion, role, problems)


def _warn_of_kin(root: Node, known: tuple[str, ...], problems: Problems) -> None:
    """Warn of a judge that is the model it judges: judges prefer replies of their own.

    Source: Panickssery and others, 2404.13076.
    """
    judge = root.at("evaluation", "judge", "target")
    if judge is None or judge.text not in known:
        return
    chosen = root.at("evaluation", "targets")
    embeddings = root.at("evaluation", "embeddings", "target")
    written = [node.text for node in chosen.elements] if chosen is not None else known
    others = {judge.text, embeddings.text if embeddings is not None else None}
    model = _find_model(root, judge.text or "")
    kin = [
        name for name in written if name not in others and _find_model(root, name or "") == model
    ]
    if model and kin:
        problems.warn(
            "H315",
            judge.span,
            f"the judge is the same model as {quote(kin[0] or '')}, whose replies it judges",
            detail="a judge prefers replies of its own model, and is misled by the same words",
            hint="evaluation: {judge: {target: …}} with another model",
        )


def _find_model(root: Node, target: str) -> str:
    """Return the name of the model behind a target, "" where the spec does not say."""
    owner, _, handle = target.partition("/")
    deployment = root.at("accounts", owner, "deployments", handle)
    declared = deployment or root.at("providers", owner, "models", handle)
    if declared is None:
        return ""
    model = declared.at("model")
    return handle if model is None and deployment is None else (model and model.text) or ""


def _note_missing_role(assertion: Node, role: Role, problems: Problems) -> None:
    words = {"judge": "a judge", "embeddings": "embeddings"}[role]
    problems.error(
        "H302",
        assertion.key_span("type"),
        f"{quote(walk.read_kind(assertion))} needs {words}, and the spec declares none",
        hint=f"evaluation: {{{role}: {{target: ACCOUNT/DEPLOYMENT}}}}",
    )
