"""Account keys."""

from __future__ import annotations

from collections.abc import Mapping

from harness.simulator.management.protocol.call import Answer, ArmCall, ArmError
from harness.simulator.management.protocol.failures import arm_error
from harness.simulator.management.protocol.lookup import make_account_id, require_account
from harness.simulator.management.protocol.stamps import make_account_key
from harness.simulator.world import State

Parts = Mapping[str, str]


def list_(call: ArmCall, parts: Parts) -> Answer:
    """Answer with both keys; 400 when keys are switched off (Source: AVM module #130)."""
    with call.world.reading() as state:
        return Answer(200, _show(_find_keys(state, parts)))


def regenerate(call: ArmCall, parts: Parts) -> Answer:
    """Make a new key in the place of ``keyName``, Key1 or Key2."""
    name = str(call.body().get("keyName") or "").lower()
    if name not in ("key1", "key2"):
        raise ArmError(400, "InvalidKeyName", "The key name must be 'Key1' or 'Key2'.")
    with call.world.writing() as state:
        keys = _find_keys(state, parts)
        keys[int(name[-1]) - 1] = make_account_key()
        return Answer(200, _show(keys))


def _find_keys(state: State, parts: Parts) -> list[str]:
    account = require_account(state, parts)
    if account["properties"].get("disableLocalAuth"):
        raise arm_error("BadRequest")
    return state.keys[make_account_id(parts).lower()]


def _show(keys: list[str]) -> dict[str, str]:
    return {"key1": keys[0], "key2": keys[1]}
