"""A configuration of promptfoo -> a spec, and what of it is in none."""

from __future__ import annotations

import json
import posixpath
import re
from dataclasses import replace
from typing import Any

from harness.importers.conversion import Conversion
from harness.importers.formats import SourceFile
from harness.importers.promptfoo.asking.providers import Cast
from harness.importers.promptfoo.asking.targets import Asked
from harness.importers.promptfoo.building import Builder, read_given_history
from harness.importers.promptfoo.cases import PromptTest, read_cases
from harness.importers.promptfoo.demanding.assertions import TestSetting, translate_assertion
from harness.importers.promptfoo.demanding.graders import Graders
from harness.importers.promptfoo.javascript.translate import read_path
from harness.importers.promptfoo.plays import Play, rename_variables
from harness.importers.promptfoo.saying.prompts import WrittenPrompt, read_prompts
from harness.importers.promptfoo.saying.scripts import make_script
from harness.importers.promptfoo.saying.templates import (
    TemplateError,
    read_template,
    resolve_nested,
)
from harness.importers.promptfoo.settings import read_evaluation, report_top_level
from harness.importers.promptfoo.workbench import Workbench, iterate_texts
from harness.spec.document.located import Node, to_plain
from harness.spec.document.template import find_names

_NAME = re.compile(r"[^\w.-]+")
_LOST = "code makes them, a service keeps them, or their file is not there"
RESERVED = frozenset({"id", "assert", "user", "messages", "system", "session", "images"})
"""Names that a case, a variant or the body of an application's request has already."""
JUDGE_RULE = {
    "on": "system",
    "match": "verdict",
    "reply": '{"reason": "fine", "score": 0.9, "pass": true, "best": 1}',
}
"""The simulator's rule that answers a judge, so that a first run comes to an end."""


def recognise(source: SourceFile) -> bool:
    """Tell whether a file is a configuration: it says whom to ask, and what."""
    root = source.root
    if (
        root is None
        or not root.items
        or ("version" in root.items and "conversations" in root.items)
    ):
        return False
    if "results" in root.items and "evalId" in root.items:
        return False
    asks = bool({"providers", "targets", "redteam"} & set(root.items))
    says = bool({"prompts", "tests", "scenarios", "defaultTest", "redteam"} & set(root.items))
    return asks and says and not _is_spec(root)


def _is_spec(root: Node) -> bool:
    """Tell whether it is a spec of ours: there, providers have names and a `type`."""
    providers = root.at("providers")
    below = providers.items.values() if providers is not None else ()
    return any(one.at("type") is not None for one in below) or "evaluation" in root.items


def convert(source: SourceFile) -> Conversion:
    """Convert a configuration; nothing that it names is run, fetched or called."""
    root = source.root
    if root is None:  # never: it was recognised
        return Conversion(None, "it is empty")
    bench = Workbench(source)
    cast = Cast(bench)
    for key in ("providers", "targets"):
        node = root.at(key)
        if node is not None and node.value is not None:
            cast.read(node)
    asked = [one for one in cast.asked if not one.embeds]
    if not asked:
        return _give_up(bench, _explain_providers(root, cast))
    prompts = read_prompts(root.at("prompts"), bench)
    if not prompts and root.at("prompts") is None:
        prompts = [WrittenPrompt("{{prompt}}", root)]
    if not prompts:
        return _give_up(bench, f"none of its prompts can be read: {_LOST}")
    cases = read_cases(root, bench)
    if not cases:
        return _give_up(bench, f"none of its tests can be read: {_LOST}")
    graders = Graders(cast)
    tools = _join_tools(asked, bench)
    plays = _make_plays(prompts, cases, graders, tools, bench)
    used = [at for at in range(len(prompts)) if any(at in play.scripts for play in plays)]
    if not used:
        return _give_up(bench, "none of its prompts can be worked out")
    name = _name_spec(source)
    builder = Builder(bench, prompts, name, tools, bench.needs_code)
    variants, conversations = builder.build([play for play in plays if play.scripts])
    report_top_level(root, bench)
    _note_prompts_of_targets(asked, prompts, bench)
    head: dict[str, Any] = {"version": 1, "name": name}
    description = root.at("description")
    if description is not None and description.text:
        head["description"] = description.text
    evaluation = _write_evaluation(root, asked, prompts, bench)
    if builder.stands_alone:
        evaluation["history"] = {"max_turns": 0}
    document = _assemble(head, cast, evaluation, conversations, variants, graders)
    return Conversion(
        document,
        files=tuple(bench.files.values()),
        unmapped=bench.list_unmapped(),
        notes=tuple(bench.notes),
        needs_code=bench.needs_code,
    )


