"""The names of the engines, as ``--engine`` takes them; ``wiring/engines`` is their table."""

from __future__ import annotations

from typing import Literal, get_args

EngineName = Literal["local", "batch", "dask"]
"""The name of an engine: one process, a batch service that is given files, a cluster's workers."""
ENGINE_NAMES: tuple[EngineName, ...] = get_args(EngineName)
