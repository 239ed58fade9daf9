"""What is hidden is gone and stays the same; what is known comes back; nothing else is touched."""

from __future__ import annotations

import base64
import gzip
import json
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.redaction.finding import scan, scan_value
from harness.redaction.hiding import KEPT_HEADERS, Redaction
from tests.unit.redaction.planted import plant

PLANTED = plant(11)
SUBSCRIPTION = "8b3c1f7e-5a2d-4c69-9e0b-d41f6a7c2e95"
SIGNATURE = PLANTED["signed poll"][0]
TENANT = "d2c4e6f8-1a3b-4c5d-8e7f-90a1b2c3d4e5"
KNOWN = {
    SUBSCRIPTION: "00000000-0000-0000-0000-000000000000",
    "https://contoso-prod.openai.azure.com": "https://sweden.account.invalid",
    "contoso-prod": "harness-sweden",
    'k+/y="q"': "key-of-sweden",
    "Åsas hemlighet": "a-variable",
}


@pytest.fixture
def redaction() -> Redaction:
    return Redaction(KNOWN)


def in_a_prompt(text: str) -> str:
    return json.dumps({"messages": [{"role": "user", "content": text}]}, ensure_ascii=False)


def in_a_reply(text: str) -> str:
    return json.dumps({"choices": [{"message": {"content": f"You said: {text}"}}]})


def in_arguments(text: str) -> str:
    call = {"function": {"name": "login", "arguments": json.dumps({"q": text})}}
    return json.dumps({"choices": [{"message": {"tool_calls": [call]}}]})


def in_a_stream(text: str) -> str:
    pieces = [text[start : start + 5] for start in range(0, len(text), 5)]
    events = [json.dumps({"choices": [{"index": 0, "delta": {"content": p}}]}) for p in pieces]
    return "".join(f"data: {event}\n\n" for event in (*events, "[DONE]"))


def in_a_stream_of_responses(text: str) -> str:
    pieces = [text[start : start + 4] for start in range(0, len(text), 4)]
    kind = "response.output_text.delta"
    events = [{"type": kind, "item_id": "msg_1", "delta": piece} for piece in pieces]
    events.append({"type": "response.output_text.done", "item_id": "msg_1", "text": text})
    return "".join(f"event: {e['type']}\ndata: {json.dumps(e)}\n\n" for e in events)


def in_base64(text: str) -> str:
    return json.dumps({"data": base64.b64encode(text.encode()).decode()})


def in_compressed_base64(text: str) -> str:
    data = gzip.compress(json.dumps({"text": text}).encode())
    return json.dumps({"data": base64.urlsafe_b64encode(data).decode()})


PLACES = (
    in_a_prompt, in_a_reply, in_arguments, in_a_stream, in_a_stream_of_responses, in_base64,
    in_compressed_base64,
)  # fmt: skip


