from __future__ import annotations

import tracemalloc
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from harness.errors import RequestError
from harness.run.matrix import Matrix, Selection, expand
from harness.run.targets import select_targets
from harness.spec.model.spec import Conversation, Spec

PROVIDER = {"type": "openai", "api_key": "${OPENAI_API_KEY}", "models": {"a": {}, "b": {}}}
EVERYTHING = Selection()


def rows(conversation: Conversation) -> Iterator[Mapping[str, Any]]:
    assert not isinstance(conversation.cases, str)
    yield from conversation.cases or ()


def made(selection: Selection = EVERYTHING, **document: Any) -> Matrix:
    spec = Spec.model_validate(
        {"version": 1, "name": "x", "providers": {"p": PROVIDER}, **document}
    )
    return expand(spec, select_targets(spec), selection, rows)


def conversation(identifier: str, user: str = "hi", **more: Any) -> dict[str, Any]:
    return {"id": identifier, "turns": [{"user": user}], **more}


def ids(matrix: Matrix) -> list[tuple[int, str, str | None, str, str, int]]:
    return sorted(
        (t.index, t.id.conversation, t.id.case, t.id.target, t.id.variant, t.id.repeat)
        for target in matrix.targets
        for t in matrix.trials(target)
    )


def test_the_order_is_conversations_cases_targets_variants_repeats() -> None:
    matrix = made(
        conversations=[
            conversation("one", cases=[{"id": "x"}, {"n": "2"}]),
            conversation("two"),
        ],
        variants={"plain": {}, "loud": {}},
        evaluation={"repeats": 2},
    )
    listed = ids(matrix)
    assert matrix.count == len(listed) == 3 * 2 * 2 * 2
    assert [index for index, *_ in listed] == list(range(24))
    assert listed[0][1:] == ("one", "x", "p/a", "plain", 1)
    assert listed[1][1:] == ("one", "x", "p/a", "plain", 2)
    assert listed[2][1:] == ("one", "x", "p/a", "loud", 1)
    assert listed[4][1:] == ("one", "x", "p/b", "plain", 1)
    assert listed[8][1:] == ("one", "#2", "p/a", "plain", 1)
    assert listed[16][1:] == ("two", None, "p/a", "plain", 1)


def test_a_trial_is_found_by_its_id() -> None:
    matrix = made(
        conversations=[conversation("one", cases=[{"id": "x"}, {}]), conversation("two")],
        variants={"plain": {}, "loud": {}},
        evaluation={"repeats": 3},
    )
    number = matrix.number_of()
    for target in matrix.targets:
        for trial in matrix.trials(target):
            assert number(trial.id) == trial.index


def test_a_matrix_makes_every_combination_a_case() -> None:
    matrix = made(
        conversations=[
            conversation(
                "greeting",
                "A {{tone}} greeting in {{language}}",
                matrix={"language": ["English", "中文"], "tone": ["formal", "casual"]},
            )
        ]
    )
    first = list(matrix.trials(matrix.targets[0]))
    assert [trial.id.case for trial in first] == [
        "language=English, tone=formal",
        "language=English, tone=casual",
        "language=中文, tone=formal",
        "language=中文, tone=casual",
    ]
    assert first[3].script.lines[0].user == "A casual greeting in 中文"


def test_variables_reach_what_is_said_and_what_is_demanded() -> None:
    matrix = made(
        conversations=[
            {
                "id": "capitals",
                "system": "You know {{field}}.",
                "vars": {"field": "geography", "country": "nowhere"},
                "cases": [{"country": "France", "capital": "Paris"}],
                "turns": [
                    {
                        "user": "Capital of {{country}}?",
                        "tool_results": [
                            {"name": "look", "arguments": {"q": "{{country}}"}, "result": {"n": 1}}
                        ],
                        "assert": [{"type": "contains-any", "value": ["{{capital}}", "x"]}],
                    }
                ],
                "assert": [
                    {"type": "assert-set", "assert": [{"type": "contains", "value": "{{capital}}"}]}
                ],
            }
        ]
    )
    trial = next(matrix.trials(matrix.targets[0]))
    turn = trial.question.turns[0]
    assert trial.script.system == "You know geography."
    assert trial.script.lines[0].user == "Capital of France?"
    assert turn.assertions[0].value == ["Paris", "x"]
    assert turn.tool_answers[0].arguments == {"q": "France"}
    assert turn.tool_answers[0].content == '{"n": 1}'
    assert trial.question.assertions[0].assertions[0].value == "Paris"


