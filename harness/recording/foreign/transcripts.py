"""Other people's recordings, replayed: a conversation is answered by what a model once said to it.

What must be as recorded is what the model reads: the messages, the tools, and every parameter that
is sent now. Where it was asked, by which name, as a stream or whole, and what else the recording's
client sent, may differ; that is noted once, not held against anybody.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from harness.exchange import PlainRequest, PlainResponse
from harness.recording.diff.nearest import find_nearest
from harness.recording.diff.request_diff import RequestDifference, list_differences
from harness.recording.diff.request_view import Api, RequestView, find_api, read_request
from harness.recording.diff.stale import describe, explain
from harness.recording.diff.word_diff import shorten
from harness.recording.foreign.interactions import ForeignExchange
from harness.recording.storage.exchange import Slot

_OF_THE_CLIENT: Final = frozenset(
    {"stream", "stream_options", "store", "include", "user", "metadata", "encoding_format"}
)
"""Parameters that a client asks for its own sake: the model answers the same."""

_ELSEWHERE: Final = ("previous_response_id", "conversation", "prompt")
"""Parameters that refer to what the service keeps: what the model read is not in the recording."""

_DEFAULTS: Final[Mapping[str, Any]] = {
    "temperature": 1,
    "top_p": 1,
    "frequency_penalty": 0,
    "presence_penalty": 0,
    "n": 1,
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "response_format": {"type": "text"},
}
"""The values of parameters that are not sent.

Source: OpenAI's API description of chat completions and responses (v1, 2026).
"""

_ONE_NAME: Final = {
    "max_tokens": "max_output_tokens",
    "max_completion_tokens": "max_output_tokens",
}
_NAMES: Final[Mapping[Api, str]] = {
    "chat": "chat completions",
    "responses": "the Responses API",
    "embeddings": "embeddings",
}


@dataclass(frozen=True, slots=True)
class Miss:
    """There is no recording of what was asked; ``why`` says what is near, in a few lines."""

    why: str


@dataclass(frozen=True, slots=True)
class Match:
    """The recorded answer to a request; ``last`` is whether nothing equal was recorded after it."""

    response: PlainResponse
    last: bool


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An exchange, with what it asked for read out of it."""

    exchange: ForeignExchange
    view: RequestView
    parameters: Mapping[str, Any]

    @property
    def is_refused(self) -> bool:
        return self.exchange.received.status >= 400


