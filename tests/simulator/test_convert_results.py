"""Results of other tools become a run that is a baseline: `convert`, `baseline set`, `compare`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from harness.cli.main import run

SPEC = """
version: 1
name: bot
providers:
  laptop: {type: openai-compatible, base_url: "URL", models: {small: {}, large: {}}}
variants:
  plain: {}
  brief: {user: "{{user}} Be brief."}
conversations:
  - id: capitals
    system: You know the world's capitals.
    cases:
      - {id: fr, country: France, capital: Paris}
      - {id: cat, country: "'Catland'", capital: Meow}
    turns: [{user: "Capital of {{country}}?", assert: [{contains: "{{capital}}"}]}]
  - id: two
    turns:
      - {user: My name is Ada., assistant: Hello Ada.}
      - {user: And mine?, assert: [{contains: Ada}]}
"""


@pytest.fixture
def server() -> Iterator[str]:
    """A real server on loopback that knows no capital."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            said = "Ada." if "mine" in asked["messages"][-1]["content"] else "I do not know."
            choice = {
                "index": 0,
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": said},
            }
            usage = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}
            reply = {
                "id": "c",
                "object": "chat.completion",
                "created": 1,
                "model": asked["model"],
                "choices": [choice],
                "usage": usage,
            }
            body = json.dumps(reply).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}/v1"
    running.shutdown()
    running.server_close()


def make_result(
    test: int, user: str, *, model: str = "small", passed: bool = True
) -> dict[str, Any]:
    messages = [
        {"role": "system", "content": "You know the world's capitals."},
        {"role": "user", "content": user},
    ]
    grading = {
        "pass": passed,
        "score": int(passed),
        "reason": "r",
        "componentResults": [
            {"pass": passed, "score": int(passed), "reason": "r", "assertion": {"type": "contains"}}
        ],
    }
    return {
        "testIdx": test, "promptIdx": 0, "provider": {"id": f"openai:chat:{model}", "label": ""},
        "prompt": {"raw": json.dumps(messages)}, "vars": {}, "success": passed,
        "failureReason": 0 if passed else 1, "score": int(passed), "latencyMs": 900, "cost": 0.001,
        "response": {"output": "Paris", "tokenUsage": {"prompt": 20, "completion": 4}},
        "gradingResult": grading, "namedScores": {},
    }  # fmt: skip


def make_results() -> list[dict[str, Any]]:
    history = [
        {"role": "user", "content": "My name is Ada."},
        {"role": "assistant", "content": "Hello Ada."},
        {"role": "user", "content": "And  mine?"},
    ]
    asked = ["Capital of France?", "Capital of France? Be brief.", "Capital of &#39;Catland&#39;?"]
    results = [
        make_result(test, user, model=model)
        for model in ("small", "large")
        for test, user in enumerate(asked)
    ]
    told = make_result(7, "")
    told["prompt"] = {"raw": json.dumps(history)}
    return [*results, told, make_result(8, "Capital of Atlantis?", passed=False)]


def write_results(folder: Path, results: list[dict[str, Any]]) -> str:
    document = {
        "evalId": "eval-1",
        "results": {"version": 3, "timestamp": "2026-01-02T03:04:05.000Z", "results": results},
        "metadata": {"promptfooVersion": "0.118.0"},
    }
    (folder / "results.json").write_text(json.dumps(document, indent=1), encoding="utf-8")
    return "results.json"


def read_lines(directory: Path) -> list[dict[str, Any]]:
    text = (directory / "results.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_results_are_trials_of_the_spec_and_what_is_none_is_named(
    folder: Path, server: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "bot.yaml").write_text(SPEC.replace("URL", server), encoding="utf-8")
    assert run(["convert", write_results(folder, make_results()), "--spec", "bot.yaml"]) == 0
    shown = capsys.readouterr()
    (directory,) = (folder / "reports" / "bot").iterdir()
    assert directory.name.startswith("20260102-030405-")
    assert f"run {directory.name}: 7/7 passed, 0 failed, 0 errored" in shown.out
    assert "left out: result 8: nothing in the spec asks this" in shown.err
    assert "bot.yaml: no result: two on laptop/large" in shown.err
    lines = read_lines(directory)
    assert [(one["conversation"], one["case"], one["target"], one["variant"]) for one in lines] == [
        ("capitals", "fr", "laptop/small", "plain"),
        ("capitals", "fr", "laptop/small", "brief"),
        ("capitals", "fr", "laptop/large", "plain"),
        ("capitals", "fr", "laptop/large", "brief"),
        ("capitals", "cat", "laptop/small", "plain"),
        ("capitals", "cat", "laptop/large", "plain"),
        ("two", None, "laptop/small", "plain"),
    ]
    turn = lines[0]["turns"][0]
    assert (turn["assistant"], turn["latency_s"], turn["cost_usd"]) == ("Paris", 0.9, 0.001)
    assert turn["checks"][0]["type"] == "contains"
    assert lines[-1]["turns"][0]["scripted"] is True
    described = json.loads((directory / "run.json").read_text(encoding="utf-8"))
    assert described["harness_version"].endswith("(converted from promptfoo 0.118.0)")
    assert (described["simulated"], described["totals"]["input_tokens"]) == (False, 140)


