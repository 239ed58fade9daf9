"""Specs as text, for the tests of what they mean."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

Write = Callable[[str, str | bytes], Path]
Load = Callable[..., Any]
ProblemsOf = Callable[..., list[str]]

HEAD = """version: 1
name: s
cloud: simulator
resource_group: rg
accounts: {a: {account_name: acc-1, region: x, deployments: {d: {model: m, version: "1"}}}}
providers: {p: {type: openai-compatible, base_url: "http://127.0.0.1:1/v1", models: {m/x: {}}}}
"""


def codes(told: list[str]) -> list[str]:
    """Keep the place and the code of each problem of ``spec.yaml``."""
    return [" ".join(line.split()[:2]).removeprefix("spec.yaml:") for line in told]


def turn(assertion: str) -> str:
    """Write a spec of one turn with one assertion."""
    return HEAD + f"conversations: [{{id: c, turns: [{{user: hi, assert: [{assertion}]}}]}}]\n"
