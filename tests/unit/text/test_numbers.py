"""How values read."""

from __future__ import annotations

import pytest

from harness.report import text
from harness.text import numbers, safe


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain\tand\nlines", "plain\tand\nlines"),
        ("中文, 日本語, עברית, 👩\u200d👩\u200d👧", "中文, 日本語, עברית, 👩\u200d👩\u200d👧"),
        ("a\x00b\x1b[31mred\x07", "a␀b␛[31mred␇"),
        ("win\r\nmac\rend\x7f\x9b", "win\nmac␍end␡⟨U+009B⟩"),
        ("user\u202ecod.exe\u202c", "user⟨U+202E⟩cod.exe⟨U+202C⟩"),
        ("\u2066isolate\u2069 \u200emark", "⟨U+2066⟩isolate⟨U+2069⟩ ⟨U+200E⟩mark"),
        ("line\u2028paragraph\u2029\ufeff", "line⟨U+2028⟩paragraph⟨U+2029⟩⟨U+FEFF⟩"),
        ("half\ud83d", "half⟨U+D83D⟩"),
        ("hidden\U000e0041\U000e0042", "hidden⟨U+E0041⟩⟨U+E0042⟩"),
        (
            "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
            "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        ),
    ],
    ids=["plain", "scripts", "c0", "newlines", "override", "isolate", "separators", "surrogate",
         "tags", "flag of England"],
)  # fmt: skip
def test_what_would_be_invisible_or_reorder_text_is_shown(raw: str, shown: str) -> None:
    assert safe.visible(raw) == shown
    assert shown.encode()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "unknown"),
        (0.0, "$0"),
        (1234.5, "$1,234.50"),
        (0.0412, "$0.0412"),
        (0.5, "$0.50"),
        (0.1234, "$0.123"),
        (0.00124, "$0.00124"),
        (0.0000912714, "$0.0000913"),
        (1e-12, "under $0.000000001"),
    ],
)
def test_money_is_never_rounded_to_nothing(value: float | None, shown: str) -> None:
    assert numbers.format_money(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "–"),
        (0.0042, "4.2 ms"),
        (0.83, "830 ms"),
        (0.9997, "1.00 s"),
        (59.0, "59.00 s"),
        (83.2, "1 min 23 s"),
        (7_380.0, "2 h 03 min"),
    ],
)
def test_durations_read_as_people_say_them(value: float | None, shown: str) -> None:
    assert numbers.format_seconds(value) == shown


@pytest.mark.parametrize(
    ("stamp", "shown"),
    [
        ("2026-09-01T12:00:00Z", "1 September 2026, 12:00 UTC"),
        ("2026-09-01T14:00:00.123+02:00", "1 September 2026, 12:00 UTC"),
        ("2026-09-01T12:00:00", "1 September 2026, 12:00 UTC"),
        ("yesterday", "yesterday"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_moments_are_in_utc_and_in_english(stamp: str | None, shown: str) -> None:
    assert numbers.format_moment(stamp) == shown


def test_shares_have_decimals_except_at_the_ends() -> None:
    assert [numbers.format_share(s) for s in (0.0, 0.8333, 1.0)] == ["0 %", "83.3 %", "100 %"]
    assert numbers.format_span(0.5515, 0.953) == "55.1 to 95.3 %"


def test_an_unknown_count_is_called_unknown() -> None:
    assert (numbers.format_count(None), numbers.format_count(0), numbers.format_count(12_345)) == (
        "unknown",
        "0",
        "12,345",
    )
    assert (
        numbers.format_number(None),
        numbers.format_number(0.5),
        numbers.format_number(1.0),
    ) == ("–", "0.5", "1")


def test_a_long_text_on_a_line_ends_in_an_ellipsis() -> None:
    assert safe.clip_line("one\n two\tthree") == "one two three"
    assert safe.clip_line("x" * 200, 10) == "xxxxxxxxx…"
    assert safe.clip_line(" " * 10_000 + "x", 10) == "…"
    assert safe.clip("abcdef", 4) == ("abcd", 2)


def test_values_of_checks_read_as_their_author_wrote_them() -> None:
    assert [text.write_value(v) for v in (None, "Bill Gates", ["a", "中"], 120000.0)] == [
        "",
        "Bill Gates",
        '["a", "中"]',
        "120000",
    ]
