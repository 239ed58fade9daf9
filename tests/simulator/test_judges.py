"""Judges end to end: real answers of real models, real SDK, the simulator's rules as the judge.

What the judge will say is computed here from the answers alone, by other code than the rules'.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import run

HEAD = """
version: 1
name: judged
cloud: simulator
providers:
  openai:
    type: openai
    api_key: "${OPENAI_API_KEY}"
    models:
      candidate: {model: gpt-35-turbo, version: "VERSION"}
      judge: {model: gpt-4.1}
      embed: {model: text-embedding-3-small}
simulator:
  answers: answers.jsonl
  replies: REPLIES
evaluation:
  targets: [openai/candidate]
  judge: {target: openai/judge}
  embeddings: {target: openai/embed}
conversations:
"""
YES = json.dumps({"reason": "so it is", "score": 0.9, "pass": True})
NO = json.dumps({"reason": "it is not", "score": 0.2, "pass": False})


def recorded(path: Path, version: str) -> list[list[dict[str, str]]]:
    entries = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [e["turns"] for e in entries if e["model"] == "gpt-35-turbo" and e["version"] == version]


def judge_rules(*rules: tuple[str, str]) -> str:
    """Reply rules of the judge: a pattern over what it is asked, and what it says."""
    found = [
        {"on": "last_user", "target": "openai/judge", "match": match, "reply": reply}
        for match, reply in rules
    ]
    return json.dumps(found, ensure_ascii=False)


def write(folder: Path, version: str, rules: str, conversations: list[dict[str, Any]]) -> None:
    text = HEAD.replace("VERSION", version).replace("REPLIES", rules)
    lines = [f"  - {json.dumps(one, ensure_ascii=False)}" for one in conversations]
    (folder / "spec.yaml").write_text(text + "\n".join(lines) + "\n", encoding="utf-8")


def results(folder: Path) -> list[dict[str, Any]]:
    text = (folder / "out" / "results.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def totals(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "out" / "run.json").read_text("utf-8"))["totals"]
    return found


def test_alpacaeval_answers_are_judged_one_by_one(folder: Path, shared_data: Path) -> None:
    source = shared_data / "answers" / "alpacaeval.jsonl"
    shutil.copy(source, folder / "answers.jsonl")
    answers = recorded(source, "1106")[:60]
    rows = [{"id": str(n), "prompt": turns[0]["user"]} for n, turns in enumerate(answers)]
    (folder / "prompts.json").write_text(json.dumps(rows), encoding="utf-8")
    listed = r"(?s)\[\w+ reply\]\n(?:(?!\[\w+ end\]).)*?(?:^|\n)1\. "
    write(
        folder,
        "1106",
        judge_rules((listed, YES), ("Is it a numbered list", NO)),
        [
            {
                "id": "alpaca",
                "cases": "prompts.json",
                "turns": [
                    {
                        "user": "{{prompt}}",
                        "assert": [{"llm-rubric": "Is it a numbered list?", "threshold": 0.8}],
                    }
                ],
            }
        ],
    )
    assert run(["eval", "spec.yaml", "--output", "out", "-q"]) == 1
    expected = [
        "passed" if any(line.startswith("1. ") for line in turns[0]["assistant"].split("\n")) else
        "failed"
        for turns in answers
    ]  # fmt: skip
    assert len(set(expected)) == 2
    found = results(folder)
    assert [line["turns"][0]["assistant"] for line in found] == [t[0]["assistant"] for t in answers]
    assert [line["outcome"] for line in found] == expected
    assert totals(folder)["requests"] == 120
    assert totals(folder)["cost_usd"] > sum(line["turns"][0]["cost_usd"] for line in found)


def test_mt_bench_conversations_are_judged_as_a_whole(folder: Path, shared_data: Path) -> None:
    source = shared_data / "answers" / "mtbench-ja.jsonl"
    shutil.copy(source, folder / "answers.jsonl")
    plays = recorded(source, "0613")[:30]
    second = r"(?s)assistant, turn 2\]\n(?:(?!\[\w+ end\]).)*```"
    write(
        folder,
        "0613",
        judge_rules((second, YES), ("Code comes", NO)),
        [
            {
                "id": f"mt{n}",
                "turns": [{"user": turn["user"]} for turn in turns],
                "assert": [{"not-llm-rubric": "Code comes in the second reply."}],
            }
            for n, turns in enumerate(plays)
        ],
    )
    run(["eval", "spec.yaml", "--output", "out", "-q"])
    expected = ["failed" if "```" in turns[1]["assistant"] else "passed" for turns in plays]
    assert len(set(expected)) == 2
    found = results(folder)
    assert [line["outcome"] for line in found] == expected
    assert [line["judging"]["requests"] for line in found] == [1] * len(plays)


EVERY_KIND = [
    {"llm-rubric": "Fine."}, {"g-eval": ["Brief.", "Right."]}, {"factuality": "Paris."},
    {"model-graded-closedqa": "A city."}, "answer-relevance", "conversation-relevance",
    "context-faithfulness", {"context-recall": "Paris."}, "context-relevance",
]  # fmt: skip


def everything() -> list[dict[str, Any]]:
    return [
        {
            "id": "capital",
            "vars": {"context": "Paris is the capital of France."},
            "turns": [
                {"user": "Capital of France?", "assert": EVERY_KIND},
                {
                    "user": "Say it again.",
                    "assert": [
                        {"similar": "Paris, the capital."},
                        {"not-similar": "Bananas grow where winters are warm"},
                        {"similar:euclidean": "Paris, the capital."},
                    ],
                },
            ],
        }
    ]


@pytest.fixture
def no_answers(folder: Path) -> Path:
    (folder / "answers.jsonl").write_text("", encoding="utf-8")
    return folder


@pytest.mark.parametrize(("reply", "outcome", "code"), [(YES, "passed", 0), (NO, "failed", 1)])
def test_one_rule_on_the_verdict_answers_every_kind_of_judge(
    no_answers: Path, reply: str, outcome: str, code: int
) -> None:
    rules = json.dumps(
        [
            {"on": "system", "match": "verdict", "reply": reply},
            {"on": "last_user", "match": ".", "reply": "Paris, the capital."},
        ]
    )
    write(no_answers, "1106", rules, everything())
    assert run(["eval", "spec.yaml", "--output", "out", "-q"]) == code
    (line,) = results(no_answers)
    assert line["outcome"] == outcome
    assert [check["outcome"] for check in line["turns"][0]["checks"]] == [outcome] * len(EVERY_KIND)
    assert [check["outcome"] for check in line["turns"][1]["checks"]] == ["passed"] * 3
    assert line["judging"]["requests"] == len(EVERY_KIND) + 1 + 3


def test_answer_relevance_embeds_the_questions_that_the_judge_found(no_answers: Path) -> None:
    def relevance(*questions: str) -> float:
        said = json.dumps({"reason": "r", "questions": questions})
        conversation = {
            "id": "relevant",
            "turns": [{"user": "What is the capital of France?", "assert": ["answer-relevance"]}],
        }
        write(no_answers, "1106", judge_rules(("To find", said)), [conversation])
        assert run(["eval", "spec.yaml", "--output", "out", "-q"]) == 0
        score: float = results(no_answers)[0]["score"]
        shutil.rmtree(no_answers / "out")
        return score

    near = relevance("What is the capital of France?", "Which city is the capital of France?")
    far = relevance("How do bananas grow?", "Who wrote that song?")
    assert far < 0.5 < near


def test_a_prompt_of_ones_own_may_stand_in_a_file_and_says_what_is_judged(
    no_answers: Path,
) -> None:
    (no_answers / "prompt.txt").write_text(
        "Tone wanted: {{tone}}\nCheck: {{rubric}}\n{{output}}\nNow decide.", encoding="utf-8"
    )
    wanted = (
        r"(?s)^Tone wanted: dry\nCheck: Short\.\n\[\w+ reply\]\nBrief\.\n\[\w+ end\]\nNow decide\.$"
    )
    rules = [
        {"on": "last_user", "match": wanted, "reply": YES},
        {"on": "system", "match": "verdict", "reply": NO},
        {"on": "last_user", "match": ".", "reply": "Brief."},
    ]
    check = {"llm-rubric": "Short.", "rubric_prompt": "file://prompt.txt"}
    conversation = {
        "id": "own",
        "vars": {"tone": "dry"},
        "turns": [{"user": "Hi", "assert": [check]}],
    }
    write(no_answers, "1106", json.dumps(rules), [conversation])
    assert run(["eval", "spec.yaml", "--output", "out", "-q"]) == 0


def test_a_recording_gives_no_embeddings(
    no_answers: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(no_answers, "1106", "[]", everything())
    spoken = {"model": "embed", "version": "1", "turns": [{"user": "Hi", "assistant": "Hello"}]}
    (no_answers / "answers.jsonl").write_text(json.dumps(spoken), encoding="utf-8")
    spec = no_answers / "spec.yaml"
    old = "  old: {type: recorded, answers: answers.jsonl, models: {embed: {}}}"
    text = spec.read_text(encoding="utf-8").replace("providers:", f"providers:\n{old}")
    spec.write_text(text.replace("openai/embed", "old/embed"), encoding="utf-8")
    assert run(["eval", "spec.yaml"]) == 2
    assert "target old/embed gives no embeddings" in capsys.readouterr().err


def test_a_judge_that_is_not_deployed_ends_as_any_deployment_that_is_not_there(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "spec.yaml").write_text(
        """
