"""Checks of the values, thresholds and patterns beside the name of an assertion."""

from __future__ import annotations

from harness.spec.document import walk
from harness.spec.document.located import Node
from harness.spec.document.problems import Problems
from harness.spec.document.words import describe, quote
from harness.spec.model.assertion_forms import SKIP, AssertionForm, AssertionForms
from harness.spec.values.kinds import is_number
from harness.spec.values.patterns import check_path, check_pattern


def check(root: Node, assertions: list[Node], problems: Problems, forms: AssertionForms) -> None:
    """Note values that an assertion cannot use, and patterns that are none."""
    for assertion in assertions:
        check_assertion(assertion, problems, forms)
    replies = root.at("simulator", "replies")
    for rule in replies.elements if replies is not None else []:
        match = rule.at("match")
        if match is not None:
            check_pattern(match, problems)


def check_assertion(assertion: Node, problems: Problems, forms: AssertionForms) -> None:
    """Note what one assertion cannot use."""
    name = walk.read_kind(assertion)
    if name != SKIP and name in forms:
        _check_assertion(assertion, name, forms[name], problems)


def _check_assertion(assertion: Node, name: str, form: AssertionForm, problems: Problems) -> None:
    value = assertion.at("value")
    if value is not None and value.value is None and not form.kind.may_be_null:
        value = None
    path = assertion.at("path")
    if path is not None:
        check_path(path, problems)
    config = assertion.at("config")
    if config is not None and not form.runs_code:
        summary = f"{quote(name)} takes no `config`: it is handed to the author's code"
        problems.error("H201", assertion.key_span("config"), summary)
    elif config is not None and not isinstance(config.value, dict):
        problems.error("H203", config.span, f"`config` wants a mapping, got {describe(config)}")
    when = assertion.at("when")
    if when is not None and (when.items or when.elements):
        summary = f"`when` wants a text, as {{{{name}}}}, got {describe(when)}"
        problems.error("H203", when.span, summary)
    if form.kind.holds_assertions:
        _check_share(assertion.at("threshold"), name, problems)
    if form.short_threshold:
        _check_threshold(assertion, name, value, problems)
    elif value is None:
        if form.kind.is_required:
            hint = f"for example `- {name}: …`"
            problems.error(
                "H312", assertion.key_span("type"), f"{quote(name)} needs a value", hint=hint
            )
    else:
        form.kind.check(assertion, name, value, problems)


def _check_threshold(assertion: Node, name: str, value: Node | None, problems: Problems) -> None:
    threshold = assertion.at("threshold")
    span = assertion.key_span("type")
    if value is not None:
        hint = f"{{type: {name}, threshold: …}}, or short: `{name}: …`"
        problems.error("H312", value.span, f"{quote(name)} takes a threshold", hint=hint)
    elif threshold is None or threshold.value is None:
        weight = assertion.at("weight")
        measures = weight is not None and weight.value == 0
        if not measures:
            hint = f"`- {name}: NUMBER`; with `weight: 0` it measures without deciding"
            problems.error("H312", span, f"{quote(name)} needs a threshold", hint=hint)
    elif is_number(threshold) and threshold.value < 0:
        problems.error("H312", threshold.span, f"the threshold of {quote(name)} is negative")


def _check_share(threshold: Node | None, name: str, problems: Problems) -> None:
    """Note a threshold outside 0 to 1: it is compared with a mean of scores."""
    if threshold is not None and is_number(threshold) and not 0 <= threshold.value <= 1:
        summary = f"the threshold of {quote(name)} is a mean score, from 0 to 1"
        problems.error("H312", threshold.span, summary)
