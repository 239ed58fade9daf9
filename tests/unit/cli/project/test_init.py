"""``init --ci``: a pipeline for a new project, or for one that is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli.main import run


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("service", "place"),
    [
        ("github", ".github/workflows/harness.yml"),
        ("azure", "azure-pipelines.yml"),
        ("gitlab", ".gitlab-ci.yml"),
    ],
)
def test_a_new_project_gets_its_pipeline_where_the_service_looks_for_it(
    service: str, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", "bot", "--ci", service]) == 0
    assert capsys.readouterr().out == "harness run bot/specs/starter.yaml --record\n"
    assert Path("bot/specs/starter.yaml").exists()
    text = Path("bot", place).read_text(encoding="utf-8")
    assert "SPEC: specs/starter.yaml\n" in text
    assert "CASSETTE: specs/starter.cassette\n" in text


def test_a_project_that_has_specs_gets_the_pipeline_alone_for_the_first_of_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("specs").mkdir()
    Path("specs/support.yml").write_text("mine", encoding="utf-8")
    Path("specs/travel.yaml").write_text("mine too", encoding="utf-8")
    assert run(["init", "--ci", "gitlab"]) == 0
    out, err = capsys.readouterr()
    said = err.splitlines()
    assert said[:2] == ["wrote .gitlab-ci.yml", "added .harness/ and reports/ to .gitignore"]
    assert said[-1] == "what to run next:"
    assert out == "harness run specs/support.yml --record\n"
    text = Path(".gitlab-ci.yml").read_text(encoding="utf-8")
    assert "SPEC: specs/support.yml\n" in text
    assert "CASSETTE: specs/support.cassette\n" in text
    assert "starter" not in text
    assert sorted(path.name for path in Path("specs").iterdir()) == ["support.yml", "travel.yaml"]


def test_a_pipeline_that_is_there_is_not_overwritten(capsys: pytest.CaptureFixture[str]) -> None:
    Path("azure-pipelines.yml").write_text("mine", encoding="utf-8")
    assert run(["init", "--ci", "azure"]) == 2
    assert "azure-pipelines.yml is there already: nothing was written" in capsys.readouterr().err
    assert [path.name for path in Path().iterdir()] == ["azure-pipelines.yml"]
