"""Find the trial of a spec that each result of another tool is: by what was asked, not by names.

A later run is compared with these results conversation by conversation, so that each must have the
names and the question that ``eval`` would give it. Both sides are reduced to what went to a model:
the system text and what the user said, turn by turn. White space and HTML's escapes, which
promptfoo's templates leave in prompts, are no difference.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harness.importers.results.foreign_trial import ForeignTrial
from harness.run.matrix import Matrix, Trial
from harness.run.targets import Target

Asked = tuple[str, tuple[str, ...]]
"""The question that a model was given: the system text, and all that the user said so far."""


@dataclass(frozen=True, slots=True)
class PairedTrial:
    """A trial of the spec, the results that are its turns in order, and which repeat it is."""

    trial: Trial
    turns: tuple[ForeignTrial, ...]
    repeat: int


@dataclass(frozen=True, slots=True)
class Pairing:
    """Results as trials of a spec.

    Attributes:
        pairs: in the order of the spec.
        unpaired: results that are no trial of the spec, and why.
        missing: trials of the spec that have no result, by conversation, case and target.
    """

    pairs: tuple[PairedTrial, ...]
    unpaired: tuple[tuple[ForeignTrial, str], ...] = ()
    missing: tuple[str, ...] = ()


def pair(results: Sequence[ForeignTrial], matrix: Matrix) -> Pairing:
    """Pair results with the trials of a spec."""
    by_name = _pair_targets(results, matrix.targets)
    unpaired: list[tuple[ForeignTrial, str]] = []
    queues: dict[tuple[str, Asked], list[ForeignTrial]] = defaultdict(list)
    for one in results:
        target = by_name.get(one.providers)
        if target is None:
            named = " / ".join(one.providers)
            reason = f"{named} answered, which is no target of the spec"
            unpaired.append((one, reason if named else "the file does not say who answered"))
        elif not one.users:
            unpaired.append((one, "the file does not say what was asked"))
        else:
            queues[target.name, _simplify(one.system, one.users)].append(one)
    pairs: list[PairedTrial] = []
    missing: list[str] = []
    answered = {target.name for target in by_name.values()}
    for target in (one for one in matrix.targets if one.name in answered):
        alike: dict[tuple[Asked, ...], list[Trial]] = defaultdict(list)
        for trial in matrix.trials(target):
            if trial.id.repeat == 1:
                alike[_list_asked(trial)].append(trial)
        for asked, trials in alike.items():
            found, absent = _share(asked, trials, target.name, queues)
            pairs += found
            missing += absent
    pairs.sort(key=lambda one: (one.trial.index, one.repeat))
    taken = {id(turn) for one in pairs for turn in one.turns}
    reason = "nothing in the spec asks this"
    for queue in queues.values():
        unpaired += [(one, reason) for one in queue if id(one) not in taken]
    unpaired.sort(key=lambda each: (each[0].place, each[0].name))
    return Pairing(tuple(pairs), tuple(unpaired), tuple(missing))


def _share(
    asked: tuple[Asked, ...],
    trials: list[Trial],
    target: str,
    queues: dict[tuple[str, Asked], list[ForeignTrial]],
) -> tuple[list[PairedTrial], list[str]]:
    """Share results among trials that ask the same: by the tests they were, else one after one."""
    turns = [_group_by_test(_find(queues, target, one)) for one in asked]
    pairs: list[PairedTrial] = []
    missing: list[str] = []
    for number, trial in enumerate(trials):
        held = [_take(groups, number, len(trials)) for groups in turns]
        count = min((len(each) for each in held), default=0)
        if not count:
            missing.append(_name_trial(trial))
        pairs += [
            PairedTrial(trial, tuple(each[repeat] for each in held), repeat + 1)
            for repeat in range(count)
        ]
    return pairs, missing


def _find(
    queues: dict[tuple[str, Asked], list[ForeignTrial]], target: str, asked: Asked
) -> list[ForeignTrial]:
    """Return the results of a question; a system text may be the beginning of one long prompt."""
    found = queues.get((target, asked))
    if found:
        return found
    system, users = asked
    whole = f"{system} {users[-1]}".strip() if len(users) == 1 else ""
    return queues.get((target, ("", (whole,))), []) if system and whole else []


def _group_by_test(found: Iterable[ForeignTrial]) -> list[list[ForeignTrial]]:
    groups: dict[int, list[ForeignTrial]] = defaultdict(list)
    for one in found:
        groups[one.test].append(one)
    return [groups[test] for test in sorted(groups)]


def _take(groups: list[list[ForeignTrial]], number: int, among: int) -> list[ForeignTrial]:
    """Return the results of one of several trials that ask the same."""
    if len(groups) == among:
        return groups[number]
    return [one for group in groups for one in group][number::among]


def _list_asked(trial: Trial) -> tuple[Asked, ...]:
    """Return what each turn that is asked gives a model, as far as it is known beforehand."""
    asked: list[Asked] = []
    systems = [trial.script.system] if trial.script.system else []
    users: list[str] = []
    for line in trial.script.lines:
        for message in line.said:
            if message.role in {"system", "developer"}:
                systems.append(message.content or "")
            elif message.role == "user":
                users.append(message.content or "")
        if line.assistant is None:
            asked.append(_simplify("\n\n".join(systems), tuple(users)))
    return tuple(asked)


def _simplify(system: str, users: tuple[str, ...]) -> Asked:
    return _fold(system), tuple(map(_fold, users))


def _fold(text: str) -> str:
    return " ".join(html.unescape(text).split())


def _name_trial(trial: Trial) -> str:
    case = f"[{trial.id.case}]" if trial.id.case is not None else ""
    variant = f" ({trial.id.variant})" if trial.id.variant != "default" else ""
    return f"{trial.id.conversation}{case} on {trial.id.target}{variant}"


def _pair_targets(
    results: Sequence[ForeignTrial], targets: Sequence[Target]
) -> dict[tuple[str, ...], Target]:
    """Pair the names of who answered with targets: by name, else in the order of both.

    A result that names nobody (an error often does not) is of the only one that others name.
    """
    asked = list(dict.fromkeys(one.providers for one in results))
    if () in asked and len(asked) > 1:
        asked.remove(())
    free = list(targets)
    paired: dict[tuple[str, ...], Target] = {}
    for names in asked:
        wanted = [_reduce(part) for name in names for part in (name, re.split(r"[:/]", name)[-1])]
        for target in free:
            known = {_reduce(name) for name in (target.name, target.handle, target.model or "")}
            if any(name and name in known for name in wanted):
                paired[names] = target
                free.remove(target)
                break
    rest = [names for names in asked if names not in paired]
    if len(rest) == len(free) or len(rest) == 1:
        paired |= dict(zip(rest, free, strict=False))
    if len(asked) == 1 and asked[0] in paired:
        paired[()] = paired[asked[0]]
    return paired


def _reduce(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