def _give_up(bench: Workbench, reason: str) -> Conversion:
    return Conversion(None, reason, unmapped=bench.list_unmapped())


def _explain_providers(root: Node, cast: Cast) -> str:
    if "redteam" in root.items and "tests" not in root.items:
        return "it is a red team's, which is not done here"
    if not cast.reasons:
        return "it only embeds texts" if cast.asked else "it names no provider"
    reasons = "; ".join(dict.fromkeys(cast.reasons))
    return f"it asks nobody that a spec can ask ({reasons})"


def _make_plays(
    prompts: list[WrittenPrompt],
    cases: list[PromptTest],
    graders: Graders,
    tools: list[Any] | None,
    bench: Workbench,
) -> list[Play]:
    plays = []
    for prompt in prompts:
        _report_braces(prompt, {name for case in cases for name in case.variables}, bench)
    names = tuple(str(tool["function"]["name"]) for tool in tools or ())
    for case in cases:
        variables, taken = resolve_nested(case.variables)
        play = Play(case, {}, variables, taken=taken)
        for number, prompt in enumerate(prompts):
            try:
                script = make_script(prompt, variables)
                given = read_given_history(case) if not script.has_history else []
                play.scripts[number] = replace(script, before=(*script.before, *given))
            except TemplateError as failure:
                bench.leave_out(prompt.place, "prompt", str(failure))
        for script in play.scripts.values():
            play.variables = {**play.variables, **dict(script.computed)}
        path = _read_transform(case, bench)
        setting = TestSetting(bench, play.variables, graders.find, path or "", case.options, names)
        for node in case.asserts:
            if path is None and node.at("type") is not None:
                what = f"assert {to_plain(node.items['type'])}"
                reason = "it looks at what code made of the reply"
                bench.leave_out(node, what, reason)
                play.asserts.append({"skip": f"{what}: {reason}"})
                continue
            found = translate_assertion(node, setting)
            play.asserts += [one for one in found if one not in play.asserts]
        play.threshold = _read_share(case, bench)
        plays.append(play)
    taken = {name for play in plays for name in play.variables} & RESERVED
    for play in plays:
        rename_variables(play, taken)
    if taken:
        listed = ", ".join(f"`{name}`" for name in sorted(taken))
        bench.note(
            f"{listed}: the name has a meaning of its own in a spec; it begins with var_ there"
        )
    return plays


def _report_braces(prompt: WrittenPrompt, variables: set[str], bench: Workbench) -> None:
    """Note braces that promptfoo's templates do not read as their author means them."""
    text = prompt.text or json.dumps(prompt.messages, ensure_ascii=False)
    try:
        template = read_template(text)
    except TemplateError:
        return  # told where it is worked out
    for piece in dict.fromkeys(template.triple):
        reason = f"three braces are Handlebars', read here as {{{piece.strip('{} ')}}}"
        bench.call_broken(prompt.place, piece, reason.replace("{", "{{").replace("}", "}}"))
    for name in dict.fromkeys(template.environment):
        bench.leave_out(prompt.place, f"{{{{{name}}}}}", "no prompt carries the environment out")
    single = dict.fromkeys(re.findall(r"(?<![{$])\{(\w+)\}(?!\})", text))
    for name in single:
        if name in variables:
            reason = f"single braces are text there and here: {{{{{name}}}}} is the variable"
            bench.call_broken(prompt.place, f"{{{name}}}", reason)


