"""Find faults in a cassette: secrets, changes by hand, files that nothing of the spec plays.

Nothing is believed: every file is looked into, whether the manifest lists it or not, and nothing
that is found there is followed, evaluated or built.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, Final

from harness.app.cassettes import Audit, AuditFinding, AuditKind, DeclaredExchanges
from harness.conversation.ports import Place
from harness.errors import Diagnostic, HarnessError, OutsideError, RequestError
from harness.fs.regular import open_regular
from harness.recording.storage import codec
from harness.recording.storage.errors import describe_error, find_errored_repeats
from harness.recording.storage.exchange import RecordedExchange
from harness.recording.storage.folder import (
    LARGEST_FILE_BYTES,
    NO_CASSETTE,
    Manifest,
    find_abandoned_files,
    read_manifest,
)
from harness.recording.storage.naming import (
    MANAGEMENT,
    MANIFEST,
    TARGETS,
    is_known,
    name_target_file,
    name_trial_file,
)
from harness.recording.storage.texts import hash_text
from harness.redaction.finding import SuspectedSecret, scan, scan_value
from harness.redaction.plain_yaml import scan_yaml
from harness.redaction.texts import is_json

UNREADABLE: Final = "H829"


def declare(
    places: Iterable[Place], targets: Iterable[str], *, management: bool
) -> DeclaredExchanges:
    """Declare what a spec would play, from the last repeat of each of its trials."""
    repeats: dict[str, int] = {}
    conversations: set[str] = set()
    variants: set[str] = set()
    for place in places:
        repeats[name_trial_file(place)] = place.repeat
        conversations.add(place.conversation)
        variants.add(place.variant)
    names = {
        "conversation": frozenset(conversations),
        "target": frozenset(targets),
        "variant": frozenset(variants),
    }
    return DeclaredExchanges(repeats, names, management)


def audit(folder: Path, declared: DeclaredExchanges | None) -> Audit:
    """Look at every file of a cassette; orphans are found where it is known what is declared.

    Raises:
        RequestError: the folder is no cassette.
        OutsideError: a file cannot be opened.
    """
    findings: list[AuditFinding] = []
    try:
        manifest = read_manifest(folder)
    except OutsideError as error:
        findings.append(AuditFinding("changed", MANIFEST, "", _find_reason(error)))
        manifest = Manifest()
    if manifest is None:
        raise make_no_cassette_error(folder)
    is_whole = not findings
    names = sorted(_list_files(folder))
    exchanges = 0
    for name in names:
        heard, found = _audit_file(folder, name, manifest, declared)
        exchanges += heard
        findings += (one for one in found if is_whole or one.kind != "unlisted")
    findings += find_abandoned(folder)
    findings += (
        AuditFinding("changed", name, "", f"{MANIFEST} lists it, and it is not there")
        for name in sorted(manifest.files.keys() - set(names))
    )
    return Audit(len(names), exchanges, tuple(findings))


def audit_file(path: Path) -> Audit:
    """Look for secrets in one file that another program recorded: vcrpy's YAML, or any text.

    Raises:
        OutsideError: it cannot be opened.
    """
    data = _read_bytes(path)
    if data is None:
        return Audit(1, 0, (_make_size_finding(path.name),))
    return Audit(1, 0, tuple(_find_secrets(path.name, data)))


def make_no_cassette_error(folder: Path) -> RequestError:
    """Make the error for a place where there is nothing to look at."""
    what = f"has no {MANIFEST}" if folder.is_dir() else "is not there"
    return RequestError(
        Diagnostic(
            NO_CASSETTE,
            f"{folder} is no cassette",
            f"it {what}",
            hint="a cassette is a folder that `harness eval --record` wrote; "
            "of other recordings name the file itself",
        )
    )


def find_abandoned(folder: Path, *, older_than_s: float = 0.0) -> Iterator[AuditFinding]:
    """Find the files that a killed recording left half written: no replay reads them."""
    for name in sorted(find_abandoned_files(folder, older_than_s=older_than_s)):
        yield AuditFinding("orphan", name, "", "a recording that was killed left it half written")


def find_orphans(
    name: str, exchanges: Iterable[RecordedExchange], declared: DeclaredExchanges
) -> Iterator[AuditFinding]:
    """List what of a file nothing of the spec would play; the file as a whole has no ``where``."""
    if name == MANAGEMENT:
        if not declared.management:
            yield AuditFinding("orphan", name, "", "the spec provisions nothing any more")
        return
    if name.startswith(f"{TARGETS}/"):
        if name not in map(name_target_file, declared.names["target"]):
            yield AuditFinding("orphan", name, "", "the spec has no such target any more")
        return
    slots = [one.slot for one in exchanges if isinstance(one.slot, Place)]
    repeats = declared.repeats.get(name)
    if repeats is None:
        yield AuditFinding("orphan", name, "", _name_gone(slots[0] if slots else None, declared))
        return
    more = sorted({slot.repeat for slot in slots if slot.repeat > repeats})
    if more:
        plural = "s" if len(more) > 1 else ""
        numbers = ", ".join(map(str, more))
        what = f"repeat{plural} {numbers}: the spec plays {repeats}"
        yield AuditFinding("orphan", name, f"repeat {numbers}", what)


def _name_gone(slot: Place | None, declared: DeclaredExchanges) -> str:
    if slot is None:
        return "the spec has no such conversation, case, target or variant any more"
    for name, known in declared.names.items():
        if getattr(slot, name) not in known:
            return f"the spec has no {name} {getattr(slot, name)!r} any more"
    case = "without a case" if slot.case is None else f"with a case {slot.case!r}"
    return f"the spec does not play {slot.conversation!r} {case} any more"


def _audit_file(
    folder: Path, name: str, manifest: Manifest, declared: DeclaredExchanges | None
) -> tuple[int, list[AuditFinding]]:
    """Count the exchanges of a file and list its faults."""
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        return 0, [AuditFinding("format", name, "", "it leads out of the cassette")]
    data = _read_bytes(path)
    if data is None:
        return 0, [_make_size_finding(name)]
    findings = list(_find_secrets(name, data))
    if name == MANIFEST or _is_hidden(name):
        return 0, findings
    if name not in manifest.files:
        what = f"{MANIFEST} does not list it" if is_known(name) else "a cassette has no such file"
        return 0, [*findings, AuditFinding("unlisted", name, "", what)]
    try:
        text = data.decode("utf-8")
        if hash_text(text) != manifest.files[name]:
            findings.append(
                AuditFinding("changed", name, "", "it was changed after it was recorded")
            )
        document = codec.loads(text)
        exchanges, marked = read_exchanges(name, document), codec.decode_errored(document)
    except ValueError as error:
        return 0, [*findings, AuditFinding("format", name, "", str(error))]
    findings += _find_errors(name, exchanges, marked)
    if declared is not None:
        findings += find_orphans(name, exchanges, declared)
    return len(exchanges), findings


def _find_errors(
    name: str, exchanges: Iterable[RecordedExchange], marked: Iterable[int]
) -> Iterator[AuditFinding]:
    """Find repeats that ended in an error, in files without marks too."""
    failures = find_errored_repeats(exchanges)
    for repeat in sorted({*failures, *marked}):
        failure = failures.get(repeat)
        what = "a check of it errored" if failure is None else describe_error(failure)
        yield AuditFinding("error", name, f"repeat {repeat}", f"instead of an answer: {what}")


def read_exchanges(name: str, document: Mapping[str, Any]) -> list[RecordedExchange]:
    """Return the exchanges in a file of a cassette, by what its path says that it is.

    Raises:
        ValueError: it is something else.
    """
    if name == MANAGEMENT:
        return codec.decode_management(document)
    if name.startswith(f"{TARGETS}/"):
        if name_target_file(codec.decode_target(document).target) != name:
            raise ValueError("it belongs to another target")
        return []
    exchanges = codec.decode_trials(document)
    names = {each: document[each] for each in codec.NAMES}
    if name_trial_file(Place(**names, repeat=1, turn=0)) != name:
        raise ValueError("it belongs to another conversation, case, target or variant")
    return exchanges


def _find_secrets(name: str, data: bytes) -> Iterator[AuditFinding]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        found: Iterable[SuspectedSecret] = scan_value(data, ())
    else:
        is_yaml = name.endswith((".yaml", ".yml")) and not is_json(text)
        found = chain.from_iterable(scan_yaml(text)) if is_yaml else scan(text)
    for one in dict.fromkeys(found):
        kind: AuditKind = "format" if one.kind == "tag" else "secret"
        yield AuditFinding(kind, name, one.where, f"{one.kind}: {one.excerpt}")


def _list_files(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_file() or path.is_symlink():
            yield path.relative_to(folder).as_posix()


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") for part in name.split("/"))


def _read_bytes(path: Path) -> bytes | None:
    """Read a file; None when it holds more than a cassette's file may hold."""
    try:
        with open_regular(path) as file:
            data = file.read(LARGEST_FILE_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutsideError(
            Diagnostic(UNREADABLE, f"a file of a recording cannot be read: {reason}", str(path))
        ) from error
    return None if len(data) > LARGEST_FILE_BYTES else data


def _make_size_finding(name: str) -> AuditFinding:
    return AuditFinding("format", name, "", f"it is larger than {LARGEST_FILE_BYTES // 2**20} MB")


def _find_reason(error: HarnessError) -> str:
    (diagnostic,) = error.diagnostics
    return diagnostic.detail.rpartition(f"{MANIFEST}: ")[2] or diagnostic.summary
