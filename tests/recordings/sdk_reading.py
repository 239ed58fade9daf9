"""What the management SDK makes of recorded answers, served again from a local port."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from aiohttp import web
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError
from azure.core.pipeline.policies import AzureKeyCredentialPolicy
from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient

from harness.simulator.hosting import host
from harness.simulator.management import routing
from tests.recordings.scoring import concerns_us
from tests.recordings.traffic import Exchange, Recording

NOT_SENT = {"content-length", "transfer-encoding", "content-encoding", "connection", "date"}
LINKS = {"azure-asyncoperation", "location"}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT")
Parts = Mapping[str, str]
Call = Callable[[Any, Parts], Any]

ONCE: Any = {"polling": False}
"""Only the first answer is read: what comes of an operation is a recording of its own."""
CALLS: Mapping[str, Call] = {
    "account.get": lambda c, p: c.accounts.get(p["group"], p["account"]),
    "account.put": lambda c, p: c.accounts.begin_create(p["group"], p["account"], {}, **ONCE),
    "account.patch": lambda c, p: c.accounts.begin_update(p["group"], p["account"], {}, **ONCE),
    "account.delete": lambda c, p: c.accounts.begin_delete(p["group"], p["account"], **ONCE),
    "account.list": lambda c, p: c.accounts.list_by_resource_group(p["group"]),
    "account.skus": lambda c, p: c.accounts.list_skus(p["group"], p["account"]),
    "account.usages": lambda c, p: c.accounts.list_usages(p["group"], p["account"]),
    "account.models": lambda c, p: c.accounts.list_models(p["group"], p["account"]),
    "key.list": lambda c, p: c.accounts.list_keys(p["group"], p["account"]),
    "key.regenerate": lambda c, p: c.accounts.regenerate_key(p["group"], p["account"], "Key1"),
    "deployment.get": lambda c, p: c.deployments.get(p["group"], p["account"], p["deployment"]),
    "deployment.put": lambda c, p: c.deployments.begin_create_or_update(
        p["group"], p["account"], p["deployment"], {}, **ONCE
    ),
    "deployment.delete": lambda c, p: c.deployments.begin_delete(
        p["group"], p["account"], p["deployment"], **ONCE
    ),
    "deployment.list": lambda c, p: c.deployments.list(p["group"], p["account"]),
    "deleted.list": lambda c, _: c.deleted_accounts.list(),
    "deleted.get": lambda c, p: c.deleted_accounts.get(p["location"], p["group"], p["account"]),
    "deleted.purge": lambda c, p: c.deleted_accounts.begin_purge(
        p["location"], p["group"], p["account"], **ONCE
    ),
    "models.list": lambda c, p: c.models.list(p["location"]),
    "usages.list": lambda c, p: c.usages.list(p["location"]),
    "skus.list": lambda c, _: c.resource_skus.list(),
    "capacities.list": lambda c, _: c.model_capacities.list("OpenAI", "m", "1"),
    "policy.get": lambda c, p: c.rai_policies.get(p["group"], p["account"], p["policy"]),
    "policy.put": lambda c, p: c.rai_policies.create_or_update(
        p["group"], p["account"], p["policy"], {}
    ),
    "policy.list": lambda c, p: c.rai_policies.list(p["group"], p["account"]),
    "policy.delete": lambda c, p: c.rai_policies.begin_delete(
        p["group"], p["account"], p["policy"], **ONCE
    ),
    "project.get": lambda c, p: c.projects.get(p["group"], p["account"], p["project"]),
    "project.put": lambda c, p: c.projects.begin_create(
        p["group"], p["account"], p["project"], {}, **ONCE
    ),
    "commitment.list": lambda c, p: c.commitment_plans.list(p["group"], p["account"]),
    "commitment.get": lambda c, p: c.commitment_plans.get(p["group"], p["account"], p["plan"]),
    "commitment.put": lambda c, p: c.commitment_plans.create_or_update(
        p["group"], p["account"], p["plan"], {}
    ),
    "tiers.list": lambda c, p: c.commitment_tiers.list(p["location"]),
    "filters.list": lambda c, p: c.rai_content_filters.list(p["location"]),
    "filters.get": lambda c, p: c.rai_content_filters.get(p["location"], p["filter"]),
    "blocklist.list": lambda c, p: c.rai_blocklists.list(p["group"], p["account"]),
    "blocklist.get": lambda c, p: c.rai_blocklists.get(p["group"], p["account"], p["blocklist"]),
    "item.list": lambda c, p: c.rai_blocklist_items.list(p["group"], p["account"], p["blocklist"]),
}


@contextmanager
def client_of(answers: list[Exchange]) -> Iterator[Any]:
    """The real SDK in front of a server that gives these answers, one after the other."""
    left = iter(answers)

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        one = next(left)
        headers = {
            # Links lead to where nobody may be asked, so only their path is kept.
            name: f"http://{request.host}/{value.partition('/subscriptions/')[2]}"
            if name in LINKS
            else value
            for name, value in one.headers.items()
            if name not in NOT_SENT
        }
        return web.Response(status=one.status, body=one.answer.encode(), headers=headers)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    with host(app) as url:
        client = CognitiveServicesManagementClient(
            credential=object(),  # type: ignore[arg-type]
            subscription_id="00000000-0000-0000-0000-000000000000",
            base_url=url,
            retry_total=0,
            authentication_policy=AzureKeyCredentialPolicy(
                AzureKeyCredential("none"), "Authorization"
            ),
        )
        yield client
        client.close()


def read_again(traffic: Iterable[Recording]) -> Mapping[str, Counter[str]]:
    """By operation: how many answers were ``read``, and for the rest what was wrong."""
    asked = [
        (found, exchange)
        for recording in traffic
        for exchange in recording.exchanges
        if concerns_us(recording, exchange)
        and (found := routing.find(exchange.method, exchange.path)) is not None
        and found.name in CALLS
    ]
    table: dict[str, Counter[str]] = {}
    with client_of([exchange for _, exchange in asked]) as client:
        for found, exchange in asked:
            wrong = _wrong(CALLS[found.name], client, found.parts, exchange)
            table.setdefault(found.name, Counter())[wrong or "read"] += 1
    return table


def _wrong(call: Call, client: Any, parts: Parts, exchange: Exchange) -> str:
    document = exchange.document
    result: Any = None
    try:
        result = call(client, parts)
        result = result.result() if hasattr(result, "result") else result
    except HttpResponseError as error:
        code = error.error.code if error.error else None
        right = (error.status_code, code) == (exchange.status, document["error"]["code"])
        return "" if right else f"error {error.status_code} {code}"
    if exchange.status >= 400:
        return "an error was not noticed"
    if isinstance(document, dict) and "value" in document:
        rows = [_wire(row) for row in getattr(result, "value", result)]
        if len(rows) != len(document["value"]):
            return f"{len(rows)} rows of {len(document['value'])}"
        lost = (_lost(*pair) for pair in zip(document["value"], rows, strict=True))
        return next((what for what in lost if what), "")
    return _lost(document, _wire(result)) if result is not None else ""


def _wire(result: Any) -> Any:
    return result.serialize(keep_readonly=True) if hasattr(result, "serialize") else result


def _lost(theirs: Any, ours: Any, at: str = "") -> str:
    """The first value that the SDK knows and reads otherwise than it was sent."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        if at == "" and theirs.get("id") != ours.get("id", theirs.get("id")):
            return "id"
        found = (_lost(theirs[key], ours[key], f"{at}.{key}") for key in theirs if key in ours)
        return next((what for what in found if what), "")
    if isinstance(theirs, list) and isinstance(ours, list):
        found = (_lost(*pair, f"{at}[]") for pair in zip(theirs, ours, strict=False))
        return next((what for what in found if what), "" if len(theirs) == len(ours) else at)
    same = theirs == ours or (isinstance(theirs, str) and MOMENT.match(theirs) is not None)
    return "" if same else f"{at} read as {ours!r}"
