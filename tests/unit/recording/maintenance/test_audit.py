"""An audit looks into every file; pruning takes out what the spec has no more, and nothing else."""

from __future__ import annotations

import base64
import gzip
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from harness.app.cassettes import AuditFinding, DeclaredExchanges
from harness.conversation.ports import Place
from harness.errors import OutsideError, RequestError
from harness.exchange import PlainRequest, PlainResponse
from harness.recording.maintenance.audit import audit, audit_file, declare
from harness.recording.maintenance.prune import prune
from harness.recording.storage import codec
from harness.recording.storage.exchange import CommandSlot, RecordedExchange
from harness.recording.storage.folder import Folder, Manifest, read_manifest
from harness.recording.storage.naming import MANAGEMENT, MANIFEST, name_target_file, name_trial_file
from tests.unit.redaction.planted import plant

PLANTED = plant(23)
MINI = Place("sweden/mini", "founders", None, "default", 2, 0)
CASE = Place("sweden/mini", "capitals", "sweden", "concise", 2, 0)
PLACES = (MINI, CASE)
DECLARED = declare(PLACES, ["sweden/mini", "sweden/judge"], management=True)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    yield


def exchange(place: Place | CommandSlot, text: str = "hello") -> RecordedExchange:
    return RecordedExchange(
        place,
        PlainRequest("POST", "https://sweden.account.invalid/openai/v1/chat/completions", {},
             json.dumps({"messages": [{"role": "user", "content": text}]}).encode()),
        PlainResponse(200, {"content-type": "application/json"}, b'{"choices": []}'),
        0.5,
    )  # fmt: skip


def record(path: Path, *, said: str = "hello") -> Folder:
    folder = Folder(path, alone, Manifest("simulator"))
    for place in PLACES:
        turns = [replace(place, repeat=repeat, turn=1) for repeat in (1, 2)]
        exchanges = [exchange(turn, said) for turn in turns]
        folder.write(name_trial_file(place), codec.encode_trials(place, exchanges), str)
    notes = codec.TargetNotes("sweden/mini", "2026-09-01T00:00:00Z")
    folder.write(name_target_file("sweden/mini"), codec.encode_target(notes), str)
    management = codec.encode_management(
        [exchange(CommandSlot("plan"))], "2026-09-01T00:00:00Z", {"plan": "2026-09-01"}
    )
    folder.write(MANAGEMENT, management, str)
    folder.list_written()
    return folder


def found(path: Path, declared: DeclaredExchanges | None = DECLARED) -> list[tuple[str, str]]:
    return [(one.kind, one.file) for one in audit(path, declared).findings]


def test_a_cassette_as_it_was_recorded_is_clean(tmp_path: Path) -> None:
    record(tmp_path)
    looked = audit(tmp_path, DECLARED)
    assert looked.findings == ()
    assert (looked.files, looked.exchanges) == (5, 5)


@pytest.mark.parametrize("kind", PLANTED)
def test_each_planted_secret_is_found_with_its_place(kind: str, tmp_path: Path) -> None:
    secret, text = PLANTED[kind]
    record(tmp_path, said=text)
    secrets = [one for one in audit(tmp_path, None).findings if one.kind == "secret"]
    assert {one.file for one in secrets} == {name_trial_file(place) for place in PLACES}
    assert "exchanges[0].request.json.messages[0].content" in {one.where for one in secrets}
    assert all(secret not in one.what for one in secrets)


def test_a_secret_in_a_file_that_no_manifest_lists_is_found_too(tmp_path: Path) -> None:
    record(tmp_path)
    key = PLANTED["azure key, 32 digits"][0]
    (tmp_path / "notes.txt").write_text(f"the key is {key}", encoding="utf-8")
    (tmp_path / ".hidden").write_text(f"the key is {key}", encoding="utf-8")
    (tmp_path / "body.bin").write_bytes(gzip.compress(f'{{"key1": "{key}"}}'.encode()))
    assert sorted(found(tmp_path)) == [
        ("secret", ".hidden"),
        ("secret", "body.bin"),
        ("secret", "notes.txt"),
        ("unlisted", "body.bin"),
        ("unlisted", "notes.txt"),
    ]


