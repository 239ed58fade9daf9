"""The ``genai-prices`` package, loaded without the HTTP client that it asks for newer prices with.

The client takes as long to load as the prices themselves, and nobody here asks for newer ones.
"""

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any, Final

_ASKS_THE_NETWORK: Final = "genai_prices.update_prices"


class _Later(ModuleType):
    """A stand-in for a module whose functions load the real one when they are called."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)

        def later(*arguments: Any, **named: Any) -> Any:
            return getattr(import_module(self.__name__), name)(*arguments, **named)

        return later


@cache
def load_table() -> ModuleType:
    """Return the package; takes 0.1 s the first time."""
    if "genai_prices" in sys.modules or _ASKS_THE_NETWORK in sys.modules:
        return import_module("genai_prices")
    sys.modules[_ASKS_THE_NETWORK] = _Later(_ASKS_THE_NETWORK)
    try:
        return import_module("genai_prices")
    finally:
        del sys.modules[_ASKS_THE_NETWORK]
