"""``kill -9`` at random moments: what was recorded stays, what goes on ends as if nothing had been.

Half of the moments are anywhere in a command's life, a quarter each at its beginning and its end.
``HARNESS_DRILLS=all`` makes 500 of them; ``-s`` shows what they came to.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from harness.simulator.embedded import Simulated
from tests.drills import count_rounds
from tests.kills.conftest import count_requests, list_there
from tests.kills.lives import Ending, Mother, list_broken, read_lines

SPEC = """
version: 1
name: killed
cloud: simulator
providers:
  openai: {type: openai, api_key: "${OPENAI_API_KEY}", models: {gpt-4.1-mini: {}, gpt-4o: {}}}
simulator: {latency_s: 0.03}
evaluation: {repeats: 4, concurrency: 6}
conversations:
  - id: hello
    turns: [{user: hi, assert: [{contains: synthetic}]}, {user: ho}, {user: hu}]
  - id: bye
    turns: [{user: bye, assert: [{contains: no such thing}]}, {user: bye bye}]
"""
TRIALS, REQUESTS, IN_FLIGHT, TURNS = 16, 40, 6, 3
OF_THIS_PROCESS = ("latency_s", "queued_s", "request_id", "attempts", "system_fingerprint")
KILLED, FAILED, UNANSWERED = -9, 1, 3


@dataclass(slots=True)
class Killer:
    """Kills commands at moments drawn from a seed, until there were enough of them.

    Attributes:
        mother: bears the commands.
        rounds: kills that are wanted; a command that ended before its moment is none.
        life_s: how long an undisturbed command lives.
    """

    mother: Mother
    rounds: int
    life_s: float
    chance: random.Random
    kills: int = 0
    figures: Counter[str] = field(default_factory=Counter)

    def strike(self, *arguments: str) -> Ending:
        """Run a command and kill it at some moment, if it has not ended by then."""
        ended = self.mother.kill(*arguments, after_s=self._draw_moment())
        self.kills += ended.code == KILLED
        assert "Traceback" not in ended.said, ended.said
        return ended

    def _draw_moment(self) -> float:
        part = self.chance.choice(["any", "any", "first", "last"])
        if part == "first":
            return self.chance.uniform(0.0, min(0.1, self.life_s))
        if part == "last":
            return self.chance.uniform(0.8, 1.0) * self.life_s
        return self.chance.uniform(0.0, self.life_s)

    def is_through(self) -> bool:
        return self.kills >= self.rounds

    def tell(self, what: str) -> None:
        said = ", ".join(f"{count} {name}" for name, count in sorted(self.figures.items()))
        sys.stdout.write(f"\n{what}: {self.kills} kills: {said}\n")


@pytest.fixture(scope="module")
def calm(mother: Mother) -> Path:
    """An undisturbed run; its command is what the others are born of."""
    (mother.folder / "spec.yaml").write_text(SPEC, encoding="utf-8")
    assert mother.learn("eval", "spec.yaml", "--output", "calm").code == FAILED
    return mother.folder / "calm"


def assert_clean(audited: Ending) -> None:
    """Nothing is amiss but hidden files, never read, which `cassettes prune` takes away."""
    findings = [line for line in audited.said.splitlines() if ".cassette/" in line]
    assert all("left it half written" in line for line in findings), audited.said
    assert audited.code == bool(findings), audited.said


def make_killer(mother: Mother, rounds: tuple[int, int], *arguments: str) -> Killer:
    """A killer of this command, whose life is measured once; rounds usually, and at most."""
    ended = mother.run(*arguments)
    return Killer(mother, count_rounds(*rounds), ended.seconds, random.Random(arguments[0]))


def told(directory: Path) -> list[dict[str, Any]]:
    """The results without what belongs to a process: clocks and ids."""
    found = read_lines(directory / "results.jsonl")
    for result in found:
        for turn in result["turns"]:
            for name in OF_THIS_PROCESS:
                turn.pop(name, None)
    return found


def place(line: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(line[key] for key in ("conversation", "target", "repeat", "turn"))


def answers(directory: Path) -> list[dict[str, Any]]:
    return [line for line in read_lines(directory / "events.jsonl") if line["event"] == "answered"]


def sent(directory: Path) -> list[tuple[Any, ...]]:
    lines = read_lines(directory / "events.jsonl")
    return [place(line) for line in lines if line["event"] == "sent"]


def name_runs() -> Iterator[str]:
    number = 0
    while True:
        number += 1
        yield f"run-{number}"


@pytest.mark.parametrize("unknown", ["retry", "skip"])
def test_an_evaluation_loses_no_answer_and_asks_twice_only_what_was_in_flight(
    mother: Mother, calm: Path, azure: Simulated, unknown: str
) -> None:
    killer = make_killer(mother, (7, 63), "eval", "spec.yaml", "--output", f"first-{unknown}")
    figures = killer.figures
    for name in name_runs():
        if killer.is_through():
            break
        directory = mother.folder / f"{unknown}-{name}"
        asked_before, in_doubt = count_requests(azure), 0
        kept: list[dict[str, Any]] = []
        while True:
            goes_on = (directory / "run.json").exists()
            options = ("--resume", directory.name, "--unknown", unknown)
            ended = killer.strike(
                "eval", "spec.yaml", *(options if goes_on else ("--output", directory.name))
            )
            now = answers(directory)
            assert now[: len(kept)] == kept, "what was answered stays"
            assert list_broken(mother.folder) == []
            kept = now
            in_doubt += len(sent(directory)) - len(now) - in_doubt
            if ended.code != KILLED:
                break
        assert ended.code in (FAILED, UNANSWERED), ended.said
        info = json.loads((directory / "run.json").read_text(encoding="utf-8"))
        assert info["status"] == "complete"
        assert (directory / "report.html").exists()
        asked = count_requests(azure) - asked_before
        places = Counter(map(place, kept))
        assert max(places.values()) == 1, "what was answered is not asked again"
        if unknown == "retry":
            assert told(directory) == told(calm)
            assert REQUESTS <= asked <= REQUESTS + in_doubt
        else:
            assert max(Counter(sent(directory)).values()) == 1
            assert asked <= len(set(sent(directory)))
        figures["runs"] += 1
        figures["requests in doubt"] += in_doubt
        figures["asked twice"] += max(0, asked - len(set(sent(directory))))
    killer.tell(f"eval --unknown {unknown}")


def test_a_recording_keeps_every_trial_that_had_ended(
    mother: Mother, calm: Path, azure: Simulated
) -> None:
    cassette = mother.folder / "spec.cassette"
    record = ("eval", "spec.yaml", "--record", "--record-mode", "missing")
    killer = make_killer(mother, (12, 125), *record, "--cassette", "measured.cassette")
    for name in name_runs():
        if killer.is_through():
            break
        cassette = mother.folder / f"{name}.cassette"
        asked_before, lives, kept = count_requests(azure), 0, set[Path]()
        while True:
            ended = killer.strike(*record, "--cassette", cassette.name)
            lives += 1
            now = {path for path in cassette.rglob("*") if path.is_file() and path.name[0] != "."}
            assert kept <= now, "what was recorded stays"
            assert list_broken(mother.folder) == []
            kept = now
            if ended.code != KILLED:
                break
        assert ended.code == FAILED, ended.said
        asked = count_requests(azure) - asked_before
        assert REQUESTS <= asked <= REQUESTS + (lives - 1) * IN_FLIGHT * 2 * TURNS
        assert_clean(mother.run("cassettes", "audit", cassette.name))
        replayed = mother.run("eval", "spec.yaml", "--replay", "--cassette", cassette.name)
        assert replayed.code == FAILED, replayed.said
        killer.figures["cassettes"] += 1
        killer.figures["asked again"] += asked - REQUESTS
    killer.tell("eval --record")


def test_a_report_is_the_old_one_or_the_new_one(mother: Mother, calm: Path) -> None:
    mother.learn("report", "calm")
    page = (calm / "report.html").read_bytes()
    killer = make_killer(mother, (12, 125), "report", "calm")
    while not killer.is_through():
        if killer.chance.random() < 0.5:
            (calm / "report.html").unlink(missing_ok=True)
        ended = killer.strike("report", "calm")
        if (calm / "report.html").exists():
            assert (calm / "report.html").read_bytes() == page
        else:
            assert ended.code == KILLED, ended.said
            killer.figures["absent"] += 1
        assert list_broken(mother.folder) == []
    assert mother.run("report", "calm").code == 0
    assert (calm / "report.html").read_bytes() == page
    killer.tell("report")


APPLIED = """
version: 1
name: killed
cloud: simulator
subscription: "{subscription}"
resource_group: {{name: rg, region: swedencentral, create: true}}
accounts:
  one:
    account_name: one-{number}
    region: swedencentral
    content_filters: {{strict: {{filters: [{{name: Hate, source: Prompt, severity: Low}}]}}}}
    deployments:
      mini: {{model: gpt-4.1-mini, version: "2025-04-14", capacity: 10, content_filter: strict}}
      big: {{model: gpt-4o, version: "2024-11-20", capacity: 10}}
  two:
    account_name: two-{number}
    region: eastus2
    deployments:
      mini: {{model: gpt-4.1-mini, version: "2025-04-14", capacity: {capacity}}}
