"""A session of a caller: how the simulated Azure behaves for them.

The world is shared by all; behaviour belongs to a session, which its bearer token names.
"""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from harness.azure.catalogue import BUILT_IN, Catalogue
from harness.azure.saved_catalogue import SavedCatalogue, read_saved_document
from harness.errors import Diagnostic, SpecError
from harness.fs.regular import read_regular
from harness.simulator.faults import FaultSelector
from harness.spec.model.spec import Simulator


@dataclass(frozen=True, slots=True)
class ProviderModelInfo:
    """The model behind a provider's model name; ``version`` may be unknown."""

    model: str
    version: str | None = None


WORDS = ("strict", "open")
"""The words that `catalogue` may be; anything else is a file."""

Providers = Mapping[str, Mapping[str, ProviderModelInfo]]


@dataclass(frozen=True, slots=True)
class Session:
    """One client's Azure.

    Attributes:
        token: the bearer token that names this session.
        simulator: the spec's ``simulator`` section over the server's defaults.
        providers: models by provider handle that the simulator answers for.
        names: the spec's name of a thing by Azure's: ``{"harness-sweden-01": "sweden",
            "harness-sweden-01/mini": "sweden/mini"}``; faults and rules may use either.
        faults: the declared faults; they choose requests that fail, and count them.
        counters: ``(operation, status) -> requests`` of this session alone.
        catalogue: what this Azure offers.
        memory: what the data plane wants to remember for this session (parsed answers …).
    """

    token: str
    simulator: Simulator
    providers: Providers
    names: Mapping[str, str]
    faults: FaultSelector
    catalogue: Catalogue = BUILT_IN
    counters: Counter[tuple[str, str]] = field(default_factory=Counter)
    memory: dict[str, Any] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """Return the day it is in this session's Azure."""
        return self.simulator.date or datetime.now(UTC).date()

    @property
    def now(self) -> datetime:
        """Return the moment it is there: this session's day, the real time of day, UTC."""
        now = datetime.now(UTC)
        day = self.simulator.date
        return now if day is None else now.replace(year=day.year, month=day.month, day=day.day)

    def list_names(self, name: str) -> tuple[str, ...]:
        """Return every name of a thing: Azure's, then the spec's when it differs."""
        known = self.names.get(name)
        if known is None and "/" in name:
            account, _, rest = name.partition("/")
            handle = self.names.get(account)
            known = f"{handle}/{rest}" if handle else None
        return (name,) if known in (None, name) else (name, str(known))


def open_session(
    token: str,
    simulator: Simulator,
    providers: Providers | None = None,
    names: Mapping[str, str] | None = None,
) -> Session:
    """Return a session whose faults have struck no request yet.

    Raises:
        SpecError: the file that its catalogue is in cannot be read, or holds none.
    """
    return Session(
        token=token,
        simulator=simulator,
        providers=providers or {},
        names=names or {},
        faults=FaultSelector(simulator.faults, simulator.seed),
        catalogue=BUILT_IN if simulator.catalogue in WORDS else read_catalogue(simulator.catalogue),
    )


def read_catalogue(path: str) -> SavedCatalogue:
    """Read the catalogue that `harness models --save` wrote.

    Raises:
        SpecError: the file cannot be read, or holds none.
    """
    try:
        return read_saved_document(json.loads(read_regular(Path(path))))
    except (OSError, ValueError, RecursionError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        problem = Diagnostic(
            "H417",
            f"{path} is no catalogue",
            str(why),
            hint="write one: harness models --cloud azure --save FILE",
        )
        raise SpecError([problem]) from error


class _ModelWish(BaseModel):
    model_config = ConfigDict(extra="ignore")
    model: str | None = None
    version: str | None = None


class _SessionWish(BaseModel):
    """The body of ``POST /_simulator/sessions``."""

    model_config = ConfigDict(extra="forbid")
    simulator: dict[str, Any] = {}
    providers: dict[str, dict[str, _ModelWish]] = {}
    names: dict[str, str] = {}


class Sessions:
    """All sessions of a server; the root session has the server's own defaults."""

    def __init__(self, root: Session) -> None:
        self.root = root
        self._by_token = {root.token: root}
        self._newest = root

    def by_token(self, token: str) -> Session | None:
        """Return the session that a bearer token names."""
        return self._by_token.get(token)

    @property
    def newest(self) -> Session:
        """Return the session that an account key gets: keys name an account, not a session."""
        return self._newest

    def make(self, wish: object) -> Session:
        """Make a session from a decoded JSON body; what it leaves unset is the root session's.

        Nobody has it before it is kept.

        Raises:
            pydantic.ValidationError: the body is no such wish.
        """
        asked = _SessionWish.model_validate(wish)
        declared = Simulator.model_validate(asked.simulator)
        simulator = self.root.simulator.model_copy(
            update={name: getattr(declared, name) for name in declared.model_fields_set}
        )
        return open_session(
            secrets.token_urlsafe(24),
            simulator,
            {
                handle: {
                    key: ProviderModelInfo(model=info.model or key, version=info.version)
                    for key, info in models.items()
                }
                for handle, models in asked.providers.items()
            }
            or self.root.providers,
            asked.names or self.root.names,
        )

    def keep(self, session: Session) -> None:
        """Let a session be found by its token; it is the newest from now on."""
        self._by_token[session.token] = session
        self._newest = session
