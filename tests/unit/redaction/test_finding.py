"""What looks like a secret is found wherever it hides; what looks a little like one is not."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.redaction.finding import scan, scan_value
from harness.redaction.rules import find_spots
from tests.unit.redaction.planted import SECRETS, plant

PLANTED = plant()


@pytest.mark.parametrize("kind", PLANTED)
def test_each_kind_is_found_in_a_prompt(kind: str) -> None:
    assert scan(PLANTED[kind][1])


@pytest.mark.parametrize("kind", PLANTED)
def test_each_kind_is_found_in_a_document_in_a_stream_in_base64_and_compressed(kind: str) -> None:
    text = PLANTED[kind][1]
    body = json.dumps({"messages": [{"role": "user", "content": text}]})
    arguments = json.dumps({"tool_calls": [{"function": {"arguments": json.dumps({"q": text})}}]})
    assert scan(body)
    assert scan(arguments)
    assert scan(f"event: x\ndata: {body}\n\ndata: [DONE]\n\n")
    assert scan(json.dumps({"image": base64.b64encode(body.encode()).decode()}))
    assert scan(json.dumps({"b": base64.b64encode(gzip.compress(body.encode())).decode()}))
    assert scan_value(gzip.compress(body.encode()), ())


@pytest.mark.parametrize("kind", SECRETS)
@pytest.mark.parametrize("around", ["Here it is: {}.", "({})", "`{}`", "KEY={}\n", "is {}, ok"])
def test_each_kind_is_found_whatever_stands_around_it(kind: str, around: str) -> None:
    assert scan(around.format(PLANTED[kind][0]))


@pytest.mark.parametrize("kind", PLANTED)
def test_a_finding_says_where_and_never_shows_the_secret(kind: str) -> None:
    secret, text = PLANTED[kind]
    document = json.dumps({"exchanges": [{"response": {"json": {"text": text}}}]})
    found = scan(document)
    assert {one.where for one in found} == {"exchanges[0].response.json.text"}
    assert all(secret not in one.excerpt and len(one.excerpt) < 40 for one in found)


def test_a_finding_in_a_plain_text_has_its_line_and_column() -> None:
    (found,) = scan("first line\nwrite to anna@contoso.com")
    assert (found.kind, found.where) == ("email", "2:10")


def test_a_key_that_a_stream_says_in_pieces_is_found() -> None:
    secret = PLANTED["openai key, old"][0]
    pieces = [secret[start : start + 3] for start in range(0, len(secret), 3)]
    events = [
        json.dumps({"choices": [{"index": 0, "delta": {"content": piece}}]}) for piece in pieces
    ]
    assert scan("".join(f"data: {event}\n\n" for event in events))
    assert scan(json.dumps({"lines": [f"data: {event}" for event in events]}))


def test_a_private_key_kept_line_by_line_is_found() -> None:
    lines = PLANTED["private key"][0].split("\n")
    assert scan(json.dumps({"response": {"lines": lines}}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("key1", "0a1b2c3d4e5f"),
        ("primaryKey", "Zm9vYmFyMTIzNDU2"),
        ("client_secret", "p4ssw0rd-of-an-app"),
        ("password", "hunter2"),
        ("access_token", "0.AX0Abc123Def456Ghi789"),
        ("refresh_token", "1.AX0Abc123Def456Ghi789"),
        ("x-functions-key", "Zm9vYmFyMTIzNDU2Nzg5"),
        ("set-cookie", "sid=s3cr3tValue; HttpOnly"),
        ("authorization", "SharedKey account:c2lnbmF0dXJl"),
        ("connectionString", "InstrumentationKey=0f1e2d3c4b5a"),
        ("aws_secret_access_key", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY"),
    ],
)
def test_a_field_gives_its_value_away(name: str, value: str) -> None:
    assert scan(json.dumps({name: value}))
    assert scan(json.dumps({"deep": [{name: [value]}]}))


@pytest.mark.parametrize(
    "text",
    [
        '{"id": "chatcmpl-CJ3pVq8mYw1Zk2Xb4Nf6Rt9Lh5Ds"}',
        '{"id": "resp_68c1f2a4b9d08190a7e5c3f1b2d4e6f80a9b1c3d5e7f9021"}',
        '{"id": "call_Ab3dEf6hIj9kLm2nOp5qRs8t"}',
        '{"system_fingerprint": "fp_44709d6fcb"}',
        '{"x-request-id": "46b5e0d8a1c24f7e9b3d6a5c8f0e1d2b"}',
        '{"apim-request-id": ["46b5e0d8-a1c2-4f7e-9b3d-6a5c8f0e1d2b"]}',
        '{"keyVersion": "46b5e0d8a1c24f7e9b3d6a5c8f0e1d2b"}',
        "the md5 is 5d41402abc4b2a76b9719d911017c592",
        "MD5: 5d41402abc4b2a76b9719d911017c592",
        "commit 0a1b2c3d4e5f60718293a4b5c6d7e8f901234567",
        '{"api_key": "<your key>", "password": "***", "token": "${TOKEN}"}',
        '{"authorization": "Bearer REDACTED"}',
        '{"max_tokens": 12, "token": "unbelievable", "logprob": -0.1}',
        'api_key = os.environ["AZURE_OPENAI_API_KEY"]',
        "Use `Authorization: Bearer <token>` or `sk-...`",
        "sk-learn-is-spelled-scikit-learn-in-full",
        "write to someone@example.com, or to you@mail.example.org",
        "git clone git@github.com:owner/name.git",
        "![logo](logo@2x.png) and pip install x@1.2.3",
        "postgres://user:${PASSWORD}@localhost/x",
        '{"type": "object", "properties": {"password": {"type": "string"}}}',
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
        "api-version=2024-10-21, sdk-for-python-and-for-typescript-in-full",
        "a key-value-pairs-in-a-long-hyphenated-name, pat-on-the-back-for-everybody-here",
        "call s.getElementsByClassNames() and re_compile_all_the_patterns_again",
        "secret_of_the_old_house_on_the_hill_and_of_the_lake",
        "arn:aws:iam::123456789012:role/a-secret/of/a-very-long-path/to/some/Role",
        "Slack: https://hooks.slack.com/services/<your webhook>",
        "密码是什么？请用中文回答，谢谢。",
        "The password: a story of forgetting",
    ],
)
def test_ids_examples_and_prose_are_no_secrets(text: str) -> None:
    assert scan(text) == ()


def test_a_signature_may_begin_with_an_escape() -> None:
    assert scan("https://x.net/c?sv=1&sig=%2BNeDRKXBpmw9A9D5qm2q5jUWGnJN6Og3b%2BPGYbYT5Fk%3D")
    assert scan("set PASSWORD=%MY_PASSWORD_1%") == ()


def test_embeddings_and_encrypted_reasoning_are_no_secrets() -> None:
    import random

    rng = random.Random(3)
    for _ in range(20):
        embedding = base64.b64encode(rng.randbytes(6144)).decode()
        reasoning = base64.urlsafe_b64encode(b"\x80" + rng.randbytes(1500)).decode()
        body = {"data": [{"embedding": embedding}], "encrypted_content": reasoning}
        assert scan(json.dumps(body)) == ()


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_nesting_without_end_is_read_as_text(opening: str) -> None:
    assert scan(opening * 100_000) == ()
    assert scan(opening * 100_000 + '"' + PLANTED["jwt"][0])


def test_a_text_within_a_text_within_a_text_is_opened() -> None:
    text = PLANTED["e-mail address"][1]
    for _ in range(4):
        text = json.dumps({"again": text})
    assert scan(text)


def strings(part: Any) -> list[str]:
    if isinstance(part, dict):
        return [text for value in part.values() for text in strings(value)]
    if isinstance(part, list):
        return [text for value in part for text in strings(value)]
    return [part] if isinstance(part, str) else []


def test_in_real_answers_nothing_but_real_addresses_is_found(shared_data: Path) -> None:
    answers = 0
    found: list[str] = []
    for file in sorted((shared_data / "answers").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            answers += 1
            found += [one.kind for one in scan(line)]
    assert answers > 1000
    assert set(found) <= {"email"}
    assert len(found) / answers < 0.02


def test_in_real_recordings_each_finding_is_a_key_a_signature_or_a_cookie(
    shared_data: Path,
) -> None:
    places = set()
    for file in sorted((shared_data / "recordings").glob("*/*.yaml")):
        with file.open(encoding="utf-8") as stream:
            document = yaml.load(stream, yaml.CSafeLoader)
        for one in scan(json.dumps(document, default=lambda data: data.decode("latin-1"))):
            places.add((one.kind, one.where.rpartition(".")[2].partition("[")[0].lower()))
    assert places <= {
        ("azure-key", "key1"),
        ("azure-key", "key2"),
        ("azure-key", "api-key"),
        ("sas", "azure-asyncoperation"),
        ("sas", "location"),
        ("sas", "uri"),
        ("field", "set-cookie"),
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a" * 16 + "1" * 16, False),  # 1 bit a character
        ("ab12" * 8, False),  # 2 bits
        ("abc123" * 5 + "ab", True),  # 2.58 bits
        ("0f1e2d3c4b5a69788796a5b4c3d2e1f0", True),
    ],
)
def test_a_key_of_hexadecimal_digits_has_two_and_a_half_bits_a_character(
    text: str, found: bool
) -> None:
    assert bool(scan(f"use {text} for it")) is found


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("api_key", "a1a1a1a1a1a1a1a1", False),  # 1 bit a character
        ("api_key", "abc1abc1abc1abc1", False),  # 2 bits
        ("api_key", "abc123abc123abc123", True),  # 2.58 bits
        ("session_key", "aB1aB1aB1aB1aB1aB1cdefghi", False),  # 3.3 bits
        ("page_token", "aB1cD2eF3gH4iJ5kL6mN7", True),
    ],
)
def test_a_value_of_a_secret_field_has_as_many_bits_a_character_as_its_name_asks_for(
    name: str, value: str, found: bool
) -> None:
    assert bool(scan(json.dumps({name: value}))) is found


def test_of_two_secrets_that_overlap_all_is_hidden() -> None:
    """A key so long that only its end can be the beginning of an address."""
    text = f"sk-{'aB3dE5gH7j' * 8}@contoso.com"
    (spot,) = find_spots(text)
    assert (spot.start, spot.end) == (0, len(text))


@pytest.mark.parametrize("name", ["prompt_cache_key", "publicKey", "partition-key", "skipToken"])
def test_a_field_that_only_sounds_like_a_secret_keeps_its_value(name: str) -> None:
    value = "aB3dE5gH7jK9mN1pQ3sT"
    assert find_spots(value, name) == ()
    assert find_spots(value, "some_key") != ()
