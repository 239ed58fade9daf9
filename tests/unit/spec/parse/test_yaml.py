from __future__ import annotations

import pytest

from harness.spec.document.located import Node, to_plain
from harness.spec.formats.limits import Limits
from harness.spec.formats.yaml import Parsed, parse


def parsed(text: str | bytes) -> Parsed:
    return parse(text.encode() if isinstance(text, str) else text, "f.yaml")


def value(text: str) -> object:
    result = parsed(text)
    assert result.problems == ()
    assert result.root is not None
    return to_plain(result.root)


def told(text: str | bytes) -> list[str]:
    return [f"{found.span} {found.code} {found.summary}" for found in parsed(text).problems]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2024-08-06", "2024-08-06"),
        ("no", "no"),
        ("on", "on"),
        ("Yes", "Yes"),
        ("12:30", "12:30"),
        ("0x1f", "0x1f"),
        ("1_000", "1_000"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("+", "+"),
        (".", "."),
        ("1.2.3", "1.2.3"),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("null", None),
        ("", None),
        ("1106", 1106),
        ("0613", 613),
        ("-7", -7),
        ("1.10", 1.1),
        (".5", 0.5),
        ("1e3", 1000.0),
        ('"1106"', "1106"),
        ("'true'", "true"),
    ],
)
def test_a_scalar_means_what_people_read(written: str, meant: object) -> None:
    assert value(f"a: {written}\n") == {"a": meant}


def test_a_bare_number_keeps_its_text() -> None:
    root = parsed("a: 0613\nb: 1.10\nc: '1'\n").root
    assert root is not None
    assert [node.raw for node in root.items.values()] == ["0613", "1.10", None]


def test_keys_are_strings_as_written() -> None:
    assert value("1106: a\n0613: b\ntrue: c\n~: d\n") == {
        "1106": "a",
        "0613": "b",
        "true": "c",
        "~": "d",
    }


def test_every_value_and_key_has_a_place() -> None:
    root = parsed("a:\n  - {b: c}\n").root
    assert root is not None
    inner = root.at("a", 0)
    assert inner is not None
    assert str(inner.span) == "f.yaml:2:5"
    assert str(inner.key_span("b")) == "f.yaml:2:6"
    assert str(inner.items["b"].span) == "f.yaml:2:9"


def test_columns_count_characters_not_bytes() -> None:
    root = parsed("{瑞典: 斯德哥尔摩, x: 1}").root
    assert root is not None
    assert str(root.key_span("x")) == "f.yaml:1:13"


def test_anchors_and_merges_work_within_a_file() -> None:
    text = "base: &b {a: 1, b: 2}\nmore: &m {c: 3}\none: {<<: *b, b: 9}\ntwo: {<<: [*b, *m]}\n"
    assert value(text) == {
        "base": {"a": 1, "b": 2},
        "more": {"c": 3},
        "one": {"b": 9, "a": 1},
        "two": {"a": 1, "b": 2, "c": 3},
    }


def test_a_quoted_merge_key_is_a_key() -> None:
    assert value("a: {'<<': 1}") == {"a": {"<<": 1}}


def test_merging_something_that_is_no_mapping_is_refused() -> None:
    assert told("a: {<<: 1}") == ["f.yaml:1:9 H108 `<<` wants a mapping, or a list of mappings"]


def test_a_key_that_stands_twice_names_both_places() -> None:
    result = parsed("a: 1\nb: {c: 1,\n    c: 2}\na: 3\n")
    assert [(str(p.span), p.code, p.detail) for p in result.problems] == [
        ("f.yaml:3:5", "H107", "first at f.yaml:2:5"),
        ("f.yaml:4:1", "H107", "first at f.yaml:1:1"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "a: {b: ${X}}",
        "a: [${X}]",
        "a: {b: {{x}}}",
        "a: [{{x}}]",
        "a: {{x}} and more",
    ],
)
def test_an_unquoted_reference_in_braces_is_told_to_be_quoted(text: str) -> None:
    problems = parsed(text).problems
    assert problems
    assert all("quote ${…} and {{…}}" in problem.hint for problem in problems)


@pytest.mark.parametrize(
    ("text", "spaces"),
    [
        ("a:\n  b: 1\n   c: 2\n", "3 spaces"),
        ("a:\n   b: 1\n  c: 2\n", "2 spaces"),
        ("a:\n  - x: '{{x}}'\n - x: 3\n", "1 space:"),
        ("a:\n  - x: 1\n   - x: 3\n", "3 spaces"),
        ("a:\n  b\n  c: 2\n", "2 spaces"),
    ],
)
def test_a_line_in_the_wrong_column_is_told_where_it_begins(text: str, spaces: str) -> None:
    (problem,) = parsed(text).problems
    assert spaces in problem.hint
    assert "same column" in problem.hint


def test_a_colon_inside_of_a_text_is_told_to_be_quoted() -> None:
    (problem,) = parsed("user: Answer: yes\n").problems
    assert "is quoted" in problem.hint


def test_a_list_where_a_key_is_due_is_no_matter_of_columns() -> None:
    (problem,) = parsed("a: 1\n- b\n").problems
    assert problem.hint == ""


