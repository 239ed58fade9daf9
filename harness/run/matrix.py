"""Every trial of a run: conversations × cases × targets × variants × repeats, in that order.

Nothing is listed: questions are made when their turn comes, so that a data set of a million rows
takes no more memory than one of ten. Only their number is known beforehand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from harness.conversation.play import Line, Script
from harness.conversation.ports import Place
from harness.conversation.transcript import Exchange
from harness.errors import Diagnostic, RequestError
from harness.results.model import TrialId
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
from harness.run.judging.judges import count_choices, count_requests
from harness.run.keyword import compile_keyword
from harness.run.targets import Target
from harness.spec.document.template import fill, holds_braces
from harness.spec.model.spec import Conversation, Spec, Variant

NO_CONVERSATION = "H604"
MOST_RECENT = 512
"""Questions kept for the next target that comes to them."""


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

    ``conversations`` are whole ids; () for whichever they are.
    """

    keyword: str = ""
    tags: tuple[str, ...] = ()
    repeats: int | None = None
    conversations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Matrix:
    """The trials of a run, made as they are asked for.

    Attributes:
        questions: how many conversations × cases were selected.
        requests: how many requests one target gets, retries and tool rounds not counted.
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
    requests: int
    advice: Mapping[str, int] = field(default_factory=dict)
    recent: dict[int, Question] = field(default_factory=dict, repr=False, compare=False)

    @property
    def count(self) -> int:
        """The number of trials."""
        return self.questions * self.plays

    def names(self) -> Iterator[tuple[str, str | None]]:
        """Return the conversation's id and the case of each question, lazily, in their order."""
        chosen = _select(self.spec, self.selection, self.rows)
        return ((conversation.id, case.name) for conversation, case in chosen)

    def trials(
        self, target: Target, wanted: Callable[[int], bool] = lambda _: True
    ) -> Iterator[Trial]:
        """Return one target's trials, lazily, in the stated order; numbered among everybody's.

        ``wanted`` says of a question, by its number, whether it is among them.
        """
        column = self.targets.index(target)
        defaults = self.spec.defaults.assertions
        chosen = _select(self.spec, self.selection, self.rows)
        for row, (conversation, case) in enumerate(chosen):
            if not wanted(row):
                continue
            question = self.recent.get(row)
            if question is None:
                question = self.recent[row] = ask(conversation, case, defaults)
                if len(self.recent) > MOST_RECENT:
                    del self.recent[next(iter(self.recent))]
            for position, (name, variant) in enumerate(self.variants.items()):
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
        chosen = _select(self.spec, self.selection, self.rows)
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
            if row is None or column is None or position is None or trial.repeat > self.repeats:
                return None
            cell = (row * len(self.targets) + column) * len(self.variants) + position
            return cell * self.repeats + trial.repeat - 1

        return index


def expand(spec: Spec, targets: Sequence[Target], selection: Selection, rows: Rows) -> Matrix:
    """Return the trials of a run, counted; data sets are read through once and not kept.

    Raises:
        RequestError: the selection leaves no conversation, or cannot be read.
    """
    questions = requests = 0
    cases: Counter[str] = Counter()
    for conversation, _ in _select(spec, selection, rows):
        questions += 1
        cases[conversation.id] += 1
        requests += sum(turn.assistant is None for turn in conversation.turns)
    if questions == 0:
        raise _nothing_selected_error(spec, selection)
    variants = spec.variants or {"default": Variant()}
    repeats = selection.repeats or spec.evaluation.repeats
    plays = len(targets) * len(variants) * repeats
    return Matrix(
        spec=spec,
        targets=tuple(targets),
        variants=variants,
        repeats=repeats,
        selection=selection,
        rows=rows,
        questions=questions,
        requests=requests * len(variants) * repeats,
        advice=_count_judge_requests(spec, cases, plays, repeats),
    )


def _count_judge_requests(
    spec: Spec, cases: Mapping[str, int], plays: int, repeats: int
) -> dict[str, int]:
    """Count the requests of checks by the target asked; ``plays``: how often a case is played."""
    total: Counter[str] = Counter()
    for conversation in spec.conversations:
        for name, count in count_requests(spec, conversation).items():
            total[name] += count * cases[conversation.id] * plays
        for name, count in count_choices(spec, conversation).items():
            total[name] += count * cases[conversation.id] * repeats
    return {name: count for name, count in total.items() if count}


def _select(spec: Spec, selection: Selection, rows: Rows) -> Iterator[tuple[Conversation, Case]]:
    matches = compile_keyword(selection.keyword)
    wanted, named = set(selection.tags), frozenset(selection.conversations)
    for conversation in spec.conversations:
        if named and conversation.id not in named:
            continue
        if wanted and wanted.isdisjoint(conversation.tags):
            continue
        for case in list_cases(conversation, rows):
            if matches((conversation.id, case.name or "", *conversation.tags)):
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