def test_any_flipped_bit_is_found(tmp_path: Path) -> None:
    record(tmp_path)
    for name in sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.json")):
        file = tmp_path / name
        data = file.read_bytes()
        for place in range(0, len(data), max(1, len(data) // 25)):
            for bit in (0, 5, 7):
                flipped = bytearray(data)
                flipped[place] ^= 1 << bit
                file.write_bytes(flipped)
                assert audit(tmp_path, DECLARED).findings, (name, place, bit)
        file.write_bytes(data)
    assert found(tmp_path) == []


def test_newlines_of_another_system_are_no_change(tmp_path: Path) -> None:
    record(tmp_path)
    for file in tmp_path.rglob("*.json"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert found(tmp_path) == []


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "changed"),
        (b"null", "changed"),
        (b"[" * 200_000, "changed"),
        (b"\xff\xfe\x00", "format"),
        (b"!!python/object/apply:os.system ['true']", "changed"),
        (b'{"format_version": 2}', "changed"),
    ],
)
def test_whatever_stands_in_a_file_is_said_and_not_followed(
    content: bytes, kind: str, tmp_path: Path
) -> None:
    record(tmp_path)
    name = name_trial_file(MINI)
    (tmp_path / name).write_bytes(content)
    assert (kind, name) in found(tmp_path)


def test_a_file_that_is_gone_and_a_file_that_is_elsewhere_are_said(tmp_path: Path) -> None:
    record(tmp_path)
    (tmp_path / name_trial_file(MINI)).unlink()
    assert found(tmp_path) == [("changed", name_trial_file(MINI))]


def test_a_file_that_leads_out_of_the_cassette_is_not_opened(tmp_path: Path) -> None:
    cassette = tmp_path / "a.cassette"
    record(cassette)
    (tmp_path / "secret.txt").write_text(PLANTED["jwt"][0], encoding="utf-8")
    (cassette / "link.txt").symlink_to(tmp_path / "secret.txt")
    assert found(cassette) == [("format", "link.txt")]


def test_a_file_listed_under_the_name_of_another_is_said(tmp_path: Path) -> None:
    folder = record(tmp_path)
    wrong = codec.encode_trials(CASE, [exchange(replace(CASE, turn=1))])
    folder.write(name_trial_file(MINI), wrong, str)
    folder.list_written()
    assert ("format", name_trial_file(MINI)) in found(tmp_path)


def test_a_broken_manifest_is_a_finding_and_secrets_are_still_looked_for(tmp_path: Path) -> None:
    record(tmp_path, said=PLANTED["github token"][1])
    (tmp_path / MANIFEST).write_text("{", encoding="utf-8")
    kinds = [kind for kind, _ in found(tmp_path)]
    assert kinds.count("changed") == 1
    assert kinds.count("secret") == 4


def test_a_folder_without_a_manifest_is_no_cassette(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="is no cassette"):
        audit(tmp_path, None)
    with pytest.raises(RequestError, match="it is not there"):
        audit(tmp_path / "nowhere", None)


GONE = {
    "conversation": (replace(MINI, conversation="other"), "no conversation 'founders'"),
    "target": (replace(MINI, target="sweden/five"), "no target 'sweden/mini'"),
    "variant": (replace(MINI, variant="plain"), "no variant 'default'"),
    "case": (replace(MINI, case="x"), "'founders' without a case"),
}


