"""What hostile input costs: specs that should be refused, replies that checks should survive.

    python tests/bench/bench_hostile.py [specs] [replies]

Each case runs in a fresh process. A spec is to be refused within 2 s of CPU and 300 MB; a reply is
to get its verdict within the few seconds that a check may take. The first line of each table is a
harmless case: what the process costs anyway. An exclamation mark stands where a bound is missed.
"""

# ruff: noqa: T201 - a benchmark prints its table

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MOST_MEGABYTES = 300
MOST_SECONDS_OF_A_SPEC = 2
MOST_SECONDS_OF_A_CHECK = 8

ENORMOUS = "100 MB of nothing"
HARMLESS = b"version: 1\nname: x\nconversations: [{id: a, turns: [{user: hi}]}]\n"


def specs() -> dict[str, bytes]:
    """Specs that must be refused, after one that is well."""
    bomb = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
        b"%c: &%c [%s]\n" % (c, c, b",".join([b"*%c" % (c - 1)] * 9)) for c in range(98, 120)
    )
    return {
        "(harmless)": HARMLESS,
        "22 levels of 9 aliases": bomb,
        "1 MB of [": b"[" * 1_000_000,
        "900,000 x '- '": b"- " * 900_000,
        "400,000 x '{a: '": b"{a: " * 400_000,
        "900,000 x '? '": b"? " * 900_000,
        "450,000 list items": b"x-a:\n" + b"- x\n" * 450_000,
        "90,000 keys": b"".join(b"k%d: 1\n" % number for number in range(90_000)),
        "a Python object": b"a: !!python/object/apply:os.system [x]\n",
        ENORMOUS: b"",
    }


def replies() -> dict[str, tuple[Mapping[str, Any], str]]:
    """An assertion and a reply that makes it work hard, after a harmless one."""
    endless = "^(a|aa)+$"
    words = "so many words "
    return {
        "(harmless)": ({"type": "contains", "value": "a"}, "a"),
        "regex (a+)+$": ({"type": "regex", "value": "(a+)+$"}, "a" * 40 + "b"),
        "regex (.*)*[0-9]{3}!$": ({"type": "regex", "value": "(.*)*[0-9]{3}!$"}, "z" * 60),
        "is-json, endless pattern": (
            {"type": "is-json", "value": {"patternProperties": {endless: {}}}},
            json.dumps({"a" * 40 + "b": 1}),
        ),
        "contains-json, 200 KB of {": ({"type": "contains-json"}, "{" * 200_000),
        "is-sql, 5,000 brackets": ({"type": "is-sql"}, "SELECT " + "(" * 5000 + "1" + ")" * 5000),
        "is-sql, 15,000 columns": ({"type": "is-sql"}, "SELECT " + "a, " * 15_000 + "b"),
        "is-sql, 3,000 unions": ({"type": "is-sql"}, "SELECT 1 UNION " * 3000 + "SELECT 1"),
        "contains-xml, 200 KB of <a ": ({"type": "contains-xml"}, "<a " * 66_000),
        "contains-html, 200 KB of <p>": ({"type": "contains-html"}, "<p>" * 66_000),
        "is-xml, 200 KB of <p>": ({"type": "is-xml"}, "<p>" * 66_000),
        **{
            f"{name}, 15,000 words": (
                {"type": name, "value": words * 5000},
                "so few words " * 5000,
            )
            for name in ("levenshtein", "rouge-n", "bleu", "gleu", "meteor")
        },
    }


CHECK = """
import json, sys
from harness.checks.registry import check_all
from harness.checks.subject import Subject
from harness.spec.model.spec import Assertion
assertion, text = json.load(sys.stdin)
(verdict,) = check_all([Assertion.model_validate(assertion)], Subject(text=text))
print(f"{verdict.outcome}: {verdict.reason}")
"""


def measured(command: list[str], given: bytes = b"") -> tuple[float, float, str]:
    """CPU seconds, peak MB and the first line that a process says."""
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as told:
        told.write(given)
        told.seek(0)
        process = subprocess.Popen(command, stdin=told, stdout=said, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        first = said.readline().decode(errors="replace").strip()
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, first


def row(name: str, found: tuple[float, float, str], most_seconds: float) -> str:
    """A line of the table."""
    seconds, megabytes, said = found
    mark = "!" if seconds > most_seconds or megabytes > MOST_MEGABYTES else " "
    return f"{name:32}{seconds:7.2f}{megabytes:7.0f} {mark} {said[:60]}"


def main() -> None:
    """Measure each case and print a table."""
    wanted = sys.argv[1:] or ["specs", "replies"]
    heading = f"{'':32}{'CPU s':>7}{'MB':>7}   said"
    if "specs" in wanted:
        print(heading)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "spec.yaml"
            for name, text in specs().items():
                path.write_bytes(text)
                if name == ENORMOUS:  # never in this process: its size would be its children's
                    os.truncate(path, 100_000_000)
                found = measured([sys.executable, "-m", "harness", "validate", str(path)])
                print(row(name, found, MOST_SECONDS_OF_A_SPEC), flush=True)
    if "replies" in wanted:
        print(heading)
        for name, case in replies().items():
            found = measured([sys.executable, "-c", CHECK], json.dumps(case).encode())
            print(row(name, found, MOST_SECONDS_OF_A_CHECK), flush=True)


if __name__ == "__main__":
    main()
