"""The reading of a verdict in docs/comparing.md, on real answers: its commands, output and figures.

What the figures must be is counted here from the data with plain Python.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.cli.main import run as harness

MODELS = {"turbo": "gpt-35-turbo", "four": "gpt-4", "omni": "gpt-4o"}
RULES: dict[str, Callable[[str], bool]] = {
    "willing": lambda text: not re.search(r"(?i)apolog|sorry|as an ai|i can't|i cannot", text),
    "short": lambda text: len(text.split()) <= 600,
}
Answers = dict[str, dict[str, str]]


@pytest.fixture
def answers(shared_data: Path) -> Answers:
    """By model and question: what was said."""
    found: Answers = {}
    text = (shared_data / "answers" / "alpacaeval.jsonl").read_text(encoding="utf-8")
    for entry in map(json.loads, text.splitlines()):
        found.setdefault(entry["model"], {})[entry["turns"][0]["user"]] = entry["turns"][0][
            "assistant"
        ]
    return found


@pytest.fixture
def page(project: Path) -> str:
    return (project / "docs" / "comparing.md").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path, shared_data: Path, page: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    (spec,) = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    (tmp_path / ".harness").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "alpaca.yaml").write_text(spec, encoding="utf-8")
    told = (shared_data / "answers" / "alpacaeval.jsonl").read_text(encoding="utf-8")
    (tmp_path / "data" / "answers.jsonl").write_text(told, encoding="utf-8")
    questions = {
        entry["id"]: entry["turns"][0]["user"] for entry in map(json.loads, told.splitlines())
    }
    lines = [json.dumps({"id": name, "question": text}) for name, text in questions.items()]
    (tmp_path / "data" / "questions.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


def compute_chance(worse: int, better: int) -> float:
    """The exact McNemar test, one-sided."""
    count = worse + better
    return sum(math.comb(count, n) for n in range(better + 1)) / (1 << count)


@pytest.mark.parametrize("rule", list(RULES))
def test_the_page_shows_what_the_commands_print_and_what_the_data_says(
    rule: str, folder: Path, page: str, answers: Answers, capsys: pytest.CaptureFixture[str]
) -> None:
    assert harness(["eval", "alpaca.yaml", "-k", rule, "-q"]) == 0
    capsys.readouterr()
    maps = ["--map", "told/four=told/turbo", "--map", "told/omni=told/turbo"]
    code = harness(["compare", "latest", "latest", *maps])
    printed = capsys.readouterr().out
    shown = re.sub(r"run \d{8}-\d{6}-[0-9a-f]{6}( of \d{4}-\d\d-\d\d)?", "run ID", printed)
    if os.environ.get("UPDATE_GOLDEN"):
        _write_into_page(folder, rule, shown)
    assert shown in page

    harness(["compare", "latest", "latest", *maps, "--json"])
    document = json.loads(capsys.readouterr().out)
    holds, adjusted = RULES[rule], []
    old = answers[MODELS["turbo"]]
    for pair in document["pairs"]:
        new = answers[MODELS[pair["b"].removeprefix("told/")]]
        worse = sum(holds(old[asked]) and not holds(new[asked]) for asked in old)
        better = sum(holds(new[asked]) and not holds(old[asked]) for asked in old)
        assert pair["conversations"] == len(old) == 403
        assert pair["difference"]["value"] == pytest.approx((better - worse) / 403)
        p_value = compute_chance(worse, better)
        assert pair["difference"]["p_value"] == pytest.approx(p_value, rel=1e-9)
        adjusted.append((p_value, pair))
        kinds = [case["kind"] for case in pair["cases"]]
        assert (kinds.count("regressed"), kinds.count("fixed")) == (worse, better)
    adjusted.sort(key=lambda one: one[0])
    assert adjusted[0][1]["difference"]["p_adjusted"] == pytest.approx(min(1, 2 * adjusted[0][0]))
    fell = [p < 0.025 and pair["difference"]["value"] <= -0.02 for p, pair in adjusted]
    assert [pair["verdict"] for _, pair in adjusted] == [
        "regressed" if one else "passed" for one in fell
    ]
    assert code == any(fell)


def _write_into_page(folder: Path, rule: str, shown: str) -> None:
    """Put the output behind the command of this rule: ``UPDATE_GOLDEN=1``."""
    del folder
    path = Path(__file__).parents[2] / "docs" / "comparing.md"
    text = path.read_text(encoding="utf-8")
    begin = text.index("\n", text.index("$ harness compare", text.index(f"-k {rule}"))) + 1
    end = text.index("```", begin)
    path.write_text(text[:begin] + shown + text[end:], encoding="utf-8")
