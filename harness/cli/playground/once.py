"""One message and its reply, for scripts: standard output gets the reply and nothing else."""

from __future__ import annotations

import json
from typing import Any

import click

from harness.cli.show import find_voice
from harness.errors import Exit
from harness.playground.failing import describe_failure
from harness.playground.session import ChatSession
from harness.playground.state import ChatTurn
from harness.playground.status import describe_status
from harness.results.parts import failure_as_json, turn_as_json
from harness.text.safe import visible


def show_once(session: ChatSession, turn: ChatTurn, *, as_json: bool) -> int:
    """Print the end of a turn; return the exit code: 0 for a reply, 1 where a filter refused.

    Where the outside prevented a reply it is 3.
    """
    failure = turn.exchange.failure
    code = Exit.OK
    if failure is not None:
        code = Exit.NO if failure.kind == "content_filter" else Exit.OUTSIDE_FAILED
    if as_json:
        document = json.dumps(_describe(session, turn, int(code)), ensure_ascii=False, indent=2)
        click.echo(document)
    elif failure is None:
        click.echo(visible(turn.reply))
    if failure is not None:
        lines = list(describe_failure(failure, session))[:-1]  # there is nobody to retry
        click.echo("\n".join(lines), err=True)
    else:
        find_voice().say(visible(" · ".join(describe_status(session))))
        for note in turn.exchange.reply.notes if turn.exchange.reply else ():
            find_voice().say(f"sent otherwise: {visible(note)}")
    return int(code)


def _describe(session: ChatSession, turn: ChatTurn, code: int) -> dict[str, Any]:
    failure = turn.exchange.failure
    return {
        "format_version": 1,
        "target": session.target.name,
        "simulated": session.simulated,
        "system": session.chat.system,
        "parameters": session.chat.parameters,
        "turn": turn_as_json(turn.judged),
        "error": None if failure is None else failure_as_json(failure),
        "exit_code": code,
    }
