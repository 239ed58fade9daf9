"""Readers of files, each through the command that a person would give it to."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable, Iterable
from contextlib import redirect_stderr, redirect_stdout, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import click

from harness.app.specs.cases import read_cases
from harness.app.specs.permissions import Permissions
from harness.app.specs.reading import read_spec_file
from harness.cli.main import cli
from harness.conversation.answers import parse_answers
from harness.run.matrix import Selection, expand
from harness.run.targets import select_targets
from harness.store.files import DiskReader
from tests.fuzz.drill import FuzzedReader
from tests.fuzz.mutator import Seed, make_seed

Read = Callable[[bytes], object]


def give_command(*arguments: str) -> str:
    """Run a command in this process, as a person would; return what it printed.

    Raises:
        HarnessError: it refused.
        Exception: it broke.
    """
    said = io.StringIO()
    refused = suppress(click.exceptions.Exit, click.ClickException)
    with redirect_stdout(said), redirect_stderr(said), refused:
        cli.main(args=list(arguments), prog_name="harness", standalone_mode=False)
    return said.getvalue()


def read_through(file: Path, *commands: tuple[str, ...], drop: Iterable[Path] = ()) -> Read:
    """Return a reader that puts bytes in the place of a file while it gives commands."""
    dropped, good = tuple(drop), file.read_bytes() if file.exists() else b""

    def read(data: bytes) -> None:
        file.write_bytes(data)
        for path in dropped:
            shutil.rmtree(path, ignore_errors=True)
        try:
            for arguments in commands:
                give_command(*arguments)
        finally:
            file.write_bytes(good)

    return read


def read_spec(data: bytes) -> None:
    """Load a spec, and make everything of it that would be asked."""
    path = Path("hostile.yaml")
    path.write_bytes(data)
    reader = DiskReader(Path.cwd())
    spec_file = read_spec_file(path, Permissions(), reader, {})
    spec = spec_file.spec
    targets = select_targets(spec, ())
    matrix = expand(spec, targets, Selection(), lambda one: read_cases(one, reader))
    for target in targets[:2]:
        for number, _ in enumerate(matrix.trials(target)):
            if number > 20:
                break


def read_data_set(suffix: str) -> Read:
    """Return a reader of a data set that a spec names."""
    file, spec = Path(f"hostile-rows.{suffix}"), Path(f"rows-{suffix}.yaml")
    spec.write_text(
        json.dumps(
            {
                "version": 1,
                "name": "r",
                "cloud": "simulator",
                "providers": {
                    "p": {
                        "type": "openai",
                        "api_key": "${OPENAI_API_KEY}",
                        "models": {"gpt-4.1-mini": {}},
                    }
                },
                "conversations": [
                    {
                        "id": "c",
                        "cases": file.name,
                        "turns": [{"user": "{{word}}", "assert": [{"contains": "{{word}}"}]}],
                    }
                ],
            }
        ),
        encoding="utf-8",
    )

    def read(data: bytes) -> None:
        file.write_bytes(data)
        reader = DiskReader(Path.cwd())
        spec_file = read_spec_file(spec, Permissions(), reader, {})
        matrix = expand(
            spec_file.spec,
            select_targets(spec_file.spec, ()),
            Selection(),
            lambda one: read_cases(one, reader),
        )
        for number, _ in enumerate(matrix.trials(matrix.targets[0])):
            if number > 50:
                break

    return read


def read_answers(data: bytes) -> None:
    parse_answers(io.BytesIO(data), "answers.jsonl")


def read_recorded(name: str, *commands: tuple[str, ...]) -> Read:
    """Return a reader of a file of a recording, which its manifest lists as it is."""
    folder = Path("hostile.cassette")
    shutil.copytree("spec.cassette", folder, dirs_exist_ok=True)
    listed = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))

    def read(data: bytes) -> None:
        (folder / name).write_bytes(data)
        plain = data.decode("utf-8", "surrogateescape").replace("\r\n", "\n")
        digest = sha256(plain.encode("utf-8", "surrogateescape")).hexdigest()
        document = {**listed, "files": {**listed["files"], name: digest}}
        (folder / "manifest.json").write_text(json.dumps(document), encoding="utf-8")
        shutil.rmtree("replayed", ignore_errors=True)
        for arguments in commands:
            give_command(*arguments)

    return read


def read_seed(path: str) -> Seed:
    return make_seed(Path(path).read_bytes())


def copy_run(name: str, source: str = "second") -> Path:
    """Return a run of its own, of which one file is made hostile."""
    folder = Path(name)
    shutil.copytree(source, folder, dirs_exist_ok=True)
    for made in ("report.html", "junit.xml", "summary.md"):
        (folder / made).unlink(missing_ok=True)
    return folder


def list_run_readers() -> list[FuzzedReader]:
    """List the readers of a run's files."""
    readers = []
    for file, share in (
        ("run.json", 0.1),
        ("results.jsonl", 0.1),
        ("spec.json", 0.1),
        ("comparison.json", 0.1),
    ):
        name = f"hostile-{file}"
        folder = copy_run(name)
        commands: list[tuple[str, ...]] = [
            ("show", name),
            ("show", name, "asked"),
            ("report", name),
            ("report", name, "-o", f"{name}.csv"),
        ]
        if file != "comparison.json":
            commands.append(("compare", "first", name, "--json"))
        read = read_through(folder / file, *commands)
        readers.append(FuzzedReader(file, (read_seed(f"second/{file}"),), read, share))
    folder = copy_run("hostile-events")
    (folder / "results.jsonl").write_bytes(
        b"".join(Path("second/results.jsonl").read_bytes().splitlines(keepends=True)[:2])
    )
    whole = (folder / "results.jsonl").read_bytes()

    def resume(data: bytes) -> None:
        (folder / "results.jsonl").write_bytes(whole)
        (folder / "events.jsonl").write_bytes(data)
        give_command("eval", "spec.yaml", "-q", "--resume", str(folder))

    readers.append(FuzzedReader("events.jsonl", (read_seed("second/events.jsonl"),), resume, 0.03))

    def resume_results(data: bytes) -> None:
        (folder / "results.jsonl").write_bytes(data)
        give_command("eval", "spec.yaml", "-q", "--resume", str(folder))

    seeds = (read_seed("second/results.jsonl"),)
    readers.append(FuzzedReader("results.jsonl of a resumed run", seeds, resume_results, 0.03))
    baseline = Path("spec.baselines/hostile")
    shutil.copytree("spec.baselines/main", baseline, dirs_exist_ok=True)
    for file in ("run.json", "results.jsonl"):
        good = (baseline / file).read_bytes()

        def compare(data: bytes, file: str = file, good: bytes = good) -> None:
            (baseline / file).write_bytes(data)
            try:
                give_command("compare", "hostile", "second")
                give_command("baseline", "list")
            finally:
                (baseline / file).write_bytes(good)

        readers.append(FuzzedReader(f"{file} of a baseline", (make_seed(good),), compare, 0.1))
    return readers


