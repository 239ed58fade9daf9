"""Plays recordings and keeps the score, operation by operation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from harness.simulator.management import routing
from tests.recordings.fidelity import Score, marks
from tests.recordings.player import simulator_for
from tests.recordings.traffic import ARM, Exchange, Recording

Table = Mapping[str, Score]
SERVICE = "/microsoft.cognitiveservices"


def played(recordings: Iterable[Recording]) -> Table:
    """The score by operation; what the simulator does not know is called ``unknown``."""
    table: dict[str, Score] = defaultdict(Score)
    for recording in recordings:
        concerned = [one for one in recording.exchanges if concerns_us(recording, one)]
        if not concerned:
            continue
        with simulator_for(recording) as player:
            for exchange in concerned:
                found = routing.find(exchange.method, exchange.path)
                name = found.name if found else "unknown"
                said = player.play(exchange)
                table[name].add(exchange, marks(exchange, said, recording.kept_headers))
    return table


def concerns_us(recording: Recording, exchange: Exchange) -> bool:
    """Whether an exchange can be played: this service or resource groups, through ARM.

    Not played are: HTML, which came from something before ARM; an operation whose beginning was
    not recorded; and groups' names in the addresses of other services.
    """
    path = exchange.path.lower()
    ours = SERVICE in path or (path.startswith("/subscriptions/") and "/providers/" not in path)
    begun = len(recording.exchanges) > 1 or "/operationresults/" not in path
    return exchange.url.startswith(ARM) and ours and begun and not exchange.answer.startswith("<")


def share(table: Table) -> float:
    """The share of all marks that are right."""
    right = sum(sum(score.right.values()) for score in table.values())
    return right / max(sum(sum(score.compared.values()) for score in table.values()), 1)
