"""The files of a new project: made from what somebody chose, written by others."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Final

from harness.app.recording import name_default_folder
from harness.app.starting.offers import StarterModel
from harness.errors import Diagnostic, RequestError
from harness.spec.formats.writing import format_yaml

NAME: Final = "starter"
"""The name of a project for which nobody chose one; the templates have it too."""

INSTALLED: Final = "azure-openai-harness==0.1.0"
"""The requirement in the templates; a pipeline that is written installs what writes it."""

SKILL: Final = ".agents/skills/harness/SKILL.md"
"""The place where agents look that read skills of any maker; some have one of their own too."""

PIPELINES: Final = {
    "github": (".github/workflows/harness.yml", "github-actions.yml"),
    "azure": ("azure-pipelines.yml", "azure-pipelines.yml"),
    "gitlab": (".gitlab-ci.yml", "gitlab-ci.yml"),
}
"""The path at which each service looks for its pipeline, and the template of it."""

_NAME: Final = re.compile(r"[a-z](?:[a-z0-9-]{0,38}[a-z0-9])")

CLOUDS: Final = ("simulator", "azure")
"""The clouds whose models are known; another is a word of the spec."""

_HEADS: Final = {
    "simulator": """\
#   harness run specs/starter.yaml           deploy, converse, report: on the simulator, no account
#   harness validate specs/starter.yaml      every problem, with its place
#   pytest specs                             each conversation as a test, as it was recorded
#
# On Azure: az login, then
#   HARNESS_CLOUD=azure AZURE_SUBSCRIPTION_ID=… harness run specs/starter.yaml""",
    "azure": """\
#   AZURE_SUBSCRIPTION_ID=… harness run specs/starter.yaml      after az login: deploy, converse
#   harness validate specs/starter.yaml                         every problem, with its place
#   pytest specs                             each conversation as a test, as it was recorded
#
# On the simulator, without an account:
#   HARNESS_CLOUD=simulator harness run specs/starter.yaml""",
}
"""The comment at the top of a spec, by the cloud that it names."""

DIALOGUES: Final = (
    (
        ("Who were the founders of Microsoft?", "Bill Gates and Paul Allen founded Microsoft."),
        ("In which year?", "In 1975."),
    ),
    (('Greet me in one word, as JSON: {"greeting": "..."}', '{"greeting": "Hello"}'),),
    (("What is the capital of Sweden?", "The capital of Sweden is Stockholm."),),
    (("What is the capital of Norway?", "Oslo."),),
    (("What is the capital of Denmark?", "The capital of Denmark is Copenhagen."),),
)
"""The answers of the simulated models to the conversations of the template."""


@dataclass(frozen=True, slots=True)
class ProjectChoice:
    """A new project, as somebody chose it.

    Attributes:
        name: of the spec, its file, its resource group and its account.
        cloud: where it is deployed unless HARNESS_CLOUD says otherwise: simulator or azure.
        region: as ARM writes it.
        models: at least one.
        today: the day that it is in its simulated Azure.
        suffix: letters and digits that make the account's name its own in the world.
    """

    name: str
    cloud: str
    region: str
    models: Sequence[StarterModel]
    today: date
    suffix: str

    @property
    def spec(self) -> str:
        """The path of its spec in the project."""
        return f"specs/{self.name}.yaml"


@dataclass(frozen=True, slots=True)
class ProjectFile:
    """A file of a project.

    Attributes:
        path: in the project, with ``/``.
        text: all of it.
        purpose: a word on what it is for.
        shared: it is the same in every project, so that one that is there is left alone.
    """

    path: str
    text: str
    purpose: str
    shared: bool = False


def require_name(name: str) -> str:
    """Return a name that Azure takes as a part of a resource group's and an account's.

    Raises:
        RequestError: it is another.
    """
    if not _NAME.fullmatch(name):
        raise RequestError(
            Diagnostic(
                "H119",
                "the name cannot name a spec, a resource group and an account",
                name,
                hint="2-40 lower-case letters, digits and `-`, a letter first: support-bot",
            )
        )
    return name


