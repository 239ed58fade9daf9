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
    """The name of the check, with `not-` for its contrary. Example: `icontains`"""
    negated: Flag = False
    """Demand the contrary. Example: `true`"""
    value: Json = None
    """The value that the check compares with. Example: `Bill Gates`"""
    path: Text | None = None
    """A JSONPath into the reply: the check looks at what is there. Example: `$.items[0].name`"""
    threshold: Number | None = None
    """The score, or the limit, that has to be reached. Example: `0.8`"""
    weight: NonNegative = 1.0
    """Its weight in the score; 0 measures and decides nothing. Example: `2`"""
    metric: Text | None = None
    """A name under which scores are added up. Example: `recall`"""
    judge: Text | None = None
    """The target that judges, instead of the evaluation's. Example: `sweden/large`"""
    rubric_prompt: Text | None = None
    """The judge's prompt, instead of harness' own. Example: `file://judge.txt`"""
    when: Json = None
    """Skip the check where this comes to nothing, false, 0 or no. Example: `"{{in_stock}}"`"""
    config: Json = None
    """Handed to the author's code. Example: `{limit: 3}`"""
    assertions: tuple[Assertion, ...] = Field(default=(), alias="assert")
    """The parts of an `assert-set`. Example: `[{contains: Ada}, is-json]`"""

    @property
    def name(self) -> str:
        """The assertion's name as the author wrote it: ``not-contains``."""
        return f"not-{self.type}" if self.negated else self.type


class ToolResult(Declared):
    """The answer of a tool to a call of the model; ``arguments`` narrows which call is meant."""

    name: Text
    """The tool. Example: `get_weather`"""
    arguments: dict[str, Json] | None = None
    """Answer only calls with these arguments. Example: `{city: Malmö}`"""
    result: Json
    """The answer of the tool. Example: `{celsius: 4}`"""


class RegexTransform(Declared):
    """A pattern, and the group of it that is stored: its number or its name."""

    regex: Text
    """A regular expression that the reply is searched with. Example: `"total: ([0-9]+)"`"""
    group: Whole | Text = 0
    """The group that is kept: its number or its name. Example: `1`"""


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
    """The text of the user, with `{{variables}}`. Example: `Who were the founders of Microsoft?`"""
    messages: Text | tuple[dict[str, Json] | Text, ...] | None = None
    """Chat messages in the place of `user`, in order.
    Example: `[{role: user, content: "Is there milk?"}]`
    """
    assistant: Text | None = None
    """A reply that is given: the turn is history, and nothing is asked. Example: `Hello Ada.`"""
    parameters: Parameters = Parameters()
    """Parameters of this request. Example: `{temperature: 1}`"""
    tool_results: tuple[ToolResult, ...] = ()
    """The answers that tools give to the model's calls.
    Example: `[{name: get_weather, result: {celsius: 4}}]`
    """
    assertions: tuple[Assertion, ...] = Field(default=(), alias="assert")
    """The demands on the reply. Example: `[{icontains: Bill Gates}, is-json]`"""
    threshold: Share | None = None
    """The turn passes where the weighted mean of its scores reaches this. Example: `0.7`"""
    store_as: Text | None = None
    """The variable that later turns find the reply in. Example: `answer`"""
    transform: Text | RegexTransform | None = None
    """The part of the reply that is stored: a JSONPath, or a group of a pattern.
    Example: `$.stock`
    """
    images: tuple[Text, ...] = ()
    """Pictures that the user shows: files, or data URLs. Example: `["file://chart.png"]`"""


class KnownFailing(Declared):
    """A mark on a conversation that is known to fail: it runs, is shown and gates nothing."""

    until: WrittenDate
    """The last day on which it may fail. Example: `"2027-01-31"`"""
    issue: Link
    """The page on which the failure is followed. Example: `https://example.org/issues/1`"""

    def is_over(self, day: date) -> bool:
        """Return whether the mark no longer holds on that day."""
        return day > self.until


class Conversation(Declared):
    """A named script of turns; ``cases`` or ``matrix`` play it once per row or combination."""

    id: Text
    """Its name, unique in the spec. Example: `founders`"""
    description: Text | None = None
    """A sentence for readers. Example: `The first example of the documentation.`"""
    tags: tuple[Text, ...] = ()
    """Words by which it is chosen. Example: `[smoke, facts]`"""
    must_pass: Flag | Share = False
    """The share of repeats that must pass; true means all. Example: `true`"""
    known_failing: KnownFailing | None = None
    """A failure that is known and gates nothing until a day.
    Example: `{until: "2027-01-31", issue: "https://example.org/1"}`
    """
    system: Text | None = None
    """The system message, instead of the evaluation's. Example: `You are a cook.`"""
    vars: dict[str, Json] = Field(default_factory=dict)
    """Variables of its texts. Example: `{company: Microsoft}`"""
    cases: Text | tuple[dict[str, Json], ...] | None = None
    """Play it once for each row: a list, or a file of CSV, JSON lines, JSON or YAML.
    Example: `[{id: sweden, country: Sweden}]`
    """
    matrix: dict[str, tuple[Json, ...]] | None = None
    """Play it once for each combination of these values.
    Example: `{language: [English, Swedish]}`
    """
    tools: tuple[Json, ...] = ()
    """Tools that the model may call, in the form of the API.
    Example: `[{type: function, function: {name: get_weather}}]`
    """
    parameters: Parameters = Parameters()
    """Parameters of its requests. Example: `{temperature: 0}`"""
    turns: Annotated[tuple[Turn, ...], Field(min_length=1)]
    """Its turns, in order. Example: `[{user: Hello, assert: [{icontains: hello}]}]`"""
    assertions: tuple[Assertion, ...] = Field(default=(), alias="assert")
    """The demands on all its replies together. Example: `[{latency: 5000}]`"""
    threshold: Share | None = None
    """It passes where the weighted mean of its scores reaches this. Example: `0.7`"""

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
    """The system message, instead of all others. Example: `Answer in one word.`"""
    user: Text | None = None
    """A template around what the user says. Example: `"Think first. {{user}}"`"""
    parameters: Parameters = Parameters()
    """Parameters of its requests; they win over all others. Example: `{temperature: 0.7}`"""


