from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.spec.counts import Counts, count
from harness.spec.model.targets import choose_targets, list_embedders, list_targets

Write = Callable[[str, str | bytes], Path]
Load = Callable[..., Any]

SPEC = """
version: 1
name: s
cloud: simulator
resource_group: rg
accounts:
  acc:
    region: x
    deployments:
      mini: {model: gpt-4.1-mini, version: "1"}
      judge: {model: gpt-4.1, version: "1"}
      embed: {model: text-embedding-3-small, version: "1"}
      bulk: {model: gpt-4.1, version: "1", sku: GlobalBatch}
      voice: {model: gpt-4o-transcribe, version: "1"}
providers:
  laptop: {type: openai-compatible, base_url: "http://localhost/v1", models: {org/llama: {}}}
  app: {type: http, url: "http://localhost/", body: {}, reply: $.a}
  here: {type: sentence-transformers, models: {mini-lm: {}}}
conversations:
  - {id: plain, turns: [{user: hi}]}
  - {id: cases, cases: cases.csv, turns: [{user: "{{x}}"}]}
  - {id: matrix, matrix: {x: [1, 2, 3], y: [1, 2]}, turns: [{user: "{{x}}"}]}
  - {id: inline, cases: [{x: 1}, {x: 2}], turns: [{user: "{{x}}"}]}
"""


@pytest.fixture
def found(write: Write, load_spec: Load) -> Any:
    write("cases.csv", "x\n1\n2\n3\n4\n")
    evaluation = "evaluation: {judge: {target: acc/judge}, repeats: 2}\nvariants: {a: {}, b: {}}\n"
    write("spec.yaml", SPEC + evaluation)
    return load_spec()


def test_targets_are_named_by_handle_and_applications_by_themselves(found: Any) -> None:
    assert [target.name for target in list_targets(found.spec)] == [
        "acc/mini", "acc/judge", "acc/embed", "acc/bulk", "acc/voice", "laptop/org/llama", "app",
        "here/mini-lm",
    ]  # fmt: skip


def test_what_chats_and_serves_no_other_role_is_evaluated(found: Any) -> None:
    assert choose_targets(found.spec) == ("acc/mini", "laptop/org/llama", "app")


def test_a_model_on_this_machine_only_embeds(found: Any) -> None:
    assert list_embedders(found.spec) == {"here/mini-lm"}


def test_trials_are_cases_by_targets_by_variants_by_repeats(found: Any) -> None:
    cases = 1 + 4 + 3 * 2 + 2
    assert count(found) == Counts(1, 5, 4, cases, cases * 3 * 2 * 2)
