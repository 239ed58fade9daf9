"""Errors of the data plane, in the words and shapes that were recorded.

Source: recordings of Azure (2023 to 2026) and of api.openai.com; where only an issue quotes an
answer, the row says so. The facts behind each are on the page docs/targets.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Dialect = Literal["azure", "openai"]
"""The service whose format an answer has: Azure, or api.openai.com."""

DENIED_MESSAGE = (
    "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a "
    "valid key for an active subscription and use a correct regional API endpoint for your "
    "resource."
)
FILTER_MESSAGE = (
    "The response was filtered due to the prompt triggering Azure OpenAI's content management "
    "policy. Please modify your prompt and retry. To learn more about our content filtering "
    "policies please read our documentation: https://go.microsoft.com/fwlink/?linkid=2198766"
)


@dataclass(slots=True)
class DataPlaneError(Exception):
    """A refusal of the service; ``shape`` picks the layout that Azure uses for this kind of error.

    Shapes: ``gateway`` is what API Management writes (code and message), ``model`` what comes from
    behind it (message, type, param, code), ``deployment`` the pretty-printed one of a missing
    deployment, ``filter`` a prompt that the content filter stopped, ``raw`` a body as declared.
    """

    status: int
    code: str | None
    message: str
    param: str | None = None
    type: str | None = "invalid_request_error"
    shape: Literal["gateway", "model", "deployment", "filter", "raw"] = "model"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None

    def render(self, dialect: Dialect) -> bytes:
        """Return the body, byte by byte as that service lays it out."""
        if self.shape == "raw":
            return (
                self.body.encode()
                if isinstance(self.body, str)
                else _serialize_compactly(self.body)
            )
        if dialect == "openai":
            return self._render_openai()
        match self.shape:
            case "gateway":
                return _serialize_compactly({"error": {"code": self.code, "message": self.message}})
            case "deployment":
                error = {"type": self.type, "code": self.code, "message": self.message}
                return json.dumps({"error": error}, indent=2).encode()
            case "filter":
                return _serialize_compactly({"error": _make_filter_results()})
            case "model":
                return _serialize_compactly({"error": self._make_fields()})

    def _render_openai(self) -> bytes:
        # Recorded: errors of the account or model are indented by four, of parameters by two.
        indent = 4 if self.status in (401, 404) else 2
        text = json.dumps({"error": self._make_fields()}, indent=indent, ensure_ascii=False)
        return (text + "\n" if indent == 4 else text).encode()

    def _make_fields(self) -> dict[str, Any]:
        return {
            "message": self.message,
            "type": self.type,
            "param": self.param,
            "code": self.code,
        }


def gateway_error(status: int, code: str, message: str, **headers: str) -> DataPlaneError:
    """Return an error that Azure's gateway writes; header names with ``_`` for ``-``."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return DataPlaneError(status, code, message, shape="gateway", headers=named)


def resource_not_found_error() -> DataPlaneError:
    """Return the error for a path, host or api-version that is not served (recorded, 2026)."""
    body = '{"error":{"code":"404","message": "Resource not found"}}'
    return DataPlaneError(404, "404", "Resource not found", shape="raw", body=body)


def permission_denied_error() -> DataPlaneError:
    """Return the error for a token without a role that allows this (recorded, 2024; 99 bytes)."""
    message = "Principal does not have access to API/Operation."
    body = f'{{"error":{{"code":"PermissionDenied","message": "{message}"}}}}'
    return DataPlaneError(401, "PermissionDenied", message, shape="raw", body=body)


def deployment_not_found_error(dialect: Dialect, name: str) -> DataPlaneError:
    """Return the error for a missing deployment or model. Source: recorded, 2025 and 2026."""
    if dialect == "openai":
        return DataPlaneError(
            404,
            "model_not_found",
            f"The model `{name}` does not exist or you do not have access to it.",
        )
    return DataPlaneError(
        404,
        "DeploymentNotFound",
        "The API deployment for this resource does not exist. If you created the deployment within "
        "the last 5 minutes, please wait a moment and try again.",
        shape="deployment",
    )


def model_not_found_error(name: str) -> DataPlaneError:
    """Return api.openai.com's error at ``/responses`` for a missing model (recorded, 2026)."""
    return invalid_request_error(
        f"The requested model '{name}' does not exist.", "model", "model_not_found"
    )


def responses_only_error(dialect: Dialect, model: str) -> DataPlaneError:
    """Return the error of a chat with a model of the Responses API only. Source: quoted, 2025."""
    if dialect == "azure":
        return wrong_operation_error("chatCompletion", model)
    return DataPlaneError(
        404,
        None,
        "This model is only supported in v1/responses and not in v1/chat/completions.",
        param="model",
    )


