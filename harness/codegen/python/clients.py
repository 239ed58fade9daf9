"""The head of a Python program: what it needs, its imports, and the client it asks with."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from harness.codegen.call import ModelCall, Service
from harness.codegen.lines import ChangedLine, Line
from harness.codegen.literals import write_comment, write_plain_text, write_value
from harness.codegen.settings import list_settings

LEGACY_LIBRARY = "openai==0.28.1"


def write_head(call: ModelCall, *, name: str, is_async: bool, is_legacy: bool) -> Iterator[Line]:
    """Yield the comment that says what the program is and what it wants."""
    service = call.service
    packages = LEGACY_LIBRARY if is_legacy else "openai"
    if service.keyless:
        packages += " azure-identity" + (" aiohttp" if is_async and not is_legacy else "")
    yield from write_comment(call.title)
    yield "#"
    yield f"#   pip install {packages}"
    yield from list_settings(service)
    yield f"#   python {shlex.quote(name)}"
    if service.keyless:
        yield "#"
        yield "# No key: it signs in as you are (`az login`), or as the managed identity of the machine"
        yield "# that it runs on. Either needs the role Cognitive Services OpenAI User."
    if is_legacy:
        yield "#"
        yield "# This is how openai 0.x was called. Beside each line that changed stands `# now:` and"
        yield "# the line of today; `now: gone` has none any more. All other lines are the same."
    for note in call.notes:
        yield "#"
        yield from write_comment(note)
    yield ""


def write_imports(call: ModelCall, *, is_async: bool, is_legacy: bool) -> Iterator[Line]:
    """Yield the imports, of the standard library first."""
    if is_async:
        yield "import asyncio"
    if any(turn.results for turn in call.turns):
        yield "import json"
    if _reads_environment(call.service):
        yield "import os"
    elif is_legacy:
        yield ChangedLine("import os", None)
    yield "import sys"
    yield ""
    yield "import openai"
    if call.service.keyless:
        yield "from azure.core.exceptions import ClientAuthenticationError"
        yield from _import_identity(is_async=is_async, is_legacy=is_legacy)
    yield ""


def _import_identity(*, is_async: bool, is_legacy: bool) -> Iterator[Line]:
    module = "azure.identity.aio" if is_async and not is_legacy else "azure.identity"
    now = f"from {module} import DefaultAzureCredential, get_bearer_token_provider"
    then = "from azure.identity import DefaultAzureCredential"
    yield ChangedLine(then, now) if is_legacy else now


def _reads_environment(service: Service) -> bool:
    is_read_by_library = service.key_variable == "OPENAI_API_KEY" and not service.address
    return not is_read_by_library or service.key_header is not None


def write_client(call: ModelCall, *, is_async: bool, is_legacy: bool = False) -> Iterator[str]:
    """Yield the lines that make the client; in an async program it is made where it is used."""
    service = call.service
    credential = "credential" if is_async and not is_legacy else "DefaultAzureCredential()"
    provider = f"get_bearer_token_provider({credential}, {write_plain_text(service.scope)})"
    kind = "AsyncAzureOpenAI" if is_async else "AzureOpenAI"
    if service.protocol != "azure":
        kind = "AsyncOpenAI" if is_async else "OpenAI"
    yield f"openai.{kind}("
    if service.protocol == "azure":
        yield f'    azure_endpoint=os.environ["{service.address_variable}"],'
        yield f"    api_version={write_plain_text(service.api_version)},"
    elif service.protocol == "v1":
        yield f'    base_url=os.environ["{service.address_variable}"].rstrip("/") + "/openai/v1/",'
    elif service.address:
        usual = write_plain_text(service.address)
        yield f'    base_url=os.environ.get("{service.address_variable}", {usual}),'
    yield from _write_credential(service, provider, is_legacy=is_legacy)
    if service.headers:
        yield from _write_headers(service)
    remark = "" if is_legacy else "  # seconds; the library's own is 600"
    yield f"    timeout={_write_seconds(call.timeout_s)},{remark}"
    yield ")"


def _write_credential(service: Service, provider: str, *, is_legacy: bool) -> Iterator[str]:
    if service.keyless and service.protocol == "azure":
        yield f"    azure_ad_token_provider={provider},"
    elif service.keyless:
        yield "    # Called for each request: it renews the token."
        yield f"    api_key={provider},"
    elif service.key_variable is None:
        yield '    api_key="none",  # this server wants none, and the library insists on one'
    elif service.key_variable != "OPENAI_API_KEY" or service.address or is_legacy:
        yield f'    api_key=os.environ["{service.key_variable}"],'
    else:
        yield "    # The key is in OPENAI_API_KEY; OPENAI_BASE_URL, where it is set, is the address."


def _write_headers(service: Service) -> Iterator[str]:
    yield "    default_headers={"
    for name, value in service.headers.items():
        yield f"        {write_plain_text(name)}: {write_plain_text(value)},"
    yield "    },"


def write_key_header(service: Service) -> Iterator[str]:
    """Yield the argument of a request that puts the key where a gateway wants it, and only there."""
    if service.key_header is None or service.key_variable is None or service.keyless:
        return
    own = "api-key" if service.protocol == "azure" else "Authorization"
    yield "    extra_headers={"
    yield f'        {write_plain_text(service.key_header)}: os.environ["{service.key_variable}"],'
    if service.key_header.lower() != own.lower():
        yield f'        "{own}": openai.Omit(),  # the gateway wants the key in its own header alone'
    yield "    },"


def _write_seconds(seconds: float) -> str:
    return write_value(int(seconds) if seconds == int(seconds) else seconds)


def write_legacy_client(call: ModelCall, *, is_async: bool) -> Iterator[Line]:
    """Yield the settings of openai 0.x beside the client of today."""
    service = call.service
    today = list(write_client(call, is_async=is_async, is_legacy=True))
    then: list[str] = []
    if service.protocol == "azure":
        kind = "azure_ad" if service.keyless else "azure"
        then.append(f'openai.api_type = "{kind}"')
        then.append(f'openai.api_base = os.environ["{service.address_variable}"]')
        then.append(f"openai.api_version = {write_plain_text(service.api_version)}")
    elif service.address:
        usual = write_plain_text(service.address)
        then.append(f'openai.api_base = os.environ.get("{service.address_variable}", {usual})')
    else:
        then.append('openai.api_base = os.environ.get("OPENAI_BASE_URL", openai.api_base)')
    if service.keyless:
        scope = write_plain_text(service.scope)
        then.append(f"openai.api_key = DefaultAzureCredential().get_token({scope}).token")
    elif service.key_variable is None:
        then.append('openai.api_key = "none"')
    else:
        then.append(f'openai.api_key = os.environ["{service.key_variable}"]')
    opening = "client = "
    for number in range(max(len(then), len(today))):
        old = then[number] if number < len(then) else None
        new = today[number] if number < len(today) else None
        yield ChangedLine(old, opening + new if number == 0 and new is not None else new)
