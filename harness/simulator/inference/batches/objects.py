"""A batch as it is told: its fields, and the lines of its files.

Source: batches, their files and an output line recorded of Azure in 2025: fields and their order,
``""`` for files that are not there yet and null once the batch is cancelled. Error lines are as
OpenAI's reference has them; none of Azure was recorded.
"""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Mapping
from typing import Any, Final

from harness.simulator.dataplane import DataPlaneCall
from harness.simulator.inference.batches.files import find_owner, make_file
from harness.simulator.inference.batches.validation import fold_endpoint
from harness.simulator.inference.refusals import Dialect
from harness.simulator.world import Body

DAY_S: Final = 86_400
TERMINAL: Final = frozenset({"failed", "completed", "expired", "cancelled"})
_MOMENTS: Final = ("cancelled_at", "cancelling_at", "completed_at")


def make_batch(call: DataPlaneCall, dialect: Dialect, asked: Mapping[str, Any]) -> tuple[str, Body]:
    """Make the record of a batch that was submitted; return its id as well."""
    created = int(call.session.now.timestamp())
    azure = dialect == "azure"
    identity = f"batch_{uuid.uuid4() if azure else secrets.token_hex(12)}"
    endpoint = str(asked["endpoint"])
    no_file = "" if azure else None
    batch: Body = {
        **dict.fromkeys(_MOMENTS),
        "completion_window": "24h",
        "created_at": created,
        "error_file_id": no_file,
        "expired_at": None,
        "expires_at": created + DAY_S,
        "failed_at": None,
        "finalizing_at": None,
        "id": identity,
        "in_progress_at": None,
        "input_file_id": asked["input_file_id"],
        "errors": None,
        "metadata": asked.get("metadata"),
        "object": "batch",
        "output_file_id": no_file,
        "request_counts": {"total": 0, "completed": 0, "failed": 0},
        "status": "validating",
        "endpoint": fold_endpoint(endpoint) if azure else endpoint,
    }
    return identity, {"owner": find_owner(call), "batch": batch, "tokens": 0, "deployment": ""}


def write_line(custom_id: str, status: int, body: bytes) -> bytes:
    """Write a line of an output or error file."""
    try:
        told: Any = json.loads(body)
    except ValueError:
        told = {"error": {"message": body.decode("utf-8", "replace")}}
    response = {"body": told, "request_id": str(uuid.uuid4()), "status_code": status}
    line = {"custom_id": custom_id, "response": response, "error": None}
    return json.dumps(line).encode() + b"\n"


def write_expired_line(custom_id: str) -> bytes:
    """Write the line of a request that was not processed in time."""
    error = {
        "code": "batch_expired",
        "message": "This request could not be executed before the completion window expired.",
    }
    return json.dumps({"custom_id": custom_id, "response": None, "error": error}).encode() + b"\n"


def keep_answers(
    call: DataPlaneCall, dialect: Dialect, batch: Body, answered: list[bytes], refused: list[bytes]
) -> None:
    """Make the files of a batch; recorded are lines in the opposite order of the input's."""
    azure = dialect == "azure"
    for key, kind, lines in (
        ("output_file_id", "results", answered),
        ("error_file_id", "errors", refused),
    ):
        if not lines and not azure:
            batch[key] = None
            continue
        identity = f"file-{uuid.uuid4() if azure else secrets.token_hex(12)}"
        name = f"{batch['id']}_{kind}.jsonl"
        make_file(call, identity, name, "batch_output", b"".join(reversed(lines)))
        batch[key] = identity
