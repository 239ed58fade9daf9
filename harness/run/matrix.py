"""Every trial of a run: conversations × cases × targets × variants × repeats, in that order.

Nothing is listed: questions are made when their turn comes, so that a data set of a million rows
takes no more memory than one of ten. Only their number is known beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from harness.conversation.play import Line, Script
from harness.conversation.ports import Place
from harness.conversation.transcript import Exchange
from harness.errors import Diagnostic, RequestError
from harness.results.model import Shard, TrialId
from harness.run.asking.bounds import MOST_PLANNED
from harness.run.asking.messages import word_messages, word_user
from harness.run.asking.question import (
    AskedTurn,
    Case,
    Question,
    Rows,
    ask,
    fill_text,
    fill_tools,
    is_compared,
    list_cases,
)
from harness.run.asking.transforms import take_part
from harness.run.counting import TrialTally
from harness.run.keyword import compile_keyword
from harness.run.narrowing import CellName, Part, choose_cells, draw_sample
from harness.run.sharding import KeyRange, QuestionName, find_span, plan_shard
from harness.run.targets import Target
from harness.spec.document.template import fill, holds_braces
from harness.spec.model.spec import Conversation, Spec, Variant

NO_CONVERSATION = "H604"
MOST_RECENT = 512
"""Questions kept for the next target that comes to them."""
MOST_RECENT_TEXT = 20_000_000
"""Characters of them, as far as the latest one tells: of long questions fewer are kept."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One conversation × case × target × variant × repeat, not yet run.

    ``index`` is its place in the stated order, from 0.
    """

    index: int
    id: TrialId
    question: Question
    script: Script
    target: Target


@dataclass(frozen=True, slots=True)
class Selection:
    """A choice of conversations and cases, and repeats: ``-k``, ``--tag``, ``--repeats``.

    Attributes:
        conversations: whole ids; () for whichever they are.
        sample: how many questions are drawn from what the rest selects; None for all of them.
        seed: of the sample.
        cells: what is asked of whom, and nothing else; None for everything of everybody.
        shard: which part of all that is asked; None for all of it.
        span: the questions of that shard, where it is known already: of a run that is resumed.
        durations: milliseconds that questions took before, by which shards are balanced.
    """

    keyword: str = ""
    tags: tuple[str, ...] = ()
    repeats: int | None = None
    conversations: tuple[str, ...] = ()
    sample: int | None = None
    seed: int = 0
    cells: frozenset[CellName] | None = None
    shard: Shard | None = None
    span: KeyRange | None = None
    durations: Mapping[QuestionName, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Matrix:
    """The trials of a run, made as they are asked for.

    Attributes:
        questions: how many conversations × cases were selected.
        requests: how many requests each target gets, retries and tool rounds not counted.
        count: the number of trials.
        part: what is asked of whom, where that is not everything of everybody.
        advice: how many requests the checks of all trials make to judges and for embeddings.
        recent: the latest questions by number, for targets that keep step with each other.
    """

    spec: Spec
    targets: tuple[Target, ...]
    variants: Mapping[str, Variant]
    repeats: int
    selection: Selection
    rows: Rows
    questions: int
    requests: Mapping[str, int]
    count: int
    part: Part = field(default_factory=Part)
    advice: Mapping[str, int] = field(default_factory=dict)
    recent: dict[int, Question] = field(default_factory=dict, repr=False, compare=False)

    @property
    def size(self) -> int:
        """The number of trials if everybody was asked every question; their numbers are below."""
        return self.questions * self.plays

    def names(self) -> Iterator[tuple[str, str | None]]:
        """Return the conversation's id and the case of each question, lazily, in their order."""
        chosen = _select(self.spec, self.selection, self.rows, self.part)
        return ((conversation.id, case.name) for conversation, case in chosen)

    def trials(
        self, target: Target, wanted: Callable[[int], bool] = lambda _: True
    ) -> Iterator[Trial]:
        """Return one target's trials, lazily, in the stated order; numbered among everybody's.

        ``wanted`` says of a question, by its number, whether it is among them.
        """
        column = self.targets.index(target)
        defaults = self.spec.defaults.assertions
        chosen = _select(self.spec, self.selection, self.rows, self.part)
        for row, (conversation, case) in enumerate(chosen):
            if not wanted(row):
                continue
            question = self.recent.get(row)
            if question is None:
                question = self.recent[row] = ask(conversation, case, defaults)
                most = max(1, min(MOST_RECENT, MOST_RECENT_TEXT // (1 + question.count_text())))
                while len(self.recent) > most:
                    del self.recent[next(iter(self.recent))]
            for position, (name, variant) in enumerate(self.variants.items()):
                if not self.part.is_asked((conversation.id, case.name), (target.name, name)):
                    continue
                cell = (row * len(self.targets) + column) * len(self.variants) + position
                first = _make_script(self.spec, question, target, name, variant)
                for repeat in range(1, self.repeats + 1):
                    yield Trial(
                        index=cell * self.repeats + repeat - 1,
                        id=TrialId(
                            question.conversation.id, question.case, target.name, name, repeat
                        ),
                        question=question,
                        script=first if repeat == 1 else _repeat_script(first, repeat),
                        target=target,
                    )

    @property
    def plays(self) -> int:
        """The number of trials of one question."""
        return len(self.targets) * len(self.variants) * self.repeats

    def comparison(self, index: int) -> tuple[int, int]:
        """Return the question, by its number, and the repeat that a trial belongs to, from 0."""
        return index // self.plays, index % self.repeats

    def comparisons(self) -> Iterator[range]:
        """Return the trials that are compared with each other, by their numbers."""
        defaults, plays = self.spec.defaults.assertions, self.plays
        chosen = _select(self.spec, self.selection, self.rows, self.part)
        for row, (conversation, _) in enumerate(chosen):
            if is_compared(conversation, defaults):
                for repeat in range(self.repeats):
                    yield range(row * plays + repeat, (row + 1) * plays, self.repeats)

    def number_of(self) -> Callable[[TrialId], int | None]:
        """Return the index of a trial by its id, None for a trial that is not among these.

        For reading a run back; holds one entry for each conversation × case.
        """
        rows = {name: number for number, name in enumerate(self.names())}
        columns = {target.name: number for number, target in enumerate(self.targets)}
        positions = {name: number for number, name in enumerate(self.variants)}

        def index(trial: TrialId) -> int | None:
            row = rows.get((trial.conversation, trial.case))
            column, position = columns.get(trial.target), positions.get(trial.variant)
            if row is None or column is None or position is None:
                return None
            if not 1 <= trial.repeat <= self.repeats:
                return None
            cell = (row * len(self.targets) + column) * len(self.variants) + position
            return cell * self.repeats + trial.repeat - 1

        return index


def expand(
    spec: Spec,
    targets: Sequence[Target],
    selection: Selection,
    rows: Rows,
    most: int = MOST_PLANNED,
) -> Matrix:
    """Return the trials of a run, counted; data sets are read through and not kept.

    Of a run that asks only certain cells, the targets are those that are asked anything.

    Raises:
        RequestError: the selection leaves no conversation, or cannot be read; or it makes more than
            ``most`` trials or requests, which is told as soon as so many are counted.
    """
    variants = spec.variants or {"default": Variant()}
    part = Part()
    if selection.cells is not None:
        cells = choose_cells(selection.cells, spec, [one.name for one in targets], variants)
        part = Part(cells)
        asked = {target for sides in cells.values() for target, _ in sides}
        targets = [one for one in targets if one.name in asked]
    if selection.sample is not None:
        names = ((c.id, case.name) for c, case in _select(spec, selection, rows, part))
        last, total = draw_sample(names, selection.sample, selection.seed)
        part = replace(part, last=last, seed=selection.seed, drawn_from=total)
    repeats = selection.repeats or spec.evaluation.repeats
    sides = len(targets) * len(variants)
    if selection.shard is not None:
        named = [(c.id, case.name) for c, case in _select(spec, selection, rows, part)]
        asked_of = [sides if part.cells is None else len(part.cells[name]) for name in named]
        span = selection.span or find_span(named, selection.shard, selection.durations)
        plan = plan_shard(selection.shard, span, named, sum(asked_of) * repeats)
        part = replace(part, plan=plan)
    tally = TrialTally(repeats)
    for conversation, case in _select(spec, selection, rows, part):
        tally.add(
            conversation, None if part.cells is None else part.cells[conversation.id, case.name]
        )
        tally.refuse_beyond(most, sides)
    if part.cells is None:
        tally.multiply([target.name for target in targets], len(variants))
    if tally.questions == 0 and not (part.plan and part.plan.questions):
        raise _nothing_selected_error(spec, selection)
    advice = tally.count_judge_requests(spec)
    tally.refuse_beyond(most, sides, sum(advice.values()))
    return Matrix(
        spec=spec,
        targets=tuple(targets),
        variants=variants,
        repeats=repeats,
        selection=selection,
        rows=rows,
        questions=tally.questions,
        requests=tally.requests,
        count=tally.plays.total(),
        part=part,
        advice=advice,
    )


def _select(
    spec: Spec, selection: Selection, rows: Rows, part: Part
) -> Iterator[tuple[Conversation, Case]]:
    matches = compile_keyword(selection.keyword)
    wanted, named = set(selection.tags), frozenset(selection.conversations)
    for conversation in spec.conversations:
        if named and conversation.id not in named:
            continue
        if wanted and wanted.isdisjoint(conversation.tags):
            continue
        for case in list_cases(conversation, rows):
            names = (conversation.id, case.name or "", *conversation.tags)
            if matches(names) and (part.is_whole or part.has((conversation.id, case.name))):
                yield conversation, case


def _nothing_selected_error(spec: Spec, selection: Selection) -> RequestError:
    if not spec.conversations:
        return RequestError(
            Diagnostic(
                NO_CONVERSATION,
                "the spec has no conversations",
                hint="declare some under conversations; `harness init` writes an example",
            )
        )
    asked = [f"-k {selection.keyword!r}"] if selection.keyword else []
    asked += [f"--tag {tag}" for tag in selection.tags]
    asked += [f"the name {name!r}" for name in selection.conversations]
    asked += ["what did not pass before"] if selection.cells is not None else []
    tags = sorted({tag for conversation in spec.conversations for tag in conversation.tags})
    known = ", ".join(conversation.id for conversation in spec.conversations[:20])
    return RequestError(
        Diagnostic(
            NO_CONVERSATION,
            f"no conversation is selected{' by ' + ' '.join(asked) if asked else ''}",
            f"tags: {', '.join(tags) or 'none'}",
            hint=f"conversations: {known}",
        )
    )


def _repeat_script(first: Script, repeat: int) -> Script:
    return replace(first, place=replace(first.place, repeat=repeat))


def _make_lines(
    spec: Spec, question: Question, target: Target, variant: Variant
) -> tuple[Line, ...]:
    """Return the turns as this target and variant get them.

    Precedence of parameters, weakest first: evaluation, target, conversation, turn, variant.
    """
    common = _lay_over(
        spec.evaluation.parameters.to_dict(),
        target.parameters,
        question.conversation.parameters.to_dict(),
    )
    return tuple(
        _make_line(question, number, variant, common)
        for number in range(1, len(question.turns) + 1)
    )


def _lay_over(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters laid over one another: what is set last wins, the rest stays.

    Each entry of ``extra`` is a parameter by itself; ``extra: null`` takes away all beneath it.
    """
    laid: dict[str, Any] = {}
    for layer in layers:
        beneath = laid.get("extra")
        laid |= layer
        if beneath and layer.get("extra") is not None:
            laid["extra"] = {**beneath, **layer["extra"]}
    return laid


def _make_line(
    question: Question, number: int, variant: Variant, common: Mapping[str, Any]
) -> Line:
    turn = question.turns[number - 1]
    line = _fill_line(turn, variant, common, question.variables)
    if turn.written is None:
        return line

    def resolve(before: Sequence[Exchange]) -> Line:
        known = question.find_variables(before)
        return _fill_line(question.turn(number, before), variant, common, known)

    return replace(line, fill=resolve)


def _fill_line(
    turn: AskedTurn, variant: Variant, common: Mapping[str, Any], variables: Mapping[str, Any]
) -> Line:
    beside = {"logprobs": True} if turn.likelihoods else {}
    parameters = _lay_over(common, turn.parameters, variant.parameters.to_dict(), beside)
    return Line(
        user=word_user(turn.user, variant, variables),
        messages=word_messages(turn.messages, variant, variables),
        assistant=turn.assistant,
        parameters=fill(parameters, variables) if holds_braces(parameters) else parameters,
        tool_answers=turn.tool_answers,
        store_as=turn.store_as,
        take=partial(take_part, transform=turn.transform),
        images=turn.images,
    )


def _make_script(
    spec: Spec, question: Question, target: Target, variant_name: str, variant: Variant
) -> Script:
    """Make the first repeat's script. System text: the variant's, conversation's, evaluation's."""
    conversation, evaluation = question.conversation, spec.evaluation
    systems = (variant.system, conversation.system, evaluation.system)
    system = next((text for text in systems if text is not None), None)
    return Script(
        place=Place(
            target=target.name,
            conversation=conversation.id,
            case=question.case,
            variant=variant_name,
            repeat=1,
            turn=0,
        ),
        lines=_make_lines(spec, question, target, variant),
        system=None if system is None else fill_text(system, question.variables),
        tools=fill_tools(conversation, question.variables),
        max_turns=evaluation.history.max_turns,
        max_tokens=evaluation.history.max_tokens,
        stream=evaluation.stream,
        deadline_s=evaluation.timeout_s,
        variables=question.variables,
    )