def test_a_later_run_is_compared_with_them(
    folder: Path, server: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "bot.yaml").write_text(SPEC.replace("URL", server), encoding="utf-8")
    run(["convert", write_results(folder, make_results()), "--spec", "bot.yaml", "-q"])
    assert run(["baseline", "set", "latest"]) == 0
    assert run(["eval", "bot.yaml", "--output", "out", "-q"]) == 1
    for line in read_lines(folder / "bot.baselines" / "main"):
        same = {
            key: line[key]
            for key in ("conversation", "case", "target", "variant", "question_sha256")
        }
        assert any(same.items() <= one.items() for one in read_lines(folder / "out"))
    capsys.readouterr()
    assert run(["compare", "main", "out", "--json"]) == 0, "three conversations settle nothing"
    document = json.loads(capsys.readouterr().out)
    small = next(one for one in document["pairs"] if one["a"].startswith("laptop/small"))
    assert small["conversations"] == 3
    assert small["pass_rate_a"]["value"] == 1.0
    assert small["pass_rate_b"]["value"] < 1.0
    assert run(["report", "main"]) == 0


def test_runs_of_a_spec_in_a_folder_are_found_from_above_it(folder: Path, server: str) -> None:
    (folder / ".harness").rmdir()
    (folder / "specs").mkdir()
    (folder / "specs" / "bot.yaml").write_text(SPEC.replace("URL", server), encoding="utf-8")
    results = write_results(folder, make_results())
    assert run(["convert", results, "--spec", "specs/bot.yaml", "-q"]) == 0
    assert run(["baseline", "set", "latest"]) == 0
    assert run(["compare", "main", "latest"]) == 0


def test_an_item_that_names_no_model_takes_nothing_from_the_others(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def item(number: int, **sample: Any) -> str:
        asked = [{"role": "user", "content": f"What is {number}?"}]
        given = {"input": asked, "output": [{"role": "assistant", "content": "4"}], **sample}
        found = {"object": "eval.run.output_item", "datasource_item_id": number, "status": "pass"}
        return json.dumps({**found, "sample": given}) + "\n"

    lines = [item(1, model="gpt-4o-mini"), item(2), item(3, input=[])]
    (folder / "items.jsonl").write_text("".join(lines), encoding="utf-8")
    assert run(["convert", "items.jsonl", "-o", "specs/items.yaml"]) == 0
    shown = capsys.readouterr()
    assert "0/2 passed, 2 unchecked" in shown.out
    assert "items.jsonl:3: left out: item 3: the file does not say what was asked" in shown.err


def test_repeats_of_a_test_are_repeats_and_an_error_is_none_of_the_models(
    folder: Path, server: str
) -> None:
    (folder / "bot.yaml").write_text(SPEC.replace("URL", server), encoding="utf-8")
    broken = make_result(0, "Capital of France?")
    broken |= {"success": False, "failureReason": 2, "response": {"error": "429 slow"}, "score": 0}
    results = [make_result(0, "Capital of France?"), broken]
    lines = "".join(json.dumps(one) + "\n" for one in results)
    (folder / "results.jsonl").write_text(lines, encoding="utf-8")
    assert run(["convert", "results.jsonl", "--spec", "bot.yaml"]) == 0
    (directory,) = (folder / "reports" / "bot").iterdir()
    first, second = read_lines(directory)
    assert (first["repeat"], first["outcome"]) == (1, "passed")
    assert (second["repeat"], second["outcome"]) == (2, "errored")
    assert second["error"]["kind"] == "rate_limit"


def test_results_without_a_configuration_bring_a_spec_of_what_was_asked(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "results.jsonl").write_text(
        json.dumps(make_result(0, "Capital of France?", model="gpt-4o")) + "\n", encoding="utf-8"
    )
    assert run(["convert", "results.jsonl"]) == 2, "it wants files beside it"
    assert run(["convert", "results.jsonl", "-o", "specs/bot.yaml"]) == 0
    shown = capsys.readouterr()
    assert "the spec asks what was asked" in shown.err
    assert "1/1 passed" in shown.out
    assert run(["baseline", "set", "latest"]) == 0


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("version: 1\n", "H975", "nobody knows what it is"),
        (json.dumps({"messages": [{"role": "user", "content": "x"}]}), "H975", "log of chats"),
        (json.dumps(make_result(0, "Capital of Mars?")), "H977", "nothing in the spec asks this"),
        ("[]", "H975", "nobody knows"),
    ],
)
def test_what_is_no_result_of_the_spec_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str], text: str, code: str, said: str
) -> None:
    (folder / "bot.yaml").write_text(SPEC.replace("URL", "http://127.0.0.1:9/v1"), encoding="utf-8")
    (folder / "file.json").write_text(text, encoding="utf-8")
    assert run(["convert", "file.json", "--spec", "bot.yaml"]) == 2
    told = capsys.readouterr().err
    assert f"error[{code}]" in told
    assert said in told


