"""Words that other tools have for what a spec declares, and how harness writes it.

Sources: the arguments of ``azurerm_cognitive_account`` and ``azurerm_cognitive_deployment`` of
Terraform's provider; ``Microsoft.CognitiveServices/accounts`` of ARM and Bicep; promptfoo's
configuration; the bodies of OpenAI's chat and responses APIs. What they call an assertion's keys is
told where assertions are read (``short_assertions``).
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from typing import Final

from harness.spec.document.located import Node, Path

OURS: Final[Mapping[str, Mapping[str, str]]] = {
    "spec": {
        # Terraform, ARM and Bicep
        "resource": "`accounts: {HANDLE: {region: …}}`",
        "resources": "`accounts: {HANDLE: {region: …}}`",
        "azurerm_cognitive_account": "`accounts: {HANDLE: {region: …}}`",
        "azurerm_cognitive_deployment": "`deployments: {HANDLE: {model: …}}` of an account",
        "deployments": "`deployments: {HANDLE: {model: …}}` of an account",
        "location": "`region: swedencentral` of an account",
        "region": "`region: swedencentral` of an account",
        "resource_group_name": "`resource_group: rg-name`",
        "resourceGroup": "`resource_group: rg-name`",
        "subscription_id": '`subscription: "${AZURE_SUBSCRIPTION_ID}"`',
        "subscriptionId": '`subscription: "${AZURE_SUBSCRIPTION_ID}"`',
        "variable": '`"${HARNESS_NAME:-default}"` where the value is wanted',
        "output": "the command `harness outputs`",
        "outputs": "the command `harness outputs`",
        # promptfoo
        "tests": "`conversations: [{id: …, turns: [{user: …, assert: […]}]}]`",
        "prompts": "`turns: [{user: …}]` of a conversation, or `variants`",
        "targets": "`providers`, and `evaluation: {targets: […]}`",
        "defaultTest": "`defaults: {assert: […]}`",
        "scenarios": "`conversations` with `cases` or `matrix`",
        "assert": "`defaults: {assert: […]}`, or `assert` of a turn",
        "vars": "`vars` of a conversation",
        "evaluateOptions": "`evaluation: {concurrency: …, repeats: …}`",
        "repeat": "`evaluation: {repeats: 3}`",
        "outputPath": "the option `--output DIR` of `harness eval`",
        "env": 'the environment\'s own, and `api_key: "${NAME}"` of a provider',
        # of harness, a level too high
        "repeats": "`evaluation: {repeats: 3}`",
        "judge": "`evaluation: {judge: {target: ACCOUNT/DEPLOYMENT}}`",
        "gate": "`evaluation: {gate: {…}}`",
        "system": "`evaluation: {system: …}`",
        "parameters": "`evaluation: {parameters: {temperature: 0}}`",
    },
    "resource group": {"location": "`region: swedencentral`"},
    "account": {
        "location": "`region: swedencentral`",
        "name": "`account_name: …`",
        "customSubDomainName": "`subdomain: …`",
        "custom_subdomain_name": "`subdomain: …`",
        "sku_name": "`sku: S0`",
        "resource_group_name": "`resource_group: rg-name`",
        "local_auth_enabled": "`local_auth: false`",
        "disableLocalAuth": "`local_auth: false`, which says the opposite",
        "public_network_access_enabled": "`properties: {publicNetworkAccess: Disabled}`",
        "publicNetworkAccess": "`properties: {publicNetworkAccess: Disabled}`",
        "network_acls": "`properties: {networkAcls: {defaultAction: Deny}}`",
        "networkAcls": "`properties: {networkAcls: {defaultAction: Deny}}`",
        "raiPolicies": "`content_filters`",
        "azurerm_cognitive_deployment": "`deployments: {HANDLE: {model: …}}`",
        "lifecycle": "`protect: true`, or `ignore: [tags.NAME]`",
        "depends_on": "nothing: harness finds the order itself",
        "dependsOn": "nothing: harness finds the order itself",
    },
    "deployment": {
        "name": "`deployment_name: …`",
        "model_name": "`model: gpt-4.1-mini`",
        "modelName": "`model: gpt-4.1-mini`",
        "model_version": '`version: "2025-04-14"`',
        "modelVersion": '`version: "2025-04-14"`',
        "model_format": "`format: OpenAI`",
        "sku_name": "`sku: GlobalStandard`",
        "skuName": "`sku: GlobalStandard`",
        "sku_capacity": "`capacity: 50`",
        "scale": "`sku: GlobalStandard` and `capacity: 50`",
        "rai_policy_name": "`content_filter: Microsoft.DefaultV2`",
        "raiPolicyName": "`content_filter: Microsoft.DefaultV2`",
        "version_upgrade_option": "`upgrade: NoAutoUpgrade`",
        "versionUpgradeOption": "`upgrade: NoAutoUpgrade`",
        "cognitive_account_id": "the account that the deployment stands in",
        "location": "`region` of the account",
        "region": "`region` of the account",
        "depends_on": "nothing: harness finds the order itself",
        "dependsOn": "nothing: harness finds the order itself",
    },
    "provider": {
        "id": "`type: openai` and `models: {gpt-4.1-mini: {}}`",
        "config": "`parameters` of a model; an address stands beside `type`",
        "model": "`models: {gpt-4.1-mini: {}}`",
        "apiHost": '`endpoint: "https://NAME.openai.azure.com"`',
        "apiBaseUrl": '`base_url: "https://…/v1"`',
        "apiKey": '`api_key: "${NAME}"`, the name of a variable',
        "apiKeyEnvar": '`api_key: "${NAME}"`',
        "apiVersion": '`api_version: "2024-10-21"`',
    },
    "evaluation": {
        "maxConcurrency": "`concurrency: 8`",
        "max_concurrency": "`concurrency: 8`",
        "repeat": "`repeats: 3`",
        "grader": "`judge: {target: ACCOUNT/DEPLOYMENT}`",
    },
    "conversation": {
        "tests": "`cases`",
        "prompt": "`turns: [{user: …}]`",
        "user": "`turns: [{user: …}]`",
        "messages": "`turns: [{messages: […]}]`",
        "metadata": "`tags: […]`",
    },
    "turn": {
        "prompt": "`user: …`",
        "content": "`user: …`",
        "vars": "`vars` of the conversation",
        "system": "`system` of the conversation",
        "expected": "`assert: [{contains: …}]`",
    },
    "parameters": {
        "max_tokens": "`max_output_tokens: 800`",
        "max_completion_tokens": "`max_output_tokens: 800`",
        "maxTokens": "`max_output_tokens: 800`",
        "reasoning": "`reasoning_effort: low`",
        "text": "`verbosity: low`, or `response_format`",
    },
}
"""The keys that a kind of mapping does not have, and what is written in their place."""

OUR_SHAPES: Final[Mapping[str, Mapping[str, str]]] = {
    "spec": {
        "providers": "a mapping: `providers: {HANDLE: {type: openai, models: {…}}}`",
        "accounts": "a mapping: `accounts: {HANDLE: {region: …}}`",
    },
    "account": {
        "sku": "`sku: S0`",
        "deployments": "a mapping: `deployments: {HANDLE: {model: …}}`",
        "identity": "`identity: system`, or a list of ids",
    },
    "deployment": {
        "sku": "`sku: GlobalStandard`, and `capacity: 50` beside it",
        "model": '`model: gpt-4.1-mini`, and `version: "2025-04-14"` beside it',
    },
}
"""The keys that others write as another mapping or list, and what is written here."""

TRANSLATED: Final[Mapping[str, Mapping[str, str]]] = {
    "public_network_access_enabled": {"true": "Enabled", "false": "Disabled"},
    "disableLocalAuth": {"true": "false", "false": "true"},
}
"""Their values that are written otherwise here; every other one is the same behind one key."""

_EXAMPLE: Final = re.compile(r"`(?P<key>(?:properties: \{)?\w+: )[^{}\[\]`]+(?P<end>\}?)`")
_LONGEST: Final = 60

OF_PROMPTFOO: Final = frozenset({"tests", "prompts", "providers", "defaultTest", "scenarios"})
"""Keys at the top that show that the whole file is promptfoo's."""

