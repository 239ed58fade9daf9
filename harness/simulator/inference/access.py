"""Roles before the data plane: who shows a token may only do what a role of theirs allows.

A session's token stands for both ways of signing in: for Entra, and, as long as the account takes
keys, for one of those, because whoever has it may read them all. So roles count where keys are off.
"""

from __future__ import annotations

from typing import Final

from harness.azure.roles import CALL
from harness.simulator.dataplane import DataPlaneCall
from harness.simulator.inference.refusals import permission_denied_error
from harness.simulator.inference.routes import MODELS
from harness.simulator.rights import may

_OPENAI: Final = "Microsoft.CognitiveServices/accounts/OpenAI"
_MAAS: Final = "Microsoft.CognitiveServices/accounts/MaaS"
DATA_ACTIONS: Final = {
    "chat": CALL,
    "embeddings": f"{_OPENAI}/deployments/embeddings/action",
    "responses": f"{_OPENAI}/responses/write",
    "responses.get": f"{_OPENAI}/responses/read",
    "responses.delete": f"{_OPENAI}/responses/delete",
    "models": f"{_OPENAI}/models/read",
    "files.create": f"{_OPENAI}/files/write",
    "files.list": f"{_OPENAI}/files/read",
    "files.get": f"{_OPENAI}/files/read",
    "files.content": f"{_OPENAI}/files/read",
    "files.delete": f"{_OPENAI}/files/delete",
    "batches.create": f"{_OPENAI}/batch-jobs/write",
    "batches.list": f"{_OPENAI}/batch-jobs/read",
    "batches.get": f"{_OPENAI}/batch-jobs/read",
    "batches.cancel": f"{_OPENAI}/batch-jobs/write",
}
"""Data actions by operation.

Source: words of refusals, quoted in 2025 and 2026, for chat and responses; the others after Azure's
list of permissions of Microsoft.CognitiveServices. Of files and batches the words are assumed; that
"Cognitive Services OpenAI User" changes nothing there is what its description says.
"""


def check_access(call: DataPlaneCall, operation: str) -> None:
    """Refuse an operation that none of the caller's roles on the account has.

    Raises:
        DataPlaneError: 401 PermissionDenied, as recorded.
    """
    if call.account is None or call.by_key:
        return
    if not call.account["properties"].get("disableLocalAuth"):
        return
    action = DATA_ACTIONS.get(operation)
    if action is not None and call.service == MODELS:
        action = action.replace(f"{_OPENAI}/deployments", _MAAS)
    with call.world.reading() as state:
        if action is not None and not may(state, call.account["id"], action):
            raise permission_denied_error()
