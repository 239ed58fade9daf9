"""Specs that nobody wrote to be read: refused by name or accepted, in 2 s and 300 MB."""

# ruff: noqa: E501 - data, a row a line

from __future__ import annotations

import base64
import gzip
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from harness.cli.main import run

HEAD = b"version: 1\nname: x\ncloud: simulator\n"
MODELS = (
    b'providers: {p: {type: openai, api_key: "${OPENAI_API_KEY}", models: {gpt-4.1-mini: {}}}}\n'
)
ONE = b"conversations: [{id: a, turns: [{user: hi}]}]\n"
BOMB = b"x-a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
    b"x-%c: &%c [%s]\n" % (c, c, b",".join([b"*%c" % (c - 1)] * 9)) for c in range(98, 120)
)
SIXTY_FOUR_KB = b"".join(
    b'  - {id: c%d, turns: [{user: "%s"}]}\n' % (number, b"v" * 65_536) for number in range(28)
)
BIG: dict[str, tuple[bytes, str]] = {
    "100 MB": (b"", "H102"),
    "a million turns": (
        HEAD + b"conversations:\n- id: a\n  turns:\n" + b"  - user: a\n" * 1_000_000, "H102",
    ),
    "as many turns as fit": (
        HEAD + MODELS + b"conversations:\n- id: a\n  turns:\n" + b"  - {user: a}\n" * 110_000, "H105",
    ),
    "64 KB values up to the limit": (HEAD + MODELS + b"conversations:\n" + SIXTY_FOUR_KB, ""),
    "22 levels of 9 aliases": (HEAD + MODELS + BOMB + ONE, "H105"),
    "10,000 levels": (HEAD + MODELS + b"x-a: " + b"[" * 10_000 + b"]" * 10_000 + b"\n" + ONE, "H105"),
    "90,000 unknown keys": (HEAD + b"".join(b"k%d: 1\n" % n for n in range(90_000)), "H201"),
}  # fmt: skip
MEASURE = """
import json, pathlib, re, sys, time
from harness.cli.main import run
for path in sys.argv[1:]:
    for wait_s in (0, 1, 2, 4):  # a busy core counts more time for the same work
        time.sleep(wait_s)
        began = time.process_time()
        code = run(["validate", path])
        spent = time.process_time() - began
        if spent < 2.0:
            break
    # Not ru_maxrss: it begins with the peak of the process that started this one.
    status = pathlib.Path("/proc/self/status").read_text(encoding="utf-8")
    peak = int(re.search(r"VmHWM:\\s+(\\d+)", status)[1]) / 1024
    print("@@" + json.dumps([path, code, spent, peak]), flush=True)
"""


def test_a_spec_of_any_size_is_refused_or_taken_in_two_seconds_and_300_megabytes(
    tmp_path: Path,
) -> None:
    (tmp_path / ".git").mkdir()
    for number, (data, _) in enumerate(BIG.values()):
        with (tmp_path / f"{number}.yaml").open("wb") as file:
            file.write(data)
            if not data:
                file.truncate(100_000_000)
    names = [f"{number}.yaml" for number in range(len(BIG))]
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *names],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    found = [json.loads(line[2:]) for line in done.stdout.splitlines() if line.startswith("@@")]
    assert len(found) == len(BIG)
    for (name, (_, code)), (path, exit_code, spent, peak) in zip(BIG.items(), found, strict=True):
        assert exit_code == (2 if code else 0), (name, done.stderr[:500])
        assert not code or re.search(rf"{path}:\d+:\d+: error\[{code}\]", done.stderr), name
        assert spent < 2.0, (name, spent)
        assert peak < 300, (name, peak)


TURNS = b"conversations: [{id: a, turns: [{user: %s}]}]\n"
SMALL: dict[str, tuple[bytes, str]] = {
    "NUL": (HEAD + TURNS % b'"a\0b"', "H103"),
    "NUL, escaped": (HEAD + TURNS % b'"a\\0b"', "H103"),
    "invalid UTF-8": (HEAD + TURNS % b'"\xff"', "H103"),
    "half a character": (HEAD + TURNS % b'"\xed\xa0\x80"', "H103"),
    "UTF-16": ((HEAD + ONE).decode().encode("utf-16"), "H103"),
    "UTF-32": ((HEAD + ONE).decode().encode("utf-32"), "H103"),
    "a tab for indentation": (HEAD + b"conversations:\n\t- id: a\n", "H104"),
    "a key that stands twice": (HEAD + b"name: y\n" + ONE, "H107"),
    "0613, bare": (HEAD + TURNS % b"0613", "H204"),
    "1106, bare": (HEAD + TURNS % b"1106", "H204"),
    "a tag of Python": (HEAD + b"x-a: !!python/object/apply:os.system [touch canary]\n", "H106"),
    "a module of Python": (HEAD + b"x-a: !!python/module:os\n", "H106"),
    "new of Python": (HEAD + b"x-a: !!python/object/new:os.system [touch canary]\n", "H106"),
    "two documents": (HEAD + ONE + b"---\n" + HEAD, "H110"),
    "a control character": (HEAD + TURNS % b'"a\x07"', "H104"),
}


@pytest.mark.parametrize("name", SMALL)
def test_what_no_spec_may_hold_is_refused_by_its_name_and_place(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    data, code = SMALL[name]
    Path("spec.yaml").write_bytes(data)
    assert run(["validate", "spec.yaml"]) == 2
    said = capsys.readouterr().err
    assert re.search(rf"spec\.yaml:\d+:\d+: error\[{code}\]", said), said
    assert not Path("canary").exists()


TEXTS = (
    "no", "2024-11-20", "12:30", "emoji 😀 👩‍👩‍👧‍👦 🏳️‍🌈", "中文、日本語、한국어", "مرحبا \u202eabc\u202c שלום",
    "zero\u200bwidth\u200d and \ufeff", "e\u0301 and é", "a\ttab", "  spaces  ", "line one\nline two\n",
    "</script><script>alert(1)</script>", "::error::x", "=1+1", "\U0001f9d1\u200d\U0001f4bb", "x" * 65_536,
)  # fmt: skip


def test_text_that_is_accepted_is_the_same_in_results_and_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    conversations = [
        {"id": f"c{number}", "turns": [{"user": text}]} for number, text in enumerate(TEXTS)
    ]
    written = json.dumps({"conversations": conversations}, ensure_ascii=False)
    head = HEAD + MODELS + b"# a mark, and Windows' line ends\n"
    data = b"\xef\xbb\xbf" + head.replace(b"\n", b"\r\n") + written[1:-1].encode() + b"\r\n"
    Path("spec.yaml").write_bytes(data)
    assert run(["eval", "spec.yaml", "-q", "--output", "out"]) in (0, 4)
    lines = Path("out/results.jsonl").read_bytes().split(b"\n")[:-1]
    held = {line["conversation"]: line["turns"][0]["user"] for line in map(json.loads, lines)}
    assert held == {f"c{number}": text for number, text in enumerate(TEXTS)}
    page = Path("out/report.html").read_text(encoding="utf-8")
    blocks = re.findall(r'<script type="application/octet-stream"[^>]*>([^<]*)</script>', page)
    told = b"".join(gzip.decompress(base64.b64decode(block)) for block in blocks).decode()
    for text in TEXTS:
        assert json.dumps(text, ensure_ascii=False)[1:-1] in told or text in told, text[:40]