class History(Declared):
    """The part of the conversation that is sent again; the system message always stays.

    With 0 for ``max_turns`` every turn stands alone.
    """

    max_turns: Count | None = None
    """The past turns that are sent again; 0 lets every turn stand alone. Example: `10`"""
    max_tokens: Positive | None = None
    """The estimated tokens that a request may have. Example: `4000`"""


class Budget(Declared):
    """The limits of a run's spending; the first one that is reached ends the run."""

    usd: NonNegative | None = None
    """US dollars. Example: `1.5`"""
    requests: Positive | None = None
    """Requests to models. Example: `1000`"""
    tokens: Positive | None = None
    """Tokens, sent and received. Example: `500000`"""
    minutes: NonNegative | None = None
    """Minutes of the clock. Example: `30`"""


class ModelRole(Declared):
    """A target that serves the evaluation itself: a judge, or embeddings."""

    target: Text
    """A target of this spec. Example: `sweden/large`"""


class Gate(Declared):
    """The conditions under which a run is good enough."""

    baseline: Text | None = None
    """The run to compare with, by its baseline's name. Example: `main`"""
    on_no_baseline: Literal["fail", "warn"] = "fail"
    """The answer where there is no such baseline: fail, or only warn. Example: `warn`"""
    alpha: Annotated[float, Strict(), Field(gt=0.0, lt=0.5)] = 0.05
    """The chance of calling a run worse that is not. Example: `0.05`"""
    margin: Share = 0.05
    """A loss that is small enough not to matter, as a share of conversations. Example: `0.05`"""
    min_effect: Share = 0.02
    """The smallest loss that counts as a regression. Example: `0.02`"""
    min_pass_rate: Share | None = None
    """The share of trials that has to pass. Example: `0.9`"""
    max_error_rate: Share = 0.02
    """The share of trials that may end in an error. Example: `0.02`"""
    max_unusable_rate: Share = 0.05
    """The share of trials that may be blocked or cut off. Example: `0.05`"""
    on_inconclusive: Literal["warn", "fail"] = "warn"
    """The answer where nothing is proven: warn, or fail. Example: `fail`"""
    allow_simulated: Flag = False
    """Let a simulated run stand before the gate. Example: `true`"""
    map: dict[str, Text] = {}
    """Targets of this run and the names that they had in the baseline.
    Example: `{sweden/five: sweden/mini}`
    """
    stop: Literal["never", "settled"] = "never"
    """Stop asking as soon as the answer is settled. Example: `settled`"""
    looks: Annotated[int, Strict(), Field(ge=2, le=20)] = 4
    """The number of looks at which it may stop. Example: `4`"""


class Evaluation(Declared):
    """The settings by which the conversations are run."""

    targets: tuple[Text, ...] | None = None
    """The targets that are asked: names or globs; all that can chat where it is left out.
    Example: `["sweden/*"]`
    """
    api: Literal["auto", "chat", "responses"] = "auto"
    """The API that models are asked by; auto finds out. Example: `chat`"""
    system: Text | None = None
    """The system message of all conversations. Example: `You are a helpful assistant.`"""
    parameters: Parameters = Parameters()
    """Parameters of all requests; each more special place wins.
    Example: `{temperature: 0, max_output_tokens: 800}`
    """
    repeats: Positive = 1
    """The times that each conversation is played: models do not repeat themselves. Example: `3`"""
    history: History = History()
    """The part of the past that is sent again. Example: `{max_turns: 10}`"""
    concurrency: Literal["auto"] | Positive = "auto"
    """Requests that are under way at once, over all targets; `auto` finds it. Example: `8`"""
    timeout_s: Annotated[float, Strict(), Field(gt=0)] = 120.0
    """Seconds that one request may take. Example: `60`"""
    stream: Flag = False
    """Receive replies piece by piece, which also measures the time to the first token.
    Example: `true`
    """
    on_turn_failure: Literal["continue", "stop"] = "continue"
    """Go on with a conversation after a turn that failed, or stop it. Example: `stop`"""
    budget: Budget = Budget()
    """The limits of a run's spending. Example: `{usd: 1}`"""
    judge: ModelRole | None = None
    """The model that judges. Example: `{target: sweden/large}`"""
    embeddings: ModelRole | None = None
    """The model that embeds texts for `similar`. Example: `{target: sweden/embed}`"""
    gate: Gate | None = None
    """The conditions under which a run is good enough.
    Example: `{baseline: main, min_pass_rate: 0.9}`
    """


class TurnDefaults(Declared):
    """Values that are added to every turn that is asked."""

    assertions: tuple[Assertion, ...] = Field(default=(), alias="assert")
    """Demands on every reply. Example: `[not-is-refusal]`"""


class Defaults(Declared):
    """Values that are added to every conversation: ``assert`` looks at its replies together.

    Loading joins what stands under ``turn`` to the turns themselves.
    """

    assertions: tuple[Assertion, ...] = Field(default=(), alias="assert")
    """Demands on every conversation as a whole. Example: `[{latency: 60000}]`"""
    turn: TurnDefaults = TurnDefaults()
    """Demands on every turn. Example: `{assert: [not-is-refusal]}`"""
