"""``harness init``: a project that passes everything at once, and overwrites nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from harness.cli.main import run


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("HARNESS_CLOUD", "AZURE_SUBSCRIPTION_ID"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def git(*words: str) -> str:
    done = subprocess.run(["git", *words], check=True, capture_output=True, text=True)
    return done.stdout


def run_pytest(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_what_is_written_passes_validate_plan_eval_and_pytest_at_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["init", "bot"]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[0].startswith("harness run bot/specs/starter.yaml ")
    assert "wrote bot/specs/starter.yaml" in err
    assert "simulated: 10 passed" in err
    spec = "bot/specs/starter.yaml"
    for words in (["validate", spec], ["plan", spec, "--check"]):
        assert run(words) == 0, words
    capsys.readouterr()
    assert run(["eval", spec, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["simulated"]
    assert Path("bot/reports/starter").is_dir()
    played = run_pytest("bot/specs")
    assert played.returncode == 0, played.stdout
    assert "simulated: the simulator answered 6 of the tests" in played.stdout


@pytest.mark.parametrize(
    "flags",
    [
        ["--region", "East US 2", "--model", "gpt-5-pro", "--model", "gpt-4o"],
        ["--cloud", "azure", "--name", "support", "--model", "gpt-5.4-mini", "--yes"],
    ],
    ids=" ".join,
)
def test_every_choice_that_is_accepted_is_well(
    flags: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", *flags]) == 0
    capsys.readouterr()
    assert run(["validate"]) == 0
    assert run(["plan", "--cloud", "simulator", "--check"]) == 0
    assert run(["eval", "--cloud", "simulator"]) == 0
    assert run(["eval", "--replay"]) == 0
    assert "gate: passed" in capsys.readouterr().out


def test_a_project_for_azure_asks_for_a_sign_in(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")
    assert run(["init", "--cloud", "azure"]) == 0
    assert run(["plan"]) == 3
    assert "nobody is signed in to Azure" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        (["--model", "gpt-9"], "H116"),
        (["--model", "text-embedding-3-small"], "H117"),
        (["--name", "My Bot"], "H119"),
        (["--region", "mars"], "H920"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    flags: list[str], code: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", *flags]) == 2
    assert f"error[{code}]" in capsys.readouterr().err
    assert list(here.iterdir()) == []


def test_init_overwrites_nothing(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("specs").mkdir()
    Path("specs/starter.yaml").write_text("mine", encoding="utf-8")
    assert run(["init"]) == 2
    assert "specs/starter.yaml is there already: nothing was written" in capsys.readouterr().err
    assert [path.name for path in here.rglob("*")] == ["specs", "starter.yaml"]
    assert Path("specs/starter.yaml").read_text(encoding="utf-8") == "mine"


def test_inside_a_bigger_repository_runs_and_gitignore_stay_in_the_project_and_a_clone_knows_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    git("init", "--quiet", "big")
    Path("big/pyproject.toml").write_text("[tool.pytest.ini_options]\n", encoding="utf-8")
    assert run(["init", "big/evals/bot", "--ci", "github", "--model", "gpt-4.1-mini"]) == 0
    told = capsys.readouterr().err
    assert "--wheel-dir" not in told or "--wheel-dir big/wheels " in told
    pipeline = Path("big/.github/workflows/harness.yml").read_text(encoding="utf-8")
    assert "SPEC: evals/bot/specs/starter.yaml\n" in pipeline
    assert "run: harness validate evals/bot/specs/*.yaml\n" in pipeline
    assert run(["eval", "big/evals/bot/specs/starter.yaml"]) == 0
    assert not Path("big/reports").exists()
    assert not Path("big/.harness").exists()
    tracked = git("-C", "big", "ls-files", "--others", "--exclude-standard").splitlines()
    assert "evals/bot/.harness/.gitignore" in tracked
    assert not [name for name in tracked if "reports/" in name or name.endswith("world.json")]
    assert run_pytest("big/evals/bot/specs").returncode == 0

    git("-C", "big", "add", ".")
    git("-C", "big", "-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "bot")
    git("clone", "--quiet", "big", "clone")
    assert run(["eval", "clone/evals/bot/specs/starter.yaml", "--replay"]) == 0
    assert Path("clone/evals/bot/reports").is_dir()
    assert git("-C", "clone", "status", "--porcelain") == ""


def test_patterns_that_leave_out_reports_already_are_enough(
    capsys: pytest.CaptureFixture[str],
) -> None:
    git("init", "--quiet", ".")
    Path(".gitignore").write_bytes(b"node_modules/\r\n**/reports/*\r\n!reports/sample/\r\n")
    before = Path(".gitignore").read_bytes()
    assert run(["init", "--model", "gpt-4.1-mini"]) == 0
    assert Path(".gitignore").read_bytes() == before
    assert ".gitignore  " not in capsys.readouterr().err.replace(".harness/.gitignore", "")


def test_a_gitignore_without_them_gets_a_line_and_keeps_its_own(tmp_path: Path) -> None:
    Path(".gitignore").write_bytes(b"a/\r\nb/")
    assert run(["init", "--model", "gpt-4.1-mini"]) == 0
    assert Path(".gitignore").read_bytes() == b"a/\r\nb/\nreports/\n"


def test_where_git_would_lose_the_mark_of_the_root_the_command_that_keeps_it_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    git("init", "--quiet", ".")
    Path(".gitignore").write_text(".harness/\nreports/\n", encoding="utf-8")
    assert run(["init", "bot", "--model", "gpt-4.1-mini"]) == 0
    err = capsys.readouterr().err
    assert "git add --force bot/.harness/.gitignore" in err
    assert not Path("bot/.gitignore").exists()


def test_pytest_is_left_as_the_project_has_it(tmp_path: Path) -> None:
    Path("pyproject.toml").write_text("[tool.pytest.ini_options]\n", encoding="utf-8")
    assert run(["init", "--model", "gpt-4.1-mini"]) == 0
    assert not Path("pytest.ini").exists()
    assert run_pytest("specs").returncode == 0


def test_the_schema_that_comes_with_a_project_is_this_versions(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["init", "--model", "gpt-4.1-mini"]) == 0
    capsys.readouterr()
    assert run(["schema"]) == 0
    there = Path("specs/harness.schema.json").read_text(encoding="utf-8")
    assert json.loads(there) == json.loads(capsys.readouterr().out)


def test_agents_find_a_skill_with_the_spec_and_its_rules() -> None:
    assert run(["init", "--name", "support", "--model", "gpt-4.1-mini"]) == 0
    text = Path(".agents/skills/harness/SKILL.md").read_text(encoding="utf-8")
    head = yaml.safe_load(text.split("---\n")[1])
    assert head["name"] == "harness"
    assert len(head["description"]) < 1024
    assert "specs/support.yaml" in text
    assert "starter" not in text
    assert "Never write a key" in text


@pytest.mark.parametrize(
    ("service", "place"),
    [
        ("github", ".github/workflows/harness.yml"),
        ("azure", "azure-pipelines.yml"),
        ("gitlab", ".gitlab-ci.yml"),
    ],
)
def test_a_new_project_gets_its_pipeline_where_the_service_looks_for_it(
    service: str, place: str
) -> None:
    assert run(["init", "bot", "--ci", service, "--model", "gpt-4.1-mini"]) == 0
    assert Path("bot/specs/starter.yaml").exists()
    text = Path("bot", place).read_text(encoding="utf-8")
    assert "SPEC: specs/starter.yaml\n" in text
    assert "CASSETTE: specs/starter.cassette\n" in text
    assert Path("bot/specs/starter.cassette").is_dir()


def test_a_project_that_has_specs_gets_the_pipeline_alone_for_the_first_of_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("specs").mkdir()
    Path("specs/support.yml").write_text("mine", encoding="utf-8")
    Path("specs/travel.yaml").write_text("mine too", encoding="utf-8")
    assert run(["init", "--ci", "gitlab"]) == 0
    out, err = capsys.readouterr()
    assert err.splitlines()[0].startswith("wrote .gitlab-ci.yml")
    assert out.startswith("harness run specs/support.yml --record ")
    text = Path(".gitlab-ci.yml").read_text(encoding="utf-8")
    assert "SPEC: specs/support.yml\n" in text
    assert "CASSETTE: specs/support.cassette\n" in text
    assert "starter" not in text
    assert sorted(path.name for path in Path("specs").iterdir()) == ["support.yml", "travel.yaml"]
    assert sorted(path.name for path in Path().iterdir()) == [".gitlab-ci.yml", "specs"]


def test_a_pipeline_that_is_there_is_not_overwritten(capsys: pytest.CaptureFixture[str]) -> None:
    Path("azure-pipelines.yml").write_text("mine", encoding="utf-8")
    assert run(["init", "--ci", "azure"]) == 2
    assert "azure-pipelines.yml is there already: nothing was written" in capsys.readouterr().err
    assert [path.name for path in Path().iterdir()] == ["azure-pipelines.yml"]
