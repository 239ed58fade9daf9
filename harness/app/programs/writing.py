"""Write the call that eval would make for a target as a program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from harness.app.programs.ports import CallForm, CallForms, WantedProgram
from harness.app.programs.services import NOT_WRITABLE, find_model, find_service
from harness.azure.parameters import find_support
from harness.azure.tables.explained_parameters import BY_NAME
from harness.codegen.call import Api, CallTurn, DeclaredResult, ModelCall, Service
from harness.codegen.choice import (
    ProgramChoice,
    name_file,
    refuse_choice,
    write_program,
)
from harness.conversation.play import Line, Script
from harness.conversation.ports import Request
from harness.conversation.transcript import Message
from harness.errors import Diagnostic, RequestError
from harness.run.matrix import Selection, expand
from harness.run.targets import select_targets
from harness.spec.model.spec import CompatibleProvider

if TYPE_CHECKING:
    from harness.run.targets import Target
    from harness.spec.load import SpecFile
    from harness.spec.model.spec import Spec

NO_CALL: Final = "H960"
NO_SUCH_PART: Final = "H963"


def write_target_program(spec_file: SpecFile, forms: CallForms, wanted: WantedProgram) -> str:
    """Return the text of the program that is wanted.

    Raises:
        RequestError: there is no such target, conversation, case or variant; or the call, or the
            form, is none that a program can have.
    """
    target = _find_target(spec_file.spec, wanted.target)
    if wanted.conversation is None:
        script = _script_of_question(spec_file.spec, forms, target, wanted)
        title = f"One question to {describe_target(target)}, with the settings of {spec_file.path}."
    else:
        script = _find_script(spec_file.spec, forms, target, wanted)
        part = f', case "{script.place.case}"' if script.place.case is not None else ""
        title = (
            f'Conversation "{wanted.conversation}"{part} of {spec_file.path}, '
            f"as eval holds it with {describe_target(target)}."
        )
    return write_script_program(spec_file, forms, target, script, title, wanted)


def write_script_program(
    spec_file: SpecFile,
    forms: CallForms,
    target: Target,
    script: Script,
    title: str,
    wanted: WantedProgram,
) -> str:  # fmt: skip
    """Return the program that plays a script against a target; see ``write_target_program``."""
    form = forms.find(target)
    if form is None:
        raise RequestError(
            Diagnostic(
                NO_CALL,
                f"target {target.name} is not called by the openai library",
                "it is an application, a recording or a model on this machine",
                hint="name a deployment, or a model of a provider of type azure-openai, openai "
                "or openai-compatible",
            )
        )
    choice = wanted.choice
    provider = spec_file.spec.providers.get(target.owner) if target.kind == "provider" else None
    compatible = isinstance(provider, CompatibleProvider)
    refuse_choice(choice, form.protocol, is_compatible=compatible)
    api: Api = choice.api or ("chat" if choice.style == "legacy" else form.api)
    service, remarks = find_service(spec_file, target, form, choice, api)
    script, refused = _drop_refused(script, find_model(spec_file, target), target.version, api)
    call = _make_call(script, form, api, choice, refused)
    call = replace(call, title=title, service=service, notes=(*remarks, *call.notes))
    words = wanted.conversation or "ask"
    return write_program(choice, call, wanted.file or name_file(choice, words))


def _find_target(spec: Spec, name: str) -> Target:
    found = select_targets(spec, (name,))
    if len(found) > 1:
        raise RequestError(
            Diagnostic(
                NO_SUCH_PART,
                f"'{name}' matches {len(found)} targets",
                hint=f"name one: {', '.join(one.name for one in found)}",
            )
        )
    return found[0]


def describe_target(target: Target) -> str:
    """Return a target's name, and the model behind it where the name does not say it."""
    if target.model is None or target.model == target.handle:
        return target.name
    return f"{target.name} ({target.model})"


def _find_script(spec: Spec, forms: CallForms, target: Target, wanted: WantedProgram) -> Script:
    assert wanted.conversation is not None  # noqa: S101 - for the type checker
    known = [conversation.id for conversation in spec.conversations]
    if wanted.conversation not in known:
        raise _no_part("conversation", wanted.conversation, known)
    variants = list(spec.variants)
    if wanted.variant is not None and wanted.variant not in variants:
        raise _no_part("variant", wanted.variant, variants)
    selection = Selection(repeats=1, conversations=(wanted.conversation,))
    matrix = expand(spec, (target,), selection, forms.cases)
    cases: list[str] = []
    for trial in matrix.trials(target):
        if wanted.case is not None and trial.id.case != wanted.case:
            cases.append(trial.id.case or "")
            continue
        if wanted.variant in (None, trial.id.variant):
            return trial.script
    raise _no_part("case", wanted.case or "", list(dict.fromkeys(filter(None, cases))))


