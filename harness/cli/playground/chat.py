"""``harness chat``: talk to a target, on the terminal or from a script."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.app.playground.addresses import OWNER, ModelAddress
from harness.cli.given import read_input, require_text
from harness.cli.layout import Command
from harness.cli.options import add_spec_options
from harness.cli.outside import open_outside
from harness.cli.show import find_voice
from harness.cli.specs import refuse_spec_as_target
from harness.errors import Exit
from harness.wiring import Permissions

if TYPE_CHECKING:
    from harness.app.ports import World
    from harness.playground.session import ChatSession
    from harness.spec.load import SpecFile

EXAMPLES = """\b
Examples:
  harness chat sweden/mini                          talk to a deployment of the spec
  harness chat sweden/mini -c                       go on with the last chat
  harness chat sweden/mini --once "Say hello."      one reply, for a script
  harness chat sweden/mini --param temperature=0 --system "Be brief."
  git diff | harness chat sweden/mini --system "Review this."
  harness chat llama3 --base-url http://localhost:11434/v1
  harness chat gpt-4.1-mini --endpoint https://contoso.openai.azure.com
  harness chat gpt-4.1-mini --endpoint https://contoso.openai.azure.com --api-key-env AZURE_KEY

\b
Exit codes: 0 it answered, or the chat ended · 1 a content filter refused
            2 the request is wrong · 3 something outside prevented an answer · 130 interrupted
