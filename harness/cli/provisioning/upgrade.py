"""``harness upgrade``: a successor beside a deployment, the paired verdict, the spec's diff."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.app.recording import Recording
from harness.cli.evaluation.eval import FINITE
from harness.cli.layout import Command
from harness.cli.options import add_spec_options
from harness.cli.outside import open_outside
from harness.cli.recording import add_recording_options
from harness.cli.show import Showing, find_voice
from harness.cli.specs import add_one_spec_argument
from harness.errors import Exit
from harness.wiring import Permissions

if TYPE_CHECKING:
    from harness.app.editing.edited_file import EditedFile
    from harness.app.upgrading.outlook import Outlook
    from harness.app.upgrading.trial import UpgradeTrial
    from harness.compare.comparison.model import Comparison
    from harness.plan.model import Intent
    from harness.run.evaluate import Evaluated
    from harness.spec.load import SpecFile
    from harness.wiring import SpecWorld

EXAMPLES = """\b
Examples:
  harness upgrade specs/sweden.yaml sweden/mini --dry-run    when it retires, and what could follow
  harness upgrade specs/sweden.yaml sweden/mini              try the first that fits, and judge it
  harness upgrade specs/sweden.yaml sweden/mini --to gpt-5-mini@2025-08-07 -k founders
  harness upgrade specs/sweden.yaml sweden/mini --write      and edit the spec where it passed

\b
Exit codes: 0 no worse, or not settled · 1 regressed, or nothing fits · 2 the request is wrong
            3 something outside prevented an answer · 4 incomplete · 130 interrupted
