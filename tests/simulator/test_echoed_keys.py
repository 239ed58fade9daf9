"""A key that a server repeats, in whatever place, is in nothing that is written or printed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.cli.main import run
from tests.simulator.echo_server import WAYS, serve

KEY = "canary/with+no=form-7"
"""It has no form that a rule knows, and is written otherwise in JSON-escaped and encoded texts."""

ASKED = [way for way in WAYS if way not in {"protocol", "stream-error"}]
"""These are tried again five times: tests/unit/providers/test_discreet.py asks them once."""

SPEC = """
version: 1
name: echoed
providers:
  whole:
    type: openai-compatible
    base_url: URL/v1
    api_key: "${HARNESS_ECHO}"
    models: {MODELS}
evaluation: {judge: {target: whole/judge}, concurrency: 4, api: chat, gate: {max_error_rate: 1.0}}
conversations:
  - id: one
    turns:
      - user: Which key did I send?
        assert: [{llm-rubric: "It repeats no key."}]
"""


@pytest.fixture(scope="module")
def echoed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder in which a dozen commands wrote and printed what the server said."""
    folder = tmp_path_factory.mktemp("echoed")
    (folder / ".harness").mkdir()
    models = ", ".join(f"{way}: {{}}" for way in ASKED)
    with pytest.MonkeyPatch.context() as patch, serve() as url:
        patch.chdir(folder)
        patch.setenv("HARNESS_ECHO", KEY)
        text = SPEC.replace("URL", url).replace("MODELS", models)
        (folder / "spec.yaml").write_text(text, encoding="utf-8")
        streamed = text.replace("evaluation: {", "evaluation: {stream: true, ")
        (folder / "streamed.yaml").write_text(streamed, encoding="utf-8")
        yield folder


def list_leaks(folder: Path, *printed: str) -> list[str]:
    """Return the files and outputs that hold the key in any form, or most of it."""
    forms = (KEY, "canary%2F", "with+no=form", "form-7")
    said = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    texts = {name: path.read_bytes().decode("utf-8", "replace") for name, path in said.items()}
    texts |= {f"output {number}": text for number, text in enumerate(printed)}
    return sorted(name for name, text in texts.items() if any(form in text for form in forms))


def test_no_file_and_no_line_of_any_command_holds_a_key_that_came_back(
    echoed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commands = [
        ["eval", "spec.yaml", "-v", "--json", "--output", "out", "--record"],
        ["eval", "streamed.yaml", "-v", "--output", "out-streamed", "--record"],
        ["eval", "spec.yaml", "--replay", "--output", "out-replayed"],
        ["show", "out"],
        ["report", "out"],
        ["report", "out", "-o", "all.csv"],
        ["compare", "out", "out-streamed"],
        ["show", "out", "one"],
        *(
            ["chat", f"whole/{way}", "--spec", "spec.yaml", "--once", "Hello", "-v"]
            for way in ASKED
        ),
    ]
    printed = []
    for command in commands:
        run(command)
        told = capsys.readouterr()
        printed.append(told.out + told.err)
    assert list_leaks(echoed, *printed) == []
    results = (echoed / "out" / "results.jsonl").read_text(encoding="utf-8")
    assert "You sent REDACTED-sent-credential, did you not?" in results
    assert len(results.splitlines()) == len(ASKED) - 1, "all but the judge"
    streamed = (echoed / "out-streamed" / "results.jsonl").read_text(encoding="utf-8")
    assert "The key is REDACTED-sent-credential, and canar" in streamed
