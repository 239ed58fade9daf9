"""Secrets of nobody, made from a seed, in texts as people and services write them."""

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


SMALL = string.ascii_lowercase + string.digits
CAPITAL = string.ascii_uppercase + string.digits
URL64 = ALNUM + "_-"


def _uuid(rng: random.Random) -> str:
    return "-".join(_of(rng, HEX, count) for count in (8, 4, 4, 4, 12))


SERVICES: dict[str, Callable[[random.Random], str]] = {
    "groq": lambda r: f"gsk_{_of(r, ALNUM, 52)}",
    "xai": lambda r: f"xai-{_of(r, ALNUM, 80)}",
    "perplexity": lambda r: f"pplx-{_of(r, ALNUM, 48)}",
    "nvidia": lambda r: f"nvapi-{_of(r, URL64, 64)}",
    "replicate": lambda r: f"r8_{_of(r, ALNUM, 37)}",
    "cerebras": lambda r: f"csk-{_of(r, SMALL, 48)}",
    "fireworks": lambda r: f"fw_{_of(r, ALNUM, 24)}",
    "together": lambda r: f"tgp_v1_{_of(r, URL64, 43)}",
    "voyage": lambda r: f"pa-{_of(r, URL64, 43)}",
    "tavily": lambda r: f"tvly-dev-{_of(r, ALNUM, 32)}",
    "elevenlabs": lambda r: f"sk_{_of(r, HEX, 48)}",
    "llamacloud": lambda r: f"llx-{_of(r, ALNUM, 48)}",
    "pinecone": lambda r: f"pcsk_{_of(r, ALNUM, 6)}_{_of(r, ALNUM, 63)}",
    "langsmith": lambda r: f"lsv2_pt_{_of(r, HEX, 32)}_{_of(r, HEX, 10)}",
    "langsmith service": lambda r: f"lsv2_sk_{_of(r, HEX, 32)}_{_of(r, HEX, 10)}",
    "langfuse": lambda r: f"sk-lf-{_uuid(r)}",
    "databricks": lambda r: f"dapi{_of(r, HEX, 32)}",
    "bedrock": lambda r: f"ABSK{base64.b64encode(r.randbytes(96)).decode()}",
    "google client secret": lambda r: f"GOCSPX-{_of(r, URL64, 28)}",
    "digitalocean": lambda r: f"dop_v1_{_of(r, HEX, 64)}",
    "heroku": lambda r: f"HRKU-AA{_of(r, URL64, 58)}",
    "flyio": lambda r: f"fo1_{_of(r, URL64, 43)}",
    "netlify": lambda r: f"nfp_{_of(r, ALNUM, 36)}",
    "supabase": lambda r: f"sbp_{_of(r, HEX, 40)}",
    "planetscale": lambda r: f"pscale_tkn_{_of(r, URL64, 43)}",
    "tailscale": lambda r: f"tskey-auth-{_of(r, ALNUM, 12)}CNTRL-{_of(r, ALNUM, 32)}",
    "vault": lambda r: f"hvs.{_of(r, URL64, 95)}",
    "vault batch": lambda r: f"hvb.{_of(r, URL64, 140)}",
    "vault, old": lambda r: f"s.{_of(r, ALNUM, 24)}",
    "terraform": lambda r: f"{_of(r, ALNUM, 14)}.atlasv1.{_of(r, URL64, 67)}",
    "pulumi": lambda r: f"pul-{_of(r, HEX, 40)}",
    "doppler": lambda r: f"dp.pt.{_of(r, ALNUM, 43)}",
    "docker": lambda r: f"dckr_pat_{_of(r, URL64, 27)}",
    "age": lambda r: f"AGE-SECRET-KEY-1{_of(r, CAPITAL, 58)}",
    "gitlab deploy": lambda r: f"gldt-{_of(r, URL64, 20)}",
    "gitlab runner": lambda r: f"glrt-{_of(r, URL64, 20)}",
    "atlassian": lambda r: f"ATATT3{_of(r, URL64, 186)}",
    "bitbucket": lambda r: f"ATBB{_of(r, ALNUM, 32)}",
    "rubygems": lambda r: f"rubygems_{_of(r, HEX, 48)}",
    "nuget": lambda r: f"oy2{_of(r, SMALL, 43)}",
    "artifactory": lambda r: f"AKCp{_of(r, ALNUM, 69)}",
    "postman": lambda r: f"PMAK-{_of(r, HEX, 24)}-{_of(r, HEX, 34)}",
    "sonar": lambda r: f"squ_{_of(r, HEX, 40)}",
    "azure devops": lambda r: f"{_of(r, ALNUM, 76)}AZDO{_of(r, ALNUM, 4)}",
    "grafana": lambda r: f"glsa_{_of(r, ALNUM, 32)}_{_of(r, HEX, 8)}",
    "grafana cloud": lambda r: f"glc_{_of(r, ALNUM, 80)}",
    "newrelic": lambda r: f"NRAK-{_of(r, CAPITAL, 27)}",
    "sentry": lambda r: f"sntryu_{_of(r, HEX, 64)}",
    "dynatrace": lambda r: f"dt0c01.{_of(r, CAPITAL, 24)}.{_of(r, CAPITAL, 64)}",
    "slack webhook": lambda r: (
        f"https://hooks.slack.com/services/T{_of(r, CAPITAL, 10)}/B{_of(r, CAPITAL, 10)}/"
        f"{_of(r, ALNUM, 24)}"
    ),
    "slack app": lambda r: (
        f"xapp-1-A{_of(r, CAPITAL, 10)}-{_of(r, '123456789', 13)}-{_of(r, HEX, 64)}"
    ),
    "telegram in an address": lambda r: (
        f"https://api.telegram.org/bot7{_of(r, string.digits, 9)}:AA{_of(r, URL64, 33)}/getMe"
    ),
    "aws secret key": lambda r: f"secret {_of(r, ALNUM + '/+', 40)}",
    "discord webhook": lambda r: (
        f"https://discord.com/api/webhooks/{_of(r, string.digits, 18)}/{_of(r, URL64, 68)}"
    ),
    "discord bot": lambda r: f"M{_of(r, ALNUM, 25)}.{_of(r, ALNUM, 6)}.{_of(r, URL64, 38)}",
    "telegram": lambda r: f"7{_of(r, string.digits, 9)}:AA{_of(r, URL64, 33)}",
    "teams webhook": lambda r: (
        f"https://contoso.webhook.office.com/webhookb2/{_uuid(r)}@{_uuid(r)}/IncomingWebhook/"
        f"{_of(r, HEX, 32)}/{_uuid(r)}"
    ),
    "mailgun": lambda r: f"key-{_of(r, HEX, 32)}",
    "mailchimp": lambda r: f"{_of(r, HEX, 32)}-us14",
    "brevo": lambda r: f"xkeysib-{_of(r, HEX, 64)}-{_of(r, ALNUM, 16)}",
    "resend": lambda r: f"re_{_of(r, ALNUM, 8)}_{_of(r, ALNUM, 24)}",
    "twilio": lambda r: f"SK{_of(r, HEX, 32)}",
    "stripe webhook": lambda r: f"whsec_{_of(r, ALNUM, 32)}",
    "square": lambda r: f"sq0atp-{_of(r, URL64, 22)}",
    "shopify": lambda r: f"shpat_{_of(r, HEX, 32)}",
    "notion": lambda r: f"ntn_{_of(r, string.digits, 11)}{_of(r, ALNUM, 35)}",
    "linear": lambda r: f"lin_api_{_of(r, ALNUM, 40)}",
    "airtable": lambda r: f"pat{_of(r, ALNUM, 14)}.{_of(r, HEX, 64)}",
    "figma": lambda r: f"figd_{_of(r, URL64, 40)}",
    "hubspot": lambda r: f"pat-na1-{_uuid(r)}",
    "dropbox": lambda r: f"sl.{_of(r, URL64, 135)}",
}
"""What services hand out, by the service; see ``prefixes``."""

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
    **SERVICES,
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
