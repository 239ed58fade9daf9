"""``harness judge calibrate``: how far a judge agrees with people."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.layout import Command, Group
from harness.cli.options import add_spec_options
from harness.cli.outside import open_outside
from harness.cli.show import find_voice
from harness.cli.specs import choose_spec
from harness.errors import Exit
from harness.text.numbers import format_money, format_plural
from harness.text.safe import printable
from harness.wiring import Permissions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.app.calibration import CalibratedJudge
    from harness.compare.calibration import Estimate
    from harness.compare.summary import Rate
    from harness.run.judging.labels import JudgedLabels, Labelled
    from harness.run.targets import Target
    from harness.spec.load import SpecFile

RUBRIC = "Every claim in the reply is true and can be verified. Nothing in it is made up."
"""The rubric by default: what labels of hallucination are about."""
SHOWN_PROBLEMS = 5

EXAMPLES = """\b
Examples:
  harness judge calibrate labels.jsonl --spec specs/sweden.yaml
  harness judge calibrate labels.csv --spec specs/sweden.yaml --rubric "Polite and short."
  harness judge calibrate labels.jsonl --spec specs/sweden.yaml -t openai/gpt-4.1 --json

\b
A row of LABELS holds `question`, `answer` and `label` (true when the answer is good), or
`human_hallucination` (true when it is bad); csv, jsonl, json or yaml.
"""


@click.group("judge", cls=Group, epilog=EXAMPLES)
def command() -> None:
    """Show how far the word of a judge can be relied on."""


@command.command(
    "calibrate", cls=Command, epilog=EXAMPLES, short_help="Show how far a judge agrees with people."
)
@click.argument("labels", metavar="LABELS", type=click.Path(path_type=Path))
@click.option(
    "--spec",
    "spec",
    type=click.Path(path_type=Path),
    metavar="SPEC",
    help="The spec whose judge is meant. Default: the only one of the project.",
)
@click.option(
    "-t",
    "--target",
    metavar="TARGET",
    help="Another target as the judge. Default: evaluation.judge.",
)
@click.option(
    "--rubric",
    default=RUBRIC,
    metavar="TEXT",
    show_default=True,
    help="What the judge is asked to decide.",
)
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    metavar="X",
    help="The score that an answer needs to pass. Default: the judge's own yes or no.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@add_spec_options
def calibrate_command(
    labels: Path,
    spec: Path | None,
    target: str | None,
    permissions: Permissions,
    *,
    rubric: str,
    threshold: float | None,
    as_json: bool,
) -> int:  # fmt: skip
    """Let the judge decide about answers that people have judged, and show how far they agree.

    The corrected rate is what share of answers is good in truth when the judge passes as many as
    it did here: its own errors are taken out of it.
    """
    from harness.app.calibration import calibrate_judge
    from harness.cli.evaluation.progress import make_progress
    from harness.spec.model.spec import Assertion
    from harness.wiring import read_spec

    quiet = find_voice().quiet
    spec = choose_spec(
        spec, permissions.root, quiet=quiet, command=f"judge calibrate {labels} --spec"
    )
    spec_file = read_spec(spec, permissions)
    judge = choose_judge(spec_file, target, option="--target")
    answers = _read_labels(labels)
    asked = Assertion(type="llm-rubric", value=rubric, threshold=threshold)
    progress = make_progress(time.monotonic, quiet=quiet, spec=str(spec))
    with open_outside(spec_file, permissions) as world:
        find_voice().say(f"{judge.name} judges {len(answers):,} labelled answers")
        found = calibrate_judge(world, judge, answers, asked, progress)
    if as_json:
        click.echo(json.dumps(_make_document(found), ensure_ascii=False))
    else:
        click.echo("\n".join(_format_lines(found)))
    heard = found.heard
    _tell_problems(heard, len(answers))
    if heard.halted or heard.asked < len(answers):
        return Exit.INCOMPLETE
    return Exit.OK if heard.agreement.judged else Exit.OUTSIDE_FAILED


def choose_judge(spec_file: SpecFile, name: str | None, option: str) -> Target:
    """Return the one target that is asked to judge.

    Args:
        spec_file: the spec that declares it.
        name: the target or a glob; None for the judge that the spec declares.
        option: the option by which the command's caller names it, for messages.

    Raises:
        UsageError: there is none, or more than one.
        RequestError: nothing is called so.
    """
    from harness.app.calibration import find_judges

    found = find_judges(spec_file.spec, name)
    if not found:
        raise click.UsageError(
            f"{spec_file.path} declares no judge; name one with {option} TARGET, or declare "
            "`evaluation: {judge: {target: ACCOUNT/DEPLOYMENT}}`."
        )
    if len(found) > 1:
        raise click.UsageError(f"{option} names {len(found)} targets; one is asked.")
    return found[0]


def _read_labels(path: Path) -> Sequence[Labelled]:
    """Read the labelled answers in a file of the person at the keyboard."""
    from harness.run.judging.labels import read_labelled
    from harness.spec.formats.data import FORMATS, decode_rows, detect_format

    form = detect_format(path.name)
    if form is None:
        raise click.UsageError(f"the name of {path} ends with none of {', '.join(FORMATS)}.")
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return read_labelled(decode_rows(lines, form, str(path)), str(path))
    except OSError as error:
        raise click.UsageError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{path} is not UTF-8.") from error


def _format_lines(calibrated: CalibratedJudge) -> list[str]:
    found, spent = calibrated.calibration, calibrated.heard.judging
    table = found.agreement
    cost = "cost unknown" if spent.cost_usd is None else format_money(spent.cost_usd)
    name = f"{'simulated · ' * calibrated.simulated}{calibrated.judge.name}"
    return [
        f"{name} on {table.judged:,} labelled answers",
        "",
        f"{'':18}{'judge: passed':>14}{'judge: failed':>15}",
        f"{'people: good':18}{table.good_passed:>14,}{table.good_failed:>15,}",
        f"{'people: bad':18}{table.bad_passed:>14,}{table.bad_failed:>15,}",
        "",
        f"kappa           {_format_estimate(found.kappa)}",
        f"sensitivity     {_format_rate(found.sensitivity)}   good answers that it passes",
        f"specificity     {_format_rate(found.specificity)}   bad answers that it fails",
        f"accuracy        {_format_rate(found.accuracy)}",
        f"it passes       {_format_rate(found.judge_rate)}",
        f"corrected rate  {_format_percent(found.corrected)}   good in truth, its errors taken out",
        f"people say      {_format_rate(found.human_rate)}",
        "",
        f"{spent.requests:,} requests, {cost}",
    ]


def _format_estimate(estimate: Estimate | None) -> str:
    if estimate is None:
        return "unknown: the same was said of every answer"
    return (
        f"{estimate.value:.3f}  ({estimate.low:.3f} to {estimate.high:.3f}, "
        f"standard error {estimate.error:.3f})"
    )


def _format_rate(rate: Rate | None) -> str:
    return "unknown" if rate is None else f"{rate.value:6.1%}  ({rate.low:.1%} to {rate.high:.1%})"


def _format_percent(estimate: Estimate | None) -> str:
    if estimate is None:
        return "unknown: the judge does not tell good from bad"
    return f"{estimate.value:6.1%}  ({estimate.low:.1%} to {estimate.high:.1%})"


def _make_document(calibrated: CalibratedJudge) -> dict[str, Any]:
    found, heard = calibrated.calibration, calibrated.heard
    table, spent = found.agreement, heard.judging
    rates = ("sensitivity", "specificity", "accuracy", "human_rate", "judge_rate")
    return {
        "judge": calibrated.judge.name,
        "simulated": calibrated.simulated,
        "format_version": 1,
        "judged": table.judged,
        "unjudged": [{"line": line, "reason": reason} for line, reason in heard.unjudged],
        "table": {name: getattr(table, name) for name in table.__slots__},
        **{name: _round_numbers(getattr(found, name), "value", "low", "high") for name in rates},
        "kappa": _round_numbers(found.kappa, "value", "error", "low", "high"),
        "corrected_rate": _round_numbers(found.corrected, "value", "error", "low", "high"),
        "requests": spent.requests,
        "input_tokens": spent.input_tokens,
        "output_tokens": spent.output_tokens,
        "cost_usd": spent.cost_usd,
    }


def _round_numbers(value: object, *names: str) -> dict[str, float] | None:
    return None if value is None else {name: round(getattr(value, name), 9) for name in names}


def _tell_problems(heard: JudgedLabels, expected: int) -> None:
    if heard.unjudged:
        answers = format_plural(len(heard.unjudged), "answer")
        click.echo(f"not counted, for the judge gave no verdict: {answers}", err=True)
    for line, reason in heard.unjudged[:SHOWN_PROBLEMS]:
        click.echo(f"  line {line}: {printable(reason)}", err=True)
    if heard.asked < expected:
        click.echo(f"not whole: {heard.halted or 'it stopped'}", err=True)
