"""The names that stand in a spec, read fast and forgivingly: for completing what is typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from harness.spec.document.located import Node
from harness.spec.document.problems import Problems
from harness.spec.parse.assemble import Sources, assemble
from harness.spec.ports import Reader


@dataclass(frozen=True, slots=True)
class Outline:
    """The names of a spec, in its order; nothing says that the spec is right.

    Attributes:
        targets: accounts' deployments and providers' models, as ``-t`` takes them.
        addresses: as ``--only`` takes them.
        conversations: ids.
        tags: of conversations.
        variants: names.
    """

    targets: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    conversations: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()


def read_outline(path: str, reader: Reader, harness_version: str) -> Outline:
    """Return the names of a spec and of the files that it extends and includes.

    Values are neither decoded nor checked. A spec that cannot be put together has no names.

    Raises:
        SpecError: the spec is for another version of harness.
    """
    problems = Problems()
    root = assemble(path, Sources(reader, problems), harness_version)
    if root is None or problems.any_error:
        return Outline()
    conversations = _list_elements(root.at("conversations"))
    return Outline(
        tuple(_list_targets(root)),
        tuple(_list_addresses(root)),
        _list_texts(one.at("id") for one in conversations),
        _list_texts(tag for one in conversations for tag in _list_elements(one.at("tags"))),
        tuple(_list_items(root.at("variants"))),
    )


def _list_targets(root: Node) -> Iterator[str]:
    for table, parts in (("accounts", "deployments"), ("providers", "models")):
        for name, entry in _list_items(root.at(table)).items():
            models = _list_items(entry.at(parts))
            yield from (f"{name}/{model}" for model in models)
            if table == "providers" and not models:
                yield name


def _list_addresses(root: Node) -> Iterator[str]:
    for name, account in _list_items(root.at("accounts")).items():
        yield f"account.{name}"
        for deployment in _list_items(account.at("deployments")):
            yield f"account.{name}.deployment.{deployment}"


def _list_items(node: Node | None) -> dict[str, Node]:
    return dict(node.items) if node is not None else {}


def _list_elements(node: Node | None) -> list[Node]:
    return node.elements if node is not None else []


def _list_texts(nodes: Iterable[Node | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(node.text for node in nodes if node is not None and node.text))