@dataclass(slots=True)
class ForeignConversations:
    """Answers from recorded exchanges; who asks for the first time is answered from the beginning.

    Equal requests are answered in recorded order, to each endpoint and model by itself, so that
    several targets can be held against one recording. What was recorded as refused at the end is
    refused for as long as it is asked for.
    """

    _candidates: list[_Candidate]
    _unreadable: list[ForeignExchange]
    _by_words: dict[str, list[_Candidate]]
    _by_api: dict[Api, list[tuple[dict[str, Any], _Candidate]]]
    _answered: dict[tuple[str, ...], int] = field(default_factory=dict)
    _played: set[int] = field(default_factory=set)
    _refused: dict[Slot, Match] = field(default_factory=dict)
    _notes: dict[str, None] = field(default_factory=dict)

    @classmethod
    def of(cls, exchanges: Iterable[ForeignExchange]) -> ForeignConversations:
        """Make it of these; those whose request holds no conversation are never played."""
        made = cls([], [], {}, {})
        for exchange in exchanges:
            view = _read(exchange.sent)
            if view is None:
                made._unreadable.append(exchange)
                continue
            candidate = _Candidate(exchange, view, _collect_parameters(view))
            made._candidates.append(candidate)
            made._by_words.setdefault(_spell_words(view), []).append(candidate)
            made._by_api.setdefault(view.api, []).append((_make_body(view), candidate))
        return made

    @property
    def apis(self) -> frozenset[Api]:
        """The APIs that something was recorded by."""
        return frozenset(self._by_api)

    def answer(self, sent: PlainRequest, slot: Slot) -> Match | Miss:
        """Return what was recorded for this request, asked by this turn of a conversation."""
        view = _read(sent)
        if view is None:
            return Miss(explain(None, None, slot, url=sent.url))
        parameters, words = _collect_parameters(view), _spell_words(view)
        alike = self._by_words.get(words, [])
        fitting = [one for one in alike if _is_fitting(parameters, one.parameters)]
        fitting = _choose_by_model(_choose_by_tools(fitting, view), sent, view)
        if not fitting:
            return self._refused.get(slot) or Miss(self._why(view, alike, sent, slot))
        fewest = min(len(_list_additions(parameters, one)) for one in fitting)
        series = [one for one in fitting if len(_list_additions(parameters, one)) == fewest]
        what = json.dumps([parameters, _spell_tools(view)], sort_keys=True)
        who = (_find_place(sent), view.model, words, what)
        count = self._answered.get(who, 0)
        if count >= len(series) and not series[-1].is_refused:
            return self._refused.get(slot) or Miss(describe((), slot, url=sent.url))
        self._answered[who] = count + 1
        candidate = series[min(count, len(series) - 1)]
        self._notes.update(dict.fromkeys(_note_differences(candidate, sent, view, parameters)))
        return self._play(candidate, slot, last=count >= len(series) - 1)

    def _play(self, candidate: _Candidate, slot: Slot, *, last: bool) -> Match:
        self._played.add(candidate.exchange.number)
        match = Match(candidate.exchange.received, last)
        # A refusal makes a client ask otherwise; where that was never recorded, the refusal stands.
        self._refused.pop(slot, None)
        if candidate.is_refused:
            self._refused[slot] = match
        return match

    def list_unplayed(self) -> tuple[ForeignExchange, ...]:
        """List the exchanges that nobody has been answered with so far, in recorded order."""
        exchanges = (candidate.exchange for candidate in self._candidates)
        rest = [one for one in exchanges if one.number not in self._played]
        return tuple(sorted([*rest, *self._unreadable], key=lambda exchange: exchange.number))

    def notes(self) -> tuple[str, ...]:
        """Say in what the recordings that were played differ from what was asked, each once."""
        count = len(self._unreadable)
        unread = f"{count} recorded request{'s hold' if count != 1 else ' holds'} no conversation"
        return (*self._notes, *([f"{unread} that could be asked for again"] if count else []))

    def _why(
        self, asked: RequestView, alike: list[_Candidate], sent: PlainRequest, slot: Slot
    ) -> str:
        bodies = [
            (body, candidate)
            for body, candidate in self._by_api.get(asked.api, [])
            if not alike or candidate in alike
        ]
        found = find_nearest(_make_body(asked), [body for body, _ in bodies])
        candidate = next((candidate for body, candidate in bodies if body is found), None)
        if candidate is None:
            why = explain(None, None, slot, url=sent.url)
        else:
            why = describe(_list_changes(asked, candidate), slot, url=sent.url)
            why += f"\n  nearest: interaction {candidate.exchange.number} of the recording"
        return f"{why}{self._otherwise(asked)}"

    def _otherwise(self, asked: RequestView) -> str:
        """Say that the same conversation is recorded by the other API, where it is."""
        for api in ("chat", "responses"):
            words = _spell_words(asked, api)
            if api != asked.api and words in self._by_words:
                by = f"the same was recorded by {_NAMES[api]}"
                return f"\n  {by}: `evaluation: {{api: {api}}}` asks that way"
        return ""


def name_exchange(exchange: ForeignExchange) -> str:
    """Return ``interaction 3 (chat/completions: "Who founded …")``, safe to print."""
    asked = _read(exchange.sent)
    said = [message.text for message in asked.messages if message.text] if asked else []
    last = f': "{shorten(said[-1], 40)}"' if said else ""
    path = urlsplit(exchange.sent.url).path.rstrip("/").rpartition("/")[2]
    return f"interaction {exchange.number} ({shorten(path, 40)}{last})"


def _read(sent: PlainRequest) -> RequestView | None:
    """Read what a request asks for; None when the body does not say all of it."""
    api = find_api(sent.url)
    try:
        body = json.loads(sent.body)
    except (ValueError, RecursionError):
        return None
    if api is None or sent.method.upper() != "POST" or not isinstance(body, dict):
        return None
    if any(body.get(name) is not None for name in _ELSEWHERE):
        return None
    return read_request(body, api)


def _spell_words(asked: RequestView, api: Api | None = None) -> str:
    """Spell what is said to the model in one way; equal for requests that may answer each other."""
    messages = [[m.role, m.text, m.calls, m.images] for m in asked.messages]
    return json.dumps([api or asked.api, messages])


def _spell_tools(asked: RequestView) -> list[str]:
    return sorted(json.dumps(_drop_defaults(tool), sort_keys=True) for tool in asked.tools.values())


def _choose_by_tools(candidates: list[_Candidate], asked: RequestView) -> list[_Candidate]:
    """Choose those that offered the same tools, else those that left them out of a later round.

    That a tool was called shows that it had been offered: the round before is matched strictly.
    """
    wanted = _spell_tools(asked)
    same = [candidate for candidate in candidates if _spell_tools(candidate.view) == wanted]
    if same or not asked.messages or asked.messages[-1].role != "tool":
        return same
    return [candidate for candidate in candidates if not candidate.view.tools]


