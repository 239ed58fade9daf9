import json

import pytest

from harness.providers.failures import classify, read_service_error

FILTER = {"hate": {"filtered": True, "severity": "high"}}
QUOTA = (
    "Your requests to gpt-4.1-nano for gpt-4.1-nano in Sweden Central have exceeded the token rate "
    "limit for your current AIServices S0 pricing tier. Please retry after {} seconds."
)

TABLE = [
    # status, headers, body, kind, code, retryable, retry_after_s
    (
        400,
        {},
        {
            "error": {
                "code": "content_filter",
                "message": "filtered",
                "innererror": {"code": "x", "content_filter_result": FILTER},
            }
        },
        ("content_filter", "content_filter", False, None),
    ),
    (
        400,
        {},
        {
            "error": {
                "code": None,
                "message": "filtered",
                "inner_error": {
                    "code": "ResponsibleAIPolicyViolation",
                    "content_filter_results": FILTER,
                },
            }
        },
        ("content_filter", "content_filter", False, None),
    ),
    (
        400,
        {},
        {"error": {"code": "context_length_exceeded", "message": "too long"}},
        ("context_length", "context_length_exceeded", False, None),
    ),
    (
        400,
        {},
        {"error": {"code": 400, "message": "This model's maximum context length is 4096 tokens."}},
        ("context_length", "400", False, None),
    ),
    (
        400,
        {},
        {"error": {"code": "400", "message": "litellm.ContentPolicyViolationError: filtered"}},
        ("content_filter", "400", False, None),
    ),
    (
        400,
        {},
        {"error": {"code": "400", "message": "/responses: Invalid model name passed in model=x."}},
        ("bad_request", "400", False, None),
    ),
    (
        400,
        {},
        {"detail": "Server is pinned to 'a/b'; requested 'x'."},
        ("bad_request", "", False, None),
    ),
    (
        400,
        {},
        {"error": {"code": "400", "type": "no_db_connection", "message": "No connected db."}},
        ("bad_request", "400", False, None),
    ),
    (
        400,
        {},
        {
            "error": {
                "code": 400,
                "message": "request (9 tokens) exceeds the available context size",
            }
        },
        ("context_length", "400", False, None),
    ),
    (
        400,
        {},
        {
            "error": {
                "code": None,
                "message": "Your input exceeds the context window of this model.",
            }
        },
        ("context_length", "", False, None),
    ),
    (
        400,
        {},
        {"error": {"code": None, "message": "Unknown parameter: 'context_length'."}},
        ("bad_request", "", False, None),
    ),
    (
        500,
        {},
        'data: {"error": {"message": "cannot begin", "code": "500"}}\n\ndata: [DONE]\n\n',
        ("server", "500", True, None),
    ),
    (
        400,
        {},
        {"error": {"code": "string_above_max_length", "message": "too long"}},
        ("bad_request", "string_above_max_length", False, None),
    ),
    (
        400,
        {},
        {"error": {"code": "OperationNotSupported", "message": "no"}},
        ("bad_request", "OperationNotSupported", False, None),
    ),
    (
        400,
        {},
        {"error": {"code": "model_not_found", "message": "no"}},
        ("not_found", "model_not_found", False, None),
    ),
    (
        401,
        {},
        {"error": {"code": "401", "message": "Access denied"}},
        ("auth", "401", False, None),
    ),
    (
        401,
        {},
        {"statusCode": 401, "message": "Unauthorized. Access token is missing"},
        ("auth", "", False, None),
    ),
    (
        403,
        {},
        {"error": {"code": "AuthenticationTypeDisabled", "message": "no keys"}},
        ("auth", "AuthenticationTypeDisabled", False, None),
    ),
    (
        404,
        {},
        {"error": {"code": "DeploymentNotFound", "message": "none"}},
        ("not_found", "DeploymentNotFound", False, None),
    ),
    (404, {}, {"error": "model 'llama9' not found"}, ("not_found", "", False, None)),
    (404, {}, [{"error": {"code": 404, "message": "none"}}], ("not_found", "404", False, None)),
    (410, {}, None, ("not_found", "", False, None)),
    (
        408,
        {},
        {"error": {"code": "Timeout", "message": "slow"}},
        ("timeout", "Timeout", True, None),
    ),
    (409, {}, {"error": {"code": "Conflict", "message": "x"}}, ("server", "Conflict", True, None)),
    (422, {}, {"detail": "no such field"}, ("bad_request", "", False, None)),
    (431, {}, "", ("bad_request", "", False, None)),
    (
        429,
        {"retry-after": "1", "retry-after-ms": "0"},
        {"error": {"code": "RateLimitReached", "message": "exceeded rate limit."}},
        ("rate_limit", "RateLimitReached", True, 1.0),
    ),
    (
        429,
        {"retry-after-ms": "250", "retry-after": "1"},
        {"error": {"code": "429", "message": "x"}},
        ("rate_limit", "429", True, 0.25),
    ),
    (
        429,
        {},
        {"error": {"code": "429", "message": QUOTA.format(45)}},
        ("rate_limit", "429", True, 45.0),
    ),
    (
        429,
        {},
        {"error": {"code": "429", "message": QUOTA.format(86400)}},
        ("rate_limit", "429", False, 86400.0),
    ),
    (
        429,
        {"retry-after": "121"},
        {"error": {"code": "429", "message": "x"}},
        ("rate_limit", "429", False, 121.0),
    ),
    (
        429,
        {"retry-after": "Sun, 22 Nov 2026 10:00:30 GMT", "date": "Sun, 22 Nov 2026 10:00:00 GMT"},
        {"error": {"code": "429", "message": "x"}},
        ("rate_limit", "429", True, 30.0),
    ),
    (
        429,
        {},
        {"error": {"code": "rate_limit_exceeded", "message": "Please try again in 6m0s."}},
        ("rate_limit", "rate_limit_exceeded", False, 360.0),
    ),
    (
        429,
        {},
        {"error": {"code": "rate_limit_exceeded", "message": "Please try again in 120ms."}},
        ("rate_limit", "rate_limit_exceeded", True, 0.12),
    ),
    (
        429,
        {},
        {
            "error": {
                "code": "rate_limit_exceeded",
                "message": "Request too large for gpt-4o: Limit 30000, Requested 30601.",
            }
        },
        ("rate_limit", "rate_limit_exceeded", False, None),
    ),
    (
        429,
        {},
        {"error": {"code": "insufficient_quota", "message": "check your plan"}},
        ("rate_limit", "insufficient_quota", False, None),
    ),
    (429, {}, None, ("rate_limit", "", True, None)),
    (
        500,
        {},
        {"error": {"code": "server_error", "message": "x"}},
        ("server", "server_error", True, None),
    ),
    (
        501,
        {},
        {"error": {"code": "NotImplemented", "message": "x"}},
        ("server", "NotImplemented", False, None),
    ),
    (
        502,
        {},
        "<html><head><title>502 Bad Gateway</title></head></html>",
        ("server", "", True, None),
    ),
    (503, {"retry-after": "7"}, "", ("server", "", True, 7.0)),
    (302, {"location": "https://elsewhere.example"}, "", ("protocol", "", False, None)),
]


