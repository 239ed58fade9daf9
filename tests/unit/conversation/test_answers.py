import json

import pytest

from harness.conversation.answers import Answers, parse_answers, require_answers
from harness.errors import OutsideError, SpecError

MODEL = ("gpt-4o", "2024-05-13")


def answers_of(*conversations: list[tuple[str, str]]) -> Answers:
    answers = Answers()
    for turns in conversations:
        answers.add(*MODEL, turns)
    return answers


def line(**entry: object) -> bytes:
    return json.dumps(entry, ensure_ascii=False).encode() + b"\n"


def test_a_request_finds_the_answer_to_its_last_user_turn() -> None:
    answers = answers_of([("Name a colour.", "Red."), ("Another.", "Blue.")])
    assert answers.find(*MODEL, ["Name a colour."]) == "Red."
    assert answers.find(*MODEL, ["Name a colour.", "Another."]) == "Blue."


@pytest.mark.parametrize(
    ("users", "found"),
    [
        pytest.param(["b", "c"], "3", id="two turns of the middle"),
        pytest.param(["c"], "3", id="the last turn alone"),
        pytest.param(["a", "c"], None, id="not contiguous"),
        pytest.param(["a", "b", "c", "d"], None, id="more than was said"),
        pytest.param([], None, id="nothing said"),
        pytest.param(["A"], None, id="another case of letters"),
        pytest.param(["a "], None, id="another blank"),
    ],
)
def test_a_trimmed_history_is_a_contiguous_slice(users: list[str], found: str | None) -> None:
    answers = answers_of([("a", "1"), ("b", "2"), ("c", "3")])
    assert answers.find(*MODEL, users) == found


def test_a_slice_from_the_first_turn_wins_over_a_longer_entry() -> None:
    answers = answers_of([("hello", "x"), ("go on", "later")], [("go on", "first")])
    assert answers.find(*MODEL, ["go on"]) == "first"


def test_the_longest_entry_wins_among_equals_and_then_the_first() -> None:
    answers = answers_of([("a", "short")], [("a", "long"), ("b", "2")], [("a", "late"), ("c", "3")])
    assert answers.find(*MODEL, ["a"]) == "long"
    assert answers.find(*MODEL, ["a", "c"]) == "3"
    inside = answers_of([("x", ""), ("y", "one")], [("w", ""), ("x", ""), ("y", "two")])
    assert inside.find(*MODEL, ["y"]) == "two"
    assert inside.find(*MODEL, ["x", "y"]) == "one"


def test_another_model_or_version_has_said_nothing() -> None:
    answers = answers_of([("a", "1")])
    assert answers.find("gpt-4o", "2024-08-06", ["a"]) is None
    assert answers.find("gpt-4", "2024-05-13", ["a"]) is None
    assert answers.find("gpt-4o", None, ["a"]) == "1"
    assert answers.models() == {MODEL}


def test_a_text_comes_back_byte_for_byte() -> None:
    said = 'Zeile\r\n\u2028\t"q" 漢字 👩‍🚀 \x00 {{x}}'
    read = parse_answers(
        [line(model="m", version="1", turns=[{"user": said, "assistant": said[::-1]}])], "a.jsonl"
    )
    assert read.find("m", "1", [said]) == said[::-1]


def test_blank_lines_a_byte_order_mark_and_unknown_keys_are_no_matter() -> None:
    good = line(model="m", version="1", id=3, turns=[{"user": "u", "assistant": "a", "score": 1}])
    assert len(parse_answers([b"\xef\xbb\xbf" + good, b"\n", b"  \r\n", good], "a.jsonl")) == 2


@pytest.mark.parametrize(
    ("bad", "place", "says"),
    [
        pytest.param(b"{oops}\n", "2:2", "not JSON", id="not JSON"),
        pytest.param(b"\xff\xfe\n", "2:1", "not UTF-8", id="not UTF-8"),
        pytest.param(b"[]\n", "2:1", "expected an object", id="a list"),
        pytest.param(b"[" * 200_000 + b"\n", "2:1", "not JSON", id="too deep"),
        pytest.param(line(model="m", version=1106, turns=[{}]), "2:1", "got 1106", id="number"),
        pytest.param(line(model="m", version="1", turns=[]), "2:1", "at least one", id="no turns"),
        pytest.param(
            line(model="m", version="1", turns=[{"user": "u"}]),
            "2:1",
            "turn 1: assistant",
            id="no assistant",
        ),
        pytest.param(
            b'{"model":"m","version":"1","turns":[{"user":"\\ud83d","assistant":""}]}\n',
            "2:1",
            "surrogate",
            id="half a character",
        ),
    ],
)
def test_a_bad_line_is_named_with_its_place(bad: bytes, place: str, says: str) -> None:
    good = line(model="m", version="1", turns=[{"user": "u", "assistant": "a"}])
    with pytest.raises(SpecError) as refused:
        parse_answers([good, bad, good], "data/answers.jsonl")
    assert f"data/answers.jsonl:{place}: error[H460]" in str(refused.value)
    assert says in str(refused.value)


def test_a_cause_is_told_once_with_the_lines_that_have_it() -> None:
    numbers = [line(model="m", version=number, turns=[{}]) for number in (1, 2, 3)]
    with pytest.raises(SpecError) as refused:
        parse_answers([b"x\n", *numbers, b"y\n"], "a.jsonl")
    assert [str(one).splitlines()[:2] for one in refused.value.diagnostics] == [
        [
            "a.jsonl:1:1: error[H460]: bad answers file: this line is not JSON: Expecting value",
            "  the same on 1 more line: 5",
        ],
        [
            "a.jsonl:2:1: error[H460]: bad answers file: `version` must be a string, got 1",
            "  the same on 2 more lines: 3, 4",
        ],
    ]


def test_of_a_file_of_the_wrong_kind_the_first_lines_are_named_and_the_rest_is_counted() -> None:
    with pytest.raises(SpecError) as refused:
        parse_answers([b"x\n"] * 1000, "a.jsonl")
    (problem,) = refused.value.diagnostics
    assert problem.detail.startswith("the same on 999 more lines: 2, 3, 4, ")
    assert problem.detail.endswith("20, 21, …")


def test_a_model_without_any_answer_is_refused_and_those_that_have_some_are_named() -> None:
    answers = Answers()
    answers.add("gpt-4o", "2024-05-13", [("Hi", "Hello")])
    require_answers(answers, "gpt-4o", None, file="a.jsonl", target="r/m")
    with pytest.raises(OutsideError) as refused:
        require_answers(answers, "gpt-4o", "2024-08-06", file="a.jsonl", target="r/m")
    assert str(refused.value) == (
        "error[H463]: a.jsonl has no answer of gpt-4o 2024-08-06, which r/m stands for\n"
        "  hint: it has answers of gpt-4o 2024-05-13: name them as `model` and `version`"
    )


def test_ten_thousand_entries_answer_like_one() -> None:
    answers = Answers()
    for number in range(10_000):
        answers.add(*MODEL, [("Begin.", "Yes?"), (f"Question {number}", f"Answer {number}")])
    assert answers.find(*MODEL, ["Begin.", "Question 9999"]) == "Answer 9999"
    assert answers.find(*MODEL, ["Question 5000"]) == "Answer 5000"
