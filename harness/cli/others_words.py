"""Commands and options that other tools have for what harness does, and how it is said here.

Sources: the command lines of Terraform 1.x, azd and promptfoo 0.1xx, as their help prints them.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Mapping, Sequence
from typing import Final

COMMANDS: Final[Mapping[str, str]] = {
    "up": "apply",
    "deploy": "apply",
    "provision": "apply",
    "down": "destroy",
    "delete": "destroy",
    "teardown": "destroy",
    "refresh": "verify",
    "drift": "verify",
    "output": "outputs",
    "test": "eval",
    "evaluate": "eval",
    "retry": "eval --failed latest",
    "record": "eval --record",
    "replay": "eval --replay",
    "view": "report --open",
    "share": "report",
    "export": "report -o results.jsonl",
    "diff": "compare",
    "list": "runs",
    "ls": "runs",
    "logs": "show",
    "new": "init",
    "create": "init",
    "lint": "validate",
    "check": "validate",
    "serve": "simulate",
    "cost": "prices",
    "pricing": "prices",
    "cache": "cassettes",
    "playground": "chat",
    "generate": "suggest",
    "migrate": "convert",
    "help": "--help",
    "version": "--version",
}
"""The command that does it here."""

NOT_HERE: Final[Mapping[str, str]] = {
    "fmt": "specs are kept as you write them; `harness validate` tells what is wrong in one",
    "format": "specs are kept as you write them; `harness validate` tells what is wrong in one",
    "login": "harness signs in as you are signed in: `az login`; `harness doctor` tells as whom",
    "auth": "harness signs in as you are signed in: `az login`; `harness doctor` tells as whom",
    "state": "there is no state: Azure is asked, and a tag says what a spec owns",
    "workspace": "a spec for each environment, which `extends` the one they share",
    "redteam": "harness plays the conversations that a spec holds, and makes up no attacks",
    "completion": "the page of commands tells how the shell completes: docs/commands.md",
}
"""The reason why there is no such command, and what there is."""

OPTIONS: Final[Mapping[str, str]] = {
    "-auto-approve": "`--yes`",
    "--auto-approve": "`--yes`",
    "--force": "`--yes`",
    "-var": '`"${HARNESS_NAME}"` in the spec, and a variable of the environment',
    "-var-file": "another spec that `extends` this one",
    "--var-file": "another spec that `extends` this one",
    "-target": "`--only ADDRESS` for what is deployed, `-t TARGET` for what is evaluated",
    "-out": "`-o PLAN`",
    "-destroy": "`--destroy`",
    "-detailed-exitcode": "`--check`",
    "-refresh-only": "`harness verify`",
    "-c": "the file itself, without an option",
    "--config": "the file itself, without an option",
    "--no-cache": "what happens anyway: nothing is cached, and only `--replay` reads a recording",
    "-j": "`evaluation: {concurrency: 8}` in the spec",
    "--max-concurrency": "`evaluation: {concurrency: 8}` in the spec",
    "--delay": "`evaluation: {concurrency: 1}` in the spec; limits of rate are kept by themselves",
    "--repeat": "`--repeats N`",
    "-r": "`-t TARGET`",
    "--providers": "`-t TARGET`",
    "--filter-targets": "`-t TARGET`",
    "--filter-providers": "`-t TARGET`",
    "--filter-pattern": "`-k EXPR`",
    "--filter-failing": "`--failed RUN`",
    "-n": "`--sample N`",
    "--filter-first-n": "`--sample N`",
    "--filter-sample": "`--sample N`",
    "--grader": "`evaluation: {judge: {target: ACCOUNT/DEPLOYMENT}}` in the spec",
    "--env-file": "the environment's own variables: `set -a; . .env; set +a` sets them",
    "--no-progress-bar": "`-q`",
    "--share": "`harness report`, whose one file can be sent to anybody",
}
"""The form of an option here; words of the shell's user, so one that a command has is its own."""


def advise_on_command(name: str, others: Sequence[str], there: Collection[str]) -> str:
    """Return our command for a word of another tool; "" where the word is nobody's.

    Args:
        name: the word that is no command.
        others: the words after it; the files among them stand in the advice.
        there: the commands that there are: nothing else is advised.
    """
    ours = COMMANDS.get(name)
    if ours is None or not (ours.startswith("-") or ours.split()[0] in there):
        return NOT_HERE.get(name, "")
    files = [] if ours.startswith("-") else _take_files(others)
    return f"in harness that is `{shlex.join(['harness', *ours.split(), *files])}`"


def find_long_option(arguments: Sequence[str]) -> tuple[str, str] | None:
    """Return the first word that is Terraform's option of one dash, and the form of it here."""
    return advise_on_option([word for word in arguments if _is_long(word)], ())


def _is_long(word: str) -> bool:
    return word == "--" or (word[:1] == "-" != word[1:2] and len(word.partition("=")[0]) > 2)


def advise_on_option(arguments: Sequence[str], own: Collection[str]) -> tuple[str, str] | None:
    """Return the first option that is another tool's, and the form of it here.

    Args:
        arguments: the words after the command.
        own: the options that the command has.
    """
    for word in arguments:
        if word == "--":
            return None
        option = word.partition("=")[0]
        if option in OPTIONS and option not in own:
            return option, f"in harness that is {OPTIONS[option]}"
    return None


def _take_files(words: Sequence[str]) -> list[str]:
    """Return the words before the first option."""
    first = next((at for at, word in enumerate(words) if word.startswith("-")), len(words))
    return [*words[:first]]
