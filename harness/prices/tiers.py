"""Factors of tiers of processing, and the fee of Azure's router, beside the price of a model.

Source: LiteLLM 1.110.2, ``model_prices_and_context_window_backup.json`` (MIT), which cites the
pricing pages of OpenAI and Azure; read 2026-11-28. Within a model one factor holds for input,
cached input and output, and for long prompts. A model without a row has an unknown price there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

STANDARD: Final = frozenset({"", "default", "standard", "auto"})
"""Names of the tier that tables are about; ``auto`` is what is asked for, never what costs more."""

_TWICE: Final = (
    "gpt-5",
    "gpt-5.1",
    "gpt-5.2",
    "gpt-5.3-codex",
    "gpt-5.4",
    "gpt-5.4-mini",
    "gpt-5.6",
    "gpt-5.6-luna",
    "gpt-5.6-sol",
    "gpt-5.6-terra",
    "gpt-6-sol",
)
_PRIORITY: Final[Mapping[str, Mapping[str, float]]] = {
    "azure": {
        **dict.fromkeys(_TWICE, 2.0),
        "gpt-5.1-codex": 2.0,
        "gpt-4.1": 1.75,
        "gpt-4.1-mini": 1.75,
        "gpt-5-mini": 1.8,
        "gpt-5.1-codex-mini": 1.8,
        "gpt-5.5": 2.5,
    },
    "openai": {
        **dict.fromkeys(_TWICE, 2.0),
        "gpt-4.1-nano": 2.0,
        "gpt-6-astra": 2.0,
        "gpt-6-luna": 2.0,
        "gpt-6.1-sol": 2.0,
        "gpt-6.1-terra": 2.0,
        "gpt-4.1": 1.75,
        "gpt-4.1-mini": 1.75,
        "o3": 1.75,
        "gpt-4o": 1.7,
        "gpt-4o-mini": 5 / 3,
        "gpt-5-mini": 1.8,
        "o4-mini": 20 / 11,
        "gpt-5.5": 2.5,
    },
}
_HALF: Final = (
    "gpt-5.4",
    "gpt-5.4-mini",
    "gpt-5.4-nano",
    "gpt-5.4-pro",
    "gpt-5.6-luna",
    "gpt-5.6-sol",
    "gpt-5.6-terra",
    "gpt-6-astra",
    "gpt-6-luna",
    "gpt-6-sol",
    "gpt-6.1-sol",
)
_FLEX: Final[Mapping[str, frozenset[str]]] = {
    "azure": frozenset(_HALF),
    "openai": frozenset(
        {
            *_HALF,
            "gpt-5",
            "gpt-5-mini",
            "gpt-5-nano",
            "gpt-5.1",
            "gpt-5.2",
            "gpt-5.5",
            "gpt-5.5-pro",
            "gpt-5.6",
            "gpt-6.1-terra",
            "o3",
            "o4-mini",
        }
    ),
}
HIGHEST_FACTOR: Final = 2.5
"""No tier of any model costs more than this times its usual price."""

ROUTER: Final = "model-router"
ROUTER_FEE: Final = 0.14
"""US dollars per million input tokens for the router itself; what it chose is paid on top."""

_DATE: Final = re.compile(r"-\d{4}-\d{2}-\d{2}$")


def find_factor(tier: str | None, name: str, table: str) -> float | None:
    """Return how many times the usual price a model costs at a tier, or None if nobody knows.

    ``name`` is the table's name of the model, with its version or without.
    """
    tier = (tier or "").lower()
    if tier in STANDARD:
        return 1.0
    model = _DATE.sub("", name)
    if tier == "priority":
        return _PRIORITY.get(table, {}).get(model)
    if tier == "flex" and model in _FLEX.get(table, ()):
        return 0.5
    return None
