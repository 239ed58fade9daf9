"""A whole Python program: its head, its data, and the loop over its turns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harness.codegen.call import CallTurn, ModelCall
from harness.codegen.lines import ChangedLine, Line, indent, space_out, write_now, write_then
from harness.codegen.literals import write_value
from harness.codegen.python.asking import PythonForm, write_request
from harness.codegen.python.clients import (
    write_client,
    write_head,
    write_imports,
    write_legacy_client,
)
from harness.codegen.python.memory import write_limits, write_messages
from harness.conversation.play import MAX_ROUNDS


def write_python(call: ModelCall, form: PythonForm, name: str) -> str:
    """Return the program; ``name`` is that of its file, which its head shows how to start."""
    lines = list(space_out(_write_program(call, form, name)))
    return write_then(lines) if form.is_legacy else write_now(lines)


def _write_program(call: ModelCall, form: PythonForm, name: str) -> Iterator[Line]:
    form_of = {"is_async": form.is_async, "is_legacy": form.is_legacy}
    yield from write_head(call, name=name, **form_of)
    yield from write_imports(call, **form_of)
    if form.is_legacy:
        yield from write_legacy_client(call, is_async=form.is_async)
        yield ""
    elif not form.is_async:
        opening, *rest = write_client(call, is_async=False)
        yield f"client = {opening}"
        yield from rest
        yield ""
    yield from _write_data(call)
    yield from write_limits(call)
    if has_results(call):
        yield from _write_tools()
    yield ""
    yield from _write_main(call, form)


def has_results(call: ModelCall) -> bool:
    """Tell whether a tool of the call has a result, so that the model is asked again."""
    return any(turn.results for turn in call.turns)


def _write_data(call: ModelCall) -> Iterator[Line]:
    if call.system is not None and not (is_one_request(call) and call.api == "chat"):
        system: Any = call.system
        if call.api == "chat":
            system = {"role": "system", "content": call.system}
        yield f"SYSTEM = {write_value(system, 0, 9)}"
    if call.tools:
        yield f"TOOLS = {write_value(list(call.tools), 0, 8)}"
    if call.is_single:
        return
    questions = [turn.question for turn in call.turns]
    if are_plain(call):
        yield f"QUESTIONS = {_write_rows(questions)}"
        return
    if any(turn.reply is not None for turn in call.turns):
        yield "# A turn with an `assistant` is history: its reply is given, and nothing is asked."
    if any(call.list_own_options(turn) for turn in call.turns if turn.reply is None):
        yield "# The `options` of a turn are parameters of its request alone."
    yield f"TURNS = {_write_rows([_describe_turn(call, turn) for turn in call.turns])}"


def is_one_request(call: ModelCall) -> bool:
    """Tell whether the program sends one request and is done."""
    return call.is_single and not has_results(call)


def are_plain(call: ModelCall) -> bool:
    """Tell whether every turn is a question and nothing else."""
    return all(
        turn.question is not None
        and turn.reply is None
        and not turn.results
        and not call.list_own_options(turn)
        for turn in call.turns
    )


def _write_rows(values: list[Any]) -> str:
    """Write a list with a row for each value, however short they are."""
    rows = (f"    {write_value(value, 4)},\n" for value in values)
    return "[\n" + "".join(rows) + "]"


def _describe_turn(call: ModelCall, turn: CallTurn) -> dict[str, Any]:
    said: dict[str, Any] = {"messages": list(turn.said)}
    if turn.question is not None:
        said = {"user": turn.question}
    if turn.reply is not None:
        said["assistant"] = turn.reply
    elif own := call.list_own_options(turn):
        said["options"] = own
    if turn.results:
        said["results"] = [
            {
                "name": one.name,
                **({} if one.arguments is None else {"arguments": dict(one.arguments)}),
                "result": one.content,
            }
            for one in turn.results
        ]
    return said


def _write_tools() -> Iterator[Line]:
    yield "def run_tool(results, name, arguments):"
    yield '    """Stand in for your own code: return the result that is declared, None for none."""'
    yield '    given = json.loads(arguments or "{}")'
    yield "    for one in results:"
    yield '        wanted = one.get("arguments", {})'
    yield '        if one["name"] == name and all(given.get(key) == wanted[key] for key in wanted):'
    yield '            return one["result"]'
    yield "    return None"


def _write_main(call: ModelCall, form: PythonForm) -> Iterator[Line]:
    body = list(_write_single(call, form) if call.is_single else _write_loop(call, form))
    errors = "openai.APIError"
    if call.service.keyless:
        errors = "(openai.APIError, ClientAuthenticationError)"
    now = f"except {errors} as error:"
    caught: Line = now
    if not call.service.keyless:
        caught = f"{now}  # refused, unknown, too many requests, no network"
    if form.is_legacy:
        caught = ChangedLine(now.replace("openai.APIError", "openai.error.OpenAIError"), now)
    if form.is_async:
        yield "async def main():"
        if form.is_legacy:
            yield from indent(body)
        else:
            yield from _enter_client(call)
            yield from indent(body, 8)
        body = ["asyncio.run(main())"]
    yield "try:"
    yield from indent(body)
    yield caught
    yield '    sys.exit(f"{type(error).__name__}: {error}")'


def _enter_client(call: ModelCall) -> Iterator[Line]:
    opening, *rest, closing = write_client(call, is_async=True)
    entered = ""
    if call.service.keyless:
        yield "    credential = DefaultAzureCredential()"
        entered = "credential, "
    yield f"    async with {entered}{opening}"
    yield from indent(rest)
    yield f"    {closing} as client:"


def _write_single(call: ModelCall, form: PythonForm) -> Iterator[Line]:
    (turn,) = call.turns
    if has_results(call):
        described = _describe_turn(call, turn)
        yield f"turn = {write_value(described, 0, 7)}"
        yield from _write_said(call)
        yield from _write_turn(call, form, own_options=False)
        return
    sent = list(turn.said)
    if call.system is not None and call.api == "chat":
        sent.insert(0, {"role": "system", "content": call.system})
    yield f"messages = {_write_rows(sent)}"
    yield from write_request(call, form, own_options=False)
    if call.tools:
        yield from _print_calls(call)


def _write_loop(call: ModelCall, form: PythonForm) -> Iterator[Line]:
    if call.remembers:
        yield "past = []  # a list of messages for each turn: the model remembers nothing by itself"
    if are_plain(call):
        yield "for question in QUESTIONS:"
        yield '    said = [{"role": "user", "content": question}]'
        yield '    print(f"> {question}")'
    else:
        yield "for turn in TURNS:"
        yield from indent(_write_said(call))
        yield "    print(f\"> {said[-1]['content']}\")"
        if any(turn.reply is not None for turn in call.turns):
            yield '    if "assistant" in turn:'
            yield '        print(turn["assistant"])'
            if call.remembers:
                yield '        said.append({"role": "assistant", "content": turn["assistant"]})'
                yield "        past.append(said)"
            yield "        continue"
    own = any(call.list_own_options(turn) for turn in call.turns if turn.reply is None)
    yield from indent(_write_turn(call, form, own_options=own))
    if call.remembers:
        yield "    past.append(said)"


def _write_said(call: ModelCall) -> Iterator[Line]:
    if all(turn.question is not None for turn in call.turns):
        yield 'said = [{"role": "user", "content": turn["user"]}]'
    elif all(turn.question is None for turn in call.turns):
        yield 'said = list(turn["messages"])'
    else:
        yield 'said = list(turn.get("messages") or [{"role": "user", "content": turn["user"]}])'


def _write_turn(call: ModelCall, form: PythonForm, *, own_options: bool) -> Iterator[Line]:
    body: list[Line] = [f"messages = {write_messages(call)}"]
    body += write_request(call, form, own_options=own_options)
    if not call.tools:
        yield from body
        if call.remembers:
            yield 'said.append({"role": "assistant", "content": answer})'
        return
    body += _keep_calls(call)
    if not has_results(call):
        yield from body
        return
    yield f"for _ in range({MAX_ROUNDS}):  # as long as the model calls tools, and they answer"
    yield from indent(body)
    yield "    if not calls or None in results:"
    yield "        break"


def _print_calls(call: ModelCall) -> Iterator[Line]:
    part = "one['function']" if call.api == "chat" else "one"
    yield "for one in calls:"
    yield f"    print(f\"[calls {{{part}['name']}} with {{{part}['arguments']}}]\")"


def _keep_calls(call: ModelCall) -> Iterator[Line]:
    if call.api == "chat":
        yield 'said.append({"role": "assistant", "content": answer})'
        yield "if calls:"
        yield '    said[-1]["tool_calls"] = calls'
        part = 'one["function"]'
        kept = '{"role": "tool", "tool_call_id": one["id"], "content": result or ""}'
    else:
        yield "if answer or not calls:"
        yield '    said.append({"role": "assistant", "content": answer})'
        yield "said += calls"
        part = "one"
        kept = '{"type": "function_call_output", "call_id": one["call_id"], "output": result or ""}'
    yield from _print_calls(call)
    if has_results(call):
        yield "results = ["
        yield f'    run_tool(turn.get("results", []), {part}["name"], {part}["arguments"])'
        yield "    for one in calls"
        yield "]"
    else:
        yield "results = [None] * len(calls)  # each call wants a result, though it be empty"
    yield "said += ["
    yield f"    {kept}"
    yield "    for one, result in zip(calls, results)"
    yield "]"