def test_a_backslash_in_double_quotes_is_explained() -> None:
    (problem,) = parsed('a: "\\d"\n').problems
    assert "single quotes" in problem.hint


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(c)}: &{chr(c)} [{','.join([f'*{chr(c - 1)}'] * 9)}]\n" for c in range(98, 120)
)
MAPPING_BOMB = "a: &a {x: 1, y: 2}\n" + "".join(
    f"{chr(c)}: &{chr(c)} {{p: *{chr(c - 1)}, q: *{chr(c - 1)}, r: *{chr(c - 1)}}}\n"
    for c in range(98, 120)
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (BOMB, "H105"),
        (MAPPING_BOMB, "H105"),
        ("[" * 1_000_000, "H105"),
        ("- " * 900_000, "H105"),
        ("{a: " * 400_000, "H105"),
        ("? " * 900_000, "H105"),
        ("- x\n" * 400_000, "H105"),
        ("a: b".encode("utf-16"), "H103"),
        ("a: b".encode("utf-16-le"), "H103"),
        ("a: b".encode("utf-32"), "H103"),
        (b"a: \xff\n", "H103"),
        (b"a: b\0c\n", "H103"),
        ('a: "b\\0c"\n', "H103"),
        ("a: !!python/object/apply:os.system [x]\n", "H106"),
        ("a: !!python/name:os.system\n", "H106"),
        ("a: !!str 1\n", "H106"),
        ("!!binary aGVsbG8=\n", "H106"),
        ("a: ! b\n", "H106"),
        (b"x" * 2_000_001, "H102"),
        ("a: 1\n---\nb: 2\n", "H110"),
        ("a: *b\n", "H104"),
        ("a: &a [*a]\n", "H104"),
        ("a: \x07\n", "H104"),
        ("a: 1e999\n", "H109"),
        ("{[a]: b}", "H108"),
        ("a:\n\t- b\n", "H104"),
        ('a: "\\ud800"\n', "H104"),
    ],
    ids=lambda given: repr(given)[:30],
)
def test_what_a_spec_may_not_be_is_refused_with_its_place(text: str | bytes, code: str) -> None:
    data = text.encode() if isinstance(text, str) else text
    problems = parse(data, "f.yaml").problems
    assert code in [problem.code for problem in problems]
    assert all(problem.span is not None for problem in problems)


def test_aliases_count_in_full_and_only_then() -> None:
    limits = Limits(nodes=12)
    fits = b"a: &a [x, x, x]\nb: *a\n"
    assert parse(fits, "f.yaml", limits).problems == ()
    assert parse(fits + b"c: *a\n", "f.yaml", limits).problems[0].code == "H105"


def test_as_many_nodes_as_the_limit_are_allowed_and_not_one_more() -> None:
    assert parse(b"a: [x, y]\n", "f.yaml", Limits(nodes=5)).problems == ()
    (problem,) = parse(b"a: [x, y]\n", "f.yaml", Limits(nodes=4)).problems
    assert (problem.code, str(problem.span)) == ("H105", "f.yaml:1:8")


def test_levels_of_an_alias_count_where_it_stands() -> None:
    limits = Limits(levels=4)
    by_way_of_another = b"a: &a [[x]]\nb: &b [*a]\nc: [*b]\n"
    assert parse(by_way_of_another, "f.yaml", limits).problems[0].code == "H105"
    assert parse(by_way_of_another, "f.yaml", Limits(levels=5)).problems == ()
    assert parse(b"a: &a [[x]]\nb: [*a]\n", "f.yaml", limits).problems == ()
    assert parse(b"a: &a [[x]]\nb: [[*a]]\n", "f.yaml", limits).problems[0].code == "H105"


def test_sixty_four_levels_are_allowed() -> None:
    assert told("[" * 64 + "]" * 64) == []
    assert told("[" * 65 + "]" * 65) == ["f.yaml:1:65 H105 more than 64 levels of nesting"]


def test_a_byte_order_mark_and_windows_line_ends_are_no_matter() -> None:
    assert value("\ufeffa: 1\r\nb: two\r\n") == {"a": 1, "b": "two"}


def test_text_in_every_script_survives() -> None:
    text = "中文 ‮rtl‬ 👩‍👩‍👧 é́"  # noqa: PLE2502 - direction marks are what this is about
    assert value(f"a: '{text}'") == {"a": text}


def test_names_in_messages_cannot_reach_the_terminal() -> None:
    (problem,) = parsed('"\\e[31mred": 1\n"\\e[31mred": 2\n').problems
    assert "\x1b" not in problem.summary
    assert "\\x1b[31mred" in problem.summary


def test_a_long_number_is_text() -> None:
    assert value(f"a: {'9' * 1000}") == {"a": "9" * 1000}


def test_nothing_is_a_document_without_a_root() -> None:
    assert parsed("") == Parsed(None)
    assert parsed("# only a comment\n") == Parsed(None)


def test_nodes_of_an_alias_are_shared() -> None:
    root = parsed("a: &a {x: 1}\nb: *a\n").root
    assert isinstance(root, Node)
    assert root.items["a"] is root.items["b"]
