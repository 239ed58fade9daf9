"""Declare Azure OpenAI deployments and the conversations that must keep working on them.

From Python: ``load_spec`` reads a spec, ``evaluate`` plays its conversations; see docs/python.md.
"""

from harness._version import __version__

# Not from typing: whoever imports harness for its version loads nothing else.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from harness.api import EvaluatedRun, LoadedSpec, evaluate, load_spec
    from harness.checks.verdict import Verdict
    from harness.errors import HarnessError, SpecError
    from harness.results.model import Result

__all__ = [
    "EvaluatedRun",
    "HarnessError",
    "LoadedSpec",
    "Result",
    "SpecError",
    "Verdict",
    "__version__",
    "evaluate",
    "load_spec",
]

_HOMES = {
    "EvaluatedRun": "harness.api",
    "HarnessError": "harness.errors",
    "LoadedSpec": "harness.api",
    "Result": "harness.results.model",
    "SpecError": "harness.errors",
    "Verdict": "harness.checks.verdict",
    "evaluate": "harness.api",
    "load_spec": "harness.api",
}
"""Where each public name lives; its module is imported when the name is first asked for."""


if not TYPE_CHECKING:  # a checker knows the names, and must not take any other for one

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        import importlib

        value = getattr(importlib.import_module(_HOMES[name]), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
