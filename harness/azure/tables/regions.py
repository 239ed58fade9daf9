"""The SKUs that other regions offered of some models.

Lines ``model|version``, ``+ SKUs`` (``-``: none), then the regions that offered exactly these. SKUs
that only Microsoft uses (Provisioned, LowPriority …) and SKUs for fine-tuned models are left out.

Source: answers to ``locations/<region>/models``, api-version 2025-06-01, observed on 2026-06-22.
The recorder kept these models of 30 regions and no others.
"""

ROWS = """\
gpt-4.1|2025-04-14
+ GlobalProvisionedManaged
  centralindia eastasia jioindiacentral jioindiawest northeurope qatarcentral switzerlandwest
  ukwest westcentralus
gpt-4.1|2025-04-14
+ GlobalStandard ProvisionedManaged GlobalProvisionedManaged GlobalBatch
  australiaeast japaneast uaenorth uksouth
gpt-4.1|2025-04-14
+ Standard GlobalStandard DataZoneStandard ProvisionedManaged DataZoneProvisionedManaged
+ GlobalProvisionedManaged GlobalBatch DataZoneBatch
  eastus eastus2 southcentralus westus
gpt-4.1|2025-04-14
+ GlobalStandard DataZoneStandard DataZoneProvisionedManaged GlobalProvisionedManaged GlobalBatch
+ DataZoneBatch
  italynorth spaincentral westeurope
gpt-4.1|2025-04-14
+ ProvisionedManaged GlobalProvisionedManaged
  canadacentral japanwest
gpt-4.1|2025-04-14
+ GlobalStandard GlobalProvisionedManaged
  centraluseuap eastus2euap
gpt-4.1|2025-04-14
+ GlobalStandard GlobalProvisionedManaged GlobalBatch
  norwayeast southafricanorth
gpt-4.1|2025-04-14
+ GlobalStandard DataZoneStandard ProvisionedManaged DataZoneProvisionedManaged
+ GlobalProvisionedManaged GlobalBatch DataZoneBatch
  germanywestcentral
gpt-4.1|2025-04-14
+ Standard GlobalStandard ProvisionedManaged GlobalProvisionedManaged GlobalBatch
  switzerlandnorth
gpt-4.1|2025-04-14
+ GlobalStandard DataZoneStandard ProvisionedManaged GlobalProvisionedManaged GlobalBatch
+ DataZoneBatch
  centralus
gpt-4.1|2025-04-14
+ GlobalStandard DataZoneStandard Standard
  westus2
gpt-4o|2024-05-13
+ GlobalProvisionedManaged
  centralindia eastasia jioindiacentral jioindiawest northeurope qatarcentral switzerlandwest
gpt-4o|2024-05-13
+ GlobalStandard ProvisionedManaged GlobalBatch GlobalProvisionedManaged
  australiaeast japaneast norwayeast switzerlandnorth uaenorth uksouth
gpt-4o|2024-05-13
+ Standard GlobalStandard ProvisionedManaged GlobalBatch DataZoneStandard
+ DataZoneProvisionedManaged GlobalProvisionedManaged
  eastus eastus2 southcentralus westus
gpt-4o|2024-05-13
+ ProvisionedManaged GlobalProvisionedManaged
  canadacentral japanwest ukwest
gpt-4o|2024-05-13
+ GlobalStandard ProvisionedManaged GlobalBatch DataZoneStandard DataZoneProvisionedManaged
+ GlobalProvisionedManaged
  germanywestcentral spaincentral
gpt-4o|2024-05-13
+ Standard GlobalStandard GlobalBatch DataZoneStandard GlobalProvisionedManaged
  centraluseuap westcentralus
gpt-4o|2024-05-13
+ GlobalBatch GlobalProvisionedManaged
  eastus2euap italynorth
gpt-4o|2024-05-13
+ GlobalStandard GlobalBatch DataZoneStandard DataZoneProvisionedManaged GlobalProvisionedManaged
  westeurope
gpt-4o|2024-05-13
+ GlobalStandard ProvisionedManaged GlobalBatch DataZoneStandard GlobalProvisionedManaged
  centralus
gpt-4o|2024-05-13
+ Standard GlobalStandard DataZoneStandard DataZoneProvisionedManaged DataZoneBatch
+ ProvisionedManaged GlobalProvisionedManaged
  westus2
gpt-4o|2024-05-13
+ Standard GlobalStandard ProvisionedManaged GlobalBatch GlobalProvisionedManaged
  southafricanorth
gpt-4o|2024-08-06
+ GlobalProvisionedManaged
  canadacentral centralindia centraluseuap eastasia eastus2euap japanwest jioindiacentral
  jioindiawest northeurope qatarcentral ukwest westcentralus
gpt-4o|2024-08-06
+ GlobalStandard ProvisionedManaged GlobalProvisionedManaged GlobalBatch
  australiaeast japaneast norwayeast switzerlandnorth uksouth
gpt-4o|2024-08-06
+ Standard GlobalStandard ProvisionedManaged GlobalProvisionedManaged GlobalBatch DataZoneStandard
+ DataZoneProvisionedManaged DataZoneBatch
  eastus eastus2 southcentralus westus
gpt-4o|2024-08-06
+ GlobalStandard ProvisionedManaged GlobalProvisionedManaged GlobalBatch DataZoneStandard
+ DataZoneProvisionedManaged DataZoneBatch
  germanywestcentral spaincentral
gpt-4o|2024-08-06
+ GlobalStandard ProvisionedManaged GlobalProvisionedManaged
  uaenorth
gpt-4o|2024-08-06
+ ProvisionedManaged ProvisionedManaged GlobalProvisionedManaged
  switzerlandwest
gpt-4o|2024-08-06
+ GlobalStandard GlobalProvisionedManaged GlobalBatch DataZoneStandard DataZoneProvisionedManaged
+ DataZoneBatch
  westeurope
gpt-4o|2024-08-06
+ Standard GlobalStandard ProvisionedManaged GlobalProvisionedManaged GlobalBatch DataZoneStandard
+ DataZoneBatch
  centralus
gpt-4o|2024-08-06
+ Standard ProvisionedManaged GlobalStandard DataZoneStandard DataZoneProvisionedManaged
+ GlobalProvisionedManaged
  westus2
gpt-4o|2024-08-06
+ GlobalStandard GlobalProvisionedManaged GlobalBatch
  southafricanorth
gpt-4o|2024-08-06
+ GlobalProvisionedManaged GlobalBatch
  italynorth
gpt-4o|2024-11-20
+ GlobalProvisionedManaged
  canadacentral centralindia centraluseuap eastasia japanwest jioindiacentral jioindiawest
  northeurope qatarcentral switzerlandwest ukwest westcentralus
gpt-4o|2024-11-20
+ Standard ProvisionedManaged GlobalStandard GlobalBatch GlobalProvisionedManaged
  australiaeast japaneast switzerlandnorth uaenorth uksouth
gpt-4o|2024-11-20
+ ProvisionedManaged DataZoneStandard GlobalStandard DataZoneBatch GlobalBatch
+ GlobalProvisionedManaged DataZoneProvisionedManaged
  germanywestcentral spaincentral westeurope
gpt-4o|2024-11-20
+ Standard ProvisionedManaged DataZoneStandard GlobalStandard DataZoneBatch GlobalBatch
+ GlobalProvisionedManaged DataZoneProvisionedManaged
  eastus eastus2 westus
gpt-4o|2024-11-20
+ Standard GlobalStandard GlobalBatch GlobalProvisionedManaged
  norwayeast southafricanorth
gpt-4o|2024-11-20
+ Standard ProvisionedManaged DataZoneStandard GlobalStandard DataZoneBatch GlobalBatch
+ GlobalProvisionedManaged
  centralus
gpt-4o|2024-11-20
+ Standard DataZoneStandard GlobalStandard DataZoneBatch GlobalBatch GlobalProvisionedManaged
+ DataZoneProvisionedManaged
  southcentralus
gpt-4o|2024-11-20
+ GlobalStandard GlobalBatch GlobalProvisionedManaged
  eastus2euap
gpt-4o|2024-11-20
+ Standard DataZoneStandard GlobalStandard ProvisionedManaged GlobalProvisionedManaged
+ DataZoneProvisionedManaged
  westus2
gpt-4o|2024-11-20
+ DataZoneStandard GlobalStandard GlobalBatch GlobalProvisionedManaged
  italynorth
gpt-4o-mini|2024-07-18
+ GlobalProvisionedManaged
  centralindia centraluseuap eastasia japanwest jioindiacentral jioindiawest northeurope
  qatarcentral ukwest
gpt-4o-mini|2024-07-18
+ GlobalStandard GlobalBatch ProvisionedManaged GlobalProvisionedManaged
  australiaeast japaneast norwayeast switzerlandnorth uksouth
gpt-4o-mini|2024-07-18
+ Standard GlobalStandard GlobalBatch ProvisionedManaged GlobalProvisionedManaged DataZoneStandard
+ DataZoneProvisionedManaged DataZoneBatch
  eastus eastus2 southcentralus westus
gpt-4o-mini|2024-07-18
+ GlobalStandard GlobalBatch GlobalProvisionedManaged
  southafricanorth uaenorth
gpt-4o-mini|2024-07-18
+ GlobalStandard GlobalBatch GlobalProvisionedManaged DataZoneStandard DataZoneProvisionedManaged
+ DataZoneBatch
  germanywestcentral westeurope
gpt-4o-mini|2024-07-18
+ ProvisionedManaged GlobalProvisionedManaged
  switzerlandwest
gpt-4o-mini|2024-07-18
+ GlobalStandard GlobalBatch ProvisionedManaged GlobalProvisionedManaged DataZoneStandard
+ DataZoneProvisionedManaged DataZoneBatch
  spaincentral
gpt-4o-mini|2024-07-18
+ GlobalStandard GlobalBatch ProvisionedManaged GlobalProvisionedManaged DataZoneStandard
+ DataZoneBatch
  centralus
gpt-4o-mini|2024-07-18
+ GlobalBatch GlobalProvisionedManaged
  eastus2euap
gpt-4o-mini|2024-07-18
+ Standard ProvisionedManaged GlobalProvisionedManaged
  westcentralus
gpt-4o-mini|2024-07-18
+ Standard GlobalStandard ProvisionedManaged GlobalProvisionedManaged DataZoneStandard
+ DataZoneProvisionedManaged DataZoneBatch
  westus2
gpt-4o-mini|2024-07-18
+ GlobalStandard ProvisionedManaged GlobalProvisionedManaged
  canadacentral
gpt-4o-mini|2024-07-18
+ GlobalStandard GlobalBatch GlobalProvisionedManaged DataZoneStandard
  italynorth
"""

DEPLOYED = """\
gpt-35-turbo|0613|japaneast|Standard
gpt-4o|2024-11-20|westus3|Standard
"""
"""Regions whose lists were not recorded for a model, but a deployment of it was.

Source: deployments that succeeded, recorded on 2023-07-25 and 2026-06-17.
"""
