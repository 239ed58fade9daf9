"""Azure's filter annotations of one answer: the worst of each category, over all its segments.

A stream carries an annotation with each piece of text, and one that the asynchronous filter sends
later may be harmless again; what it found is a finding all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_SEVERITIES: Final = ("safe", "low", "medium", "high")
_FOUND: Final = ("filtered", "detected")


def merge_annotations(known: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Return the categories of both, each at its worst."""
    if known == more:  # as in nearly every chunk of a stream
        return dict(known)
    merged = dict(known)
    for category, found in more.items():
        merged[category] = _merge(known[category], found) if category in known else found
    return merged


def _merge(one: Any, other: Any) -> Any:
    """Merge two findings of one category: what is worse decides, details are collected."""
    if isinstance(one, list) and isinstance(other, list):
        return [*one, *(entry for entry in other if entry not in one)]
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return one if other is None else other
    worse, milder = (one, other) if _rank(one) >= _rank(other) else (other, one)
    merged = {**milder, **worse}
    for name in merged.keys() & one.keys() & other.keys():
        if name in _FOUND:
            merged[name] = bool(one[name]) or bool(other[name])
        elif name == "severity":
            merged[name] = max(one[name], other[name], key=_rank_severity)
        elif isinstance(one[name], list | Mapping):
            merged[name] = _merge(one[name], other[name])
    return merged


def _rank(found: Mapping[str, Any]) -> tuple[bool, bool, int]:
    return (
        bool(found.get("filtered")),
        bool(found.get("detected")),
        _rank_severity(found.get("severity")),
    )


def _rank_severity(severity: object) -> int:
    return _SEVERITIES.index(severity) if severity in _SEVERITIES else -1


def merge_prompts(known: list[Any], more: object) -> list[Any]:
    """Return the annotations of all prompts, each prompt once and at its worst."""
    merged = list(known)
    for entry in more if isinstance(more, list) else [more]:
        same = next((n for n, one in enumerate(merged) if _is_same_prompt(one, entry)), None)
        if same is None:
            merged.append(entry)
        else:
            merged[same] = _merge(merged[same], entry)
    return merged


def _is_same_prompt(one: object, other: object) -> bool:
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return one == other
    return bool(one.get("prompt_index", 0) == other.get("prompt_index", 0))


def join_annotations(prompt: object, completion: object) -> dict[str, Any] | None:
    """Return the annotations of prompts and completion; None where there are none at all."""
    found = {}
    if prompt:
        found["prompt_filter_results"] = prompt
    if completion:
        found["content_filter_results"] = completion
    return found or None


def note_filter_error(annotations: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Return a note where the filter itself failed, so that nothing was filtered; else nothing.

    Source: azure-ai-docs, openai/how-to/content-filters.md: ``content_filter_results.error`` with
    the code ``content_filter_error``, message "The contents are not filtered".
    """
    prompts = (annotations or {}).get("prompt_filter_results")
    found = [annotations, *(prompts if isinstance(prompts, list) else ())]
    results = [one.get("content_filter_results") for one in found if isinstance(one, Mapping)]
    failed = any(isinstance(one, Mapping) and one.get("error") for one in results)
    return ("not filtered: the content filter failed",) if failed else ()
