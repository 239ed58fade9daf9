"""Make calls: return the JSON that was on the wire, and explain refusals."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from harness.cloud.clients import READ_RETRIES, Clients
from harness.cloud.endpoint import CloudEndpoint
from harness.cloud.failures import explain_refusal, explain_unreachable, explain_unreadable
from harness.plan.identity import Market
from harness.plan.observed import Body
from harness.provision.ports import CloudError, Tick

if TYPE_CHECKING:
    from azure.core.exceptions import AzureError, HttpResponseError
    from azure.core.polling import LROPoller

LOOK_S = 1.0
"""Seconds between two ticks while Azure works."""

NAMESPACE = "Microsoft.CognitiveServices"
API_VERSION = "2025-09-01"
"""The default of azure-mgmt-cognitiveservices 14.1, for what is asked without its classes."""

READ: dict[str, Any] = {"retry_total": READ_RETRIES, "retry_backoff_factor": 0.3}


class Wire:
    """Keeps the JSON of each successful answer of a call, in order."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = statuses or (200,)
        self.bodies: list[Mapping[str, Any]] = []

    def __call__(self, response: Any) -> None:
        """Keep an answer; the SDK calls this hook once per answer."""
        if response.http_response.status_code in self.statuses:
            body = json.loads(response.http_response.text() or "{}")
            if isinstance(body, Mapping):
                self.bodies.append(body)


class _Resource(msgspec.Struct):
    """The parts that every resource of ARM has, and every row of a list, each of its type."""

    id: str | None = None
    name: str | dict[str, Any] | None = None
    location: str | None = None
    kind: str | None = None
    tags: dict[str, str | None] | None = None
    sku: dict[str, Any] | None = None
    identity: dict[str, Any] | None = None
    properties: dict[str, Any] | None = None
    model: dict[str, Any] | None = None
    value: list[dict[str, Any]] | None = None


Hook = Callable[[Any], None]


