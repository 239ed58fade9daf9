"""What a model's name tells."""

from __future__ import annotations

import pytest

from harness.azure.models import ContextWindow, find_context_window, is_reasoning


@pytest.mark.parametrize(
    "name",
    ["o1", "o3-mini", "o4-mini", "gpt-5", "gpt-5-mini", "gpt-5.1", "gpt-5.4-nano", "gpt-5.6-sol",
     "gpt-6-luna", "gpt-5-codex", "codex-mini", "GPT-5"],
)  # fmt: skip
def test_models_that_reason(name: str) -> None:
    assert is_reasoning(name)


@pytest.mark.parametrize(
    "name",
    ["gpt-4o", "gpt-4.1-mini", "gpt-35-turbo", "gpt-4", "gpt-5-chat", "gpt-5.2-chat",
     "gpt-chat-latest", "gpt-image-1", "gpt-realtime", "gpt-oss-20b", "text-embedding-3-small",
     "gpt-audio-1.5", "llama3.2", "omni"],
)  # fmt: skip
def test_models_that_do_not(name: str) -> None:
    assert not is_reasoning(name)


@pytest.mark.parametrize(
    ("name", "version", "sku", "window"),
    [
        ("gpt-35-turbo", "1106", None, ContextWindow(16_385, 16_385, 4_096)),
        ("gpt-3.5-turbo", "0613", None, ContextWindow(4_096, 4_096, 4_096)),
        ("gpt-4o", "2024-05-13", None, ContextWindow(128_000, 128_000, 4_096)),
        ("gpt-4o", "2024-11-20", None, ContextWindow(128_000, 128_000, 16_384)),
        ("gpt-4.1-mini", None, None, ContextWindow(1_047_576, 1_047_576, 32_768)),
        ("gpt-4.1-mini", None, "GlobalStandard", ContextWindow(300_000, 300_000, 32_768)),
        ("gpt-4.1", None, "ProvisionedManaged", ContextWindow(128_000, 128_000, 32_768)),
        ("gpt-4.1", None, "GlobalBatch", ContextWindow(128_000, 128_000, 32_768)),
        ("gpt-5-mini", "2025-08-07", "GlobalStandard", ContextWindow(400_000, 272_000, 128_000)),
        ("gpt-4o-2024-05-13", "2024-05-13", None, ContextWindow(128_000, 128_000, 4_096)),
    ],
)
def test_windows(name: str, version: str | None, sku: str | None, window: ContextWindow) -> None:
    assert find_context_window(name, version, sku) == window


def test_a_model_that_nobody_knows_has_no_window() -> None:
    assert find_context_window("llama3.2") is None
