"""Finding the answer to a request, each played once and equal ones in their order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.conversation.ports import Place
from harness.exchange import PlainRequest, PlainResponse
from harness.recording.storage.errors import find_error, find_errored_repeats
from harness.recording.storage.exchange import RecordedExchange
from harness.recording.storage.recorded_file import RecordedFile

PLACE = Place("sweden/mini", "founders", None, "default", 1, 1)
SENT = PlainRequest("POST", "https://x.account.invalid/chat", {}, b'{"a": 1}')


def exchange(
    number: int, place: Place = PLACE, sent: PlainRequest = SENT, **more: bool
) -> RecordedExchange:
    return RecordedExchange(place, sent, PlainResponse(200, {}, str(number).encode()), 0.1, **more)


def played(file: RecordedFile, place: Place = PLACE, sent: PlainRequest = SENT) -> bytes | None:
    number = file.find(place, sent)
    if number is None:
        return None
    file.played.add(number)
    return file.exchanges[number].received.body


def test_equal_requests_get_their_answers_in_order_and_then_none() -> None:
    file = RecordedFile.from_exchanges([exchange(1), exchange(2), exchange(3)])
    assert [played(file) for _ in range(4)] == [b"1", b"2", b"3", None]
    assert file.is_last(2)
    assert not file.is_last(1)


def test_the_same_request_elsewhere_is_another() -> None:
    second = replace(PLACE, turn=2)
    file = RecordedFile.from_exchanges([exchange(1), exchange(2, second)])
    assert played(file, second) == b"2"
    assert played(file, second) is None
    assert played(file, replace(PLACE, repeat=2)) is None


def test_what_nobody_asked_for_is_left_and_lessons_are_not() -> None:
    file = RecordedFile.from_exchanges([exchange(1, lesson=True), exchange(2)])
    assert file.list_unplayed(1) == [exchange(2)]
    assert file.list_unplayed(2) == []


def test_a_repeat_takes_the_place_of_itself_alone() -> None:
    other = replace(PLACE, repeat=2)
    file = RecordedFile.from_exchanges([exchange(1), exchange(2, other)])
    file.fresh[1] = [exchange(9)]
    file.settle(1, keep_played=False)
    assert [one.received.body for one in file.exchanges] == [b"9", b"2"]
    assert file.changed


def test_what_was_played_stays_where_only_the_missing_is_recorded() -> None:
    turns = [replace(PLACE, turn=turn) for turn in (1, 2, 0)]
    file = RecordedFile.from_exchanges([exchange(1, turns[0]), exchange(2, turns[1])])
    assert played(file, turns[0]) == b"1"
    file.fresh[1] = [exchange(3, turns[2]), exchange(9, turns[1])]
    file.settle(1, keep_played=True)
    assert [one.received.body for one in file.exchanges] == [b"1", b"9", b"3"]


def test_the_conversation_s_own_checks_come_last_and_parts_of_a_check_in_order() -> None:
    places = [replace(PLACE, turn=t, check=c) for t, c in
              [(0, "1"), (2, ""), (1, "10"), (1, "2.1"), (1, "2"), (1, "")]]  # fmt: skip
    file = RecordedFile.from_exchanges([exchange(n, place) for n, place in enumerate(places)])
    assert [one.slot for one in file.exchanges] == places[::-1]


ERROR = PlainResponse(500, {}, b'{"error": {"message": "broken"}}')


def test_an_error_never_takes_the_place_of_answers() -> None:
    file = RecordedFile.from_exchanges([exchange(1)])
    file.fresh[1] = [replace(exchange(9), received=ERROR)]
    assert not file.settle_errored(1, keep_played=False)
    assert file.exchanges == [exchange(1)]
    assert not file.changed


def test_an_error_takes_the_place_of_nothing_or_of_an_older_error() -> None:
    file = RecordedFile.from_exchanges([])
    for body in (b"first", b"second"):
        broken = replace(exchange(1), received=replace(ERROR, body=body))
        file.fresh[1] = [broken]
        assert file.settle_errored(1, keep_played=False)
        assert file.exchanges == [broken]
    assert file.errored == {1}
    file.fresh[1] = [exchange(2)]
    file.settle(1, keep_played=False)
    assert file.errored == set()


def test_of_a_repeat_that_errored_nothing_stays_beside_its_answers() -> None:
    broken = replace(exchange(1, lesson=True), received=ERROR)
    file = RecordedFile.from_exchanges([broken])
    file.fresh[1] = [exchange(2)]
    file.settle(1, keep_played=True)
    assert file.exchanges == [exchange(2)]


@pytest.mark.parametrize(
    ("answers", "errored"),
    [
        ([500], True),
        ([0], True),
        ([400, 404], True),
        ([429, 200], False),
        ([200], False),
    ],
)
def test_the_last_answer_to_a_request_decides_whether_a_repeat_errored(
    answers: list[int], errored: bool
) -> None:
    said = {200: PlainResponse(200)}
    ended = [
        replace(exchange(1), received=said.get(status, replace(ERROR, status=status)))
        for status in answers
    ]
    assert RecordedFile.from_exchanges(ended).errored == ({1} if errored else set())


def test_an_error_said_with_a_good_status_is_one_and_a_filter_is_none() -> None:
    said = replace(exchange(1), received=replace(ERROR, status=200))
    assert find_errored_repeats([said])[1].message == "broken"
    streamed = PlainResponse(200, {}, b'data: {"error": {"code": "500", "message": "gone"}}\n\n')
    assert find_error(streamed) is not None
    cut = PlainResponse(200, {"content-type": "application/json"}, b'{"choices": [{"message": ')
    assert find_error(cut) is not None
    whole = PlainResponse(200, {"content-type": "application/json"}, b'{"error": null, "id": 1}')
    assert find_error(whole) is None
    filtered = PlainResponse(400, {}, b'{"error": {"code": "content_filter", "message": "no"}}')
    assert find_error(filtered) is None
