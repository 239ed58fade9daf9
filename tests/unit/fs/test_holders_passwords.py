"""What a process was called with is told without the password of a URL."""

from __future__ import annotations

import sys

import pytest

from harness.fs.holders import describe_self


def test_a_holder_is_described_without_the_password_of_a_url(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = "postgresql://me:hu@sh@db.example.org/team"
    monkeypatch.setattr(sys, "argv", ["harness", "eval", "--history", url])
    assert describe_self().command == (
        "harness eval --history postgresql://me:***@db.example.org/team"
    )
