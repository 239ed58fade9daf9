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

from harness.recording.diff.nearest import nearest
from harness.recording.diff.request_diff import RequestDifference, differences
from harness.recording.diff.request_view import Api, RequestView, api_of, asked_of
from harness.recording.diff.stale import explain, told
from harness.recording.diff.word_diff import shortened
from harness.recording.foreign.vcr_file import ForeignExchange
from harness.recording.storage.exchange import Received, Sent, Slot

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
class _Take:
    """An exchange, with what it asked for read out of it."""

    exchange: ForeignExchange
    asked: RequestView
    parameters: Mapping[str, Any]

    @property
    def refuses(self) -> bool:
        return self.exchange.received.status >= 400


@dataclass(frozen=True, slots=True)
class Cue:
    """The exchange that answers a request, found and not yet played.

    ``last`` is whether nothing equal was recorded after it.
    """

    exchange: ForeignExchange
    last: bool
    slot: Slot
    who: tuple[str, ...]
    heard: int
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class ForeignTape:
    """Plays recorded exchanges; who asks for the first time hears a recording from its beginning.

    Equal requests are answered in recorded order, to each endpoint and model by itself, so that
    several targets can be held against one recording. What was recorded as refused at the end is
    refused for as long as it is asked for.
    """

    _takes: list[_Take]
    _mute: list[ForeignExchange]
    _by_words: dict[str, list[_Take]]
    _plain: dict[Api, list[tuple[dict[str, Any], _Take]]]
    _heard: dict[tuple[str, ...], int] = field(default_factory=dict)
    _played: set[int] = field(default_factory=set)
    _refused: dict[Slot, Cue] = field(default_factory=dict)
    _notes: dict[str, None] = field(default_factory=dict)

    @classmethod
    def of(cls, exchanges: Iterable[ForeignExchange]) -> ForeignTape:
        """A tape of these; those whose request holds no conversation are never played."""
        tape = cls([], [], {}, {})
        for exchange in exchanges:
            asked = _asked(exchange.sent)
            if asked is None:
                tape._mute.append(exchange)
                continue
            take = _Take(exchange, asked, _parameters(asked))
            tape._takes.append(take)
            tape._by_words.setdefault(_words(asked), []).append(take)
            tape._plain.setdefault(asked.api, []).append((_as_body(asked), take))
        return tape

    @property
    def apis(self) -> frozenset[Api]:
        """The APIs that something was recorded by."""
        return frozenset(self._plain)

    def answer(self, sent: Sent, slot: Slot) -> Received | Miss:
        """Return what was recorded for this request, asked by this turn of a conversation."""
        found = self.seek(sent, slot)
        return found if isinstance(found, Miss) else self.play(found)

    def seek(self, sent: Sent, slot: Slot) -> Cue | Miss:
        """The exchange that answers this request; nothing is played yet."""
        asked = _asked(sent)
        if asked is None:
            return Miss(explain(None, None, slot, url=sent.url))
        parameters, words = _parameters(asked), _words(asked)
        takes = self._by_words.get(words, [])
        fitting = [take for take in takes if _fits(parameters, take.parameters)]
        fitting = _of_its_model(_with_its_tools(fitting, asked), sent, asked)
        if not fitting:
            return self._refused.get(slot) or Miss(self._why(asked, takes, sent, slot))
        fewest = min(len(_additions(parameters, take)) for take in fitting)
        series = [take for take in fitting if len(_additions(parameters, take)) == fewest]
        what = json.dumps([parameters, _tools(asked)], sort_keys=True)
        who = (_place(sent), asked.model, words, what)
        heard = self._heard.get(who, 0)
        if heard >= len(series) and not series[-1].refuses:
            return self._refused.get(slot) or Miss(told((), slot, url=sent.url))
        take = series[min(heard, len(series) - 1)]
        notes = tuple(_unlike(take, sent, asked, parameters))
        return Cue(take.exchange, heard >= len(series) - 1, slot, who, heard, notes)

    def play(self, cue: Cue) -> Received:
        """The answer that was found; equal requests get the next one from now on."""
        self._heard[cue.who] = cue.heard + 1
        self._played.add(cue.exchange.number)
        self._notes.update(dict.fromkeys(cue.notes))
        # A refusal makes a client ask otherwise; where that was never recorded, the refusal stands.
        self._refused.pop(cue.slot, None)
        if cue.exchange.received.status >= 400:
            self._refused[cue.slot] = cue
        return cue.exchange.received

    def unplayed(self) -> tuple[ForeignExchange, ...]:
        """Exchanges that nobody has heard so far, in recorded order."""
        rest = [take.exchange for take in self._takes if take.exchange.number not in self._played]
        return tuple(sorted([*rest, *self._mute], key=lambda exchange: exchange.number))

    def notes(self) -> tuple[str, ...]:
        """In what the recordings that were played differ from what was asked, each said once."""
        mute = len(self._mute)
        unread = f"{mute} recorded request{'s hold' if mute != 1 else ' holds'} no conversation"
        return (*self._notes, *([f"{unread} that could be asked for again"] if mute else []))

    def _why(self, asked: RequestView, takes: list[_Take], sent: Sent, slot: Slot) -> str:
        bodies = [
            (body, take)
            for body, take in self._plain.get(asked.api, [])
            if not takes or take in takes
        ]
        found = nearest(_as_body(asked), [body for body, _ in bodies])
        take = next((take for body, take in bodies if body is found), None)
        if take is None:
            why = explain(None, None, slot, url=sent.url)
        else:
            why = told(_what_changed(asked, take), slot, url=sent.url)
            why += f"\n  nearest: interaction {take.exchange.number} of the recording"
        return f"{why}{self._otherwise(asked)}"

    def _otherwise(self, asked: RequestView) -> str:
        """That the same conversation is recorded by the other API, where it is."""
        for api in ("chat", "responses"):
            words = _words(asked, api)
            if api != asked.api and words in self._by_words:
                by = f"the same was recorded by {_NAMES[api]}"
                return f"\n  {by}: `evaluation: {{api: {api}}}` asks that way"
        return ""


