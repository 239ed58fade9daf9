"""``/compare``: the same conversation put to other targets, two answers beside each other."""

from __future__ import annotations

from dataclasses import replace

from harness.playground.asking import CHAT
from harness.playground.commands.command import CommandOutcome, SlashCommand, make_usage_error
from harness.playground.session import ChatSession
from harness.playground.status import format_dollars
from harness.report.terminal.beside import show_beside
from harness.results.model import Result, TrialId
from harness.run.targets import every_target


async def _compare(session: ChatSession, argument: str) -> CommandOutcome:
    names = argument.replace(",", " ").split()
    others = [one.name for one in every_target(session.spec_file.spec)]
    others = [name for name in others if name != session.target.name]
    if not names:
        hint = f"targets: {', '.join(others)}" if others else _advise(session)
        raise make_usage_error("/compare wants the name of another target", hint)
    last = session.chat.last
    if last is None:
        raise make_usage_error("there is nothing to compare yet", "ask something first")
    answers = await session.ask_others(names)
    trial = TrialId(CHAT, None, session.target.name, "default", 1)
    judged = replace(last.judged, exchange=replace(last.exchange, number=len(session.chat.turns)))
    own = Result(trial, "", "passed", None, (judged,))
    lines: list[str] = []
    for target, theirs in answers:
        titles = (session.target.name, target.name)
        shown = show_beside(own, _number(theirs, own), titles, width=session.ports.find_width())
        lines += ["" for _ in lines[:1]] + list(shown)[1:]
        lines.append(_describe_difference(own, theirs))
    return CommandOutcome(tuple(lines))


def _advise(session: ChatSession) -> str:
    if session.has_spec:
        return "the spec has no other target"
    return f"name it when the chat begins: harness chat {session.target.handle} OTHER …"


def _number(theirs: Result, own: Result) -> Result:
    """Give the other's turn the number of ours, so that the two are the same turn."""
    number = own.turns[0].exchange.number
    turns = (replace(one, exchange=replace(one.exchange, number=number)) for one in theirs.turns)
    return replace(theirs, turns=tuple(turns))


def _describe_difference(own: Result, theirs: Result) -> str:
    said = []
    for result in (own, theirs):
        turn = result.turns[-1]
        reply = turn.exchange.reply
        took = None if reply is None else reply.took_s
        usage = None if reply is None else reply.usage
        tokens = "tokens unknown" if usage is None else f"{usage.output_tokens:,} tokens out"
        seconds = "time unknown" if took is None else f"{took:.2f} s"
        said.append(f"{tokens}, {seconds}, {format_dollars(turn.cost_usd)}")
    return f"left: {said[0]} · right: {said[1]}"


COMPARE = SlashCommand("compare", "TARGET…", "Put the last message to other targets too.", _compare)
