"""Makers and servers whose models are asked by OpenAI's protocol: a row each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Maker:
    """A service, or a server on this machine, that speaks OpenAI's protocol.

    Attributes:
        base_url: where it answers.
        key: the variable of the environment that holds its key; "" where it wants none.
        native: False where the protocol is a second one beside the maker's own, so that not all of
            a model's parameters exist in it.
    """

    base_url: str
    key: str = ""
    native: bool = True


MAKERS: Mapping[str, Maker] = MappingProxyType(
    {
        "ollama": Maker("http://127.0.0.1:11434/v1"),
        "localai": Maker("http://127.0.0.1:8080/v1"),
        "llama": Maker("http://127.0.0.1:8080/v1"),
        "llama.cpp": Maker("http://127.0.0.1:8080/v1"),
        "llamafile": Maker("http://127.0.0.1:8080/v1"),
        "lmstudio": Maker("http://127.0.0.1:1234/v1"),
        "vllm": Maker("http://127.0.0.1:8000/v1"),
        "text-generation-webui": Maker("http://127.0.0.1:5000/v1"),
        "openrouter": Maker("https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
        "groq": Maker("https://api.groq.com/openai/v1", "GROQ_API_KEY"),
        "deepseek": Maker("https://api.deepseek.com", "DEEPSEEK_API_KEY"),
        "mistral": Maker("https://api.mistral.ai/v1", "MISTRAL_API_KEY"),
        "xai": Maker("https://api.x.ai/v1", "XAI_API_KEY"),
        "togetherai": Maker("https://api.together.xyz/v1", "TOGETHER_API_KEY"),
        "together": Maker("https://api.together.xyz/v1", "TOGETHER_API_KEY"),
        "fireworks": Maker("https://api.fireworks.ai/inference/v1", "FIREWORKS_API_KEY"),
        "perplexity": Maker("https://api.perplexity.ai", "PERPLEXITY_API_KEY"),
        "cerebras": Maker("https://api.cerebras.ai/v1", "CEREBRAS_API_KEY"),
        "nscale": Maker("https://inference.api.nscale.com/v1", "NSCALE_SERVICE_TOKEN"),
        "hyperbolic": Maker("https://api.hyperbolic.xyz/v1", "HYPERBOLIC_API_KEY"),
        "aimlapi": Maker("https://api.aimlapi.com/v1", "AIML_API_KEY"),
        "anthropic": Maker("https://api.anthropic.com/v1", "ANTHROPIC_API_KEY", native=False),
        "google": Maker(
            "https://generativelanguage.googleapis.com/v1beta/openai",
            "GEMINI_API_KEY",
            native=False,
        ),
        "cohere": Maker("https://api.cohere.ai/compatibility/v1", "COHERE_API_KEY", native=False),
    }
)
"""Makers by the first word of promptfoo's provider ids.

Source: each maker's page about OpenAI compatibility, and promptfoo's pages of providers, read 2026.
"""

ANOTHER_CLOUD: Mapping[str, str] = MappingProxyType(
    {
        "bedrock": "Amazon Bedrock",
        "bedrock-agent": "Amazon Bedrock",
        "sagemaker": "Amazon SageMaker",
        "vertex": "Google Vertex AI",
        "palm": "Google Vertex AI",
        "watsonx": "IBM watsonx",
        "replicate": "Replicate",
        "huggingface": "Hugging Face's own inference API",
        "cloudflare-ai": "Cloudflare Workers AI",
        "cloudflare-gateway": "Cloudflare AI Gateway",
        "databricks": "Databricks",
        "snowflake": "Snowflake Cortex",
        "ai21": "AI21 Labs",
        "aleph-alpha": "Aleph Alpha",
        "voyage": "Voyage AI",
        "adaline": "Adaline Gateway",
        "helicone": "Helicone",
        "portkey": "Portkey",
        "litellm": "a LiteLLM proxy",
        "github": "GitHub Models, which has ended",
        "hugging-face": "Hugging Face's own inference API",
    }
)
"""Services that speak no OpenAI protocol, or at an address that only their account knows."""

NO_MODEL: Mapping[str, str] = MappingProxyType(
    {
        "exec": "a program: a `command` provider runs one, once you trust it",
        "python": "code: a `command` provider runs a program, once you trust it",
        "javascript": "code in JavaScript, which nothing here runs",
        "golang": "code in Go, which nothing here runs",
        "ruby": "code in Ruby, which nothing here runs",
        "file": "code, which a conversion never runs",
        "package": "code of a package, which a conversion never runs",
        "websocket": "a WebSocket",
        "ws": "a WebSocket",
        "wss": "a WebSocket",
        "browser": "a browser",
        "mcp": "a server of tools, no model",
        "webhook": "a webhook",
        "sequence": "a sequence of inputs, no model",
        "promptfoo": "a part of promptfoo",
        "echo": "an echo of the prompt, no model",
        "manual-input": "a person at a keyboard",
        "f5": "F5's gateway",
        "elevenlabs": "media",
        "openai-codex-sdk": "a coding agent",
        "openai-agents": "an agent framework",
        "opencode": "a coding agent",
    }
)
"""Providers that are no model behind an address."""