class Calls:
    """Calls through the SDK at one endpoint."""

    def __init__(self, endpoint: CloudEndpoint, clients: Clients) -> None:
        self._endpoint = endpoint
        self._clients = clients

    def read_one(self, call: Callable[[Hook], object]) -> Body | None:
        """Return a single resource as it was on the wire, None where Azure says there is none."""
        from azure.core.exceptions import DeserializationError

        seen = Wire()
        try:
            with self.explain_errors(), suppress(DeserializationError):
                # The SDK's classes refuse what is not of Azure's own types; the wire is enough.
                call(seen)
        except CloudError as error:
            if error.status == 404:
                return None
            raise
        return self._hold(seen.bodies[-1]) if seen.bodies else None

    def read_rows(self, call: Callable[[Hook], Any]) -> tuple[Body, ...]:
        """Return every row of a list as on the wire, none where Azure knows no such place."""
        from azure.core.exceptions import DeserializationError

        seen = Wire()
        try:
            with self.explain_errors():
                try:
                    for _ in call(seen):
                        pass
                except DeserializationError:
                    # As for one resource; a list that goes on cannot be followed without them.
                    if not seen.bodies or seen.bodies[-1].get("nextLink"):
                        raise
        except CloudError as error:
            if error.status == 404:
                return ()
            raise
        return self._hold_rows([row for body in seen.bodies for row in body.get("value") or ()])

    def read_all(self, market: Market, what: str) -> tuple[Body, ...]:
        """Return a region's list without the SDK's classes, which take ten times as long."""
        where = f"{NAMESPACE}/locations/{quote(market.region, safe='')}"
        path = f"/subscriptions/{quote(market.subscription, safe='')}/providers/{where}"
        return self.read_pages(market.subscription, f"{path}/{what}?api-version={API_VERSION}")

    def read_pages(self, subscription: str, url: str) -> tuple[Body, ...]:
        """Return every row of a list, page by page; none where there is no such place."""
        from azure.core.rest import HttpRequest

        client = self._clients.groups(subscription)
        rows: list[Body] = []
        with self.explain_errors():
            while url:
                response = client.send_request(HttpRequest("GET", url), **READ)
                if response.status_code == 404:
                    return ()
                _refuse_others_status(response)
                page = self._hold(response.json())
                rows += page.get("value") or ()
                url = page.get("nextLink") or ""
        return self._hold_rows(rows)

    def send(self, subscription: str, method: str, url: str, **given: Any) -> Body | None:
        """Return the body of the answer to a request without the SDK's classes, None for 404.

        A body is sent as JSON. An answer without one is an empty body.
        """
        from azure.core.rest import HttpRequest

        content = given.pop("content", None)
        headers = {"Content-Type": "application/json"} if content is not None else {}
        client = self._clients.groups(subscription)
        with self.explain_errors():
            request = HttpRequest(method, url, headers=headers, content=content)
            response = client.send_request(request, **given)
            if response.status_code == 404 and method != "PUT":
                return None
            _refuse_others_status(response)
            return self._hold(response.json() if response.text() else {})

    def finish(self, begin: Callable[[], LROPoller[Any]], tick: Tick, operation: str = "") -> Body:
        """Return the result of a long-running operation; ticks while it runs; a tick may raise."""
        with self.explain_errors(operation):
            poller = begin()
            while not poller.done():
                poller.wait(LOOK_S)
                if not poller.done():
                    tick(str(poller.status()))
            result = poller.result()
        return result if isinstance(result, Mapping) else {}

    def _hold_rows(self, rows: Iterable[object]) -> tuple[Body, ...]:
        return tuple(map(self._hold, rows))

    def _hold(self, body: Any) -> Body:
        """Return a body whose parts are of ARM's types; what lies deeper is looked at where it is.

        Raises:
            CloudError: they are not: nothing that Azure says, but a file or a proxy may.
        """
        try:
            msgspec.convert(body, _Resource)
        except (msgspec.ValidationError, RecursionError) as error:
            raise explain_unreadable(self._endpoint.base_url, str(error)) from None
        held: Body = body
        return held

    @contextmanager
    def explain_errors(self, operation: str = "") -> Iterator[None]:
        """Turn what the SDK raises into what Azure said and what to do about it.

        ``operation`` is ``update`` where something that is there was to be changed.
        """
        from azure.core.exceptions import (
            AzureError,
            DecodeError,
            DeserializationError,
            HttpResponseError,
        )

        try:
            yield
        except (DeserializationError, json.JSONDecodeError) as error:
            raise explain_unreadable(self._endpoint.base_url, str(error)) from None
        except DecodeError as error:
            # Cut off on the way: whether it was carried out is seen when it is looked at again.
            raise self._explain_silence(error) from None
        except HttpResponseError as error:
            raise _explain_refusal(error, operation) from None
        except AzureError as error:
            raise self._explain_silence(error) from None

    def _explain_silence(self, error: AzureError) -> CloudError:
        return explain_unreachable(self._endpoint.base_url, str(error))


def to_wire(body: Body) -> Any:
    """Return a body as bytes, which the SDK passes on untouched; its stubs ask for a stream."""
    return json.dumps(body, ensure_ascii=False).encode()


def keep_answer(response: Any, *_: object) -> Any:
    """Return the final answer of a long-running operation as it was on the wire."""
    with suppress(ValueError, AttributeError):
        return json.loads(response.http_response.text() or "{}")
    return {}


def _refuse_others_status(response: Any) -> None:
    """Raise for a redirect as for an error: nothing follows one, and it is no answer."""
    from azure.core.exceptions import HttpResponseError

    if response.status_code >= 300:
        raise HttpResponseError(response=response)


def _explain_refusal(error: HttpResponseError, operation: str) -> CloudError:
    """Return what Azure answered; a failed operation carries its code inside a 200."""
    headers = dict(getattr(error.response, "headers", None) or {})
    lowered = {name.casefold(): value for name, value in headers.items()}
    code = getattr(error.error, "code", None) or ""
    message = getattr(error.error, "message", None) or error.message or ""
    return explain_refusal(
        status=error.status_code or 0,
        code=code,
        message=message,
        request_id=lowered.get("x-ms-correlation-request-id") or lowered.get("x-ms-request-id"),
        retry_after_s=_parse_seconds(lowered.get("retry-after")),
        operation=operation,
    )


def _parse_seconds(header: str | None) -> float | None:
    try:
        return float(header) if header else None
    except ValueError:
        return None