@pytest.mark.parametrize("what", GONE)
def test_an_orphan_is_told_by_what_is_gone(what: str, tmp_path: Path) -> None:
    record(tmp_path)
    place, said = GONE[what]
    other = replace(CASE, target=place.target)
    declared = declare((place, other), [place.target], management=True)
    orphans = [one for one in audit(tmp_path, declared).findings if one.kind == "orphan"]
    (mine,) = [one for one in orphans if one.file == name_trial_file(MINI)]
    assert said in mine.what


def test_repeats_management_and_targets_can_be_orphans(tmp_path: Path) -> None:
    record(tmp_path)
    once = [replace(place, repeat=1) for place in PLACES]
    declared = declare(once, ["sweden/other"], management=False)
    orphans = {(one.file, one.where) for one in audit(tmp_path, declared).findings}
    assert orphans == {
        (MANAGEMENT, ""),
        (name_target_file("sweden/mini"), ""),
        (name_trial_file(MINI), "repeat 2"),
        (name_trial_file(CASE), "repeat 2"),
    }


def test_without_a_spec_nothing_is_an_orphan(tmp_path: Path) -> None:
    record(tmp_path)
    assert found(tmp_path, None) == []


def test_pruning_takes_out_orphans_and_leaves_a_clean_cassette(tmp_path: Path) -> None:
    folder = record(tmp_path)
    kept = replace(MINI, repeat=1)
    declared = declare([kept], ["sweden/mini"], management=True)
    gone = prune(folder, declared, dry_run=False)
    assert {one.file for one in gone} == {name_trial_file(MINI), name_trial_file(CASE)}
    assert found(tmp_path, declared) == []
    assert not (tmp_path / name_trial_file(CASE)).parent.parent.exists()
    manifest = read_manifest(tmp_path)
    assert manifest is not None
    assert name_trial_file(CASE) not in manifest.files
    text = (tmp_path / name_trial_file(MINI)).read_text(encoding="utf-8")
    assert [one["repeat"] for one in json.loads(text)["exchanges"]] == [1]


def test_pruning_leaves_the_marks_of_errors_of_the_repeats_that_stay(tmp_path: Path) -> None:
    folder = record(tmp_path)
    exchanges = [exchange(replace(MINI, repeat=repeat, turn=1)) for repeat in (1, 2)]
    folder.write(name_trial_file(MINI), codec.encode_trials(MINI, exchanges, {1, 2}), str)
    folder.list_written()
    declared = declare([replace(MINI, repeat=1), CASE], ["sweden/mini"], management=True)
    prune(folder, declared, dry_run=False)
    (finding,) = audit(tmp_path, declared).findings
    assert (finding.kind, finding.where) == ("error", "repeat 1")


