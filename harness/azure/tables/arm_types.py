"""Azure's own types of the properties of accounts and deployments.

Source: AccountProperties and DeploymentProperties of azure-mgmt-cognitiveservices 14.1.0 (its
api-version is 2025-09-01), of which this is a copy; a test compares them. There a deployment's
``dynamicThrottlingEnabled`` is read-only; azurerm and Azure's documentation write it.
``virtualNetworkRules.state`` is written by Azure alone.

A type is a word (``string``, ``boolean``, ``integer``, ``number``, ``any``), a tuple of the words
of an enumeration, a list with the type of its entries, or a mapping; ``!`` before a key says that
Azure alone writes it, ``*`` is any other key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ACCOUNT: Mapping[str, Any] = {
    "!provisioningState": "any",
    "!endpoint": "any",
    "!internalId": "any",
    "!capabilities": "any",
    "!isMigrated": "any",
    "migrationToken": "string",
    "!skuChangeInfo": "any",
    "customSubDomainName": "string",
    "networkAcls": {
        "defaultAction": ("Allow", "Deny"),
        "bypass": ("None", "AzureServices"),
        "ipRules": [{"value": "string"}],
        "virtualNetworkRules": [
            {"id": "string", "!state": "any", "ignoreMissingVnetServiceEndpoint": "boolean"}
        ],
    },
    "encryption": {
        "keyVaultProperties": {
            "keyName": "string",
            "keyVersion": "string",
            "keyVaultUri": "string",
            "identityClientId": "string",
        },
        "keySource": ("Microsoft.CognitiveServices", "Microsoft.KeyVault"),
    },
    "userOwnedStorage": [{"resourceId": "string", "identityClientId": "string"}],
    "amlWorkspace": {"resourceId": "string", "identityClientId": "string"},
    "!privateEndpointConnections": "any",
    "publicNetworkAccess": ("Enabled", "Disabled"),
    "apiProperties": {
        "qnaRuntimeEndpoint": "string",
        "qnaAzureSearchEndpointKey": "string",
        "qnaAzureSearchEndpointId": "string",
        "statisticsEnabled": "boolean",
        "eventHubConnectionString": "string",
        "storageAccountConnectionString": "string",
        "aadClientId": "string",
        "aadTenantId": "string",
        "superUser": "string",
        "websiteName": "string",
        "*": "any",
    },
    "!dateCreated": "any",
    "!callRateLimit": "any",
    "dynamicThrottlingEnabled": "boolean",
    "storedCompletionsDisabled": "boolean",
    "!quotaLimit": "any",
    "restrictOutboundNetworkAccess": "boolean",
    "allowedFqdnList": ["string"],
    "disableLocalAuth": "boolean",
    "!endpoints": "any",
    "restore": "boolean",
    "!deletionDate": "any",
    "!scheduledPurgeDate": "any",
    "locations": {
        "routingMethod": ("Priority", "Weighted", "Performance"),
        "regions": [{"name": "string", "value": "number", "customsubdomain": "string"}],
    },
    "!commitmentPlanAssociations": "any",
    "!abusePenalty": "any",
    "raiMonitorConfig": {"adxStorageResourceId": "string", "identityClientId": "string"},
    "networkInjections": [
        {
            "scenario": ("none", "agent"),
            "subnetArmId": "string",
            "useMicrosoftManagedNetwork": "boolean",
        }
    ],
    "allowProjectManagement": "boolean",
    "defaultProject": "string",
    "associatedProjects": ["string"],
}
DEPLOYMENT: Mapping[str, Any] = {
    "!provisioningState": "any",
    "model": {
        "publisher": "string",
        "format": "string",
        "name": "string",
        "version": "string",
        "source": "string",
        "sourceAccount": "string",
        "!callRateLimit": "any",
    },
    "scaleSettings": {
        "scaleType": ("Standard", "Manual"),
        "capacity": "integer",
        "!activeCapacity": "any",
    },
    "!capabilities": "any",
    "raiPolicyName": "string",
    "!callRateLimit": "any",
    "!rateLimits": "any",
    "versionUpgradeOption": (
        "OnceNewDefaultVersionAvailable",
        "OnceCurrentVersionExpired",
        "NoAutoUpgrade",
    ),
    "currentCapacity": "integer",
    "capacitySettings": {"designatedCapacity": "integer", "priority": "integer"},
    "parentDeploymentName": "string",
    "spilloverDeploymentName": "string",
    "dynamicThrottlingEnabled": "boolean",
}
NEWER: Mapping[str, Any] = {"modelProviderData": "any", "deploymentState": "string"}
"""Properties of a deployment in newer versions of the API.

Source: Azure's documentation on Claude in Microsoft Foundry (modelProviderData), and the preview
description of 2025-10-01 (deploymentState).
"""
