"""Replies of the simulated model: a rule's, a recorded answer, or words of its own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final, Literal

import regex

from harness.conversation.answers import Answers, parse_answers
from harness.errors import Diagnostic, SpecError
from harness.fs.regular import open_regular
from harness.simulator.dataplane import ServedModel
from harness.simulator.inference.model_profile import ModelProfile
from harness.simulator.inference.refusals import gateway_error
from harness.simulator.inference.replies.shapes import make_arguments, make_instance
from harness.simulator.inference.requests.chat import ModelRequest, read_text
from harness.simulator.inference.tokens import cut, estimate_tokens
from harness.simulator.session import Session
from harness.spec.model.spec import ReplyRule, Simulator

MATCH_WITHIN_S: Final = 0.25
REASONING_TOKENS: Final = 64
"""Reasoning tokens of a simulated reasoning model, unless its effort says that it has none."""

_SENTENCES: Final = (
    "Nothing in it was written by a model.",
    "Scores of checks on it say nothing about quality.",
    "Give the simulator an answers file, reply rules or an upstream to change that.",
    "It depends on the request and the seed alone, so the same request gets it again.",
)


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call that the reply makes; ``arguments`` is JSON text."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class SimulatedReply:
    """A reply before it is serialized."""

    text: str | None
    finish_reason: str
    source: Literal["rule", "answers", "upstream", "synthetic"]
    calls: tuple[Call, ...] = ()
    completion_tokens: int | None = None
    prompt_tokens: int | None = None
    reasoning_tokens: int = 0

    def count_input_tokens(self, question: ModelRequest) -> int:
        """Count the tokens of the request: those that an upstream counted, else an estimate."""
        return question.prompt_tokens if self.prompt_tokens is None else self.prompt_tokens

    def count_output_tokens(self) -> int:
        """Count the tokens of the answer: those that an upstream counted, else an estimate."""
        if self.completion_tokens is not None:
            return self.completion_tokens
        spoken_tokens = estimate_tokens(self.text or "")
        called = sum(estimate_tokens(call.name + call.arguments) + 8 for call in self.calls)
        return spoken_tokens + called + self.reasoning_tokens


@dataclass(frozen=True, slots=True)
class _Rule:
    rule: ReplyRule
    pattern: regex.Pattern[str]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """A session's replies, ready: rules compiled, answers read and indexed."""

    rules: tuple[_Rule, ...]
    answers: Answers
    seed: int


def load_behaviour(simulator: Simulator) -> Behaviour:
    """Read what a session's replies come from; blocks for as long as the file is long.

    Raises:
        SpecError: a rule is no regular expression, or the answers file cannot be read; every
            problem of it, with its line.
    """
    return Behaviour(
        rules=tuple(_compile(number, rule) for number, rule in enumerate(simulator.replies)),
        answers=_read_answers(simulator.answers) if simulator.answers else Answers(),
        seed=simulator.seed,
    )


def find_behaviour(session: Session) -> Behaviour:
    """Return the session's behaviour, read once."""
    found: Behaviour | None = session.memory.get("behaviour")
    if found is None:
        found = session.memory["behaviour"] = load_behaviour(session.simulator)
    return found


def find_reply(
    behaviour: Behaviour, served: ServedModel, profile: ModelProfile, question: ModelRequest
) -> SimulatedReply | None:
    """Return a rule's reply, else a recorded one; None where neither knows the request.

    A reasoning model thinks before such a reply as before any other.
    """
    for compiled in behaviour.rules:
        if _applies(compiled, served, question):
            return _think_first(_apply_rule(compiled.rule, question), profile, question)
    text = behaviour.answers.find(served.model, served.version, question.users)
    if text is None:
        return None
    return _think_first(SimulatedReply(text, "stop", "answers"), profile, question)


def make_reply(
    behaviour: Behaviour, profile: ModelProfile, question: ModelRequest
) -> SimulatedReply:
    """Return words of the simulator's own, which say so: a function of the request and the seed.

    They keep to what was asked for: the limit of tokens, JSON, a schema, a tool that must be
    called. A reasoning model thinks first, and with too small a limit never speaks.
    """
    digest = _compute_digest(behaviour.seed, profile, question)
    thought = _count_reasoning(profile, question)
    call = _make_call(question, digest)
    if call is not None:
        return SimulatedReply(None, "tool_calls", "synthetic", (call,), reasoning_tokens=thought)
    text = _write_words(profile, question, digest)
    limit = question.limit
    if limit is not None and thought + estimate_tokens(text) > limit:
        thought = min(thought, limit)
        return SimulatedReply(
            cut(text, limit - thought), "length", "synthetic", reasoning_tokens=thought
        )
    return SimulatedReply(text, "stop", "synthetic", reasoning_tokens=thought)