def _no_part(kind: str, name: str, known: Sequence[str]) -> RequestError:
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"{kind}s: {', '.join(known[:20]) or 'none'}"
    return RequestError(Diagnostic(NO_SUCH_PART, f"there is no {kind} '{name}'", hint=hint))


def _script_of_question(
    spec: Spec, forms: CallForms, target: Target, wanted: WantedProgram
) -> Script:
    """Make the script of one question, with everything that is declared for all conversations."""
    from harness.spec.model.spec import Conversation

    asked = {"id": "ask", "turns": [{"user": wanted.question.replace("{{", "\\{{")}]}
    alone = spec.model_copy(update={"conversations": (Conversation.model_validate(asked),)})
    return _find_script(alone, forms, target, replace(wanted, conversation="ask", case=None))


def _drop_refused(
    script: Script, model: str | None, version: str | None, api: Api
) -> tuple[Script, dict[str, str]]:
    """Leave out what the model is known to refuse, as eval does once it was told; with notes.

    What eval leaves out from the start, it leaves out below.
    """
    refused: dict[str, str] = {}
    for name in {name for line in script.lines for name in line.parameters} & BY_NAME.keys():
        support = find_support(name, model, version, responses=api == "responses")
        if support.verdict == "refused":
            refused[name] = f"{name} dropped ({support.why})"
    lines = tuple(
        replace(line, parameters={n: v for n, v in line.parameters.items() if n not in refused})
        for line in script.lines
    )
    return replace(script, lines=lines), refused


def _make_call(
    script: Script, form: CallForm, api: Api, choice: ProgramChoice, refused: Mapping[str, str]
) -> ModelCall:
    """Make the call without its service; the requests are those that eval writes."""
    streams = script.stream if choice.streams is None else choice.streams
    turns, notes, tools = [], dict.fromkeys(sorted(refused.values())), ()
    for number, line in enumerate(script.lines, start=1):
        _refuse_line(number, line, script, api)
        request = Request(
            place=script.place,
            messages=(*_open(script), *line.said),
            parameters=line.parameters,
            tools=script.tools,
            stream=streams,
        )
        body, differences = form.write(request, api)
        if line.assistant is None:
            notes.update(dict.fromkeys(differences))
        turn, tools = _read_turn(body, line, has_system=script.system is not None, api=api)
        turns.append(turn)
    if all(turn.reply is not None for turn in turns):
        raise RequestError(
            Diagnostic(
                NOT_WRITABLE,
                "every reply of the conversation is given, so that nothing is asked",
                hint="name a conversation with a turn that has no `assistant`",
            )
        )
    return ModelCall(
        title="",
        service=Service("openai", ""),
        api=api,
        turns=tuple(turns),
        system=script.system,
        tools=tools,
        max_turns=script.max_turns,
        max_tokens=script.max_tokens,
        timeout_s=script.deadline_s,
        streams=streams,
        notes=_write_notes(list(notes)),
    )


def _open(script: Script) -> tuple[Message, ...]:
    return () if script.system is None else (Message("system", script.system),)


def _refuse_line(number: int, line: Line, script: Script, api: Api) -> None:
    """Refuse a turn whose text no program has beforehand.

    Raises:
        RequestError: says which turn it is, and why.
    """
    if line.fill is not None:
        raise RequestError(
            Diagnostic(
                NOT_WRITABLE,
                f"turn {number} names an earlier reply (`store_as`), which no program knows yet",
                "eval fills it in while it plays the conversation",
                hint=f"`harness show latest {script.place.conversation}` shows what was sent",
            )
        )
    roles = [message.role for message in line.said]
    if api == "responses" and len(script.lines) > 1 and {"system", "developer"} & {*roles}:
        raise RequestError(
            Diagnostic(
                NOT_WRITABLE,
                f"turn {number} has a system message of its own, and the API is Responses",
                "there it is part of the instructions in one request, of the input in the next",
                hint="--api chat",
            )
        )


def _read_turn(
    body: Mapping[str, Any], line: Line, *, has_system: bool, api: Api
) -> tuple[CallTurn, tuple[Any, ...]]:
    """Read a request's body as a turn, and the tools in it."""
    options = dict(body)
    for name in ("model", "stream", "instructions"):
        options.pop(name, None)
    said = options.pop("input" if api == "responses" else "messages")
    if has_system and api == "chat":
        said = said[1:]
    tools = tuple(options.pop("tools", ()))
    results = tuple(
        DeclaredResult(one.name, one.arguments, one.content) for one in line.tool_answers
    )
    return CallTurn(tuple(said), line.assistant, options, results), tools


def _write_notes(notes: Sequence[str]) -> tuple[str, ...]:
    if not notes:
        return ()
    return (f"Not as the spec has it, but as eval sends it too: {'; '.join(notes)}.",)