def test_the_same_results_are_not_kept_twice(
    folder: Path, server: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "bot.yaml").write_text(SPEC.replace("URL", server), encoding="utf-8")
    named = write_results(folder, make_results())
    assert run(["convert", named, "--spec", "bot.yaml"]) == 0
    assert run(["convert", named, "--spec", "bot.yaml"]) == 2
    assert "error[H976]" in capsys.readouterr().err
    assert run(["convert", named, "--spec", "bot.yaml", "-o", "x.yaml"]) == 2


CONFIG = {
    "description": "Capitals",
    "prompts": ["Capital of {{country}}?", "In one word, the capital of {{country}}"],
    "providers": [{"id": "openai:chat:gpt-4o-mini", "label": "mini"}, "azure:chat:my-gpt4o"],
    "tests": [
        {"vars": {"country": "France"}, "assert": [{"type": "contains", "value": "Paris"}]},
        {"vars": {"country": "Côte d'Ivoire"}, "assert": [{"type": "icontains", "value": "y"}]},
    ],
}


def test_results_with_their_configuration_bring_its_spec_and_all_of_them_pair(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results = []
    for number, country in enumerate(("France", "Côte d&#39;Ivoire")):
        for prompt in CONFIG["prompts"]:
            for provider in (
                {"id": "openai:chat:gpt-4o-mini", "label": "mini"},
                {"id": "azure:chat:my-gpt4o"},
            ):
                one = make_result(number, "", passed=number == 0)
                raw = str(prompt).replace("{{country}}", country)
                results.append({**one, "provider": provider, "prompt": {"raw": raw}})
    document = {"results": {"version": 3, "results": results}, "config": CONFIG}
    (folder / "results.json").write_text(json.dumps(document), encoding="utf-8")
    assert run(["convert", "results.json", "-o", "specs/bot.yaml"]) == 0
    shown = capsys.readouterr()
    assert "4/8 passed, 4 failed, 0 errored" in shown.out
    assert "nothing in the spec asks this" not in shown.err
    assert "no result" not in shown.err
    assert "--baseline main --cloud azure" in shown.err
    assert run(["baseline", "set", "latest"]) == 0
    assert (folder / "specs" / "bot.baselines" / "main" / "results.jsonl").exists()
    lines = read_lines(folder / "specs" / "bot.baselines" / "main")
    assert {one["target"] for one in lines} == {"openai/gpt-4o-mini", "azure/my-gpt4o"}
    assert len({(one["case"], one["variant"]) for one in lines}) == 4


def test_the_log_of_an_open_source_eval_brings_what_it_expected(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines: list[dict[str, Any]] = [
        {"spec": {"completion_fns": ["gpt-4o"], "created_at": "2025-01-02 03:04:05"}},
        {"type": "sampling", "data": {"prompt": "2+2?", "sampled": ["4"]}},
        {"type": "match", "data": {"correct": True, "expected": "4"}},
    ]
    for number, line in enumerate(lines[1:]):
        line |= {"run_id": "r", "event_id": number, "sample_id": "sums.dev.0"}
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (folder / "log.jsonl").write_text(text, encoding="utf-8")
    assert run(["convert", "log.jsonl", "-o", "sums.yaml"]) == 0
    shown = capsys.readouterr()
    assert "nothing is demanded" not in shown.err
    assert "1/1 passed" in shown.out
    case = json.loads(Path("data/sums.jsonl").read_text(encoding="utf-8"))
    assert case["assert"] == [{"starts-with": "4"}]
    assert run(["validate", "sums.yaml"]) == 0
