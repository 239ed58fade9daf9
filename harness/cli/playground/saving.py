"""Write conversations of a chat into its spec; a chat at a URL gets a spec of its own first."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.wiring import Permissions, add_conversation, read_spec, read_spec_text

if TYPE_CHECKING:
    from harness.spec.load import SpecFile

SUFFIXES = (".yaml", ".yml")
ALWAYS_READ = ("AZURE_", "OPENAI_", "HARNESS_")
"""Variables that begin so are read without ``--allow-env``. Source: the contract, section 1."""


class SpecSaver:
    """The ``save`` of a chat: knows into which file it goes.

    Args:
        spec_file: the spec of the chat; at a URL, the one that stands for it.
        permissions: what the person allows.
        is_written: the spec is a file of somebody's.
    """

    def __init__(self, spec_file: SpecFile, permissions: Permissions, *, is_written: bool) -> None:
        self._path = Path(spec_file.path) if is_written else None
        self._document = spec_file.document
        self._permissions = permissions

    def __call__(self, conversation: Mapping[str, Any], file: str) -> SpecFile:
        """Write a conversation; return the spec as it is then.

        Raises:
            HarnessError: nothing was written.
        """
        from harness.playground.commands.command import make_usage_error

        if self._path is None:
            if not file:
                hint = f"/save {conversation['id']} chat.yaml makes one, with this target"
                raise make_usage_error("this chat has no spec to save into", hint)
            return self._write_new(Path(file), conversation)
        if file and Path(file) != self._path:
            hint = f"/save {conversation['id']} writes into it"
            raise make_usage_error(f"this chat has a spec: {self._path}", hint)
        add_conversation(self._path, conversation, self._permissions)
        return read_spec(self._path, self._permissions)

    def _write_new(self, path: Path, conversation: Mapping[str, Any]) -> SpecFile:
        from harness.fs.atomic import create_file
        from harness.playground.commands.command import make_usage_error
        from harness.spec.formats.writing import format_yaml

        if path.suffix not in SUFFIXES:
            raise make_usage_error(f"{path} is no name of a spec", f"{path}.yaml would be one")
        document = {**self._document, "conversations": [dict(conversation)]}
        text = format_yaml(document)
        read_spec_text(text, path, self._permissions)
        try:
            create_file(path, text)
        except FileExistsError:
            hint = "take another name; or chat with `--spec FILE`, and save into that"
            raise make_usage_error(f"{path} is there already", hint) from None
        except OSError as error:
            raise make_usage_error(f"{path} cannot be written", "", error.strerror or "") from None
        self._path = path
        return read_spec(path, self._permissions)


def list_flags(permissions: Permissions) -> tuple[str, ...]:
    """Return the options that ``eval`` needs to do what this chat was allowed to do."""
    names = (name for name in permissions.environment_names if not name.startswith(ALWAYS_READ))
    return (
        *(f"--allow-env {name}" for name in names),
        *(f"--trust-host {host}" for host in permissions.hosts),
    )
