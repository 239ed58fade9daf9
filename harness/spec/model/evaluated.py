"""Declarations of what is evaluated: conversations, variants, assertions, and their runs."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, PrivateAttr, Strict

from harness.spec.model.base import (
    Count,
    Declared,
    Flag,
    Json,
    Link,
    NonNegative,
    Number,
    Positive,
    Share,
    Text,
    Whole,
    WrittenDate,
)
from harness.spec.model.resources import Parameters


class Assertion(Declared):
    """A demand on a reply or on a whole transcript, in its long form.

    The short forms of the contract (``- icontains: Bill Gates``, ``- is-json``) are rewritten to
    this one before validation. ``type`` never carries the ``not-`` prefix: ``negated`` does.
    Where ``when`` comes to nothing, false, 0 or no, the check is skipped. ``config`` is handed to
    the author's code.
    """

    type: Text
    negated: Flag = False
    value: Json = None
    path: Text | None = None
    threshold: Number | None = None
    weight: NonNegative = 1.0
    metric: Text | None = None
    judge: Text | None = None
    rubric_prompt: Text | None = None
    when: Json = None
    config: Json = None
    assertions: tuple[Assertion, ...] = Field(default=(), alias="assert")

    @property
    def name(self) -> str:
        """The assertion's name as the author wrote it: ``not-contains``."""
        return f"not-{self.type}" if self.negated else self.type


class ToolResult(Declared):
    """The answer of a tool to a call of the model; ``arguments`` narrows which call is meant."""

    name: Text
    arguments: dict[str, Json] | None = None
    result: Json


class RegexTransform(Declared):
    """A pattern, and the group of it that is stored: its number or its name."""

    regex: Text
    group: Whole | Text = 0


class Turn(Declared):
    """A message of the user, and what is expected of the reply.

    ``messages`` stand in its place: chat messages in order, a variable that holds some among them.

    With ``assistant`` the turn is history: nothing is called and nothing is checked. With
    ``store_as`` the reply's text is a variable of that name in later turns and in what the
    conversation demands as a whole; with ``transform`` it is the part that a JSONPath or a group of
    a pattern takes out of it, and a reply without that part has failed.
    ``images`` are data URLs, or were files when they were written.
    """

    user: Text | None = None
    messages: Text | tuple[dict[str, Json] | Text, ...] | None = None
    assistant: Text | None = None
    parameters: Parameters = Parameters()
    tool_results: tuple[ToolResult, ...] = ()
    assertions: tuple[Assertion, ...] = Field(default=(), alias="assert")
    threshold: Share | None = None
    store_as: Text | None = None
    transform: Text | RegexTransform | None = None
    images: tuple[Text, ...] = ()


class KnownFailing(Declared):
    """A mark on a conversation that is known to fail: it runs, is shown and gates nothing.

    Attributes:
        until: the last day on which it may fail.
        issue: the page on which the failure is followed.
    """

    until: WrittenDate
    issue: Link

    def is_over(self, day: date) -> bool:
        """Return whether the mark no longer holds on that day."""
        return day > self.until


class Conversation(Declared):
    """A named script of turns; ``cases`` or ``matrix`` play it once per row or combination."""

    id: Text
    description: Text | None = None
    tags: tuple[Text, ...] = ()
    must_pass: Flag | Share = False
    known_failing: KnownFailing | None = None
    system: Text | None = None
    vars: dict[str, Json] = Field(default_factory=dict)
    cases: Text | tuple[dict[str, Json], ...] | None = None
    matrix: dict[str, tuple[Json, ...]] | None = None
    tools: tuple[Json, ...] = ()
    parameters: Parameters = Parameters()
    turns: Annotated[tuple[Turn, ...], Field(min_length=1)]
    assertions: tuple[Assertion, ...] = Field(default=(), alias="assert")
    threshold: Share | None = None

    _in_cases: tuple[Assertion, ...] = PrivateAttr(default=())

    @property
    def case_assertions(self) -> tuple[Assertion, ...]:
        """The assertions that its cases hold, one of each kind and judge."""
        cases = self.cases if isinstance(self.cases, tuple) else ()
        inline = [Assertion.model_validate(one) for case in cases for one in case.get("assert", ())]
        kinds = {(one.type, one.judge): one for one in (*self._in_cases, *inline)}
        return tuple(kinds.values())

    def with_case_assertions(self, samples: tuple[Assertion, ...]) -> Self:
        """Return the conversation with what is known of the assertions in its data set."""
        known = self.model_copy()
        known._in_cases = samples
        return known


class Variant(Declared):
    """A named prompt or parameter set; in ``user``, ``{{user}}`` is the turn's text."""

    system: Text | None = None
    user: Text | None = None
    parameters: Parameters = Parameters()


class History(Declared):
    """The part of the conversation that is sent again; the system message always stays.

    With 0 for ``max_turns`` every turn stands alone.
    """

    max_turns: Count | None = None
    max_tokens: Positive | None = None


class Budget(Declared):
    """The limits of a run's spending; the first one that is reached ends the run."""

    usd: NonNegative | None = None
    requests: Positive | None = None
    tokens: Positive | None = None
    minutes: NonNegative | None = None


class ModelRole(Declared):
    """A target that serves the evaluation itself: a judge, or embeddings."""

    target: Text


class Gate(Declared):
    """The conditions under which a run is good enough."""

    baseline: Text | None = None
    on_no_baseline: Literal["fail", "warn"] = "fail"
    alpha: Annotated[float, Strict(), Field(gt=0.0, lt=0.5)] = 0.05
    margin: Share = 0.05
    min_effect: Share = 0.02
    min_pass_rate: Share | None = None
    max_error_rate: Share = 0.02
    max_unusable_rate: Share = 0.05
    on_inconclusive: Literal["warn", "fail"] = "warn"
    allow_simulated: Flag = False
    map: dict[str, Text] = {}
    stop: Literal["never", "settled"] = "never"
    looks: Annotated[int, Strict(), Field(ge=2, le=20)] = 4


class Evaluation(Declared):
    """The settings by which the conversations are run."""

    targets: tuple[Text, ...] | None = None
    api: Literal["auto", "chat", "responses"] = "auto"
    system: Text | None = None
    parameters: Parameters = Parameters()
    repeats: Positive = 1
    history: History = History()
    concurrency: Literal["auto"] | Positive = "auto"
    timeout_s: Annotated[float, Strict(), Field(gt=0)] = 120.0
    stream: Flag = False
    on_turn_failure: Literal["continue", "stop"] = "continue"
    budget: Budget = Budget()
    judge: ModelRole | None = None
    embeddings: ModelRole | None = None
    gate: Gate | None = None


class TurnDefaults(Declared):
    """Values that are added to every turn that is asked."""

    assertions: tuple[Assertion, ...] = Field(default=(), alias="assert")


class Defaults(Declared):
    """Values that are added to every conversation: ``assert`` looks at its replies together.

    Loading joins what stands under ``turn`` to the turns themselves.
    """

    assertions: tuple[Assertion, ...] = Field(default=(), alias="assert")
    turn: TurnDefaults = TurnDefaults()
