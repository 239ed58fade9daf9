"""The time that a recorded answer took."""

from __future__ import annotations

from dataclasses import replace

from harness.conversation.transcript import AnswerT, Reply


def set_latency(answer: AnswerT, latency_s: float) -> AnswerT:
    """Return an answer that took so long; when its first token came is not kept."""
    if isinstance(answer, Reply):
        return replace(answer, latency_s=latency_s, ttft_s=None)
    return replace(answer, latency_s=latency_s)