version: 1
name: trial
cloud: simulator
resource_group: {name: rg, region: swedencentral, create: true}
accounts:
  sweden:
    region: swedencentral
    deployments: {judge: {model: gpt-4.1-mini, version: "2025-04-14"}}
providers:
  openai: {type: openai, api_key: "${OPENAI_API_KEY}", models: {gpt-4o: {}}}
simulator: {date: 2026-09-01}
evaluation: {judge: {target: sweden/judge}}
conversations: [{id: hello, turns: [{user: hi, assert: [{llm-rubric: Polite.}]}]}]
""",
        encoding="utf-8",
    )
    assert run(["eval", "spec.yaml", "--output", "out"]) == 3
    assert "harness apply" in capsys.readouterr().err
    (line,) = results(folder)
    assert line["error"]["kind"] == "judge"
    assert line["turns"][0]["assistant"], "what the candidate said is kept"


def test_one_rule_of_the_simulator_chooses_the_best_of_several(folder: Path) -> None:
    (folder / "spec.yaml").write_text(
        """
version: 1
name: best
cloud: simulator
providers:
  openai:
    type: openai
    api_key: "${OPENAI_API_KEY}"
    models: {gpt-4o: {}, gpt-4.1-mini: {}, judge: {model: gpt-4.1}}