"""
RESOURCES = 7  # a group, two accounts, a filter, three deployments


def list_resources(azure: Simulated, subscription: str) -> list[str]:
    """List what a subscription has, but for what Azure puts into every account."""
    groups = list_there(azure, f"/subscriptions/{subscription}/resourceGroups")
    accounts = [
        account
        for group in groups
        for account in list_there(azure, f"{group}/providers/Microsoft.CognitiveServices/accounts")
    ]
    inside = [
        one
        for account in accounts
        for kind in ("deployments", "raiPolicies")
        for one in list_there(azure, f"{account}/{kind}")
        if not one.rpartition("/")[2].startswith("Microsoft.")
    ]
    return [*groups, *accounts, *inside]


def test_an_apply_converges_with_nothing_made_twice_and_nothing_by_hand(
    mother: Mother, calm: Path, azure: Simulated
) -> None:
    spec = mother.folder / "applied.yaml"

    def write(number: int, capacity: int) -> str:
        subscription = f"00000000-0000-0000-0000-{number:012}"
        spec.write_text(
            APPLIED.format(subscription=subscription, number=number, capacity=capacity),
            encoding="utf-8",
        )
        return subscription

    write(1, 10)
    assert mother.learn("apply", "applied.yaml", "--yes").code == 0
    write(2, 10)
    killer = make_killer(mother, (12, 125), "apply", "applied.yaml", "--yes")
    number = 2
    while not killer.is_through():
        number += 1
        for capacity in (10, 20):
            subscription = write(number, capacity)
            ended = Ending(KILLED, "", 0.0)
            while ended.code == KILLED:
                ended = killer.strike("apply", "applied.yaml", "--yes")
                assert list_broken(mother.folder) == []
            assert ended.code == 0, ended.said
            found = list_resources(azure, subscription)
            assert len(found) == len(set(found)) == RESOURCES, found
        assert mother.run("verify", "applied.yaml").code == 0
        killer.figures["converged twice"] += 1
    killer.tell("apply")
