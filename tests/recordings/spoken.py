"""Recorded traffic read as a person would: what was asked, written as a spec, and what was said.

Independent of the product's own readers of bodies, so that both cannot be wrong alike.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.recordings.traffic import Exchange

PARAMETERS = (
    "temperature", "top_p", "seed", "stop", "frequency_penalty", "presence_penalty",
    "reasoning_effort", "response_format", "tool_choice", "parallel_tool_calls",
)  # fmt: skip
KINDS = {401: "auth", 404: "not_found", 429: "rate_limit"}


@dataclass(frozen=True)
class Answer:
    """What a recorded answer comes to: a reply's text and calls, or the kind of its failure."""

    text: str = ""
    calls: tuple[str, ...] = ()
    failure: str | None = None


@dataclass
class Script:
    """A conversation as a spec has it, with what its calls were answered.

    ``why_not`` says why a spec cannot ask this, where it cannot.
    """

    turns: list[dict[str, Any]] = field(default_factory=list)
    system: str | None = None
    tools: list[Any] = field(default_factory=list)
    parameters: dict[str, Any] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    why_not: str = ""
    api: str = "chat"
    stream: bool = False
    provider: dict[str, Any] = field(default_factory=dict)
    repeats: int = 1


History = list[tuple[str, Any]]


def is_conversation(exchange: Exchange) -> bool:
    """Whether it asked a model for words."""
    ends = ("/chat/completions", "/responses")
    return exchange.method == "POST" and exchange.path.rstrip("/").endswith(ends)


def scripts(exchanges: Sequence[Exchange]) -> list[Script]:
    """The conversations of a recording, equal ones once.

    One that another goes on with is part of that, where a spec can ask the other.
    """
    known = [(one, asked) for one in exchanges if (asked := _asked(one)) is not None]
    recorded = [(one, asked, _messages(asked)) for one, asked in known]
    found: list[tuple[Script, History]] = []
    for exchange, asked, history in recorded:
        script = _script(exchange, asked, history, recorded)
        if any(history == other and _same(script, one) for one, other in found):
            continue
        if len(script.turns) == 1 and len(script.answers) == 1 and history[-1][0] == "user":
            alike = [
                one
                for one, its, other in recorded
                if other == history and _parameters(its) == script.parameters
            ]
            script.repeats, script.answers = len(alike), [_answer(one) for one in alike]
        found.append((script, history))
    whole = [history for script, history in found if not script.why_not]
    return [
        script
        for script, history in found
        if not any(len(h) > len(history) and h[: len(history)] == history for h in whole)
    ]


def _same(one: Script, other: Script) -> bool:
    return one.parameters == other.parameters and one.api == other.api


def _script(
    exchange: Exchange,
    asked: Mapping[str, Any],
    history: History,
    recorded: Sequence[tuple[Exchange, Mapping[str, Any], History]],
) -> Script:
    script = Script(
        api="responses" if "input" in asked else "chat",
        stream=bool(asked.get("stream")),
        provider=_provider(exchange, asked),
        tools=[_nested(tool) for tool in _offered(history, recorded)],
        parameters=_parameters(asked),
    )
    rest = list(history)
    if rest and rest[0][0] == "system":
        script.system = rest.pop(0)[1]
    begun = len(history) - len(rest)
    for at, (role, said) in enumerate(rest, start=begun):
        upto = history[:at]
        answered = [one for one, _, earlier in recorded if earlier == upto]
        match role:
            case "user" if not script.turns or "answered" in script.turns[-1]:
                script.turns.append({"user": said})
            case "assistant" if script.turns and "answered" not in script.turns[-1]:
                script.turns[-1]["answered"] = True
                heard = [_answer(one) for one in answered]
                if said in [answer.text.strip() for answer in heard]:
                    script.answers.append(Answer(said))
                else:
                    script.turns[-1]["assistant"] = said
            case "called" if script.turns and answered:
                script.turns[-1].setdefault("tool_results", []).extend(
                    {"name": name, "arguments": json.loads(arguments), "result": None}
                    for name, arguments in said
                )
            case "result" if script.turns and script.turns[-1].get("tool_results"):
                free = [r for r in script.turns[-1]["tool_results"] if r["result"] is None]
                if free:
                    free[0]["result"] = said
            case _:
                script.why_not = f"{role} after {history[at - 1][0] if at else 'nothing'}"
    if not script.turns or "answered" in script.turns[-1]:
        script.why_not = script.why_not or "it does not end with the user"
    for turn in script.turns:
        turn.pop("answered", None)
    script.answers.append(_answer(exchange))
    return script


