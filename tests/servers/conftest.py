"""Servers that speak OpenAI's protocol and that nobody here wrote, each in its own environment."""

from __future__ import annotations

import json
import secrets
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import run
from harness.simulator.embedded import simulate
from harness.simulator.session import ProviderModelInfo
from harness.spec.model.spec import Simulator
from tests.servers.programs import Program, environment, free_port, running
from tests.servers.proxied import BEHIND, MOCKED, PROXIED

TINY = "harness/tiny"
"""The model of random weights, as its server calls it."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """LiteLLM's proxy, and the only key that it takes."""

    base_url: str
    key: str


@pytest.fixture(scope="session")
def litellm(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """LiteLLM's proxy: models that it mocks itself, and models that our simulator answers for."""
    programs = environment(project, "litellm")
    folder, port = tmp_path_factory.mktemp("litellm"), free_port()
    key = f"sk-{secrets.token_hex(32)}"
    behaviour = Simulator.model_validate(BEHIND)
    answered = {"behind": {model: ProviderModelInfo(model, None) for model in PROXIED.values()}}
    with simulate(None, behaviour, answered, environment={}) as simulated:
        behind = {
            "api_base": f"{simulated.url}/_providers/behind/v1",
            "api_key": simulated.token,
        }
        models = {
            **MOCKED,
            **{name: {"model": f"openai/{model}", **behind} for name, model in PROXIED.items()},
        }
        config = {
            "model_list": [
                {"model_name": name, "litellm_params": said} for name, said in models.items()
            ],
            "general_settings": {"master_key": "os.environ/LITELLM_MASTER_KEY"},
            "router_settings": {"num_retries": 0, "disable_cooldowns": True},
            "litellm_settings": {"num_retries": 0},
        }
        (folder / "config.yaml").write_text(json.dumps(config), encoding="utf-8")
        command = [str(programs / "litellm"), "--config", "config.yaml", "--host", "127.0.0.1"]
        variables = {
            "LITELLM_MASTER_KEY": key,
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # else it asks the network for prices
        }
        with running(
            [*command, "--port", str(port)], port, "/health/liveliness", folder, variables
        ) as program:
            yield Proxy(program.base_url, key)


Start = Callable[[], AbstractContextManager[Program]]


@pytest.fixture(scope="session")
def start_transformers(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Start:
    """Starts `transformers serve` with the model of random weights."""
    programs = environment(project, "transformers")
    cache = tmp_path_factory.mktemp("hub")
    variables = {"HF_HUB_OFFLINE": "1", "HF_HUB_CACHE": str(cache)}
    script = Path(__file__).with_name("tiny_model.py")
    made = subprocess.run(
        [programs / "python", script, cache, TINY], env=variables, capture_output=True, check=False
    )
    assert made.returncode == 0, made.stderr.decode()

    def start() -> AbstractContextManager[Program]:
        folder, port = tmp_path_factory.mktemp("transformers"), free_port()
        command = [str(programs / "transformers"), "serve", TINY, "--host", "127.0.0.1"]
        return running([*command, "--port", str(port)], port, "/health", folder, variables)

    return start


@pytest.fixture(scope="session")
def transformers(start_transformers: Start) -> Iterator[Program]:
    """`transformers serve`, for as long as the tests run."""
    with start_transformers() as program:
        yield program


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project, which the test stands in."""
    (tmp_path / ".harness").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


Evaluate = Callable[[Mapping[str, Any]], dict[str, dict[str, Any]]]


@pytest.fixture
def evaluate(folder: Path) -> Evaluate:
    """`harness eval` of a spec: the result of each target's only trial, by its name."""
    numbers = count(1)

    def evaluated(spec: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        whole = {"version": 1, "name": "servers", "cloud": "azure", **spec}
        (folder / "spec.yaml").write_text(json.dumps(whole), encoding="utf-8")
        out = f"out-{next(numbers)}"
        code = run(["eval", "spec.yaml", "--output", out, "-q"])
        assert code in (0, 1, 3), "the request itself was wrong"
        lines = (folder / out / "results.jsonl").read_text(encoding="utf-8").splitlines()
        found = [json.loads(line) for line in lines]
        return {line["target"].partition("/")[2]: line for line in found}

    return evaluated
