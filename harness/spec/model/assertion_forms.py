"""The forms of assertions: what an author writes beside the name of one.

The names are not listed here. ``harness.checks.definitions`` has one row an assertion, and whoever
loads a spec hands the forms of those rows in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from harness.spec.values.kinds import KINDS, ValueKind

ContextSource = Literal[
    "none",  # it looks at no context
    "variable",  # the case's variable `context`
    "value_or_variable",  # its value, or the variable where it has none
]

Role = Literal["judge", "embeddings"]


@dataclass(frozen=True, slots=True)
class AssertionForm:
    """The form that one assertion is written in.

    Attributes:
        value: the name of the kind of value that it takes, one of ``values.kinds.KINDS``.
        short_threshold: in the short form the value is the threshold.
        needs: the models that the evaluation has to declare for it.
        default_threshold: the threshold when the author gives none; None where there is no
            threshold or where it has to be given.
        context: where it finds the sources that a reply is held against.
        of_whole_text: it looks at a text from its first word to its last: seldom meant of several
            replies that are joined.
        asks_each: it asks its judge once for each text of its value, where that is a list.
        summary: what it demands, in a sentence for editors.
        example: a value of its short form, as YAML; "" where it takes none.
    """

    value: str
    short_threshold: bool = False
    needs: tuple[Role, ...] = ()
    default_threshold: float | None = None
    context: ContextSource = "none"
    asks_each: bool = False
    of_whole_text: bool = False
    summary: str = ""
    example: str = ""

    @property
    def runs_code(self) -> bool:
        """True where it is the author's code, which runs only with ``--allow-code``."""
        return self.kind.runs_code

    @property
    def kind(self) -> ValueKind:
        """The kind of value that it takes."""
        return KINDS[self.value]


AssertionForms = Mapping[str, AssertionForm]
"""The form of every assertion that a spec may use, by its name without ``not-``."""


SKIP = "skip"
"""``{skip: "reason"}`` stands for a check that could not be carried over: decoded as this type."""

NEGATION = "not-"

BESIDE = ("path", "threshold", "weight", "metric", "judge", "rubric_prompt", "when", "config")
"""Keys that may stand beside the name of a short form; the long form has two more."""


def parse_name(name: str, forms: AssertionForms) -> tuple[str, bool] | None:
    """Split a name as written into the assertion's type and True where it is negated.

    Returns None when there is no such assertion.
    """
    if name in forms:
        return name, False
    bare = name.removeprefix(NEGATION)
    return (bare, True) if bare in forms else None


@dataclass(frozen=True, slots=True)
class CodeFile:
    """A function in a file that checks: ``checks/tone.py:polite``."""

    file: str
    function: str


_CODE_FILE = re.compile(r"(?:file://)?([^\s:*?\"'<>|()=]+\.py)(?::([A-Za-z_]\w*))?")


def parse_code_file(value: str) -> CodeFile | None:
    """Read the function that the value of ``python`` names; None when the value is code itself.

    Without a name it is ``get_assert``, as for promptfoo.
    """
    named = _CODE_FILE.fullmatch(value.strip())
    return None if named is None else CodeFile(named[1], named[2] or "get_assert")


def is_code(name: str, forms: AssertionForms) -> bool:
    """Tell whether an assertion's value is code, so that it needs ``--allow-code``."""
    return name in forms and forms[name].runs_code


def list_names(forms: AssertionForms) -> tuple[str, ...]:
    """Return every name that an author may write, negations last."""
    return (*forms, *(f"{NEGATION}{name}" for name in forms))
