"""The forms of calls, which the use case of programs is handed, and a program as it is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

from harness.codegen.call import Api
from harness.codegen.choice import ProgramChoice
from harness.conversation.ports import Request

if TYPE_CHECKING:
    from harness.run.targets import Target
    from harness.spec.model.spec import Conversation

FIRST_QUESTION: Final = "Who were the founders of Microsoft?"
"""The question of a program that no conversation is named for."""


class CallForm(Protocol):
    """The form of the calls to one target."""

    @property
    def protocol(self) -> Literal["azure", "v1", "openai"]:
        """The kind of API: Azure's dated one, Azure's v1, or OpenAI's."""
        ...

    @property
    def name(self) -> str:
        """The name that requests call the model by."""
        ...

    @property
    def api(self) -> Api:
        """The API that it is asked by."""
        ...

    def write(self, request: Request, api: Api) -> tuple[dict[str, Any], tuple[str, ...]]:
        """Return the body of a request, and what in it differs from what was asked."""
        ...


class CallForms(Protocol):
    """The forms of calls to the targets of a spec, and the data sets of its conversations."""

    def find(self, target: Target) -> CallForm | None:
        """Return the form of the calls to a target; None for one that is asked in another way."""
        ...

    def cases(self, conversation: Conversation) -> Iterable[Mapping[str, Any]]:
        """Read the cases of a conversation."""
        ...


@dataclass(frozen=True, slots=True)
class WantedProgram:
    """A program as it is asked for.

    Attributes:
        target: by its name, or a glob that matches one.
        conversation: its id; None for one question.
        case: of the conversation; None for its first.
        variant: None for the first.
        question: the one question, where no conversation is named.
        choice: its form.
        file: the name of its file, which its head shows; "" for one of its own.
    """

    target: str
    conversation: str | None = None
    case: str | None = None
    variant: str | None = None
    question: str = FIRST_QUESTION
    choice: ProgramChoice = field(default_factory=ProgramChoice)
    file: str = ""
