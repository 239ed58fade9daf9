"""The SPEC of a command: one that is named, the only one that there is, or all of a folder."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TextIO, TypeVar

import click

from harness.cli.entry import signals
from harness.cli.show import find_voice, shorten_path
from harness.errors import Diagnostic, HarnessError, RequestError
from harness.text.safe import printable

if TYPE_CHECKING:
    from harness.app.specs.finding import FoundSpecs
    from harness.app.specs.permissions import Permissions
    from harness.spec.load import SpecFile

P = ParamSpec("P")
R = TypeVar("R")

ONE_THING = {
    "output": "--output",
    "resume": "--resume",
    "cassette": "--cassette",
    "comment": "--comment",
    "out": "-o",
    "file": "--save",
    "watch": "--watch",
    "failed": "--failed",
}
"""Options about one file, folder or run, which several specs cannot share."""

EACH = "latest"

ORDER = (130, 143, 2, 3, 4, 1, 0)
"""Exit codes, the first that applies before the others. Source: the contract, section 3."""

ENDED = {
    0: "ok",
    1: "no",
    2: "the request is wrong",
    3: "something outside prevented an answer",
    4: "incomplete",
    130: "interrupted",
    143: "interrupted",
}


def refuse_spec_as_target(target: str | None, code: str, wanted: str, command: str) -> None:
    """Refuse a spec in the place of a target: other commands begin with one.

    Args:
        target: what was given.
        code: the command's own code for this error.
        wanted: what the command does with a target: ``a chat is with one of its targets``.
        command: its name.

    Raises:
        RequestError: a file of YAML was given.
    """
    if target is not None and Path(target).suffix in (".yaml", ".yml"):
        summary = f"{target} is a spec, and {wanted}"
        hint = f"harness {command} TARGET --spec {target}"
        raise RequestError(Diagnostic(code, summary, hint=hint))


def add_spec_argument(function: Callable[P, R]) -> Callable[P, R]:
    """Add the SPEC argument: a spec, a folder for each spec in it, or nothing for the only one."""
    return _add(function, "[SPEC]")


def add_spec_or_plan_argument(function: Callable[P, R]) -> Callable[P, R]:
    """Add the SPEC argument of a command that also takes a file which ``plan -o`` wrote."""
    return _add(function, "[SPEC|PLAN]")


def add_one_spec_argument(function: Callable[..., R]) -> Callable[..., R]:
    """Add the SPEC argument of a command that works on one spec; another argument may follow."""

    @wraps(function)
    def with_spec(*args: Any, spec: tuple[Path, ...], **given: Any) -> Any:
        if len(spec) > 1:
            raise click.UsageError(f"Got unexpected extra argument ({spec[1]})")
        named = spec[0] if spec else None
        chosen = choose_spec(named, given["root"], quiet=given["quiet"])
        return function(*args, spec=chosen, **given)

    several = click.argument("spec", metavar="[SPEC]", nargs=-1, type=click.Path(path_type=Path))
    return several(with_spec)


def _add(function: Callable[..., Any], metavar: str) -> Callable[..., Any]:
    @wraps(function)
    def with_spec(*args: Any, spec: Path | None, **given: Any) -> Any:
        # Said even when quiet where it is to be deleted.
        quiet = given["quiet"] and _name_command() != "destroy"
        found = choose_specs(spec, given["root"], quiet=quiet, takes_folders=True)
        if found.folder is None:
            return function(*args, spec=found.paths[0], **given)
        if len(found.paths) > 1:
            _refuse_single_things(given)
        return go_through(
            found,
            lambda path: function(*args, spec=path, **given),
            as_json=given.get("as_json", False),
        )

    argument = click.argument(
        "spec", metavar=metavar, required=False, type=click.Path(path_type=Path)
    )
    return argument(with_spec)


def choose_specs(
    given: Path | None,
    root: Path | None,
    *,
    quiet: bool = False,
    command: str = "",
    takes_folders: bool = False,
) -> FoundSpecs:
    """Return the specs that are meant; say on stderr which, where nobody named them.

    ``command`` is written before a spec in advice; "" for the command that is running. With
    ``takes_folders`` the advice is also to name a folder.

    Raises:
        RequestError: there is none; or nobody named one, and there are several.
    """
    from harness.wiring import find_specs

    named = command or _name_command()
    found = find_specs(given, root, command=named, takes_folders=takes_folders)
    if found.origin and not quiet:
        click.echo(printable(f"spec: {found.paths[0]} ({found.origin})"), err=True)
    if found.extended and not quiet:
        left = ", ".join(map(shorten_path, found.extended))
        said = f"left out, because others extend it: {left}; name it to have it"
        click.echo(printable(said), err=True)
    return found


def choose_spec(
    given: Path | None, root: Path | None, *, quiet: bool = False, command: str = ""
) -> Path:
    """Return the one spec that is meant; say on stderr which, where nobody named it.

    ``command`` is as for ``choose_specs``.

    Raises:
        RequestError: there is none, or there are several.
    """
    found = choose_specs(given, root, quiet=quiet, command=command)
    return found.require_one(command or _name_command())


def read_any_spec(given: Path | None, permissions: Permissions) -> tuple[SpecFile, bool]:
    """Read the spec that is named, or the only one; else what the environment alone gives.

    Returns it, and whether it is anybody's. One that nobody named and that is wrong is left alone.

    Raises:
        RequestError: what is named is wrong, or a folder with several.
    """
    from harness.wiring import read_default_spec, read_spec

    quiet = find_voice().quiet
    if given is not None:
        return read_spec(choose_spec(given, permissions.root, quiet=quiet), permissions), True
    try:
        found = choose_spec(None, permissions.root, quiet=quiet)
    except RequestError:  # none, or several
        return read_default_spec(permissions), False
    try:
        return read_spec(found, permissions), True
    except RequestError:
        find_voice().say(f"it has problems, so it is left alone: harness validate {found}")
        return read_default_spec(permissions), False


def _name_command() -> str:
    context = click.get_current_context(silent=True)
    return (context.info_name if context else None) or "eval"


def _refuse_single_things(given: Mapping[str, Any]) -> None:
    said = [flag for name, flag in ONE_THING.items() if given.get(name)]
    if given.get("failed") == EACH:  # each spec has a newest run of its own
        said.remove(ONE_THING["failed"])
    if said:
        raise RequestError(
            Diagnostic(
                "H982",
                f"{said[0]} is about one thing, and the folder holds several specs",
                hint="name one of them, or leave the option out",
            )
        )


@dataclass(frozen=True, slots=True)
class _Ending:
    """The exit code of one spec's command, and the reason where it was refused."""

    path: Path
    code: int
    reason: str = ""
    refusal: HarnessError | None = None
    """Set where the spec has no part in what was asked for: told only where none has."""
    ends: bool = False
    """True where the other specs would end likewise, or nobody wants them any more."""


