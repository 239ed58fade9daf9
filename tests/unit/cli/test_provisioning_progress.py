from __future__ import annotations

import re

from harness import address
from harness.cli.provisioning.progress import ProvisioningProgress
from harness.plan.identity import AccountId, GroupId
from harness.plan.model import Change
from harness.provision.events import ChangeStarted, Ended, Event, Outcome, Retrying, Waiting

ONE = Change(address.name_account("one"), AccountId(GroupId("s", "g"), "one"), "create")
TWO = Change(address.name_account("two"), AccountId(GroupId("s", "g"), "two"), "delete")


def drawn(events: list[Event], *, live: bool) -> str:
    written: list[str] = []
    progress = ProvisioningProgress(live=live, write=written.append)
    for event in events:
        progress(event)
    progress.close()
    return "".join(written)


def test_without_a_terminal_every_line_stands_and_waiting_is_said_every_ten_seconds() -> None:
    waiting: list[Event] = [Waiting(ONE, "Creating", second) for second in range(1, 25)]
    text = drawn(
        [ChangeStarted(ONE), *waiting, Ended(Outcome(ONE, "done", seconds=25))], live=False
    )
    assert text.splitlines() == [
        "account.one: creating",
        "account.one: creating, 10 s (Creating)",
        "account.one: creating, 20 s (Creating)",
        "account.one: created in 25.0 s",
    ]


def test_a_retry_says_what_azure_said_and_when_it_goes_on() -> None:
    text = drawn([ChangeStarted(TWO), Retrying(TWO, "RequestConflict", 4.2, 9)], live=False)
    assert "account.two: deleting, 9 s; Azure says RequestConflict, again in 4.2 s" in text


def test_on_a_terminal_what_is_under_way_is_redrawn_in_place() -> None:
    text = drawn(
        [
            ChangeStarted(ONE),
            ChangeStarted(TWO),
            Ended(Outcome(ONE, "done")),
            Ended(Outcome(TWO, "done")),
        ],
        live=True,
    )
    assert screen(text) == ["account.one: created in 0.0 s", "account.two: deleted in 0.0 s"]


def screen(text: str) -> list[str]:
    """What a terminal shows in the end: cursor up and clear below are all that is used."""
    lines: list[str] = []
    for part in re.split(r"(\x1b\[\d+A\x1b\[J)", text):
        up = re.fullmatch(r"\x1b\[(\d+)A\x1b\[J", part)
        if up:
            del lines[len(lines) - int(up.group(1)) :]
        else:
            lines += part.splitlines()
    return lines
