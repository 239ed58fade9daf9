"""The models that judge and embed: those that assertions, tests and defaults name for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from harness.importers.promptfoo.asking.providers import Cast
from harness.importers.promptfoo.asking.targets import Asked
from harness.importers.promptfoo.demanding.assertions import EMBEDDED, JUDGED
from harness.spec.document.located import Node

JUDGE, EMBEDDER = "gpt-4.1", "text-embedding-3-large"


@dataclass(slots=True)
class Graders:
    """Finds the target for a grader as it is written, and declares it once."""

    cast: Cast
    embedder: str = ""
    _found: dict[tuple[int, str], str | None] = field(default_factory=dict)

    def find(self, node: Node, role: str) -> str | None:
        """Return the target that grades; None where a spec cannot ask it, which is noted.

        Args:
            node: a provider as it stands in ``provider``: an id, an object, or one by kind of task.
            role: ``text`` or ``embedding``.
        """
        key = (id(node), role)
        if key not in self._found:
            self._found[key] = self._declare(node, role)
        return self._found[key]

    def _declare(self, node: Node, role: str) -> str | None:
        kinds = {"text", "embedding", "classification", "moderation"} & set(node.items)
        if kinds and node.at("id") is None:
            if role == "text" and node.at("embedding") is not None:
                self.find(node.items["embedding"], "embedding")
            below = node.at(role)
            return self.find(below, role) if below is not None else None
        for asked in self.cast.asked:
            if (
                node.text is not None
                and node.text in asked.ids
                and asked.embeds == (role != "text")
            ):
                return asked.name
        text = node.text or ""
        if node.text is None and node.at("id") is None:
            return None
        before = list(self.cast.asked)
        reasons = list(self.cast.reasons)
        made = self.cast.add(node, node if node.items else None, text)
        self.cast.asked, self.cast.reasons = before, reasons
        if made is None:
            return None
        if made.embeds:
            self._set_embedder(made, node)
            return None
        return made.name

    def _set_embedder(self, made: Asked, node: Node) -> None:
        if self.embedder and self.embedder != made.name:
            reason = f"one embedder serves a whole spec: {self.embedder}"
            self.cast.bench.change(node, f"provider {made.name}", reason)
        self.embedder = self.embedder or made.name

    # --- what a spec says once

    def choose_judge(self, document_parts: Any) -> str | None:
        """Return the judge of the whole spec, None where nothing is judged.

        The one that most assertions name becomes everybody's, and they no longer name it.
        """
        judged = [one for one in iterate_assertions(document_parts) if _names(one) & JUDGED]
        if not judged:
            return None
        counted = Counter(
            one["judge"] for one in judged if isinstance(one, dict) and "judge" in one
        )
        if counted:
            chosen = counted.most_common(1)[0][0]
            for one in judged:
                if isinstance(one, dict) and one.get("judge") == chosen:
                    del one["judge"]
            return str(chosen)
        return self._choose_default(JUDGE, "judges", embeds=False)

    def choose_embedder(self, document_parts: Any) -> str | None:
        """Return the embedder of the whole spec, None where nothing is embedded."""
        if not any(_names(one) & EMBEDDED for one in iterate_assertions(document_parts)):
            return None
        return self.embedder or self._choose_default(EMBEDDER, "embeds", embeds=True)

    def _choose_default(self, model: str, does: str, *, embeds: bool) -> str:
        declared = self.cast.declared
        for handle, provider in declared.items():
            if provider["type"] == "openai":
                provider["models"].setdefault(model, {})
                self.cast.bench.note(f"nothing says who {does}: {handle}/{model} does")
                return f"{handle}/{model}"
        azure = next((h for h, one in declared.items() if one["type"] == "azure-openai"), None)
        if azure is not None and not embeds:
            asked = next(one.name for one in self.cast.asked if one.name.startswith(f"{azure}/"))
            self.cast.bench.note(f"nothing says who {does}: {asked} does, which is judged itself")
            return asked
        if azure is not None:
            declared[azure]["models"].setdefault(model, {})
            self.cast.bench.note(
                f"nothing says who {does}: a deployment {model} does, if you have it"
            )
            return f"{azure}/{model}"
        handle = self.cast.choose_handle("openai")
        declared[handle] = {"type": "openai", "api_key": "${OPENAI_API_KEY}", "models": {model: {}}}
        self.cast.bench.note(f"nothing says who {does}: {handle}/{model} does")
        return f"{handle}/{model}"


def iterate_assertions(value: Any) -> Iterator[dict[str, Any] | str]:
    """Yield every assertion in parts of a document, those inside of sets too."""
    if isinstance(value, list):
        for one in value:
            yield from iterate_assertions(one)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key == "assert" and isinstance(inner, list):
                for one in inner:
                    yield one
                    yield from iterate_assertions(one)
            elif key in ("turns", "turn", "cases", "conversations", "defaults", "assert-set"):
                yield from iterate_assertions(inner)


def _names(one: dict[str, Any] | str) -> set[str]:
    if isinstance(one, str):
        return {one.removeprefix("not-")}
    if "type" in one:
        return {str(one["type"]).removeprefix("not-")}
    return {key.removeprefix("not-") for key in one}