simulator:
  replies:
    - {on: system, match: verdict, reply: '{"reason": "short", "best": 1}'}
    - {on: last_user, match: hi, reply: "Hello."}
evaluation: {targets: [openai/gpt-4o, openai/gpt-4.1-mini], judge: {target: openai/judge}}
conversations: [{id: hello, turns: [{user: hi, assert: [{select-best: The shorter one}]}]}]
""",
        encoding="utf-8",
    )
    assert run(["eval", "spec.yaml", "--output", "out", "-q"]) == 1
    described = json.loads((folder / "out" / "run.json").read_text("utf-8"))
    judges = [(one["name"], one["model"], one["simulated"]) for one in described["judges"]]
    assert judges == [("openai/judge", "gpt-4.1", True)]
    assert "embeddings" not in described
    assert sorted(line["outcome"] for line in results(folder)) == ["failed", "passed"]
    assert totals(folder)["requests"] == 3
    first = [line["outcome"] for line in results(folder)]
    shutil.rmtree(folder / "out")
    assert run(["eval", "spec.yaml", "--output", "out", "-q"]) == 1
    assert [line["outcome"] for line in results(folder)] == first


LABELS = """
version: 1
name: labels
cloud: simulator
providers: {openai: {type: openai, api_key: "${OPENAI_API_KEY}", models: {judge: {model: gpt-4.1}}}}
simulator:
  replies:
    - {on: last_user, match: '(?s)\\[\\w+ reply\\]\\n.{600,}\\n\\[\\w+ end\\]', reply: 'NO'}
    - {on: system, match: verdict, reply: 'YES'}
