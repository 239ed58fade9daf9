from __future__ import annotations

import pytest

from harness.plan.identity import DEPLOYMENT
from harness.plan.observed import join_account
from harness.plan.outputs import (
    FORMATS,
    format_environment,
    list_outputs,
    list_variables,
    make_document,
    name_variable,
)
from tests.unit.plan.worlds import ACCOUNT, MINI, account_body, deployment_body, spec_of

SPEC = spec_of({"mini": MINI, "gpt-4.1": {**MINI, "deployment_name": "large"}})


def test_a_program_gets_endpoint_base_url_and_the_names_of_deployments() -> None:
    there = join_account(
        account_body(), {DEPLOYMENT: (deployment_body(), deployment_body("large"))}
    )
    found = list_outputs(SPEC, {ACCOUNT: there}, suffix="openai.azure.com")
    assert found.missing == ()
    assert format_environment(found.accounts) == (
        "AZURE_OPENAI_ENDPOINT=https://acc-01.openai.azure.com/\n"
        "MAIN_ENDPOINT=https://acc-01.openai.azure.com/\n"
        "MAIN_BASE_URL=https://acc-01.openai.azure.com/openai/v1/\n"
        "MAIN_MINI=mini\n"
        "MAIN_GPT_4_1=large\n"
    )
    document = make_document(SPEC, found, "azure")
    assert document["accounts"]["main"]["deployments"]["gpt-4.1"]["deployment_name"] == "large"
    assert "key" not in str(document).casefold()


def test_what_is_not_there_is_named_and_not_printed() -> None:
    there = join_account(account_body(), {DEPLOYMENT: (deployment_body(),)})
    found = list_outputs(SPEC, {ACCOUNT: there}, suffix="openai.azure.com")
    assert found.missing == ("account.main.deployment.gpt-4.1",)
    assert "GPT_4_1" not in format_environment(found.accounts)
    nothing = list_outputs(SPEC, {}, suffix="openai.azure.com")
    assert nothing.missing[0] == "account.main"
    assert format_environment(nothing.accounts) == ""


def test_an_account_without_a_subdomain_is_reached_through_its_region() -> None:
    body = account_body(
        properties={
            "customSubDomainName": None,
            "endpoint": "https://swedencentral.api.cognitive.microsoft.com/",
        }
    )
    found = list_outputs(SPEC, {ACCOUNT: join_account(body, {})}, suffix="openai.azure.com")
    assert found.accounts[0].endpoint == "https://swedencentral.api.cognitive.microsoft.com/"


def test_values_from_azure_cannot_run_in_a_shell() -> None:
    there = join_account(account_body(), {DEPLOYMENT: (deployment_body("mini$(id)"),)})
    spec = spec_of({"mini": {**MINI, "deployment_name": "mini$(id)"}})
    found = list_outputs(spec, {ACCOUNT: there}, suffix="openai.azure.com")
    assert "MAIN_MINI='mini$(id)'\n" in format_environment(found.accounts)


@pytest.mark.parametrize("evil", ["x\nPATH=/evil", "x\r\nGITHUB_TOKEN=y", "x\u2028A<<E\nb\nE"])
def test_values_from_azure_set_no_other_variable_of_a_pipeline(evil: str) -> None:
    body = account_body()
    body["properties"] = {"endpoint": evil, "provisioningState": "Succeeded"}
    found = list_outputs(SPEC, {ACCOUNT: join_account(body, {})}, suffix="openai.azure.com")
    for name in ("github", "tfvars"):
        lines = FORMATS[name](found.accounts).rstrip("\n").split("\n")
        names = [line.partition("=")[0].strip().upper() for line in lines]
        assert names == [name for name, _ in list_variables(found.accounts)]


def test_handles_become_names_that_every_shell_takes() -> None:
    assert [name_variable(name) for name in ("gpt-4.1", "4o", "中文")] == ["GPT_4_1", "_4O", "X"]


def test_two_handles_never_share_a_variable() -> None:
    spec = spec_of({"a-b": MINI, "a.b": {**MINI, "deployment_name": "second"}})
    bodies = (deployment_body("a-b"), deployment_body("second"))
    found = list_outputs(
        spec, {ACCOUNT: join_account(account_body(), {DEPLOYMENT: bodies})}, suffix="x"
    )
    assert format_environment(found.accounts).endswith("MAIN_A_B=a-b\nMAIN_A_B_2=second\n")