def all_of(text: str) -> str:
    """A text with everything in it opened, as somebody would who wants what is in it."""
    opened = [text]
    for token in text.replace('"', " ").split():
        try:
            data = base64.b64decode(token.replace("-", "+").replace("_", "/") + "==")
        except ValueError:
            continue
        opened.append(
            (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode("latin-1")
        )
    deltas = [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: {")]
    said = [d["choices"][0]["delta"]["content"] for d in deltas if "choices" in d]
    said += [d["delta"] for d in deltas if "delta" in d]
    return "\n".join([*opened, "".join(said), "\n".join(opened).replace("\\n", "\n")])


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", PLANTED)
def test_no_planted_secret_remains(kind: str, place: object) -> None:
    assert callable(place)
    secret, text = PLANTED[kind]
    hidden = Redaction({}).hide_text(place(text))
    assert secret not in all_of(hidden)
    assert scan(hidden) == ()


@pytest.mark.parametrize("kind", PLANTED)
def test_arguments_of_a_tool_are_hidden_alike_in_pieces_and_in_one(kind: str) -> None:
    """What a client joins from a stream is sent back whole, and must be found as it was kept."""
    secret, text = PLANTED[kind]
    arguments = json.dumps({"q": text})
    hidden = Redaction({}).hide_text(in_streamed_arguments(arguments))
    assert joined_arguments(hidden) == Redaction({}).hide_text(arguments)
    assert secret not in joined_arguments(hidden)
    restored = Redaction({}).restore_text(hidden, beside=in_a_prompt(text))
    assert joined_arguments(restored) == arguments


def in_streamed_arguments(arguments: str) -> str:
    pieces = [arguments[start : start + 5] for start in range(0, len(arguments), 5)]
    calls = [{"tool_calls": [{"index": 0, "function": {"arguments": p}}]} for p in pieces]
    events = [json.dumps({"choices": [{"index": 0, "delta": call}]}) for call in calls]
    return "".join(f"data: {event}\n\n" for event in events)


def joined_arguments(stream: str) -> str:
    deltas = [json.loads(line[6:])["choices"][0]["delta"] for line in stream.split("\n") if line]
    return "".join(d["tool_calls"][0]["function"]["arguments"] for d in deltas)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", PLANTED)
def test_hiding_twice_changes_nothing(kind: str, place: object) -> None:
    assert callable(place)
    hidden = Redaction({}).hide_text(place(PLANTED[kind][1]))
    assert Redaction(KNOWN).hide_text(hidden) == hidden


@pytest.mark.parametrize("kind", PLANTED)
def test_no_planted_secret_remains_in_a_compressed_body(kind: str) -> None:
    secret, text = PLANTED[kind]
    hidden = Redaction({}).hide_bytes(gzip.compress(in_a_reply(text).encode()))
    assert secret.encode() not in gzip.decompress(hidden)
    assert scan_value(hidden, ()) == ()


def test_forty_kinds_are_planted() -> None:
    assert len(PLANTED) >= 40


def test_a_secret_between_the_bytes_of_an_image_is_blotted_out() -> None:
    image = b"\x89PNG\r\n\x1a\n\x00\x00" + b"author anna@contoso.com\x00\xff\xfe\x80"
    hidden = Redaction({}).hide_bytes(image)
    assert b"contoso" not in hidden
    assert len(hidden) == len(image)
    assert Redaction({}).hide_bytes(hidden) == hidden


def test_the_same_value_is_the_same_placeholder_wherever_and_whenever() -> None:
    secret = PLANTED["openai key, old"][0]
    one = Redaction({}).hide_text(f"a {secret} b")
    other = Redaction(KNOWN).hide_text(json.dumps({"api_key": secret}))
    assert json.loads(other)["api_key"] == one.split()[1]
    assert one.split()[1].startswith("REDACTED-openai-key-")


def test_replaced_values_are_counted_by_kind_and_known_ones_are_not(redaction: Redaction) -> None:
    redaction.hide_text(f"{SUBSCRIPTION} anna@contoso.com bob@contoso.com")
    redaction.hide_text(PLANTED["jwt"][0])
    assert redaction.replaced == {"email": 2, "jwt": 1}
    redaction.hide_text(redaction.hide_text("anna@contoso.com"))
    assert redaction.replaced["email"] == 3
    redaction.hide_document(json.dumps({"createdBy": "Anna", "tenantId": TENANT}))
    assert set(redaction.replaced) == {"email", "jwt"}


def test_what_holds_nothing_keeps_every_byte(redaction: Redaction) -> None:
    text = '{ "a" : [1.0, 1e3, "\\u00e9\\/"],\t"b":"x" ,"c": "\\ud83d\\ude00"}\r\n'
    assert redaction.hide_text(text) == text
    assert redaction.restore_text(text) == text


def test_a_document_is_changed_in_place(redaction: Redaction) -> None:
    text = '{ "n": 1.50,  "to": "anna@contoso.com", "é": "\\u00e9 anna@contoso.com" }'
    hidden = redaction.hide_text(text)
    shape = hidden.replace(json.loads(hidden)["to"], "anna@contoso.com")
    assert shape == text


@pytest.mark.parametrize(
    "written",
    [
        SUBSCRIPTION,
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/x",
        json.dumps({"endpoint": "https://contoso-prod.openai.azure.com/openai"}),
        quote('k+/y="q"', safe=""),
        f"https://x.invalid/?k={quote('k+/y=' + chr(34) + 'q' + chr(34), safe='')}&n=1",
        json.dumps({"key": 'k+/y="q"'}),
        json.dumps(json.dumps({"key": 'k+/y="q"', "who": "Åsas hemlighet"})),
        json.dumps({"who": "Åsas hemlighet"}),
        json.dumps({"who": "Åsas hemlighet"}, ensure_ascii=False),
        base64.b64encode(b'user:k+/y="q"').decode(),
        base64.urlsafe_b64encode("Åsas hemlighet och mer".encode()).decode(),
        base64.b64encode(f"{{'id': '{SUBSCRIPTION}'}}".encode()).decode().rstrip("="),
    ],
)
def test_a_known_value_goes_and_comes_back_however_it_is_written(
    written: str, redaction: Redaction
) -> None:
    hidden = redaction.hide_text(written)
    assert all(real not in all_of(hidden) for real in KNOWN)
    assert hidden != written
    assert redaction.restore_text(hidden) == written


def test_azure_writes_ids_in_any_case(redaction: Redaction) -> None:
    hidden = redaction.hide_text(f"{SUBSCRIPTION.upper()} HTTPS://Contoso-Prod.OpenAI.Azure.com")
    assert hidden == "00000000-0000-0000-0000-000000000000 https://sweden.account.invalid"


def test_another_machine_puts_its_own_values_back() -> None:
    hidden = Redaction({"https://one.openai.azure.com": "https://a.account.invalid"}).hide_text(
        '{"next": "https://one.openai.azure.com/x"}'
    )
    there = Redaction({"https://two.openai.azure.com": "https://a.account.invalid"})
    assert there.restore_text(hidden) == '{"next": "https://two.openai.azure.com/x"}'


def test_the_longest_known_value_wins() -> None:
    redaction = Redaction({"contoso": "x-short", "contoso-prod": "x-long"})
    assert redaction.hide_text("contoso-prod contoso") == "x-long x-short"


def test_a_placeholder_that_names_another_value_is_left_alone() -> None:
    redaction = Redaction({"sweden": "account-1", "norway-key": "key-of-sweden"})
    hidden = redaction.hide_text("norway-key in sweden")
    assert hidden == "key-of-sweden in account-1"
    assert redaction.hide_text(hidden) == hidden


def test_very_short_and_empty_values_are_nothing_to_hide() -> None:
    redaction = Redaction({"": "x", "abc": "y", "long-enough": ""})
    assert redaction.hide_text("abc long-enough") == "abc long-enough"


def test_an_address_of_the_prompt_comes_back_in_the_answer_beside_it(redaction: Redaction) -> None:
    request = in_a_prompt("Write to anna@contoso.com, not to bob@contoso.com.")
    answer = in_a_reply("Dear anna@contoso.com, carol@contoso.com says hello")
    hidden = redaction.hide_text(answer)
    assert "contoso" not in hidden
    restored = redaction.restore_text(hidden, beside=request)
    assert "anna@contoso.com" in restored
    assert "carol@contoso.com" not in restored


def test_only_headers_that_a_client_reads_are_kept(redaction: Redaction) -> None:
    kept = redaction.hide_headers(
        {
            "Content-Type": "application/json",
            "Retry-After": "7",
            "X-RateLimit-Remaining-Tokens": "100",
            "Set-Cookie": "sid=s3cr3t",
            "Authorization": f"Bearer {PLANTED['jwt'][0]}",
            "api-key": PLANTED["azure key, 32 digits"][0],
            "x-ms-request-id": "46b5e0d8a1c24f7e9b3d6a5c8f0e1d2b",
            "apim-request-id": TENANT,
            "Azure-AsyncOperation": f"https://management.azure.com/subscriptions/{SUBSCRIPTION}"
            f"/x?t=1&c=MIIH&s={SIGNATURE}&h=x",
            "x-ms-client-principal-name": "anna@contoso.com",
        }
    )
    assert set(kept) == {
        "content-type", "retry-after", "x-ratelimit-remaining-tokens", "x-ms-request-id",
        "azure-asyncoperation", "apim-request-id",
    }  # fmt: skip
    assert SIGNATURE not in kept["azure-asyncoperation"]
    assert SUBSCRIPTION not in kept["azure-asyncoperation"]
    assert kept["x-ms-request-id"] == "46b5e0d8a1c24f7e9b3d6a5c8f0e1d2b"
    assert kept["apim-request-id"] == TENANT
    assert {name: redaction.hide_headers(kept)[name] for name in kept} == kept


def test_no_kept_header_can_hold_a_credential() -> None:
    words = ("auth", "cookie", "key", "token", "secret", "principal", "tenant")
    assert [name for name in KEPT_HEADERS if any(word in name for word in words)] == []


MANAGEMENT = {
    "list keys": (
        {"key1": "0f" * 8 + "a1b2c3d4e5f60718", "key2": "c0ffee0123456789abcdef9876543210"},
        ["key1", "key2"],
    ),
    "keys of 2024": ({"key1": PLANTED["azure key, 84 characters"][0], "key2": "x"}, ["key1"]),
    "token": (
        {"access_token": PLANTED["jwt"][0], "refresh_token": "1.AX0Abc123Def456Ghi789", "x": 1},
        ["access_token", "refresh_token"],
    ),
    "who made it": (
        {"createdBy": "anna@contoso.com", "lastModifiedBy": "Anna Svensson", "caller": TENANT},
        ["createdBy", "lastModifiedBy", "caller"],
    ),
    "identity": ({"principalId": TENANT, "tenantId": TENANT.upper()}, ["principalId", "tenantId"]),
}


@pytest.mark.parametrize("kind", MANAGEMENT)
def test_of_what_management_says_keys_ids_and_people_are_hidden(
    kind: str, redaction: Redaction
) -> None:
    document, secret = MANAGEMENT[kind]
    assert isinstance(document, dict)
    hidden = json.loads(redaction.hide_document(json.dumps({"value": [document]})))["value"][0]
    assert all(hidden[name] != document[name] for name in secret)
    again = redaction.hide_document(json.dumps(hidden))
    assert json.loads(again) == hidden
    assert scan(json.dumps(hidden)) == ()


def test_an_id_is_the_same_everywhere_and_told_by_its_beginning(redaction: Redaction) -> None:
    one = redaction.hide_document(json.dumps({"tenantId": TENANT}))
    other = redaction.hide_document(f"https://sts.windows.net/{TENANT.upper()}/")
    guid = json.loads(one)["tenantId"]
    assert guid.startswith("00000000-")
    assert guid in other
    assert redaction.hide_text(f"order {TENANT}") == f"order {TENANT}"


@pytest.mark.parametrize(
    "text",
    [
        f"The resource /subscriptions/{TENANT}/resourceGroups/x was not found",
        f"Token tenant {TENANT} does not match resource tenant",
        f"The principal `{TENANT}` lacks the required data action",
        json.dumps({"error": {"message": f"object id: {TENANT}", "tid": TENANT}}),
        f"https://x.invalid/a?tenantId={TENANT}",
    ],
)
def test_in_a_conversation_an_id_is_hidden_where_it_is_called_somebodys(
    text: str, redaction: Redaction
) -> None:
    hidden = redaction.hide_text(text)
    assert TENANT not in hidden
    assert redaction.hide_text(hidden) == hidden
    assert redaction.restore_text(hidden, beside=text) == text
    assert redaction.replaced == {}


def test_built_in_roles_are_the_same_for_everybody(redaction: Redaction) -> None:
    role = "/providers/Microsoft.Authorization/roleDefinitions/5e0bd9bd-7b93-4f28-af87-19fc36ad61bd"
    assert redaction.hide_document(json.dumps({"roleDefinitionId": role})) == json.dumps(
        {"roleDefinitionId": role}
    )


texts = st.text(st.characters(blacklist_categories=["Cs"]), max_size=40)
mixed = st.lists(
    st.one_of(
        texts,
        st.sampled_from([*KNOWN, *(quote(real, safe="") for real in KNOWN)]),
        st.sampled_from([text for _, text in PLANTED.values()]),
    ),
    max_size=6,
).map(" ".join)
known_only = st.lists(st.one_of(texts, st.sampled_from(list(KNOWN))), max_size=6).map(" | ".join)


@settings(max_examples=150, deadline=None)
@given(mixed)
def test_hiding_is_idempotent_and_leaves_nothing_to_find(text: str) -> None:
    redaction = Redaction(KNOWN)
    for written in (text, json.dumps({"a": text}), f"data: {json.dumps({'delta': text})}\n\n"):
        hidden = redaction.hide_text(written)
        assert redaction.hide_text(hidden) == hidden
        assert scan(hidden) == ()
        assert not any(real in hidden for real in KNOWN)


@settings(max_examples=150, deadline=None)
@given(known_only)
def test_what_is_known_comes_back_to_the_byte(text: str) -> None:
    redaction = Redaction(KNOWN)
    encoded = base64.b64encode(f"this is what was said: {text}".encode()).decode()
    for written in (text, json.dumps([text]), json.dumps({"a": {"b": text}}, ensure_ascii=False)):
        assert redaction.restore_text(redaction.hide_text(written)) == written
    assert redaction.restore_text(redaction.hide_text(encoded)) == encoded


@pytest.mark.parametrize(("real", "hidden"), [("prod", True), ("dev", False)])
def test_the_shortest_known_value_that_is_hidden_has_four_characters(
    real: str, hidden: bool
) -> None:
    redaction = Redaction({real: "stands-in"})
    text = f"the group is {real}"
    assert (redaction.hide_text(text) != text) is hidden
    document = json.dumps({"group": real})
    assert (redaction.hide_text(document) != document) is hidden
