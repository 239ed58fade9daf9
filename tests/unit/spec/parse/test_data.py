from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from harness.checks.definitions import FORMS
from harness.errors import Diagnostic, SpecError
from harness.spec.check.case_rows import read_data_set
from harness.spec.formats.data import Format, decode_rows, detect_format, survey
from harness.store.files import DiskReader

HERE = DiskReader(Path())


def lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def read(text: str, form: Format) -> list[Mapping[str, object]]:
    return list(read_data_set(lines(text), form, "d", HERE, FORMS))


def told(text: str, form: Format) -> list[str]:
    shape = survey(decode_rows(lines(text), form, "d"), "d")
    return [f"{found.span} {found.code} {found.summary}" for found in shape.problems]


SAME = [{"id": "se", "country": "Sweden", "capital": "Stockholm"}]


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("id,country,capital\nse,Sweden,Stockholm\n", "csv"),
        ('id,country,capital\r\nse,"Sweden",Stockholm\r\n', "csv"),
        ('{"id": "se", "country": "Sweden", "capital": "Stockholm"}\n\n', "jsonl"),
        ('[{"id": "se",\n "country": "Sweden", "capital": "Stockholm"}]', "json"),
        ("- {id: se, country: Sweden, capital: Stockholm}\n", "yaml"),
    ],
)
def test_every_format_holds_the_same_cases(text: str, form: Format) -> None:
    assert read(text, form) == SAME
    assert told(text, form) == []


def test_csv_keeps_commas_quotes_and_line_breaks_of_quoted_values() -> None:
    assert read('a,b\n"x, ""y""","one\ntwo"\n', "csv") == [{"a": 'x, "y"', "b": "one\ntwo"}]


def test_csv_values_are_strings_and_json_values_keep_their_type() -> None:
    assert read("a\n0613\n", "csv") == [{"a": "0613"}]
    assert read('{"a": 613, "b": [1]}\n', "jsonl") == [{"a": 613, "b": [1]}]


@pytest.mark.parametrize(
    ("text", "form", "problem"),
    [
        ("a,b\n1,2\n3\n", "csv", "d:3:1 H501 the row does not fit the header"),
        ("a,b\n1,2,3\n", "csv", "d:2:1 H501 the row does not fit the header"),
        ('a,b\n"x\ny",2\n3\n', "csv", "d:4:1 H501 the row does not fit the header"),
        ('a\n"x\n', "csv", "d:2:1 H501 the row is not CSV"),
        ("a,a\n1,2\n", "csv", 'd:1:1 H503 the column "a" stands twice'),
        ("a,\n1,2\n", "csv", "d:1:1 H503 column 2 has no name"),
        ("a\n", "csv", "d:1:1 H501 the data set holds no case"),
        ("", "csv", "d:1:1 H501 the data set holds no case"),
        ('{"a": 1}\n{"a": }\n', "jsonl", "d:2:7 H501 the line is not JSON"),
        ('{"a": 1}\n[1]\n', "jsonl", "d:2:1 H501 the line is not an object"),
        ('{"a": 1}\n{"b": 1}\n', "jsonl", "d:2:1 H502 the row has other columns than the first"),
        (
            "[" * 100_000,
            "jsonl",
            "d:1:1 H501 the line cannot be read: nested too deep, or too long",
        ),
        (
            '{"a": "\\ud800"}',
            "jsonl",
            "d:1:1 H103 a text holds half of a surrogate pair, which no file can keep",
        ),
        (
            '[{"a": "\\ud800"}]',
            "json",
            "d:1:1 H103 a text holds half of a surrogate pair, which no file can keep",
        ),
        ("a,__expected\n1,x\n", "csv",
         'd:1:1 H503 the column "__expected" is no variable, and nothing carries it out'),
        ("a,__metadata:x\n1,x\n", "csv",
         'd:1:1 H503 the column "__metadata:x" is no variable, and nothing carries it out'),
        ('{"a": 1, "__metric": "m"}\n', "jsonl",
         'd:1:1 H503 the column "__metric" is no variable, and nothing carries it out'),
        ('{"vars": {"a": 1}}\n', "jsonl",
         'd:1:1 H503 the column "vars" is no variable, and nothing carries it out'),
        ("a,assert\n1,is-json\n", "csv",
         'd:1:1 H503 the column "assert" is no variable, and nothing carries it out'),
        ('{"a": 1}\n{"a": 1, "a": 2}\n', "jsonl", 'd:2:1 H107 the key "a" stands twice'),
        ('{"a": 1}\n{"a": {"b": 1, "b": 1}}\n', "jsonl", 'd:2:1 H107 the key "b" stands twice'),
        ('{"a": NaN}\n', "jsonl", "d:1:1 H109 NaN is no number in JSON"),
        ('{"a": -Infinity}\n', "jsonl", "d:1:1 H109 -Infinity is no number in JSON"),
        ('{"a": 1}\n{"a": 1e400}\n', "jsonl", "d:2:1 H109 the number 1e400 is out of range"),
        ('[{"a": NaN}]', "json", "d:1:1 H109 NaN is no number in JSON"),
        ("a;b\n1;2\n", "csv", "d:1:1 H503 the columns are divided by semicolons, not by commas"),
        ("a\tb\n1\t2\n", "csv", "d:1:1 H503 the columns are divided by tabs, not by commas"),
        ("a|b\n1|2\n", "csv",
         "d:1:1 H503 the columns are divided by vertical bars, not by commas"),
        ('{"a": 1}', "json", "d:1:1 H501 the data set is not a list of objects"),
        ('[{"a": 1}, 2]', "json", "d:1:1 H501 case 2 is not an object"),
        ("[{", "json", "d:1:3 H501 the data set is not JSON"),
        ("a: 1\n", "yaml", "d:1:1 H501 the data set is not a list of mappings"),
        ("- {a: 1}\n- 2\n", "yaml", "d:2:1 H501 the case is not a mapping"),
        ("- {a: 1}\n- {a: !!py 1}\n", "yaml", 'd:2:7 H106 the YAML tag "py" is refused'),
        ("id,a\nx,1\nx,2\n", "csv", 'd:3:1 H504 the id "x" stands twice'),
        ("id,a\n,1\n", "csv", "d:2:1 H504 a case's id is a text or a whole number"),
    ],
)  # fmt: skip
def test_a_bad_row_is_told_with_its_line(text: str, form: Format, problem: str) -> None:
    assert told(text, form) == [problem]


