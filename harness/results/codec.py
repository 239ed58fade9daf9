"""A run as text and back: ``run.json`` and the lines of ``results.jsonl``.

Shapes are the contract's, section 5. Keys beyond it are written only where they say something.
Readers take what they know, fill in what an older version did not write, and ignore the rest.
Text is UTF-8 and not escaped; the same run gives the same bytes.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import TypeVar

import msgspec

from harness.results.lines import RunDocument, RunFormatError, convert, decode_line, parse_object
from harness.results.measured import MeasuredColumn
from harness.results.model import (
    Result,
    RunInfo,
    TargetInfo,
    TrialId,
)
from harness.results.parts import (
    Json,
    check_as_json,
    failure_as_json,
    round_score,
    round_seconds,
    turn_as_json,
    turn_from_line,
)

FORMAT_VERSION = 1
MOST_LOOKS = 255
T = TypeVar("T")


_ENCODER = msgspec.json.Encoder()
_encode_anything = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_NO_LINE_OF_UTF8 = re.compile("[\x85\u2028\u2029\ud800-\udfff]")


def encode_line(value: object) -> str:
    """Write JSON on one line, characters as they are.

    Escaped, as JSON allows, is only what would not stay one line of UTF-8 everywhere: lone
    surrogates, and the characters beside the newline that some readers take for one.
    """
    try:
        text = _ENCODER.encode(value).decode()
    except (UnicodeEncodeError, TypeError, OverflowError):  # lone surrogates, names that are none
        text = _encode_anything(value)
    return text if text.isascii() else _escape_line_ends(text)


def format_indented(value: object) -> str:
    """Write JSON for people, with a newline at its end; escaped only as in ``encode_line``."""
    return _escape_line_ends(json.dumps(value, ensure_ascii=False, indent=2, default=str)) + "\n"


def _escape_line_ends(text: str) -> str:
    return _NO_LINE_OF_UTF8.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


# --- a result ---------------------------------------------------------------------------------


def encode_result(result: Result) -> str:
    """Return one line of ``results.jsonl``, without its newline."""
    return encode_line(result_as_json(result))


def result_as_json(result: Result) -> Json:
    """Return the document of one line of ``results.jsonl``."""
    trial = result.trial
    line: Json = {
        "conversation": trial.conversation,
        "case": trial.case,
        "target": trial.target,
        "variant": trial.variant,
        "repeat": trial.repeat,
        "question_sha256": result.question_sha256,
        "outcome": result.outcome,
        "score": round_score(result.score),
        "turns": [turn_as_json(turn) for turn in result.turns],
        "checks": [check_as_json(verdict) for verdict in result.verdicts],
        "error": failure_as_json(result.failure) if result.failure is not None else None,
    }
    if result.system is not None:
        line["system"] = result.system
    if result.tags:
        line["tags"] = list(result.tags)
    if result.judging.requests:
        line["judging"] = {name: getattr(result.judging, name) for name in result.judging.__slots__}
    return line


def decode_result(text: str | bytes) -> Result:
    """Read a result from its line.

    Raises:
        RunFormatError: the line is not JSON, or lacks what makes a result.
    """
    line = decode_line(text)
    failure, last = line.error, len(line.turns)
    return Result(
        trial=TrialId(line.conversation, line.case, line.target, line.variant, line.repeat),
        question_sha256=line.question_sha256,
        outcome=line.outcome,
        score=line.score,
        turns=tuple(
            [
                turn_from_line(turn, number, failure if number == last else None)
                for number, turn in enumerate(line.turns, start=1)
            ]
        ),
        verdicts=line.checks,
        failure=failure,
        system=line.system,
        tags=line.tags,
        judging=line.judging,
    )


# --- the run ----------------------------------------------------------------------------------


def run_as_json(info: RunInfo) -> Json:
    """Make the document of ``run.json``."""
    totals = info.totals
    return {
        "format_version": FORMAT_VERSION,
        "id": info.id,
        "spec": {
            "name": info.spec_name,
            "sha256": info.spec_sha256,
            **({"path": info.spec_path} if info.spec_path else {}),
        },
        "harness_version": info.harness_version,
        "started_at": info.started_at,
        "finished_at": info.finished_at,
        "status": info.status,
        "verdict": info.verdict,
        "exit_code": info.exit_code,
        "simulated": info.simulated,
        "replayed": info.replayed,
        "targets": [_target_as_json(target) for target in info.targets],
        "totals": {
            "trials": totals.trials,
            "passed": totals.passed,
            "failed": totals.failed,
            "blocked": totals.blocked,
            "truncated": totals.truncated,
            "errored": totals.errored,
            "skipped": totals.skipped,
            "requests": totals.requests,
            "input_tokens": totals.input_tokens,
            "output_tokens": totals.output_tokens,
            "cost_usd": totals.cost_usd,
            "wall_s": round_seconds(totals.wall_s),
        },
        "planned_trials": info.planned_trials,
        "selection": dict(info.selection),
        **({"engine": info.engine} if info.engine != "local" else {}),
        **({"looks": asdict(info.looks)} if info.looks else {}),
        **({"shard": asdict(info.shard)} if info.shard else {}),
        **({"halted": info.halted} if info.halted else {}),
        **({"stale": list(info.stale)} if info.stale else {}),
        **({"judges": [_target_as_json(judge) for judge in info.judges]} if info.judges else {}),
        **({"embeddings": _target_as_json(info.embeddings)} if info.embeddings else {}),
        **(
            {"columns": [_column_as_json(column) for column in info.columns]}
            if info.columns
            else {}
        ),
        **({"unknown": asdict(info.unknown)} if info.unknown else {}),
    }


def encode_run(info: RunInfo) -> str:
    """Write the text of ``run.json``, indented for people."""
    return format_indented(run_as_json(info))


def decode_run(text: str) -> RunInfo:
    """Read a run's description from ``run.json``.

    Raises:
        RunFormatError: not JSON, not a run, or of a newer format than this version reads.
    """
    document = parse_object(text, "run.json")
    version = document.get("format_version", FORMAT_VERSION)
    if not isinstance(version, int) or version > FORMAT_VERSION:
        raise RunFormatError(
            f"format {version} is newer than this version reads ({FORMAT_VERSION}): upgrade harness"
        )
    read = convert(document, RunDocument, "a run")
    looks = read.looks
    if looks is not None and not 0 <= looks.at <= looks.planned <= MOST_LOOKS:
        raise RunFormatError(f"not a run: look {looks.at} of {looks.planned} cannot be")
    if (shard := read.shard) is not None and not 1 <= shard.index <= shard.of:
        raise RunFormatError(f"not a run: {shard} cannot be")
    return RunInfo(
        id=read.id,
        spec_name=read.spec.name,
        spec_sha256=read.spec.sha256,
        harness_version=read.harness_version,
        started_at=read.started_at,
        targets=read.targets,
        finished_at=read.finished_at,
        status=read.status,
        verdict=read.verdict,
        exit_code=read.exit_code,
        simulated=read.simulated,
        replayed=read.replayed,
        totals=read.totals,
        planned_trials=read.planned_trials,
        selection=read.selection,
        stale=read.stale,
        judges=read.judges,
        embeddings=read.embeddings,
        spec_path=read.spec.path,
        looks=looks,
        columns=read.columns,
        halted=read.halted,
        unknown=read.unknown,
        shard=read.shard,
        engine=read.engine,
    )


def _column_as_json(column: MeasuredColumn) -> Json:
    rate = column.pass_rate
    return {
        "target": column.target,
        "variant": column.variant,
        "trials": column.trials,
        "pass_rate": None
        if rate is None
        else {
            "value": round(rate.value, 6),
            "low": round(rate.low, 6),
            "high": round(rate.high, 6),
        },
        "cost_usd": None if column.cost_usd is None else round(column.cost_usd, 9),
        "p50_s": round_seconds(column.p50_s),
        "p95_s": round_seconds(column.p95_s),
        "answered_by": list(column.answered_by),
    }


def _target_as_json(target: TargetInfo) -> Json:
    written: Json = {
        "name": target.name,
        "model": target.model,
        "version": target.version,
        "region": target.region,
        "sku": target.sku,
        "capacity": target.capacity,
        "simulated": target.simulated,
    }
    if target.adapted:
        written["adapted"] = list(target.adapted)
    return written
