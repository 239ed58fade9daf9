"""Roles that a spec gives on its accounts: who, which, and neither of them twice."""

from __future__ import annotations

from harness.azure.roles import GUID, find_role, list_roles, read_role_id
from harness.spec.document import walk
from harness.spec.document.located import Node
from harness.spec.document.problems import Problems
from harness.spec.document.words import quote
from harness.spec.model.resources import ME


def check(root: Node, problems: Problems) -> None:
    """Note principals that are no object ids, roles that Azure does not have, and doubles."""
    for _, account in walk.list_entries(root, "accounts"):
        written = account.at("access")
        seen: set[tuple[str, str]] = set()
        for entry in written.elements if written is not None else ():
            principal, role = entry.at("principal"), entry.at("role")
            _check_principal(principal, problems)
            _check_role(role, problems)
            if principal is None or role is None:
                continue
            pair = (_fold_principal(principal), _fold_role(role))
            if "" not in pair and pair in seen:
                summary = f"{principal.text} is given {quote(role.text or '')} twice"
                problems.error("H305", entry.span, summary, hint="leave one of them out")
            seen.add(pair)


def _check_principal(node: Node | None, problems: Problems) -> None:
    if node is None or node.text is None or node.unset:
        return
    if node.text == ME or GUID.match(node.text):
        return
    name = "this" if node.expanded else quote(node.text)
    problems.error(
        "H208",
        node.span,
        f"{name} is no object id",
        hint="`me` for who is signed in, or the object id of a user, group or service principal "
        "(not its client id): `az ad user show --id NAME --query id`, "
        "`az ad sp show --id CLIENT_ID --query id`",
    )


def _check_role(node: Node | None, problems: Problems) -> None:
    if node is None or node.text is None or node.unset:
        return
    if find_role(node.text) is not None or read_role_id(node.text) is not None:
        return
    names = tuple(name for role in list_roles() for name in (role.name, role.former) if name)
    near = "" if node.expanded else problems.suggest(node.text, names)
    ways = near or f"one of: {', '.join(role.name for role in list_roles()[:3])}"
    problems.error(
        "H205",
        node.span,
        "this role is not known here"
        if node.expanded
        else f"there is no role {quote(node.text)} that is known here",
        hint=f"{ways}; of any other role the id: "
        "`az role definition list --name NAME --query [0].name`",
    )


def _fold_principal(node: Node) -> str:
    return (node.text or "").casefold()


def _fold_role(node: Node) -> str:
    text = node.text or ""
    built_in = find_role(text)
    return built_in.id if built_in else (read_role_id(text) or text.casefold())
