"""``harness cassettes`` as a person or a CI job runs it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from harness.cli.main import run
from harness.conversation.ports import Place
from harness.exchange import PlainRequest, PlainResponse
from harness.recording.storage import codec
from harness.recording.storage.exchange import RecordedExchange
from harness.recording.storage.folder import Folder, Manifest
from harness.recording.storage.naming import name_trial_file

SPEC = """\
version: 1
name: x
providers:
  laptop: {type: openai-compatible, base_url: "http://127.0.0.1:1/v1", models: {llama: {}}}
evaluation: {repeats: 1}
conversations:
  - id: founders
    turns: [{user: Who?}]
  - id: capitals
    cases: [{id: sweden, country: Sweden}]
    turns: [{user: "Capital of {{country}}?"}]
"""
FOUNDERS = Place("laptop/llama", "founders", None, "default", 1, 1)
CAPITALS = Place("laptop/llama", "capitals", "sweden", "default", 1, 1)
GONE = Place("laptop/llama", "gone", None, "default", 1, 1)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    yield


def exchange(place: Place, text: str) -> RecordedExchange:
    body = json.dumps({"messages": [{"role": "user", "content": text}]}).encode()
    sent = PlainRequest("POST", "https://laptop.provider.invalid/v1/chat/completions", {}, body)
    return RecordedExchange(place, sent, PlainResponse(200, {}, b"{}"), 0.1)


@pytest.fixture
def cassette(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "x.yaml").write_text(SPEC, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return Path("x.cassette")


def record(path: Path, *places: Place, said: str = "hello") -> None:
    folder = Folder(path, alone, Manifest(None))
    for place in places:
        document = codec.encode_trials(place, [exchange(place, said)])
        folder.write(name_trial_file(place), document, str)
    folder.list_written()


def test_a_clean_cassette_is_said_on_stderr_alone(
    cassette: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record(cassette, FOUNDERS, CAPITALS)
    assert run(["cassettes", "audit", str(cassette)]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "x.cassette: 2 exchanges in 3 files, nothing amiss\n"


def test_a_finding_is_one_line_with_its_place_and_a_hint(
    cassette: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record(cassette, FOUNDERS, said="write to anna@contoso.com")
    assert run(["cassettes", "audit", str(cassette)]) == 1
    said = capsys.readouterr()
    assert said.out == (
        "x.cassette/conversations/founders/-/laptop.llama.default.json "
        "exchanges[0].request.json.messages[0].content: secret: email: anna… (16 characters)\n"
    )
    assert "rotate" in said.err


def test_what_the_spec_has_no_more_is_found_and_pruned(
    cassette: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record(cassette, FOUNDERS, GONE, replace(CAPITALS, case="norway"))
    assert run(["cassettes", "audit", str(cassette)]) == 1
    said = capsys.readouterr()
    assert "orphan: the spec has no conversation 'gone' any more" in said.out
    assert "orphan: the spec does not play 'capitals' with a case 'norway' any more" in said.out
    assert "harness cassettes prune x.cassette" in said.err
    assert run(["cassettes", "prune", str(cassette), "--dry-run"]) == 0
    assert capsys.readouterr().out.startswith("would remove conversations/")
    assert run(["cassettes", "prune", str(cassette)]) == 0
    assert capsys.readouterr().out.count("removed conversations/") == 2
    assert run(["cassettes", "audit", str(cassette)]) == 0
    assert run(["cassettes", "prune", str(cassette)]) == 0


def test_another_spec_can_be_named_and_none_is_said(
    cassette: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    record(cassette, FOUNDERS)
    other = tmp_path / "y.yaml"
    other.write_text(SPEC.replace("founders", "others"), encoding="utf-8")
    assert run(["cassettes", "audit", str(cassette), "--spec", "y.yaml"]) == 1
    (tmp_path / "x.yaml").unlink()
    assert run(["cassettes", "audit", str(cassette)]) == 0
    assert "nothing is said about orphans" in capsys.readouterr().err
    assert run(["cassettes", "prune", str(cassette)]) == 2
    assert "--spec" in capsys.readouterr().err


def test_several_as_one_json_document(
    cassette: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    record(cassette, FOUNDERS, said="write to anna@contoso.com")
    (tmp_path / "v.yaml").write_text("interactions: []\n", encoding="utf-8")
    assert run(["cassettes", "audit", "x.cassette", "v.yaml", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    one, other = document["cassettes"]
    assert document["format_version"] == 1
    assert (one["cassette"], one["files"], one["exchanges"]) == ("x.cassette", 2, 1)
    assert one["findings"][0]["kind"] == "secret"
    assert other["findings"] == []


@pytest.mark.parametrize("verb", ["audit", "prune"])
def test_what_is_no_cassette_is_a_wrong_request(
    verb: str, cassette: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(["cassettes", verb, "nowhere"]) == 2
    assert run(["cassettes", verb, str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert "is no cassette" in said
    assert "--record" in said


def test_a_foreign_file_is_looked_through_where_it_is(
    cassette: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "v.yaml").write_text('key1: "0a1b2c3d4e5f6071"\n', encoding="utf-8")
    assert run(["cassettes", "audit", "sub/v.yaml"]) == 1
    assert capsys.readouterr().out == "sub/v.yaml key1: secret: field: 0a1b… (16 characters)\n"


def test_nothing_from_a_cassette_can_move_the_cursor(
    cassette: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record(cassette, FOUNDERS)
    (cassette / "a\x1b[2Jb.txt").write_text("x", encoding="utf-8")
    assert run(["cassettes", "audit", str(cassette)]) == 1
    assert "\x1b" not in capsys.readouterr().out