"""


@click.command("upgrade", cls=Command, epilog=EXAMPLES)
@add_one_spec_argument
@click.argument("target", metavar="TARGET")
@click.option("--to", metavar="MODEL@VERSION", help="The successor; default: the first that fits.")
@click.option(
    "-k",
    "keyword",
    default="",
    metavar="EXPR",
    help="Only conversations and cases whose id or tags match.",
)
@click.option(
    "--repeats",
    type=click.IntRange(min=1),
    metavar="N",
    help="Play each conversation N times, instead of what the spec says.",
)
@click.option("--max-usd", type=FINITE, metavar="X", help="Stop before X dollars are spent.")
@click.option("--allow-simulated", is_flag=True, help="Let a simulated run stand before the gate.")
@click.option("--dry-run", is_flag=True, help="Show the retirement and the successors alone.")
@click.option("--keep", is_flag=True, help="Leave the successor beside the old one at the end.")
@click.option("--yes", is_flag=True, help="Do not ask before deploying or removing the successor.")
@click.option(
    "-o",
    "out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the spec's diff to FILE.",
)
@click.option("--write", is_flag=True, help="Edit the spec itself, where the successor passed.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@add_recording_options
@add_spec_options
def command(
    spec: Path,
    permissions: Permissions,
    *,
    target: str,
    to: str | None,
    dry_run: bool,
    as_json: bool,
    recording: Recording | None,
    **chosen: Any,
) -> int:
    """Try a successor of a deployment whose model retires, and say what to change.

    The successor is deployed beside the old one, in the same account; the conversations are played
    on both, and compared pair by pair. The old deployment stays as it is: the diff of the spec is
    yours to apply. The successor is removed at the end, unless you say --keep.
    """
    from harness.app.upgrading.outlook import find_target, look_ahead, require_comparable
    from harness.cli.provisioning.frontend import print_document
    from harness.cli.provisioning.upgrade_page import format_outlook
    from harness.wiring import read_spec

    if to is not None and not to.partition("@")[0].strip():
        raise click.UsageError(f"--to wants MODEL@VERSION, as gpt-5-mini@2025-08-07; got '{to}'.")
    spec_file = read_spec(spec, permissions, recording)
    find_target(spec_file, target)
    opening = _Opening(permissions, recording)
    with opening.open(spec_file) as world:
        outlook = look_ahead(world, target, to)
    if not as_json:
        click.echo(format_outlook(outlook), nl=False)
    if dry_run:
        if as_json:
            print_document({"format_version": 1, **outlook.to_dict()})
        return int(Exit.OK)
    successor = require_comparable(outlook)
    if outlook.retirement.state == "retired":
        find_voice().say(f"{target} no longer answers: its successor is played, and not compared")
    out, write = chosen.pop("out"), chosen.pop("write")
    attempt = _Attempt(
        opening, spec_file, outlook, as_json=as_json, yes=chosen.pop("yes"),
        keep=chosen.pop("keep"), evaluated=chosen,
    )  # fmt: skip
    trial, edits = attempt.declare(successor)
    attempt.require_conversations(trial)
    refused = attempt.deploy(trial)
    if refused:
        return refused
    removed = 0
    try:
        done, comparison = attempt.compare(trial)
        # What was paid for is told before a disk may refuse.
        attempt.tell(trial, done, comparison, edits)
        _offer_diff(edits, comparison, out=out, write=write)
    finally:
        if not attempt.keep:
            removed = attempt.remove(trial)
    return (done.exit_code if done.halted else comparison.gate.exit_code) or removed


@dataclass(slots=True)
class _Opening:
    """Opens the outside of a spec as often as it is needed; says each of its lines once."""

    permissions: Permissions
    recording: Recording | None
    said: frozenset[str] = frozenset()

    def open(self, spec_file: SpecFile) -> AbstractContextManager[SpecWorld]:
        return open_outside(spec_file, self.permissions, self.recording, say=self._say_once)

    def _say_once(self, line: str) -> None:
        if line not in self.said:
            self.said |= {line}
            find_voice().say(line)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One successor: declared, deployed, compared, removed, told.

    ``evaluated`` are the options of the evaluation, by their names in ``EvalOptions``.
    """

    opening: _Opening
    spec_file: SpecFile
    outlook: Outlook
    yes: bool
    keep: bool
    as_json: bool
    evaluated: Mapping[str, Any]

    def declare(self, successor: Any) -> tuple[UpgradeTrial, tuple[EditedFile, ...]]:
        """Return the spec with the successor beside, and the edits that would switch to it.

        A spec that cannot be edited is refused here, before anything is deployed.
        """
        from harness.app.upgrading.spec_edit import edit_spec
        from harness.app.upgrading.trial import declare_beside

        target = self.outlook.target
        edits = edit_spec(self.spec_file, target, successor)
        trial = declare_beside(
            self.spec_file, target, successor, allow_simulated=self.evaluated["allow_simulated"]
        )
        return trial, edits

    def require_conversations(self, trial: UpgradeTrial) -> None:
        """Refuse a selection that names nothing, before anything is deployed for it."""
        from harness.app.evaluation import forecast

        if self.evaluated["keyword"]:
            with self.opening.open(trial.spec_file) as world:
                forecast(world, self._choose(trial))

    def _choose(self, trial: UpgradeTrial) -> Any:
        from harness.run.preparation import EvalOptions

        return EvalOptions(targets=(trial.old.name, trial.new.name), **self.evaluated)

    def deploy(self, trial: UpgradeTrial) -> int:
        """Deploy the successor, and the old one where it is not there; return the exit code."""
        from harness.plan.model import Intent

        # One that is there stays as it is, whatever the spec says of it by now.
        old, new = trial.addresses
        meant = (new,) if self.outlook.is_deployed else (old, new)
        return self._provision(
            trial.spec_file, Intent(only=tuple(map(str, meant))), "upgrade: apply"
        )

    def remove(self, trial: UpgradeTrial) -> int:
        """Delete the successor, which the spec never declared; return the exit code."""
        from harness.plan.model import Intent

        intent = Intent(prune=True, only=(str(trial.addresses[1]),))
        code = self._provision(self.spec_file, intent, "upgrade: remove")
        if code:
            find_voice().say(f"{trial.new.name} is still there: `harness apply --prune` deletes it")
        return code

    def _provision(self, spec_file: SpecFile, intent: Intent, recorded_as: str) -> int:
        """Carry out a plan that is shown where somebody is asked about it, or refuses it."""
        from harness.cli.provisioning.frontend import carry_out, tell_applied

        with self.opening.open(spec_file) as world:
            quiet = self.as_json or self.yes or world.harmless
            applied = carry_out(world, intent, yes=self.yes, as_json=quiet, recorded_as=recorded_as)
            if applied.exit_code:
                tell_applied(applied, world, as_json=self.as_json)
        return applied.exit_code

    def compare(self, trial: UpgradeTrial) -> tuple[Evaluated, Comparison]:
        """Play the conversations on both, and compare them pair by pair."""
        from harness.app.comparing import compare_runs

        with self.opening.open(trial.spec_file) as world:
            done = self._evaluate(world, self._choose(trial))
            run = str(done.directory)
            names = {trial.new.name: trial.old.name}
            new = (trial.new.name,)
            return done, compare_runs(world.archive, run, run, names, held_to_floors=new)

    def _evaluate(self, world: SpecWorld, options: Any) -> Evaluated:
        from harness.cli.evaluation.frontend import evaluate_and_show

        return evaluate_and_show(world, options, Showing(), applied=True, silent=self.as_json)

    def tell(
        self,
        trial: UpgradeTrial,
        done: Evaluated,
        comparison: Comparison,
        edits: tuple[EditedFile, ...],
    ) -> None:
        """Tell the verdict and the diff, or all of it as one document."""
        if self.as_json:
            _print_all(self.outlook, trial, done, comparison, edits, keep=self.keep)
            return
        _show_comparison(comparison)
        click.echo("")
        for each in edits:
            click.echo(each.diff, nl=False)
        if self.outlook.old.model.casefold() != _find_model(trial).casefold():
            find_voice().say(
                f"applied, the diff replaces {trial.old.name}: it is away while the other model's "
                "deployment is made"
            )


