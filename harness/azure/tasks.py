"""The work that a model does, and who made it, as far as its name tells.

Source: the recorded model lists (2026-04-23) with their capabilities, and Microsoft's pages of
models sold directly by Azure and of partners (2026-09).
"""

from __future__ import annotations

from typing import Final, Literal

Task = Literal["chat", "completions", "embeddings", "images", "speech", "video", "documents"]

_PARTS: Final[tuple[tuple[Task, tuple[str, ...]], ...]] = (
    ("embeddings", ("embed",)),
    ("images", ("dall-e", "gpt-image", "flux", "stable-", "mai-image")),
    ("speech", ("whisper", "tts", "transcribe", "realtime", "mai-voice")),
    ("video", ("sora",)),
    ("documents", ("rerank", "document-ai", "ocr")),
)
_COMPLETIONS: Final = ("ada", "babbage", "curie", "davinci", "babbage-002", "davinci-002")
_PUBLISHERS: Final = (
    ("grok", "xAI"),
    ("deepseek", "DeepSeek"),
    ("mai-", "Microsoft"),
    ("phi-", "Microsoft"),
    ("cohere", "Cohere"),
    ("embed-", "Cohere"),
    ("llama", "Meta"),
    ("meta-", "Meta"),
    ("mistral", "Mistral AI"),
    ("ministral", "Mistral AI"),
    ("codestral", "Mistral AI"),
    ("kimi", "MoonshotAI"),
    ("claude", "Anthropic"),
    ("gpt-oss", "OpenAI-OSS"),
    ("qwen", "Alibaba"),
    ("jais", "Core42"),
    ("ai21", "AI21 Labs"),
    ("flux", "Black Forest Labs"),
)


def find_task(model: str) -> Task:
    """Return the work that a model does; one whose name tells nothing chats."""
    name = model.casefold()
    if name in _COMPLETIONS:
        return "completions"
    return next((task for task, parts in _PARTS if any(part in name for part in parts)), "chat")


def find_publisher(model: str) -> str:
    """Return who made a model, spelt as the ``format`` of a deployment; OpenAI unless known."""
    name = model.casefold()
    return next((who for start, who in _PUBLISHERS if name.startswith(start)), "OpenAI")