def test_every_bad_row_is_told() -> None:
    assert len(told("a,b\n1\n2\n3,4\n5\n", "csv")) == 3


def test_telling_ends_after_a_hundred() -> None:
    problems = told("a,b\n" + "1\n" * 1000, "csv")
    assert len(problems) == 101
    assert problems[-1].endswith("too many problems: the rest is not read")


def test_reading_stops_at_a_bad_row() -> None:
    with pytest.raises(SpecError, match="d:3:1"):
        read("a,b\n1,2\n3\n", "csv")


def test_an_id_may_be_missing_in_some_rows() -> None:
    assert told('{"id": "x", "a": 1}\n{"a": 2}\n', "jsonl") == []


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_rows_stream(form: Format) -> None:
    def endless() -> Iterator[str]:
        if form == "csv":
            yield "a\n"
        number = 0
        while True:
            number += 1
            yield f"{number}\n" if form == "csv" else f'{{"a": {number}}}\n'

    found = read_data_set(endless(), form, "d", HERE, FORMS)
    assert str(next(found)["a"]) == "1"
    assert str(next(found)["a"]) == "2"


def test_a_million_cases_are_surveyed_without_holding_them() -> None:
    def many() -> Iterator[str]:
        yield "id,a\n"
        yield from (f"{number},x\n" for number in range(100_000))

    shape = survey(decode_rows(many(), "csv", "d"), "d")
    assert (shape.count, shape.columns, shape.problems) == (100_000, ("id", "a"), ())


def test_aliases_cannot_make_a_data_set_longer_than_its_text() -> None:
    bomb = "- &a {x: [1,1,1,1,1,1,1,1,1]}\n" + "".join(
        f"- &{chr(c)} {{x: [{','.join([f'*{chr(c - 1)}'] * 9)}]}}\n" for c in range(98, 110)
    )
    assert [p.split()[1] for p in told(bomb, "yaml")] == ["H105"]


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.csv", "csv"),
        ("A.CSV", "csv"),
        ("a.yml", "yaml"),
        ("a.ndjson", "jsonl"),
        ("a.txt", None),
        ("csv", None),
    ],
)
def test_the_name_says_the_format(name: str, form: Format | None) -> None:
    assert detect_format(name) == form


def test_bytes_that_are_no_text_are_told() -> None:
    def broken() -> Iterator[str]:
        yield "a\n"
        raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")

    found = list(decode_rows(broken(), "csv", "d"))
    assert [f.code for f in found if isinstance(f, Diagnostic)] == ["H103"]
