"""The evaluators of a prompt as assertions, with their meaning: most do not mind case.

Source: github/gh-models, cmd/eval/eval.go and builtins.go (2025): ``contains``, ``startsWith`` and
``endsWith`` compare without case, ``equals`` with it, all against the reply without white space
around it; a judge's answer is searched for the choices in their order, and any score above 0
passes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from harness.azure.catalogue import find_newest_day
from harness.importers.deployments import JUDGE, StandIn, find_beside, find_stand_in
from harness.spec.document.located import Node
from harness.spec.document.template import REFERENCE

Note = Callable[..., None]

STRINGS = ("equals", "contains", "startsWith", "endsWith")
BUILT_IN = {
    "similarity": "The reply says the same as this answer, in whatever words: {{expected}}",
    "coherence": "The reply is coherent: its sentences follow from one another and answer what was "
    "asked.",
    "fluency": "The reply is fluent: its grammar is right, its words varied, and it reads easily.",
    "relevance": "The reply is relevant: it answers what was asked, completely, and nothing else.",
    "groundedness": "The reply is grounded: everything it says is in this context: {{expected}}",
}
"""Sentences that say what GitHub's own evaluators judge."""
LEAST = 0.25
"""Two stars of five, the least that passed."""


class JudgeDeployments:
    """The deployments that judge: one for each model that an evaluator names."""

    def __init__(self) -> None:
        self._targets: dict[str, tuple[str, StandIn]] = {}

    @property
    def first(self) -> str | None:
        """The target that judges where an assertion names none; None where nobody judges."""
        return next((f"sweden/{handle}" for handle, _ in self._targets.values()), None)

    def name_target(self, model: str | None) -> tuple[str, str]:
        """Return the target that judges in the place of a model, and what to know about it.

        Where no model is named, the one that judges already does.
        """
        asked = model or next(iter(self._targets), JUDGE)
        if asked not in self._targets:
            number = len(self._targets) + 1
            handle = "judge" if number == 1 else f"judge-{number}"
            on = find_newest_day()
            stand_in = find_stand_in(asked, on) if model else find_beside(JUDGE, on)
            self._targets[asked] = (handle, stand_in)
        handle, stand_in = self._targets[asked]
        return f"sweden/{handle}", stand_in.note

    def list_deployments(self) -> dict[str, Any]:
        """Return the deployments, by their handles."""
        return {handle: one.to_document(20) for handle, one in self._targets.values()}


def read_evaluator(
    node: Node, names: tuple[str, ...], judges: JudgeDeployments, note: Note
) -> list[dict[str, Any]]:
    """Return the assertions of an evaluator; ``note`` gets what does not map."""
    named = node.at("name")
    metric = str(named.value) if named is not None and named.value else None
    beside = {"metric": metric} if metric else {}
    string, llm, uses = node.at("string"), node.at("llm"), node.at("uses")
    if string is not None:
        return _read_strings(string, names, beside, note)
    if llm is not None:
        return _read_judge(llm, names, beside, judges, note)
    if uses is not None:
        return _read_built_in(uses, names, beside, judges, note)
    note(node.span, f"evaluator {metric or ''}".strip(), "it says nothing to check", "broken")
    return []


def _read_strings(
    string: Node, names: tuple[str, ...], beside: dict[str, Any], note: Note
) -> list[dict[str, Any]]:
    """Return the one comparison that counts: of several GitHub Models looks at the first."""
    for key in string.items:
        if key not in STRINGS:
            note(
                string.key_span(key), f"string.{key}", "it compares in a way nobody knows", "broken"
            )
    present = [
        key for key in ("equals", "contains", "startsWith", "endsWith") if key in string.items
    ]
    if not present:
        return []
    for key in present[1:]:
        note(string.key_span(key), f"string.{key}", f"only {present[0]} beside it counts", "broken")
    key = present[0]
    held = string.items[key]
    text = "" if held.value is None else str(held.raw or held.value)
    written = _keep_names(text, names, held, note)
    has_names = any(match[1] for match in REFERENCE.finditer(written))
    if key == "equals":
        return [{"equals": written, **beside}]
    if key == "contains":
        return [{"icontains": written, **beside}]
    if has_names:  # a pattern cannot hold a value: what stands in it would be read as a pattern
        name = "starts-with" if key == "startsWith" else "ends-with"
        reason = f"{name} minds case, and the value comes from data"
        note(string.key_span(key), f"string.{key}", reason, "changed")
        return [{name: written, **beside}]
    escaped = re.escape(text).replace(r"\ ", " ").replace("{{", r"\{\{")
    pattern = rf"(?i)^\s*{escaped}" if key == "startsWith" else rf"(?i){escaped}\s*$"
    return [{"regex": pattern, **beside}]


