"""A comparison as JSON: for programs (``compare --json``), and beside the run it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from harness.compare.comparison.model import (
    CaseChange,
    CaseShare,
    ComparedSide,
    Comparison,
    Pair,
    RunRef,
)
from harness.compare.figures import Rate
from harness.results.codec import encode_line
from harness.results.lines import RunFormatError

FORMAT_VERSION = 1
Json = dict[str, Any]


class _Saved(msgspec.Struct):
    format_version: int
    comparison: Comparison


def encode_comparison(comparison: Comparison) -> str:
    """Write a comparison whole, to be read back: it is kept beside the run."""
    return msgspec.json.encode(_Saved(FORMAT_VERSION, comparison)).decode() + "\n"


def decode_comparison(text: str | bytes) -> Comparison:
    """Read back a comparison that was kept.

    Raises:
        RunFormatError: it is none that this version reads.
    """
    try:
        return msgspec.json.decode(text, type=_Saved).comparison
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise RunFormatError(f"not a comparison: {error}") from error


def format_comparison(comparison: Comparison) -> str:
    """Write the document of ``compare --json`` on one line, with the contract's names."""
    return encode_line(comparison_as_json(comparison))


def comparison_as_json(comparison: Comparison) -> Json:
    """Make the document of ``compare --json``. Source: the contract, section 5."""
    return {
        "format_version": FORMAT_VERSION,
        "base": comparison.base.id,
        "head": comparison.head.id,
        "runs": {"base": _run(comparison.base), "head": _run(comparison.head)},
        "pairs": [_pair(pair) for pair in comparison.pairs],
        "unpaired": [_plain(one) for one in comparison.unpaired],
        "gate": {
            "verdict": comparison.gate.word,
            "reasons": list(comparison.gate.reasons),
            "exit_code": int(comparison.gate.exit_code),
        },
        "notes": list(comparison.notes),
    }


def _run(run: RunRef) -> Json:
    return _plain(run)


def _pair(pair: Pair) -> Json:
    return {
        "a": pair.a.target.name,
        "b": pair.b.target.name,
        "variant_a": pair.a.variant,
        "variant_b": pair.b.variant,
        "conversations": pair.conversations,
        "repeats": pair.repeats,
        "pass_rate_a": _rate(pair.a.pass_rate),
        "pass_rate_b": _rate(pair.b.pass_rate),
        "difference": _plain(pair.difference),
        "verdict": pair.verdict,
        "needed": None if pair.needed is None else _plain(pair.needed),
        "changed": [_plain(one) for one in pair.changed],
        "sides": {"a": _side(pair.a), "b": _side(pair.b)},
        "latency": None if pair.latency is None else _plain(pair.latency),
        "cost": None if pair.cost is None else _plain(pair.cost),
        "cases": [_case(case) for case in pair.cases],
    }


def _rate(rate: Rate) -> Json:
    return {"value": rate.value, "low": rate.low, "high": rate.high}


def _side(side: ComparedSide) -> Json:
    return {
        "passes_every": side.passes_every,
        "passes_any": side.passes_any,
        "flaky": side.flaky,
        "cost_usd": side.cost_usd,
        "latency_s": side.latency_s,
        "model": side.target.model,
        "version": side.target.version,
    }


def _case(case: CaseChange) -> Json:
    return {
        "conversation": case.conversation,
        "case": case.case,
        "kind": case.kind,
        "a": _share(case.a),
        "b": _share(case.b),
        "p_value": case.p_value,
        "q_value": case.q_value,
        "known_failing": case.known_failing,
    }


def _share(share: CaseShare | None) -> Json | None:
    if share is None:
        return None
    return {"passed": share.passed, "played": share.played, "outcome": share.outcome}


def _plain(value: object) -> Json:
    built = msgspec.to_builtins(value)
    assert isinstance(built, Mapping), "a dataclass"  # noqa: S101
    return dict(built)
