"""`harness code`: the service and the variables of a program, and what is refused."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from harness.cli.main import run

SPEC = """
version: 1
name: kinds
cloud: azure
subscription: ${AZURE_SUBSCRIPTION_ID}
resource_group: rg
accounts:
  sweden:
    subdomain: contoso
    region: swedencentral
    deployments:
      mini: {model: gpt-4.1-mini, version: "2025-04-14", sku: GlobalStandard, capacity: 50}
  entra:
    region: swedencentral
    local_auth: false
    deployments:
      mini: {model: gpt-4.1-mini, version: "2025-04-14", sku: GlobalStandard, capacity: 50}
providers:
  dated:
    type: azure-openai
    endpoint: "${AZURE_OPENAI_EU:-https://eu.openai.azure.com}"
    api_key: "${AZURE_OPENAI_KEY_EU}"
    api_version: "2024-06-01"
    models: {chat: {model: gpt-4o}, unsaid: {}}
  newer: {type: azure-openai, endpoint: "https://eu.openai.azure.com", models: {chat: {}}}
  gateway:
    type: openai-compatible
    base_url: https://gateway.example.com/v1
    api_key: "${OPENAI_GATEWAY_KEY}"
    api_key_header: Ocp-Apim-Subscription-Key
    headers: {x-team: "it's \\"search\\""}
    models: {llama: {}}
  local: {type: openai-compatible, base_url: "http://127.0.0.1:11434/v1", models: {llama: {}}}
  openai: {type: openai, api_key: "${OPENAI_API_KEY}", models: {gpt-4.1: {}}}
  app: {type: http, url: "http://127.0.0.1:8000/chat", body: {question: "{{user}}"}, reply: $.a}
evaluation: {parameters: {temperature: 0}}
conversations:
  - {id: given, turns: [{user: "Hi", assistant: "Hello."}]}
  - id: stored
    turns: [{user: "A city?", store_as: city}, {user: "Where is {{city}}?"}]
  - {id: cased, cases: [{id: a, n: one}, {id: b, n: two}], turns: [{user: "Say {{n}}."}]}
