"""A spec as pytest sees it: a file with one test a conversation and target."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.errors import HarnessError
from harness.pytest_plugin import MARKER, CheckFailed
from harness.text.commands import break_commands, find_service

if TYPE_CHECKING:
    from harness.pytest_plugin.playing import Stage
    from harness.run.keyword import Matches
    from harness.spec.model.spec import Conversation

MARKABLE = re.compile(r"[^\W\d_][\w.+-]*\Z")
"""Tags that ``-m`` can name and a line of ``markers`` can register."""

MEANT_BY_PYTEST = frozenset(
    {"filterwarnings", "parametrize", "skip", "skipif", "usefixtures", "xfail"}
)
"""Marks that do something: a spec's author who calls a conversation one of these means a word."""


class SpecModule(pytest.File):
    """A spec; collecting it reads it and nothing else."""

    def collect(self) -> Iterator[ConversationItem]:
        """Yield one test a conversation and target, in the order of the spec."""
        from harness.pytest_plugin.playing import Stage

        with self._open_from_start():
            try:
                stage = Stage.open(self._shorten_path(), self.config)
                targets = stage.list_targets() if stage.spec.conversations else ()
            except HarnessError as error:
                # What harness validate says, and no traceback: the mistake is in the spec.
                raise self.CollectError(str(error)) from None
        keyword = self._read_keyword()
        for conversation in stage.spec.conversations:
            self._register(conversation.tags)
            cases = stage.list_cases(conversation) if keyword else ()
            for target in targets:
                item: ConversationItem = ConversationItem.from_parent(
                    self,
                    name=f"{conversation.id}[{target}]",
                    stage=stage,
                    conversation=conversation,
                    target=target,
                )
                if keyword and cases:
                    item.narrow(keyword, cases)
                yield item

    def _read_keyword(self) -> Matches | None:
        """Read ``-k``; None where there is none, or none that can be read: pytest says so."""
        from harness.run.keyword import compile_keyword

        expression = self.config.getoption("keyword") or ""
        with contextlib.suppress(HarnessError):
            return compile_keyword(expression) if expression.strip() else None
        return None

    def _register(self, tags: tuple[str, ...]) -> None:
        """Tell pytest of tags, so that ``--strict-markers`` takes them."""
        for tag in filter(_make_markable, tags):
            self.config.addinivalue_line("markers", f"{tag}: a tag of harness conversations")

    def _open_from_start(self) -> contextlib.AbstractContextManager[None]:
        """Open paths of a spec from where pytest was started, whatever a test did since."""
        return contextlib.chdir(self.config.invocation_params.dir)

    def _shorten_path(self) -> Path:
        """Return the path for messages: short where that is possible."""
        relative = os.path.relpath(self.path)
        return self.path if relative.startswith("..") else Path(relative)


class ConversationItem(pytest.Item):
    """A conversation on one target: its variants, repeats and cases, all or those ``-k`` means.

    ``cases`` are the names of those that are meant; None for all.
    """

    def __init__(
        self, *, stage: Stage, conversation: Conversation, target: str, **given: Any
    ) -> None:
        super().__init__(**given)
        self.stage = stage
        self.conversation = conversation
        self.target = target
        self.cases: tuple[str, ...] | None = None
        self.add_marker(MARKER)
        for tag in conversation.tags:
            self.extra_keyword_matches.add(tag)
            if _make_markable(tag):
                self.add_marker(tag)

    def narrow(self, keyword: Matches, cases: Sequence[str]) -> None:
        """Play only the cases that ``-k`` means, as if each was a test with its name beside ours.

        Pytest itself is told of one of them: of one that is meant, or, where none is, of one that
        is not, so that its own word about this test is that of its cases.
        """
        # The names by which pytest knows a test; neither the session nor rootdir is among them.
        chain = self.listchain()
        above = {id(node) for node in chain if isinstance(node, pytest.Session)}
        above |= {id(node) for node in chain[:2] if isinstance(node, pytest.Directory)}
        names = [node.name for node in chain if id(node) not in above]
        names += [*self.listextrakeywords(), *(mark.name for mark in self.iter_markers())]
        chosen = [case for case in cases if keyword((*names, case))]
        self.extra_keyword_matches.add((chosen or cases)[0])
        if chosen and len(chosen) < len(cases):
            self.cases = tuple(chosen)

    def runtest(self) -> None:
        """Play it; a test fails as it does for ``pytest.fail``, with the transcript for a text."""
        __tracebackhide__ = True
        with contextlib.chdir(self.config.invocation_params.dir):
            loudness = self.config.get_verbosity()
            file, *rest = self.nodeid.split("::")
            with contextlib.suppress(ValueError):  # another drive than the one where it started
                file = Path(os.path.relpath(self.config.rootpath / file)).as_posix()
            name = "::".join((file, *rest))
            played = self.stage.play(self.conversation, self.target, name, loudness, self.cases)
        self.user_properties += played.properties
        if self.cases is not None:
            self.user_properties.append(("cases", ", ".join(self.cases)))
        failure = played.failure
        if find_service(os.environ) is not None:  # pytest prints it into the log of a pipeline
            failure = break_commands(failure)
        if played.known:
            pytest.xfail(played.known)
        if failure and played.judged:
            raise CheckFailed(failure, pytrace=False)
        if failure:
            pytest.fail(failure, pytrace=False)
        if played.skipped:
            pytest.skip(played.skipped)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return the place where the conversation is written."""
        span = self.stage.find_place(self.conversation)
        return self.config.invocation_params.dir / span.file, span.line - 1, self.name


def _make_markable(tag: str) -> bool:
    return MARKABLE.match(tag) is not None and tag not in MEANT_BY_PYTEST
