"""Headers and paths of providers, and parameters that are not where they belong."""

from __future__ import annotations

import pytest

from tests.unit.spec.written import ProblemsOf

COMPATIBLE = """version: 1
name: s
providers:
  p: {{type: openai-compatible, base_url: "http://127.0.0.1:1/v1", models: {{m: {{}}}}, {0}}}
conversations: [{{id: c, turns: [{{user: x}}]}}]
"""
KEY = 'api_key: "${OPENAI_API_KEY}", '


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ("headers: {x-team: search, Ocp-Apim-Trace: on}", None),
        (KEY + "api_key_header: Ocp-Apim-Subscription-Key", None),
        (KEY + "headers: {x-team: a}, api_key_header: api-key", None),
        ("headers: {Idempotency-Key: a}", None),
        ("headers: {Authorization: a}", "H404"),
        ("headers: {ocp-apim-subscription-key: a}", "H404"),
        ("headers: {x-api-key: a}", "H404"),
        ("headers: {x-functions-key: a}", "H404"),
        ("headers: {X-Auth-Token: a}", "H404"),
        ("headers: {Cookie: a}", "H404"),
        ("headers: {Host: a}", "H208"),
        ("headers: {'x team': a}", "H208"),
        ('headers: {x-team: "a\\r\\nx: b"}', "H208"),
        ("headers: {x-team: ä}", "H208"),
        ("api_key_header: Ocp-Apim-Subscription-Key", "H209"),
        (KEY + "api_key_header: 'a b'", "H208"),
    ],
)
def test_headers_carry_no_credential_and_can_be_sent(
    problems_of: ProblemsOf, keys: str, says: str | None
) -> None:
    told = problems_of(COMPATIBLE.format(keys))
    assert [line.split()[1] for line in told] == ([says] if says else [])


PARAMETERS = """version: 1
name: s
providers:
  p: {{type: openai-compatible, base_url: "http://127.0.0.1:1/v1", models: {{m: {{}}}}}}
evaluation: {{parameters: {{extra: {{{0}}}}}}}
conversations: [{{id: c, turns: [{{user: x}}]}}]
"""


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        ("top_k: 7, guided: {a: [1]}", None),
        ("temperature: 1", '"temperature" is no extra'),
        ("max_tokens: 5", '"max_tokens" is no extra'),
        ("n: 3", '"n" is no extra'),
        ("stream: true", '"stream" is no extra'),
        ("messages: []", '"messages" is no extra'),
        ("tools: []", '"tools" is no extra'),
    ],
)
def test_what_has_a_name_or_a_place_of_its_own_is_no_extra(
    problems_of: ProblemsOf, extra: str, says: str | None
) -> None:
    told = "\n".join(problems_of(PARAMETERS.format(extra)))
    assert ("H209" in told) == (says is not None)
    assert (says or "") in told


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ("reply: $.answer, tool_calls: $.calls, context: $.passages", None),
        ("reply: $.answer, context: '$['", "H208"),
        ("tool_calls: $.calls", "H209"),
        ("usage: $.usage", "H209"),
    ],
)
def test_paths_of_a_program_need_json_to_lead_into(
    problems_of: ProblemsOf, keys: str, code: str | None
) -> None:
    text = f"""version: 1
name: s
providers: {{p: {{type: command, command: [a], {keys}}}}}
conversations: [{{id: c, turns: [{{user: x}}]}}]
"""
    told = problems_of(text, allow_code=True)
    assert [line.split()[1] for line in told] == ([code] if code else [])