def test_a_dry_run_says_the_same_and_changes_nothing(tmp_path: Path) -> None:
    folder = record(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.json")}
    declared = declare([replace(MINI, repeat=1)], ["sweden/mini"], management=True)
    said = prune(folder, declared, dry_run=True)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.json")} == before
    assert prune(folder, declared, dry_run=False) == said
    assert prune(folder, declared, dry_run=False) == ()


def test_pruning_goes_on_where_it_was_interrupted(tmp_path: Path) -> None:
    folder = record(tmp_path)
    text = (tmp_path / name_trial_file(CASE)).read_bytes()
    declared = declare([MINI], ["sweden/mini"], management=True)
    prune(folder, declared, dry_run=False)
    (tmp_path / name_trial_file(CASE)).parent.mkdir(parents=True)
    (tmp_path / name_trial_file(CASE)).write_bytes(
        text
    )  # the manifest was written, this was not removed
    assert found(tmp_path, declared) == [("unlisted", name_trial_file(CASE))]
    assert prune(folder, declared, dry_run=False)
    assert found(tmp_path, declared) == []


def test_a_file_that_was_changed_is_not_written_anew_by_pruning(tmp_path: Path) -> None:
    folder = record(tmp_path)
    file = tmp_path / name_trial_file(MINI)
    file.write_bytes(file.read_bytes().replace(b"hello", b"hallo"))
    declared = declare([replace(place, repeat=1) for place in PLACES], ["sweden/mini"],
                       management=True)  # fmt: skip
    before = file.read_bytes()
    with pytest.raises(OutsideError, match="was changed after it was recorded"):
        prune(folder, declared, dry_run=False)
    assert file.read_bytes() == before


def foreign(path: Path, **body: object) -> tuple[AuditFinding, ...]:
    interaction = {"request": {"uri": "https://x", "headers": {}}, "response": {"body": body}}
    document = {"interactions": [interaction], "version": 1}
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return audit_file(path).findings


def test_a_plain_vcrpy_file_is_looked_through(tmp_path: Path) -> None:
    text = PLANTED["e-mail address"][1]
    file = tmp_path / "x.yaml"
    (one,) = foreign(file, string=json.dumps({"to": text}))
    assert (one.kind, one.where) == ("secret", "interactions[0].response.body.string.to")
    assert foreign(file, string=gzip.compress(text.encode()))
    assert foreign(file, base64_string=base64.b64encode(text.encode()).decode())
    assert foreign(file, key1=PLANTED["azure key, 32 digits"][0])
    assert foreign(file, string="nothing") == ()


def test_a_foreign_file_cannot_make_anything_run_or_explode(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text("a: !!python/object/apply:os.abort []\n", encoding="utf-8")
    (one,) = audit_file(file).findings
    assert one.kind == "format"
    assert "python/object" in one.what
    file.write_text("[" * 100_000, encoding="utf-8")
    assert audit_file(file).findings == ()
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    file.write_text("\n".join(["a0: &a0 [x]", *levels]), encoding="utf-8")
    assert audit_file(file).findings == ()


def test_findings_in_real_recordings_are_keys_signatures_and_cookies(shared_data: Path) -> None:
    files = sorted((shared_data / "recordings").glob("*/*.yaml"))
    assert len(files) > 100
    amiss = {file.name: audit_file(file).findings for file in files}
    with_findings = [name for name, findings in amiss.items() if findings]
    assert 0 < len(with_findings) < 15
    said = {one.what.partition(":")[0] for findings in amiss.values() for one in findings}
    assert said <= {"azure-key", "sas", "field"}


@pytest.mark.parametrize("name", [name_trial_file(MINI), MANIFEST])
def test_what_a_killed_recording_left_half_written_is_found_and_taken_out(
    name: str, tmp_path: Path
) -> None:
    folder = record(tmp_path)
    whole = tmp_path / name
    left, fresh, other = (whole.with_name(f".{whole.name}.{tail}") for tail in SUFFIXES)
    for path in (left, fresh, other):
        path.write_text('{"exchanges": [', encoding="utf-8")
    for path in (left, other):
        os.utime(path, (0, 0))
    old, new = half_written(tmp_path, left), half_written(tmp_path, fresh)
    assert set(audit(tmp_path, DECLARED).findings) == {old, new}
    assert prune(folder, DECLARED, dry_run=True) == (old,)
    assert left.exists()
    assert prune(folder, DECLARED, dry_run=False) == (old,)
    assert not left.exists()
    assert fresh.exists(), "another process may be writing it"
    assert other.exists(), "it is none of ours"
    assert audit(tmp_path, DECLARED).findings == (new,)


def test_a_temporary_file_of_another_writer_is_found_however_young_it_is(tmp_path: Path) -> None:
    record(tmp_path)
    whole = tmp_path / name_trial_file(MINI)
    left = whole.with_name(f".{whole.name}.x1y2z3.tmp")
    left.touch()
    assert audit(tmp_path, DECLARED).findings == (half_written(tmp_path, left),)


def half_written(cassette: Path, file: Path) -> AuditFinding:
    name = file.relative_to(cassette).as_posix()
    return AuditFinding("orphan", name, "", "a recording that was killed left it half written")


SUFFIXES = ("x7_k2m9q", "a1b2c3d4", "bak")