def _offered(
    history: History, recorded: Sequence[tuple[Exchange, Mapping[str, Any], History]]
) -> Sequence[Any]:
    """The tools of a conversation; some clients leave them out once they were called."""
    for _, asked, earlier in recorded:
        if history[: len(earlier)] == earlier and asked.get("tools"):
            return list(asked["tools"])
    return ()


def _asked(exchange: Exchange) -> dict[str, Any] | None:
    try:
        body = json.loads(exchange.body)
    except ValueError:
        return None
    return body if isinstance(body, dict) and ("messages" in body or "input" in body) else None


def _messages(asked: Mapping[str, Any]) -> History:
    """Who said what; a call of tools is ``called``, what they gave back ``result``."""
    given: Any = asked.get("messages") or asked.get("input") or []
    items: list[Any] = [{"role": "user", "content": given}] if isinstance(given, str) else given
    found: History = [("system", asked["instructions"])] if asked.get("instructions") else []
    for item in items:
        kind, role = item.get("type"), item.get("role")
        text = _text(item.get("content"))
        if kind == "reasoning":
            continue
        if kind == "function_call":
            found.append(("called", [(item["name"], item["arguments"])]))
        elif kind == "function_call_output" or role == "tool":
            found.append(("result", item.get("output", text)))
        elif item.get("tool_calls"):
            calls = [
                (c["function"]["name"], c["function"]["arguments"]) for c in item["tool_calls"]
            ]
            found.append(("called", calls))
        elif text or role != "assistant":
            found.append(("system" if role == "developer" else role, text))
    return found


def _text(content: Any) -> str:
    if isinstance(content, str) or content is None:
        return content or ""
    return "".join(part.get("text", "") for part in content)


def _nested(tool: Mapping[str, Any]) -> Mapping[str, Any]:
    if "function" in tool or tool.get("type") != "function":
        return tool
    return {"type": "function", "function": {k: v for k, v in tool.items() if k != "type"}}


def _parameters(asked: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: asked[name] for name in PARAMETERS if asked.get(name) is not None}
    for name in ("max_tokens", "max_completion_tokens", "max_output_tokens"):
        if asked.get(name) is not None:
            found["max_output_tokens"] = asked[name]
    effort = (asked.get("reasoning") or {}).get("effort")
    return found | ({"reasoning_effort": effort} if effort else {})


def _provider(exchange: Exchange, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The endpoint as its owner would declare it."""
    parts = urlsplit(exchange.url)
    _, dated, rest = parts.path.partition("/deployments/")
    model = asked.get("model") or (rest.split("/")[0] if dated else "the-model")
    models: dict[str, Any] = {model: {}}
    if parts.netloc == "api.openai.com":
        return {"type": "openai", "api_key": "${OPENAI_API_KEY}", "models": models}
    if not dated:
        url = f"https://{parts.netloc}{parts.path.rsplit('/', 2)[0]}"
        return {"type": "openai-compatible", "base_url": url, "models": models}
    return {
        "type": "azure-openai",
        "endpoint": f"https://{parts.netloc}",
        "api_version": parse_qs(parts.query)["api-version"][0],
        "api_key": "${AZURE_OPENAI_API_KEY}",
        "models": models,
    }


def _answer(exchange: Exchange) -> Answer:
    text = exchange.answer
    events = [
        json.loads(line[5:])
        for line in text.splitlines()
        if line.startswith("data:") and line[5:].strip() != "[DONE]"
    ]
    document = json.loads(text) if not events else {}
    error = document.get("error") if isinstance(document, dict) else None
    if exchange.status >= 400 or error:
        return Answer(failure=_kind(exchange.status, error or {}))
    final = [event["response"] for event in events if event.get("type") == "response.completed"]
    if final or "output" in document:
        items = (final[-1] if final else document)["output"]
        said = [p for item in items for p in item.get("content") or () if "text" in p]
        calls = tuple(item["name"] for item in items if item.get("type") == "function_call")
        return Answer("".join(p["text"] for p in said if p.get("type") == "output_text"), calls)
    if events:
        deltas = [c.get("delta") or {} for e in events for c in (e.get("choices") or ())[:1]]
        named = [c["function"].get("name") for d in deltas for c in d.get("tool_calls") or ()]
        said_ = "".join(delta.get("content") or "" for delta in deltas)
        return Answer(said_, tuple(name for name in named if name))
    message = document["choices"][0].get("message") or {}
    calls = tuple(call["function"]["name"] for call in message.get("tool_calls") or ())
    return Answer(message.get("refusal") or message.get("content") or "", calls)


def _kind(status: int, error: Mapping[str, Any]) -> str:
    codes = {
        "content_filter": "content_filter",
        "context_length_exceeded": "context_length",
        "429": "rate_limit",
        "too_many_requests": "rate_limit",
        "model_not_found": "not_found",
    }
    return codes.get(str(error.get("code"))) or KINDS.get(status, "bad_request")
