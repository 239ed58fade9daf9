"""The page of a big run: built, opened in headless Chromium, filtered, searched.

    python tests/bench/bench_page.py [--cells 50000 100000]

A cell is one conversation on one of five targets, three turns of some 350 characters a reply; words
are drawn at random, which compresses worse than what models say. ``build`` is the time to make the
page of a run that is on disk once it was ``read`` and summed up, both in seconds of the processor.
In the browser: ``ready`` is the application's own mark, when its first page is in the document;
``filter`` (the slowest of three) and ``sort`` are the time until the rows are other ones; ``case``
opens a transcript, ``search`` looks through all of them. Milliseconds, and megabytes of ``heap``;
the best of three rounds. Read how the columns grow: times are this machine's.
"""

# ruff: noqa: T201 - a benchmark prints its table

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from harness.app.documents import read_run, summarize_run
from harness.checks.verdict import Verdict
from harness.conversation.transcript import Exchange, Reply, Usage
from harness.report.html import generate_html
from harness.results.codec import encode_result, encode_run
from harness.results.model import JudgedExchange, Result, RunInfo, TargetInfo, Totals, TrialId
from harness.wiring.project import open_archive

TARGETS = tuple(f"east/{name}" for name in "abcde")
TURNS = 3
WORDS = 4_000
"""Different words; a reply has some fifty of them."""


def results(cells: int) -> Iterator[Result]:
    """One result a cell; one in ten of them failed."""
    chance = random.Random(7)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(chance.choices(letters, k=chance.randint(2, 11))) for _ in range(WORDS)]
    for number in range(cells):
        conversation, column = divmod(number, len(TARGETS))
        failed = chance.random() < 0.1
        turns = []
        for turn in range(1, TURNS + 1):
            bad = failed and turn == TURNS
            check = Verdict(
                "icontains", words[conversation % WORDS], "failed" if bad else "passed",
                0.0 if bad else 1.0, "found" if not bad else "the word is not in the reply",
            )  # fmt: skip
            reply = Reply(
                " ".join(chance.choices(words, k=50)), "stop", model="gpt-4.1-mini-2025-04-14",
                usage=Usage(chance.randint(20, 900), chance.randint(20, 200)),
                latency_s=chance.lognormvariate(0.0, 0.6), request_id=f"{chance.getrandbits(64):x}",
            )  # fmt: skip
            asked = f"Question {conversation}.{turn}: {words[(conversation * turn) % WORDS]}?"
            cost = chance.randint(1, 900) * 1e-7
            turns.append(JudgedExchange(Exchange(turn, asked, reply), (check,), cost))
        yield Result(
            trial=TrialId(f"question-{conversation:05}", None, TARGETS[column], "default", 1),
            question_sha256=f"{conversation:064x}",
            outcome="failed" if failed else "passed",
            score=2 / 3 if failed else 1.0,
            turns=tuple(turns),
            tags=("big",),
        )


def write_run(folder: Path, cells: int) -> None:
    """A run's folder as an evaluation leaves it."""
    folder.mkdir()
    info = RunInfo(
        id="20260901-120000-a1b2c3", spec_name="bench", spec_sha256="0" * 64,
        harness_version="bench", started_at="2026-09-01T12:00:00.000Z",
        targets=tuple(map(TargetInfo, TARGETS)), status="complete", totals=Totals(trials=cells),
        planned_trials=cells,
    )  # fmt: skip
    (folder / "run.json").write_text(encode_run(info), encoding="utf-8")
    with (folder / "results.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(encode_result(one) + "\n" for one in results(cells))


def build(folder: Path, page: Path) -> tuple[float, float]:
    """Seconds for the page alone, and for reading and summing up before it."""
    began = time.process_time()
    run, spec = read_run(open_archive(folder), folder)
    summary = summarize_run(run, spec)
    read = time.process_time()
    with page.open("w", encoding="utf-8") as file:
        file.writelines(generate_html(run, summary, spec=spec))
    return time.process_time() - read, read - began


STEP = """
const [act, done] = [arguments[0], arguments[arguments.length - 1]];
const began = performance.now();
new Function(act)();
const tell = () => done(performance.now() - began);
setTimeout(() => requestAnimationFrame(() => setTimeout(tell, 0)), 0);
"""

# Until the rows are other ones in the document; the frame that draws them comes within 16 ms.
CHANGE = """
const [act, done] = [arguments[0], arguments[arguments.length - 1]];
const watcher = new MutationObserver(() => {
  watcher.disconnect();
  done(performance.now() - began);
});
watcher.observe(document.querySelector(".results"), {
  childList: true, characterData: true, attributes: true, subtree: true });
const began = performance.now();
new Function(act)();
"""


def start_browser() -> webdriver.Chrome:
    """A headless Chromium that tells its heap precisely."""
    options = webdriver.ChromeOptions()
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1280,900",
                 "--enable-precise-memory-info", "--js-flags=--expose-gc"):  # fmt: skip
        options.add_argument(flag)
    driver = shutil.which("chromedriver")
    if driver is None:
        raise SystemExit("chromedriver is needed")
    return webdriver.Chrome(options=options, service=Service(driver))