_IN_A_TABLE: Final[Mapping[str, str]] = {
    "accounts": "account",
    "deployments": "deployment",
    "providers": "provider",
    "conversations": "conversation",
    "turns": "turn",
}
_BY_KEY: Final[Mapping[str, str]] = {
    "resource_group": "resource group",
    "evaluation": "evaluation",
    "parameters": "parameters",
}


def name_place(path: Path) -> str:
    """Return the kind of mapping that is at a path: ``spec``, ``account``, ``turn``; else ""."""
    if not path:
        return "spec"
    if len(path) >= 2 and isinstance(path[-2], str) and path[-2] in _IN_A_TABLE:
        return _IN_A_TABLE[path[-2]]
    return _BY_KEY.get(path[-1], "") if isinstance(path[-1], str) else ""


KEY_WORDS: Final = frozenset({"apikey", "key", "openaiapikey", "azureopenaiapikey", "azureapikey"})
"""Keys in small letters, without underscores, that people write a secret behind."""

NO_KEY: Final = (
    'no key belongs into a spec: `api_key: "${NAME}"` of a provider names the variable that has '
    "it, and an account on Azure needs none"
)


def advise_on_word(path: Path, word: str, file: str, node: Node | None = None) -> str:
    """Return a hint that tells our form of another tool's key; "" where the key is nobody's.

    Args:
        path: of the mapping that holds the key.
        word: the key.
        file: the file that it stands in, for the command that converts it.
        node: its value, which the hint keeps where harness writes it behind one key.
    """
    ours = _say(OURS, path, word, file)
    if word.lower().replace("_", "") in KEY_WORDS:
        return ours or NO_KEY
    return _keep_value(ours, word, node)


