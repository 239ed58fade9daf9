"""A call as a shell script around curl; a conversation also wants jq, for JSON."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from harness.codegen.call import CallTurn, Json, ModelCall, Service
from harness.codegen.literals import quote_word, write_comment, write_json
from harness.codegen.settings import list_settings
from harness.conversation.history import PER_MESSAGE

_PATHS = {"chat": "chat/completions", "responses": "responses"}
_PIECES = {
    "chat": '.choices[0].delta.content // ""',
    "responses": 'select(.type == "response.output_text.delta") | .delta',
}
_TEXTS = {
    "chat": '.choices[0].message | .content // .refusal // ""',
    "responses": '[.output[] | select(.type == "message") | .content[] | .text // .refusal] | join("")',
}


def write_curl(call: ModelCall, name: str) -> str:
    """Return the script; ``name`` is that of its file, which its head shows how to start."""
    lines = [*_write_head(call, name)]
    lines += _write_single(call) if call.is_single else _write_conversation(call)
    return "".join(f"{line}\n" for line in lines)


def _write_head(call: ModelCall, name: str) -> Iterator[str]:
    yield "#!/bin/sh"
    yield from write_comment(call.title)
    yield "#"
    if not call.is_single:
        yield "# Wants curl and jq."
    yield from list_settings(call.service)
    yield f"#   sh {shlex.quote(name)}"
    for note in call.notes:
        yield "#"
        yield from write_comment(note)
    yield "set -eu"
    yield ""
    if call.service.keyless:
        resource = call.service.scope.removesuffix("/.default")
        yield "# No key: a token of whoever is signed in (`az login`), good for about an hour. It needs"
        yield "# the role Cognitive Services OpenAI User."
        yield "token=$(az account get-access-token --query accessToken --output tsv \\"
        yield f"  --resource {quote_word(resource)})"
        yield ""


def _write_url(call: ModelCall) -> str:
    """Return the URL as one word in double quotes: nothing but its variable is expanded."""
    service = call.service
    path, model = _PATHS[call.api], quote(service.model, safe="")
    variable = service.address_variable
    if service.protocol == "azure":
        before = "" if call.api == "responses" else f"/deployments/{model}"
        version = quote(service.api_version, safe="")
        return f'"${{{variable}%/}}/openai{before}/{path}?api-version={version}"'
    if service.protocol == "v1":
        return f'"${{{variable}%/}}/openai/v1/{path}"'
    usual = service.address or "https://api.openai.com/v1"
    return f'"${{{variable}:-{_escape_double(usual.rstrip("/"))}}}/{path}"'


def _escape_double(text: str) -> str:
    for char in '\\"$`}':
        text = text.replace(char, f"\\{char}")
    return text


def _list_headers(service: Service) -> Iterator[str]:
    yield '"Content-Type: application/json"'
    if service.keyless:
        yield '"Authorization: Bearer $token"'
    elif service.key_variable is not None:
        name = service.key_header or (
            "Authorization" if service.protocol == "openai" else "api-key"
        )
        scheme = "Bearer " if name == "Authorization" else ""
        yield f'"{_escape_double(name)}: {scheme}${service.key_variable}"'
    for header, value in service.headers.items():
        yield quote_word(f"{header}: {value}")


def _write_curl_lines(call: ModelCall) -> Iterator[str]:
    """Yield the command without its end; every line ends in a backslash."""
    quiet = "-sSN" if call.streams else "-sS"
    yield f"curl {quiet} --fail-with-body --max-time {call.timeout_s:g} \\"
    yield f"  {_write_url(call)} \\"
    for header in _list_headers(call.service):
        yield f"  -H {header} \\"


def _make_body(call: ModelCall, said: list[Json], options: dict[str, Any]) -> Json:
    body: Json = {"model": call.service.model}
    if call.api == "chat":
        opening = [{"role": "system", "content": call.system}] if call.system is not None else []
        body["messages"] = [*opening, *said]
    else:
        if call.system is not None:
            body["instructions"] = call.system
        body["input"] = said
    body |= options
    if call.tools:
        body["tools"] = list(call.tools)
    if call.streams:
        body["stream"] = True
    return body


def _write_single(call: ModelCall) -> Iterator[str]:
    (turn,) = call.turns
    *opening, last = _write_curl_lines(call)
    yield from opening
    yield last
    yield "  --data-binary @- <<'JSON'"
    yield write_json(_make_body(call, list(turn.said), dict(turn.options)))
    yield "JSON"


def _write_conversation(call: ModelCall) -> Iterator[str]:
    replies = any(turn.reply is not None for turn in call.turns)
    yield "# What every request has; the past and the question are put into it below."
    yield from _write_document("request", _make_body(call, [], call.common_options))
    yield ""
    yield (
        "# The turns. One with a `reply` is history: nothing is asked."
        if replies
        else "# The turns."
    )
    yield from _write_document("turns", [_describe_turn(call, turn) for turn in call.turns])
    yield ""
    yield "ask() {"
    yield from (f"  {line}" for line in _write_curl_lines(call))
    yield "    --data-binary @-"
    yield "}"
    yield ""
    if call.streams:
        yield "events=$(mktemp)"
        yield "trap 'rm -f \"$events\"' EXIT"
    if call.remembers:
        yield "past='[]'  # a list of messages for each turn: the model remembers nothing by itself"
    yield "count=$(turns | jq length)"
    yield "number=0"
    yield 'while [ "$number" -lt "$count" ]; do'
    yield '  turn=$(turns | jq -c ".[$number]")'
    yield "  number=$((number + 1))"
    yield """  said=$(printf '%s' "$turn" | jq -c '.messages // [{role: "user", content: .user}]')"""
    yield """  printf '%s' "$said" | jq -r '.[-1].content | "> \\(.)"'"""
    if replies:
        yield "  answer=$(printf '%s' \"$turn\" | jq '.reply')"
        yield '  if [ "$answer" = null ]; then'
        yield from (f"    {line}" for line in _write_asking(call))
        yield "  else"
        yield "    printf '%s' \"$answer\" | jq -r ."
        yield "  fi"
    else:
        yield from (f"  {line}" for line in _write_asking(call))
    if call.remembers:
        yield '  past=$(jq -nc --argjson past "$past" --argjson said "$said" --argjson answer "$answer" \\'
        yield """    '$past + [$said + [{role: "assistant", content: $answer}]]')"""
    yield "done"


def _write_asking(call: ModelCall) -> Iterator[str]:
    """Yield the lines that ask, show the answer and leave it, as JSON text, in ``answer``."""
    told = "messages" if call.api == "chat" else "input"
    yield "body=$(request | jq -c \\"
    past = '--argjson past "$past" ' if call.remembers else ""
    yield f"""  {past}--argjson said "$said" --argjson turn "$turn" '"""
    if call.remembers:
        yield from (f"  {line}" for line in _write_recall(call))
    recalled = "recall + $said" if call.remembers else "$said"
    yield f"  . + ($turn.options // {{}}) + {{{told}: (.{told} + {recalled})}}')"
    if not call.streams:
        yield """reply=$(printf '%s' "$body" | ask) || { printf '%s\\n' "$reply" >&2; exit 1; }"""
        yield f"""answer=$(printf '%s' "$reply" | jq '{_TEXTS[call.api]}')"""
        yield "printf '%s' \"$answer\" | jq -r ."
        return
    yield "# Every event is a line `data: {…}`; the second tee shows the text while it comes."
    yield """answer=$(printf '%s' "$body" | ask | tee "$events" |"""
    yield """  jq --unbuffered -Rrj 'select(startswith("data: {")) | .[6:] | fromjson |"""
    yield f"    {_PIECES[call.api]}' | tee /dev/stderr | jq -Rs .)"
    yield "echo >&2"
    ending = "^data: .DONE" if call.api == "chat" else "^event: response.completed"
    yield f'grep -q \'{ending}\' "$events" || {{ cat "$events" >&2; exit 1; }}'


