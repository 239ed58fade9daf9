"""The questions that a check needs answered before it can be decided.

Such a check is a generator of what it needs: it is given each answer and ends with its finding.
Who is asked, how often it is tried and what it costs is not its business. Where there is no answer
the check is left where it stands, and is errored.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any

from harness.checks.finding import Finding
from harness.conversation.transcript import Message


@dataclass(frozen=True, slots=True)
class JudgeQuestion:
    """A question to a judge; the gift is the text of its reply.

    ``schema`` is the JSON Schema of the answer, for judges that can be held to one.
    """

    messages: tuple[Message, ...]
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts to embed; the gift is their vectors, in their order."""

    texts: tuple[str, ...]


Need = JudgeQuestion | Texts
Steps = Generator[Need, Any, Finding]
"""A check that asks: yields needs, is sent ``str`` or the vectors of texts, returns a finding."""
