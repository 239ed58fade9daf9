"""Commands and options of Terraform, azd and promptfoo are answered with ours."""

from __future__ import annotations

import click
import pytest

from harness.cli.main import COMMANDS as OURS
from harness.cli.main import cli, run
from harness.cli.others_words import COMMANDS, NOT_HERE, OPTIONS, advise_on_command


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("up", "in harness that is `harness apply`"),
        ("deploy specs/a.yaml", "in harness that is `harness apply specs/a.yaml`"),
        ("test 'my specs/a.yaml' -j 4", "in harness that is `harness eval 'my specs/a.yaml'`"),
        ("view", "in harness that is `harness report --open`"),
        ("fmt", "specs are kept as you write them"),
        ("state list", "there is no state: Azure is asked"),
        ("apply -auto-approve", "There is no option -auto-approve: in harness that is `--yes`."),
        ("plan -var-file=prod.tfvars", "There is no option -var-file: in harness that is another"),
        ("plan -out=today.plan", "in harness that is `-o PLAN`"),
        ("eval -c promptfooconfig.yaml", "There is no option -c: in harness that is the file"),
        ("eval a.yaml --no-cache", "nothing is cached, and only `--replay` reads a recording"),
        ("eval a.yaml -j 4", "`evaluation: {concurrency: 8}` in the spec"),
    ],
)
def test_a_word_of_another_tool_is_answered_with_ours(
    words: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    import shlex

    assert run(shlex.split(words)) == 2
    assert said in capsys.readouterr().err


def test_no_word_of_others_is_a_command_of_ours_and_each_answer_is_one() -> None:
    ours = {entry.name for entry in OURS} | {"suggest"}
    assert not (COMMANDS.keys() | NOT_HERE.keys()) & ours
    assert not COMMANDS.keys() & NOT_HERE.keys()
    answers = {command.split()[0] for command in COMMANDS.values()}
    assert {answer for answer in answers if not answer.startswith("-")} <= ours


def test_a_command_that_is_not_there_yet_is_not_advised() -> None:
    assert advise_on_command("playground", (), {"eval"}) == ""


def test_an_option_that_a_command_has_is_its_own() -> None:
    with click.Context(cli) as context:
        command = cli.get_command(context, "import")
        assert command is not None
        own = {flag for param in command.params for flag in param.opts}
    assert "-o" in own
    assert "-o" not in OPTIONS