evaluation: {judge: {target: openai/judge}BUDGET}
"""


def labels_spec(folder: Path, *, budget: str = "", no: str = NO) -> None:
    text = LABELS.replace("'NO'", f"'{no}'").replace("'YES'", f"'{YES}'")
    (folder / "spec.yaml").write_text(text.replace("BUDGET", budget), encoding="utf-8")


def test_a_judge_is_calibrated_against_what_people_said(
    folder: Path, shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = shared_data / "judged" / "halueval.jsonl"
    labels_spec(folder)
    command = ["judge", "calibrate", str(labels), "--spec", "spec.yaml"]
    assert run([*command, "--json", "-q"]) == 0
    found = json.loads(capsys.readouterr().out)
    rows = [json.loads(line) for line in labels.read_text(encoding="utf-8").splitlines()]
    table = {"good_passed": 0, "good_failed": 0, "bad_passed": 0, "bad_failed": 0}
    for row in rows:
        people = "bad" if row["human_hallucination"] else "good"
        table[f"{people}_{'failed' if len(row['answer']) >= 600 else 'passed'}"] += 1
    assert found["table"] == table
    assert min(table.values()) > 0
    assert found["judged"] == found["requests"] == 300
    assert found["unjudged"] == []
    assert found["simulated"] is True
    good = table["good_passed"] + table["good_failed"]
    assert found["sensitivity"]["value"] == pytest.approx(table["good_passed"] / good)
    assert run(command) == 0
    shown = capsys.readouterr().out
    assert "kappa" in shown
    assert "simulated" in shown


def test_labels_may_be_csv_and_answers_without_a_verdict_are_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    labels_spec(folder, no="cannot say")
    (folder / "labels.csv").write_text(
        f"question,answer,label\nA?,short,true\nB?,{'long ' * 150},false\nC?,brief,no\n",
        encoding="utf-8",
    )
    assert run(["judge", "calibrate", "labels.csv", "--spec", "spec.yaml"]) == 0
    shown = capsys.readouterr()
    assert "on 2 labelled answers" in shown.out
    assert 'no verdict: its reply holds no JSON: "cannot say"' in shown.err


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("labels.csv", "question,answer\nA?,b\n", "has not a label"),
        ("labels.jsonl", '{"question": "a", "label": true}\n', "has not an answer"),
        ("labels.jsonl", '{"answer": "a", "label": "perhaps"}\n', "labels.jsonl:1:1"),
        ("labels.jsonl", "", "no labelled answers"),
        ("labels.jsonl", "{", "labels.jsonl:1"),
        ("labels.txt", "x", "ends with none of"),
    ],
)
def test_labels_that_cannot_be_used_are_refused_with_their_place(
    folder: Path, name: str, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    labels_spec(folder)
    (folder / name).write_text(text, encoding="utf-8")
    assert run(["judge", "calibrate", name, "--spec", "spec.yaml"]) == 2
    assert said in capsys.readouterr().err


def test_calibrating_keeps_to_the_budget(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels_spec(folder, budget=", budget: {requests: 2}")
    rows = [{"answer": f"a{n}", "label": n % 2 == 0} for n in range(5)]
    (folder / "labels.json").write_text(json.dumps(rows), encoding="utf-8")
    assert run(["judge", "calibrate", "labels.json", "--spec", "spec.yaml"]) == 4
    shown = capsys.readouterr()
    assert "2 requests" in shown.out
    assert "requests: 2" in shown.err
