"""Resources inside an account that are only kept: made, read, changed, listed, deleted.

One engine for all of them; ``nested_kinds`` says what each has of its own. Deployments are not
among them: those are decided about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from harness.simulator.management.protocol import operations
from harness.simulator.management.protocol.call import Answer, ArmCall
from harness.simulator.management.protocol.lookup import (
    make_account_id,
    not_found_error,
    require_parent,
)
from harness.simulator.management.protocol.stamps import make_deployment_etag, make_system_data
from harness.simulator.world import Body, State

Parts = Mapping[str, str]
Handler = Callable[[ArmCall, Parts], Answer]
Route = tuple[str, str, str, Handler]

E_TAG_UNTIL = "2021-10-01"
"""Up to this api-version nested resources wrote ``eTag``. Source: recorded, azure-cli 2021-11."""


@dataclass(frozen=True, slots=True)
class Writing:
    """A PUT or PATCH of a nested resource.

    Attributes:
        wish: the request's body.
        there: the resource as it was, if it was.
    """

    call: ArmCall
    state: State
    account: Body
    parts: Parts
    wish: Body
    there: Body | None


def keep_plain(writing: Writing) -> Body:
    """Return the body of most: properties as they were sent."""
    return {"properties": writing.wish.get("properties") or {}}


def keep_same(body: Body) -> Body:
    """List a resource as it is read."""
    return body


@dataclass(frozen=True, slots=True)
class Nested:
    """A kind of nested resource.

    Attributes:
        name: of its operations: ``blocklist`` for ``blocklist.put`` …
        path: below the account: ``raiBlocklists/{blocklist}/raiBlocklistItems``.
        key: what the last part of its path is called: ``item``.
        verbs: of ``GET LIST PUT PATCH DELETE``, those there are.
        created: the status of a PUT that makes one.
        deleted: 202 comes with an operation, 200 at once.
        written: its body between ``name`` and ``systemData``.
        row: how a list shows it.
        page: what a list has beside ``value``.
        gone: what its deletion does to the account.
        unset: its properties before anybody wrote it, by name; it is listed and read all the same.
        order: where its keys stand, if not where most have them.
        stamped: whether it says who made it.
        etag: whether it has one.
    """

    name: str
    path: str
    key: str
    verbs: str = "GET LIST PUT DELETE"
    created: Literal[200, 201] = 201
    deleted: Literal[200, 202] = 202
    written: Callable[[Writing], Body] = keep_plain
    row: Callable[[Body], Body] = keep_same
    page: Mapping[str, Any] = field(default_factory=dict)
    gone: Callable[[Body, Parts], None] | None = None
    unset: Mapping[str, Body] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    stamped: bool = True
    etag: bool = True

    @property
    def type(self) -> str:
        """ARM's name of the type."""
        words = [word for word in self.path.split("/") if not word.startswith("{")]
        return "/".join(["Microsoft.CognitiveServices/accounts", *words])

    def collection(self, parts: Parts) -> str:
        """Return the id of the list that a path leads to."""
        return f"{make_account_id(parts)}/{self.path.format(**parts)}"

    def id(self, parts: Parts) -> str:
        """Return the id of what a path names."""
        return f"{self.collection(parts)}/{parts[self.key]}"


def make_routes(account: str, kinds: tuple[Nested, ...]) -> Iterator[Route]:
    """Yield a route for every verb of every kind; ``account`` is the pattern of its path."""
    for kind in kinds:
        lower = "/".join(p if p.startswith("{") else p.lower() for p in kind.path.split("/"))
        many = f"{account}/{lower}"
        one = f"{many}/{{{kind.key}}}"
        for verb, method, pattern, handler in (
            ("LIST", "GET", many, _list),
            ("GET", "GET", one, _get),
            ("PUT", "PUT", one, _put),
            ("PATCH", "PATCH", one, _put),
            ("DELETE", "DELETE", one, _delete),
        ):
            if verb in kind.verbs.split():
                yield method, pattern, f"{kind.name}.{verb.lower()}", handler(kind)


def forget_below(state: State, prefix: str) -> None:
    """Forget everything below an id."""
    for key in [key for key in state.nested if key.startswith(prefix.lower())]:
        del state.nested[key]


def _list(kind: Nested) -> Handler:
    def handler(call: ArmCall, parts: Parts) -> Answer:
        with call.world.reading() as state:
            _require_lineage(state, call, parts, kind)
            prefix = f"{kind.collection(parts)}/".lower()
            known = {f"{prefix}{name.lower()}": name for name in kind.unset}
            bodies = {
                key: _make_unset(call, kind, {**parts, kind.key: name})
                for key, name in known.items()
            } | state.nested
            rows = [
                _spell(call, kind, kind.row(body))
                for key, body in bodies.items()
                if key.startswith(prefix) and "/" not in key.removeprefix(prefix)
            ]
        return Answer(200, {"value": rows, **kind.page})

    return handler