def test_what_a_variable_holds_is_never_expanded_again() -> None:
    matrix = made(conversations=[conversation("x", "{{a}}", vars={"a": "{{b}}", "b": "secret"})])
    assert next(matrix.trials(matrix.targets[0])).script.lines[0].user == "{{b}}"


def test_system_text_is_the_variants_else_the_conversations_else_the_evaluations() -> None:
    matrix = made(
        conversations=[conversation("own", system="conversation"), conversation("none")],
        variants={"plain": {}, "other": {"system": "variant"}},
        evaluation={"system": "evaluation"},
    )
    systems = {
        (t.id.conversation, t.id.variant): t.script.system for t in matrix.trials(matrix.targets[0])
    }
    assert systems == {
        ("own", "plain"): "conversation",
        ("own", "other"): "variant",
        ("none", "plain"): "evaluation",
        ("none", "other"): "variant",
    }


def test_parameters_go_from_evaluation_over_target_conversation_and_turn_to_variant() -> None:
    names = ("temperature", "top_p", "seed", "frequency_penalty", "presence_penalty")

    def first(count: int, value: int) -> dict[str, int]:
        return dict.fromkeys(names[:count], value)

    provider = {**PROVIDER, "models": {"a": {"parameters": first(4, 2)}}}
    matrix = made(
        providers={"p": provider},
        evaluation={"parameters": first(5, 1)},
        conversations=[
            {
                "id": "x",
                "parameters": first(3, 3),
                "turns": [{"user": "1", "parameters": first(2, 4)}, {"user": "2"}],
            }
        ],
        variants={"v": {"parameters": first(1, 5)}},
    )
    one, two = next(matrix.trials(matrix.targets[0])).script.lines
    assert [one.parameters[name] for name in names] == [5, 4, 3, 2, 1]
    assert [two.parameters[name] for name in names] == [5, 3, 3, 2, 1]


def test_each_extra_is_a_parameter_by_itself_and_null_takes_away_those_beneath() -> None:
    matrix = made(
        evaluation={"parameters": {"extra": {"top_k": 7, "min_p": 0.1}}},
        conversations=[
            {
                "id": "x",
                "parameters": {"extra": {"top_k": 3}},
                "turns": [
                    {"user": "1", "parameters": {"extra": {"mirostat": 2}}},
                    {"user": "2", "parameters": {"seed": 1}},
                    {"user": "3", "parameters": {"extra": None}},
                ],
            }
        ],
    )
    lines = next(matrix.trials(matrix.targets[0])).script.lines
    assert [line.parameters["extra"] for line in lines] == [
        {"top_k": 3, "min_p": 0.1, "mirostat": 2},
        {"top_k": 3, "min_p": 0.1},
        None,
    ]


def test_parameters_are_sent_with_the_data_of_the_case() -> None:
    wanted = {"type": "json_schema", "json_schema": {"name": "n", "schema": "{{schema}}"}}
    matrix = made(
        evaluation={"parameters": {"response_format": wanted}},
        conversations=[
            {"id": "c", "vars": {"schema": {"type": "object"}}, "turns": [{"user": "hi"}]}
        ],
    )
    (line,) = next(matrix.trials(matrix.targets[0])).script.lines
    assert line.parameters["response_format"]["json_schema"]["schema"] == {"type": "object"}


def test_a_variants_template_wraps_what_is_said_and_leaves_the_question() -> None:
    matrix = made(
        conversations=[conversation("x", "Who?")],
        variants={"plain": {}, "brief": {"user": "{{user}} Be brief."}},
    )
    plain, brief = matrix.trials(matrix.targets[0])
    assert brief.script.lines[0].user == "Who? Be brief."
    assert plain.question.sha256 == brief.question.sha256


