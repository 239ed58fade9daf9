"""The name of a thing that the spec declares, as messages, plans, tags and reports write it."""

from __future__ import annotations

from typing import NewType

Address = NewType("Address", str)
"""Dotted path of alternating nouns and handles: ``account.sweden.deployment.mini``."""


def name_group(name: str) -> Address:
    """``resource_group.rg-harness-sweden``; the name is Azure's, since groups have no handle."""
    return Address(f"resource_group.{name}")


def name_account(handle: str) -> Address:
    """``account.sweden``."""
    return Address(f"account.{handle}")


def name_child(account_handle: str, noun: str, key: str) -> Address:
    """Return the address of something inside an account: ``account.sweden.<noun>.<key>``."""
    return Address(f"account.{account_handle}.{noun}.{key}")


def name_deployment(account_handle: str, handle: str) -> Address:
    """``account.sweden.deployment.mini``."""
    return name_child(account_handle, "deployment", handle)


def name_filter(account_handle: str, name: str) -> Address:
    """``account.sweden.content_filter.strict``."""
    return name_child(account_handle, "content_filter", name)


def name_access(account_handle: str, key: str) -> Address:
    """``account.sweden.access.me:cognitive-services-openai-user``."""
    return name_child(account_handle, "access", key)


def conversation(identifier: str) -> Address:
    """``conversation.founders``."""
    return Address(f"conversation.{identifier}")


def turn(conversation_id: str, number: int) -> Address:
    """``conversation.founders.turn.2``; turns count from 1."""
    return Address(f"conversation.{conversation_id}.turn.{number}")
