"""One file of a wave: whoever asks has the answer, before it has come or after."""

from __future__ import annotations

import asyncio

from harness.conversation.ports import Place, Request
from harness.conversation.transcript import Answer, Failure, Reply
from harness.run.requests.spent import Amount
from harness.run.targets import Target
from harness.run.waves.idle import IdleDetector
from harness.run.waves.ports import OutputLine
from harness.run.waves.wave_file import WaveAnswer, WaveFile, WaveRequest

TARGET = Target("acc/bulk", "deployment", "acc")
GONE = Failure("server", "no line", retryable=True)


def understand(line: OutputLine, request: Request) -> Answer:
    return Reply(line.body.decode(), "stop")


def make_file(closed: list[str]) -> WaveFile:
    return WaveFile(
        "1.1", TARGET, "n", "u", ["a", "b"], 0, IdleDetector(), understand,
        lambda wave: closed.append(wave.label),
    )  # fmt: skip


def ask(wave: WaveFile, custom_id: str) -> WaveRequest:
    place = Place("acc/bulk", custom_id, None, "default", 1, 1)
    future: asyncio.Future[WaveAnswer] = asyncio.get_running_loop().create_future()
    asked = WaveRequest(Request(place, ()), 1, custom_id, Amount(), future)
    wave.idle.begin_waiting()
    wave.join(asked)
    return asked


def test_an_answer_that_came_before_anybody_asked_is_kept_for_who_does() -> None:
    async def play() -> None:
        closed = list[str]()
        wave = make_file(closed)
        wave.take(OutputLine("a", 200, b"early"))
        wave.take(OutputLine("stranger", 200, b"of nobody"))
        wave.deliver_rest(GONE)
        first, second = ask(wave, "a"), ask(wave, "b")
        assert wave.idle.waiting == 0
        answers = [first.future.result(), second.future.result()]
        assert [one.answer for one in answers] == [Reply("early", "stop"), GONE]
        answers[0].confirm()
        assert closed == []
        answers[1].confirm()
        assert closed == ["1.1"], "when the last answer is kept"

    asyncio.run(play())


def test_a_second_line_for_a_request_changes_nothing() -> None:
    async def play() -> None:
        wave = make_file([])
        asked = ask(wave, "a")
        wave.take(OutputLine("a", 200, b"one"))
        wave.take(OutputLine("a", 200, b"two"))
        assert asked.future.result().answer == Reply("one", "stop")
        assert wave.idle.waiting == 0

    asyncio.run(play())
