"""Plans as files: written by ``plan -o``, read by ``apply``."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import Diagnostic, RefusedError, RequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.app.ports import World
    from harness.plan.model import Intent, Plan
    from harness.plan.saved import SavedPlan

MOST_BYTES = 50_000_000


def write_plan(out: Path, plan: Plan, world: World, intent: Intent) -> None:
    """Write a plan that apply may carry out.

    Raises:
        OutsideError: the disk refused.
    """
    import json

    from harness._version import __version__
    from harness.plan.saved import Origin, make_saved_document

    spec = Path(world.spec_file.path).resolve()
    path = Path(os.path.relpath(spec, out.resolve().parent)).as_posix()
    document = make_saved_document(
        plan,
        Origin(path, world.spec_file.sha256, str(world.cloud_name)),
        intent,
        made_at=world.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        version=__version__,
    )
    text = json.dumps(document, ensure_ascii=False, indent=2, default=str)
    world.archive.write(out, [text, "\n"])


def read_plan(path: Path) -> SavedPlan | None:
    """Return the plan in a file; None where the file is a spec, or cannot be read as anything.

    Raises:
        RequestError: it is a plan that this version cannot read.
    """
    from harness.fs.regular import read_regular
    from harness.plan.saved import NotAPlanError, read_saved

    try:
        return read_saved(read_regular(path, MOST_BYTES).decode())
    except (OSError, UnicodeDecodeError):
        # What is wrong with it, the reader of specs says better.
        return None
    except NotAPlanError as error:
        raise RequestError(
            Diagnostic(
                "H917",
                f"{path} is a plan that cannot be read",
                str(error),
                hint=f"make it again: `harness plan -o {shlex.quote(str(path))}`",
            )
        ) from None


def find_spec_of_plan(path: Path, saved: SavedPlan) -> Path:
    """Return the path of the spec that a plan was made from, as near as it can be named.

    Raises:
        RequestError: no spec is there.
    """
    spec = Path(os.path.normpath(path.parent / saved.origin.path))
    if spec.is_file():
        return spec
    raise RequestError(
        Diagnostic(
            "H917",
            f"{path} was made from a spec that is not there",
            f"it names {saved.origin.path}",
            hint="keep the plan where it was made, or make it again: "
            f"`harness plan {shlex.quote(str(spec))} -o {shlex.quote(str(path))}`",
        )
    )


def refuse_another_origin(path: Path, saved: SavedPlan, world: World) -> None:
    """Refuse to carry out a plan for another spec, or on another cloud, than it was made for.

    Raises:
        RefusedError: the spec has changed, or the cloud is another.
    """
    changed = []
    if world.spec_file.sha256 != saved.origin.sha256:
        changed.append(f"{world.spec_file.path} has been edited")
    if str(world.cloud_name) != saved.origin.cloud:
        changed.append(f"it was made on {saved.origin.cloud}, and this is {world.cloud_name}")
    if changed:
        raise _make_stale_error(str(path), changed, advise_new_plan(path, world))


def advise_new_plan(path: Path, world: World) -> str:
    """Return the advice to make a saved plan again."""
    spec = shlex.quote(world.spec_file.path)
    return f"look at a new one: `harness plan {spec} -o {shlex.quote(str(path))}`"


def refuse_stale(before: SavedPlan | Plan, plan: Plan, *, named: str, hint: str) -> None:
    """Refuse to carry out a plan when anything that it saw has changed.

    Args:
        before: the plan that was looked at.
        plan: what would be planned now.
        named: what the person calls the earlier one.
        hint: how to make a new one.

    Raises:
        RefusedError: naming what has changed.
    """
    from harness.plan.saved import list_what_changed

    changed = list_what_changed(before, plan)
    if changed:
        raise _make_stale_error(named, changed, hint)


def _make_stale_error(named: str, changed: Sequence[str], hint: str) -> RefusedError:
    summary = f"{named} no longer holds: nothing was changed"
    return RefusedError(Diagnostic("H918", summary, "\n".join(changed), hint=hint))
