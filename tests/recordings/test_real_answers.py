"""The main job on real input: real answers of real models, judged and counted independently.

What a check must say is computed here from the data with plain Python, never with the code under
test. The simulator is a server of its own, so that its counters outlive the commands.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

Entry = dict[str, Any]

ALPACA = ("alpacaeval.jsonl",)
MT_BENCH = ("mtbench-ja.jsonl", "mtbench-zh.jsonl")

DEPLOYMENTS = {
    ("gpt-35-turbo", "1106"): ("turbo", "ProvisionedManaged", 50),
    ("gpt-4", "1106-Preview"): ("four", "Standard", 10),
    ("gpt-4o", "2024-05-13"): ("omni", "Standard", 10),
    ("gpt-35-turbo", "0613"): ("old-turbo", "Standard", 10),
    ("gpt-4", "0613"): ("old-four", "Standard", 10),
}
"""By model and version: a handle, a SKU that eastus2 offered in June 2024, and a capacity."""


@dataclass(frozen=True)
class Server:
    url: str
    environment: Mapping[str, str]

    def counters(self) -> dict[str, dict[str, int]]:
        request = urllib.request.Request(
            f"{self.url}/_simulator/counters",
            headers={"Authorization": f"Bearer {self.environment['HARNESS_SIMULATOR_TOKEN']}"},
        )
        with urllib.request.urlopen(request, timeout=10) as response:
            counted: dict[str, dict[str, int]] = json.load(response)["operations"]
        return counted


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with subprocess.Popen(
        [sys.executable, "-m", "harness", "simulate", "--port", "0", "--json"],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        yield Server(
            ready["url"],
            {
                **os.environ,
                "HARNESS_SIMULATOR_URL": ready["url"],
                "HARNESS_SIMULATOR_TOKEN": ready["token"],
            },
        )
        process.terminate()


def entries(shared_data: Path, *names: str) -> list[Entry]:
    lines = [
        line
        for name in names
        for line in (shared_data / "answers" / name).read_text(encoding="utf-8").splitlines()
    ]
    return [json.loads(line) for line in lines]


def write_spec(folder: Path, found: list[Entry], conversations: list[Any]) -> Path:
    """A spec whose answers file holds these entries; JSON is YAML, and needs no quoting."""
    folder.mkdir(exist_ok=True)
    (folder / "answers.jsonl").write_text(
        "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in found), encoding="utf-8"
    )
    models = {(entry["model"], entry["version"]) for entry in found}
    deployments = {
        handle: {"model": model, "version": version, "sku": sku, "capacity": capacity}
        for (model, version), (handle, sku, capacity) in DEPLOYMENTS.items()
        if (model, version) in models
    }
    spec = {
        "version": 1,
        "name": "real-answers",
        "cloud": "simulator",
        "subscription": "00000000-0000-0000-0000-000000000000",
        "resource_group": {"name": "rg-real", "region": "eastus2", "create": True},
        "accounts": {"east": {"region": "eastus2", "deployments": deployments}},
        "simulator": {
            "date": "2024-06-01",
            "answers": "answers.jsonl",
            "quota": {"OpenAI.ProvisionedManaged": 500},
        },
        "conversations": conversations,
    }
    path = folder / "spec.yaml"
    path.write_text(json.dumps(spec, ensure_ascii=False), encoding="utf-8")
    return path


def harness(server: Server, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "harness", *map(str, arguments)],
        env=dict(server.environment),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def evaluate(server: Server, spec: Path, *options: object) -> list[Entry]:
    output = spec.parent / f"run-{len(list(spec.parent.glob('run-*')))}"
    applied = harness(server, "apply", spec, "--root", spec.parent)
    assert applied.returncode == 0, applied.stderr
    done = harness(server, "eval", spec, "--root", spec.parent, "--output", output, *options)
    # 1: some checks fail, as they must on real answers. Anything else is trouble.
    assert done.returncode == 1, done.stderr
    lines = (output / "results.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


ASSERTIONS: list[Entry] = [
    {"type": "word-count", "value": {"min": 20, "max": 300}},
    {"type": "icontains-any", "value": ["however", "sure", "example"]},
    {"type": "regex", "value": r"\n\s*(?:1\.|-|\*)\s"},
    {"type": "not-icontains", "value": "as an ai"},
    {"type": "ends-with", "value": "."},
    {"type": "starts-with", "value": "The"},
]


def expected(text: str) -> list[bool]:
    """What each assertion above must say, in plain Python."""
    return [
        20 <= len(text.split()) <= 300,
        any(word in text.lower() for word in ("however", "sure", "example")),
        re.search(r"\n\s*(?:1\.|-|\*)\s", text) is not None,
        "as an ai" not in text.lower(),
        text.endswith("."),
        text.startswith("The"),
    ]


def outcomes(checks: list[Entry]) -> list[bool]:
    assert {check["outcome"] for check in checks} <= {"passed", "failed"}
    return [check["outcome"] == "passed" for check in checks]


def handle_of(entry: Entry) -> str:
    return f"east/{DEPLOYMENTS[entry['model'], entry['version']][0]}"


def alpaca_conversation(folder: Path, found: list[Entry]) -> dict[str, Any]:
    folder.mkdir(exist_ok=True)
    questions = {entry["id"]: entry["turns"][0]["user"] for entry in found}
    (folder / "questions.jsonl").write_text(
        "".join(
            json.dumps({"id": identifier, "question": question}, ensure_ascii=False) + "\n"
            for identifier, question in questions.items()
        ),
        encoding="utf-8",
    )
    # Two checks decide, so that targets differ; all six are measured.
    assertions = [{**a, "weight": 1 if number < 2 else 0} for number, a in enumerate(ASSERTIONS)]
    return {
        "id": "alpaca",
        "cases": "questions.jsonl",
        "turns": [{"user": "{{question}}", "assert": assertions}],
    }


def test_three_models_answer_403_prompts_as_they_really_did(
    server: Server, shared_data: Path, tmp_path: Path
) -> None:
    found = entries(shared_data, *ALPACA)
    spec = write_spec(tmp_path / "a", found, [alpaca_conversation(tmp_path / "a", found)])
    before = server.counters().get("chat", {}).get("200", 0)

    results = evaluate(server, spec)

    assert server.counters()["chat"]["200"] - before == 1209
    assert set(server.counters()["chat"]) == {"200"}
    real = {(handle_of(e), e["id"]): e["turns"][0]["assistant"] for e in found}
    assert {(r["target"], r["case"]): r["turns"][0]["assistant"] for r in results} == real
    for result in results:
        wanted = expected(result["turns"][0]["assistant"])
        assert outcomes(result["turns"][0]["checks"]) == wanted
        assert result["outcome"] == ("passed" if wanted[0] and wanted[1] else "failed")
    passed = Counter(r["target"] for r in results if r["outcome"] == "passed")
    assert len(passed) == 3
    assert all(0 < count < 403 for count in passed.values())


def test_a_recording_of_all_of_them_replays_to_the_same_results_with_nobody_to_ask(
    server: Server, shared_data: Path, tmp_path: Path
) -> None:
    found = entries(shared_data, *ALPACA)
    spec = write_spec(tmp_path / "a", found, [alpaca_conversation(tmp_path / "a", found)])
    recorded = evaluate(server, spec, "--record")
    for name in (".harness", "reports"):
        shutil.rmtree(spec.parent / name, ignore_errors=True)
    (spec.parent / "answers.jsonl").write_text("", encoding="utf-8")

    nobody = Server("", {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ})
    output = spec.parent / "replayed"
    done = harness(nobody, "eval", spec, "--root", spec.parent, "--output", output, "--replay")

    assert done.returncode == 1, done.stderr
    lines = (output / "results.jsonl").read_text(encoding="utf-8").splitlines()
    replayed = [json.loads(line) for line in lines]
    assert len(replayed) == 1209
    for result in (*recorded, *replayed):
        for turn in result["turns"]:
            del turn["queued_s"]  # a replay waits for nobody
    assert in_order(replayed) == in_order(recorded)
    info = json.loads((output / "run.json").read_text(encoding="utf-8"))
    assert (info["replayed"], info["totals"]["requests"]) == (True, 1209)


def in_order(results: list[Entry]) -> list[Entry]:
    return sorted(results, key=lambda result: (result["target"], result["case"]))


def test_each_second_turn_carries_the_first_real_answer(
    server: Server, shared_data: Path, tmp_path: Path
) -> None:
    found = entries(shared_data, *MT_BENCH)
    conversations = [
        {
            "id": f"{entry['id']}-{entry['model']}",
            "turns": [
                {
                    "user": turn["user"],
                    "assert": [{"type": "icontains-any", "value": ["です", "的", "python"]}],
                }
                for turn in entry["turns"]
            ],
        }
        for entry in found
    ]
    handles = sorted({handle_of(entry) for entry in found})
    before = server.counters().get("chat", {}).get("200", 0)
    results = []
    for handle in handles:
        mine = [
            conversation
            for conversation, entry in zip(conversations, found, strict=True)
            if handle_of(entry) == handle
        ]
        spec = write_spec(tmp_path / handle.replace("/", "-"), found, mine)
        results += evaluate(server, spec, "-t", handle)

    assert server.counters()["chat"]["200"] - before == 480
    real = {f"{e['id']}-{e['model']}": [t["assistant"] for t in e["turns"]] for e in found}
    assert {r["conversation"]: [t["assistant"] for t in r["turns"]] for r in results} == real
    for result in results:
        wanted = [
            any(word in turn["assistant"].lower() for word in ("です", "的", "python"))
            for turn in result["turns"]
        ]
        assert [outcomes(turn["checks"])[0] for turn in result["turns"]] == wanted
        assert result["outcome"] == ("passed" if all(wanted) else "failed")
        # The second request is longer than the first by the real first answer, so it cost more.
        first, second = (turn["usage"]["input_tokens"] for turn in result["turns"])
        assert second > first + len(result["turns"][0]["assistant"]) / 10


def test_one_changed_byte_changes_exactly_one_result(
    server: Server, shared_data: Path, tmp_path: Path
) -> None:
    found = [e for e in entries(shared_data, *ALPACA) if e["model"] == "gpt-4o"]
    calm = evaluate(
        server, write_spec(tmp_path / "a", found, [alpaca_conversation(tmp_path / "a", found)])
    )
    victim = found[200]["turns"][0]
    victim["assistant"] = victim["assistant"][:-1] + "#"
    changed = evaluate(
        server, write_spec(tmp_path / "b", found, [alpaca_conversation(tmp_path / "b", found)])
    )

    def spoken(results: list[Entry]) -> list[Any]:
        return [(r["case"], [t["assistant"] for t in r["turns"]], r["outcome"]) for r in results]

    different = [a[0] for a, b in zip(spoken(calm), spoken(changed), strict=True) if a != b]
    assert different == [found[200]["id"]]
