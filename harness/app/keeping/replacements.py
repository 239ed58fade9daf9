"""Keep what a replacement deletes on this disk, from before the deletion until it is made anew.

A command may die between the two. What the spec does not say (a closed network, tags, a filter) is
then nowhere in Azure any more: the next plan has it from here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import Diagnostic, OutsideError
from harness.fs.atomic import replace_file, sweep
from harness.plan.identity import ResourceId
from harness.plan.observed import Body

FOLDER = "replaced"
FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True)
class KeptBodies:
    """The bodies that are kept for one spec on one cloud, a file each.

    Attributes:
        folder: the project's folder for this cloud.
        spec: the spec's name; what was kept for another is left alone.
    """

    folder: Path
    spec: str

    def keep(self, at: ResourceId, body: Body) -> None:
        """Keep a body until it is forgotten.

        Raises:
            OutsideError: the disk refused.
        """
        document = {
            "format_version": FORMAT_VERSION,
            "spec": self.spec,
            "id": at.path,
            "body": dict(body),
        }
        path = self._find_file(at.path)
        sweep(self.folder)
        try:
            replace_file(path, [json.dumps(document, ensure_ascii=False, indent=2)], mode=0o600)
        except OSError as error:
            raise OutsideError(
                Diagnostic(
                    "H924",
                    f"{at.path.rpartition('/')[2]} is not replaced: what it holds cannot be kept",
                    f"{path}: {error.strerror or type(error).__name__}",
                    hint="make room, or make the folder writable, and run the same command again",
                )
            ) from error

    def forget(self, at: ResourceId) -> None:
        """Forget what was kept of a resource; nothing where nothing was."""
        with suppress(OSError):
            self._find_file(at.path).unlink(missing_ok=True)

    def forget_all(self) -> None:
        """Forget everything of this spec: all of it is there, or meant to be gone."""
        for path, _ in self._read_files():
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def read(self) -> Mapping[str, Body]:
        """Return what is kept for this spec, by folded id.

        Raises:
            OutsideError: a file cannot be read.
        """
        return {str(found["id"]).casefold(): found["body"] for _, found in self._read_files()}

    def _read_files(self) -> list[tuple[Path, dict[str, Any]]]:
        found = [(path, _read_file(path)) for path in sorted(self.folder.glob("*.json"))]
        return [(path, document) for path, document in found if document["spec"] == self.spec]

    def _find_file(self, path: str) -> Path:
        named = f"{self.spec}\n{path.casefold()}"
        return self.folder / f"{hashlib.sha256(named.encode()).hexdigest()[:16]}.json"


def _read_file(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["format_version"] == FORMAT_VERSION and isinstance(document["body"], dict):
            return {"spec": document["spec"], "id": document["id"], "body": document["body"]}
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise OutsideError(
        Diagnostic(
            "H926",
            "what was kept of a replacement that broke off cannot be read",
            str(path),
            hint="bring the file back; or delete it, and what only it says is lost",
        )
    )
