"""Explain failures before there was an answer: the network, a certificate, signing in."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from harness.conversation.transcript import NOT_SENT, Failure
from harness.providers.connections import (
    CONNECT_WITHIN_S,
    LARGEST_BODY_BYTES,
    BodyTooLargeError,
)
from harness.providers.reaching import InnerAddressError
from harness.providers.transport import SilentError, UnansweredError


class SignInError(Exception):
    """There is no token or key to show."""


def explain_exception(error: Exception) -> Failure:
    """Return the failure that an exception of the SDK or its transport stands for.

    The SDK calls a connection that was reset a timeout (measured with openai 3.54 over aiohttp),
    so the chain of causes is asked, not the name at its top.
    """
    if isinstance(error, UnansweredError):
        return error.failure
    causes = list(_list_causes(error))
    for cause in causes:
        if isinstance(cause, SignInError):
            return Failure(kind="auth", message=f"signing in failed: {cause}")
        if isinstance(cause, InnerAddressError):
            said = f"{cause}; if it is meant to: --trust-host"
            return Failure(kind="connection", message=said, code=NOT_SENT)
        if isinstance(cause, SilentError):
            said = f"the answer broke off: {cause}"
            return Failure(kind="timeout", message=said, retryable=True)
        if isinstance(cause, BodyTooLargeError):
            size = LARGEST_BODY_BYTES // 2**20
            return Failure(kind="protocol", message=f"the answer is larger than {size} MB")
    return _explain_network(causes)


_Row = tuple[tuple[type[BaseException], ...], str, bool]
"""Exceptions, what to say of them, and whether the same request may succeed later."""


@cache
def _list_rows() -> tuple[_Row, ...]:
    """Return what is known of the network's exceptions; aiohttp's, whose import takes long."""
    import ssl

    import aiohttp

    return (
        (
            (aiohttp.ClientConnectorCertificateError, ssl.SSLCertVerificationError),
            "the server's certificate is not trusted: {}",
            False,
        ),
        ((aiohttp.ClientSSLError, ssl.SSLError), "no TLS connection: {}", False),
        ((aiohttp.ClientConnectorDNSError,), "no such host: {}", True),
        ((aiohttp.ClientHttpProxyError,), "the proxy refused: {}", False),
        ((aiohttp.ClientConnectorError,), "no connection: {}", True),
        (
            (aiohttp.ServerTimeoutError, TimeoutError),
            f"no connection within {CONNECT_WITHIN_S:g} s",
            True,
        ),
        (
            (aiohttp.ServerDisconnectedError, ConnectionResetError),
            "the server closed the connection without an answer",
            True,
        ),
        ((aiohttp.ClientPayloadError,), "the connection broke off inside the answer", True),
        ((aiohttp.ClientConnectionError, ConnectionError), "the connection was lost: {}", True),
        ((aiohttp.InvalidURL,), "not an address: {}", False),
    )


def _explain_network(causes: list[BaseException]) -> Failure:
    import ssl

    import aiohttp

    # Of these there was no connection: nothing was sent, or is paid.
    unsent = (
        aiohttp.ClientConnectorError,
        aiohttp.ClientSSLError,
        aiohttp.ClientHttpProxyError,
        aiohttp.ConnectionTimeoutError,
        aiohttp.InvalidURL,
        ssl.SSLCertVerificationError,
    )
    code = NOT_SENT if any(isinstance(cause, unsent) for cause in causes) else ""
    # A row at a time: the cause of a connector's error is a plain one, which says less.
    for types, message, retryable in _list_rows():
        for cause in causes:
            if isinstance(cause, types):
                said = message.format(_first_line(cause))
                return Failure("connection", said, code=code, retryable=retryable)
    for cause in causes:
        if isinstance(cause, aiohttp.ClientResponseError):
            return Failure("protocol", f"not HTTP: {_first_line(cause)}", retryable=True)
    return Failure("connection", f"{type(causes[0]).__name__}: {_first_line(causes[0])}")


def _list_causes(error: BaseException) -> Iterator[BaseException]:
    """Return the error's causes, the first cause first."""
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in chain:
        chain.append(current)
        current = current.__cause__ or current.__context__
    return reversed(chain)


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
