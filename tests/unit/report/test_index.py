"""The page of all runs."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from harness.report.index import MOST_RUNS, MOST_SPECS, ListedRun, ListedSpec, generate_index
from harness.results.measured import MeasuredColumn, Rate
from harness.results.model import RunInfo, TargetInfo, Totals
from tests.browser.payloads import PAYLOADS

INFO = RunInfo(
    "20261122-130000-abcdef", "sweden", "ab", "0.3.0", "2026-11-22T13:00:00Z",
    (TargetInfo("sweden/mini", "gpt-4.1-mini", "2025-04-14"),),
    status="complete", verdict="passed", exit_code=0, totals=Totals(trials=4, passed=3, failed=1),
    columns=(MeasuredColumn("sweden/mini", "default", 4, Rate(0.75, 0.3, 0.95), 0.5, 1.25, 2.0),),
)  # fmt: skip


def spec(*infos: RunInfo, count: int | None = None) -> ListedSpec:
    runs = tuple(ListedRun(info, f"sweden/{info.id}/report.html") for info in infos)
    return ListedSpec(infos[0].spec_name, runs, len(infos) if count is None else count)


def render(*specs: ListedSpec) -> str:
    return "".join(generate_index(specs))


class Elements(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_each_run_links_to_its_report_and_says_its_verdict() -> None:
    html = render(spec(INFO, replace(INFO, id="x", verdict="regressed", exit_code=1)))
    assert 'href="sweden/20261122-130000-abcdef/report.html"' in html
    assert "✓ Gate passed" in html
    assert "✗ Regressed" in html
    assert "3 of 4" in html


def test_it_needs_nothing_but_itself_and_has_no_script() -> None:
    html = render(spec(INFO))
    tags = Elements(html).tags
    assert not [tag for tag, _ in tags if tag in ("script", "img", "iframe", "object", "base")]
    assert not [attrs for _, attrs in tags if any(name.startswith("on") for name in attrs)]
    assert "default-src 'none'" in html
    assert not re.search(r"style=", html)


def test_simulated_is_said_of_the_run_and_where_all_are_of_the_spec() -> None:
    simulated = replace(INFO, id="s", simulated=True)
    assert render(spec(simulated)).count('class="tag sim"') >= 3
    mixed = render(spec(simulated, INFO))
    assert mixed.count('class="tag sim"') == 1
    assert mixed.count('class="point"') == 1, "a simulated run is in no trend of real ones"


def test_what_is_not_known_is_never_zero() -> None:
    empty = replace(INFO, columns=(MeasuredColumn("sweden/mini"),),
                    totals=Totals(trials=4, cost_usd=None))  # fmt: skip
    html = render(spec(empty))
    assert "<b>–</b>" in html
    assert "cost unknown" in html
    assert "<svg" not in html


@pytest.mark.parametrize("share", [math.nan, math.inf, 7.0, -1.0])
def test_shares_that_cannot_be_leave_the_drawing_whole(share: float) -> None:
    html = render(spec(replace(INFO, columns=(MeasuredColumn("t", pass_rate=Rate(share, 0, 1)),))))
    heights = [float(at) for at in re.findall(r'cy="([^"]*)"', html)]
    assert all(0 <= at <= 120 for at in heights)
    assert "nan" not in html
    assert "inf" not in html.replace("info", "")


def test_a_run_that_stands_still_is_not_called_passed() -> None:
    html = render(spec(replace(INFO, status="partial", verdict=None, exit_code=None)))
    assert "! Not complete" in html
    assert "passed</span>" not in html.lower()


def test_a_change_before_a_run_is_marked() -> None:
    later = replace(INFO, id="b", spec_sha256="cd")
    html = render(spec(later, replace(INFO, id="a")))
    assert html.count('class="changed"') == 1
    assert "b: spec changed" in html


def test_thousands_of_runs_and_specs_make_no_big_page() -> None:
    runs = [replace(INFO, id=f"r{number}") for number in range(MOST_RUNS)]
    many = [replace(spec(*runs, count=9_000), name=f"s{n}") for n in range(MOST_SPECS + 25)]
    html = render(*many)
    assert len(html) < 2_500_000
    assert f"The newest {MOST_RUNS} of 9,000" in html
    assert "25 specs that ran longer ago" in html


def test_hostile_names_stay_text() -> None:
    for payload in PAYLOADS:
        column = MeasuredColumn(payload, payload, 1, Rate(0.5, 0.1, 0.9), answered_by=(payload,))
        bad = replace(
            INFO, id=payload, spec_name=payload, started_at=payload, verdict=payload,
            targets=(TargetInfo(payload, payload, payload),), columns=(column,),
        )  # fmt: skip
        listed = ListedRun(bad, f"{payload}/report.html", (payload,))
        tags = Elements(render(ListedSpec(payload, (listed, listed), 2))).tags
        assert {tag for tag, _ in tags} <= {
            "html", "head", "meta", "title", "link", "style", "body", "header", "p", "span", "h1",
            "main", "section", "h2", "bdi", "small", "div", "article", "h3", "b", "svg", "path",
            "g", "circle", "rect", "ul", "li", "table", "thead", "tr", "th", "tbody", "td", "a",
            "footer", "code",
        }  # fmt: skip
        for tag, attrs in tags:
            if tag == "a":
                link = attrs["href"] or ""
                assert not re.match(r"\s*(javascript|data|vbscript):", link, re.IGNORECASE)
