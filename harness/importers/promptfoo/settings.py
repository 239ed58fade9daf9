"""The settings of a configuration for its runs, and keys that a spec has no place for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from harness.importers.promptfoo.workbench import Workbench
from harness.spec.document.located import Node, to_plain

READ = frozenset(
    [
        "description",
        "providers",
        "targets",
        "prompts",
        "tests",
        "scenarios",
        "defaultTest",
        "assertionTemplates",
        "evaluateOptions",
        "commandLineOptions",
        "$schema",
    ]
)
NOTED: Mapping[str, str] = MappingProxyType(
    {
        "outputPath": "`outputPath`: `harness report -o FILE` writes pages and tables",
        "sharing": "`sharing`: a report is one file, which you can send",
        "writeLatestResults": "every run is kept under reports/",
        "tags": "`tags` of a configuration: `eval --tag` chooses conversations by theirs",
        "metadata": "`metadata` of a configuration is for people",
        "env": "`env`: variables come from the environment of the command",
        "author": "`author` is for people",
    }
)
LEFT_OUT: Mapping[str, str] = MappingProxyType(
    {
        "derivedMetrics": "sums over metrics: the report shows the mean of each `metric`",
        "extensions": "hooks in code, which nothing here runs",
        "nunjucksFilters": "filters in code, which nothing here runs",
        "filters": "filters in code, which nothing here runs",
        "redteam": "red teaming is not done here",
        "tracing": "`--otel` sends spans; nothing looks at those of an application",
        "plugins": "red teaming is not done here",
        "strategies": "red teaming is not done here",
    }
)
OPTIONS: Mapping[str, str] = MappingProxyType(
    {"repeat": "repeats", "maxConcurrency": "concurrency", "timeoutMs": "timeout_s"}
)


def read_evaluation(root: Node, bench: Workbench) -> dict[str, Any]:
    """Read how often and how fast a configuration is run."""
    found: dict[str, Any] = {}
    for section in ("commandLineOptions", "evaluateOptions"):
        node = root.at(section)
        for key, below in node.items.items() if node is not None else ():
            value = to_plain(below)
            if key in ("repeat", "maxConcurrency") and _is_count(value):
                if key != "repeat" or value > 1:
                    found[OPTIONS[key]] = value
            elif key == "timeoutMs" and isinstance(value, (int, float)) and value > 0:
                found["timeout_s"] = value / 1000
            elif key == "cache":
                bench.note("`cache`: recordings (`--record`, `--replay`) take the place of a cache")
            elif key == "delay":
                bench.note("`delay`: requests are paced by the limits that the service tells")
    return found


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def report_top_level(root: Node, bench: Workbench) -> None:
    """Note every key at the top that is not, or not wholly, in the spec."""
    for key, below in root.items.items():
        place = root.key_span(key)
        if key in READ or key.startswith("x-"):
            continue
        if key in LEFT_OUT:
            for one in below.elements if key == "derivedMetrics" else [below]:
                name = one.at("name")
                what = f"{key} {name.text}" if name is not None else key
                bench.leave_out(one if key == "derivedMetrics" else place, what, LEFT_OUT[key])
        elif key in NOTED:
            bench.note(NOTED[key])
        elif key == "assert":
            reason = "there it checks nothing: it belongs under `defaultTest` or a test"
            bench.call_broken(place, "assert at the top", reason)
        elif key in ("vars", "options", "threshold"):
            bench.call_broken(
                place, f"{key} at the top", "there it does nothing: `defaultTest` has it"
            )
        else:
            bench.call_broken(place, key, "a key that means nothing there")