"""

ENDPOINT = "AZURE_OPENAI_ENDPOINT"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "harness.yaml").write_text(SPEC, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AZURE_OPENAI_KEY_EU", "never-shown-7f3a")
    monkeypatch.setenv("AZURE_OPENAI_EU", "https://private.example.com")
    return tmp_path


def write(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(["code", *arguments]) == 0
    out = capsys.readouterr().out
    if "curl" not in arguments:
        ast.parse(out)
    assert "never-shown-7f3a" not in out
    assert "private.example.com" not in out
    return out


@pytest.mark.parametrize(
    ("target", "wanted"),
    [
        ("sweden/mini", [f'os.environ["{ENDPOINT}"].rstrip("/") + "/openai/v1/"',
                         'export AZURE_OPENAI_ENDPOINT="https://contoso.openai.azure.com"',
                         'api_key=os.environ["AZURE_OPENAI_API_KEY"]', "openai.OpenAI("]),
        ("entra/mini", ['DefaultAzureCredential(), "https://ai.azure.com/.default"',
                        "pip install openai azure-identity\n"]),
        ("dated/chat", ["openai.AzureOpenAI(", 'api_version="2024-06-01"',
                        'azure_endpoint=os.environ["AZURE_OPENAI_EU"]',
                        'export AZURE_OPENAI_EU="https://eu.openai.azure.com"',
                        'os.environ["AZURE_OPENAI_KEY_EU"]']),
        ("newer/chat", ["get_bearer_token_provider", "/openai/v1/"]),
        ("gateway/llama", ['os.environ.get("OPENAI_BASE_URL", "https://gateway.example.com/v1")',
                           '"Ocp-Apim-Subscription-Key": os.environ["OPENAI_GATEWAY_KEY"]',
                           '"Authorization": openai.Omit()', '"x-team": "it\'s \\"search\\""']),
        ("local/llama", ['api_key="none"', '"http://127.0.0.1:11434/v1"']),
        ("openai/gpt-4.1", ["client = openai.OpenAI(\n    # The key is in OPENAI_API_KEY"]),
    ],
)  # fmt: skip
def test_a_program_is_for_the_service_that_the_target_is(
    target: str, wanted: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    out = write(capsys, target)
    for part in wanted:
        assert part in out


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["sweden/mini", "--style", "azure"], 'api_version="2024-10-21"'),
        (["sweden/mini", "--style", "azure", "--api", "responses"], "2025-04-01-preview"),
        (["sweden/mini", "--style", "azure", "--api-version", "2023-05-15"], "2023-05-15"),
        (["sweden/mini", "--style", "openai"], 'model="gpt-4.1-mini",\n'),
        (["sweden/mini", "--style", "curl"], '"${AZURE_OPENAI_ENDPOINT%/}/openai/v1/chat'),
        (["dated/chat", "--style", "curl"], "/chat/chat/completions?api-version=2024-06-01"),
        (["dated/chat", "--style", "v1"], "/openai/v1/"),
        (["gateway/llama", "--style", "curl"], '"Ocp-Apim-Subscription-Key: $OPENAI_GATEWAY_KEY"'),
        (["gateway/llama", "--style", "curl"], "'x-team: it'\\''s \"search\"'"),
        (["openai/gpt-4.1", "--style", "v1"], 'called by its deployment\'s name: here "gpt-4.1"'),
        (["openai/gpt-4.1", "--style", "legacy"], "openai.ChatCompletion.create("),
        (["newer/chat", "--key"], 'os.environ["AZURE_OPENAI_API_KEY"]'),
        (["sweden/mini", "--keyless"], "get_bearer_token_provider"),
        (["sweden/mini", "--keyless", "--async"], "from azure.identity.aio import"),
        (["sweden/mini", "--conversation", "cased", "--case", "b"], "Say two."),
        (["sweden/mini", "--conversation", "cased"], "Say one."),
        (["sweden/mini", "--ask", "Is {{this}} kept?"], "Is {{this}} kept?"),
    ],
)  # fmt: skip
def test_options_change_what_they_say(
    arguments: list[str], wanted: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert wanted in write(capsys, *arguments)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["openai/gpt-4.1", "--keyless"], "H961", "only Azure is called without a key"),
        (["local/llama", "--style", "v1"], "H961", "a model on a server of its own"),
        (["sweden/mini", "--style", "curl", "--async"], "H961", "a shell script waits"),
        (["sweden/mini", "--style", "legacy", "--api", "responses"], "H961", "no Responses API"),
        (["sweden/mini", "--api-version", "x", "--style", "v1"], "H961", "v1 API has none"),
        (["openai/gpt-4.1", "--api-version", "2024-06-01"], "H961", "OpenAI has none"),
        (["gateway/llama", "--style", "legacy"], "H961", "headers of its own"),
        (["dated/unsaid", "--style", "openai"], "H962", "does not say which model it is"),
        (["app"], "H960", "not called by the openai library"),
        (["sweden/mini", "--conversation", "given"], "H962", "nothing is asked"),
        (["sweden/mini", "--conversation", "stored"], "H962", "turn 2 names an earlier reply"),
        (["sweden/mini", "--conversation", "casd"], "H963", "did you mean cased?"),
        (["sweden/mini", "--conversation", "cased", "--case", "c"], "H963", "cases: a, b"),
        (["sweden/mini", "--variant", "x"], "H963", "there is no variant 'x'"),
        (["*/mini"], "H963", "matches 2 targets"),
        (["sweden/mni"], "H601", "did you mean sweden/mini"),
        (["harness.yaml"], "H963", "harness code TARGET --spec harness.yaml"),
        (["sweden/mini", "--case", "a"], "", "name the --conversation"),
        (["sweden/mini", "--ask", "x", "--conversation", "cased"], "", "has its own questions"),
        (["sweden/mini", "-o", "harness.yaml/x.py"], "H964", "cannot be written"),
        (["sweden/mini", "-o", "harness.yaml"], "H964", "File exists"),
    ],
)  # fmt: skip
def test_what_is_no_program_is_refused_with_the_reason(
    arguments: list[str], code: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["code", *arguments]) == (3 if code == "H964" else 2)
    err = capsys.readouterr().err
    assert code in err
    assert said in err


def test_a_file_is_written_and_its_name_is_in_the_head(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["code", "sweden/mini", "-o", "first call.py"]) == 0
    assert "wrote first call.py" in capsys.readouterr().err
    assert "#   python 'first call.py'\n" in (folder / "first call.py").read_text(encoding="utf-8")
