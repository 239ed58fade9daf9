"""The scripts that post the comment of a pull request, against what stands in for each service."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import yaml

from harness.app.starting.project import make_pipeline

COMMENT = '<!-- harness: starter -->\n\n## ✓ Held: `starter`\n\n- 100 % & "more"\n'
MARK = COMMENT.splitlines()[0]

GH = """#!/bin/bash
# Downloads what smoke left, lists comments as the service does, and notes what is written.
case "$1 $2" in
  "run download") [ -d artifact ] || exit 1; cp -R artifact smoke;;
  "api --paginate") shift 4; jq --raw-output "$1" comments.json;;
  *) echo "$*" >> calls.txt; for word in "$@"; do case "$word" in body=@*) cp "${word#body=@}" sent.md;; esac; done;;
esac
"""  # noqa: E501


def script_of(service: str) -> str:
    """The script of the job that comments, as the service hands it to a shell."""
    text = make_pipeline(service).text
    document: dict[str, Any] = yaml.safe_load(text)
    match service:
        case "github":
            return str(document["jobs"]["comment"]["steps"][0]["run"])
        case "azure":
            steps = document["stages"][0]["jobs"][1]["steps"]
            return str(next(step["bash"] for step in steps if "bash" in step))
        case _:
            return "\n".join(document["harness-comment"]["script"])


def carry_out(service: str, folder: Path, **environment: str) -> str:
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script_of(service)],
        cwd=folder,
        env={"PATH": f"{folder}/bin:{os.environ['PATH']}", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


# --- GitHub -----------------------------------------------------------------------------------


@pytest.fixture
def github(tmp_path: Path) -> Path:
    for name in ("bin", "artifact"):
        (tmp_path / name).mkdir()
    (tmp_path / "bin" / "gh").write_text(GH, encoding="utf-8")
    (tmp_path / "bin" / "gh").chmod(0o755)
    (tmp_path / "artifact" / "comment.md").write_text(COMMENT, encoding="utf-8")
    return tmp_path


def on_github(folder: Path, *comments: tuple[int, str, str]) -> str:
    listed = [{"id": at, "user": {"login": who}, "body": body} for at, who, body in comments]
    (folder / "comments.json").write_text(json.dumps(listed), encoding="utf-8")
    repository = {"GITHUB_REPOSITORY": "me/bot", "GITHUB_RUN_ID": "7", "NUMBER": "12"}
    carry_out("github", folder, **repository)
    calls = folder / "calls.txt"
    return calls.read_text(encoding="utf-8") if calls.exists() else ""


def test_github_gets_a_comment_where_there_is_none_of_ours(github: Path) -> None:
    others = [(1, "ada", f"{MARK}\n\nfake"), (2, "github-actions[bot]", "another tool's")]
    assert "--method POST repos/me/bot/issues/12/comments" in on_github(github, *others)
    assert (github / "sent.md").read_text(encoding="utf-8") == COMMENT


def test_github_has_its_comment_updated(github: Path) -> None:
    said = on_github(github, (1, "ada", "hi"), (5, "github-actions[bot]", f"{MARK}\n\nold"))
    assert "--method PATCH repos/me/bot/issues/comments/5" in said
    assert (github / "sent.md").read_text(encoding="utf-8") == COMMENT


def test_github_gets_none_where_the_smoke_job_left_nothing(github: Path) -> None:
    (github / "artifact" / "comment.md").unlink()
    assert on_github(github) == ""
    (github / "artifact").rmdir()
    assert on_github(github) == ""


# --- Azure and GitLab, over HTTP --------------------------------------------------------------


@dataclass
class Service:
    """What a service answers by path, and what it is told."""

    answers: dict[str, tuple[Any, dict[str, str]]] = field(default_factory=dict)
    told: list[tuple[str, str, str, str]] = field(default_factory=list)
    """Method, path, credential, text of the comment."""
    url: str = ""


@pytest.fixture
def service() -> Iterator[Service]:
    known = Service()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
            credential = self.headers.get("authorization") or self.headers.get("private-token")
            if self.command != "GET":
                known.told.append((self.command, self.path, credential or "", _read(body)))
            found, headers = known.answers.get(self.path, ({}, {}))
            self.send_response(200 if self.command != "GET" or self.path in known.answers else 404)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(json.dumps(found).encode())

        do_GET = do_POST = do_PUT = do_PATCH = answer  # noqa: N815 - the base class's names

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield known
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _read(body: str) -> str:
    """Return the text of a comment, from JSON or from a form."""
    if not body.startswith("{"):
        return parse_qs(body)["body"][0]
    document = json.loads(body)
    return str(document.get("content") or document["comments"][0]["content"])


THREADS = "/me/1/_apis/git/repositories/2/pullRequests/3/threads"


def on_azure(service: Service, folder: Path, *threads: dict[str, Any]) -> None:
    service.answers[f"{THREADS}?api-version=7.1"] = {"value": list(threads)}, {}
    (folder / "smoke").mkdir(exist_ok=True)
    (folder / "smoke" / "comment.md").write_text(COMMENT, encoding="utf-8")
    variables = {
        "SYSTEM_ACCESSTOKEN": "token",
        "SYSTEM_COLLECTIONURI": f"{service.url}/me/",
        "SYSTEM_TEAMPROJECTID": "1",
        "BUILD_REPOSITORY_ID": "2",
        "SYSTEM_PULLREQUEST_PULLREQUESTID": "3",
    }
    carry_out("azure", folder, **variables)


def test_azure_gets_a_thread_once_and_then_its_comment_updated(
    service: Service, tmp_path: Path
) -> None:
    other = {"id": 4, "comments": [{"id": 1, "content": "hi"}, {"id": 2}]}
    on_azure(service, tmp_path, other)
    assert service.told == [("POST", f"{THREADS}?api-version=7.1", "Bearer token", COMMENT)]
    service.told.clear()
    on_azure(
        service, tmp_path, other, {"id": 9, "comments": [{"id": 1, "content": f"{MARK}\nold"}]}
    )
    at = f"{THREADS}/9/comments/1?api-version=7.1"
    assert service.told == [("PATCH", at, "Bearer token", COMMENT)]


NOTES = "/projects/1/merge_requests/2/notes"


def on_gitlab(service: Service, folder: Path, *pages: list[dict[str, Any]]) -> None:
    service.answers["/user"] = {"id": 77}, {}
    for number, notes in enumerate(pages, start=1):
        following = str(number + 1) if number < len(pages) else ""
        address = f"{NOTES}?per_page=100&page={number}"
        service.answers[address] = notes, {"X-Next-Page": following}
    (folder / "reports" / "smoke").mkdir(parents=True, exist_ok=True)
    (folder / "reports" / "smoke" / "comment.md").write_text(COMMENT, encoding="utf-8")
    variables = {
        "HARNESS_GITLAB_TOKEN": "token",
        "CI_API_V4_URL": service.url,
        "CI_PROJECT_ID": "1",
        "CI_MERGE_REQUEST_IID": "2",
    }
    carry_out("gitlab", folder, **variables)


def test_gitlab_gets_a_note_once_and_then_its_note_updated_wherever_it_stands(
    service: Service, tmp_path: Path
) -> None:
    fake = {"id": 4, "author": {"id": 1}, "body": f"{MARK}\nfake"}
    on_gitlab(service, tmp_path, [fake])
    assert service.told == [("POST", NOTES, "token", COMMENT)]
    service.told.clear()
    ours = {"id": 9, "author": {"id": 77}, "body": f"{MARK}\nold"}
    on_gitlab(service, tmp_path, [fake], [ours])
    assert service.told == [("PUT", f"{NOTES}/9", "token", COMMENT)]


@pytest.mark.parametrize("name", ["azure", "gitlab"])
def test_nothing_is_sent_where_there_is_no_comment(
    name: str, service: Service, tmp_path: Path
) -> None:
    assert "no verdict" in carry_out(name, tmp_path)
    assert service.told == []