def named(exchange: ForeignExchange) -> str:
    """``interaction 3 (chat/completions: "Who founded …")``, safe to print."""
    asked = _asked(exchange.sent)
    said = [message.text for message in asked.messages if message.text] if asked else []
    last = f': "{shortened(said[-1], 40)}"' if said else ""
    path = urlsplit(exchange.sent.url).path.rstrip("/").rpartition("/")[2]
    return f"interaction {exchange.number} ({shortened(path, 40)}{last})"


def _asked(sent: Sent) -> RequestView | None:
    """Read what a request asks for; None when the body does not say all of it."""
    api = api_of(sent.url)
    try:
        body = json.loads(sent.body)
    except (ValueError, RecursionError):
        return None
    if api is None or sent.method.upper() != "POST" or not isinstance(body, dict):
        return None
    if any(body.get(name) is not None for name in _ELSEWHERE):
        return None
    return asked_of(body, api)


def _words(asked: RequestView, api: Api | None = None) -> str:
    """Spell what is said to the model in one way; equal for requests that may answer each other."""
    messages = [[m.role, m.text, m.calls, m.images] for m in asked.messages]
    return json.dumps([api or asked.api, messages])


def _tools(asked: RequestView) -> list[str]:
    return sorted(json.dumps(_loose(tool), sort_keys=True) for tool in asked.tools.values())


def _with_its_tools(takes: list[_Take], asked: RequestView) -> list[_Take]:
    """Those that offered the same tools; else those whose client left them out of a later round.

    That a tool was called shows that it had been offered: the round before is matched strictly.
    """
    wanted = _tools(asked)
    same = [take for take in takes if _tools(take.asked) == wanted]
    if same or not asked.messages or asked.messages[-1].role != "tool":
        return same
    return [take for take in takes if not take.asked.tools]


def _loose(tool: Any) -> Any:
    """A tool without what is the same whether it is said or not."""
    if not isinstance(tool, Mapping):
        return tool
    said = {name: value for name, value in tool.items() if value is not None}
    if said.get("strict") is False:
        del said["strict"]
    if said.get("type", "function") == "function":
        said["type"] = "function"
    return said


def _parameters(asked: RequestView) -> dict[str, Any]:
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


def _fits(asked: Mapping[str, Any], recorded: Mapping[str, Any]) -> bool:
    return all(
        _equal(value, recorded.get(name, _DEFAULTS.get(name))) for name, value in asked.items()
    )


def _equal(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _additions(asked: Mapping[str, Any], take: _Take) -> list[str]:
    """Parameters that only the recording has, and that are no defaults."""
    return [
        name
        for name, value in take.parameters.items()
        if name not in asked and not _equal(value, _DEFAULTS.get(name))
    ]


def _of_its_model(takes: list[_Take], sent: Sent, asked: RequestView) -> list[_Take]:
    """Those of the model that is asked, where there are any; else all."""
    model = _model(sent, asked)
    same = [take for take in takes if _model(take.exchange.sent, take.asked) == model]
    return same or takes


def _model(sent: Sent, asked: RequestView) -> str:
    """The model's or the deployment's name: Azure's dated API has it in the path."""
    _, between, rest = urlsplit(sent.url).path.partition("/deployments/")
    return unquote(rest.partition("/")[0]) if between else asked.model


def _place(sent: Sent) -> str:
    parts = urlsplit(sent.url)
    return f"{parts.netloc}{parts.path}"


def _as_body(asked: RequestView) -> dict[str, Any]:
    """One form for both APIs, to find what is nearest."""
    messages = [
        {"role": m.role, "content": m.text, "calls": list(m.calls), "images": list(m.images)}
        for m in asked.messages
    ]
    return {"messages": messages, "tools": dict(asked.tools), **_parameters(asked)}


def _what_changed(asked: RequestView, take: _Take) -> Iterator[RequestDifference]:
    """List what differs from a recording: nothing that may differ."""
    parameters = _parameters(asked)
    recorded = {
        name: take.parameters.get(name, _DEFAULTS.get(name))
        for name in parameters
        if name in take.parameters or name in _DEFAULTS
    }
    tools, others = ({n: _loose(t) for n, t in a.tools.items()} for a in (asked, take.asked))
    return differences(
        RequestView(asked.api, "", asked.messages, tools, parameters),
        RequestView(asked.api, "", take.asked.messages, others, recorded),
    )


def _unlike(
    take: _Take, sent: Sent, asked: RequestView, parameters: Mapping[str, Any]
) -> Iterator[str]:
    recorded = take.exchange.sent
    model, was = _model(sent, asked), _model(recorded, take.asked)
    if model and was and model != was:
        host = urlsplit(recorded.url).netloc
        yield shortened(f"{model} is answered by a recording of {was} at {host}", 200)
    if bool(take.asked.parameters.get("stream")) != bool(asked.parameters.get("stream")):
        as_was = "as a stream" if take.asked.parameters.get("stream") else "whole"
        yield f"the recording was answered {as_was}, which is not how it is asked for now"
    if asked.tools and not take.asked.tools:
        yield "the recording's client did not offer the tools again once they were called"
    if additions := _additions(parameters, take):
        listed = ", ".join(f"{name} {json.dumps(take.parameters[name])}" for name in additions)
        yield shortened(f"the recording's client also sent {listed}", 200)
