"""Whatever is sent, the data plane answers as a service: never with a defect of its own."""

import http.client
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.simulator.embedded import simulate
from harness.simulator.session import ProviderModelInfo
from harness.spec.model.spec import Simulator

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.sampled_from(["required", "json_object", "json_schema", "user", "tool", "base64"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
MESSAGE = st.fixed_dictionaries(
    {"role": st.sampled_from(["system", "user", "assistant", "tool"]), "content": JSON},
    optional={"tool_calls": JSON},
)
FORMAT = st.fixed_dictionaries(
    {"type": st.sampled_from(["json_object", "json_schema"])}, optional={"json_schema": JSON}
)
CHAT = st.fixed_dictionaries(
    {"model": st.just("five") | st.just("mini") | JSON, "messages": st.lists(MESSAGE) | JSON},
    optional={
        "temperature": JSON,
        "max_tokens": JSON,
        "max_completion_tokens": JSON,
        "stream": st.booleans() | JSON,
        "stream_options": JSON,
        "tools": JSON | st.lists(st.fixed_dictionaries({"function": JSON})),
        "tool_choice": JSON | st.fixed_dictionaries({"function": JSON}),
        "response_format": FORMAT | JSON,
        "reasoning_effort": JSON,
        "stop": JSON,
        "logit_bias": JSON,
    },
)
ITEM = (
    st.fixed_dictionaries(
        {"role": st.sampled_from(["developer", "user", "assistant"]), "content": JSON}
    )
    | st.fixed_dictionaries(
        {
            "type": st.sampled_from(
                ["message", "function_call", "function_call_output", "reasoning"]
            )
        },
        optional={"call_id": JSON, "name": JSON, "arguments": JSON, "output": JSON, "role": JSON},
    )
    | JSON
)
RESPONSE = st.fixed_dictionaries(
    {"model": st.just("five") | st.just("mini"), "input": st.text() | st.lists(ITEM, max_size=3)},
    optional={
        "instructions": st.text(max_size=9) | JSON,
        "max_output_tokens": st.integers(16, 99) | JSON,
        "temperature": JSON,
        "stream": st.booleans(),
        "text": st.fixed_dictionaries({"format": FORMAT | JSON}) | JSON,
        "reasoning": st.fixed_dictionaries({"effort": JSON}) | JSON,
        "include": JSON,
        "tools": JSON | st.lists(st.fixed_dictionaries({"type": st.just("function")})),
        "tool_choice": JSON | st.fixed_dictionaries({"name": JSON}),
        "metadata": JSON,
    },
)
ODD: list[dict[str, Any]] = [
    {"tool_choice": {"function": 5}},
    {"tool_choice": "required", "tools": 7},
    {"tool_choice": "required", "tools": [{"function": 3}]},
    {"tool_choice": "required", "tools": [{"function": {"name": "f", "parameters": [1]}}]},
    {"response_format": 7},
    {"response_format": {"type": "json_schema", "json_schema": 7}},
    {"response_format": {"type": "json_schema", "json_schema": {"schema": {"enum": 5}}}},
    {
        "response_format": {
            "type": "json_schema",
            "json_schema": {"schema": {"type": "array", "minItems": "x", "items": {"anyOf": {}}}},
        }
    },
    {"messages": [{"role": ["user"], "content": "x"}]},
    {"messages": [{"role": "user", "content": [{"text": 5}, 7]}]},
    {"messages": [{"role": "user", "content": "\ud83d"}], "stream": True},
    {"model": {"a": 1}},
    {"max_tokens": True},
    {"reasoning_effort": {"a": 1}},
]
EMBED = st.fixed_dictionaries(
    {"model": st.just("embed")},
    optional={"input": JSON, "dimensions": JSON, "encoding_format": JSON},
)


PROVIDERS = {
    "p": {
        "mini": ProviderModelInfo("gpt-4.1-mini", "2025-04-14"),
        "five": ProviderModelInfo("gpt-5-mini", "2025-08-07"),
        "embed": ProviderModelInfo("text-embedding-3-small", "1"),
    }
}
Post = Callable[[str, object], int]


@pytest.fixture(scope="module", params=["azure", "openai"])
def post(request: pytest.FixtureRequest) -> Iterator[Post]:
    """Send a body to an operation; the status."""
    simulator = Simulator.model_validate({"replies": [{"on": "any", "match": "zz", "reply": "x"}]})
    with simulate(None, simulator, PROVIDERS, environment={}) as simulated:
        connection = http.client.HTTPConnection(simulated.url.removeprefix("http://"), timeout=20)
        stem = f"/_providers/p/{'openai/' if request.param == 'azure' else ''}v1"

        def send(operation: str, body: object) -> int:
            headers = {"Authorization": f"Bearer {simulated.token}"}
            connection.request("POST", f"{stem}/{operation}", json.dumps(body), headers)
            response = connection.getresponse()
            response.read()
            return response.status

        yield send
        connection.close()


@settings(max_examples=150, deadline=None, suppress_health_check=[*HealthCheck], derandomize=True)
@given(
    asked=st.tuples(st.just("chat/completions"), CHAT)
    | st.tuples(st.just("embeddings"), EMBED)
    | st.tuples(st.just("responses"), RESPONSE)
)
def test_no_body_brings_it_down(post: Post, asked: tuple[str, Any]) -> None:
    unknown_kind_of_tool_or_content = {501} if asked[0] == "responses" else set()
    assert post(*asked) in {200, 400, 404, *unknown_kind_of_tool_or_content}


@pytest.mark.parametrize("odd", ODD, ids=json.dumps)
@pytest.mark.parametrize("model", ["mini", "five"])
def test_what_is_nearly_right_is_answered_or_refused(
    post: Post, odd: dict[str, Any], model: str
) -> None:
    body = {"model": model, "messages": [{"role": "user", "content": "json"}], **odd}
    assert post("chat/completions", body) in (200, 400, 404)
