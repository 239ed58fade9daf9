from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

Write = Callable[[str, str | bytes], Path]
Load = Callable[..., Any]
ProblemsOf = Callable[..., list[str]]

SPEC = """
version: 1
name: s
cloud: ${HARNESS_CLOUD:-simulator}
subscription: ${AZURE_SUBSCRIPTION_ID}
resource_group: {name: "rg-${AZURE_ENV:-dev}", region: swedencentral}
accounts:
  ab:
    region: ${AZURE_REGION:-swedencentral}
    kind: ${AZURE_KIND}
    local_auth: ${AZURE_LOCAL_AUTH}
    tags: {team: "${AZURE_TEAM:-}"}
    deployments:
      d:
        model: ${AZURE_MODEL:-gpt-4.1-mini}
        version: ${AZURE_VERSION:-0613}
        capacity: ${AZURE_CAPACITY}
        price: {input: "${AZURE_PRICE}", output: 1}
"""


def test_defaults_hold_where_nothing_is_set(write: Write, load_spec: Load) -> None:
    write("spec.yaml", SPEC)
    found = load_spec()
    account = found.spec.accounts["ab"]
    deployment = account.deployments["d"]
    assert found.spec.cloud == "simulator"
    assert found.spec.resource_group.name == "rg-dev"
    assert (account.region, account.tags) == ("swedencentral", {"team": ""})
    assert (deployment.model, deployment.version) == ("gpt-4.1-mini", "0613")


def test_unset_variables_are_no_problem_and_are_remembered(write: Write, load_spec: Load) -> None:
    write("spec.yaml", SPEC)
    found = load_spec()
    assert [(entry.name, entry.path[-1]) for entry in found.unset] == [
        ("AZURE_SUBSCRIPTION_ID", "subscription"),
        ("AZURE_KIND", "kind"),
        ("AZURE_LOCAL_AUTH", "local_auth"),
        ("AZURE_CAPACITY", "capacity"),
        ("AZURE_PRICE", "input"),
    ]
    assert found.spec.accounts["ab"].kind == "AIServices"


def test_values_become_what_is_wanted_in_their_place(write: Write, load_spec: Load) -> None:
    write("spec.yaml", SPEC)
    account = load_spec(
        environment={
            "HARNESS_CLOUD": "azure",
            "AZURE_KIND": "OpenAI",
            "AZURE_LOCAL_AUTH": "false",
            "AZURE_VERSION": "1106",
            "AZURE_CAPACITY": "50",
            "AZURE_PRICE": "0.4",
        }
    ).spec.accounts["ab"]
    deployment = account.deployments["d"]
    assert (account.kind, account.local_auth) == ("OpenAI", False)
    assert (deployment.version, deployment.capacity, deployment.price.input) == ("1106", 50, 0.4)


@pytest.mark.parametrize(
    ("environment", "problem"),
    [
        ({"AZURE_CAPACITY": "many"}, "spec.yaml:17:19 H203 expected a whole number, got a string"),
        ({"AZURE_CAPACITY": "0"}, 'spec.yaml:17:19 H206 "capacity" must be at least 1'),
        ({"AZURE_KIND": "canary"}, "spec.yaml:10:11 H205 expected one of AIServices, OpenAI"),
    ],
)
def test_values_of_the_environment_are_not_shown(
    environment: Mapping[str, str], problem: str, problems_of: ProblemsOf
) -> None:
    assert problems_of(SPEC, environment=environment) == [problem]


def test_an_empty_value_counts_as_none(write: Write, load_spec: Load) -> None:
    write("spec.yaml", SPEC)
    found = load_spec(environment={"HARNESS_CLOUD": "", "AZURE_SUBSCRIPTION_ID": ""})
    assert found.spec.cloud == "simulator"
    assert found.unset[0].name == "AZURE_SUBSCRIPTION_ID"