def _read_transform(case: PromptTest, bench: Workbench) -> str | None:
    """Return the path of the test's own transform; None where it is code, which is noted."""
    for key in ("transform", "postprocess"):
        node = case.options.get(key)
        if node is None:
            continue
        found = read_path(node.text) if node.text is not None else None
        if found is None:
            bench.leave_out(node, f"options.{key}", "a transform that is code")
        return found
    for key, node in case.options.items():
        if key in ("prefix", "suffix"):
            bench.leave_out(node, f"options.{key}", "write it into the prompt")
        elif key in ("transformVars", "contextTransform"):
            _report_code(key, node, case, bench)
    return ""


def _report_code(key: str, node: Node, case: PromptTest, bench: Workbench) -> None:
    """Note code that makes variables; where no text names one of them, nothing is lost."""
    root = bench.source.root
    texts = " ".join(one.text or "" for one in iterate_texts(root)) if root is not None else ""
    named = {name.split(".")[0] for name in find_names(texts)}
    if key == "transformVars" and named <= set(case.variables):
        bench.note(
            f"{node.span}: the code of options.{key} is not taken: no text names a variable of it"
        )
    else:
        bench.leave_out(node, f"options.{key}", "code, which nothing here runs")


def _read_share(case: PromptTest, bench: Workbench) -> float | None:
    value = case.threshold
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if not 0 <= value <= 1:
        bench.call_broken(case.place, "test threshold", "a share of 0 to 1 is wanted")
        return None
    return value


def _join_tools(asked: list[Asked], bench: Workbench) -> list[Any] | None:
    """Return the tools that every target is offered; where they differ, all of them."""
    found: dict[str, Any] = {}
    for one in asked:
        for tool in one.settings.tools or ():
            found.setdefault(tool["function"]["name"], tool)
    lists = [one.settings.tools or [] for one in asked]
    if found and any(each != lists[0] for each in lists):
        bench.change(asked[0].place, "tools", "every target is offered all of them")
    return list(found.values()) or None


def _note_prompts_of_targets(
    asked: list[Asked], prompts: list[WrittenPrompt], bench: Workbench
) -> None:
    for one in asked:
        if one.prompts is None:
            continue
        left = [prompt for prompt in prompts if not set(prompt.names) & set(one.prompts)]
        if left:
            bench.change(one.place, "provider prompts", "every target is asked every prompt")


def _assemble(
    head: dict[str, Any],
    cast: Cast,
    evaluation: dict[str, Any],
    conversations: list[dict[str, Any]],
    variants: dict[str, Any],
    graders: Graders,
) -> dict[str, Any]:
    """Return the spec, its keys in the order in which people write them."""
    parts = [{"conversations": conversations}]
    judge, embedder = graders.choose_judge(parts), graders.choose_embedder(parts)
    document = {**head, "cloud": "${HARNESS_CLOUD:-simulator}", "providers": cast.declared}
    if judge is not None:
        document["simulator"] = {"replies": [JUDGE_RULE]}
        evaluation = {**evaluation, "judge": {"target": judge}}
    if embedder is not None:
        evaluation = {**evaluation, "embeddings": {"target": embedder}}
    if variants:
        document["variants"] = variants
    cast.bench.note(
        "it runs on the simulator; HARNESS_CLOUD=azure, or --cloud azure, asks the real models"
    )
    return {**document, "evaluation": evaluation, "conversations": conversations}


def _write_evaluation(
    root: Node, asked: list[Asked], prompts: list[WrittenPrompt], bench: Workbench
) -> dict[str, Any]:
    found: dict[str, Any] = {"targets": list(dict.fromkeys(one.name for one in asked))}
    if all(one.api == "responses" for one in asked):
        found["api"] = "responses"
    systems = {one.settings.system for one in asked} - {None}
    if len(systems) > 1 or (systems and any(one.settings.system is None for one in asked)):
        bench.leave_out(asked[0].place, "config.instructions", "targets share one system text")
    elif systems:
        found["system"] = systems.pop()
    if len(prompts) == 1 and prompts[0].parameters:
        found["parameters"] = prompts[0].parameters
    return {**found, **read_evaluation(root, bench)}


def _name_spec(source: SourceFile) -> str:
    """Return a name for the spec: that of its file."""
    stem = posixpath.basename(source.out.replace("\\", "/")).partition(".")[0]
    return _NAME.sub("-", stem).strip("-._")[:60].rstrip("-._") or "converted"