def list_recording_readers() -> list[FuzzedReader]:
    """List the readers of a recording's files."""
    options = ("--replay", "--cassette", "hostile.cassette", "-q")
    evaluate = ("eval", "spec.yaml", *options, "--output", "replayed", "-k", "asked")
    rows: list[tuple[str, tuple[tuple[str, ...], ...], float]] = [
        ("conversations/asked/-/sweden.mini.plain.json", (evaluate,), 0.03),
        ("targets/sweden.mini.json", (evaluate,), 0.02),
        (
            "management.json",
            (("apply", "spec.yaml", *options), ("cassettes", "audit", "hostile.cassette")),
            0.02,
        ),
    ]
    readers = [
        FuzzedReader(
            name, (read_seed(f"spec.cassette/{name}"),), read_recorded(name, *commands), share
        )
        for name, commands, share in rows
    ]
    shutil.copytree("spec.cassette", "unlisted.cassette", dirs_exist_ok=True)
    manifest = read_through(
        Path("unlisted.cassette/manifest.json"),
        ("eval", "spec.yaml", "--replay", "--cassette", "unlisted.cassette", "-q", "-k", "grid",
         "--output", "replayed"),
        ("cassettes", "audit", "unlisted.cassette"),
        drop=[Path("replayed")],
    )  # fmt: skip
    readers.append(
        FuzzedReader("manifest.json", (read_seed("spec.cassette/manifest.json"),), manifest, 0.03)
    )
    return readers


def list_files() -> list[FuzzedReader]:
    """List the readers of a project's other files."""
    specs = (read_seed("spec.yaml"), read_seed("plain.yaml"))
    rows: dict[str, Any] = {
        "csv": 'id,word,n\none,"a,b",1106\ntwo,"line\nbreak",\n',
        "jsonl": '{"id": "one", "word": "a"}\n{"word": ["b"], "assert": [{"contains": "b"}]}\n',
        "json": [{"id": "one", "word": "a"}, {"word": {"b": 1}, "assert": ["is-json"]}],
        "yaml": "- {id: one, word: a}\n- id: two\n  word: [b]\n  assert: [is-json]\n",
    }
    world = Path(".harness/world.json")
    return [
        FuzzedReader("spec", specs, read_spec, 1),
        FuzzedReader(
            "included file",
            (read_seed("more.yaml"),),
            read_through(Path("more.yaml"), ("validate", "spec.yaml")),
            0.5,
        ),
        *(
            FuzzedReader(f"data set ({form})", (make_seed(text),), read_data_set(form), 0.5)
            for form, text in rows.items()
        ),
        FuzzedReader(
            "saved plan",
            (read_seed("saved.plan"),),
            read_through(Path("hostile.plan"), ("show", "hostile.plan")),
            0.3,
        ),
        FuzzedReader(
            "saved plan that is carried out",
            (read_seed("saved.plan"),),
            read_through(Path("hostile.plan"), ("apply", "hostile.plan", "-q")),
            0.02,
        ),
        FuzzedReader("answers", (read_seed("answers.jsonl"),), read_answers, 2),
        FuzzedReader(
            "world.json",
            (make_seed(world.read_bytes()),),
            read_through(world, ("plan", "spec.yaml", "-q"), ("verify", "spec.yaml", "-q")),
            0.02,
        ),
    ]
