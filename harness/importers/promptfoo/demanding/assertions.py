"""Assertions of promptfoo -> assertions of a spec, one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from harness.checks.definitions import FORMS
from harness.importers.promptfoo.demanding.coded import translate_javascript, translate_python
from harness.importers.promptfoo.demanding.demands import Assertion, read_number, skip, write_demand
from harness.importers.promptfoo.javascript.translate import read_path
from harness.importers.promptfoo.saying.templates import TemplateError, read_template, work_out
from harness.importers.promptfoo.workbench import SCHEME, Workbench
from harness.spec.check.assertion_values import check_assertion
from harness.spec.document import walk
from harness.spec.document.located import Node, locate, to_plain
from harness.spec.document.problems import Problems
from harness.spec.parse.short_assertions import unfold_case

NEGATION = "not-"
DEEPEST = 8

RENAMED: Mapping[str, str] = MappingProxyType(
    {
        "model-graded-factuality": "factuality",
        "is-valid-openai-function-call": "is-valid-openai-tools-call",
        "is-valid-function-call": "is-valid-openai-tools-call",
        "perplexity-score": "perplexity",
    }
)
NO_ASSERTION: Mapping[str, str] = MappingProxyType(
    {
        "moderation": "`guardrails` reads Azure's content filter; `llm-rubric` asks a judge",
        "classifier": "`llm-rubric` asks a judge",
        "max-score": "the report compares targets and variants; `select-best` asks a judge",
        "human": "people decide it",
        "webhook": "another program decides it; `python` may call it",
        "ruby": "code in Ruby, which nothing here runs",
        "pi": "another service decides it; `llm-rubric` asks a judge",
        "search-rubric": "a judge that searches the web; `llm-rubric` asks one that does not",
        "agent-rubric": "an agent decides it; `llm-rubric` asks a judge",
        "skill-used": "`tool-called` looks at tool calls",
    }
)
JUDGED = frozenset(name for name, form in FORMS.items() if "judge" in form.needs)
EMBEDDED = frozenset(name for name, form in FORMS.items() if "embeddings" in form.needs)
KEYS = (
    *("type", "value", "threshold", "weight", "metric", "provider", "rubricPrompt", "config"),
    *("transform", "contextTransform", "assert", "$ref", "not", "description"),
)
OF_THE_WHOLE = frozenset(
    ("is-valid-openai-tools-call", "cost", "latency", "perplexity", "guardrails")
)
"""Measures of a whole reply: a transform of its text makes no difference to them."""


@dataclass(slots=True)
class TestSetting:
    """The setting of one test, for its assertions.

    Attributes:
        variables: of the test; templates that are no names are worked out with them.
        path: the JSONPath that the test's own ``transform`` leads to; "" for the reply itself.
        judge: finds the target that grades, by a provider as it is written.
        options: of the test: ``provider`` and ``rubricPrompt`` of its graded assertions.
        tools: names of the targets' tools; with some, a reply may be calls.
        depth: the number of sets that it is in.
    """

    bench: Workbench
    variables: Mapping[str, Any]
    find_judge: Callable[[Node, str], str | None]
    path: str = ""
    options: Mapping[str, Node] = field(default_factory=dict)
    tools: tuple[str, ...] = ()
    depth: int = 0


def translate_assertion(node: Node, setting: TestSetting) -> list[Assertion]:
    """Return what a spec says for one assertion; what it cannot say is noted, and skipped there."""
    bench = setting.bench
    if node.text is not None:
        bench.call_broken(node, "an assertion that is a text", "it needs a `type`")
        return []
    kind_node = node.at("type")
    written = kind_node.text if kind_node is not None else None
    if not written:
        if node.at("assert") is not None:
            return _translate_set(node, setting)
        bench.call_broken(node, "an assertion without a type", "nothing says what it checks")
        return []
    for key in node.items:
        if key not in KEYS:
            bench.call_broken(node.key_span(key), f"assert {key}", "a key that means nothing there")
    if written == "assert-set":
        return _translate_set(node, setting)
    negated = written.startswith(NEGATION)
    name = RENAMED.get(written.removeprefix(NEGATION), written.removeprefix(NEGATION))
    if name == "javascript":
        found = translate_javascript(
            node, setting.path, setting.bench, negated=negated, tools=setting.tools
        )
    elif name == "python":
        found = translate_python(node, setting.path, setting.bench, negated=negated)
    else:
        found = _translate_plain(node, name, setting, negated=negated)
    joined = [_add_beside(one, node, name, setting) for one in _join(found, node)]
    return [_hold_to_form(one, node, written, setting) for one in joined]


def _hold_to_form(one: Assertion, node: Node, written: str, setting: TestSetting) -> Assertion:
    """Return an assertion that a spec takes; another is skipped, while its place is still known."""
    problems = Problems()
    case = unfold_case(locate({"assert": [one]}, node.span), problems, FORMS)
    for unfolded in walk.iterate_own_assertions(case):
        check_assertion(unfolded, problems, FORMS)
        form = FORMS.get(walk.read_kind(unfolded))
        reads_context = form is not None and form.context != "none"
        if reads_context and "context" not in setting.variables and not unfolded.at("value"):
            reason = "it needs a variable called context"
            (skipped,) = skip(node, f"assert {written}", reason, setting.bench)
            return skipped
    if not problems.any_error:
        return one
    first = problems.found[0]
    reason = f"{first.summary}: {first.detail}" if first.detail else first.summary
    (skipped,) = skip(node, f"assert {written}", reason.replace("\n", " "), setting.bench)
    return skipped


def _join(found: list[Assertion], node: Node) -> list[Assertion]:
    """Keep several that came of one together, where they share a weight or a name."""
    shares = any(key in node.items for key in ("weight", "metric"))
    return [{"assert-set": {"assert": found}}] if len(found) > 1 and shares else found


def _translate_set(node: Node, setting: TestSetting) -> list[Assertion]:
    inside = node.at("assert")
    if setting.depth > DEEPEST:
        return skip(node, "assert-set", "it holds itself, or is nested too deep", setting.bench)
    setting = replace(setting, depth=setting.depth + 1)
    found = [
        one
        for element in (inside.elements if inside is not None else ())
        for one in translate_assertion(setting.bench.resolve_refs(element), setting)
    ]
    if not found:
        setting.bench.call_broken(node, "assert-set", "it holds no assertion")
        return []
    threshold = read_number(node.at("threshold"))
    body: dict[str, Any] = {"assert": found}
    if threshold is not None:
        body = {"threshold": threshold, **body}
    return [_add_beside({"assert-set": body}, node, "assert-set", setting)]


def _translate_plain(  # noqa: PLR0911 - each return is a reason
    node: Node, name: str, setting: TestSetting, *, negated: bool
) -> list[Assertion]:
    bench = setting.bench
    full = f"{NEGATION if negated else ''}{name}"
    if name in NO_ASSERTION or name.startswith(("trajectory", "trace", "promptfoo:")):
        reason = NO_ASSERTION.get(name, "what an agent did between is not looked at")
        return skip(node, f"assert {full}", reason, bench)
    if name not in FORMS:
        return skip(node, f"assert {full}", "no assertion that is known", bench)
    path = _find_path(node, setting)
    if path is None:
        return skip(node, f"assert {full} with transform", "a transform that is code", bench)
    try:
        value = _read_value(node, setting)
    except TemplateError as failure:
        return skip(node, f"assert {full}", f"its value: {failure}", bench)
    if isinstance(value, str) and value.startswith(SCHEME):
        return skip(node, f"assert {full}", "code makes its value, and nothing here runs it", bench)
    if name == "is-json" and setting.tools and not value:
        reason = "a reply of calls has no text here: the calls are looked at"
        bench.change(node, "assert is-json", reason)
        return [full.replace("is-json", "is-valid-openai-tools-call")]
    if value is None and name in JUDGED and FORMS[name].kind.is_required:
        own = node.at("rubricPrompt") or setting.options.get("rubricPrompt")
        value = "What the grading prompt asks for." if own is not None else None
    found = write_demand(full, name, value, node, bench)
    if found and isinstance(found[0], dict) and "skip" in found[0]:
        return found
    if setting.tools and path.startswith(("$[0].function", "$.name", "$.arguments")):
        return _compare_call(full, name, value, path, node, setting)
    if path and name not in OF_THE_WHOLE:
        return [_set_path(one, path) for one in found]
    return found


def _compare_call(
    full: str, name: str, value: Any, path: str, node: Node, setting: TestSetting
) -> list[Assertion]:
    """Return the assertion about a tool call that a transform leads into."""
    if name == "equals" and path in ("$[0].function.name", "$.name"):
        return [{full.replace("equals", "tool-called"): value}]
    reason = "an argument of a call: `tool-called: {name, arguments}` compares such"
    return skip(node, f"assert {full} with transform", reason, setting.bench)


def _set_path(one: Assertion, path: str) -> Assertion:
    if isinstance(one, str):
        return {"type": one, "path": path}
    return {**one, "path": path}


def _find_path(node: Node, setting: TestSetting) -> str | None:
    """Return the path that an assertion looks at; None where code would have to find it."""
    transform = node.at("transform")
    if transform is None or transform.text is None:
        return setting.path
    return read_path(transform.text, setting.path)


def _read_value(node: Node, setting: TestSetting) -> Any:
    written = node.at("value")
    if written is None:
        return None
    text = written.text
    if text is not None and text.startswith(SCHEME):
        lowered = text.lower()
        if any(end in lowered for end in (".js", ".py", ".ts", ".mjs")) and not lowered.endswith(
            ".json"
        ):
            return text
        return _fill(to_plain(setting.bench.follow(written)), setting)
    value = _unwrap(written)
    return _fill(value, setting)


def _unwrap(node: Node) -> Any:
    """Return a value; a number is kept as it is written, where that is not how it reads."""
    if isinstance(node.value, list):
        return [_unwrap(one) for one in node.elements]
    if isinstance(node.value, dict):
        return {key: _unwrap(one) for key, one in node.items.items()}
    if (
        node.raw is not None
        and isinstance(node.value, (int, float))
        and not isinstance(node.value, bool)
    ):
        return node.value if str(node.value) == node.raw else node.raw
    return node.value


def _fill(value: Any, setting: TestSetting) -> Any:
    """Return a value whose templates are plain names; others are worked out for this test."""
    if isinstance(value, str):
        template = read_template(value)
        if template.computed or template.environment:
            return work_out(value, setting.variables).replace("{{", "\\{{")
        return template.text
    if isinstance(value, list):
        return [_fill(one, setting) for one in value]
    if isinstance(value, dict):
        return {key: _fill(one, setting) for key, one in value.items()}
    return value


def _add_beside(one: Assertion, node: Node, name: str, setting: TestSetting) -> Assertion:
    """Add weight, metric, threshold and judge to an assertion."""
    if isinstance(one, dict) and "skip" in one:
        return one
    more: dict[str, Any] = {}
    threshold = read_number(node.at("threshold"))
    if threshold is not None and name not in (
        "latency",
        "cost",
        "perplexity",
        "assert-set",
        "javascript",
    ):
        more["threshold"] = threshold
    weight = read_number(node.at("weight"))
    if weight is not None and weight != 1:
        more["weight"] = max(0, weight)
    metric = node.at("metric")
    if metric is not None and metric.text:
        more["metric"] = metric.text
    if name in JUDGED:
        more |= _read_grading(node, name, setting)
    if name in EMBEDDED and node.at("provider") is not None:
        setting.find_judge(node.items["provider"], "embedding")
    if not more:
        return one
    if isinstance(one, str):
        return {"type": one, **more}
    if "assert-set" in one:
        own = {key: more.pop(key) for key in ("threshold", "weight", "metric") if key in more}
        return {"assert-set": {**one["assert-set"], **own}}
    return {**one, **more}


def _read_grading(node: Node, name: str, setting: TestSetting) -> dict[str, Any]:
    found: dict[str, Any] = {}
    grader = node.at("provider") or setting.options.get("provider")
    if grader is not None:
        judge = setting.find_judge(grader, "text")
        if judge is not None:
            found["judge"] = judge
    prompt = node.at("rubricPrompt") or setting.options.get("rubricPrompt")
    if prompt is None or name == "select-best":
        return found
    text = setting.bench.follow(prompt)
    value = to_plain(text)
    if isinstance(value, str) and value.lstrip().startswith("["):
        value = _read_messages(value) or value
    if isinstance(value, list):
        value = "\n\n".join(
            str(one.get("content", "")) if isinstance(one, dict) else str(one) for one in value
        )
        setting.bench.change(prompt, "rubricPrompt", "its messages are one text here")
    try:
        template = read_template(str(value))
    except TemplateError as failure:
        setting.bench.leave_out(prompt, "rubricPrompt", str(failure))
        return found
    if template.computed or str(value).startswith(SCHEME):
        setting.bench.leave_out(prompt, "rubricPrompt", "it is worked out by a template or by code")
        return found
    found["rubric_prompt"] = template.text
    return found


def _read_messages(text: str) -> Any:
    import json

    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
