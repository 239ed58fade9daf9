"""Readers of other programs' files: configurations, results, logs of chats, recordings, labels."""

# ruff: noqa: E501 - data, a row a line

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import yaml

from harness.app.converting.specs import convert_file
from harness.importers.promptfoo.javascript.translate import translate
from harness.importers.promptfoo.saying.templates import (
    TemplateError,
    read_template,
    resolve_nested,
    work_out,
)
from harness.recording.foreign.transcripts import ForeignConversations
from harness.recording.foreign.vcr_file import read_vcr
from harness.redaction.finding import scan
from harness.run.judging.labels import read_labelled
from harness.simulator.session import read_catalogue
from harness.spec.formats.data import decode_rows
from harness.store.files import DiskReader
from tests.fuzz.commands import Read, give_command, read_seed
from tests.fuzz.drill import FuzzedReader
from tests.fuzz.mutator import Seed, make_seed
from tests.fuzz.services import ANSWERED, CHUNKS, write_stream

PROMPTFOO: dict[str, Any] = {
    "description": "d",
    "prompts": ["Say {{x}}", {"raw": "Tell {{x | upper}}", "label": "b"}, "file://system.txt"],
    "providers": [
        "openai:gpt-4o",
        {"id": "azure:chat:d", "config": {"apiHost": "h.io", "temperature": 0, "tools": []}},
    ],
    "defaultTest": {"vars": {"y": "1"}, "assert": [{"type": "is-json"}], "options": {}},
    "assertionTemplates": {"t": {"type": "contains", "value": "a"}},
    "tests": [
        {
            "description": "one",
            "vars": {"x": ["a", "b"]},
            "assert": [
                {"type": "javascript", "value": "output.length < 3"},
                {"type": "llm-rubric", "value": "kind {{x}}", "provider": "openai:gpt-4.1"},
                {"type": "assert-set", "assert": [{"$ref": "#/assertionTemplates/t"}]},
            ],
            "metadata": {"conversationId": "c"},
            "threshold": 0.5,
        },
        {"vars": {"x": "{{y}}"}, "options": {"transform": "output.x", "storeOutputAs": "z"}},
    ],
    "scenarios": [{"config": [{"vars": {"x": "q"}}], "tests": [{"vars": {"y": "2"}}]}],
    "evaluateOptions": {"repeat": 2},
}
PROMPT_YML: dict[str, Any] = {
    "name": "Summarizer",
    "model": "openai/gpt-4o-mini",
    "modelParameters": {"temperature": 0.5, "maxCompletionTokens": 200},
    "messages": [{"role": "system", "content": "Sum."}, {"role": "user", "content": "{{input}}"}],
    "testData": [{"input": "one", "expected": "1"}],
    "evaluators": [
        {"name": "s", "string": {"contains": "{{expected}}"}},
        {"name": "j", "uses": "github/similarity"},
        {"name": "l", "llm": {"modelId": "openai/gpt-4o", "prompt": "p", "choices": [{"choice": "1", "score": 0}]}},
    ],
}  # fmt: skip
RESULT: dict[str, Any] = {
    "promptIdx": 0,
    "testIdx": 0,
    "provider": {"id": "openai:gpt-4o", "label": "gpt-4o"},
    "prompt": {"raw": "Capital of France?", "label": "p"},
    "vars": {"country": "France"},
    "response": {"output": "Paris", "tokenUsage": {"prompt": 10, "completion": 2, "total": 12}},
    "success": False,
    "score": 1,
    "latencyMs": 1500,
    "cost": 0.25,
    "gradingResult": {
        "pass": False,
        "componentResults": [
            {"pass": True, "score": 1, "reason": "ok", "assertion": {"type": "contains", "value": "P"}}
        ],
    },
    "testCase": {"description": "France", "vars": {}, "assert": [{"type": "contains", "value": "P"}]},
}  # fmt: skip
RESULTS = {
    "evalId": "eval-x",
    "results": {"version": 3, "timestamp": "2026-01-01T00:00:00Z", "results": [RESULT, RESULT]},
    "config": PROMPTFOO,
}
EVALS = {
    "object": "eval.run.output_item",
    "created_at": 1743092076,
    "datasource_item_id": 5,
    "status": "pass",
    "results": [{"name": "String check-1", "type": "string_check_grader", "passed": True, "score": 1.0}],
    "sample": {
        "input": [{"role": "developer", "content": "Short."}, {"role": "user", "content": "2+2?"}],
        "output": [{"role": "assistant", "content": "4"}],
        "finish_reason": "stop",
        "model": "gpt-4o-mini-2024-07-18",
        "usage": {"prompt_tokens": 30, "completion_tokens": 1, "cached_tokens": 8},
        "error": {"code": None, "message": None},
    },
}  # fmt: skip
SAID = [
    {"role": "system", "content": "Be kind."},
    {"role": "user", "content": [{"type": "text", "text": "In stock?"}]},
    {"role": "assistant", "content": None, "tool_calls": [
        {"id": "c", "type": "function", "function": {"name": "look", "arguments": "{}"}}]},
    {"role": "tool", "tool_call_id": "c", "content": "yes"},
    {"role": "assistant", "content": "Yes."},
]  # fmt: skip
CHATS = [
    {"messages": SAID, "tools": [{"type": "function", "function": {"name": "look"}}]},
    {"request": {"model": "m", "messages": SAID[:2]}, "response": ANSWERED},
    {"input": "a", "output": [{"type": "message", "content": [{"type": "output_text", "text": "b"}]}]},
]  # fmt: skip
SPAN = {
    "name": "chat gpt-4o",
    "traceId": "t",
    "spanId": "s1",
    "startTimeUnixNano": "1",
    "attributes": [
        {"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}},
        {"key": "gen_ai.request.model", "value": {"stringValue": "gpt-4o"}},
        {"key": "gen_ai.input.messages", "value": {"stringValue": json.dumps(
            [{"role": "user", "parts": [{"type": "text", "content": "hi"}]}])}},
        {"key": "gen_ai.output.messages", "value": {"stringValue": json.dumps(
            [{"role": "assistant", "parts": [{"type": "text", "content": "ho"}]}])}},
        {"key": "llm.input_messages.0.message.content", "value": {"intValue": "3"}},
    ],
    "events": [{"name": "gen_ai.user.message", "attributes": [
        {"key": "content", "value": {"arrayValue": {"values": [{"boolValue": True}]}}}]}],
}  # fmt: skip
SPANS = {"resourceSpans": [{"scopeSpans": [{"spans": [SPAN, SPAN]}]}]}

URL = "https://x.openai.azure.com/openai/deployments/chat/chat/completions?api-version=1"
ASKED = json.dumps({"model": "m", "messages": SAID[:2], "stream": True})
VCR: dict[str, Any] = {
    "version": 1,
    "interactions": [
        {
            "request": {"method": "POST", "uri": URL, "headers": {"a": ["b"]}, "body": ASKED},
            "response": {
                "status": {"code": 200, "message": "OK"},
                "headers": {"Content-Type": ["application/json"]},
                "body": {"string": json.dumps(ANSWERED)},
            },
        },
        {
            "request": {"method": "POST", "uri": URL, "headers": {}, "body": ASKED},
            "response": {
                "status": {"code": 200, "message": "OK"},
                "headers": {"Content-Type": ["text/event-stream"]},
                "body": {"string": write_stream(CHUNKS).decode()},
            },
        },
    ],
}
HAR = {
    "log": {
        "entries": [
            {
                "request": {"method": "POST", "url": URL, "headers": [], "postData": {"text": ASKED}},
                "response": {
                    "status": 200,
                    "headers": [{"name": "a", "value": "b"}],
                    "content": {"text": json.dumps(ANSWERED)},
                },
            }
        ]
    }
}  # fmt: skip

CODES = (
    "output.length <= 280 && output.length > 0 || !output.includes('b')",
    "['x', 'y'].some(word => output.toLowerCase().includes(word))",
    "/\\d+/i.test(output) ? 1 : 0",
    "const j = JSON.parse(output); return j.items.every(i => i.a >= 3) && j.b === context.vars.c;",
    "if (!output.includes('a')) { return false; } return { pass: true, score: 1, reason: `x` };",
    "try { return output.trim().split(/\\s+/).length >= 3 } catch (e) { return false; }",
)
TEMPLATES = (
    "Say {{ x | upper }} {% if a == 'b' %}c{% else %}{{ d.e[0] }}{% endif %}",
    "{% for one in list %}{{ loop.index }}. {{ one }}{% endfor %}{# no #}{% raw %}{{x}}{% endraw %}",
    "{% set a = 1 %}{{ a ~ 'b' }} {{ x | default('y') | trim }}",
)
SECRETS = (
    '{"authorization": "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJlc2ln", "a": 1}',
    "api-key: 0123456789abcdef0123456789abcdef\nhttps://u:pass@h/?sig=abc%2Fdef&x=1",
    'data: {"a": "AccountKey=abcdefghijklmnop==;"}\n\ndata: [DONE]\n\n',
)


def convert(name: str) -> Read:
    """Return a converter of a file of this name, whose spec is known to load."""

    def read(data: bytes) -> None:
        Path(name).write_bytes(data)
        reader = DiskReader(Path.cwd())
        convert_file(name, "converted.yaml", reader, reader)

    return read


def keep_results(name: str) -> Read:
    """Return a reader of another tool's results, and of the run that they become."""
    paris = {"id": "c", "turns": [{"user": "Capital of France?"}]}
    models: dict[str, Any] = {"gpt-4o": {}, "gpt-4o-mini": {}}
    provider = {"type": "openai", "api_key": "${OPENAI_API_KEY}", "models": models}
    document = {"version": 1, "name": "p", "providers": {"o": provider}, "conversations": [paris]}
    Path("paris.yaml").write_text(json.dumps(document), encoding="utf-8")

    def read(data: bytes) -> None:
        Path(name).write_bytes(data)
        shutil.rmtree("reports", ignore_errors=True)
        give_command("convert", name)
        give_command("convert", name, "--spec", "paris.yaml")

    return read


def read_foreign(data: bytes) -> None:
    ForeignConversations.of(read_vcr(data, "file"))


def read_text(read: Any) -> Read:
    return lambda data: read(data.decode("utf-8", "replace"))


def read_templates(text: str) -> None:
    """Divide a template, and work out what it computes."""
    variables = {"x": "{{ list }}", "list": ["a", {"b": 1}], "d": {"e": ["f"]}, "a": text[:50]}
    try:
        for source in read_template(text).computed.values():
            work_out(source, resolve_nested(variables)[0])
    except TemplateError:
        return


def read_labels(data: bytes) -> None:
    lines = data.decode("utf-8", "replace").splitlines(keepends=True)
    read_labelled(decode_rows(lines, "jsonl", "labels.jsonl"), "labels.jsonl")


def read_models(data: bytes) -> None:
    Path("hostile-models.json").write_bytes(data)
    read_catalogue("hostile-models.json")


def make_lines(rows: list[Any]) -> Seed:
    return make_seed("".join(json.dumps(row) + "\n" for row in rows))


def list_others() -> list[FuzzedReader]:
    """List the readers of files that other programs write."""
    mine = json.loads(Path("mine.json").read_bytes())
    for region in mine["regions"].values():
        region["models"], region["usages"] = region["models"][:3], region["usages"][:3]
    vcr = (make_seed(yaml.safe_dump(VCR).encode()), make_seed(VCR), make_seed(HAR))
    labels = [
        {"question": "a", "answer": "b", "label": True},
        {"answer": "c", "hallucination": "no"},
    ]
    texts = {"javascript": translate, "template of promptfoo": read_templates, "secrets": scan}
    seeds = {"javascript": CODES, "template of promptfoo": TEMPLATES, "secrets": SECRETS}
    return [
        FuzzedReader("promptfoo config", (make_seed(PROMPTFOO),), convert("pf.yaml"), 0.3),
        FuzzedReader("prompt.yml", (make_seed(PROMPT_YML),), convert("a.prompt.yml"), 0.3),
        FuzzedReader("promptfoo results", (make_seed(RESULTS),), keep_results("r.json"), 0.2),
        FuzzedReader("OpenAI Evals", (make_lines([EVALS, EVALS]),), keep_results("e.jsonl"), 0.3),
        FuzzedReader("chats", (make_lines(CHATS),), convert("chats.jsonl"), 0.3),
        FuzzedReader("spans", (make_seed(SPANS), make_lines([SPANS])), convert("s.jsonl"), 0.3),
        FuzzedReader("vcrpy, HAR", vcr, read_foreign, 1),
        FuzzedReader("labels", (make_lines(labels),), read_labels, 2),
        FuzzedReader("saved catalogue", (make_seed(mine),), read_models, 2),
        *(
            FuzzedReader(name, tuple(map(make_seed, seeds[name])), read_text(read), 1)
            for name, read in texts.items()
        ),
        FuzzedReader(
            "plain spec for pytest", (read_seed("plain.yaml"),), convert("plain-2.yaml"), 0.1
        ),
    ]