def test_the_question_is_users_replies_tools_and_demands_and_nothing_else() -> None:
    def fingerprint(**more: Any) -> str:
        document = conversation("x", "Who?")
        document["turns"][0].update(more.pop("turn", {}))
        matrix = made(conversations=[{**document, **more}])
        return next(matrix.trials(matrix.targets[0])).question.sha256

    same = fingerprint()
    assert fingerprint(system="other", parameters={"temperature": 1}) == same
    assert fingerprint(id="renamed", description="d", tags=["t"], must_pass=True) == same
    assert fingerprint(tools=[{"type": "function"}]) == same
    assert fingerprint(turn={"parameters": {"seed": 1}}) == same
    assert fingerprint(turn={"user": "Who then?"}) != same
    assert fingerprint(turn={"assistant": "me"}) != same
    assert fingerprint(turn={"assert": [{"type": "is-json"}]}) != same
    assert fingerprint(turn={"tool_results": [{"name": "f", "result": 1}]}) != same
    assert fingerprint(**{"assert": [{"type": "is-json"}]}) != same


def test_the_defaults_assertions_join_every_conversation() -> None:
    matrix = made(
        defaults={"assert": [{"type": "latency", "threshold": 1}]},
        conversations=[{**conversation("x"), "assert": [{"type": "is-json"}]}],
    )
    trial = next(matrix.trials(matrix.targets[0]))
    assert [a.type for a in trial.question.assertions] == ["is-json", "latency"]


@pytest.mark.parametrize(
    ("selection", "chosen"),
    [
        (Selection(keyword="founders"), ["founders"]),
        (Selection(keyword="not founders"), ["capitals fr", "capitals #2"]),
        (Selection(keyword="fr"), ["capitals fr"]),
        (Selection(keyword="smoke"), ["founders"]),
        (Selection(tags=("smoke",)), ["founders"]),
        (Selection(tags=("smoke", "facts")), ["founders", "capitals fr", "capitals #2"]),
    ],
)
def test_conversations_and_cases_are_chosen_by_word_and_tag(
    selection: Selection, chosen: list[str]
) -> None:
    matrix = made(
        selection,
        conversations=[
            conversation("founders", tags=["smoke"]),
            conversation("capitals", tags=["facts"], cases=[{"id": "fr"}, {"n": 1}]),
        ],
    )
    found = [
        " ".join(filter(None, (t.id.conversation, t.id.case)))
        for t in matrix.trials(matrix.targets[0])
    ]
    assert found == chosen
    assert matrix.count == 2 * len(chosen)


def test_repeats_on_the_command_line_replace_the_specs() -> None:
    matrix = made(Selection(repeats=5), conversations=[conversation("x")])
    assert matrix.count == 2 * 5
    assert matrix.requests == {"p/a": 5, "p/b": 5}


def test_scripted_turns_are_no_requests() -> None:
    turns = [{"user": "1", "assistant": "a"}, {"user": "2"}]
    assert made(conversations=[{"id": "x", "turns": turns}]).requests["p/a"] == 1


def test_a_program_chooses_conversations_by_their_whole_id() -> None:
    several = [conversation("founders"), conversation("founders-again", tags=["founders"])]
    chosen = made(Selection(conversations=("founders",)), conversations=several)
    assert {name for _, name, *_ in ids(chosen)} == {"founders"}
    with pytest.raises(RequestError, match="by the name 'found'"):
        made(Selection(conversations=("found",)), conversations=several)


def test_nothing_selected_is_refused_with_what_there_is() -> None:
    with pytest.raises(RequestError) as refused:
        made(Selection(keyword="nope"), conversations=[conversation("founders", tags=["smoke"])])
    assert "conversations: founders" in str(refused.value)
    with pytest.raises(RequestError, match="the spec has no conversations"):
        made(conversations=[])


def test_a_hundred_thousand_cases_take_the_memory_of_one() -> None:
    def many(_: Conversation) -> Iterator[Mapping[str, Any]]:
        for number in range(100_000):
            yield {"id": str(number), "text": "x" * 100}

    spec = Spec.model_validate(
        {
            "version": 1,
            "name": "x",
            "providers": {"p": PROVIDER},
            "conversations": [conversation("x", "{{text}}", cases="data.csv")],
        }
    )
    tracemalloc.start()
    try:
        matrix = expand(spec, select_targets(spec), EVERYTHING, many)
        trials = matrix.trials(matrix.targets[0])
        for _ in range(1000):
            next(trials)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert matrix.count == 200_000
    assert peak < 1_000_000
