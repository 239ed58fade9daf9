"""Causes: what the service says of itself is kept apart from what we ask and how we judge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from harness.compare.comparison.compare import compare_scores
from harness.compare.comparison.model import Changed
from harness.conversation.transcript import Exchange, Reply, Served
from harness.results.model import JudgedExchange, Result, RunInfo, TargetInfo
from harness.spec.model.spec import Gate
from tests.unit.compare.comparison.made import BASE, HEAD, results, scores
from tests.unit.compare.made import trial

SPEC: dict[str, Any] = {
    "accounts": {
        "sweden": {
            "content_filters": {"strict": {"base": "Microsoft.DefaultV2"}},
            "deployments": {"mini": {"content_filter": "strict"}},
        }
    },
    "evaluation": {"parameters": {"temperature": 0}, "gate": {"alpha": 0.05}},
    "conversations": [{"id": "c0"}],
}


def answered(reply: Reply, system: str | None = None) -> list[Result]:
    one = trial("passed", "c0", turns=[JudgedExchange(Exchange(1, "Hi", reply))])
    return [replace(one, system=system)]


def list_changed(
    then: Sequence[Result],
    now: Sequence[Result],
    spec: tuple[Any, Any] = (None, None),
    infos: tuple[RunInfo, RunInfo] = (BASE, HEAD),
) -> tuple[Changed, ...]:
    base, head = scores(then, infos[0], spec[0]), scores(now, infos[1], spec[1])
    (pair,) = compare_scores(base, head, Gate()).pairs
    return pair.changed


def test_what_the_service_says_of_itself_is_its_change() -> None:
    def reply(model: str, fingerprint: str, tier: str | None, *categories: str) -> Reply:
        found = {name: {"filtered": False} for name in categories}
        return Reply(
            "Hello.",
            "stop",
            model=model,
            system_fingerprint=fingerprint,
            content_filter={"content_filter_results": found},
            served=Served(model=model, tier=tier),
        )

    changed = list_changed(
        answered(reply("gpt-4.1-mini-2025-04-14", "fp_1", None, "hate")),
        answered(reply("gpt-4.1-mini-2025-10-01", "fp_2", "priority", "hate", "jailbreak")),
    )
    assert changed == (
        Changed("provider", "model version", "gpt-4.1-mini-2025-04-14", "gpt-4.1-mini-2025-10-01"),
        Changed("provider", "fingerprint", "fp_1", "fp_2"),
        Changed("provider", "filter policy", "hate", "hate, jailbreak"),
        Changed("provider", "service tier", None, "priority"),
    )


def test_the_version_that_answers_is_our_change_where_we_ask_for_another_one() -> None:
    def ask(version: str, info: RunInfo) -> tuple[RunInfo, list[Result]]:
        targets = (TargetInfo("sweden/mini", "gpt-4o", version),)
        reply = Reply("Hello.", "stop", model=f"gpt-4o-{version}", system_fingerprint=version)
        return replace(info, targets=targets), answered(reply)

    (then, before), (now, after) = ask("2024-05-13", BASE), ask("2024-11-20", HEAD)
    changed = list_changed(before, after, infos=(then, now))
    assert {one.name for one in changed} == {"model version", "fingerprint", "declared version"}
    assert {one.who for one in changed} == {"us"}


def test_a_service_that_says_nothing_of_itself_has_not_changed() -> None:
    said = Reply("Hello.", "stop", model="gpt", system_fingerprint="fp_1")
    assert list_changed(answered(said), answered(Reply("Hello.", "stop"))) == ()


def test_fingerprints_that_were_all_there_before_are_no_change() -> None:
    def answers(*fingerprints: str) -> list[Result]:
        return [
            replace(one, trial=replace(one.trial, repeat=number))
            for number, name in enumerate(fingerprints)
            for one in answered(Reply("Hello.", "stop", system_fingerprint=name))
        ]

    assert list_changed(answers("fp_1", "fp_1", "fp_2"), answers("fp_1", "fp_1")) == ()
    assert list_changed(answers("fp_1", "fp_1"), answers("fp_1", "fp_2")) != ()
    assert list_changed(answers("fp_1", "fp_1", "fp_2"), answers("fp_2")) != ()


def test_prompts_parameters_filters_and_tools_are_our_change() -> None:
    after = {
        "accounts": {
            "sweden": {
                "content_filters": {"strict": {"base": "Microsoft.Default"}},
                "deployments": {"mini": {"content_filter": "strict", "parameters": {"seed": 1}}},
            }
        },
        "evaluation": {"parameters": {"temperature": 1}, "gate": {"alpha": 0.1}},
        "conversations": [{"id": "c0", "tools": [{"type": "function"}]}],
        "variants": {"default": {"user": "{{user}} Be brief."}},
    }
    said = Reply("Hello.", "stop")
    changed = list_changed(answered(said, "Be kind."), answered(said, "Be brief."), (SPEC, after))
    assert all(one.who == "us" for one in changed)
    assert {one.name: (one.before, one.after) for one in changed} == {
        "system text": ("Be kind.", "Be brief."),
        "parameters": (None, '{"seed": 1}'),  # the last of two: the deployment's
        "content filter strict": (
            '{"base": "Microsoft.DefaultV2"}',
            '{"base": "Microsoft.Default"}',
        ),
        "variant default": (None, '{"user": "{{user}} Be brief."}'),
        "tools of c0": (None, None),
    }
    assert Changed("us", "parameters", '{"temperature": 0}', '{"temperature": 1}') in changed


def test_a_gate_is_no_cause_and_a_lost_spec_says_nothing() -> None:
    said = answered(Reply("Hello.", "stop"))
    other = {**SPEC, "evaluation": {**SPEC["evaluation"], "gate": {"alpha": 0.1}}}
    assert list_changed(said, said, (SPEC, other)) == ()
    assert list_changed(said, said, (SPEC, None)) == ()


def test_a_declared_version_a_judge_and_harness_itself_are_our_change() -> None:
    base = replace(
        BASE,
        targets=(TargetInfo("sweden/mini", "gpt-4.1-mini", "2025-04-14"),),
        judges=(TargetInfo("sweden/judge", "gpt-4.1", "1"),),
        harness_version="0.0.9",
    )
    head = replace(
        HEAD,
        targets=(TargetInfo("sweden/mini", "gpt-4.1-mini", "2025-10-01"),),
        judges=(TargetInfo("sweden/judge", "gpt-4.1", "2"),),
    )
    said = answered(Reply("Hello.", "stop"))
    assert list_changed(said, said, infos=(base, head)) == (
        Changed("us", "declared version", "2025-04-14", "2025-10-01"),
        Changed("us", "harness", "0.0.9", "0.1.0"),
        Changed("us", "judge sweden/judge", "gpt-4.1 1", "gpt-4.1 2"),
    )


def test_a_target_or_a_variant_of_another_name_is_our_change() -> None:
    head = scores(results([3], target="sweden/five"))
    names = {"sweden/five": "sweden/mini"}
    (pair,) = compare_scores(scores(results([3]), BASE), head, Gate(), names=names).pairs
    assert pair.changed[0] == Changed("us", "target", "sweden/mini", "sweden/five")


def test_questions_that_changed_are_counted() -> None:
    then, now = list(results([3, 3])), list(results([3, 3]))
    now = [
        replace(one, question_sha256="1" * 64) if one.trial.conversation == "c1" else one
        for one in now
    ]
    changed = list_changed(then, now)
    assert changed == (Changed("us", "turns or checks of 1 conversation", None, None),)
