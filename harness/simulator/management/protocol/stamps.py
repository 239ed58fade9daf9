"""Identifiers and times in the forms that ARM gives them."""

from __future__ import annotations

import secrets
import string
import uuid
from datetime import datetime

ZERO_TENANT = "00000000-0000-0000-0000-000000000000"
AUTHOR = "simulator@harness.local"
_KEY_LETTERS = string.ascii_letters + string.digits


def make_guid() -> str:
    """Return a random GUID."""
    return str(uuid.uuid4())


def make_account_etag(now: datetime) -> str:
    """Return an etag of their database: ``"0d00a802-0000-4d00-0000-6a3233710000"``."""
    return f'"{secrets.token_hex(4)}-0000-4d00-0000-{int(now.timestamp()):08x}0000"'


def make_deployment_etag() -> str:
    """Return a GUID in quotes, as deployments have for etags."""
    return f'"{make_guid()}"'


def make_account_key() -> str:
    """Return 84 letters and digits, as keys have been since 2024; older ones were 32 hex digits."""
    return "".join(secrets.choice(_KEY_LETTERS) for _ in range(84))


def format_precise_time(now: datetime) -> str:
    """Format with seven decimals, as ``systemData`` has them: ``…:24.9463830Z``."""
    return f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond:06d}0Z"


def format_whole_time(now: datetime) -> str:
    """Format to whole seconds, as operations have."""
    return f"{now:%Y-%m-%dT%H:%M:%SZ}"


def make_system_data(now: datetime, created: dict[str, str] | None = None) -> dict[str, str]:
    """Return who made and who last changed a resource; ``created`` is the one it had before."""
    made = created or {
        "createdBy": AUTHOR,
        "createdByType": "User",
        "createdAt": format_precise_time(now),
    }
    return {
        "createdBy": made["createdBy"],
        "createdByType": made["createdByType"],
        "createdAt": made["createdAt"],
        "lastModifiedBy": AUTHOR,
        "lastModifiedByType": "User",
        "lastModifiedAt": format_precise_time(now),
    }
