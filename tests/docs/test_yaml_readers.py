"""Every spec that is shipped, and every example of the pages, is the same to all YAML readers."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ruamel.yaml import YAML

from harness.spec.document.located import to_plain
from harness.spec.formats.yaml import parse

PROJECT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```ya?ml\n(.*?)^```", re.MULTILINE | re.DOTALL)
SHIPPED = (
    *sorted((PROJECT / "specs").glob("*.yaml")),
    *sorted((PROJECT / "harness" / "cli" / "project" / "starter").rglob("*.y*ml")),
)


def list_texts() -> Iterator[tuple[str, str]]:
    for path in SHIPPED:
        yield path.name, path.read_text(encoding="utf-8")
    for page in (PROJECT / "README.md", *sorted((PROJECT / "docs").rglob("*.md"))):
        text = page.read_text(encoding="utf-8")
        for match in BLOCK.finditer(text):
            line = text[: match.start()].count("\n") + 1
            yield f"{page.name}:{line}", match[1]


TEXTS = dict(list_texts())


def is_pipeline(text: str) -> bool:
    """Whether a text is a CI service's, whose own words (`on:`) are no text in YAML 1.1."""
    return bool(
        re.search(
            r"^(?:on|jobs|trigger|stages|repos|steps|- job|\w[\w-]*:\n  (?:image|stage|script)):?",
            text,
            re.MULTILINE,
        )
    )


def describe_events(text: str, loader: Any) -> list[Any]:
    """The events of a parser, without what the two name otherwise: quotes, places, versions."""
    return [
        (type(event).__name__, getattr(event, "value", None), getattr(event, "anchor", None))
        for event in yaml.parse(text, Loader=loader)
    ]


@pytest.mark.parametrize("name", TEXTS)
def test_both_parsers_of_pyyaml_find_the_same(name: str) -> None:
    text = TEXTS[name]
    assert describe_events(text, yaml.CSafeLoader) == describe_events(text, yaml.SafeLoader)


def test_shipped_specs_are_valid_where_libyaml_is_missing() -> None:
    code = (
        "import sys, yaml; del yaml.CSafeLoader; from harness.cli.main import run;"
        "sys.exit(run(['validate', *sys.argv[1:]]))"
    )
    specs = [str(path) for path in (PROJECT / "specs").glob("*.yaml")]
    done = subprocess.run(
        [sys.executable, "-c", code, *specs], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "H120" not in done.stderr


@pytest.mark.parametrize("name", [name for name in TEXTS if not is_pipeline(TEXTS[name])])
def test_readers_of_both_versions_find_what_a_spec_has(name: str) -> None:
    parsed = parse(TEXTS[name].encode(), name)
    assert parsed.problems == ()
    assert list(map(str, parsed.differences)) == []
    assert parsed.root is not None
    ours = to_plain(parsed.root)
    assert yaml.safe_load(TEXTS[name]) == ours
    ruamel: Any = YAML(typ="safe", pure=True)
    assert ruamel.load(TEXTS[name]) == ours