def _compile(number: int, rule: ReplyRule) -> _Rule:
    try:
        return _Rule(rule, regex.compile(rule.match))
    except regex.error as error:
        raise SpecError(
            [
                Diagnostic(
                    code="H461",
                    summary=f"simulator.replies[{number}].match is not a regular expression",
                    detail=f"{rule.match}: {error}",
                )
            ]
        ) from None


def _read_answers(file: str) -> Answers:
    try:
        with open_regular(Path(file)) as lines:
            return parse_answers(lines, file)
    except OSError as error:
        raise SpecError(
            [
                Diagnostic(
                    code="H462",
                    summary="the simulator's answers file cannot be read",
                    detail=f"{file}: {error.strerror or error}",
                    hint="simulator.answers is relative to the file that names it",
                )
            ]
        ) from None


def _applies(compiled: _Rule, served: ServedModel, question: ModelRequest) -> bool:
    rule = compiled.rule
    if rule.target != "*" and not any(fnmatchcase(name, rule.target) for name in served.names):
        return False
    if rule.tool_calls and question.after_tools and rule.on != "last_tool":
        return False  # the tools have answered: calling them again would never end
    try:
        return any(
            compiled.pattern.search(text, timeout=MATCH_WITHIN_S)
            for text in _texts_to_match(rule, question)
        )
    except TimeoutError:
        raise gateway_error(
            500,
            "ReplyRuleTimeout",
            f"simulator.replies: {rule.match} took longer than {MATCH_WITHIN_S} s to match",
        ) from None


def _texts_to_match(rule: ReplyRule, question: ModelRequest) -> Iterable[str]:
    match rule.on:
        case "last_user":
            return question.users[-1:]
        case "last_tool":
            return question.tool_results
        case "system":
            return (question.system,)
        case "any":
            return (read_text(message) for message in question.messages)


def _apply_rule(rule: ReplyRule, question: ModelRequest) -> SimulatedReply:
    calls = tuple(
        Call(
            _make_call_id(f"{number}{question.prompt_tokens}{call.name}"),
            call.name,
            json.dumps(call.arguments, ensure_ascii=False, separators=(",", ":")),
        )
        for number, call in enumerate(rule.tool_calls)
    )
    finish = rule.finish_reason or ("tool_calls" if calls else "stop")
    return SimulatedReply(rule.reply if calls else rule.reply or "", finish, "rule", calls)


def _think_first(
    reply: SimulatedReply, profile: ModelProfile, question: ModelRequest
) -> SimulatedReply:
    """Add reasoning to a reply that is given from outside; the limit may leave it less room."""
    thought = _count_reasoning(profile, question)
    if question.limit is not None:
        thought = min(thought, max(0, question.limit - reply.count_output_tokens()))
    return replace(reply, reasoning_tokens=thought)


def _compute_digest(seed: int, profile: ModelProfile, question: ModelRequest) -> str:
    reply = json.dumps(
        {key: value for key, value in question.body.items() if not key.startswith("stream")},
        sort_keys=True,
    )
    return hashlib.sha256(f"{seed}|{profile.reported}|{reply}".encode()).hexdigest()


def _count_reasoning(profile: ModelProfile, question: ModelRequest) -> int:
    effort = question.body.get("reasoning_effort") or profile.effort
    if effort in (None, "none", "minimal"):
        return 0
    # Recorded: from gpt-5.4 on a model does not think about what is easy, unless it is told to.
    eager = not profile.spares_thought or effort not in ("low", "medium")
    return REASONING_TOKENS if eager or question.wants_summary else 0


def _write_words(profile: ModelProfile, question: ModelRequest, digest: str) -> str:
    wanted = question.body.get("response_format")
    kind = wanted.get("type") if isinstance(wanted, dict) else None
    if isinstance(wanted, dict) and kind == "json_schema":
        schema = (wanted.get("json_schema") or {}).get("schema") or {}
        return json.dumps(make_instance(schema), ensure_ascii=False)
    sentence = _SENTENCES[int(digest[:4], 16) % len(_SENTENCES)]
    text = (
        f"This is a synthetic reply of the simulator, not of {profile.reported}: no rule, recorded "
        f"answer or upstream knew this request. {sentence} Reference {digest[:8]}."
    )
    return json.dumps({"simulated": True, "text": text}) if kind == "json_object" else text


def _make_call(question: ModelRequest, digest: str) -> Call | None:
    """Return the call of a tool that must be called, whatever it is good for."""
    choice = question.body.get("tool_choice")
    tools: Any = question.body.get("tools") or ()
    named = choice.get("function", {}).get("name") if isinstance(choice, dict) else None
    if (named is None and choice != "required") or question.after_tools:
        return None
    for tool in tools:
        function = tool.get("function", {}) if isinstance(tool, dict) else {}
        if function.get("name") and named in (None, function["name"]):
            return Call(_make_call_id(digest), function["name"], make_arguments(function))
    return None


def _make_call_id(text: str) -> str:
    return "call_" + hashlib.sha256(text.encode()).hexdigest()[:24]
