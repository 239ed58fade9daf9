"""Declare Azure OpenAI deployments and the conversations that must keep working on them.

From Python: ``load_spec`` reads a spec; ``plan``, ``apply``, ``verify`` and ``destroy`` provision
it; ``evaluate`` plays its conversations. See docs/python.md.
"""

import sys

from harness._version import __version__

# Not from typing: whoever imports harness for its version loads nothing else.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from harness.api import (
        Cassette,
        EvaluatedRun,
        LoadedSpec,
        Planned,
        apply,
        destroy,
        evaluate,
        load_spec,
        plan,
        verify,
    )
    from harness.app.provisioning import Applied, Verified
    from harness.checks.verdict import Verdict
    from harness.errors import HarnessError, SpecError
    from harness.results.model import Result
    from harness.run.matrix import Selection

__all__ = [
    "Applied",
    "Cassette",
    "EvaluatedRun",
    "HarnessError",
    "LoadedSpec",
    "Planned",
    "Result",
    "Selection",
    "SpecError",
    "Verdict",
    "Verified",
    "__version__",
    "apply",
    "destroy",
    "evaluate",
    "load_spec",
    "plan",
    "verify",
]

_HOMES = {
    "Applied": "harness.app.provisioning",
    "Cassette": "harness.api",
    "EvaluatedRun": "harness.api",
    "HarnessError": "harness.errors",
    "LoadedSpec": "harness.api",
    "Planned": "harness.api",
    "Result": "harness.results.model",
    "Selection": "harness.run.matrix",
    "SpecError": "harness.errors",
    "Verdict": "harness.checks.verdict",
    "Verified": "harness.app.provisioning",
    "apply": "harness.api",
    "destroy": "harness.api",
    "evaluate": "harness.api",
    "load_spec": "harness.api",
    "plan": "harness.api",
    "verify": "harness.api",
}
"""The module of each public name; it is imported when the name is first asked for."""


if not TYPE_CHECKING:  # a checker knows the names, and must not take any other for one

    def _load(name: str) -> object:
        import importlib

        return getattr(importlib.import_module(_HOMES[name]), name)

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = value = _load(name)
        return value

    class _Package(type(sys)):
        """The package itself, on which ``plan`` is the function and never the folder of that name.

        Importing ``harness.plan.model`` sets ``harness.plan`` to the folder's module; here that
        has no effect. ``from harness.plan.model import …`` works as anywhere.
        """

        @property
        def plan(self) -> object:
            return _load("plan")

        @plan.setter
        def plan(self, module: object) -> None:
            pass

    sys.modules[__name__].__class__ = _Package


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
