"""Where the simulator's replies come from, and in which order."""

import json
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from harness.errors import SpecError
from harness.simulator.hosting import host

Start = Callable[..., Any]
MINI = ("gpt-4.1-mini", "2025-04-14")
BOTH = {"mini": MINI, "four": ("gpt-4.1", "2025-04-14")}


def text(answered: Any) -> str:
    said = answered.json["choices"][0]["message"]["content"]
    assert isinstance(said, str)
    return said


def answers_file(folder: Path, *entries: tuple[tuple[str, str], list[tuple[str, str]]]) -> str:
    path = folder / "answers.jsonl"
    path.write_text(
        "".join(
            json.dumps(
                {
                    "model": model,
                    "version": version,
                    "turns": [{"user": user, "assistant": said} for user, said in turns],
                },
                ensure_ascii=False,
            )
            + "\n"
            for (model, version), turns in entries
        ),
        encoding="utf-8",
        newline="\n",
    )
    return str(path)


def test_rules_come_before_answers_and_answers_before_the_simulators_own_words(
    start: Start, tmp_path: Path
) -> None:
    file = answers_file(tmp_path, (MINI, [("weather?", "from file"), ("and now?", "second")]))
    azure = start(answers=file, replies=[{"match": "(?i)WEATHER!", "reply": "from rule"}])
    assert text(azure.chat("mini", "weather!")) == "from rule"
    assert text(azure.chat("mini", "weather?")) == "from file"
    assert "synthetic" in text(azure.chat("mini", "something else"))


def test_an_answer_depends_on_the_whole_history_and_on_the_model(
    start: Start, tmp_path: Path
) -> None:
    file = answers_file(
        tmp_path,
        (MINI, [("Hi.", "Hello!\n"), ("Again.", "漢字 👩‍🚀"), ("Bye.", "Bye!")]),
        (BOTH["four"], [("Hi.", "four")]),
    )
    azure = start(answers=file, deployments=BOTH)
    history = [{"role": "system", "content": "x"}, {"role": "user", "content": "Hi."}]
    assert text(azure.chat("mini", messages=history)) == "Hello!\n"
    assert text(azure.chat("four", messages=history)) == "four"
    history += [{"role": "assistant", "content": "other"}, {"role": "user", "content": "Again."}]
    assert text(azure.chat("mini", messages=history)) == "漢字 👩‍🚀"
    assert text(azure.chat("mini", "Bye.")) == "Bye!"
    assert "synthetic" in text(azure.chat("four", messages=history))
    unlimited = azure.chat("mini", "Hi.", max_tokens=1).json["choices"][0]
    assert (unlimited["message"]["content"], unlimited["finish_reason"]) == ("Hello!\n", "stop")


def test_a_rule_may_look_at_the_system_message_or_anything_and_keep_to_a_target(
    start: Start,
) -> None:
    azure = start(
        deployments=BOTH,
        replies=[
            {"on": "system", "match": "verdict", "reply": '{"pass": true}'},
            {"on": "any", "match": "needle", "reply": "found"},
            {"match": "who", "reply": "four", "target": "*/four"},
        ],
    )
    judge = [{"role": "system", "content": "Give a verdict"}, {"role": "user", "content": "x"}]
    assert text(azure.chat("mini", messages=judge)) == '{"pass": true}'
    said = [{"role": "assistant", "content": "a needle"}, {"role": "user", "content": "?"}]
    assert text(azure.chat("mini", messages=said)) == "found"
    assert text(azure.chat("four", "who")) == "four"
    assert "synthetic" in text(azure.chat("mini", "who"))


def test_a_rules_tool_call_is_made_once_and_not_again_when_the_tool_has_answered(
    start: Start,
) -> None:
    calls = [{"name": "get_weather", "arguments": {"city": "Malmö"}}]
    azure = start(replies=[{"match": "weather", "tool_calls": calls}])
    choice = azure.chat("mini", "weather").json["choices"][0]
    assert choice["finish_reason"] == "tool_calls"
    (call,) = choice["message"]["tool_calls"]
    assert call["function"] == {"name": "get_weather", "arguments": '{"city":"Malmö"}'}
    messages = [
        {"role": "user", "content": "weather"},
        choice["message"],
        {"role": "tool", "tool_call_id": call["id"], "content": "4"},
    ]
    assert azure.chat("mini", messages=messages).json["choices"][0]["finish_reason"] == "stop"


