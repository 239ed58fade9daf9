"""`similar` through models of sentence-transformers: random weights, computed without a network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.servers.programs import environment

pytestmark = pytest.mark.servers

REPLY = "a cat sat on the mat"
NEAR, FAR = "the cat sat on a mat", "stocks fell sharply today"
TINY = "harness/tiny-embeddings"


@dataclass(frozen=True, slots=True)
class Done:
    """What was evaluated in a project of its own."""

    folder: Path
    codes: dict[str, int]
    asked: list[str]
    said: str

    def result(self, name: str) -> dict[str, Any]:
        path = self.folder / "out" / name / "results.jsonl"
        (line,) = path.read_text(encoding="utf-8").splitlines()
        found: dict[str, Any] = json.loads(line)
        return found

    def info(self, name: str) -> dict[str, Any]:
        path = self.folder / "out" / name / "run.json"
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found


def spec(model: str, *checks: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": 1,
        "name": "near",
        "cloud": "simulator",
        "providers": {
            "here": {
                "type": "sentence-transformers",
                "models": {
                    "words": {"path": "models/words"},
                    "code": {"path": "models/code"},
                    TINY: {},
                    "absent": {},
                },
            },
            "far": {
                "type": "openai-compatible",
                "base_url": "http://127.0.0.1:9/v1",
                "models": {"m": {}},
            },
        },
        "simulator": {"replies": [{"on": "last_user", "match": ".", "reply": REPLY}]},
        "evaluation": {"embeddings": {"target": f"here/{model}"}},
        "conversations": [{"id": "near", "turns": [{"user": "Where?", "assert": list(checks)}]}],
    }


@pytest.fixture(scope="module")
def done(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Done:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    site = environment(project, "transformers").parent / "lib" / version / "site-packages"
    folder, cache = tmp_path_factory.mktemp("near"), tmp_path_factory.mktemp("hub")
    for made in (".harness", "models"):
        (folder / made).mkdir()
    near = {"type": "similar", "value": NEAR, "threshold": 0.9}
    far = {"type": "not-similar", "value": FAR, "threshold": 0.5}
    same = {"type": "similar:euclidean", "value": REPLY, "threshold": 0.001}
    specs = {
        "words": spec("words", near, far, same),
        "cached": spec(TINY, {**near, "value": [FAR, REPLY]}),
        "absent": spec("absent", near),
        "code": spec("code", near),
    }
    for name, document in specs.items():
        (folder / f"{name}.yaml").write_text(json.dumps(document), encoding="utf-8")
    seen = {"PATH": os.environ["PATH"], "HOME": str(folder), "HF_HUB_CACHE": str(cache)}
    script = Path(__file__).with_name("embedding.py")
    ran = subprocess.run(
        [sys.executable, script, site, cache],
        cwd=folder,
        env=seen,
        capture_output=True,
        check=False,
    )
    _, made, said = ran.stderr.decode().partition("the models are made\n")
    assert made, ran.stderr.decode()
    assert ran.returncode == 0, said
    told = json.loads((folder / "done.json").read_text(encoding="utf-8"))
    return Done(folder, told["codes"], told["asked"], said)


def test_what_shares_words_is_nearer_than_what_shares_none(done: Done) -> None:
    assert done.codes["recorded"] == 0, done.said
    near, far, same = done.result("recorded")["turns"][0]["checks"]
    assert near["score"] > 0.95
    assert far["score"] > 0.5
    assert same["score"] == pytest.approx(1.0, abs=1e-3)


def test_it_costs_nothing_its_tokens_are_counted_and_it_is_not_simulated(done: Done) -> None:
    judging = done.result("recorded")["judging"]
    texts = f"{REPLY} {NEAR} {REPLY} {FAR} {REPLY} {REPLY}"
    assert judging["input_tokens"] == len(texts.split())
    assert (judging["output_tokens"], judging["cost_usd"]) == (0, 0.0)
    info = done.info("recorded")
    assert info["embeddings"]["name"] == "here/words"
    assert info["embeddings"]["simulated"] is False
    assert info["simulated"] is True, "who replied is"


def test_a_replay_embeds_again_and_finds_the_same_where_there_is_no_network(done: Done) -> None:
    assert done.codes["replayed"] == 0, done.said
    recorded, replayed = done.result("recorded"), done.result("replayed")
    assert replayed["turns"][0]["checks"] == recorded["turns"][0]["checks"]
    targets = done.folder / "words.cassette" / "targets"
    assert [path.name for path in targets.iterdir()] == ["far.m.json"]


def test_a_model_of_the_cache_is_found_by_its_name(done: Done) -> None:
    assert done.codes["cached"] == 0, done.said
    (check,) = done.result("cached")["turns"][0]["checks"]
    assert check["score"] == pytest.approx(1.0, abs=1e-5), "one of the texts is the reply"
    assert done.result("cached")["judging"]["input_tokens"] > 0


def test_a_model_that_is_nowhere_is_said_before_anything_is_spent(done: Done) -> None:
    assert done.codes["absent"] == 2
    assert "error[H434]: the model of target here/absent is not there" in done.said
    assert "hf download sentence-transformers/absent" in done.said
    assert not (done.folder / "out" / "absent").exists()


def test_code_that_a_model_brings_is_not_run(done: Done) -> None:
    assert done.codes["code"] == 3, done.said
    (check,) = done.result("code")["turns"][0]["checks"]
    assert check["outcome"] == "errored"
    assert "the model cannot be loaded" in check["reason"]
    assert not (done.folder / "ran").exists()


def test_nobody_but_this_machine_is_asked_anything(done: Done) -> None:
    assert set(done.asked) <= {"127.0.0.1"}
    assert "Loading weights" not in done.said
    assert "Warning" not in done.said
