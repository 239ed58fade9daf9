"""``providers`` (or ``targets``) of a configuration: whom a spec can ask, and why not others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.importers.promptfoo.asking.applications import read_http
from harness.importers.promptfoo.asking.makers import ANOTHER_CLOUD, MAKERS, NO_MODEL
from harness.importers.promptfoo.asking.parameters import read_settings
from harness.importers.promptfoo.asking.targets import (
    VARIABLE,
    Asked,
    is_local,
    is_url,
    list_texts,
    make_parameters,
    read_config,
    read_headers,
    speaks_chat,
    write_address,
)
from harness.importers.promptfoo.workbench import SCHEME, Workbench
from harness.spec.document.located import Node

OPENAI_KINDS = ("chat", "responses", "embedding", "embeddings", "completion")
MEDIA = ("image", "video", "realtime", "transcription", "moderation", "assistant", "audio", "tts")
EMBEDDERS = {
    "ada": "text-embedding-ada-002",
    "small": "text-embedding-3-small",
    "large": "text-embedding-3-large",
}
"""Models by a part of the names that people give to their deployments."""
_HANDLE = re.compile(r"[^\w.-]+")


@dataclass(slots=True)
class Cast:
    """Everybody that is asked: declarations for ``providers``, and the targets among them."""

    bench: Workbench
    declared: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    # --- targets of the configuration

    def read(self, node: Node) -> None:
        """Read a list of providers, or one."""
        elements = node.elements if isinstance(node.value, list) else [node]
        for element in elements:
            self._read_one(element, depth=0)

    def _read_one(self, written: Node, depth: int) -> None:
        node = self.bench.resolve_refs(written)
        if node.text is not None:
            if node.text.startswith(SCHEME) and node.text.lower().endswith(
                (".yaml", ".yml", ".json")
            ):
                for path in self.bench.list_files(node, node.text) if depth < 5 else ():
                    below = self.bench.read_node(node, path)
                    for one in (below.elements or [below]) if below is not None else ():
                        self._read_one(one, depth + 1)
                return
            self.add(node, None)
        elif node.at("id") is not None:
            self.add(node, node)
        elif len(node.items) == 1:
            ((key, below),) = node.items.items()
            identifier = Node(key, node.key_span(key))
            self.add(identifier if below.at("id") is None else below, below, default_id=key)
        elif node.value is not None:
            self.refuse(node, "provider", "it has no id", broken=True)

    def add(self, place: Node, options: Node | None, default_id: str = "") -> Asked | None:
        """Declare a provider and return its target, None where a spec cannot ask it."""
        identifier = options.at("id") if options is not None else None
        text = (identifier.text if identifier is not None else place.text) or default_id
        config = options.at("config") if options is not None else None
        label = options.at("label") if options is not None else None
        if not text:
            self.refuse(place, "provider", "it has no id", broken=True)
            return None
        made = self._declare(text, place, config, label.text if label is not None else None)
        if made is None:
            return None
        made.ids = (text, *((default_id,) if default_id else ()), *list_texts(label))
        if options is not None:
            prompts = options.at("prompts")
            if prompts is not None and prompts.elements:
                made.prompts = tuple(one.text for one in prompts.elements if one.text is not None)
            self._note_other_keys(options, text)
        return made

    def refuse(self, place: Node, what: str, reason: str, *, broken: bool = False) -> None:
        """Note a provider that the spec does not have."""
        self.reasons.append(reason)
        (self.bench.call_broken if broken else self.bench.leave_out)(place, what, reason)

    def _note_other_keys(self, options: Node, text: str) -> None:
        for key in options.items:
            if key in ("transform", "env", "inputs"):
                reason = "a provider's replies are taken as they are"
                if key == "env":
                    reason = "variables come from the environment of the command"
                self.bench.leave_out(options.key_span(key), f"provider {text} {key}", reason)
            elif key == "delay":
                self.bench.note("`delay`: requests are paced by the limits that the service tells")

    # --- kinds

    def _declare(
        self, text: str, place: Node, config: Node | None, label: str | None
    ) -> Asked | None:
        kind, _, rest = text.partition(":")
        if text.startswith(("http://", "https://")) or kind in ("http", "https"):
            url = text if "://" in text else None
            if url is not None and speaks_chat(url):
                return self._declare_compatible(url, place, config, label)
            return read_http(self, url, place, config, label)
        if kind in ("azure", "azureopenai"):
            return self._declare_azure(text, rest, place, config, label)
        if kind == "openai":
            return self._declare_openai(text, rest, place, config, label)
        if kind in MAKERS:
            return self._declare_maker(kind, rest, place, config, label)
        what = f"provider {text}"
        if kind in ANOTHER_CLOUD:
            self.refuse(place, what, f"a model of another cloud: {ANOTHER_CLOUD[kind]}")
        elif text.startswith(SCHEME) or kind in NO_MODEL:
            self.refuse(place, what, f"no model: {NO_MODEL.get(kind, NO_MODEL['file'])}")
        elif "redteam" in text:
            self.refuse(place, what, "red teaming is not done here")
        else:
            self.refuse(place, what, "a provider that a spec cannot ask")
        return None

    def _declare_azure(
        self, text: str, rest: str, place: Node, config: Node | None, label: str | None
    ) -> Asked | None:
        kind, _, deployment = rest.partition(":")
        if kind not in ("chat", "responses", "embedding", "embeddings"):
            why = "media" if kind in MEDIA else f"Azure's {kind or 'nothing'} is not asked here"
            if kind == "foundry-agent":
                why = "an agent of Azure AI Foundry: it has an API of its own"
            self.refuse(place, f"provider {text}", why)
            return None
        deployment = (
            read_config(config, "deploymentName")
            or read_config(config, "deployment_id")
            or deployment
        )
        if not deployment:
            self.refuse(place, f"provider {text}", "it names no deployment", broken=True)
            return None
        host = read_config(config, "apiHost") or read_config(config, "apiBaseUrl")
        endpoint = write_address(host) if host else "https://${AZURE_API_HOST}"
        if not is_url(endpoint):
            self.refuse(place, f"provider {text}", "its apiHost is no address", broken=True)
            return None
        declared: dict[str, Any] = {"type": "azure-openai", "endpoint": endpoint}
        version = read_config(config, "apiVersion")
        if version and not VARIABLE.search(version):
            declared["api_version"] = version
        declared["api_key"] = f"${{{self._choose_key(config, 'AZURE_API_KEY')}}}"
        asked = self._place("azure", declared, deployment, label, config, place)
        asked.embeds = kind.startswith("embedding")
        if asked.embeds:
            self._guess_embedder(asked, deployment)
        asked.api = "responses" if kind == "responses" else "auto"
        self._read_reasoning(asked, config)
        return asked

    def _declare_openai(
        self, text: str, rest: str, place: Node, config: Node | None, label: str | None
    ) -> Asked | None:
        kind, _, model = rest.partition(":")
        if kind not in OPENAI_KINDS and (kind in MEDIA or ":" not in rest or not model):
            if kind in MEDIA or kind in ("agents", "codex-sdk", "chatkit"):
                why = (
                    "media"
                    if kind in ("image", "video", "audio", "tts", "realtime")
                    else f"OpenAI's {kind} is not asked here"
                )
                self.refuse(place, f"provider {text}", why)
                return None
            kind, model = "chat", rest
        elif kind not in OPENAI_KINDS:
            if kind.startswith("ft"):
                kind, model = "chat", rest
            elif kind in ("agents", "codex-sdk", "chatkit", "codex"):
                self.refuse(place, f"provider {text}", "an agent, no model")
                return None
            else:
                kind, model = "chat", rest
        model = read_config(config, "model") or model or {"chat": "gpt-4.1"}.get(kind, "")
        if kind == "completion":
            self.refuse(place, f"provider {text}", "the old completions API has no conversation")
            return None
        base = read_config(config, "apiBaseUrl") or read_config(config, "apiHost")
        key = self._choose_key(config, "OPENAI_API_KEY")
        if base and not is_url(write_address(base)):
            self.refuse(place, f"provider {text}", "its apiBaseUrl is no address", broken=True)
            return None
        if base and "api.openai.com" not in base:
            declared = {"type": "openai-compatible", "base_url": write_address(base)}
            if (
                read_config(config, "apiKey")
                or read_config(config, "apiKeyEnvar")
                or not is_local(base)
            ):
                declared["api_key"] = f"${{{key}}}"
            handle = "server"
        else:
            declared = {"type": "openai", "api_key": f"${{{key}}}"}
            handle = "openai"
        asked = self._place(handle, declared, model, label, config, place)
        asked.embeds = kind.startswith("embedding")
        asked.api = "responses" if kind == "responses" else "auto"
        self._read_reasoning(asked, config)
        return asked

    def _declare_maker(
        self, kind: str, rest: str, place: Node, config: Node | None, label: str | None
    ) -> Asked | None:
        maker = MAKERS[kind]
        first, _, more = rest.partition(":")
        model = (
            more
            if more
            and first
            in (
                "chat",
                "completion",
                "messages",
                "responses",
                "embeddings",
                "embedding",
                "model",
                "live",
                "image",
            )
            else rest
        )
        if first in ("live", "image", "video") or first == "claude-agent-sdk":
            self.refuse(
                place,
                f"provider {kind}:{rest}",
                "media" if first != "claude-agent-sdk" else "a coding agent",
            )
            return None
        model = (
            read_config(config, "modelName") or read_config(config, "model") or model or "default"
        )
        base = (
            read_config(config, "apiBaseUrl")
            or read_config(config, "baseUrl")
            or read_config(config, "apiHost")
        )
        address = write_address(base) if base else maker.base_url
        if not is_url(address):
            self.refuse(place, f"provider {kind}:{rest}", "its address is none", broken=True)
            return None
        declared: dict[str, Any] = {"type": "openai-compatible", "base_url": address}
        key = read_config(config, "apiKeyEnvar") or maker.key
        if key:
            declared["api_key"] = f"${{{self._allow_name(key)}}}"
        if not maker.native:
            self.bench.note(
                f"{kind}:{rest} is asked by the OpenAI-compatible API of its maker, "
                f"{maker.base_url}; that address was not tried"
            )
        asked = self._place(kind.replace(".", "-"), declared, model, label, config, place)
        asked.embeds = first.startswith("embedding")
        return asked

    def _declare_compatible(
        self, url: str, place: Node, config: Node | None, label: str | None
    ) -> Asked | None:
        """Declare a URL that ends in chat/completions: a server that speaks OpenAI's protocol."""
        body = config.at("body") if config is not None else None
        model = body.at("model") if body is not None else None
        base = re.sub(r"/chat/completions/?$", "", url)
        declared = {"type": "openai-compatible", "base_url": write_address(base)}
        name = (model.text if model is not None else None) or "default"
        if body is not None and "{{" in name:
            name = "default"
        asked = self._place("server", declared, name, label, None, place)
        if body is not None:
            kept = Node(
                {k: v for k, v in body.items.items() if k not in ("messages", "model", "stream")},
                body.span,
                body.keys,
            )
            asked.settings = read_settings(kept, self.bench, "provider")
            self._find_declared(asked).update(make_parameters(asked.settings))
        return asked

    # --- declarations

    def _place(
        self,
        handle: str,
        declared: dict[str, Any],
        model: str,
        label: str | None,
        config: Node | None,
        place: Node,
    ) -> Asked:
        """Put a model under a provider that is declared alike, or under a new one."""
        self._protect_key(declared, place)
        settings = read_settings(config, self.bench, "provider")
        headers = read_headers(config, self.bench)
        if headers and declared["type"] != "openai":
            declared["headers"] = headers
        details = make_parameters(settings)
        chosen = self._find_home(declared, model, details)
        if chosen is None:
            wanted = _HANDLE.sub("-", label).strip("-.") if label else ""
            base = handle if handle not in self.declared else wanted or handle
            chosen = self.choose_handle(base)
            self.declared[chosen] = {**declared, "models": {}}
        self.declared[chosen]["models"][model] = details
        asked = Asked((), f"{chosen}/{model}", settings, place)
        self.asked.append(asked)
        return asked

    def choose_handle(self, wanted: str) -> str:
        """Return a handle that no provider has yet."""
        chosen, number = wanted, 2
        while chosen in self.declared:
            chosen, number = f"{wanted}-{number}", number + 1
        return chosen

    def _protect_key(self, declared: dict[str, Any], place: Node) -> None:
        """Keep a key from travelling over http to another machine."""
        for name in ("endpoint", "base_url"):
            address = declared.get(name)
            if address is None:
                continue
            declared[name] = re.sub(r"[?#].*", "", address)
            if address.startswith("http://") and "api_key" in declared and not is_local(address):
                declared[name] = declared[name].replace("http://", "https://", 1)
                self.bench.change(place, address, "a key goes over https alone")

    def _find_home(
        self, declared: Mapping[str, Any], model: str, details: Mapping[str, Any]
    ) -> str | None:
        for handle, there in self.declared.items():
            alike = {key: value for key, value in there.items() if key != "models"} == declared
            models = there.get("models", {})
            if alike and models.get(model, details) == details:
                return handle
        return None

    def _find_declared(self, asked: Asked) -> dict[str, Any]:
        handle, _, model = asked.name.partition("/")
        found: dict[str, Any] = self.declared[handle]["models"][model]
        return found

    def _read_reasoning(self, asked: Asked, config: Node | None) -> None:
        flag = config.at("isReasoningModel") if config is not None else None
        if flag is not None and flag.value is True:
            self._find_declared(asked)["reasoning"] = True

    def _guess_embedder(self, asked: Asked, deployment: str) -> None:
        """Say which model a deployment that embeds probably has: the simulator wants to know."""
        for part, model in EMBEDDERS.items():
            if part in deployment.lower() and deployment != model:
                self._find_declared(asked).setdefault("model", model)
                return

    def _choose_key(self, config: Node | None, default: str) -> str:
        """Return the variable that holds the key; a key that is written down is never copied."""
        named = read_config(config, "apiKeyEnvar")
        written = read_config(config, "apiKey")
        if not named and written:
            variable = VARIABLE.search(written) or re.fullmatch(r"\$\{?(\w+)\}?", written)
            if variable is not None:
                named = variable.group(1)
            elif config is not None:
                self.bench.change(
                    config.key_span("apiKey"),
                    "apiKey",
                    f"a key is never written into a spec: export it as {default}",
                )
        return self._allow_name(named or default)

    def _allow_name(self, name: str) -> str:
        """Return a variable's name that a spec may read without being told so."""
        if name.startswith(("AZURE_", "OPENAI_", "HARNESS_")):
            return name
        self.bench.note(f'before a real run: export HARNESS_{name}="${name}"')
        return f"HARNESS_{name}"
