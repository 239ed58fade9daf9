"""`--otel`: a run as OpenTelemetry spans, taken in by a receiver that decodes them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import run
from tests.simulator.otlp_receiver import Received, read_attributes, receive

SECRET = "sk-proj-" + "Ab1" * 20

SPEC = """
version: 1
name: told
cloud: simulator
providers:
  openai: {type: openai, api_key: "${OPENAI_API_KEY}", models: {gpt-4.1-mini: {}}}
simulator:
  replies:
    - {on: last_user, match: "France", reply: "Paris, of course."}
    - {on: last_user, match: "key", reply: "A key is kept."}
conversations:
  - id: twice
    tags: [facts]
    system: Answer in one word.
    turns:
      - {user: "We spoke of France.", assistant: "So we did."}
      - {user: "Capital of France?", assert: [{starts-with: Paris, metric: right}]}
      - {user: "France, again?", assert: [{icontains: Lyon}, {icontains: Paris, weight: 0}]}
    assert: [{contains: Paris}]
  - id: secretive
    turns: [{user: "My key is %s", assert: [{contains: kept}]}]
"""


@pytest.fixture
def spec(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    for name in ("OTEL_EXPORTER_OTLP_HEADERS", "OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES"):
        monkeypatch.delenv(name, raising=False)
    (folder / "spec.yaml").write_text(SPEC.replace("%s", SECRET), encoding="utf-8")
    return "spec.yaml"


def evaluate(spec: str, received: Received, *options: str) -> list[dict[str, Any]]:
    """Evaluate, sending telemetry to the receiver, and return the lines of the results."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", received.url)
        assert run(["eval", spec, "--otel", "--output", "out", *options]) == 1, "Lyon is wrong"
    lines = Path("out/results.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_every_figure_that_is_sent_is_the_one_in_the_results(
    spec: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with receive() as received:
        results = evaluate(spec, received)
    said = capsys.readouterr().err
    assert f"telemetry goes to {received.url}: no message content" in said
    assert f"telemetry: 5 spans and 5 evaluation results sent to {received.url}" in said
    run_id = json.loads(Path("out/run.json").read_text(encoding="utf-8"))["id"]
    whole = {read_attributes(one)["harness.conversation"]: one
             for one in received.spans if one.name.startswith("harness.trial")}  # fmt: skip
    for result in results:
        span = whole[result["conversation"]]
        told = read_attributes(span)
        assert told["harness.run.id"] == run_id
        assert told["harness.outcome"] == result["outcome"]
        assert told["harness.score"] == result["score"]
        assert told["harness.simulated"] is True
        turns = sorted(
            (one for one in received.spans if one.parent_span_id == span.span_id),
            key=lambda one: one.start_time_unix_nano,
        )
        asked = [turn for turn in result["turns"] if not turn.get("scripted")]
        assert len(turns) == len(asked)
        assert told["harness.cost_usd"] == pytest.approx(sum(one["cost_usd"] for one in asked))
        for one, turn in zip(turns, asked, strict=True):
            check_turn(read_attributes(one), turn)
            lasted = (one.end_time_unix_nano - one.start_time_unix_nano) / 1e9
            assert lasted == pytest.approx(turn["latency_s"] + turn["queued_s"], abs=1e-5)
            assert one.trace_id == span.trace_id
            check_events(received, one, turn["checks"])
        check_events(received, span, result["checks"])


def check_turn(told: dict[str, Any], turn: dict[str, Any]) -> None:
    assert told["gen_ai.operation.name"] == "chat"
    assert told["gen_ai.provider.name"] == "openai"
    assert told["gen_ai.request.model"] == "gpt-4.1-mini"
    assert told["gen_ai.response.model"] == turn["model"]
    assert told["gen_ai.response.finish_reasons"] == [turn["finish_reason"]]
    assert told["gen_ai.usage.input_tokens"] == turn["usage"]["input_tokens"]
    assert told["gen_ai.usage.output_tokens"] == turn["usage"]["output_tokens"]
    assert told["harness.cost_usd"] == turn["cost_usd"]
    assert told["server.address"] == "127.0.0.1"
    assert told["server.port"] > 0
    assert told["harness.simulated"] is True


def check_events(received: Received, span: Any, checks: list[dict[str, Any]]) -> None:
    events = [one for one in received.events if one.span_id == span.span_id]
    assert {one.event_name for one in events} <= {"gen_ai.evaluation.result"}
    labels = {"passed": "pass", "failed": "fail"}
    assert [
        (told["gen_ai.evaluation.name"], told["gen_ai.evaluation.score.value"],
         told["gen_ai.evaluation.score.label"], told["harness.check.weight"])
        for told in map(read_attributes, events)
    ] == [
        (check["metric"] or check["type"], check["score"], labels[check["outcome"]],
         check["weight"])
        for check in checks
    ]  # fmt: skip


def test_nothing_that_was_said_leaves_unless_it_is_asked_for(spec: str) -> None:
    with receive() as received:
        evaluate(spec, received)
    everything = b"".join(received.bodies)
    assert received.spans
    for said in (b"France", b"Paris", b"one word", b"sk-proj", b"Lyon"):
        assert said not in everything


@pytest.mark.parametrize("by", ["option", "variable"])
def test_what_was_said_goes_along_without_secrets_when_it_is_asked_for(
    spec: str, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    if by == "variable":
        monkeypatch.setenv("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "true")
    with receive() as received:
        evaluate(spec, received, *(["--otel-content"] if by == "option" else []))
    assert SECRET.encode() not in b"".join(received.bodies)
    told = [read_attributes(one) for one in received.spans]
    last = next(one for one in told if one.get("harness.turn") == 3)
    assert json.loads(last["gen_ai.system_instructions"]) == [
        {"type": "text", "content": "Answer in one word."}
    ]
    asked = json.loads(last["gen_ai.input.messages"])
    assert [(one["role"], one["parts"][0]["content"]) for one in asked] == [
        ("user", "We spoke of France."),
        ("assistant", "So we did."),
        ("user", "Capital of France?"),
        ("assistant", "Paris, of course."),
        ("user", "France, again?"),
    ]
    answered = json.loads(last["gen_ai.output.messages"])
    assert answered[0]["parts"] == [{"type": "text", "content": "Paris, of course."}]
    assert answered[0]["finish_reason"] == "stop"
    reasons = [read_attributes(one).get("gen_ai.evaluation.explanation") for one in received.events]
    assert any(reason and "Lyon" in reason for reason in reasons)


@pytest.mark.parametrize("status", [400, 307])
def test_a_receiver_that_refuses_or_redirects_changes_nothing_but_a_line(
    spec: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-key=canary-7-of-the-receiver")
    with receive(status) as received:
        results = evaluate(spec, received, "-q")
    assert [one["outcome"] for one in results] == ["failed", "passed"]
    warnings = [line for line in capsys.readouterr().err.splitlines() if "warning" in line]
    assert len(warnings) == 1, "told once, also when it is quiet"
    assert warnings[0].startswith(
        f"warning[H992]: of 5 spans and 5 evaluation results, 0 and 0 reached {received.url}: "
        f"HTTP {status}"
    )
    assert "canary" not in warnings[0]
    assert "REDACTED-sent-credential" in warnings[0]


def test_nobody_who_listens_changes_nothing_but_a_line(
    spec: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with receive() as gone:
        pass
    results = evaluate(spec, gone)
    assert [one["outcome"] for one in results] == ["failed", "passed"]
    assert "0 and 0 reached" in capsys.readouterr().err


def test_the_service_and_headers_are_those_of_opentelemetrys_variables(
    spec: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "nightly")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-team=search")
    with receive() as received:
        evaluate(spec, received)
    assert received.resources[0]["service.name"] == "nightly"
    assert {headers["x-team"] for headers in received.headers} == {"search"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--otel", "--replay"], "--replay opens no sockets"),
        (["--otel-content"], "give both"),
    ],
)
def test_options_that_cannot_go_together_are_refused(
    spec: str, capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    assert run(["eval", spec, *options]) == 2
    assert said in capsys.readouterr().err


def test_without_the_extra_it_is_named(spec: str) -> None:
    code = (
        "import sys; sys.modules['opentelemetry'] = None; from harness.cli.main import run;"
        f"sys.exit(run(['eval', {spec!r}, '--otel', '--output', 'out']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "error[H990]: --otel needs OpenTelemetry, which is not installed" in done.stderr
    assert "pip install 'azure-openai-harness[otel]'" in done.stderr
    assert not Path("out").exists(), "nothing was spent"


def test_nothing_of_it_is_imported_where_nobody_asks(spec: str) -> None:
    code = (
        "import sys; from harness.cli.main import run;"
        f"run(['eval', {spec!r}, '--output', 'out']);"
        "sys.exit('opentelemetry' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_program_is_an_agent_without_an_address(folder: Path) -> None:
    program = "import sys, json; json.load(sys.stdin); print(json.dumps({'reply': 'Paris'}))"
    command = json.dumps([sys.executable, "-c", program])
    (folder / "spec.yaml").write_text(
        f"""
version: 1
name: told
providers: {{app: {{type: command, command: {command}, reply: $.reply}}}}
conversations: [{{id: one, turns: [{{user: "France?", assert: [{{contains: Lyon}}]}}]}}]
""",
        encoding="utf-8",
    )
    with receive() as received:
        evaluate("spec.yaml", received, "--allow-code")
    told = next(read_attributes(one) for one in received.spans if "agent" in one.name)
    assert (told["gen_ai.operation.name"], told["gen_ai.provider.name"]) == (
        "invoke_agent",
        "command",
    )
    assert "server.address" not in told
    assert not any("usage" in name for name in told), "nobody counted tokens"