def look(chrome: webdriver.Chrome, page: Path) -> dict[str, float]:
    """What the page takes in the browser: milliseconds, and megabytes of heap."""

    def until(condition: str) -> float:
        began = time.perf_counter()
        while not chrome.execute_script(f"return {condition}"):
            if time.perf_counter() - began > 60:
                raise SystemExit(f"{condition} does not come")
            time.sleep(0.02)
        return (time.perf_counter() - began) * 1000

    def step(act: str) -> float:
        return float(chrome.execute_async_script(STEP, act))

    chrome.set_script_timeout(60)
    chrome.get(f"{page.as_uri()}#/results")
    until("performance.getEntriesByName('ready').length")
    found: dict[str, Any] = {
        "ready": chrome.execute_script("return performance.getEntriesByName('ready')[0].startTime")
    }

    def change(act: str) -> float:
        return float(chrome.execute_async_script(CHANGE, act))

    type_query = "history.replaceState(null, '', '#/results?q={}');"
    type_query += "dispatchEvent(new HashChangeEvent('hashchange'))"
    step(type_query.format("cost%3E0"))  # what a first query prepares is kept
    found["filter"] = max(
        change(type_query.format(q)) for q in ("status:fail", "dep:b lat%3E1s -tag:small", "")
    )
    found["sort"] = change("document.querySelector('.vhead .c-lat button').click()")
    chrome.execute_script("gc()")
    found["heap"] = chrome.execute_script("return performance.memory.usedJSHeapSize") / 1e6
    step(type_query.format("status:fail"))
    began = time.perf_counter()
    step("location.hash = document.querySelector('.vrow a').hash")
    until("document.querySelector('.answer')")
    found["case"] = (time.perf_counter() - began) * 1000
    step("location.hash = '#/results'")
    step(type_query.format("zzzz"))
    began = time.perf_counter()
    until("document.querySelector('.searching') === null && "
          "document.querySelector('#count').value.startsWith('0 of')")  # fmt: skip
    found["search"] = (time.perf_counter() - began) * 1000
    return found


def main() -> None:
    """Measure each size and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=int, nargs="+", default=[50_000, 100_000])
    parser.add_argument("--rounds", type=int, default=3, help="the best of so many is shown")
    asked = parser.parse_args()
    names = ("ready", "heap", "filter", "sort", "case", "search")
    print(f"{'cells':>8}{'read s':>8}{'build s':>9}{'page MB':>9}"
          + "".join(f"{name:>9}" for name in names))  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        for cells in asked.cells:
            folder, page = Path(name) / str(cells), Path(name) / f"{cells}.html"
            write_run(folder, cells)
            timed = [build(folder, page) for _ in range(asked.rounds)]
            looks = []
            for _ in range(asked.rounds):
                chrome = start_browser()
                looks.append(look(chrome, page))
                chrome.quit()
            best = {key: min(one[key] for one in looks) for key in names}
            print(f"{cells:8,}{min(t[1] for t in timed):8.2f}{min(t[0] for t in timed):9.2f}"
                  f"{page.stat().st_size / 1e6:9.1f}"
                  + "".join(f"{best[key]:9.0f}" for key in names))  # fmt: skip


if __name__ == "__main__":
    main()
