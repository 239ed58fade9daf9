"""Every program that `harness code` writes runs as it stands, and sends what eval sends."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import run
from tests.simulator.code.conftest import Azure, Ended, RunProgram

ASKED = {"one": 1, "several": 4, "written": 2, "weather": 3}
"""Conversations of the spec, and the requests that each is played with."""

Bodies = list[dict[str, Any]]
EvalBodies = Callable[..., Bodies]


@pytest.fixture(scope="module")
def eval_bodies(azure: Azure) -> EvalBodies:
    """The bodies that eval sends for a conversation, target, API and history."""
    known: dict[tuple[str, ...], Bodies] = {}

    def find(
        conversation: str,
        target: str,
        api: str,
        history: str = "max_turns: 2",
        requests: int | None = None,
    ) -> Bodies:
        wanted = (conversation, target, api, history)
        if wanted not in known:
            text = Path("spec.yaml").read_text(encoding="utf-8")
            text = text.replace("evaluation:\n", f"evaluation:\n  api: {api}\n")
            text = text.replace("max_turns: 2", history)
            Path("asked.yaml").write_text(text, encoding="utf-8")
            azure.passed.clear()
            assert run(["eval", "asked.yaml", "-k", conversation, "-t", target, "-q"]) == 0
            known[wanted] = list(azure.passed.bodies)
            assert len(known[wanted]) == (requests or ASKED[conversation])
        return known[wanted]

    return find


def drop_stream(bodies: Bodies) -> Bodies:
    return [
        {name: value for name, value in body.items() if name not in ("stream", "stream_options")}
        for body in bodies
    ]


def check(ended: Ended, azure: Azure, wanted: Bodies, *, streams: bool) -> None:
    assert ended.code == 0, ended.err + ended.text
    sent = azure.passed.bodies
    assert drop_stream(sent) == drop_stream(wanted), ended.text
    assert all(bool(body.get("stream")) == streams for body in sent)
    assert azure.token not in ended.text


def list_forms() -> list[tuple[bool, list[str]]]:
    """Whether it streams, and the options, for the four forms of a Python program."""
    pairs = product(([], ["--async"]), ([], ["--stream"]))
    return [(bool(stream), [*loop, *stream]) for loop, stream in pairs]


@pytest.mark.parametrize("api", ["chat", "responses"])
@pytest.mark.parametrize("style", ["v1", "azure"])
@pytest.mark.parametrize("conversation", ["one", "several", "weather"])
def test_a_program_for_azure_sends_what_eval_sends(
    style: str,
    conversation: str,
    api: str,
    azure: Azure,
    run_code: RunProgram,
    eval_bodies: EvalBodies,
) -> None:
    wanted = eval_bodies(conversation, "sweden/mini", api)
    common = ["sweden/mini", "--conversation", conversation, "--style", style, "--api", api]
    for streams, form in list_forms():
        ended = run_code(*common, *form)
        check(ended, azure, wanted, streams=streams)
        by_deployment = style == "azure" and api == "chat"
        assert {"deployments/mini" in path for path in azure.passed.paths} == {by_deployment}
        if conversation == "weather":
            assert ended.out.count("[calls get_weather with") == 1
            assert "Four degrees." in ended.out
        if conversation == "several":
            assert 'Hello Ada.\n\nIt\'s "fine" \\ $HOME 爱达.' in ended.out
            assert "Olle, 'the cook'." in ended.out


@pytest.mark.parametrize("api", ["chat", "responses"])
@pytest.mark.parametrize("conversation", ["one", "several"])
def test_a_program_for_openai_sends_what_eval_sends(
    conversation: str, api: str, azure: Azure, run_code: RunProgram, eval_bodies: EvalBodies
) -> None:
    wanted = eval_bodies(conversation, "sweden/same", api)
    common = ["sweden/mini", "--conversation", conversation, "--style", "openai", "--api", api]
    for streams, form in list_forms():
        ended = run_code(*common, *form)
        check(ended, azure, wanted, streams=streams)
        assert {one["authorization"] for one in azure.passed.headers} == {f"Bearer {azure.token}"}
        assert "AZURE" not in ended.text


@pytest.mark.parametrize("form", [[], ["--async"], ["--style", "curl"]])
def test_a_program_sends_what_a_gateway_wants_and_the_key_nowhere_else(
    form: list[str], azure: Azure, run_code: RunProgram
) -> None:
    ended = run_code("gateway/mini", *form, OPENAI_GATEWAY_KEY=azure.token)
    assert ended.code == 0, ended.err
    (sent,) = azure.passed.headers
    assert (sent["api-key"], sent["x-team"]) == (azure.token, "search")
    assert "authorization" not in sent
    refused = run_code("front/mini", *form, OPENAI_GATEWAY_KEY=azure.token)
    assert refused.code != 0  # the simulator is no gateway that takes this header
    assert azure.passed.headers[0]["x-key"] == azure.token
    assert not {"authorization", "api-key"} & azure.passed.headers[0].keys()


@pytest.mark.parametrize("api", ["chat", "responses"])
@pytest.mark.parametrize("style", ["v1", "azure"])
@pytest.mark.parametrize("conversation", ["one", "several"])
def test_a_program_without_a_key_signs_in_as_the_machine(
    style: str,
    conversation: str,
    api: str,
    azure: Azure,
    run_code: RunProgram,
    eval_bodies: EvalBodies,
) -> None:
    wanted = eval_bodies(conversation, "sweden/mini", api)
    common = ["sweden/mini", "--conversation", conversation, "--style", style, "--keyless"]
    common += ["--api", api]
    for streams, form in list_forms():
        azure.scopes.clear()
        ended = run_code(*common, *form, AZURE_OPENAI_API_KEY="wrong")
        check(ended, azure, wanted, streams=streams)
        assert azure.scopes == ["https://ai.azure.com"]
        assert "API_KEY" not in ended.text


@pytest.mark.parametrize("api", ["chat", "responses"])
@pytest.mark.parametrize("extra", [[], ["--api-version", "2025-04-01-preview"]])
@pytest.mark.parametrize("conversation", ["one", "several", "written"])
def test_a_shell_script_sends_what_eval_sends(
    conversation: str,
    extra: list[str],
    api: str,
    azure: Azure,
    run_code: RunProgram,
    eval_bodies: EvalBodies,
) -> None:
    wanted = eval_bodies(conversation, "sweden/mini", api)
    common = ["sweden/mini", "--conversation", conversation, "--style", "curl", "--api", api]
    for streams in (False, True):
        ended = run_code(*common, *extra, *(["--stream"] * streams))
        check(ended, azure, wanted, streams=streams)
        if conversation == "several":
            shown = ended.err if streams else ended.out
            assert 'Hello Ada.\n\nIt\'s "fine" \\ $HOME 爱达.' in shown
        elif conversation == "one" and not streams:
            assert "Noted." in json.dumps(json.loads(ended.out))


def test_a_shell_script_without_a_key_asks_the_azure_cli_for_a_token(
    azure: Azure, run_code: RunProgram, tmp_path: Path
) -> None:
    az = tmp_path / "bin" / "az"
    az.parent.mkdir()
    az.write_text(f'#!/bin/sh\necho "$@" >>"{tmp_path}/asked"\necho {azure.token}\n')
    az.chmod(0o755)
    path = f"{az.parent}:/usr/bin:/bin"
    ended = run_code("sweden/mini", "--style", "curl", "--keyless", PATH=path)
    assert ended.code == 0, ended.err
    assert azure.passed.headers[0]["authorization"] == f"Bearer {azure.token}"
    assert "--resource https://ai.azure.com\n" in (tmp_path / "asked").read_text()


@pytest.mark.parametrize(
    "history",
    ["max_turns: 0", "max_turns: 1, max_tokens: 90", "max_tokens: 110", "max_turns: null"],
)
@pytest.mark.parametrize("style", ["v1", "curl"])
@pytest.mark.parametrize("conversation", ["several", "weather"])
def test_a_program_forgets_what_eval_forgets(
    conversation: str,
    style: str,
    history: str,
    azure: Azure,
    run_code: RunProgram,
    eval_bodies: EvalBodies,
) -> None:
    if (conversation, style) == ("weather", "curl"):
        return  # tools that answer are refused there
    wanted = eval_bodies(conversation, "sweden/mini", "chat", history)
    text = Path("spec.yaml").read_text(encoding="utf-8").replace("max_turns: 2", history)
    Path("forgets.yaml").write_text(text, encoding="utf-8")
    ended = run_code(
        "sweden/mini", "--conversation", conversation, "--style", style, spec="forgets.yaml"
    )
    check(ended, azure, wanted, streams=False)


def test_a_reasoning_model_is_asked_with_what_it_takes(
    azure: Azure, run_code: RunProgram, eval_bodies: EvalBodies
) -> None:
    ended = run_code("sweden/five", "--conversation", "several")
    azure_bodies = list(azure.passed.bodies)
    # eval finds out by a refused request that `stop` is none of its parameters.
    played = eval_bodies("several", "sweden/five", "chat", requests=5)
    assert azure_bodies == [body for body in played if "stop" not in body]
    told = ended.text.replace("\n# ", " ")
    assert "temperature dropped" in told
    assert "stop dropped (a model that reasons refuses it)" in told


@pytest.mark.parametrize("form", [[], ["--async"], ["--stream"], ["--keyless"]])
def test_a_refused_program_ends_with_a_line_and_no_traceback(
    form: list[str], azure: Azure, run_code: RunProgram
) -> None:
    ended = run_code("sweden/mini", *form, AZURE_OPENAI_API_KEY="wrong", IDENTITY_HEADER="not-ours")
    assert ended.code == 1
    assert "Traceback" not in ended.err
    assert "Error: " in ended.err


@pytest.mark.parametrize("form", [[], ["--stream"], ["--conversation", "several"],
    ["--conversation", "several", "--stream"]])  # fmt: skip
def test_a_refused_shell_script_shows_why(
    form: list[str], azure: Azure, run_code: RunProgram
) -> None:
    ended = run_code("sweden/mini", *form, "--style", "curl", AZURE_OPENAI_API_KEY="wrong")
    assert ended.code != 0
    assert "invalid subscription key" in ended.out + ended.err
