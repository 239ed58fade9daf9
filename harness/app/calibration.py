"""Calibrate a judge: let it decide about answers that people have judged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harness.app.ports import World
from harness.compare.calibration import Calibration, calibrate
from harness.run.events import Event
from harness.run.judging.labels import JudgedLabels, Labelled, judge_labels
from harness.run.targets import Target, select_targets
from harness.spec.model.spec import Assertion, Spec


@dataclass(frozen=True, slots=True)
class CalibratedJudge:
    """The agreement of a judge with people.

    Attributes:
        judge: the target that judged.
        calibration: the rates, with their intervals.
        heard: what the judge said, and what it spent.
        simulated: True where the simulator stood in for the judge.
    """

    judge: Target
    calibration: Calibration
    heard: JudgedLabels
    simulated: bool


def find_judges(spec: Spec, name: str | None) -> Sequence[Target]:
    """Return the targets of that name or glob, else the spec's judge; () where it has none.

    Raises:
        RequestError: there is no such target.
    """
    role = spec.evaluation.judge
    if name is None and role is None:
        return ()
    return select_targets(spec, (name or (role.target if role else ""),))


def calibrate_judge(
    world: World,
    judge: Target,
    answers: Sequence[Labelled],
    rubric: Assertion,
    show: Callable[[Event], None],
) -> CalibratedJudge:
    """Let a judge decide about answers that people have judged, and compare the two.

    Args:
        world: the outside of the spec.
        judge: the target that judges.
        answers: with what people said of each.
        rubric: the assertion that the judge is asked about.
        show: gets what happens, from within the loop.

    Raises:
        HarnessError: nothing was asked, for a reason that it says.
    """
    ports = world.open_run_ports()
    heard = judge_labels(
        answers, rubric, judge, ports, evaluation=world.spec_file.spec.evaluation, show=show
    )
    return CalibratedJudge(judge, calibrate(heard.agreement), heard, ports.simulated(judge))