def advise_on_shape(path: Path, node: Node) -> str:
    """Return a hint where another tool writes this key in another shape; else ""."""
    if not path or not isinstance(path[-1], str):
        return ""
    if path[-1] == "capacity" and isinstance(node.value, str) and not node.value.isdecimal():
        return "count thousands of tokens a minute, without a unit: `capacity: 50` is 50,000"
    if not isinstance(node.value, (dict, list)) and path[-1] != "identity":
        return ""
    return _say(OUR_SHAPES, path[:-1], path[-1], node.span.file)


def _say(table: Mapping[str, Mapping[str, str]], path: Path, word: str, file: str) -> str:
    ours = table.get(name_place(path), {}).get(word)
    if ours is None:
        return ""
    said = f"in harness this is {ours}"
    if not path and word in OF_PROMPTFOO:
        return f"{said}; `harness convert {shlex.quote(file)}` rewrites what promptfoo reads"
    return said


def _keep_value(hint: str, word: str, node: Node | None) -> str:
    """Put the author's own value into a hint: a copied example would switch things over."""
    example = _EXAMPLE.search(hint)
    if example is None or node is None or node.expanded or len(_EXAMPLE.findall(hint)) > 1:
        return hint
    value = _write_value(node)
    value = TRANSLATED.get(word, {}).get(value, value)
    if not value or len(value) > _LONGEST or "://" in value:
        return hint
    kept = f"`{example['key']}{value}{example['end']}`"
    return hint[: example.start()] + kept + hint[example.end() :]


def _write_value(node: Node) -> str:
    """Write a scalar as YAML has it; "" for anything else."""
    if isinstance(node.value, bool):
        return str(node.value).lower()
    if isinstance(node.value, str):
        plain = re.fullmatch(r"[A-Za-z][A-Za-z0-9._-]*", node.value) is not None
        return node.value if plain else json.dumps(node.value)
    return str(node.value) if isinstance(node.value, (int, float)) else ""