def _find_model(trial: UpgradeTrial) -> str:
    """Return the name of the model that is tried."""
    account = trial.spec_file.spec.accounts[trial.new.owner]
    return account.deployments[trial.key].model


def _show_comparison(found: Comparison) -> None:
    from harness.compare.views.comparison_table import format_comparison_lines
    from harness.text.safe import printable

    width = shutil.get_terminal_size((100, 24)).columns
    click.echo("")
    for line in format_comparison_lines(found, width=width):
        click.echo(line)
    marks = [("simulated", found.head.simulated), ("replayed", found.head.replayed)]
    marked = "".join(f"{word} · " for word, holds in marks if holds)
    click.echo(f"\n{marked}verdict: {found.gate.word}")
    for reason in found.gate.reasons:
        click.echo(f"  {printable(reason)}")


def _print_all(
    outlook: Outlook,
    trial: UpgradeTrial,
    done: Evaluated,
    comparison: Comparison,
    edits: tuple[EditedFile, ...],
    *,
    keep: bool,
) -> None:
    from harness.cli.provisioning.frontend import print_document
    from harness.compare.views.comparison_document import comparison_as_json

    print_document(
        {
            "format_version": 1,
            **outlook.to_dict(),
            "deployment": {"address": trial.addresses[1], "name": trial.key, "kept": keep},
            "run": {"id": done.info.id, "directory": str(done.directory)},
            "simulated": done.info.simulated,
            "replayed": done.info.replayed,
            "verdict": comparison.gate.word,
            "comparison": comparison_as_json(comparison),
            "diff": "".join(each.diff for each in edits),
        }
    )


def _offer_diff(
    edits: tuple[EditedFile, ...], comparison: Comparison, *, out: Path | None, write: bool
) -> None:
    """Write the diff where it is wanted; the spec itself only where the successor passed."""
    from harness.wiring.project import open_archive
    from harness.wiring.spec_files import rewrite_spec

    say = find_voice().say
    if out is not None:
        open_archive(None).write(out, [each.diff for each in edits])
        say(f"{out}: the spec's diff, for `git apply`")
    if not write:
        return
    if comparison.gate.word != "passed":
        say(f"the spec is left as it is: the verdict is {comparison.gate.word}")
        return
    for each in edits:
        rewrite_spec(each)
        say(f"{each.path}: edited; `harness plan {each.path}` shows what apply would do")
