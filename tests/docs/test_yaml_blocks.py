"""Every piece of a spec in the README and the pages is one: it is read as the program reads it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from harness.cli.main import cli
from harness.spec.model.spec import Spec

PROJECT = Path(__file__).parents[2]
PAGES = (
    PROJECT / "README.md",
    PROJECT / "README.zh-CN.md",
    *sorted((PROJECT / "docs").glob("*.md")),
)
BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
KEYS = {"extends", *(field.alias or name for name, field in Spec.model_fields.items())}
ELSEWHERE = {
    "H101",  # a file that the reader has
    "H113",  # several of them
    "H202",  # what a piece leaves out
    "H301",  # a target that stands in another piece
    "H306",  # likewise, in a map
}
"""Problems that a piece may have because it is one."""

TOOLS = "- {type: function, function: {name: get_weather}}\n"
"""The file of tools that a page names; what is in it is looked at."""


def list_blocks() -> list[tuple[str, str]]:
    """List the blocks that are a spec or a piece of one, each with its page and number."""
    found = []
    for page in PAGES:
        for number, text in enumerate(BLOCK.findall(page.read_text(encoding="utf-8")), start=1):
            document = yaml.load(text, Loader=yaml.BaseLoader)
            if isinstance(document, dict) and set(document) <= KEYS:
                found.append((f"{page.name} {number}", text))
    return found


BLOCKS = list_blocks()


@pytest.mark.parametrize(("name", "text"), BLOCKS, ids=[name for name, _ in BLOCKS])
def test_a_piece_of_a_spec_in_the_pages_is_read_without_a_problem(
    name: str, text: str, tmp_path: Path
) -> None:
    document = yaml.load(text, Loader=yaml.BaseLoader)
    head = "".join(
        f"{key}: {value}\n"
        for key, value in (("version", 1), ("name", "piece"))
        if key not in document
    )
    (tmp_path / ".git").mkdir()
    (tmp_path / "tools.yaml").write_text(TOOLS, encoding="utf-8")
    spec = tmp_path / "spec.yaml"
    spec.write_text(head + text, encoding="utf-8")
    done = CliRunner().invoke(cli, ["validate", str(spec), "--allow-code", "--json"])
    (told,) = json.loads(done.stdout)["specs"]
    problems = told["problems"]
    assert [one for one in problems if one["code"] not in ELSEWHERE] == [], name