def _drop_defaults(tool: Any) -> Any:
    """Return a tool without what is the same whether it is said or not."""
    if not isinstance(tool, Mapping):
        return tool
    said = {name: value for name, value in tool.items() if value is not None}
    if said.get("strict") is False:
        del said["strict"]
    if said.get("type", "function") == "function":
        said["type"] = "function"
    return said


def _collect_parameters(asked: RequestView) -> dict[str, Any]:
    """Collect the parameters of a request by one set of names, without a client's own."""
    found: dict[str, Any] = {}
    for name, value in asked.parameters.items():
        if name in _OF_THE_CLIENT or value is None:
            continue
        if name == "reasoning" and isinstance(value, Mapping):
            found |= {f"reasoning_{key}": inner for key, inner in value.items()}
        elif name == "text" and isinstance(value, Mapping):
            found |= {"response_format" if k == "format" else k: v for k, v in value.items()}
        else:
            found[_ONE_NAME.get(name, name)] = value
    return {name: value for name, value in found.items() if value is not None}


def _is_fitting(asked: Mapping[str, Any], recorded: Mapping[str, Any]) -> bool:
    return all(
        _is_equal(value, recorded.get(name, _DEFAULTS.get(name))) for name, value in asked.items()
    )


def _is_equal(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _list_additions(asked: Mapping[str, Any], candidate: _Candidate) -> list[str]:
    """Return parameters that only the recording has, and that are no defaults."""
    return [
        name
        for name, value in candidate.parameters.items()
        if name not in asked and not _is_equal(value, _DEFAULTS.get(name))
    ]


def _choose_by_model(
    candidates: list[_Candidate], sent: PlainRequest, asked: RequestView
) -> list[_Candidate]:
    """Return those of the model that is asked, where there are any; else all."""
    model = _find_model(sent, asked)
    same = [one for one in candidates if _find_model(one.exchange.sent, one.view) == model]
    return same or candidates


def _find_model(sent: PlainRequest, asked: RequestView) -> str:
    """Return the model's or the deployment's name: Azure's dated API has it in the path."""
    _, between, rest = urlsplit(sent.url).path.partition("/deployments/")
    return unquote(rest.partition("/")[0]) if between else asked.model


def _find_place(sent: PlainRequest) -> str:
    parts = urlsplit(sent.url)
    return f"{parts.netloc}{parts.path}"


def _make_body(asked: RequestView) -> dict[str, Any]:
    """Return one form for both APIs, to find what is nearest."""
    messages = [
        {"role": m.role, "content": m.text, "calls": list(m.calls), "images": list(m.images)}
        for m in asked.messages
    ]
    return {"messages": messages, "tools": dict(asked.tools), **_collect_parameters(asked)}


def _list_changes(asked: RequestView, candidate: _Candidate) -> Iterator[RequestDifference]:
    """List what differs from a recording: nothing that may differ."""
    parameters = _collect_parameters(asked)
    recorded = {
        name: candidate.parameters.get(name, _DEFAULTS.get(name))
        for name in parameters
        if name in candidate.parameters or name in _DEFAULTS
    }
    tools, others = (
        {n: _drop_defaults(t) for n, t in a.tools.items()} for a in (asked, candidate.view)
    )
    return list_differences(
        RequestView(asked.api, "", asked.messages, tools, parameters),
        RequestView(asked.api, "", candidate.view.messages, others, recorded),
    )


def _note_differences(
    candidate: _Candidate, sent: PlainRequest, asked: RequestView, parameters: Mapping[str, Any]
) -> Iterator[str]:
    recorded = candidate.exchange.sent
    model, was = _find_model(sent, asked), _find_model(recorded, candidate.view)
    if model and was and model != was:
        host = urlsplit(recorded.url).netloc
        yield shorten(f"{model} is answered by a recording of {was} at {host}", 200)
    if bool(candidate.view.parameters.get("stream")) != bool(asked.parameters.get("stream")):
        as_was = "as a stream" if candidate.view.parameters.get("stream") else "whole"
        yield f"the recording was answered {as_was}, which is not how it is asked for now"
    if asked.tools and not candidate.view.tools:
        yield "the recording's client did not offer the tools again once they were called"
    if additions := _list_additions(parameters, candidate):
        listed = ", ".join(f"{name} {json.dumps(candidate.parameters[name])}" for name in additions)
        yield shorten(f"the recording's client also sent {listed}", 200)