def _get(kind: Nested) -> Handler:
    def handler(call: ArmCall, parts: Parts) -> Answer:
        with call.world.reading() as state:
            _require_lineage(state, call, parts, kind)
            return _answer(call, kind, 200, _find(state, call, kind, parts))

    return handler


def _put(kind: Nested) -> Handler:
    def handler(call: ArmCall, parts: Parts) -> Answer:
        wish = call.body()
        with call.world.writing() as state:
            account = _require_lineage(state, call, parts, kind)
            identifier = kind.id(parts)
            there = state.nested.get(identifier.lower())
            if call.method == "PATCH":
                wish = _merge(_find(state, call, kind, parts), wish)
            writing = Writing(call, state, account, parts, wish, there)
            body = _make_body(kind, writing, identifier)
            state.nested[identifier.lower()] = body
        existed = there is not None or parts[kind.key].lower() in map(str.lower, kind.unset)
        return _answer(call, kind, 200 if existed else kind.created, body)

    return handler


def _delete(kind: Nested) -> Handler:
    def handler(call: ArmCall, parts: Parts) -> Answer:
        with call.world.writing() as state:
            account = _require_lineage(state, call, parts, kind)
            identifier = kind.id(parts)
            if state.nested.pop(identifier.lower(), None) is None:
                return Answer(204)
            forget_below(state, f"{identifier}/")
            if kind.gone is not None:
                kind.gone(account, parts)
            if kind.deleted == 200:
                return Answer(200)
            name = operations.begin(
                call, state, account["location"], "Deleting", identifier, account["kind"]
            )
            return Answer(202, None, operations.make_links(call, state, name, location=True))

    return handler


def _make_body(kind: Nested, writing: Writing, identifier: str) -> Body:
    there = writing.there
    own = dict(kind.written(writing))
    tags = writing.wish.get("tags")
    body: Body = {
        "id": there["id"] if there else identifier,
        "type": kind.type,
        "name": there["name"] if there else writing.parts[kind.key],
        **({"tags": tags} if tags is not None else {}),
        **own,
    }
    if kind.stamped:
        now = writing.call.session.now
        body["systemData"] = make_system_data(now, there["systemData"] if there else None)
    if kind.order:
        body = {"etag": make_deployment_etag(), **body} if kind.etag else body
        return {key: body[key] for key in dict.fromkeys((*kind.order, *body)) if key in body}
    if kind.etag and "etag" not in own:
        body["etag"] = make_deployment_etag()
    elif kind.etag:
        # Some write it elsewhere in their body, and first of all in their database.
        order = ("id", "name", "type", "etag", *own, "systemData")
        body = {key: body[key] for key in dict.fromkeys(order) if key in body}
    return body


def _answer(call: ArmCall, kind: Nested, status: int, body: Body) -> Answer:
    headers = {"ETag": body["etag"]} if kind.etag else {}
    return Answer(status, _spell(call, kind, body), headers)


def _spell(call: ArmCall, kind: Nested, body: Body) -> Body:
    old = bool(call.api_version) and call.api_version <= E_TAG_UNTIL
    return spell_e_tag(body) if old and not kind.order else body


def spell_e_tag(body: Body) -> Body:
    """Spell a nested resource's etag as ARM did until 2021."""
    return {("eTag" if key == "etag" else key): value for key, value in body.items()}


def _merge(there: Body, wish: Body) -> Body:
    properties = there["properties"] | (wish.get("properties") or {})
    return {**there, **wish, "properties": properties}


def _require_lineage(state: State, call: ArmCall, parts: Parts, kind: Nested) -> Body:
    """Return the account, and what lies between it and the resource."""
    account = require_parent(state, call, parts)
    if "{" in kind.path:
        between = kind.path.rpartition("/")[0]
        _require(state, f"{make_account_id(parts)}/{between.format(**parts)}")
    return account


def _find(state: State, call: ArmCall, kind: Nested, parts: Parts) -> Body:
    """Return what a path names; some kinds are there before anybody wrote them."""
    for name in kind.unset:
        if name.lower() == parts[kind.key].lower() and kind.id(parts).lower() not in state.nested:
            return _make_unset(call, kind, {**parts, kind.key: name})
    return _require(state, kind.id(parts))


def _make_unset(call: ArmCall, kind: Nested, parts: Parts) -> Body:
    now = call.session.now
    return {
        "id": kind.id(parts),
        "type": kind.type,
        "name": parts[kind.key],
        "properties": dict(kind.unset[parts[kind.key]]),
        "systemData": make_system_data(now),
        "etag": make_deployment_etag(),
    }


def _require(state: State, identifier: str) -> Body:
    body = state.nested.get(identifier.lower())
    if body is None:
        raise not_found_error(identifier)
    return body
