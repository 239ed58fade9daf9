"""The state of the simulated Azure, shared by all sessions and kept in one JSON file."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from harness.errors import Diagnostic, OutsideError
from harness.fs.atomic import replace_file, sweep
from harness.fs.refusals import describe_refusal
from harness.fs.regular import read_regular

FORMAT_VERSION = 1
Body = dict[str, Any]
"""A resource as ARM writes it."""


@dataclass(slots=True)
class State:
    """Everything that lasts. Keys are ARM ids in lower case; bodies keep the caller's spelling.

    Attributes:
        groups: resource groups.
        accounts: full ARM bodies.
        keys: the two keys of an account.
        deployments: full ARM bodies; the key begins with the account's.
        nested: content filters, blocklists, projects and the like of accounts, by id.
        assignments: role assignments on subscriptions, groups and accounts, by id.
        deleted: soft-deleted accounts by the id they had, with their deployments gone.
        operations: long-running operations by their guid.
        providers: registration state of resource providers by ``subscription/namespace``.
        counters: requests by operation and status.
        files: what is told of files of data planes by their ids, and whose they are.
        batches: the same of batches, with what the simulator has to know of each.
    """

    groups: dict[str, Body] = field(default_factory=dict)
    accounts: dict[str, Body] = field(default_factory=dict)
    keys: dict[str, list[str]] = field(default_factory=dict)
    deployments: dict[str, Body] = field(default_factory=dict)
    nested: dict[str, Body] = field(default_factory=dict)
    assignments: dict[str, Body] = field(default_factory=dict)
    deleted: dict[str, Body] = field(default_factory=dict)
    operations: dict[str, Body] = field(default_factory=dict)
    providers: dict[str, str] = field(default_factory=dict)
    counters: dict[str, dict[str, int]] = field(default_factory=dict)
    files: dict[str, Body] = field(default_factory=dict)
    batches: dict[str, Body] = field(default_factory=dict)


class SimulatedWorld:
    """Thread-safe holder of the state; with a directory, every change is in ``world.json``.

    The file is replaced as a whole, so a reader sees one state or the next, never half of one.
    Counters of requests are written with the next change and when the world is closed.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self._path = None if directory is None else directory / "world.json"
        self._contents: dict[str, bytes] = {}
        self._lock = threading.RLock()
        self.busy: set[str] = set()
        """Ids, in lower case, of accounts that a request is writing at this moment."""
        self.allowances: dict[str, Any] = {}
        """Counters of rate limits by the deployment's id, in lower case; they are not saved."""
        self.running: dict[str, Any] = {}
        """Tasks that carry batches, by the batch's id; they are not saved."""
        self._state = State() if self._path is None else _read(self._path)
        if directory is not None:
            sweep(directory)
        self._counts: Counter[tuple[str, str]] = Counter(
            {
                (operation, status): number
                for operation, statuses in self._state.counters.items()
                for status, number in statuses.items()
            }
        )

    @contextmanager
    def reading(self) -> Iterator[State]:
        """Hold the state still for the block; change nothing."""
        with self._lock:
            yield self._state

    @contextmanager
    def writing(self) -> Iterator[State]:
        """Hold the state, to be changed; it is saved when the block ends, also by an error."""
        with self._lock:
            try:
                yield self._state
            finally:
                self._save()

    def count(self, operation: str, status: str) -> None:
        """Count one more request; ``status`` is the HTTP status or ``reset``."""
        with self._lock:
            self._counts[operation, status] += 1

    def count_requests(self) -> dict[str, dict[str, int]]:
        """Return requests by operation and status since the world began."""
        with self._lock:
            return tabulate(self._counts)

    def close(self) -> None:
        """Write what has not been written; the world may still be read afterwards."""
        with self._lock:
            self._save()

    def find_account(self, subdomain: str) -> Body | None:
        """Return the account whose data plane this is; without a subdomain its name stands in."""
        wanted = subdomain.lower()
        nameless = None
        with self._lock:
            for body in self._state.accounts.values():
                own = str(body["properties"].get("customSubDomainName", "")).lower()
                if own == wanted:
                    return body
                if not own and body["name"].lower() == wanted:
                    nameless = body
        return nameless

    def list_keys(self, account: Body) -> tuple[str, ...]:
        """Return the account's keys."""
        with self._lock:
            return tuple(self._state.keys.get(account["id"].lower(), ()))

    def find_deployment(self, account: Body, name: str) -> Body | None:
        """Return a deployment of an account; names are compared without case."""
        with self._lock:
            return self._state.deployments.get(f"{account['id']}/deployments/{name}".lower())

    def list_deployments(self, account: Body) -> list[Body]:
        """Return an account's deployments, in the order they were made."""
        prefix = f"{account['id']}/deployments/".lower()
        with self._lock:
            return [body for key, body in self._state.deployments.items() if key.startswith(prefix)]

    def keep_content(self, file: str, content: bytes) -> None:
        """Keep the content of a file, beside the state: it may be large."""
        if self._path is None:
            self._contents[file] = content
            return
        path = self._place_content(file)
        try:
            text = content.decode("utf-8", "surrogateescape")
            replace_file(path, [text], sync=False, mode=0o600, errors="surrogateescape")
        except OSError as error:
            raise _make_room_error(path, error, len(content)) from error

    def read_content(self, file: str) -> bytes:
        """Return the content of a file; nothing where it has been lost."""
        if self._path is None:
            return self._contents.get(file, b"")
        try:
            return self._place_content(file).read_bytes()
        except FileNotFoundError:
            return b""

    def drop_content(self, file: str) -> None:
        """Forget the content of a file."""
        self._contents.pop(file, None)
        if self._path is not None:
            self._place_content(file).unlink(missing_ok=True)

    def _place_content(self, file: str) -> Path:
        if self._path is None:
            raise FileNotFoundError(file)
        return self._path.parent / "files" / f"{file}.jsonl"

    def _save(self) -> None:
        if self._path is None:
            return
        self._state.counters = tabulate(self._counts)
        # As ASCII: what a client sends may hold half a character, which no UTF-8 does.
        text = json.dumps({"format_version": FORMAT_VERSION, **asdict(self._state)})
        try:
            replace_file(self._path, [text], sync=False, mode=0o600)
        except OSError as error:
            raise _make_room_error(self._path, error, len(text)) from error


