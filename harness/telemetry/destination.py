"""The place that telemetry is sent to, as OpenTelemetry's own variables say it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from harness.errors import Diagnostic, RequestError

NO_PACKAGE, NO_DESTINATION = "H990", "H991"
USUAL = "http://localhost:4318"
ENDPOINT, HEADERS = "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_HEADERS"
PROTOCOL, DISABLED = "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_SDK_DISABLED"
CONTENT = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
SIGNALS = ("TRACES", "LOGS")


@dataclass(frozen=True, slots=True)
class Destination:
    """A receiver of OTLP over HTTP: ``name`` is its address without user, password and path."""

    name: str


def find_destination(environment: Mapping[str, str]) -> Destination:
    """Return where telemetry goes; ``http://localhost:4318`` where nobody says.

    Raises:
        RequestError: it is no URL, another protocol is wanted, OpenTelemetry is switched off, or a
            header, which may be a key, would go unencrypted to another machine.
    """
    if environment.get(DISABLED, "").strip().lower() == "true":
        hint = f"unset {DISABLED}, or leave --otel out"
        raise _make_error(f"{DISABLED} says that nothing is to be sent", hint)
    for name in (PROTOCOL, *(f"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL" for signal in SIGNALS)):
        wanted = environment.get(name, "").strip()
        if wanted and wanted != "http/protobuf":
            hint = f"set {name}=http/protobuf; a collector takes it on port 4318"
            raise _make_error(f"{name} wants {wanted}, and harness speaks http/protobuf", hint)
    base = environment.get(ENDPOINT, "").strip() or USUAL
    places = {
        name: environment.get(name, "").strip() or base
        for name in (f"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT" for signal in SIGNALS)
    }
    names = []
    for signal, (name, url) in zip(SIGNALS, places.items(), strict=True):
        headers = environment.get(f"OTEL_EXPORTER_OTLP_{signal}_HEADERS") or environment.get(
            HEADERS
        )
        names.append(_check(name if environment.get(name) else ENDPOINT, url, bool(headers)))
    return Destination(" and ".join(dict.fromkeys(names)))


def _check(variable: str, url: str, has_headers: bool) -> str:
    """Return the address of a URL as people may see it."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        parts, host, port = urlsplit(""), None, None
    if parts.scheme not in {"http", "https"} or not host:
        hint = f"set {variable}=http://localhost:4318 (OTLP over HTTP)"
        raise _make_error(f"{variable} is not a URL that telemetry can go to", hint)
    shown = f"[{host}]" if ":" in host else host
    shown = f"{parts.scheme}://{shown}" + (f":{port}" if port else "")
    if parts.scheme == "http" and host not in LOOPBACK and has_headers:
        hint = "use https, or a collector on this machine"
        said = f"headers, which may hold a key, would go unencrypted to {shown}"
        raise _make_error(said, hint)
    return shown


def wants_content(environment: Mapping[str, str]) -> bool:
    """Say whether OpenTelemetry's own variable asks for what was said to be told."""
    wanted = environment.get(CONTENT, "").strip().lower()
    return wanted in {"true", "1", "span_only", "span_and_event"}


def make_package_error(missing: str) -> RequestError:
    """Make the error for an OpenTelemetry that is not installed."""
    return RequestError(
        Diagnostic(
            NO_PACKAGE,
            "--otel needs OpenTelemetry, which is not installed",
            f"there is no package {missing}",
            hint="pip install 'azure-openai-harness[otel]'",
        )
    )


def _make_error(summary: str, hint: str) -> RequestError:
    return RequestError(Diagnostic(NO_DESTINATION, summary, hint=hint))
