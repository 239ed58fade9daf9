"""harness from Python: read a spec, provision it, play its conversations, look at the replies.

::

    from harness import apply, evaluate, load_spec

    spec = load_spec("specs/sweden.yaml")
    apply(spec)
    run = evaluate(spec, targets=["sweden/mini"], keyword="founders")
    for result in run:
        print(result.trial.conversation, result.outcome, result.reply)
    assert run.passed, run

What a command would refuse is raised as ``HarnessError``, which says what, where, why and what to
do, and knows the command's exit code.
"""

from harness.api.evaluation import EvaluatedRun, evaluate
from harness.api.provisioning import Planned, apply, destroy, plan, verify
from harness.api.specs import Cassette, LoadedSpec, load_spec
from harness.app.provisioning import Applied, Verified
from harness.run.matrix import Selection

__all__ = [
    "Applied",
    "Cassette",
    "EvaluatedRun",
    "LoadedSpec",
    "Planned",
    "Selection",
    "Verified",
    "apply",
    "destroy",
    "evaluate",
    "load_spec",
    "plan",
    "verify",
]
