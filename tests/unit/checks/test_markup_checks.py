"""HTML and XML, with the examples of promptfoo's documentation and tests."""

from __future__ import annotations

from typing import Any

import pytest

from harness.checks.registry import check
from harness.checks.subject import Subject
from harness.checks.verdict import Verdict
from harness.spec.model.spec import Assertion

TSHIRT = "<analysis><classification>T-shirt</classification><color>Red</color></analysis>"
LAUGHS = (
    '<!DOCTYPE l [<!ENTITY l0 "lol">'
    + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    + "]><l>&l9;</l>"
)


def verdict(name: str, value: Any, text: str, **more: Any) -> Verdict:
    base = name.removeprefix("not-")
    assertion = Assertion(type=base, negated=base != name, value=value, **more)
    return check(assertion, Subject(text=text))


@pytest.mark.parametrize(
    ("text", "is_html", "contains"),
    [
        (
            "<!DOCTYPE html><html><head><title>T</title></head><body>Content</body></html>",
            True,
            True,
        ),
        ("<div>Content</div>", True, True),
        ("<h1>Title</h1><p>Paragraph</p>", True, True),
        ('<img src="test.jpg" />', True, True),
        ("<ul><li>one<li>two</ul>", True, True),
        ("<table><tr><td>1<td>2</table>", True, True),
        ('<div data-a="1 > 0" hidden>x</div>\n', True, True),
        ("<script>if (a < b && c > d) { e('<p>'); }</script>", True, True),
        ('<custom-element attr="value">x</custom-element>', True, True),
        ("<!-- comment --><span>text</span>", True, True),
        ("<br/><hr/>", True, True),
        ("Just text", False, False),
        ("Text before <div>HTML</div> text after", False, True),
        ("Here is some HTML: <div>test</div>", False, True),
        ("<div>Unclosed div", False, True),
        ("<div><b>crossed</div></b>", False, True),
        ('<?xml version="1.0"?><root>text</root>', False, True),
        ("<root><child>x</child></root>", False, True),
        ("<example>", False, False),
        ("Generic <example> text", False, False),
        ("2 < 3 and 4 > 1", False, False),
        ("if (a<b) { return c>d; }", False, False),
        ("< div >", False, False),
        ("The price is <$50", False, False),
        ("Email me at <john@example.com>", False, False),
        ("&amp;", False, False),
        ("<!-- comment -->", False, False),
        ("<p>Multiple &nbsp; entities &gt;</p>", True, True),
        ("", False, False),
    ],
)
def test_html_is_told_from_text_that_holds_angle_brackets(
    text: str, is_html: bool, contains: bool
) -> None:
    assert verdict("is-html", None, text).outcome == ("passed" if is_html else "failed")
    assert verdict("not-is-html", None, text).outcome == ("failed" if is_html else "passed")
    found = verdict("contains-html", None, text)
    assert found.outcome == ("passed" if contains else "failed"), found.reason


def test_a_reason_says_what_is_wrong_with_the_html() -> None:
    assert "<div> is not closed" in verdict("is-html", None, "<div><p>x").reason
    assert "</b> closes what is not open" in verdict("is-html", None, "<i>x</b></i>").reason
    assert "text stands beside" in verdict("is-html", None, "<p>x</p></p> y").reason


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("<root><child>Content</child></root>", None, "passed"),
        ("<root><child>Content</child></root", None, "failed"),
        ("  <root/>\n", None, "passed"),
        ("\n<!-- before --><root/><!-- after -->", None, "passed"),
        ('<?xml version="1.0" encoding="UTF-8"?><a><b/></a>', None, "passed"),
        ('<?xml version="1.0" encoding="utf-16"?><a>é</a>', None, "passed"),
        ("<!DOCTYPE root><root/>", None, "passed"),
        ("<a></b>", None, "failed"),
        ("<a/><b/>", None, "failed"),
        ("<a/>trailing", None, "failed"),
        ("<a attr=unquoted>x</a>", None, "failed"),
        ('<a b="1" b="2"/>', None, "failed"),
        ("<root>&undefined;</root>", None, "failed"),
        ("```xml\n<a/>\n```", None, "failed"),
        ("", None, "failed"),
        ("plain", None, "failed"),
        (TSHIRT, ["analysis.classification", "analysis.color"], "passed"),
        (TSHIRT, {"requiredElements": ["analysis.color"]}, "passed"),
        (TSHIRT, "analysis.color, analysis.classification", "passed"),
        (TSHIRT, ["analysis.size"], "failed"),
        (TSHIRT, ["color"], "failed"),
        ("<r><p><c></c></p></r>", ["r.p.c.g"], "failed"),
        ("<r><i><n>1</n></i><i><m>2</m></i></r>", ["r.i.0.n", "r.i.1.m"], "passed"),
        ("<r><i><n>1</n></i><i><m>2</m></i></r>", ["r.i.1.n"], "failed"),
        ("<r><i><n>1</n></i><i><m>2</m></i></r>", ["r.i.m"], "passed"),
        ("<r><c><![CDATA[<p>x</p>]]></c></r>", ["r.c"], "passed"),
        ("<r xmlns:n='http://x'><n:c/></r>", ["r.n:c"], "passed"),
        (TSHIRT, {"elements": []}, "errored"),
        (TSHIRT, [7], "errored"),
    ],
)
def test_xml_is_well_formed_and_has_what_is_wanted(text: str, value: Any, expected: str) -> None:
    found = verdict("is-xml", value, text)
    assert found.outcome == expected, found.reason
    around = {"passed": "failed", "failed": "passed", "errored": "errored"}
    assert verdict("not-is-xml", value, text).outcome == around[expected]


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("Sure:\n<root><child>Content</child></root>\nanything else?", None, "passed"),
        ("Text <root><child>Content</child></root> more", ["root.child"], "passed"),
        ("Text <root><child>Content</child></root> more", ["root.missing"], "failed"),
        ("<a>1</a> text <b><c>2</c></b>", ["a", "b.c"], "passed"),
        ("Text <unclosed><root><child>x</child></root>", ["root.child"], "passed"),
        ("<wrapper><root><child/></root></wrapper>", ["root.child"], "failed"),
        ("<root><!-- </root> --><child/></root>", ["root.child"], "passed"),
        ("Text <élément>x</élément>", ["élément"], "passed"),
        ("```xml\n<a/>\n```", ["a"], "passed"),
        ("a < b and <br> c", None, "failed"),
        ("just text", None, "failed"),
    ],
)
def test_xml_is_found_in_text(text: str, value: Any, expected: str) -> None:
    assert verdict("contains-xml", value, text).outcome == expected


@pytest.mark.parametrize(
    "text",
    [
        LAUGHS,
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>',
        '<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x.dtd"> %p;]><r/>',
    ],
)
@pytest.mark.parametrize("name", ["is-xml", "not-is-xml"])
def test_entities_are_refused_and_nothing_is_fetched(name: str, text: str) -> None:
    found = verdict(name, None, text)
    assert found.outcome == "errored"
    assert found.reason == "The reply declares XML entities, which are not read here."


@pytest.mark.parametrize("name", ["is-html", "contains-html", "is-xml", "contains-xml"])
@pytest.mark.parametrize(
    "unit", ["<a ", "<!--", "<p>", '<a b="', "</", "<![", "&", "<", "<a b='\"", "<x><y></x>"]
)
def test_a_reply_of_nothing_but_beginnings_gets_a_verdict_with_a_reason(
    name: str, unit: str
) -> None:
    assert verdict(name, None, unit * (200_000 // len(unit))).reason
