"""The formats that can be converted: a row each, recognised by what a file holds, not by its name.

To add a format, write a module with two functions and add its row. ``recognise`` takes a
``SourceFile`` and says whether it is one of its own; ``convert`` returns its ``Conversion``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Literal, cast

from harness.importers.conversion import Conversion
from harness.spec.document.located import Node
from harness.spec.ports import Reader


@dataclass(frozen=True, slots=True)
class ConvertOptions:
    """Wishes for a conversion of logs; other formats have no use for them.

    Attributes:
        sample: how many chats are kept at the most; None for the usual number.
        seed: of the choice of those.
        reference: the assertion that holds today's answers against those of then.
    """

    sample: int | None = None
    seed: int = 0
    reference: Literal["none", "similar", "llm-rubric"] = "none"


USUAL = ConvertOptions()


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that is to be converted.

    Attributes:
        path: as the person named it; places in messages begin with it.
        text: what it holds; of a file that is not ``whole``, its beginning in whole lines.
        root: the same, read as YAML or JSON with the place of every part; None where it is neither,
            or longer than a spec may be.
        reader: the files that it may name: those beneath the project root.
        out: the path that the spec will have; what the spec names is relative to its folder.
        whole: False where the file is longer than the text: ``reader.stream`` has all of it.
        options: what the person wants of it.
    """

    path: str
    text: str
    root: Node | None
    reader: Reader
    out: str
    whole: bool = True
    options: ConvertOptions = USUAL


@dataclass(frozen=True, slots=True)
class SourceFormat:
    """A format: its name in messages, and the module of this package that knows it.

    One that ``streams`` reads files of any length, line by line. One that ``holds_results`` is
    converted to a run as well, of the spec that it gives or of one that is there.
    """

    name: str
    module: str
    streams: bool = False
    holds_results: bool = False

    def recognise(self, source: SourceFile) -> bool:
        """Tell whether a file is of this format."""
        return cast("Callable[[SourceFile], bool]", self._load("recognise"))(source)

    def convert(self, source: SourceFile) -> Conversion:
        """Convert a file of this format."""
        return cast("Callable[[SourceFile], Conversion]", self._load("convert"))(source)

    def _load(self, function: str) -> object:
        return getattr(import_module(f"harness.importers.{self.module}"), function)


FORMATS: tuple[SourceFormat, ...] = (
    SourceFormat("promptfoo configuration", "promptfoo.config"),
    SourceFormat("prompt of GitHub Models (.prompt.yml)", "prompt_yml.config"),
    SourceFormat("results of promptfoo or OpenAI Evals", "results.files", holds_results=True),
    SourceFormat("log of chats (JSON lines, OpenTelemetry)", "chats.log", streams=True),
)
"""Every format, the first that recognises a file wins."""


def find_format(source: SourceFile) -> SourceFormat | None:
    """Return the format of a file, None where nobody knows it."""
    known = (one for one in FORMATS if source.whole or one.streams)
    return next((one for one in known if one.recognise(source)), None)
