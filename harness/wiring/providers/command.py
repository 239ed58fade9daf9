"""Programs under test."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from harness.spec.model.spec import CommandProvider
from harness.wiring.providers.connector import Connector

if TYPE_CHECKING:
    from harness.providers import ApiKey, Endpoint


class CommandConnector(Connector[CommandProvider]):
    """Finds the program; a spec with one is read only where code is allowed."""

    __slots__ = ()

    def real(self) -> Endpoint:
        """Return the program, which runs in the project root."""
        from harness.providers.applications.command import CommandEndpoint
        from harness.providers.applications.picking import ReplyPaths
        from harness.sandbox import Program

        provider = self.declared
        program = Program(provider.command, Path(self.setting.spec_file.root))
        paths = None
        if provider.reply is not None:
            paths = ReplyPaths(
                provider.reply,
                provider.usage,
                tool_calls=provider.tool_calls,
                context=provider.context,
            )
        return CommandEndpoint(program, self.placeholder, paths)

    def at(self, url: str, key: ApiKey) -> Endpoint:
        """Return the program: it has no URL."""
        del url, key
        return self.real()