def _make_room_error(path: Path, error: OSError, size: int) -> OutsideError:
    return OutsideError(
        Diagnostic(
            code="H412",
            summary=f"the simulator's world cannot be kept in {path.parent}",
            detail=f"{path}: {describe_refusal(error, path, size)}",
            hint="make room, make the folder writable, or name another project root with --root",
        )
    )


def tabulate(counts: Mapping[tuple[str, str], int]) -> dict[str, dict[str, int]]:
    """Return ``{("chat", "200"): 3}`` as ``{"chat": {"200": 3}}``, sorted."""
    table: dict[str, dict[str, int]] = {}
    for operation, status in sorted(counts):
        table.setdefault(operation, {})[status] = counts[operation, status]
    return table


def _newer_error(path: Path, version: int) -> OutsideError:
    return OutsideError(
        Diagnostic(
            code="H410",
            summary="the simulator's world was written by a newer version of harness",
            detail=f"{path}: format {version}; this version reads {FORMAT_VERSION}",
            hint="upgrade harness, or name another project root with --root",
        )
    )


def _read(path: Path) -> State:
    try:
        document = json.loads(read_regular(path))
        version = document.get("format_version", 1) if isinstance(document, dict) else 1
        if isinstance(version, int) and version > FORMAT_VERSION:
            raise _newer_error(path, version)
        return msgspec.convert(document, State)
    except FileNotFoundError:
        return State()
    except (OSError, ValueError, msgspec.ValidationError, RecursionError) as error:
        raise OutsideError(
            Diagnostic(
                code="H410",
                summary="the simulator's world cannot be read",
                detail=f"{path}: {error}",
                hint=f"remove {path}: the simulated Azure then starts empty",
            )
        ) from error
