"""Every kind of provider has its rows, and each row is complete."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.source import Span
from harness.spec.check.safety import URL_KEYS
from harness.spec.document.located import Node
from harness.spec.model.providers import KINDS, DeclaredProvider, find_kind
from harness.wiring.providers import CONNECTORS

ROOT = Path(__file__).resolve().parents[3]
EVERY_KIND = pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))


def test_every_kind_that_a_spec_may_declare_has_something_that_finds_its_endpoints() -> None:
    assert set(CONNECTORS) == set(KINDS.values())


def test_every_subclass_is_a_kind() -> None:
    assert set(DeclaredProvider.__subclasses__()) == set(KINDS.values())


@EVERY_KIND
def test_a_kind_says_what_it_is_called_and_no_two_say_the_same(
    kind: type[DeclaredProvider],
) -> None:
    assert [other.label for other in KINDS.values()].count(kind.label) == 1


@EVERY_KIND
def test_a_kind_declares_models_unless_it_is_an_application(kind: type[DeclaredProvider]) -> None:
    assert ("models" in kind.model_fields) is not kind.is_application


@EVERY_KIND
def test_where_a_kind_is_stands_at_keys_that_it_has_and_every_url_is_checked(
    kind: type[DeclaredProvider],
) -> None:
    assert set(kind.addresses) <= set(kind.model_fields)
    assert {key for key in kind.model_fields if key in URL_KEYS} <= set(kind.addresses)


@EVERY_KIND
def test_a_kind_with_a_price_table_counts_tokens_of_models(kind: type[DeclaredProvider]) -> None:
    assert kind.price_table is None or not (kind.is_application or kind.only_embeds)


@pytest.mark.parametrize("name", KINDS)
def test_the_page_of_targets_shows_every_kind(name: str) -> None:
    assert f"`type: {name}`" in (ROOT / "docs" / "targets.md").read_text(encoding="utf-8")


def test_a_provider_of_no_kind_runs_no_code_and_is_told_no_key() -> None:
    nothing = Node({}, Span("spec.yaml", 1, 1))
    assert find_kind(nothing) is DeclaredProvider
    assert not DeclaredProvider.runs_code
