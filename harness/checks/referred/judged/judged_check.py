"""A check that a judge decides: what it is asked, and what its answer means.

Both halves are pure; who is asked, and at what cost, is the run's business. The reply that is
judged is the work of a model that may have been told to please a judge: it stands between marks
whose code it cannot know, and only the fields of a structured answer count. Names and meanings are
promptfoo's. Source: promptfoo ``src/matchers`` and its pages on model-graded checks, 2026.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.checks.finding import CannotCheck, Finding, as_text
from harness.checks.referred.judged.fence import Fence, NamedText, list_calls
from harness.checks.referred.judged.prompt import OWN_PROMPT, Prompt, write_system
from harness.checks.referred.needs import JudgeQuestion, Steps
from harness.checks.subject import ReplyContext, Subject
from harness.conversation.transcript import Exchange, Message
from harness.spec.document.template import find_names, substitute
from harness.spec.model.spec import Assertion

MATERIAL = frozenset({"output", "completion", "conversation", "transcript"})
"""Names of what is judged: a ``rubric_prompt`` with one of them says itself where it stands."""

Ask = Callable[[Assertion, Subject], JudgeQuestion]
Show = Callable[[Assertion, Subject], Iterator[NamedText]]
Read = Callable[[Assertion, str], Finding]


@dataclass(frozen=True, slots=True)
class JudgedCheck:
    """A check that a judge decides; calling it begins its steps.

    Attributes:
        prompt: what the judge is told.
        steps: carries the check out: it is given the function that writes the judge's question.
        show: yields the texts that the judge is shown, in order.
    """

    prompt: Prompt
    steps: Callable[[Ask, Assertion, Subject], Steps]
    show: Show

    def __call__(self, assertion: Assertion, subject: Subject) -> Steps:
        """Begin the check."""
        return self.steps(self.write_question, assertion, subject)

    def write_question(self, assertion: Assertion, subject: Subject) -> JudgeQuestion:
        """Write the question to the judge; about a conversation, with the whole transcript.

        The demand comes first and again at the end, the reply between them.

        Raises:
            CannotCheck: something is missing: a value, or the variable ``context``.
        """
        prompt = self.prompt
        value = _read_value(assertion) if prompt.takes_value else ""
        shown = list(self.show(assertion, subject))
        setting = subject.setting or ReplyContext()
        texts = [text for _, text in shown]
        fence = Fence.build(setting.seed, [*texts, subject.text, find_question(subject)])
        demand = prompt.demand.replace("{value}", value)
        user = write_user(demand, fence.join(shown))
        task = prompt.task
        if assertion.rubric_prompt is not None:
            names = {**setting.variables, **_name_texts(value, subject, shown, fence)}
            own = substitute(assertion.rubric_prompt, names)
            if MATERIAL.isdisjoint(find_names(assertion.rubric_prompt)):
                task = own
            else:
                task, user = OWN_PROMPT, own
        system = write_system(task, prompt, fence.nonce)
        return JudgeQuestion((Message("system", system), Message("user", user)), prompt.schema)


def ask_once(read: Read) -> Callable[[Ask, Assertion, Subject], Steps]:
    """Make the steps of a check that asks one question, whose answer ``read`` reads."""

    def steps(ask: Ask, assertion: Assertion, subject: Subject) -> Steps:
        reply: str = yield ask(assertion, subject)
        return read(assertion, reply)

    return steps


def write_user(demand: str, material: str) -> str:
    """Write the user's part of a question: the demand, the material, and the demand again."""
    return f"{demand}\n\n{material}\n\nOnce more. {demand}\n\nYour verdict, as JSON:"


def show_reply(assertion: Assertion, subject: Subject) -> Iterator[NamedText]:
    """Show the reply alone."""
    del assertion
    yield "reply", subject.text


def show_exchanges(assertion: Assertion, subject: Subject) -> Iterator[NamedText]:
    """Show the reply and the turns before it; of a conversation all of it, calls included."""
    del assertion
    setting = subject.setting or ReplyContext()
    for exchange in setting.exchanges:
        yield from _show_exchange(exchange)
    if subject.whole and subject.found is None:
        return
    if not subject.whole:
        yield "user", subject.user
    yield "reply", subject.text
    if subject.found is None and not subject.whole:
        yield from list_calls(subject.tool_calls, "the reply")


def _show_exchange(exchange: Exchange) -> Iterator[NamedText]:
    yield f"user, turn {exchange.number}", exchange.asked
    if exchange.reply is not None:
        yield f"assistant, turn {exchange.number}", exchange.reply.text
    yield from list_calls(exchange.tool_calls, f"turn {exchange.number}")


def find_question(subject: Subject) -> str:
    """Find the question that a reply answers: the variable ``query``, else what the user said."""
    setting = subject.setting or ReplyContext()
    if "query" in setting.variables:
        return as_text(setting.variables["query"])
    if subject.whole:
        return "\n\n".join(exchange.asked for exchange in setting.exchanges)
    return subject.user


def _read_value(assertion: Assertion) -> str:
    value = assertion.value
    text = "" if value is None else as_text(value)
    if not text.strip():
        raise CannotCheck(f"{assertion.type} needs a text to judge by")
    return text


def _name_texts(
    value: str, subject: Subject, shown: Sequence[NamedText], fence: Fence
) -> Mapping[str, str]:
    """Map the names that an author's own prompt may use, promptfoo's included, to texts."""
    reply = fence.enclose("reply", subject.text)
    asked = fence.enclose("question", find_question(subject))
    context = [fence.enclose(name, text) for name, text in shown if name == "context"]
    return {
        **dict.fromkeys(("rubric", "criteria", "ideal", "value"), value),
        **dict.fromkeys(("output", "completion"), reply),
        **dict.fromkeys(("question", "input", "query"), asked),
        **dict.fromkeys(("conversation", "transcript"), fence.join(shown)),
        **({"context": context[0]} if context else {}),
    }
