"""Names of files and hosts."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.conversation.ports import Place
from harness.fs.names import make_host_label, make_portable_name
from harness.recording.storage.naming import is_known, name_target_file, name_trial_file

PLACE = Place("sweden/mini", "founders", None, "default", 1, 1)
PLACES = [
    PLACE,
    replace(PLACE, case="-"),
    replace(PLACE, case="a"),
    replace(PLACE, case="A"),
    replace(PLACE, case="a "),
    replace(PLACE, target="sweden.mini", variant="x"),
    replace(PLACE, target="sweden", variant="mini.default"),
    replace(PLACE, target="sweden/mini.default", variant="x"),
    replace(PLACE, target="sweden/mini", variant="default.x"),
    replace(PLACE, variant="Default"),
    replace(PLACE, conversation="founders."),
    replace(PLACE, conversation="Founders"),
    replace(PLACE, conversation="con"),
    replace(PLACE, conversation="../../etc"),
    replace(PLACE, conversation="x" * 300),
    replace(PLACE, conversation="x" * 301),
    replace(PLACE, conversation="会話"),
    replace(PLACE, conversation="談話"),
]


def test_plain_names_stay_as_they_are() -> None:
    assert name_trial_file(PLACE) == "conversations/founders/-/sweden.mini.default.json"
    assert name_target_file("openai/gpt-4") == "targets/openai.gpt-4.json"
    assert name_trial_file(replace(PLACE, case="fr")).startswith("conversations/founders/fr/")


def test_different_trials_have_different_files_whatever_the_case_of_letters() -> None:
    names = [name_trial_file(place).lower() for place in PLACES]
    for one, other in combinations(names, 2):
        assert one != other


def test_the_repeat_and_the_turn_are_inside_the_file() -> None:
    assert name_trial_file(replace(PLACE, repeat=9, turn=3, check="1")) == name_trial_file(PLACE)


@given(st.text(min_size=1), st.text(min_size=1), st.text(min_size=1), st.none() | st.text())
def test_every_name_is_one_that_a_cassette_may_hold(
    target: str, conversation: str, variant: str, case: str | None
) -> None:
    path = name_trial_file(Place(target, conversation, case, variant, 1, 1))
    assert is_known(path)
    assert is_known(name_target_file(target))
    assert ".." not in path.split("/")


@given(st.text(min_size=1), st.text(min_size=1))
def test_names_that_differ_stay_different(one: str, other: str) -> None:
    assert (make_portable_name(one) == make_portable_name(other)) == (one == other)
    assert (make_host_label(one) == make_host_label(other)) == (one == other)


@pytest.mark.parametrize(
    "path",
    ["manifest.json", "../x.json", "/etc/passwd", "conversations/../x/y.json",
     "conversations/a/b/c.yaml", "targets/x", "conversations/a/b/c/d.json", "x.json", ""],
)  # fmt: skip
def test_other_paths_are_none_of_a_cassette(path: str) -> None:
    assert not is_known(path)
