"""Prices that do not depend on tokens: hosting by the hour, units of throughput, and factors.

A line ``what|SKU|US dollars an hour|a month reserved|a year reserved|observed|source``; ``hosting``
is that of one fine-tuned deployment, ``unit`` that of one provisioned throughput unit (PTU). A
factor's line ``factor|SKU|times|||observed|source`` is held against the price of Global Standard.

``!`` before a source: it is not Azure's own price, which could not be read: an example in Azure's
documentation, or a table of others that cites Azure's price page.
"""

RATES = """\
hosting|Standard|1.70|||2026-06|! learn.microsoft.com: an example rate
hosting|GlobalStandard|1.70|||2026-06|! learn.microsoft.com: an example rate
hosting|DeveloperTier|0|||2026-06|learn.microsoft.com: test a fine-tuned model
unit|GlobalProvisionedManaged|1.00|260|2652|2026-11|! tables that cite Azure's price page
unit|DataZoneProvisionedManaged|1.10|286|2916|2026-11|! tables that cite Azure's price page
unit|ProvisionedManaged|2.00|286|2916|2026-11|! tables that cite Azure's price page
factor|GlobalBatch|0.5|||2026-09|learn.microsoft.com: batch, half of Global Standard
factor|DataZoneBatch|0.5|||2026-09|learn.microsoft.com: batch, half of Global Standard
factor|DataZoneStandard|1.1|||2026-11|! LiteLLM 1.110.2, azure/eu and azure/us
factor|Standard|1.1|||2026-11|! LiteLLM 1.110.2; some regions and models cost as Global does
"""