def test_a_rule_may_end_by_the_content_filter(start: Start) -> None:
    azure = start(replies=[{"match": "bad", "reply": "", "finish_reason": "content_filter"}])
    choice = azure.chat("mini", "bad").json["choices"][0]
    assert choice["finish_reason"] == "content_filter"
    assert choice["message"] == {"refusal": None, "role": "assistant"}
    assert choice["content_filter_results"]["violence"]["filtered"] is True


def test_an_expression_that_never_ends_is_named(start: Start) -> None:
    azure = start(replies=[{"match": "(a|a)*b(c|c)*\\1$", "reply": "x"}])
    answered = azure.chat("mini", "a" * 40)
    assert answered.status in (200, 500)
    if answered.status == 500:
        assert "took longer" in answered.json["error"]["message"]


def test_a_bad_answers_file_is_refused_when_the_session_is_made(
    start: Start, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"model": "m", "version": 1106, "turns": []}\nnope\n')
    with pytest.raises(SpecError) as refused:
        start(answers=str(bad))
    assert f"{bad}:1:1: error[H460]" in str(refused.value)
    assert f"{bad}:2:1: error[H460]" in str(refused.value)
    azure = start()
    for wish in ({"answers": str(bad)}, {"answers": "none.jsonl"}, {"replies": [{"match": "("}]}):
        answered = azure.send("POST", "/_simulator/sessions", {"simulator": wish})
        assert answered.status == 400
        assert answered.json["error"]["diagnostics"]


@contextmanager
def upstream(seen: list[Any]) -> Iterator[str]:
    """A local model server."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.method == "GET":
            return web.json_response({"data": [{"id": "llama3.2"}]})
        body = await request.json()
        seen.append((body, dict(request.headers)))
        if "fail" in body["messages"][-1]["content"]:
            return web.json_response({"error": {"message": "no"}}, status=422)
        message = {"role": "assistant", "content": "local words"}
        usage = {"prompt_tokens": 11, "completion_tokens": 2}
        return web.json_response(
            {"choices": [{"message": message, "finish_reason": "stop"}], "usage": usage}
        )

    app = web.Application()
    app.router.add_route("*", "/v1/{path:.*}", answer)
    with host(app) as url:
        yield f"{url}/v1"


def test_an_upstream_answers_what_nobody_else_knows(start: Start) -> None:
    seen: list[Any] = []
    with upstream(seen) as url:
        azure = start(upstream=url, replies=[{"match": "rule", "reply": "from rule"}])
        assert text(azure.chat("mini", "rule")) == "from rule"
        answered = azure.chat("mini", "hello", temperature=0.5)
        assert text(answered) == "local words"
        assert answered.json["model"] == "gpt-4.1-mini-2025-04-14"
        assert answered.json["usage"]["prompt_tokens"] == 11
        assert azure.chat("mini", "fail").status == 422
    ((body, headers), _) = seen
    assert (body["model"], body["temperature"], body["stream"]) == ("llama3.2", 0.5, False)
    assert "Authorization" not in headers
    assert azure.token not in str(headers)
    gone = azure.chat("mini", "hello")
    assert (gone.status, gone.json["error"]["code"]) == (502, "BadGateway")


def test_latency_is_added(start: Start) -> None:
    azure = start(latency_s=1.0)
    request = urllib.request.Request(
        f"{azure.base}/openai/v1/chat/completions",
        data=b'{"model": "mini", "messages": [{"role": "user", "content": "Hello"}]}',
        headers={"Authorization": f"Bearer {azure.token}", "Content-Type": "application/json"},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with pytest.raises(TimeoutError):
        opener.open(request, timeout=0.2)
    assert azure.chat("mini").status == 200