@pytest.mark.parametrize(("status", "headers", "body", "expected"), TABLE)
def test_an_error_is_of_the_contracts_kind(
    status: int,
    headers: dict[str, str],
    body: object,
    expected: tuple[str, str, bool, float | None],
) -> None:
    raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    failure = classify(status, headers, read_service_error(raw), request_id="r1")
    assert (failure.kind, failure.code, failure.retryable) == expected[:3]
    assert failure.retry_after_s == pytest.approx(expected[3])
    assert failure.status == status
    assert failure.message
    assert failure.request_id == "r1"


def test_a_filtered_prompt_keeps_its_categories_in_either_spelling() -> None:
    for status, headers, body, _ in TABLE[:2]:
        failure = classify(status, headers, read_service_error(json.dumps(body).encode()))
        assert failure.content_filter == FILTER


def test_a_gateways_page_becomes_a_line() -> None:
    page = b"<html><head><title>502 Bad\n Gateway</title></head><body><h1>x</h1></body></html>"
    assert read_service_error(page).message == "502 Bad Gateway"
    assert read_service_error(b"<p>up</p><p>stream</p>").message == "up stream"
    assert len(read_service_error(b"x" * 100_000).message) == 300


@pytest.mark.parametrize("name", ["retry-after", "retry-after-ms"])
@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "-5", "1e999", "soon", ""])
def test_a_wait_that_is_no_time_is_as_if_none_had_been_asked_for(name: str, value: str) -> None:
    failure = classify(429, {name: value}, read_service_error(b"{}"))
    assert failure.retry_after_s is None


@pytest.mark.parametrize("value", ["nan", "inf", "-5"])
def test_a_wait_in_milliseconds_that_is_no_time_leaves_the_one_in_seconds(value: str) -> None:
    failure = classify(
        429, {"retry-after-ms": value, "retry-after": "2"}, read_service_error(b"{}")
    )
    assert failure.retry_after_s == 2.0