def make_project(choice: ProjectChoice, schema: str) -> tuple[ProjectFile, ...]:
    """Return the files of a new project, the spec first.

    Args:
        choice: what it is to be.
        schema: the JSON Schema of specs.
    """
    return (
        ProjectFile(choice.spec, _make_spec(choice), "the spec: deployments and conversations"),
        ProjectFile("specs/data/capitals.csv", _read("capitals.csv"), "a data set: a row, a case"),
        ProjectFile(
            "specs/data/answers.jsonl",
            "".join(_make_answers(choice.models)),
            "what the simulated models say",
        ),
        ProjectFile(
            "specs/harness.schema.json", schema, "completion and checks in editors", shared=True
        ),
        ProjectFile(
            SKILL,
            _rename(_read("SKILL.md"), choice.spec),
            "what coding agents have to know",
            shared=True,
        ),
    )


def make_pipeline(
    service: str, spec: str = f"specs/{NAME}.yaml", requirement: str = INSTALLED
) -> ProjectFile:
    """Return the pipeline that checks a spec, at the path where the service looks for it.

    Args:
        service: one of ``PIPELINES``.
        spec: the spec's path in the project.
        requirement: what ``pip install`` is told.
    """
    path, template = PIPELINES[service]
    text = _rename(_read(f"ci/{template}"), spec)
    text = text.replace("specs/*.yaml", f"{PurePosixPath(spec).parent}/*.yaml")
    text = text.replace(json.dumps(INSTALLED), json.dumps(requirement))
    return ProjectFile(path, text, "replays on pull requests, asks the real models at night")


def name_cassette(spec: str) -> str:
    """Return the path of a spec's cassette, with ``/``."""
    return name_default_folder(Path(spec)).as_posix()


def _make_spec(choice: ProjectChoice) -> str:
    names = " and ".join(model.name for model in choice.models)
    account = f"harness-{choice.name}-{choice.suffix}"
    deployments = {
        model.name: {
            "model": model.name,
            "version": model.version,
            "sku": model.sku,
            "capacity": model.capacity,
        }
        for model in choice.models
    }
    said = {
        "HEAD": _HEADS[choice.cloud],
        "DESCRIPTION": f"{names} in {choice.region}, held to the same conversations",
        "CLOUD": choice.cloud,
        "REGION": choice.region,
        "ACCOUNT": account,
        "TARGET": f"{choice.region}/{choice.models[0].name}",
        "TODAY": choice.today.isoformat(),
        "DEPLOYMENTS": _indent(format_yaml({"deployments": deployments})),
    }
    text = _read("starter.yaml")
    for name, value in said.items():
        text = text.replace(f"@{name}@", value)
    text = text.replace("name: starter\n", f"name: {choice.name}\n")
    text = text.replace("rg-harness-starter", f"rg-harness-{choice.name}")
    return _rename(text, choice.spec)


def _indent(text: str) -> str:
    """Put the lines beneath the first one where the template wants deployments."""
    return "\n".join(f"    {line}" for line in text.rstrip("\n").split("\n")[1:])


def _make_answers(models: Sequence[StarterModel]) -> Iterator[str]:
    for model in models:
        for dialogue in DIALOGUES:
            turns = [{"user": user, "assistant": reply} for user, reply in dialogue]
            entry = {"model": model.name, "version": model.version, "turns": turns}
            yield json.dumps(entry, ensure_ascii=False) + "\n"


def _rename(text: str, spec: str) -> str:
    """Name a spec and its cassette where a template names those of the starter project."""
    starter = f"specs/{NAME}.yaml"
    return text.replace(starter, spec).replace(name_cassette(starter), name_cassette(spec))


def _read(name: str) -> str:
    return (files("harness.app.starting") / "templates" / name).read_text(encoding="utf-8")
