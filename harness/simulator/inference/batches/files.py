"""Files of an account or provider: uploaded, listed, read, deleted; they last as the world does.

Source: uploads, deletions, a list and a content recorded of Azure in 2025; how a file that is not
there is refused was never recorded of Azure, and is OpenAI's 404.
"""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from harness.simulator.dataplane import DataPlaneCall
from harness.simulator.inference.refusals import DataPlaneError, Dialect, invalid_request_error
from harness.simulator.world import Body

LARGEST_FILE: Final = 200 * 1024 * 1024
"""Source: azure-ai-docs, global-batch-limits.md."""
MOST_FILES: Final = 500
"""Input files without an expiry; with one 10,000. Source: as above."""
MOST_EXPIRING: Final = 10_000


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """The form of an upload."""

    name: str
    content: bytes
    purpose: str
    expires_s: int | None


async def read_upload(request: web.Request) -> UploadedFile:
    """Read the form of an upload.

    Raises:
        DataPlaneError: 400, it has no file.
    """
    name, content, fields = "", b"", dict[str, str]()
    found = False
    if request.content_type.startswith("multipart/"):
        reader = await request.multipart()
        async for part in reader:
            if getattr(part, "filename", None) is not None:
                found, name = True, str(part.filename)  # type: ignore[union-attr]
                content = bytes(await part.read())  # type: ignore[union-attr]
            elif getattr(part, "name", None):
                said = await part.read()  # type: ignore[union-attr]
                fields[str(part.name)] = bytes(said).decode("utf-8", "replace")  # type: ignore[union-attr]
    if not found:
        raise invalid_request_error("'file' is a required property", "file")
    seconds = fields.get("expires_after[seconds]") or fields.get("expires_after.seconds")
    expires = int(seconds) if seconds and seconds.isdecimal() else None
    return UploadedFile(name, content, fields.get("purpose", ""), expires)


def keep_file(call: DataPlaneCall, dialect: Dialect, upload: UploadedFile) -> Body:
    """Keep an uploaded file; return what is told of it.

    Raises:
        DataPlaneError: 400, it is too large, or there are too many.
    """
    if len(upload.content) > LARGEST_FILE:
        raise invalid_request_error("The file is larger than 200 MB.", "file")
    kept = list_files(call, "batch")
    expiring = sum("expires_at" in one for one in kept)
    most = MOST_FILES if upload.expires_s is None else MOST_EXPIRING
    if (len(kept) - expiring if upload.expires_s is None else expiring) >= most:
        raise invalid_request_error(f"There are {most} input files already.", "file")
    identity = f"file-{uuid.uuid4().hex if dialect == 'azure' else secrets.token_urlsafe(16)}"
    return make_file(
        call, identity, upload.name, upload.purpose, upload.content, expires_s=upload.expires_s
    )


def make_file(
    call: DataPlaneCall,
    identity: str,
    name: str,
    purpose: str,
    content: bytes,
    *,
    expires_s: int | None = None,
) -> Body:
    """Make a file; return what is told of it."""
    created = int(call.session.now.timestamp())
    body: Body = {
        "status": "processed",
        "bytes": len(content),
        "purpose": purpose,
        "filename": name,
        "id": identity,
        "created_at": created,
        "object": "file",
    }
    if expires_s is not None:
        body["expires_at"] = created + expires_s
    call.world.keep_content(identity, content)
    with call.world.writing() as state:
        state.files[identity] = {"owner": find_owner(call), "file": body}
    return body


def list_files(call: DataPlaneCall, purpose: str | None = None) -> list[Body]:
    """List the files of this account or provider, the newest first."""
    owner = find_owner(call)
    with call.world.reading() as state:
        own = [one["file"] for one in state.files.values() if one["owner"] == owner]
    return [one for one in reversed(own) if purpose in (None, one["purpose"])]


def find_file(call: DataPlaneCall, identity: str) -> Body:
    """Return what is told of a file.

    Raises:
        DataPlaneError: 404, it is not there.
    """
    with call.world.reading() as state:
        found = state.files.get(identity)
    if found is None or found["owner"] != find_owner(call):
        raise DataPlaneError(404, None, f"No such File object: {identity}", "id")
    body: Body = found["file"]
    return body


def read_file(call: DataPlaneCall, identity: str) -> bytes:
    """Return the content of a file.

    Raises:
        DataPlaneError: 404, it is not there.
    """
    find_file(call, identity)
    return call.world.read_content(identity)


def delete_file(call: DataPlaneCall, identity: str) -> dict[str, Any]:
    """Delete a file; return the body that says so.

    Raises:
        DataPlaneError: 404, it is not there.
    """
    find_file(call, identity)
    with call.world.writing() as state:
        del state.files[identity]
    call.world.drop_content(identity)
    return {"object": "file", "deleted": True, "id": identity}


def find_owner(call: DataPlaneCall) -> str:
    """Return the name of whose files and batches these are."""
    return f"{call.kind}/{call.name}".lower()
