"""Transcripts that were made elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from harness.spec.model.spec import RecordedProvider
from harness.wiring.providers.connector import Connector

if TYPE_CHECKING:
    from harness.providers import ApiKey, Endpoint


class RecordedConnector(Connector[RecordedProvider]):
    """Reads the transcripts of a model."""

    __slots__ = ()

    def real(self) -> Endpoint:
        """Return the transcripts.

        Raises:
            OutsideError: there is none of this model.
            SpecError: a line of the file is no entry.
        """
        from harness.conversation.answers import parse_answers, require_answers
        from harness.fs.regular import open_regular
        from harness.providers.recorded import RecordedEndpoint

        path, target = self.declared.answers, self.target
        with open_regular(Path(path)) as lines:
            answers = parse_answers(lines, path)
        model = target.model or target.handle
        require_answers(answers, model, target.version, file=path, target=target.name)
        return RecordedEndpoint(answers, model, target.version)

    def at(self, url: str, key: ApiKey) -> Endpoint:
        """Return the transcripts: they have no URL."""
        del url, key
        return self.real()
