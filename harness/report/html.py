"""The report as one self-contained HTML file."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import ChoiceLoader, Environment, FunctionLoader, PackageLoader, StrictUndefined

from harness.compare.summary import Summary
from harness.report import text
from harness.report.payload.blocks import make_blocks
from harness.report.view import REPLAYED, view_page
from harness.results.model import Run, RunInfo

STYLES = ("report.css", "app.css", "charts.css")
"""Of the static page and of the application, in this order in one element."""

_MEANINGS = {
    "passed": "every check held",
    "failed": "a check did not hold",
    "blocked": "by a content filter",
    "truncated": "cut off by the token limit",
    "errored": "there is no answer, or no verdict",
    "skipped": "every check was skipped",
}


def render_html(
    run: Run,
    summary: Summary,
    *,
    spec: Mapping[str, Any] | None,
    history: Sequence[RunInfo] = (),
    base: Run | None = None,
) -> str:
    """Return the page of ``generate_html`` as one text."""
    return "".join(generate_html(run, summary, spec=spec, history=history, base=base))


def generate_html(
    run: Run,
    summary: Summary,
    *,
    spec: Mapping[str, Any] | None,
    history: Sequence[RunInfo] = (),
    base: Run | None = None,
) -> Iterator[str]:
    """Generate a document that needs nothing else: no network, and to be read no script either.

    It comes in pieces, for a page may be many megabytes that nobody has to hold.

    Two scripts and the style are ours and stand in the document whole; the policy in its head
    allows these by their hashes and nothing else, so that no text of a model can run.

    Args:
        run: the run as it was read.
        summary: its numbers; rows and cells must belong to the run.
        spec: the decoded spec (spec.json), None where it is lost; tells settings and provenance.
        history: runs of the same spec, oldest first, this one last; () where nobody asks.
        base: the run that the summary's comparison is with, for its transcripts; None where it is
            not there any more.
    """
    environment = make_environment()
    page = view_page(run, summary, spec)
    return environment.get_template("report.html").generate(
        page=page,
        blocks=make_blocks(run, summary, page, spec, history, base),
        replayed=REPLAYED,
        legend=[(o, text.SYMBOLS[o], _MEANINGS[o]) for o in text.OUTCOMES],
        styles=STYLES,
        early_sha256=_hash_templates(environment, "early.js"),
        app_sha256=_hash_templates(environment, "app/app.js"),
        style_sha256=_hash_templates(environment, *STYLES),
    )


@cache
def make_environment() -> Environment:
    """Make what fills templates in; whatever comes into them is text, and nothing is markup."""
    return Environment(
        # Autoescape is on for every template and nothing is ever marked safe: the script and the
        # style come in by `include`, which copies a template's own text.
        autoescape=True,
        loader=ChoiceLoader(
            [PackageLoader("harness.report", "templates"), FunctionLoader(_load_raw)]
        ),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _load_raw(name: str) -> str:
    """Return a file of ours as a template that says itself: a script is full of braces."""
    text = (files("harness.report") / "static" / name).read_text(encoding="utf-8")
    return f"{{% raw %}}\n{text}{{% endraw %}}"


def _hash_templates(environment: Environment, *names: str) -> str:
    whole = "".join(environment.get_template(name).render() for name in names)
    return base64.b64encode(hashlib.sha256(whole.encode()).digest()).decode()
