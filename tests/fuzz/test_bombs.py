"""Patterns, templates and schemas of strangers: each comes to a clear end within a second."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from harness.checks.registry import check
from harness.checks.subject import Subject
from harness.conversation.transcript import Reply
from harness.run.asking.question import Case, ask
from harness.source import Span
from harness.spec.document.located import locate
from harness.spec.document.problems import Problems
from harness.spec.document.template import fill, substitute
from harness.spec.model.spec import Assertion, Conversation
from harness.spec.values.patterns import check_pattern

LONG = "a" * 60 + "!"
PATTERNS = (
    *("(a+)+$", "(a*)*$", "(a|a)*$", "(a|aa)+$", "(.*a){20}$", "(.*)*x", "^(a?){60}a{60}$"),
    *("(x+x+)+y", "((a+)*)*b", "([a-z]+)*$", "(a|b|ab)*c", "(?:a{1,50}){1,50}b", "(\\w+\\s?)*$"),
    *("^(([a-z])+.)+[A-Z]([a-z])+$", "(a+){50}b", "(.+)+\\d", "(?=(a+))a*b\\1", "(a*?)*?b"),
    *("(?:.|\\s)*z{3}", "^(\\d+)*$|(a+)+b", "(((a{100}){100}){100}){100}", "a{999999999}"),
    *("(?:" * 500 + "a" + ")" * 500, "[" * 5000, "(" * 9000, "(?x)((a{100}) {100}) {100}"),
    *("(?i)(ß|ss)+$", "(?:(?:a?)+)+b", "(?<n>a+)(?P=n)+b", "(a+)+\\1$", "\\p{L}+(\\p{L}+)*!!"),
)


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern[:30])
def test_a_pattern_of_a_stranger_ends_within_a_second(pattern: str) -> None:
    began = time.process_time()
    problems = Problems()
    check_pattern(locate(pattern, Span("spec.yaml", 1, 1)), problems)
    verdict = check(Assertion(type="regex", value=pattern), Subject(text=LONG))
    assert time.process_time() - began < 1.0
    assert verdict.outcome in ("passed", "failed", "errored")
    assert verdict.reason
    if problems.any_error:
        assert verdict.outcome == "errored", "what a spec may not say is no verdict either"


TEMPLATES = (
    *("{{7*7}}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "{{7*'7'}}", "${{7*7}}", "@(7*7)", "*{7*7}"),
    *("{{config}}", "{{ config.items() }}", "{{self}}", "{{ self._TemplateReference__context }}"),
    *("{{''.__class__.__mro__[1].__subclasses__()}}", "{{ [].__class__.__base__ }}"),
    *("{{request.application.__globals__}}", "{{ cycler.__init__.__globals__.os.popen('id') }}"),
    *("{{ lipsum.__globals__['os'].popen('id').read() }}", "{{ joiner.__init__ }}"),
    *("{% import os %}{{ os.system('id') }}", "{% for x in [].__class__ %}{% endfor %}"),
    *("{% include '/etc/passwd' %}", "{% raw %}{{x}}{% endraw %}", "{# comment #}", "{{x|upper}}"),
    *("{{ x | attr('__class__') }}", "{{ x['__class__'] }}", "{{ namespace(a=1) }}", "{{ 'a'*9 }}"),
    *("{{ range(999999999) | list }}", "{{#each x}}{{this}}{{/each}}", "{{> partial}}", "{{{x}}}"),
    *("{{constructor.constructor('return process')()}}", "<#assign ex='freemarker'>", "$!{x}"),
    *("{php}echo 1;{/php}", "[[${7*7}]]", "~{::x}", "{{=<% %>=}}", "%{7*7}", "{{ env.PATH }}"),
    *("{{ x() }}", "{{x.__init__}}"),
)  # fmt: skip


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_that_computes_is_text(template: str) -> None:
    values = {"y": "secret", "config": "c"} if template == "{{x.__init__}}" else {"y": "secret"}
    assert substitute(template, values) == template
    assert fill({"a": [template]}, values) == {"a": [template]}


@pytest.mark.parametrize("template", TEMPLATES)
def test_what_a_variable_or_a_reply_holds_is_never_looked_at_again(template: str) -> None:
    assert substitute("<{{a}}>", {"a": template, "x": "no", "config": "no"}) == f"<{template}>"
    turns = [{"user": "Hi.", "store_as": "said"}, {"user": "{{said}} {{who}}"}]
    conversation = Conversation.model_validate({"id": "c", "turns": turns})
    asked = ask(conversation, Case(None, {"who": "{{said}}"}), ())
    from harness.conversation.transcript import Exchange

    turn = asked.turn(2, [Exchange(1, "Hi.", Reply(template, "stop"))])
    assert turn.user == f"{template} {{{{said}}}}"


SCHEMAS: tuple[Any, ...] = (
    {"$ref": "http://127.0.0.1:9/schema.json"},
    {"$ref": "file:///etc/passwd"},
    {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}},
    {"$ref": "#"},
    {"allOf": [{"$ref": "#"}, {"$ref": "#"}]},
    {"$dynamicRef": "#a", "$dynamicAnchor": "a"},
    {"properties": {"a": {"pattern": "(a+)+$"}}},
    {"properties": {"a": {"pattern": "(((a{100}){100}){100}){100}"}}},
    {"properties": {"a": {"pattern": "(?=(a+))a*b\\1"}}},
    {"patternProperties": {"^(a|aa)+$": {}}, "additionalProperties": False},
    {"$schema": "http://json-schema.org/draft-03/schema#", "extends": {"$ref": "http://x/y"}},
)


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: json.dumps(schema)[:40])
def test_a_schema_of_a_stranger_is_bounded_and_fetches_nothing(
    schema: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr("socket.socket.connect", refuse)
    began = time.process_time()
    verdict = check(
        Assertion(type="is-json", value=schema), Subject(text=json.dumps({"a": LONG, LONG: 1}))
    )
    assert time.process_time() - began < 2.0
    assert verdict.outcome in ("passed", "failed", "errored")


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol">'
    + "".join(f'<!ENTITY {c} "{f"&{chr(ord(c) - 1)};" * 10}">' for c in "bcdefghij")
    + "]><lolz>&j;</lolz>"
)
REPLIES = {
    "a billion laughs": ("is-xml", LAUGHS),
    "an entity from a file": ("is-xml", '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
    "deep XML": ("is-xml", "<a>" * 100_000),
    "deep HTML": ("is-html", "<b>" * 100_000),
    "deep SQL": ("is-sql", "SELECT " + "(" * 5_000 + "1" + ")" * 5_000),
    "many unions": ("is-sql", "SELECT 1 UNION " * 3_000 + "SELECT 1"),
    "deep JSON": ("is-json", "[" * 100_000),
    "long number": ("is-json", "9" * 100_000),
}  # fmt: skip


@pytest.mark.parametrize("name", REPLIES)
def test_a_hostile_reply_gets_a_verdict_and_reads_no_file(name: str) -> None:
    type_, text = REPLIES[name]
    began = time.process_time()
    verdict = check(Assertion(type=type_), Subject(text=text))
    assert time.process_time() - began < 4.0
    assert verdict.outcome in ("passed", "failed", "errored")
    assert "root:" not in verdict.reason
    assert len(verdict.reason) < 2_000
