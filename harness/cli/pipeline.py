"""The pipeline that a command runs in: annotations beside the lines of a spec."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from harness.text.commands import Service, find_service

if TYPE_CHECKING:
    from harness.errors import Diagnostic
    from harness.report.ci.annotations import Annotation


def annotate(annotations: Iterable[Annotation]) -> None:
    """Print annotations where a service shows them; nothing anywhere else."""
    service = find_service(os.environ)
    if service is None:
        return
    from harness.cli.streams import print_command
    from harness.report.ci.annotations import format_annotation

    root = Path(os.environ.get(ROOTS[service]) or ".")
    for annotation in annotations:
        print_command(format_annotation(annotation, service, lambda path: _shorten(path, root)))


def annotate_problems(problems: Iterable[Diagnostic]) -> None:
    """Print problems as annotations, those that have a place."""
    if find_service(os.environ) is None:
        return
    from harness.report.ci.annotations import Annotation

    annotate(
        Annotation(
            "error" if problem.severity == "error" else "warning",
            problem.code,
            "\n".join(filter(None, (problem.summary, problem.detail, problem.hint))),
            problem.span,
        )
        for problem in problems
        if problem.span is not None
    )


ROOTS: Mapping[Service, str] = {"github": "GITHUB_WORKSPACE", "azure": "BUILD_SOURCESDIRECTORY"}
"""The variable that says where the repository is checked out: paths are relative to it."""


def _shorten(path: str, root: Path) -> str:
    """Return a path as the repository has it; as it is where it is elsewhere."""
    whole = Path(path).absolute()
    relative = os.path.relpath(whole, root.absolute())
    return path if relative.startswith("..") else Path(relative).as_posix()