def _write_recall(call: ModelCall) -> Iterator[str]:
    """Yield the jq function that chooses what of the past is sent again."""
    newest = "$past" if call.max_turns is None else f"$past[-{call.max_turns}:]"
    if call.max_tokens is None:
        if call.max_turns is not None:
            yield f"# {call.max_turns} past turns are sent again; the oldest are forgotten."
        yield f"def recall: {newest} | add // [];"
        return
    yield "# An estimate: four English characters a token, two of other alphabets, one ideograph."
    yield 'def tokens: (.content // "") | explode'
    yield "  | map(if . < 128 then 1 elif . < 11904 then 2 else 4 end) | add // 0"
    yield f"  | {PER_MESSAGE} + ((. + 3) / 4 | floor);"
    system = ".messages" if call.api == "chat" else "[{content: .instructions}]"
    if call.system is None:
        system = "[]"
    beside = f"({system} + $said | map(tokens) | add)"
    yield f"# The newest turns that fit into {call.max_tokens} tokens, whole turns only."
    yield f"def recall: reduce ({newest} | reverse[]) as $one (\n    {{room: ({call.max_tokens} - {beside}), kept: []}};"
    yield "    .room -= ($one | map(tokens) | add)"
    yield "    | if .room < 0 then . else .kept = $one + .kept end) | .kept;"


def _describe_turn(call: ModelCall, turn: CallTurn) -> Json:
    described: Json = {"messages": list(turn.said)}
    if turn.question is not None:
        described = {"user": turn.question}
    if turn.reply is not None:
        described["reply"] = turn.reply
    elif own := call.list_own_options(turn):
        described["options"] = own
    return described


def _write_document(name: str, value: Any) -> Iterator[str]:
    yield f"{name}() {{"
    yield "  cat <<'JSON'"
    yield write_json(value)
    yield "JSON"
    yield "}"
