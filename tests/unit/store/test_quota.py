"""One quota for all processes of a machine."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path
from subprocess import PIPE

import pytest

from harness.azure.offers_data import RateLimit
from harness.conversation.limits import LimitHeaders, WindowHeaders
from harness.fs.locks import FileLock
from harness.run.requests.quota import Quota, QuotaSign
from harness.store.quota import MachineQuota, name_quota_file, prepare_folder

LIMITS = (RateLimit("request", 100, 10), RateLimit("token", 100_000, 60))
CLEVER = """
import asyncio, os, sys, time
from pathlib import Path
from harness.azure.offers_data import RateLimit
from harness.run.requests.quota import Quota
from harness.store.quota import MachineQuota

quota = MachineQuota(Quota.of([RateLimit("token", 2_000, 600)]), Path(sys.argv[1]))

async def draw():
    while True:
        if not await quota.take(1, time.monotonic()):
            os.write(1, b"+\\n")
        await asyncio.sleep(0.002)  # the other one gets its turn

os.write(1, b"=\\n")
sys.stdin.readline()
asyncio.run(draw())
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "one.quota"


def open_quota(place: Path, said: list[str] | None = None) -> MachineQuota:
    return MachineQuota(Quota.of(LIMITS), place, ([] if said is None else said).append)


def draw(*quotas: MachineQuota, tokens: int = 10, now: float = 1000.0) -> list[int]:
    """Draw in turn until nobody gets anything; how often each did."""

    async def run() -> list[int]:
        taken = [0] * len(quotas)
        while True:
            before = sum(taken)
            for number, quota in enumerate(quotas):
                taken[number] += not await quota.take(tokens, now)
            if sum(taken) == before:
                return taken

    return asyncio.run(run())


def test_two_draw_on_one_quota_and_each_gets_its_half(place: Path) -> None:
    one, other = open_quota(place), open_quota(place)
    assert draw(one, other) == [48, 47]
    assert draw(open_quota(place)) == [0]
    assert asyncio.run(other.take(10, 1000.0)) == pytest.approx(10.0, abs=0.1)
    assert draw(one, other, now=1010.1) == [48, 47]


def test_a_pause_that_one_is_asked_for_holds_for_all(place: Path) -> None:
    one, other = open_quota(place), open_quota(place)
    asyncio.run(one.observe(QuotaSign(10, 999.0, refused="tokens", wait_s=20.0), 1000.0))
    assert asyncio.run(other.take(10, 1005.0)) == 15.0
    assert other.seen.factor == one.seen.factor < 1


def test_windows_that_only_another_process_knows_of_are_counted_for_it(place: Path) -> None:
    by_catalogue = MachineQuota(Quota.of([RateLimit("request", 600, 60)]), place)
    by_azure = open_quota(place)
    assert asyncio.run(by_catalogue.take(10, 1000.0)) == 0.0
    assert draw(by_azure) == [95]
    assert draw(by_catalogue) == [570 - 96]