def _keep_names(text: str, names: tuple[str, ...], held: Node, note: Note) -> str:
    """Return a text whose names of data stay: GitHub Models compares with the braces themselves."""

    def keep(match: re.Match[str]) -> str:
        if match[1] is not None and match[1] in names:
            reason = "GitHub Models compares with the braces themselves: here the data is put in"
            note(held.span, match[0], reason, "changed")
            return match[0]
        return "\\" + match[0] if match[1] is not None else match[0]

    return REFERENCE.sub(keep, text)


def _read_judge(
    llm: Node, names: tuple[str, ...], beside: dict[str, Any], judges: JudgeDeployments, note: Note
) -> list[dict[str, Any]]:
    model, prompt = llm.at("modelId") or llm.at("model"), llm.at("prompt")
    if prompt is None or prompt.text is None:
        note(llm.span, "llm", "it has no prompt", "broken")
        return []
    target, told = judges.name_target(str(model.value) if model is not None else None)
    if told and model is not None:
        note(model.span, f"judge {model.value}", told, "changed")
    choices = _read_choices(llm, note)
    if not choices:
        return []
    system = llm.at("systemPrompt")
    texts = [system.text] if system is not None and system.text else []
    known = {*names, "completion"}
    texts.append(REFERENCE.sub(lambda match: _keep_known(match, known), prompt.text))
    scale = ", ".join(f"{score:g} for {choice!r}" for choice, score in choices)
    texts.append(f"Give as your score: {scale}.")
    passing = [score for _, score in choices if score > 0]
    check: dict[str, Any] = {
        "llm-rubric": beside.get("metric", "the prompt of the evaluator"),
        "rubric_prompt": "\n\n".join(texts),
        "threshold": min([1.0, *passing]),
        **beside,
    }
    if target != judges.first:
        check["judge"] = target
    reason = "a judge answers with a score and a reason, not with a word that is searched for"
    note(prompt.span, "llm.prompt", reason, "changed")
    return [check]


def _keep_known(match: re.Match[str], known: set[str]) -> str:
    if match[1] is None or match[1] in known:
        return match[0]
    return "\\" + match[0]


def _read_choices(llm: Node, note: Note) -> list[tuple[str, float]]:
    written = llm.at("choices")
    choices = []
    for one in written.elements if written is not None else []:
        choice, score = one.at("choice"), one.at("score")
        value = score.value if score is not None else None
        if choice is None or isinstance(value, bool) or not isinstance(value, int | float):
            note(one.span, "a choice", "it has no choice, or no score that is a number", "broken")
        else:
            clipped = float(min(1, max(0, value)))
            if clipped != value:
                note(
                    one.span,
                    f"score {str(value)[:40]}",
                    f"a score is from 0 to 1: {clipped:g}",
                    "changed",
                )
            choices.append((str(choice.raw or choice.value), clipped))
    if not choices:
        note(llm.span, "llm", "it has no choices: every reply would fail", "broken")
    return choices


def _read_built_in(
    uses: Node, names: tuple[str, ...], beside: dict[str, Any], judges: JudgeDeployments, note: Note
) -> list[dict[str, Any]]:
    written = str(uses.value)
    rubric = BUILT_IN.get(written.removeprefix("github/"))
    if rubric is None or not written.startswith("github/"):
        note(uses.span, f"uses {written}", "nobody knows this evaluator: it is skipped")
        return [{"skip": f"{written} of GitHub Models could not be carried over", **beside}]
    wanted = [match[1] for match in REFERENCE.finditer(rubric)]
    absent = [name for name in wanted if name not in names]
    if absent:
        reason = f"the test data has no column {absent[0]}, which it compares with"
        note(uses.span, f"uses {written}", reason, "broken")
        return [{"skip": f"{written}: {reason}", **beside}]
    target, _ = judges.name_target(None)
    reason = "GitHub's own judge gave stars by its own prompt; here it is a sentence to llm-rubric"
    note(uses.span, f"uses {written}", reason, "changed")
    check: dict[str, Any] = {"llm-rubric": rubric, "threshold": LEAST, **beside}
    if target != judges.first:
        check["judge"] = target
    return [check]
