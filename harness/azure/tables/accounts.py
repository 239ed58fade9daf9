"""In which regions accounts of a kind can be created.

Source: the answer to ``Microsoft.CognitiveServices/skus``, api-version 2025-06-01, observed on
2026-06-22 (kinds OpenAI and AIServices, SKU S0, no restrictions).
"""

OPENAI = """
australiaeast brazilsouth canadacentral canadaeast centralus centraluseuap eastus eastus2
eastus2euap francecentral germanywestcentral italynorth japaneast japanwest jioindiacentral
jioindiawest koreacentral northcentralus northeurope norwayeast polandcentral southafricanorth
southcentralus southeastasia southindia spaincentral swedencentral switzerlandnorth switzerlandwest
uaenorth uksouth ukwest westcentralus westeurope westus westus2 westus3
"""

AISERVICES_ALSO = "centralindia eastasia qatarcentral"
"""Regions that have AIServices accounts beside all of the above."""
