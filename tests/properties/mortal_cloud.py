"""One simulated Azure for stateful tests, and a cloud over it that may die after some writes."""

from __future__ import annotations

import atexit
import itertools
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any

from harness.cloud import make_simulator_endpoint
from harness.cloud.clients import Clients
from harness.cloud.management import ManagementCloud
from harness.plan.identity import Market
from harness.plan.observed import Body
from harness.provision.patience import Patience
from harness.simulator.client import open_session_at
from harness.simulator.embedded import simulate
from harness.spec.model.spec import Simulator
from tests.simulator.provisioned import TODAY

QUICK = Patience(first_s=0.001, most_s=0.01, deadline_s=2.0, unreachable_s=0.1)
NUMBERS = itertools.count()


class KilledError(BaseException):
    """The process died."""


class Quick(ManagementCloud):
    """A cloud whose lists of models are unknown, and that may die after some writes."""

    writes_left: int | None = None
    dies_after_the_write = False

    def list_models(self, market: Market) -> tuple[Body, ...]:
        del market
        return ()

    def list_usages(self, market: Market) -> tuple[Body, ...]:
        del market
        return ()

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name.startswith(("put_", "delete_", "purge_", "set_")) and self.writes_left is not None:
            return self._mortal(found)
        return found

    def _mortal(self, write: Callable[..., Any]) -> Callable[..., Any]:
        def attempt(*args: Any, **named: Any) -> Any:
            assert self.writes_left is not None
            self.writes_left -= 1
            if self.writes_left < 0 and not self.dies_after_the_write:
                raise KilledError
            result = write(*args, **named)
            if self.writes_left < 0:
                raise KilledError
            return result

        return attempt


class Server:
    """One simulator for all examples; each has a subscription of its own."""

    def __init__(self) -> None:
        self.stack = ExitStack()
        self.there = self.stack.enter_context(simulate(None, Simulator(), {}, environment={}))
        atexit.register(self.stack.close)

    def cloud(self, *faults: Mapping[str, Any]) -> Quick:
        """A session that meets these refusals."""
        wish = Simulator.model_validate({"date": TODAY, "catalogue": "open", "faults": faults})
        token = open_session_at(self.there.url, self.there.token, wish, {}, {}).token
        endpoint = make_simulator_endpoint(self.there.url, token)
        return Quick(endpoint, Clients(endpoint, verbose=False))


_SERVERS: list[Server] = []


def open_server() -> Server:
    """Return the one simulator of this process."""
    if not _SERVERS:
        _SERVERS.append(Server())
    return _SERVERS[0]