def rate_limit_error(model: str, name: str, region: str) -> DataPlaneError:
    """Return the throttling of a partner's model. Source: recorded of grok, 2026-08."""
    message = f"Your requests to {model} for {name} in {region} have exceeded rate limit."
    error = {"code": "RateLimitReached", "message": message, "details": message}
    return DataPlaneError(429, "RateLimitReached", message, shape="raw", body={"error": error})


def api_version_error() -> DataPlaneError:
    """Return the error for a dated API that never was. Source: facts on the data plane, 1.2."""
    return gateway_error(400, "BadRequest", "API version not supported")


def retired_model_error(model: str, version: str | None, day: str) -> DataPlaneError:
    """Return the error for a retired model: "all inference returns 410 Gone" (2026-10-05).

    The body was never recorded; in 2025 some regions answered 404 or OperationNotSupported.
    """
    named = f"{model} {version}" if version else model
    return gateway_error(
        410, "410", f"The model {named} was retired on {day} and is no longer served."
    )


def wrong_operation_error(operation: str, model: str) -> DataPlaneError:
    """Return the error for an operation that the model does not do. Source: recorded, 2023."""
    return gateway_error(
        400,
        "OperationNotSupported",
        f"The {operation} operation does not work with the specified model, {model}. Please choose "
        "different model and try again. You can learn more about which models can be used with "
        "each operation here: https://go.microsoft.com/fwlink/?linkid=2197993.",
    )


def not_implemented_error(operation: str) -> DataPlaneError:
    """Return the error for what the simulator lacks; it says so, and is no answer of Azure."""
    return gateway_error(501, "NotImplemented", f"the simulator does not implement {operation}")


def unsupported_parameter_error(name: str, instead: str | None = None) -> DataPlaneError:
    """Return the error for a parameter that the model does not take. Source: recorded, quoted."""
    advice = f" Use '{instead}' instead." if instead else ""
    return DataPlaneError(
        400,
        "unsupported_parameter",
        f"Unsupported parameter: '{name}' is not supported with this model.{advice}",
        param=name,
    )


def unsupported_value_error(name: str, value: object, default: object) -> DataPlaneError:
    """Return the error for a value other than the only one. Source: quoted (2025), recorded."""
    return DataPlaneError(
        400,
        "unsupported_value",
        f"Unsupported value: '{name}' does not support {json.dumps(value)} with this model. Only "
        f"the default ({default}) value is supported.",
        param=name,
    )


def unsupported_choice_error(name: str, value: object, supported: Sequence[str]) -> DataPlaneError:
    """Return the error for a value that is none of a list. Values documented; words assumed."""
    *others, last = (f"'{each}'" for each in supported)
    listed = f"{', '.join(others)}, and {last}" if others else last
    return DataPlaneError(
        400,
        "unsupported_value",
        f"Unsupported value: '{name}' does not support '{value}' with this model. Supported "
        f"values are: {listed}.",
        param=name,
    )


def context_length_error(limit: int, tokens: int) -> DataPlaneError:
    """Return the error for a prompt that does not fit. Source: facts on the data plane, 1.2."""
    return DataPlaneError(
        400,
        "context_length_exceeded",
        f"This model's maximum context length is {limit} tokens. However, your messages resulted "
        f"in {tokens} tokens. Please reduce the length of the messages.",
        param="messages",
    )


def content_filter_error() -> DataPlaneError:
    """Return the error for a prompt that the content filter stopped. Source: recorded 2023."""
    return DataPlaneError(
        400,
        "content_filter",
        FILTER_MESSAGE,
        shape="filter",
        headers={
            "ms-azureml-model-error-reason": "model_error",
            "ms-azureml-model-error-statuscode": "400",
        },
    )


def invalid_request_error(
    message: str, param: str | None = None, code: str | None = None
) -> DataPlaneError:
    """Return the error for a malformed request."""
    return DataPlaneError(400, code, message, param=param)


def _make_filter_results() -> dict[str, Any]:
    safe = {"filtered": False, "severity": "safe"}
    return {
        "message": FILTER_MESSAGE,
        "type": None,
        "param": "prompt",
        "code": "content_filter",
        "status": 400,
        "innererror": {
            "code": "ResponsibleAIPolicyViolation",
            "content_filter_result": {
                "hate": safe,
                "jailbreak": {"filtered": False, "detected": False},
                "self_harm": safe,
                "sexual": safe,
                "violence": {"filtered": True, "severity": "medium"},
            },
        },
    }


def _serialize_compactly(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )
