"""Facts known from a model's name: whether it reasons, and how much it reads and writes.

Source: Azure OpenAI documentation, ``models-azure-direct-openai.md`` (2026-06), ``reasoning.md``;
rows for retired models from the recorded model lists (2026-04-23).
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.azure.offers_data import read_models


@dataclass(frozen=True, slots=True)
class ContextWindow:
    """Sizes in tokens.

    Attributes:
        context: prompt and answer together.
        input: the most a prompt may hold; the same as ``context`` unless stated apart.
        output: the most an answer may hold; reasoning tokens count.
    """

    context: int
    input: int
    output: int


_MILLION = 1_047_576

# (model, version or "*", context, input, output); the first row that fits wins.
_WINDOWS: tuple[tuple[str, str, int, int, int], ...] = (
    ("gpt-35-turbo", "1106", 16_385, 16_385, 4_096),
    ("gpt-35-turbo", "0125", 16_385, 16_385, 4_096),
    ("gpt-35-turbo", "*", 4_096, 4_096, 4_096),
    ("gpt-35-turbo-16k", "*", 16_384, 16_384, 16_384),
    ("gpt-4", "0613", 8_192, 8_192, 8_192),
    ("gpt-4", "0314", 8_192, 8_192, 8_192),
    ("gpt-4", "*", 128_000, 128_000, 4_096),
    ("gpt-4-32k", "*", 32_768, 32_768, 32_768),
    ("gpt-4o", "2024-05-13", 128_000, 128_000, 4_096),
    ("gpt-4o", "*", 128_000, 128_000, 16_384),
    ("gpt-4o-mini", "*", 128_000, 128_000, 16_384),
    ("gpt-4.1", "*", _MILLION, _MILLION, 32_768),
    ("gpt-4.1-mini", "*", _MILLION, _MILLION, 32_768),
    ("gpt-4.1-nano", "*", _MILLION, _MILLION, 32_768),
    ("o1-preview", "*", 128_000, 128_000, 32_768),
    ("o1-mini", "*", 128_000, 128_000, 65_536),
    ("o1", "*", 200_000, 200_000, 100_000),
    ("o1-pro", "*", 200_000, 200_000, 100_000),
    ("o3", "*", 200_000, 200_000, 100_000),
    ("o3-mini", "*", 200_000, 200_000, 100_000),
    ("o3-pro", "*", 200_000, 200_000, 100_000),
    ("o4-mini", "*", 200_000, 200_000, 100_000),
    ("codex-mini", "*", 200_000, 200_000, 100_000),
    ("gpt-5-chat", "*", 128_000, 111_616, 16_384),
    ("gpt-5.1-chat", "*", 128_000, 111_616, 16_384),
    ("gpt-5.2-chat", "*", 128_000, 111_616, 16_384),
    ("gpt-5.3-chat", "*", 128_000, 111_616, 16_384),
    ("gpt-5.4-mini", "*", 400_000, 272_000, 128_000),
    ("gpt-5.4-nano", "*", 400_000, 272_000, 128_000),
    ("gpt-5.4", "*", 1_050_000, 922_000, 128_000),
    ("gpt-5.4-pro", "*", 1_050_000, 922_000, 128_000),
    ("gpt-5.5", "*", 1_050_000, 922_000, 128_000),
    ("gpt-5.6-sol", "*", 1_050_000, 922_000, 128_000),
    ("gpt-5.6-terra", "*", 1_050_000, 922_000, 128_000),
    ("gpt-5.6-luna", "*", 1_050_000, 922_000, 128_000),
    ("gpt-oss-120b", "*", 131_072, 131_072, 131_072),
    ("gpt-oss-20b", "*", 131_072, 131_072, 131_072),
    # Source: text-embedding documentation, 2024; embeddings write no tokens.
    ("text-embedding-ada-002", "*", 8_191, 8_191, 0),
    ("text-embedding-3-small", "*", 8_191, 8_191, 0),
    ("text-embedding-3-large", "*", 8_191, 8_191, 0),
)

_GPT_5_DEFAULT = ContextWindow(400_000, 272_000, 128_000)
"""gpt-5, -mini, -nano, -pro, 5.1, 5.2 and the codex models."""

_PROVISIONED_OR_BATCH_CONTEXT = 128_000
_STANDARD_41_CONTEXT = 300_000


def find_context_window(
    model: str, version: str | None = None, sku: str | None = None
) -> ContextWindow | None:
    """Return the window of a model; none for one that the table does not know.

    Args:
        model: Azure's name; OpenAI's ``gpt-3.5-turbo`` is understood as well.
        version: narrows models whose versions differ; unknown takes the widest row.
        sku: the gpt-4.1 family reads 1,047,576 tokens by name, but 300,000 when served as a
            standard SKU and 128,000 when provisioned or in a batch.
    """
    name = find_azure_name(model)
    for row_model, row_version, context, input_, output in _WINDOWS:
        if row_model == name and row_version in ("*", version or "*"):
            if context == _MILLION and sku:
                served = (
                    _STANDARD_41_CONTEXT if "Standard" in sku else _PROVISIONED_OR_BATCH_CONTEXT
                )
                return ContextWindow(served, served, output)
            return ContextWindow(context, input_, output)
    return _read_window(name, version)


def _read_window(name: str, version: str | None) -> ContextWindow | None:
    """Return the window that the documentation states; of unknown versions the newest."""
    found = None
    for model in read_models().values():
        if model.name.casefold() == name and version in (None, model.version) and model.context:
            output = model.output if model.output is not None else model.context
            # What a reasoning model may write is taken off what it may read.
            most = model.context - output if is_reasoning(name) else model.context
            found = ContextWindow(model.context, most, output)
    if found is None and is_reasoning(name) and name.startswith("gpt-5"):
        return _GPT_5_DEFAULT
    return found


def is_reasoning(model: str, version: str | None = None) -> bool:
    """Tell whether the model reasons before it answers.

    Such models take ``max_completion_tokens`` and neither ``temperature`` nor ``top_p``. They are
    the o-series, codex-mini, and gpt-5 and later except the ``-chat`` ones.

    Source: Azure OpenAI documentation, ``reasoning.md``, 2026-06.
    """
    del version
    name = find_azure_name(model)
    if name.startswith(("o1", "o3", "o4", "codex-")):
        return True
    family, _, rest = name.partition("-")
    if family != "gpt" or "chat" in rest:
        return False
    generation = rest.split("-")[0].split(".")[0]
    return generation.isdigit() and 5 <= int(generation) < 30


def find_azure_name(model: str) -> str:
    """Return a name as Azure spells it: ``gpt-3.5-turbo-2024-01-01`` is gpt-35-turbo."""
    name = model.casefold().replace("gpt-3.5", "gpt-35")
    head, _, day = name.rpartition("-20")
    dated = head and len(day) == 8 and day[2] == day[5] == "-"
    return head if dated else name
