"""The program of the other process: one question on stdin, one answer on stdout, both JSON.

Started as a file by itself, so that it imports nothing of the harness. What the code prints goes to
stderr: stdout belongs to the answer.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
import textwrap
import traceback
import types
from pathlib import Path
from typing import Any

LONGEST_MESSAGE = 300
LONGEST_LINE = 100
"""Characters of an exception's message, and of the line that raised it, that are told."""


def main() -> None:
    """Answer what stands on stdin."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    question = json.load(sys.stdin)
    called = False
    try:
        function = _load_function(question)
        called = True
        given = function(question["output"], question["context"])
        answer = json.dumps({"answer": _simplify(given)})
    except BaseException as error:  # noqa: BLE001 - whatever the code raises is its answer
        answer = json.dumps({"error": _describe_error(error, question), "called": called})
    channel.write(answer)
    channel.flush()
    os._exit(0)  # threads that the code has started are of no interest any more


def _load_function(question: dict[str, Any]) -> Any:
    module = types.ModuleType("harness_check")
    sys.modules[module.__name__] = module  # dataclasses and the like look their module up
    names = module.__dict__
    if question["file"] is None:
        exec(compile(_wrap(question["source"]), "<spec>", "exec"), names)  # noqa: S102 - allowed
    else:
        path = Path(question["file"])
        sys.path.insert(0, str(path.parent))
        names["__file__"] = str(path)
        exec(compile(path.read_bytes(), str(path), "exec"), names)  # noqa: S102 - by --allow-code
    try:
        return names[question["function"]]
    except KeyError:
        raise NameError(f"there is no function {question['function']!r}") from None


def _wrap(source: str) -> str:
    """Make an expression or a body into a function that knows json, math and re."""
    body = _trim(source)
    if "\n" not in body.strip():
        body = f"return {body.strip()}"
    return f"import json, math, re\ndef check(output, context):\n{textwrap.indent(body, '    ')}\n"


def _trim(source: str) -> str:
    return textwrap.dedent(source).strip("\n")


def _simplify(given: Any) -> Any:
    """Return the answer as JSON can carry it; numbers of other libraries become plain ones."""
    if dataclasses.is_dataclass(given) and not isinstance(given, type):
        return dataclasses.asdict(given)
    if hasattr(given, "item") and not isinstance(given, (str, dict, list)):
        return given.item()
    return given


def _describe_error(error: BaseException, question: dict[str, Any]) -> str:
    """Describe the exception in a line, with the line of the author's code that raised it."""
    kind = type(error).__name__
    said = str(error).strip()[:LONGEST_MESSAGE]
    told = f"{kind}: {said}" if said else kind
    file = question["file"]
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        number = frame.lineno or 0
        if frame.filename == "<spec>":
            number = max(number - 2, 1)
            source = _trim(question["source"])
            return f"{told} (line {number} of the code{_quote_line(source, number)})"
        if file is not None and frame.filename == file:
            text = Path(file).read_text(encoding="utf-8", errors="replace")
            return f"{told} ({Path(file).name}, line {number}{_quote_line(text, number)})"
    return told


def _quote_line(text: str, number: int) -> str:
    """Quote a line of the code, counted from 1; "" where there is none."""
    lines = text.splitlines()
    line = lines[number - 1].strip() if 0 < number <= len(lines) else ""
    return f": {line[:LONGEST_LINE]}" if line else ""


if __name__ == "__main__":
    main()
