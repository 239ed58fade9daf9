"""The pages of the application by keyboard, in every guise: calm, within reach, for everybody."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from harness.report.html import render_html
from tests.browser.demo import SPEC, make_demo, make_history

if TYPE_CHECKING:
    from tests.browser.conftest import Browser

pytestmark = pytest.mark.browser

PAGES = {
    "o": ("", "Overview"),
    "m": ("matrix", "Matrix"),
    "c": ("changes", "Changes"),
    "t": ("trade-off", "Trade-off"),
    "l": ("latency", "Latency"),
    "r": ("results", "Results"),
    "h": ("history", "History"),
    "a": ("about", "About"),
}
"""The key after ``g``, the route, the title."""

READY = """document.querySelector('main h2, main h3')
&& !document.querySelector('main').textContent.includes('Reading the')"""

AXE = Path("harness/report/app/node_modules/axe-core/axe.min.js")

GUISES: dict[str, tuple[int, str, list[dict[str, str]]]] = {
    "light": (1280, "", [{"name": "prefers-color-scheme", "value": "light"}]),
    "dark": (1280, "", [{"name": "prefers-color-scheme", "value": "dark"}]),
    "narrow": (320, "", []),
    "print": (1000, "print", []),
    "forced colours": (1280, "", [{"name": "forced-colors", "value": "active"}]),
    "still": (1280, "", [{"name": "prefers-reduced-motion", "value": "reduce"}]),
}
"""The width in pixels (320 is 1280 at 400 %), the medium and its features."""


@functools.cache
def page(*, compared: bool) -> str:
    run, summary = make_demo(compared=compared)
    history = make_history(run) if compared else ()
    return render_html(run, summary, spec=SPEC, history=history)


def press(browser: Browser, *keys: str) -> None:
    ActionChains(browser.driver, duration=0).send_keys(*keys).perform()


def wait(browser: Browser, condition: str) -> None:
    """Wait, up to 20 seconds, until a condition in the page holds."""
    held = browser.driver.execute_async_script(
        f"""const done = arguments[0], end = performance.now() + 20000;
        (function look() {{
          if ({condition}) done(true);
          else if (performance.now() > end) done(false);
          else requestAnimationFrame(look);
        }})();"""
    )
    assert held, f"{condition} did not come true"


def start(browser: Browser, html: str, route: str = "") -> None:
    browser.open(html, f"#/{route}")
    wait(browser, "document.querySelector('#app:not([hidden]) main > *')")
    # Keys are listened for once the first frame is drawn.
    browser.driver.execute_async_script(
        "const done = arguments[0]; requestAnimationFrame(() => setTimeout(done, 50))"
    )


def go(browser: Browser, key: str) -> None:
    press(browser, "g", key)
    wait(browser, f"document.title.startsWith('{PAGES[key][1]}')")
    wait(browser, READY)


def dress(browser: Browser, guise: str) -> None:
    width, medium, features = GUISES[guise]
    browser.width(width)
    browser.command("Emulation.setEmulatedMedia", media=medium, features=features)


@pytest.mark.parametrize("compared", [True, False], ids=["compared", "alone"])
@pytest.mark.parametrize("guise", GUISES)
def test_every_page_is_reached_by_two_keys_and_is_calm(
    browser: Browser, guise: str, compared: bool
) -> None:
    dress(browser, guise)
    start(browser, page(compared=compared), "about")
    for key, (route, title) in PAGES.items():
        go(browser, key)
        seen = browser.run(
            """return [location.hash, document.activeElement.id,
            document.querySelector('nav [aria-current=page]').textContent,
            document.documentElement.scrollWidth - document.documentElement.clientWidth,
            document.documentElement.clientWidth - document.body.offsetWidth]"""
        )
        assert seen == [f"#/{route}", "page", title, 0, 0]
    assert browser.run("return window.violations") == []
    assert browser.complaints() == []
    assert [each for each in browser.requests() if not each.startswith(("file:", "data:"))] == []


@pytest.mark.parametrize("compared", [True, False], ids=["compared", "alone"])
def test_tab_goes_through_every_page_and_never_gets_caught(
    browser: Browser, compared: bool
) -> None:
    start(browser, page(compared=compared))
    for key in PAGES:
        go(browser, key)
        browser.run("document.activeElement.blur()")
        wanted = browser.run(
            """return [...document.querySelectorAll('main a, main button, main summary, main input,'
            + ' main select, main [tabindex="0"]')].filter(e => e.tabIndex >= 0
            && e.checkVisibility() && !(e.type === 'radio' && !e.checked)).length"""
        )
        for _ in range(min(wanted, 60)):
            press(browser, Keys.TAB)
            shown = browser.run(
                """const e = document.activeElement, s = getComputedStyle(e);
                const near = e.matches('.choice input, .modes input') ? e.nextElementSibling : e;
                return [e.tagName, s.outlineStyle !== 'none'
                || getComputedStyle(near).outlineStyle !== 'none'];"""
            )
            assert shown[0] != "BODY" or wanted == 0
            assert shown[1], f"nobody sees the focus on {shown[0]} of {key}"


@pytest.mark.parametrize("guise", ["light", "dark", "narrow"])
@pytest.mark.parametrize("compared", [True, False], ids=["compared", "alone"])
def test_axe_finds_nothing(browser: Browser, project: Path, guise: str, compared: bool) -> None:
    source = project / AXE
    if not source.exists():
        pytest.skip("axe-core is needed: cd harness/report/app && npm ci")
    dress(browser, guise)
    browser.driver.set_script_timeout(60)
    html = page(compared=compared)
    for route in [*(route for route, _ in PAGES.values()), "case/0"]:
        start(browser, html, route)
        wait(browser, READY)
        browser.run("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        browser.run(source.read_text(encoding="utf-8"))
        assert look_with_axe(browser) == [], route


def look_with_axe(browser: Browser) -> Any:
    return browser.driver.execute_async_script(
        """const done = arguments[0];
        axe.run(document, {resultTypes: ['violations']}).then(found => done(found.violations.map(
          each => `${each.id}: ${each.nodes[0].html.slice(0, 200)}`)));"""
    )


def test_arrows_go_over_the_matrix_and_enter_opens_a_case(browser: Browser) -> None:
    start(browser, page(compared=True))
    go(browser, "m")
    at = "return document.activeElement.dataset.at"
    browser.run("document.querySelector('[data-at][tabindex=\"0\"]').focus()")
    assert browser.run(at) == "0:0"
    press(browser, Keys.ARROW_DOWN, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_UP)
    assert browser.run(at) == "0:2"
    press(browser, Keys.END)
    assert browser.run(at) == "0:4"
    chain = ActionChains(browser.driver).key_down(Keys.CONTROL).send_keys(Keys.END)
    chain.key_up(Keys.CONTROL).perform()
    assert browser.run(at) == "39:4"
    press(browser, Keys.ARROW_DOWN)
    assert browser.run(at) == "39:4"
    press(browser, Keys.ENTER)
    wait(browser, "location.hash.startsWith('#/case/')")


def test_the_matrix_shows_what_regressed_first_and_its_state_is_in_the_address(
    browser: Browser,
) -> None:
    start(browser, page(compared=True), "matrix")
    first = "return document.querySelector('.heat tbody tr').textContent"
    assert "↓ was 3/3" in browser.run(first)
    browser.run("document.querySelector('input[name=base]:not(:checked)').click()")
    wait(browser, "location.hash === '#/matrix?base=hidden'")
    assert "was" not in browser.run(first)
    browser.run("document.querySelectorAll('input[name=group]')[1].click()")
    wait(browser, "location.hash.includes('group=tag')")
    headings = browser.run(
        "return [...document.querySelectorAll('.heading bdi')].map(e => e.textContent)"
    )
    assert headings == ["account", "delivery", "money", "product"]
    start(browser, page(compared=True), "matrix?sort=name&base=hidden")
    assert browser.run(first).startswith("address › angry")


def test_the_changes_tell_failures_first_and_can_be_narrowed(browser: Browser) -> None:
    start(browser, page(compared=True), "changes")
    kinds = browser.run(
        "return [...document.querySelectorAll('.changes tbody .badge')]"
        ".map(e => e.textContent.slice(2))"
    )
    order = ["regressed", "errored", "flaky", "missing", "new", "fixed"]
    assert list(dict.fromkeys(kinds)) == [kind for kind in order if kind in kinds]
    assert kinds[0] == "regressed"
    start(browser, page(compared=True), "changes?kind=new")
    rows = browser.run(
        "return [...document.querySelectorAll('.changes tbody th')].map(e => e.textContent)"
    )
    assert rows == ["merge › angry"] * 4
    start(browser, page(compared=True), "changes?kind=unpaired")
    assert "the base does not have it" in browser.run(
        "return document.querySelector('main').textContent"
    )


def test_a_run_alone_says_how_to_compare_it(browser: Browser) -> None:
    start(browser, page(compared=False), "changes")
    said = browser.run("return document.querySelector('main').textContent")
    assert "harness baseline set 20261128-090000-70da11" in said
    start(browser, page(compared=False), "history")
    assert "no earlier run" in browser.run("return document.querySelector('main').textContent")


def test_simulated_is_said_once_above_everything(browser: Browser) -> None:
    start(browser, page(compared=True))
    for key in PAGES:
        go(browser, key)
        said = browser.run(
            "return [...document.querySelectorAll('#app :not(pre)')].filter(e => !e.children.length"
            " && /simulated/i.test(e.textContent)).map(e => e.closest('.strip') !== null)"
        )
        assert said[0] is True
        assert said.count(False) <= (key == "a")  # the facts about a run name it once more


def test_every_drawing_has_a_name_and_its_numbers_as_a_table(browser: Browser) -> None:
    start(browser, page(compared=True))
    for key in "tlh":
        go(browser, key)
        figures = browser.run(
            """return [...document.querySelectorAll('figure')].map(f => [
            f.querySelector('svg[role=img]').getAttribute('aria-label'),
            f.querySelectorAll('.twin tbody tr').length])"""
        )
        assert figures
        assert all(name and rows >= 4 for name, rows in figures)
    assert browser.run("return document.querySelectorAll('#app [style]').length") == 0


def test_paper_has_every_row_of_a_long_matrix(browser: Browser) -> None:
    run, summary = make_demo(copies=6)
    start(browser, render_html(run, summary, spec=SPEC), "matrix")
    count = "return document.querySelectorAll('.heat tr[data-row]').length"
    assert browser.run(count) < 80
    browser.run("document.querySelector('[data-at][tabindex=\"0\"]').focus()")
    for _ in range(8):
        press(browser, Keys.PAGE_DOWN)
    assert browser.run("return document.activeElement.dataset.at") == "120:0"
    assert browser.run(
        """const e = document.activeElement.getBoundingClientRect();
        const box = document.querySelector('.heat').getBoundingClientRect();
        return e.top >= box.top && e.bottom <= box.bottom"""
    )
    browser.run("dispatchEvent(new Event('beforeprint'))")
    assert browser.run(count) == 240
    browser.run("dispatchEvent(new Event('afterprint'))")
    assert browser.run(count) < 80