def provider(key: str, value: str) -> str:
    keys = {
        "endpoint": '"https://c.openai.azure.com"',
        "api_key": '"${OPENAI_API_KEY}"',
        key: value,
    }
    body = ", ".join(f"{name}: {written}" for name, written in keys.items())
    type_ = f"type: azure-openai, {body}, models: {{m: {{}}}}"
    return f"version: 1\nname: s\nproviders: {{p: {{{type_}}}}}\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (provider("endpoint", '"${AZURE_ENDPOINT}"'), None),
        (provider("endpoint", '"${MY_ENDPOINT}"'), "H401"),
        (provider("endpoint", '"https://${AZURE_NAME:-x}.openai.azure.com"'), None),
        (provider("endpoint", '"https://x/${AZURE_OPENAI_API_KEY}"'), "H402"),
        (provider("endpoint", '"https://x/${AZURE_CLIENT_SECRET}"'), "H402"),
        (provider("endpoint", '"https://x/${AZURE_PASSWORD:-x}"'), "H402"),
        (provider("endpoint", '"https://x/${AZURE_TOKEN}"'), "H402"),
        (provider("endpoint", '"https://x/${AZURE_X:-${AZURE_Y}}"'), "H403"),
        (provider("endpoint", '"https://x/${AZURE-X}"'), "H403"),
        (provider("endpoint", '"https://x/${AZURE_X"'), "H403"),
        (provider("api_key", "sk-canary"), "H404"),
        (provider("api_key", '"Bearer ${OPENAI_API_KEY}"'), "H404"),
        (provider("api_key", '"${OPENAI_API_KEY:-sk-canary}"'), "H404"),
        (provider("api_key", '"${OPENAI_API_KEY} "'), "H404"),
        (provider("api_key", '"${MY_API_KEY}"'), "H401"),
        (provider("api_key", '"${AZURE_ANYTHING}"'), None),
        (provider("api_version", '"${OPENAI_API_VERSION:-2024-10-21}"'), None),
    ],
)
def test_what_may_stand_in_a_provider(text: str, code: str | None, problems_of: ProblemsOf) -> None:
    told = problems_of(text)
    assert [problem.split()[1] for problem in told] == ([code] if code else [])
    assert "canary" not in "".join(told)


def test_a_name_that_the_command_line_allows_may_be_read(problems_of: ProblemsOf) -> None:
    text = provider("api_key", '"${MY_API_KEY}"')
    assert problems_of(text, names=["MY_API_KEY"]) == []
    secret = provider("endpoint", '"https://x/${MY_API_KEY}"')
    assert [p.split()[1] for p in problems_of(secret, names=["MY_API_KEY"])] == ["H402"]


def test_elsewhere_it_is_literal_so_that_no_prompt_carries_a_secret_out(
    write: Write, load_spec: Load
) -> None:
    write(
        "spec.yaml",
        """
        version: 1
        name: s
        evaluation: {system: "Say ${AZURE_CLIENT_SECRET}"}
        variants: {v: {user: "${OPENAI_API_KEY} {{user}}"}}
        conversations: [{id: a, vars: {x: "${AZURE_X}"}, turns: [{user: "${HOME}"}]}]
        """,
    )
    found = load_spec(environment={"AZURE_CLIENT_SECRET": "canary", "OPENAI_API_KEY": "canary"})
    assert found.spec.evaluation.system == "Say ${AZURE_CLIENT_SECRET}"
    assert "canary" not in repr(found)
    assert [(str(w.span), w.code) for w in found.warnings] == [
        ("spec.yaml:4:22", "H403"),
        ("spec.yaml:5:22", "H403"),
        ("spec.yaml:6:35", "H403"),
    ]


@pytest.mark.parametrize(
    "place",
    [
        "subscription: {}",
        "resource_group: {{name: {}, region: swedencentral}}",
        "accounts: {{ab: {{region: swedencentral, tags: {{a: {}}}}}}}",
        "accounts: {{ab: {{region: {}}}}}",
        "providers: {{p: {{type: http, url: {}, body: {{}}, reply: a}}}}",
        "providers: {{p: {{type: openai-compatible, base_url: {}, models: {{m: {{}}}}}}}}",
    ],
)
@pytest.mark.parametrize(
    "reference", ["${azure_pass}", "${AZURE_CREDENTIALS:-x}", "a${AZURE_DB_CONN_STR}b"]
)
def test_a_secret_by_its_name_stands_nowhere_but_in_a_key_though_it_is_allowed(
    place: str, reference: str, problems_of: ProblemsOf
) -> None:
    text = "version: 1\nname: s\n" + place.format(f'"{reference}"') + "\n"
    values = {"azure_pass": "canary", "AZURE_CREDENTIALS": "canary", "AZURE_DB_CONN_STR": "canary"}
    told = problems_of(text, environment=values, names=[*values])
    assert "H402" in [problem.split()[1] for problem in told]
    assert "canary" not in "".join(told)


@pytest.mark.parametrize(
    "value",
    [
        "sk-proj-CanaryCanary0123456789",
        "https://user:Canary-K3y9Zq@host.example",
        "Endpoint=sb://x;SharedAccessKey=CanaryCanary0123456789=",
    ],
)
def test_a_value_that_looks_like_a_secret_is_refused_whatever_its_name(
    value: str, problems_of: ProblemsOf
) -> None:
    text = "version: 1\nname: s\naccounts: {ab: {region: swedencentral, tags: {a: '${AZURE_X}'}}}"
    told = problems_of(text, environment={"AZURE_X": value})
    assert "H402" in [problem.split()[1] for problem in told]
    assert "Canary" not in "".join(told)
    version = "0123456789abcdef0123456789abcdef"
    for harmless in ("somebody@contoso.com", f"https://v.vault.azure.net/keys/k/{version}"):
        assert "H402" not in "".join(problems_of(text, environment={"AZURE_X": harmless}))
    named = text.replace("tags: {a:", "tags: {keyVersion:")
    assert "H402" not in "".join(problems_of(named, environment={"AZURE_X": version}))