def test_a_limit_that_one_learned_from_headers_is_kept_to_by_those_who_know_none(
    place: Path,
) -> None:
    one, other = MachineQuota(Quota.of(()), place), MachineQuota(Quota.of(()), place)
    told = LimitHeaders(tokens=WindowHeaders(limit=1_000, remaining=900, period_s=60.0))
    asyncio.run(one.observe(QuotaSign(100, 1000.0, told), 1000.5))
    assert draw(other, tokens=50, now=1001.0) == [(950 - 100) // 50]


def test_what_others_use_is_told_to_all_by_whoever_sees_it(place: Path) -> None:
    one, other = open_quota(place), open_quota(place)
    told = LimitHeaders(requests=WindowHeaders(limit=100, remaining=20, period_s=10.0))
    asyncio.run(one.take(10, 1000.0))
    asyncio.run(one.observe(QuotaSign(10, 1000.0, told), 1000.5))
    assert draw(other, now=1001.0) == [95 - 80]


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"x",
        b"harnesq1",
        os.urandom(4000),
        b"harnesq1" + bytes(24) + b"x",
        "half",
        "bit",
    ],
)
def test_a_damaged_file_is_begun_anew_and_shared_again(place: Path, damage: bytes | str) -> None:
    draw(open_quota(place))
    whole = bytearray(place.read_bytes())
    if damage == "half":
        whole = whole[: len(whole) // 2]
    elif damage == "bit":
        whole[-1] ^= 1
    place.write_bytes(damage if isinstance(damage, bytes) else whole)
    one, other = open_quota(place), open_quota(place)
    assert sum(draw(one, other)) == 95


def test_what_was_taken_before_the_machine_started_is_forgotten(place: Path) -> None:
    draw(open_quota(place), now=500_000.0)
    assert draw(open_quota(place), now=60.0) == [95]


def test_a_holder_that_is_stopped_is_not_waited_for_and_the_loop_goes_on(place: Path) -> None:
    quota, ticks = open_quota(place), []

    async def run() -> float:
        async def tick() -> None:
            while True:
                ticks.append(time.perf_counter())
                await asyncio.sleep(0.01)

        ticking = asyncio.create_task(tick())
        try:
            return await quota.take(10, 1000.0)
        finally:
            ticking.cancel()

    with FileLock(place) as held:
        assert held.take()
        assert asyncio.run(run()) == 0.0
    assert len(ticks) > 20, "a second passed, and the loop ran on"


def test_a_killed_process_leaves_no_lock_and_what_it_took_stays_taken(place: Path) -> None:
    drawing = [
        subprocess.Popen(
            [sys.executable, "-c", CLEVER, str(place)], bufsize=0, stdin=PIPE, stdout=PIPE
        )  # unbuffered: what is read ahead would be lost to `communicate`
        for _ in range(2)
    ]
    try:
        for one in drawing:
            assert one.stdout is not None
            assert one.stdout.read(2) == b"=\n"
        for one in drawing:  # both are there: neither has taken everything before the other came
            assert one.stdin is not None
            one.stdin.write(b"\n")
            one.stdin.flush()
        for one in drawing:
            assert one.stdout is not None
            for _ in range(20):
                assert one.stdout.read(2) == b"+\n"
        drawing[0].kill()
        told = len(drawing[0].communicate()[0]) // 2
        time.sleep(0.1)
        drawing[1].kill()
        told += len(drawing[1].communicate()[0]) // 2 + 40
    finally:
        for one in drawing:
            one.kill()
    quota = MachineQuota(Quota.of([RateLimit("token", 2_000, 600)]), place)
    began = time.perf_counter()
    left = draw(quota, tokens=1, now=time.monotonic())[0]
    assert time.perf_counter() - began < 5, "nobody holds the lock"
    assert told + left <= 1_900
    assert told + left >= 1_900 - 2, "a kill loses what was taken and not told yet, no more"


def test_a_file_tells_nobody_which_deployment_it_is_of() -> None:
    name = name_quota_file(("https://contoso.openai.azure.com", "mini"))
    assert name == name_quota_file(("https://contoso.openai.azure.com", "mini"))
    assert name != name_quota_file(("https://contoso.openai.azure.com", "large"))
    assert "contoso" not in name


def test_the_folder_is_its_owners_and_files_that_nobody_uses_go(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "quotas"
    folder.mkdir(parents=True, mode=0o777)
    for name, age in (("old", 90_000), ("new", 80_000)):
        path = folder / f"{name}.quota"
        path.touch()
        os.utime(path, (time.time() - age, time.time() - age))
    prepare_folder(folder)
    assert [path.name for path in folder.iterdir()] == ["new.quota"]
    assert folder.stat().st_mode & 0o777 == 0o700
    draw(open_quota(folder / "new.quota"))
    (folder / "link").symlink_to(tmp_path)
    with pytest.raises(OSError, match="no folder of its own"):
        prepare_folder(folder / "link")


def test_a_disk_that_is_too_slow_five_times_running_is_given_up(place: Path) -> None:
    class SlowQuota(Quota):
        def take(self, requests: int, tokens: int, now: float) -> float:
            time.sleep(0.021)
            return super().take(requests, tokens, now)

    said: list[str] = []
    limits = Quota.of(LIMITS)
    quota = MachineQuota(SlowQuota(limits.requests, limits.tokens), place, said.append)

    async def run() -> list[int]:
        lines = []
        for _ in range(7):
            assert await quota.take(10, 1000.0) == 0.0
            lines.append(len(said))
        return lines

    assert asyncio.run(run()) == [0, 0, 0, 0, 1, 1, 1]
    assert "its disk is too slow" in said[0]
    assert draw(open_quota(place)) == [90], "what was taken until then, the others know"


def test_a_file_that_cannot_be_opened_leaves_the_process_to_itself(tmp_path: Path) -> None:
    said: list[str] = []
    (tmp_path / "elsewhere").touch()
    (tmp_path / "one.quota").symlink_to(tmp_path / "elsewhere")
    quota = open_quota(tmp_path / "one.quota", said)
    assert draw(quota) == [95]
    assert len(said) == 1
    assert "not shared with other processes" in said[0]
    assert (tmp_path / "elsewhere").read_bytes() == b""
