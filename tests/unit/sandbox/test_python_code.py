from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from harness.checks.finding import CannotCheck, Finding
from harness.checks.registry import check_all, list_referrals
from harness.checks.subject import ReplyContext, Subject
from harness.checks.verdict import Verdict
from harness.sandbox import PythonCode
from harness.spec.model.spec import Assertion

REPLY = "Hello, Ada"


def said(
    root: Path, value: str, subject: Subject | None = None, *, limit_s: float = 20, **more: Any
) -> Verdict:
    """The verdict of one ``python`` assertion, found out as a run does."""
    assertion = Assertion(type="python", value=value, **more)
    subject = subject or Subject(text=REPLY)
    sandbox = PythonCode(root, time_limit_s=limit_s)

    async def found() -> dict[tuple[int, ...], Finding | CannotCheck]:
        return {one.place: await sandbox(one) for one in list_referrals([assertion], subject)}

    (verdict,) = check_all([assertion], subject, asyncio.run(found()))
    return verdict


@pytest.mark.parametrize(
    ("value", "outcome", "score"),
    [
        ("output[:5] == 'Hello'", "passed", 1.0),
        ("output[5:10] == 'Hello'", "failed", 0.0),
        ("math.log10(len(output)) * 10", "passed", 1.0),
        ("if output == 'Hello, Ada':\n    return {'pass': True, 'score': 0.5}\nreturn False",
         "passed", 0.5),
        ("  # indented\n  return json.loads('0.25')", "passed", 0.25),
        ("re.search('Ada$', output) is not None", "passed", 1.0),
        ("{'pass': False, 'score': 0.4, 'reason': 'too cold'}", "failed", 0.4),
        ("None", "errored", None),
        ("1/0", "errored", None),
        ("this is no Python", "errored", None),
        ("exit(3)", "errored", None),
        ("__import__('os')._exit(3)", "errored", None),
        ("{1, 2}", "errored", None),
        ("float('nan')", "errored", None),
    ],
)  # fmt: skip
def test_code_in_the_spec_is_an_expression_or_the_body_of_a_function(
    value: str, outcome: str, score: float | None, tmp_path: Path
) -> None:
    verdict = said(tmp_path, value)
    assert (verdict.outcome, verdict.score) == (outcome, score), verdict.reason


def test_a_function_of_a_file_sees_the_reply_and_what_is_known_about_it(tmp_path: Path) -> None:
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "words.py").write_text("GREETING = 'Hello'")
    (tmp_path / "checks" / "tone.py").write_text(
        "from dataclasses import dataclass\n"
        "from words import GREETING\n"
        "@dataclass\n"
        "class Grade:\n"
        "    pass_: bool\n"
        "    score: float\n"
        "    reason: str\n"
        "print('on stdout, where the answer is not')\n"
        "def polite(output, context):\n"
        "    name = context['vars']['name']\n"
        "    return Grade(output == f'{GREETING}, {name}', 0.9, f'to {context[\"prompt\"]}')\n"
    )
    subject = Subject(text=REPLY, user="hi", setting=ReplyContext(variables={"name": "Ada"}))
    verdict = said(tmp_path, "checks/tone.py:polite", subject)
    assert (verdict.outcome, verdict.score, verdict.reason) == ("passed", 0.9, "To hi.")


def test_code_is_handed_the_config_that_stands_beside_it(tmp_path: Path) -> None:
    asks = "output in context['config'].get('allowed', [])"
    assert said(tmp_path, asks, config={"allowed": [REPLY]}).outcome == "passed"
    assert said(tmp_path, asks).outcome == "failed"


def test_an_exception_is_an_error_that_names_its_line_and_never_a_failure(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("def get_assert(output, context):\n    return output.no\n")
    verdict = said(tmp_path, "broken.py")
    assert verdict.outcome == "errored"
    assert "AttributeError" in verdict.reason
    assert verdict.reason.endswith('(broken.py, line 2: return output.no) on "Hello, Ada".')
    assert said(tmp_path, "broken.py", negated=True).outcome == "errored"
    assert "no function 'other'" in said(tmp_path, "broken.py:other").reason
    assert "(line 2 of the code: return a / 0) on" in said(tmp_path, "a = 1\nreturn a / 0").reason
    assert 'on "Hello' not in said(tmp_path, "broken.py:other").reason, "it was never called"


def test_code_that_does_not_end_is_stopped_with_all_that_it_started(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    child = f"import time; time.sleep(3); open({str(mark)!r}, 'w')"
    code = f"import subprocess\nsubprocess.run([{sys.executable!r}, '-c', {child!r}])"
    verdict = said(tmp_path, code, limit_s=1.5)
    assert verdict.outcome == "errored"
    assert verdict.reason == "The code took more than 1.5 s and was stopped."
    time.sleep(4)
    assert not mark.exists()


def test_code_sees_no_secret_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "s3cret")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    allowed = {*PYTHON_ADDS, "PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "TEMP", "TMP"}
    ours = {"HOME", "HARNESS_STARTED_BY"}
    code = f"import os\nreturn sorted(set(os.environ) - {allowed | ours!r}) == []"
    assert said(tmp_path, code).outcome == "passed"


PYTHON_ADDS = ("SYSTEMROOT", "WINDIR", "PATHEXT", "COMSPEC")


def test_code_works_in_the_project_and_writes_its_scraps_elsewhere(tmp_path: Path) -> None:
    code = (
        "import os, tempfile\n"
        f"home = os.path.samefile(os.getcwd(), {str(tmp_path)!r})\n"
        "scratch = os.environ['HOME'] == tempfile.gettempdir() != os.getcwd()\n"
        "return home and scratch"
    )
    assert said(tmp_path, code).outcome == "passed"
    assert os.listdir(tmp_path) == []  # noqa: PTH208


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("'x' * 2_000_000", "The code answered more than 1,000,000 bytes."),
        ("import sys\nsys.stderr.write('y' * 5_000_000)\nreturn True", "The code returned true."),
        ("print('z' * 5_000_000)\nreturn True", "The code returned true."),
    ],
)
def test_code_that_says_too_much_costs_no_memory(code: str, reason: str, tmp_path: Path) -> None:
    assert said(tmp_path, code).reason == reason


WAITS_FOR_ANOTHER = """
import os, pathlib, time
pathlib.Path(f"{os.getpid()}.here").touch()
while len(list(pathlib.Path().glob("*.here"))) < 2:
    time.sleep(0.02)
return True
"""


def test_checks_run_side_by_side_and_the_loop_goes_on(tmp_path: Path) -> None:
    sandbox = PythonCode(tmp_path, at_once=2)
    (referral,) = list_referrals(
        [Assertion(type="python", value=WAITS_FOR_ANOTHER)], Subject(text="")
    )

    async def both() -> tuple[int, list[Finding | CannotCheck]]:
        turns = 0
        tasks = [asyncio.create_task(sandbox(referral)) for _ in range(2)]
        while not all(task.done() for task in tasks):
            await asyncio.sleep(0.01)
            turns += 1
        return turns, [task.result() for task in tasks]

    turns, found = asyncio.run(both())
    assert [isinstance(one, Finding) and one.holds for one in found] == [True, True], found
    assert turns > 1


def test_code_cannot_import_what_happens_to_stand_beside_its_runner(tmp_path: Path) -> None:
    code = "import importlib.util\nreturn importlib.util.find_spec('python_code') is None"
    assert said(tmp_path, code).outcome == "passed"