def go_through(found: FoundSpecs, call: Callable[[Path], Any], *, as_json: bool) -> int:
    """Call a command for each spec of a folder, then tell how each ended.

    Each is begun, however the others ended, until one is interrupted. With ``as_json`` what each
    prints is a part of one document. Returns the first exit code that applies; a spec that has no
    part in what was selected counts only where none has.
    """
    endings: list[_Ending] = []
    if as_json:
        click.echo('{"format_version": 1, "specs": [')
    for number, path in enumerate(found.paths):
        if as_json:
            click.echo(f'{", " * bool(number)}{{"spec": {json.dumps(str(path))}, "document": ')
            with _require_document():
                ending = _call_one(path, call, as_json=True)
            click.echo(f', "exit_code": {ending.code}}}')
        else:
            click.echo("\n" * bool(number) + printable(str(path)))
            ending = _call_one(path, call, as_json=False)
        endings.append(ending)
        if ending.ends:
            break
    meant = {one.code for one in endings if one.refusal is None}
    if not meant:
        click.echo(str(endings[0].refusal), err=True)
    code = next(one for one in ORDER if one in (meant or {2}))
    if as_json:
        click.echo(f'], "exit_code": {code}}}')
    else:
        _tell_endings(found, endings)
    return code


def _call_one(path: Path, call: Callable[[Path], Any], *, as_json: bool) -> _Ending:
    try:
        code = int(call(path) or 0)
        return _Ending(path, code, ends=code in (130, 143))
    except HarnessError as error:
        return _tell_refusal(path, error, as_json=as_json)
    except click.UsageError as error:
        if not as_json:
            raise
        error.show()
        click.echo(json.dumps({"format_version": 1, "errors": [{"summary": error.message}]}))
        return _Ending(path, 2, error.message, ends=True)
    except (KeyboardInterrupt, click.Abort):
        click.echo(signals.name_signal(), err=True)
        return _Ending(path, signals.find_exit_code(), ends=True)


def _tell_refusal(path: Path, error: HarnessError, *, as_json: bool) -> _Ending:
    from harness.cli.main import describe
    from harness.cli.pipeline import annotate_problems

    first = error.diagnostics[0] if error.diagnostics else None
    why = _say_not_meant(first.code) if first and len(error.diagnostics) == 1 else None
    if why is None:
        click.echo(str(error), err=True)
        annotate_problems(error.diagnostics)
    if as_json:
        errors = [describe(one) for one in error.diagnostics]
        click.echo(json.dumps({"format_version": 1, "errors": errors}, ensure_ascii=False))
    reason = why or (first.summary if first else "")
    return _Ending(path, error.exit_code, reason, error if why else None)


def _say_not_meant(code: str) -> str | None:
    """Say why one spec among several has no part in what was asked for; None where it has one."""
    from harness.app.history.failed import NOTHING_FAILED
    from harness.app.provisioning import NO_ACCOUNTS
    from harness.run.matrix import NO_CONVERSATION
    from harness.run.targets import UNKNOWN_TARGET

    said = {
        UNKNOWN_TARGET: "no such target",
        NO_CONVERSATION: "nothing selected",
        NO_ACCOUNTS: "nothing to deploy",
        NOTHING_FAILED: "nothing failed",
    }
    return said.get(code)


def _tell_endings(found: FoundSpecs, endings: list[_Ending]) -> None:
    click.echo("\n" + printable(f"{len(found.paths)} specs in {found.folder}:"))
    width = max(len(str(path)) for path in found.paths)
    for one in endings:
        said = f"{ENDED.get(one.code, '')} (exit {one.code})"
        if one.refusal is not None:
            said = one.reason
        elif one.reason:
            said += f": {one.reason}"
        click.echo(printable(f"  {str(one.path).ljust(width)}  {said}"))
    for path in found.paths[len(endings) :]:
        click.echo(printable(f"  {str(path).ljust(width)}  not begun"))


@contextmanager
def _require_document() -> Iterator[None]:
    """Print ``null`` where the block printed nothing."""
    stream = _Counted(sys.stdout)
    with redirect_stdout(stream):
        yield
    if not stream.written:
        click.echo("null")


class _Counted:
    """Standard output that knows whether anything was written."""

    def __init__(self, beneath: TextIO) -> None:
        self._beneath = beneath
        self.written = 0

    def write(self, text: str) -> int:
        """Write the text."""
        self.written += len(text.strip())
        return self._beneath.write(text)

    def flush(self) -> None:
        """Flush what is beneath."""
        self._beneath.flush()

    def isatty(self) -> bool:
        """Return whether a person reads it."""
        return self._beneath.isatty()
