"""Azure's refusals as errors that a person can act on; the table is ``harness.azure.failures``."""

from __future__ import annotations

from harness.azure.failures import KnownFailure, explain, find_policies, is_temporary
from harness.errors import Diagnostic
from harness.provision.ports import CloudError

UNKNOWN_REMEDY = "run the same command again; if it stays, quote the request id to Azure"


def explain_refusal(
    *,
    status: int,
    code: str,
    message: str,
    request_id: str | None = None,
    retry_after_s: float | None = None,
    operation: str = "",
) -> CloudError:
    """Return what Azure answered, explained; a code without a row is passed on as Azure said it."""
    known = explain(code, message, operation)
    # A long-running operation that failed says so inside a 200.
    answered = "Azure could not finish it:" if status == 200 else f"Azure answered {status}"
    return CloudError(
        Diagnostic(
            "H901",
            f"{answered} {code}".rstrip(),
            "\n".join(_write_detail(known, message, request_id)),
            hint=known.remedy if known else UNKNOWN_REMEDY,
        ),
        code=code,
        status=status,
        retryable=is_temporary(status, known),
        retry_after_s=retry_after_s,
        request_id=request_id,
    )


def _write_detail(known: KnownFailure | None, message: str, request_id: str | None) -> list[str]:
    # Azure's own words may hold line ends, which must not look like lines of ours.
    said = " ".join(message.split()) or "nothing more"
    lines = [f"Azure said: {said}"]
    if known is not None:
        lines.append(f"that is: {known.cause}")
    lines += [f"policy {kind}: {identifier}" for kind, identifier in find_policies(message)]
    if request_id:
        lines.append(f"request id: {request_id}")
    return lines


def explain_unreachable(host: str, message: str) -> CloudError:
    """Explain that nobody answered at all, which is worth trying again, a few times."""
    return CloudError(
        Diagnostic(
            "H903",
            f"{host} cannot be reached",
            " ".join(message.split()),
            hint="check the network and HTTPS_PROXY; then run the same command again",
        ),
        retryable=True,
    )


def explain_unreadable(host: str, message: str) -> CloudError:
    """Explain an answer that is not of Azure's own types, which the SDK cannot read."""
    return CloudError(
        Diagnostic(
            "H909",
            f"{host} answered with what is not of Azure's own types",
            " ".join(message.split()),
            hint="look at the `properties` of the resource, in the spec and in Azure: "
            "`az resource show --ids RESOURCE_ID`",
        )
    )
