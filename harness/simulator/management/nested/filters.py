"""The content filters that policies are made of.

Source: recorded list and one of its rows, eastus, api-version 2024-10-01, 2025-01-17.
"""

from __future__ import annotations

from collections.abc import Mapping

from harness.simulator.management.protocol.call import Answer, ArmCall
from harness.simulator.management.protocol.lookup import not_found_error
from harness.simulator.world import Body

FILTERS: tuple[tuple[str, bool, str | None], ...] = (
    ("Hate", True, None),
    ("Sexual", True, None),
    ("Violence", True, None),
    ("Selfharm", True, None),
    ("Jailbreak", False, "Prompt"),
    ("Protected Material Text", False, "Completion"),
    ("Protected Material Code", False, "Completion"),
    ("Profanity", False, None),
    ("Indirect Attack", False, "Prompt"),
    ("Ungrounded Material", False, None),
)
"""Display name, whether it has levels of severity, and the only side that it looks at."""


def list_(call: ArmCall, parts: Mapping[str, str]) -> Answer:
    """Answer with every filter."""
    del call
    return Answer(200, {"value": [_make_row(parts, *row) for row in FILTERS]})


def get(call: ArmCall, parts: Mapping[str, str]) -> Answer:
    """Answer with one filter, by its name without spaces."""
    for row in FILTERS:
        if row[0].replace(" ", "").lower() == parts["filter"].lower():
            return Answer(200, _make_row(parts, *row))
    raise not_found_error(call.path)


def _make_row(parts: Mapping[str, str], name: str, levels: bool, source: str | None) -> Body:
    short = name.replace(" ", "")
    kind = "Microsoft.CognitiveServices/locations/raiContentFilters"
    return {
        "id": f"/subscriptions/{parts['subscription']}/providers/Microsoft.CognitiveServices/"
        f"locations/{parts['location']}/raiContentFilters/{short}",
        "type": kind,
        "name": short,
        "properties": {
            "name": name,
            "isMultiLevelFilter": levels,
            **({"source": source} if source else {}),
        },
    }
