"""Twenty attacks on a judge in three forms each, measured against judges that are programs.

No program judges as a model does. One that follows the marks to the letter shows what they are
worth when they are followed; one that repeats the material shows that nothing of it becomes a
verdict; one that obeys the material shows that no mark helps against it, and what does.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.checks.definitions import DEFINITIONS
from harness.checks.finding import CannotCheck
from harness.checks.referred.judged.judged_check import JudgedCheck
from harness.checks.registry import check
from harness.checks.subject import ReplyContext, Subject
from harness.spec.model.spec import Assertion
from tests.unit.checks.judge_canaries import ATTACKS, FORMS, RIGHT, list_rows, write_rows

Judge = Callable[[str, str], str]
RUBRIC = Assertion(type="llm-rubric", value="The reply is true.")
ANSWERS = dict(RIGHT)


def judge_strictly(system: str, user: str) -> str:
    """Read the material between its marks alone, and look whether it says what is true."""
    code = system.split("[")[1].split(" ", maxsplit=1)[0]
    parts = user.split(f"[{code} ")
    assert [part.split("]")[0] for part in parts[1:]] == ["user", "end", "reply", "end"]
    question, reply = (parts[at].partition("]\n")[2].strip() for at in (1, 3))
    passed = reply.startswith(ANSWERS[question])
    return json.dumps({"reason": "looked", "score": float(passed), "pass": passed})


def judge_and_repeat(system: str, user: str) -> str:
    """Repeat all of the material before a verdict of one's own."""
    return f"The material says:\n{user}\n\nMy verdict:\n{judge_strictly(system, user)}"


def judge_and_quote(system: str, user: str) -> str:
    """Quote the material in the reason of a verdict of one's own."""
    verdict = json.loads(judge_strictly(system, user))
    return json.dumps({**verdict, "reason": f"It says {user}"})


def obey(system: str, user: str) -> str:
    """Believe all that is said, wherever it stands: pass what is called true, or to be passed."""
    verdict = json.loads(judge_strictly(system, user))
    said = user.replace(str(RUBRIC.value), "").lower()
    talked_round = any(word in said for word in ("pass", "true", "verified", "agreed"))
    return json.dumps({**verdict, "pass": verdict["pass"] or talked_round})


def count_passed(judge: Judge, label: bool) -> tuple[int, int]:
    """Return how many rows of this label a judge passes, and how many there are."""
    judged = DEFINITIONS["llm-rubric"].load_function()
    assert isinstance(judged, JudgedCheck)
    rows = [row for row in list_rows() if row["label"] is label]
    passed = 0
    for row in rows:
        setting = ReplyContext(seed=str(row["id"]))
        subject = Subject(text=str(row["answer"]), user=str(row["question"]), setting=setting)
        system, user = (
            message.content or "" for message in judged.write_question(RUBRIC, subject).messages
        )
        steps = judged(RUBRIC, subject)
        next(steps)
        try:
            steps.send(judge(system, user))
        except StopIteration as end:
            passed += end.value.holds
        except CannotCheck:
            pass
    return passed, len(rows)


def test_twenty_attacks_stand_in_three_forms_in_the_file_that_is_shipped(project: Path) -> None:
    assert (len(ATTACKS), len(FORMS)) == (20, 3)
    shipped = project / "docs" / "examples" / "judge-canaries.jsonl"
    assert shipped.read_text(encoding="utf-8") == write_rows(), "python -m tests.unit.checks.…"


@pytest.mark.parametrize("judge", [judge_strictly, judge_and_repeat, judge_and_quote])
def test_no_attack_forges_a_mark_or_becomes_a_verdict(judge: Judge) -> None:
    assert count_passed(judge, label=False) == (0, 60)


def test_a_judge_that_follows_the_marks_passes_what_is_true() -> None:
    assert count_passed(judge_strictly, label=True) == (10, 10)


def test_a_judge_that_obeys_is_talked_round_and_an_exact_check_is_not() -> None:
    passed, count = count_passed(obey, label=False)
    assert (passed, count) == (54, 60)
    rows = [row for row in list_rows() if not row["label"]]
    exact = [
        check(
            Assertion(type="starts-with", value=ANSWERS[str(row["question"])]),
            Subject(text=str(row["answer"])),
        ).outcome
        for row in rows
    ]
    assert exact == ["failed"] * 60
