"""The page of assertions: the form of each, from the table that the program reads."""

from __future__ import annotations

from harness.checks.definitions import DEFINITIONS, CheckDefinition
from harness.spec.model.assertion_forms import BESIDE

HEAD = """\
# Assertions, by form

*Made from the program by `python -m tests.reference.rebuild`.* [Assertions](../assertions.md) says
when each holds, [judges](../judges.md) how those are decided that a model decides. `not-` may stand
before each of them. Beside the value may stand {beside}.

| assertion | value | threshold | decided by |
|---|---|---|---|
"""

VALUES = {
    "any": "anything",
    "call": "a tool's name, or `{name, arguments}`",
    "calls": 'a list of names, or `"a, b"`',
    "code": "`file.py:function`, or Python",
    "comparison": "`{path, …}` and what it compares with",
    "elements": "nothing, or paths of elements",
    "finish_reason": "one of the reasons",
    "none": "",
    "optional_text": "a text, or nothing",
    "parts": "`{assert: […]}`",
    "pattern": "a regular expression",
    "schema": "nothing, or a JSON Schema",
    "sql": "nothing, a database, or what it may touch",
    "text": "a text",
    "text_or_texts": "a text, or several",
    "texts": 'a list of texts, or `"a, b"`',
    "words": "a number, or `{min, max}`",
}
"""A kind of value in words. A new kind fails here until it has some."""

DECIDERS = {
    "code": "your code, with `--allow-code`",
    "comparison": "the judge, of several replies at once",
    "function": "harness itself",
    "parts": "its parts",
}


def write_assertions_page() -> str:
    """Return the page: a row an assertion, in the order of the table."""
    beside = ", ".join(f"`{key}`" for key in BESIDE)
    rows = (_write_row(name, row) for name, row in DEFINITIONS.items())
    return HEAD.format(beside=beside) + "".join(rows)


def _write_row(name: str, row: CheckDefinition) -> str:
    form = row.form
    if form.short_threshold:
        threshold = "the short value"
    elif form.default_threshold is None:
        threshold = ""
    else:
        threshold = f"{form.default_threshold:g}"
    decided = DECIDERS.get(row.decided_by) or f"the {' and '.join(form.needs)}"
    return f"| `{name}` | {VALUES[form.value]} | {threshold} | {decided} |\n"
