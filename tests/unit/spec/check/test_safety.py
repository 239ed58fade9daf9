"""Code that nobody allowed, credentials in specs, and connections without encryption."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.checks.definitions import FORMS
from harness.errors import SpecError
from harness.spec.load import load
from harness.spec.model.assertion_forms import AssertionForm
from harness.store.files import DiskReader
from tests.unit.spec.written import Load, ProblemsOf, Write, codes, turn

URLS = "version: 1\nname: s\nproviders: {{p: {{type: {0}, models: {{m: {{}}}}}}}}\n"
KEY = ', api_key: "${OPENAI_API_KEY}"'


@pytest.mark.parametrize(
    ("provider", "code"),
    [
        ('azure-openai, endpoint: "https://c.openai.azure.com/"', None),
        ('azure-openai, endpoint: "http://c.openai.azure.com/"', "H405"),
        ('azure-openai, endpoint: "http://127.0.0.1:8080/x"', None),
        ('azure-openai, endpoint: "http://[::1]:8080/x"', None),
        ('azure-openai, endpoint: "http://127.0.0.1.evil.example/"', "H405"),
        ('azure-openai, endpoint: "https://user:pass@c.openai.azure.com/"', "H404"),
        ('azure-openai, endpoint: "https://c.openai.azure.com/?api-version=1"', "H208"),
        ('azure-openai, endpoint: "c.openai.azure.com"', "H208"),
        ('azure-openai, endpoint: "file:///etc/passwd"', "H208"),
        ('azure-openai, endpoint: "https://"', "H208"),
        ('azure-openai, endpoint: "https://x:99999/"', "H208"),
        ('openai-compatible, base_url: "http://192.168.1.5:11434/v1"', None),
        ('openai-compatible, base_url: "http://192.168.1.5:11434/v1"' + KEY, "H405"),
        ('openai-compatible, base_url: "http://localhost:11434/v1"' + KEY, None),
        ("openai" + KEY, None),
        ("openai", "H202"),
    ],
)
def test_where_credentials_may_go(provider: str, code: str | None, problems_of: ProblemsOf) -> None:
    told = problems_of(URLS.format(provider))
    assert [line.split()[1] for line in told] == ([code] if code else [])


def test_a_credential_in_a_header_is_refused(problems_of: ProblemsOf) -> None:
    text = """version: 1
name: s
providers:
  app: {type: http, url: "http://127.0.0.1/", headers: {Authorization: x}, body: {}, reply: $.a}
"""
    assert codes(problems_of(text)) == ["4:57 H404"]


@pytest.mark.parametrize(
    ("resource", "code"),
    [
        ("properties: {migrationToken: Zx81kQ9vT7mX1pL5nR8wY2bC4dE6f}", "H404"),
        ("properties: {apiProperties: {searchEndpointKey: aZ3kQ9vT7mX1pL5nR8wY2b}}", "H404"),
        ("properties: {rules: [{connectionString: 'AccountKey=aZ3kQ9vT7mX1pL5n'}]}", "H404"),
        ("tags: {note: sk-proj-AbCdEf0123456789AbCdEf0123456789AbCdEf01}", "H404"),
        ("deployments: {d: {model: gpt-4.1, properties: {apiKey: aZ3kQ9vT7mX1pL5nR8wY}}}", "H404"),
        ("properties: {encryption: {keyVersion: 9f86d081884c7d659a2feaa0c55ad015}}", None),
        ("properties: {k: 'https://v.example.net/keys/9f86d081884c7d659a2feaa0c55ad015'}", None),
        ("tags: {owner: ada@contoso.com, secret: none}", None),
    ],
)  # fmt: skip
def test_no_property_or_tag_of_a_resource_holds_a_secret(
    resource: str, code: str | None, problems_of: ProblemsOf
) -> None:
    told = problems_of(
        "version: 1\nname: s\ncloud: simulator\nresource_group: {name: rg-s, create: true,"
        " region: swedencentral}\naccounts:\n  a:\n    region: swedencentral\n"
        f"    {resource}\n"
    )
    found = [line.split()[1] for line in told if line.split()[1] == "H404"]
    assert found == ([code] if code else [])
    assert not any("aZ3kQ9" in line or "sk-proj" in line for line in told)


def test_code_runs_only_when_it_is_allowed(problems_of: ProblemsOf, write: Write) -> None:
    text = turn("{python: 'check.py:f'}")
    assert codes(problems_of(text)) == ["7:54 H313"]
    assert codes(problems_of(text, allow_code=True)) == ["7:62 H101"]
    write("check.py", "def f(output, context): return True")
    assert problems_of(text, allow_code=True) == []


def test_each_assertion_whose_value_is_code_needs_the_same_consent(
    write: Write, tmp_path: Path
) -> None:
    forms = {**FORMS, "lua": AssertionForm("code")}
    write("check.py", "def f(output, context): return True")
    write("spec.yaml", turn("{lua: 'check.py:f'}"))
    loaded: list[list[str]] = []
    for allow_code in (False, True):
        try:
            spec_file = load(
                str(tmp_path / "spec.yaml"),
                reader=DiskReader(tmp_path),
                assertions=forms,
                environment={},
                allow_code=allow_code,
                harness_version="0.1.0",
            )
            (assertion,) = spec_file.spec.conversations[0].turns[0].assertions
            loaded.append([assertion.value])
        except SpecError as error:
            loaded.append([found.code for found in error.diagnostics])
    assert loaded == [["H313"], ["check.py:f"]]


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("tone.py:polite", "specs/tone.py:polite"),
        ("./tone.py", "specs/tone.py:get_assert"),
        ("file://tone.py:polite", "specs/tone.py:polite"),
        ("../shared.py", "shared.py:get_assert"),
        ("len(output) > 3", "len(output) > 3"),
    ],
)
def test_code_is_named_from_the_project_root_whoever_names_it(
    value: str, named: str, write: Write, load_spec: Load
) -> None:
    write("specs/tone.py", "def polite(output, context): return True")
    write("shared.py", "")
    write("specs/spec.yaml", turn(f"{{assert-set: [{{python: '{value}'}}]}}"))
    (outer,) = (
        load_spec("specs/spec.yaml", allow_code=True).spec.conversations[0].turns[0].assertions
    )
    assert outer.assertions[0].value == named


@pytest.mark.parametrize("path", ["../../outside.py:f", "/etc/x.py:f", "gone.py:f"])
def test_code_stays_in_the_project_root(path: str, write: Write, load_spec: Load) -> None:
    write("specs/spec.yaml", turn(f"{{python: '{path}'}}"))
    with pytest.raises(SpecError) as refused:
        load_spec("specs/spec.yaml", allow_code=True)
    assert {found.code for found in refused.value.diagnostics} <= {"H101", "H111"}
