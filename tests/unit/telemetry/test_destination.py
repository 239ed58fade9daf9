"""The place that telemetry goes to, and what is refused before anything is spent."""

from __future__ import annotations

import pytest

from harness.errors import RequestError
from harness.telemetry.destination import find_destination, wants_content


def test_a_collector_on_this_machine_is_the_usual_place() -> None:
    assert find_destination({}).name == "http://localhost:4318"


def test_users_passwords_and_paths_are_not_shown() -> None:
    found = find_destination(
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "https://me:word@otel.example/x?key=1"}
    )
    assert found.name == "https://otel.example"


def test_spans_and_results_may_go_to_places_of_their_own() -> None:
    found = find_destination(
        {
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://one:4318",
            "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": "https://[::1]:9/v1/logs",
        }
    )
    assert found.name == "http://one:4318 and https://[::1]:9"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "collector:4318",
            "OTEL_EXPORTER_OTLP_ENDPOINT is not a URL",
        ),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://[", "is not a URL"),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "ftp://x", "TRACES_ENDPOINT is not a URL"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "wants grpc, and harness speaks http/protobuf"),
        ("OTEL_SDK_DISABLED", "True", "nothing is to be sent"),
    ],
)
def test_a_place_that_cannot_be_is_refused_by_the_name_of_its_variable(
    name: str, value: str, said: str
) -> None:
    with pytest.raises(RequestError, match=r"error\[H991\]") as refused:
        find_destination({name: value})
    assert said in str(refused.value)


def test_headers_go_unencrypted_to_this_machine_only() -> None:
    headers = {"OTEL_EXPORTER_OTLP_HEADERS": "x-key=1"}
    find_destination({**headers, "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"})
    find_destination({**headers, "OTEL_EXPORTER_OTLP_ENDPOINT": "https://otel.example"})
    find_destination({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://otel.example"})
    with pytest.raises(RequestError, match="unencrypted to http://otel"):
        find_destination({**headers, "OTEL_EXPORTER_OTLP_ENDPOINT": "http://otel.example"})


@pytest.mark.parametrize(
    ("value", "wanted"),
    [("true", True), ("SPAN_ONLY", True), ("", False), ("false", False), ("NO_CONTENT", False)],
)
def test_content_is_wanted_by_opentelemetrys_own_word(value: str, wanted: bool) -> None:
    name = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"
    assert wants_content({name: value}) is wanted
