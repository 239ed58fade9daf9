"""Forty secrets of nobody, made from a seed, in texts as people and services write them."""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Callable

ALNUM = string.ascii_letters + string.digits
HEX = "0123456789abcdef"


def _of(rng: random.Random, alphabet: str, count: int) -> str:
    """Random characters with at least one digit, one small and one capital letter if there are."""
    text = [rng.choice(alphabet) for _ in range(count)]
    for number, kind in enumerate((string.digits, string.ascii_lowercase, string.ascii_uppercase)):
        usable = [character for character in kind if character in alphabet]
        if usable:
            text[number * 3 % count] = rng.choice(usable)
    return "".join(text)


def _url64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _jwt(rng: random.Random) -> str:
    header = _url64(b'{"typ":"JWT","alg":"RS256"}')
    claims = _url64(json.dumps({"oid": _of(rng, HEX, 32), "upn": "b@contoso.com"}).encode())
    return f"{header}.{claims}.{_url64(rng.randbytes(64))}"


def _jwe(rng: random.Random) -> str:
    header = _url64(b'{"alg":"RSA-OAEP","enc":"A256GCM"}')
    return ".".join([header, *(_url64(rng.randbytes(n)) for n in (64, 12, 48, 16))])


def _pem(rng: random.Random, name: str) -> str:
    body = base64.b64encode(rng.randbytes(240)).decode()
    lines = [body[start : start + 64] for start in range(0, len(body), 64)]
    return "\n".join([f"-----BEGIN {name}-----", *lines, f"-----END {name}-----"])


def _azure(rng: random.Random, service: str) -> str:
    """As Azure annotates keys since 2024: 52 random characters, then what tells its own kind."""
    return f"{_of(rng, ALNUM, 52)}JQQJ99BCAC{_of(rng, ALNUM, 10)}AAAB{service}{_of(rng, ALNUM, 4)}"


SECRETS: dict[str, Callable[[random.Random], str]] = {
    "jwt": _jwt,
    "encrypted jwt": _jwe,
    "azure key, 32 digits": lambda r: _of(r, HEX, 32),
    "azure key, 32 capital digits": lambda r: _of(r, HEX.upper(), 32),
    "azure key, 84 characters": lambda r: _azure(r, "ACOG"),
    "azure key, 84 characters without a mark": lambda r: _of(r, ALNUM, 84),
    "storage key": lambda r: base64.b64encode(r.randbytes(64)).decode(),
    "entra client secret": lambda r: f"{_of(r, ALNUM, 3)}8Q~{_of(r, ALNUM + '._~-', 34)}",
    "openai key, old": lambda r: f"sk-{_of(r, ALNUM, 48)}",
    "openai key, project": lambda r: f"sk-proj-{_of(r, ALNUM + '-_', 120)}",
    "openai key, service account": lambda r: f"sk-svcacct-{_of(r, ALNUM, 60)}",
    "openai key, admin": lambda r: f"sk-admin-{_of(r, ALNUM, 60)}",
    "anthropic key": lambda r: f"sk-ant-api03-{_of(r, ALNUM + '-_', 90)}",
    "openrouter key": lambda r: f"sk-or-v1-{_of(r, HEX, 64)}",
    "github token": lambda r: f"ghp_{_of(r, ALNUM, 36)}",
    "github app token": lambda r: f"ghs_{_of(r, ALNUM, 36)}",
    "github fine-grained token": lambda r: f"github_pat_{_of(r, ALNUM, 22)}_{_of(r, ALNUM, 59)}",
    "gitlab token": lambda r: f"glpat-{_of(r, ALNUM, 20)}",
    "aws key id": lambda r: f"AKIA{_of(r, string.ascii_uppercase + string.digits, 16)}",
    "aws temporary key id": lambda r: f"ASIA{_of(r, string.ascii_uppercase + string.digits, 16)}",
    "slack token": lambda r: f"xoxb-{_of(r, string.digits, 12)}-{_of(r, ALNUM, 24)}",
    "google key": lambda r: f"AIza{_of(r, ALNUM, 35)}",
    "google token": lambda r: f"ya29.{_of(r, ALNUM, 60)}",
    "huggingface token": lambda r: f"hf_{_of(r, ALNUM, 34)}",
    "stripe key": lambda r: f"sk_live_{_of(r, ALNUM, 24)}",
    "npm token": lambda r: f"npm_{_of(r, ALNUM, 36)}",
    "pypi token": lambda r: f"pypi-AgEIcHlwaS5vcmc{_of(r, ALNUM, 80)}",
    "sendgrid key": lambda r: f"SG.{_of(r, ALNUM, 22)}.{_of(r, ALNUM, 43)}",
    "e-mail address": lambda r: f"anna.{_of(r, string.ascii_lowercase, 6)}@contoso.com",
    "e-mail address of a company in Malmö": lambda r: "jörgen@företag.se",
    "private key": lambda r: _pem(r, "PRIVATE KEY"),
    "rsa private key": lambda r: _pem(r, "RSA PRIVATE KEY"),
}
"""Known by themselves, wherever they stand."""

NAMED: dict[str, tuple[str, Callable[[random.Random], str]]] = {
    "shared access signature": (
        "https://x.blob.core.windows.net/c?sv=2024-11-04&se=2026-12-01&sr=c&sp=rl&sig={}",
        lambda r: (
            base64.b64encode(r.randbytes(32)).decode().replace("+", "%2B").replace("=", "%3D")
        ),
    ),
    "connection string": (
        "DefaultEndpointsProtocol=https;AccountName=x;AccountKey={};EndpointSuffix=x.net",
        lambda r: base64.b64encode(r.randbytes(64)).decode(),
    ),
    "service bus": (
        "Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey={}",
        lambda r: base64.b64encode(r.randbytes(32)).decode(),
    ),
    "database": (
        "Server=tcp:x.database.windows.net,1433;User ID=app;Password={};Encrypt=True;",
        lambda r: _of(r, ALNUM + "!#", 14),
    ),
    "url with a password": ("postgres://app:{}@db.contoso.net:5432/x", lambda r: _of(r, ALNUM, 16)),
    "bearer token": ("Authorization: Bearer {}", lambda r: _of(r, ALNUM + "._-", 60)),
    "api key in code": ('client = Client(api_key="{}")', lambda r: _of(r, ALNUM, 40)),
    "function key": ("https://x.azurewebsites.net/api/f?code={}", lambda r: _of(r, ALNUM, 54)),
    "signed poll": (
        "https://management.azure.com/x?api-version=1&t=638&c=MIIH&s={}&h=a",
        lambda r: _of(r, ALNUM + "-_", 342),
    ),
    "cookie line": ("Set-Cookie: ARRAffinity={}; Path=/", lambda r: _of(r, HEX, 64)),
}
"""Known by what stands around them."""


def plant(seed: int = 7) -> dict[str, tuple[str, str]]:
    """By kind: the secret, and a text that holds it as people and services write it."""
    rng = random.Random(seed)
    found = {}
    for kind, make in SECRETS.items():
        secret = make(rng)
        found[kind] = (secret, f"please use {secret} for this")
    for kind, (text, make) in NAMED.items():
        secret = make(rng)
        found[kind] = (secret, text.format(secret))
    return found
