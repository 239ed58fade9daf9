"""The page on scale says what its simulation says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.scale import batches, events, online, tables
from tests.bench.scale.profile import CHAT, SIZES, Quota, list_quotas

SMALL = 10_000


@pytest.mark.parametrize("name", tables.TABLES)
def test_the_page_holds_each_table_as_it_is_computed(project: Path, name: str) -> None:
    page = (project / "docs" / "scale.md").read_text(encoding="utf-8")
    assert tables.TABLES[name](SIZES) in page


def test_the_page_holds_what_is_simulated_event_by_event(project: Path) -> None:
    page = (project / "docs" / "scale.md").read_text(encoding="utf-8").splitlines()
    for row in tables.make_check_table([1_000]).splitlines():
        assert row in page


def test_the_page_says_its_profile(project: Path) -> None:
    page = (project / "docs" / "scale.md").read_text(encoding="utf-8")
    assert tables.describe_profile() in page.replace("\n", " ")


@pytest.mark.parametrize("quota", list_quotas(), ids=lambda quota: quota.title)
@pytest.mark.parametrize("crew", [online.ONE, online.WIDE], ids=lambda crew: str(crew.width))
def test_paper_and_events_differ_by_less_than_an_eighth(quota: Quota, crew: online.Crew) -> None:
    paper = online.estimate_online(crew, CHAT, 2_000, quota).wall_s
    simulated = events.simulate_one(CHAT, 2_000, quota, width=crew.width, seed=1)
    assert simulated == pytest.approx(paper, rel=0.125)


def test_a_seed_draws_the_same_waves_each_time() -> None:
    quota = list_quotas()[0]
    one = batches.estimate_batch(CHAT, SMALL, quota, seed=3)
    assert one == batches.estimate_batch(CHAT, SMALL, quota, seed=3)
    assert one != batches.estimate_batch(CHAT, SMALL, quota, seed=4)


def test_more_conversations_than_are_in_play_have_more_waves() -> None:
    quota = list_quotas()[1]
    few = batches.estimate_batch(CHAT, SMALL, quota, seed=3)
    many = batches.estimate_batch(CHAT, 10 * SMALL, quota, seed=3)
    assert (few.groups, many.groups) == (1, 10)
    assert many.limit == "conversations in play"
    assert many.target_s > 9 * few.target_s


def test_a_shard_wins_nothing_where_the_quota_is_the_limit() -> None:
    quota = list_quotas()[0]
    one = online.estimate_online(online.ONE, CHAT, SMALL, quota)
    four = online.estimate_online(online.SHARDS_4, CHAT, SMALL, quota)
    assert four.limit == one.limit == "tokens a minute"
    assert four.wall_s >= one.wall_s


def test_files_of_a_wave_keep_to_lines_bytes_and_the_queue() -> None:
    for quota in list_quotas():
        for turn in range(CHAT.turns):
            wave = batches.divide_wave(CHAT, 1_000_000, turn, quota)
            lines = 1_000_000 / wave.files
            assert lines <= 100_000
            assert lines * CHAT.count_prompt(turn) * 4 <= 200_000_000
            assert wave.at_a_time * lines * CHAT.count_prompt(turn) <= quota.queued * 1.01
