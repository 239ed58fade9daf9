"""Hostile text costs what its length costs: no reader goes over it again for each of its parts.

The seconds are of the processor, and ten times what is needed: where work grew with the square of
the text, it took minutes.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest

from harness.azure.failures import find_policies
from harness.checks.registry import check_all
from harness.checks.subject import Subject
from harness.importers.promptfoo.javascript.translate import translate
from harness.importers.promptfoo.saying.prompts import _divide
from harness.importers.promptfoo.saying.templates import TemplateError, read_template
from harness.providers.failures import classify, read_service_error
from harness.providers.openai.stream import EventLines
from harness.redaction.finding import scan
from harness.spec.document.template import find_names, find_other_braces, find_tags, substitute
from harness.spec.formats.data import decode_rows, survey
from harness.spec.formats.yaml import parse
from harness.spec.model.spec import Assertion
from harness.text.safe import flatten, printable

LENGTH = 100_000
MOST_SECONDS = 1.5


def read_page(text: str) -> None:
    classify(502, {}, read_service_error(text.encode()))


def read_refusal(text: str) -> None:
    classify(429, {}, read_service_error(json.dumps({"error": {"message": text}}).encode()))


def read_drops(text: str) -> None:
    lines, data = EventLines(), text.encode()
    for at in range(0, len(data), 16):
        for _ in lines.feed(data[at : at + 16]):
            pass


def read_csv(text: str) -> None:
    survey(decode_rows(text.splitlines(keepends=True), "csv", "d"), "d")


def divide_prompts(text: str) -> None:
    _divide(text, "prompts.txt")


def read_scalars(text: str) -> None:
    parse(f"- {text}\n- {text}x\n- 0x{text}\n".encode(), "spec.yaml")


def divide(text: str) -> None:
    try:
        read_template(text)
    except TemplateError:
        return


def check(type_: str) -> Callable[[str], object]:
    asserted = [Assertion(type=type_, value="so many words")]
    return lambda text: check_all(asserted, Subject(text=text))


READERS: dict[str, tuple[Callable[[str], object], tuple[str, ...]]] = {
    "names": (find_names, ("{{", "{{a-", "\\{{")),
    "other braces": (find_other_braces, ("{{", "{{a", "{")),
    "tags": (find_tags, ("{%", "{#", "{% #}")),
    "substitution": (lambda text: substitute(text, {"a": "b"}), ("{{a", "{{a}}", "{{ ")),
    "numbers of a spec": (read_scalars, ("1", "1_", "1:", ".", "0x1")),
    "templates of promptfoo": (divide, ("{", "{{{", "{%", "{#", "{{a")),
    "prompts of promptfoo": (divide_prompts, ("\n", "a\n", "---\n", " ")),
    "javascript": (translate, ("a.b", "(", "!", "a?b:", "`${")),
    "page of a gateway": (read_page, ("<", "<title", "<a ", "<title></", "<!--")),
    "refusal": (read_refusal, ("retry after 1", "try again in ", "exceed ", "context length ")),
    "policies that refuse": (find_policies, ("/", "/policy", "/policyAssignments/")),
    "stream in drops": (read_drops, ("data: x", ":", "\r")),
    "secrets": (scan, ("eyJ", "eyJ.", "password=", "a@")),
    "csv": (read_csv, ("[1,", ",", '"', '""')),
    "text for a terminal": (lambda text: (printable(text), flatten(text)), ("\x1b[", "\u202e")),
    "is-html": (check("is-html"), ("<", "<a ", "<!--")),
    "is-xml": (check("is-xml"), ("<a>", "<![CDATA[", "&a;")),
    "contains-json": (check("contains-json"), ("{", "[1,", '{"a":')),
    "is-sql": (check("is-sql"), ("(SELECT ", "a,", "'")),
}  # fmt: skip


@pytest.mark.parametrize("name", READERS)
def test_the_work_grows_with_the_text_and_not_with_its_square(name: str) -> None:
    read, parts = READERS[name]
    for part in parts:
        text = (part * (LENGTH // len(part) + 1))[:LENGTH]
        for _ in range(3):  # a busy core counts more time for the same work: the calmest counts
            began = time.process_time()
            read(text)
            spent = time.process_time() - began
            if spent < MOST_SECONDS:
                break
        assert spent < MOST_SECONDS, (part, spent)