"""


@click.command("chat", cls=Command, epilog=EXAMPLES)
@click.argument("targets", metavar="[TARGET]", nargs=-1)
@click.option(
    "--spec",
    type=click.Path(path_type=Path),
    metavar="SPEC",
    help="The spec of the target. Default: the only one in specs/, or harness.yaml.",
)
@click.option("-c", "--continue", "goes_on", is_flag=True, help="Go on with the last chat.")
@click.option("--once", metavar="TEXT", help="Ask this, print the reply and end.")
@click.option("--system", metavar="TEXT", help="The system message.")
@click.option(
    "--param",
    "parameters",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter that is sent along: temperature=0.2. May be repeated.",
)
@click.option(
    "--endpoint",
    default="",
    metavar="URL",
    help="Without a spec: an Azure resource; TARGET is the deployment's name.",
)
@click.option(
    "--base-url",
    default="",
    metavar="URL",
    help="Without a spec: a server that speaks OpenAI's protocol; TARGET is the model's name.",
)
@click.option(
    "--api-key-env",
    default="",
    metavar="NAME",
    help="Without a spec: the variable that holds the key. Default: Entra on Azure, else no key.",
)
@click.option(
    "--api-version",
    default="",
    metavar="VERSION",
    help="With --endpoint: Azure's dated API of that version. Default: the v1 API.",
)
@click.option("--json", "as_json", is_flag=True, help="With --once or stdin: one JSON document.")
@add_spec_options
def command(
    targets: tuple[str, ...],
    permissions: Permissions,
    *,
    spec: Path | None,
    goes_on: bool,
    once: str | None,
    as_json: bool,
    system: str | None,
    parameters: tuple[str, ...],
    **address: str,
) -> int:
    """Talk to TARGET: a deployment or a provider's model of the spec, or a model at a URL.

    On a terminal the reply comes as it is written; /help lists what else can be done. From a
    script --once, or standard input, is the message, and standard output holds the reply alone.
    It is asked as eval asks: the same parameters, history, prices and checks.
    """
    name = targets[0] if targets else None
    refuse_spec_as_target(name, "H944", "a chat is with one of its targets", "chat")
    message = once if once is not None else _read_piped()
    if as_json and message is None:
        raise click.UsageError("--json belongs to --once, or to a message on standard input.")
    if message is not None and not message.strip():
        raise click.UsageError("the message is empty.")
    require_text(message or "", "the message")
    require_text(system or "", "the system message")
    url = address["endpoint"] or address["base_url"]
    if url or address["api_version"] or address["api_key_env"]:
        if spec is not None:
            raise click.UsageError("--spec and a URL: TARGET is in one of them.")
        spec_file = _make_url_spec(targets, address, permissions)
        name = f"{OWNER}/{name}"
    else:
        if len(targets) > 1:
            raise click.UsageError("a chat is with one target; /compare asks others of the spec.")
        spec_file = _read_spec(spec, permissions)
    if address["api_key_env"]:
        permissions = _allow(permissions, address["api_key_env"])
    with (
        _forget_places(),
        open_outside(spec_file, permissions, say=_say_nothing if url else None) as world,
    ):
        from harness.app.playground.keeping import find_chat_file, keep_chat, restore_chat
        from harness.app.playground.opening import open_chat
        from harness.cli.playground.saving import SpecSaver, list_flags

        saver = SpecSaver(spec_file, permissions, is_written=not url)
        session = open_chat(world, name, find_width=_find_width, save=saver)
        session.flags = list_flags(permissions)
        file = find_chat_file(world, session.target.name, url)
        if goes_on:
            restore_chat(world, session, file)
        _prepare(session, system, parameters)
        if message is not None:
            keeps = (lambda: keep_chat(world, session, file)) if goes_on else (lambda: None)
            return asyncio.run(_ask_once(session, message, keeps, as_json=as_json))
        return asyncio.run(_talk(world, session, lambda: keep_chat(world, session, file), url))


async def _ask_once(session: ChatSession, message: str, keep: Any, *, as_json: bool) -> int:
    from harness.cli.playground.once import show_once

    try:
        turn = await session.ask(message)
    finally:
        await session.close()
    code = show_once(session, turn, as_json=as_json)
    keep()
    return code


async def _talk(world: World, session: ChatSession, keep: Any, url: str) -> int:
    from rich.console import Console

    from harness.cli.playground.terminal import HISTORY, TerminalChat

    context = click.get_current_context()
    console = Console(no_color=context.color is False or None, highlight=False)
    for line in _write_banner(session, url):
        console.print(line, markup=False, soft_wrap=True)
    try:
        await TerminalChat(session, console, keep).run(world.root / ".harness" / HISTORY)
    finally:
        await session.close()
    return int(Exit.OK)


def _write_banner(session: ChatSession, url: str) -> Iterator[str]:
    from harness.text.safe import printable

    target = session.target
    model = " ".join(filter(None, (target.model, target.version)))
    where = f" at {url}" if url else f", {session.spec_file.path}"
    yield printable(f"{target.name}: {model or 'an application'}{where}")
    if session.simulated:
        yield "SIMULATED: no model answers, and nothing leaves this machine"
    if session.chat.turns:
        count = len(session.chat.turns)
        yield f"going on with a chat of {count} turn{'' if count == 1 else 's'}; /history lists it"
    yield "/help lists commands; Ctrl-D ends the chat"


def _prepare(session: ChatSession, system: str | None, parameters: tuple[str, ...]) -> None:
    from harness.playground.commands.parameters import set_parameter

    if system is not None:
        session.chat.system = system or None
    for written in parameters:
        name, equals, value = written.partition("=")
        if not equals:
            raise click.UsageError(
                f"--param wants NAME=VALUE, as temperature=0.2; got '{written}'."
            )
        set_parameter(session, name.strip(), value.strip())


def _find_width() -> int:
    return shutil.get_terminal_size((100, 24)).columns


def _say_nothing(line: str) -> None:
    """Leave out a line that says which cloud it is: the person named a URL."""
    del line


@contextmanager
def _forget_places() -> Iterator[None]:
    """Leave places out of errors where nobody wrote the file that they are in."""
    from harness.app.specs.cloud_choice import NO_SPEC
    from harness.errors import HarnessError

    try:
        yield
    except HarnessError as error:
        error.diagnostics = tuple(
            replace(one, span=None) if one.span is not None and one.span.file == NO_SPEC else one
            for one in error.diagnostics
        )
        error.args = ("\n".join(map(str, error.diagnostics)),)
        raise


def _read_spec(spec: Path | None, permissions: Permissions) -> SpecFile:
    from harness.cli.specs import choose_spec
    from harness.wiring import read_spec

    quiet = find_voice().quiet
    path = choose_spec(spec, permissions.root, quiet=quiet, command="chat TARGET --spec")
    return read_spec(path, permissions)


def _make_url_spec(
    targets: tuple[str, ...], address: dict[str, str], permissions: Permissions
) -> SpecFile:
    from harness.wiring import read_spec_text

    if not targets:
        raise click.UsageError("name the model: harness chat MODEL --base-url URL")
    for text in (*targets, *address.values()):
        require_text(text, "a model's name or its address")
    at = ModelAddress(
        targets[0],
        address["endpoint"],
        address["base_url"],
        address["api_key_env"],
        address["api_version"],
        targets[1:],
    )
    with _forget_places():
        return read_spec_text(at.write_spec(), permissions=_allow(permissions, at.key_variable))


def _allow(permissions: Permissions, variable: str) -> Permissions:
    names = (*permissions.environment_names, *([variable] if variable else []))
    return replace(permissions, environment_names=names)


def _read_piped() -> str | None:
    """Return what standard input holds where it is no terminal; None at one.

    Raises:
        click.UsageError: it is a terminal, and standard output is none: nobody would see the chat.
    """
    if sys.stdin is None or not sys.stdin.isatty():
        return read_input("the message").rstrip("\n")
    if not sys.stdout.isatty():
        raise click.UsageError("a chat needs a terminal; --once TEXT asks one thing.")
    return None
