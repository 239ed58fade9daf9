"""The OpenAI models for conversations that eastus2 offered.

A line ``format|name|version|lifecycle|default|since|inference ends|fine-tuning ends|maxCapacity``
begins a model, ``. `` continues with its capabilities (``name`` alone means ``true``; they may also
end the first line), ``+ sku|usageName|deprecation|minimum-maximum/step=default|rates`` is a SKU of
it. ``~x`` as usageName means ``<owner>.<sku>.x``; rates say ``r1/10``: 1 request in 10 s for each
unit of capacity, ``t1000/60``: 1000 tokens in 60 s. 0 and ``-`` stand for what is absent.

Source: the answer to ``locations/eastus2/models``, api-version 2025-06-01, observed on 2026-04-23.
"""

ROWS = """\
OpenAI|gpt-35-turbo|0613|Deprecated|-|2023-06-19|2025-04-30|2025-04-30|9
. FineTuneTokensMaxValuePerExample=4096 FineTuneTokensMaxValue=2000000000 maxTotalToken=4096
. chatCompletion assistants
+ Standard|~gpt-35-turbo|2025-02-13|0-1000000/0=120|r1/10,t1000/60
+ Standard|~gpt-35-turbo-finetune|2025-02-13|0-1000000/0=50|r1/10,t1000/60
+ GlobalBatch|~gpt-35-turbo|2025-04-30|0-10000000/0=10|-
OpenAI|gpt-35-turbo|1106|Deprecated|-|2023-11-15|2025-11-14|2025-10-28|9
. fineTune maxContextToken=16385 maxOutputToken=4096 FineTuneTokensMaxValuePerExample=16385
. FineTuneTokensMaxValue=2000000000 chatCompletion assistants allowProvisionedManagedCommitment
+ GlobalBatch|~gpt-35-turbo|2025-04-30|0-10000000/0=10|-
+ ProvisionedManaged|OpenAI.ProvisionedManaged|2025-11-14|50-30000/50=0|-
+ Standard|~gpt-35-turbo-1106-finetune|2025-11-14|0-1000000/0=50|r1/10,t1000/60
OpenAI|gpt-35-turbo|0125|Deprecated|default|2024-02-15|2025-11-14|2025-10-28|9
. fineTune maxContextToken=16385 maxOutputToken=4096 FineTuneTokensMaxValuePerExample=16385
. FineTuneTokensMaxValue=2000000000 chatCompletion assistants allowProvisionedManagedCommitment
+ Standard|~gpt-35-turbo|2025-11-14|0-1000000/0=100|r1/10,t1000/60
+ Standard|~gpt-35-turbo-0125-finetune|2025-11-14|0-1000000/0=50|r1/10,t1000/60
+ GlobalBatch|~gpt-35-turbo|2025-04-30|0-10000000/0=10|-
+ ProvisionedManaged|OpenAI.ProvisionedManaged|2025-11-14|50-30000/50=0|-
OpenAI|gpt-35-turbo-16k|0613|Deprecated|default|2023-06-19|2025-04-30|-|9
. chatCompletion maxTotalToken=16384
+ Standard|~gpt-35-turbo|2025-04-30|0-1000000/0=120|r1/10,t1000/60
OpenAI|gpt-4|0125-Preview|Deprecated|-|2024-01-25|2025-05-01|-|3
. chatCompletion jsonObjectResponse maxContextToken=128000 maxOutputToken=4096 assistants
. allowProvisionedManagedCommitment
+ Standard|~gpt-4-turbo|2025-05-01|0-1000000/0=10|r1/10,t1000/60
+ ProvisionedManaged|OpenAI.ProvisionedManaged|2025-05-15|100-30000/100=0|-
OpenAI|gpt-4|1106-Preview|Deprecated|-|2023-11-15|2025-05-01|-|3
. chatCompletion jsonObjectResponse maxContextToken=128000 maxOutputToken=4096 assistants
. allowProvisionedManagedCommitment
+ Standard|~gpt-4-turbo|2025-05-01|0-1000000/0=10|r1/10,t1000/60
+ ProvisionedManaged|OpenAI.ProvisionedManaged|2025-05-15|100-30000/100=0|-
OpenAI|gpt-4|0613|Deprecated|default|2023-06-19|2025-06-06|2025-06-06|3
. maxTotalToken=8192 chatCompletion assistants allowProvisionedManagedCommitment responses
. agentsV2
+ Standard|~gpt-4|2025-06-06|0-1000000/0=10|r1/10,t1000/60
+ GlobalBatch|~gpt-4|2025-04-30|0-10000000/0=10|-
+ ProvisionedManaged|OpenAI.ProvisionedManaged|2025-06-15|100-30000/100=0|-
OpenAI|gpt-4-32k|0613|Deprecated|default|2023-06-19|2025-06-06|-|3
. chatCompletion maxTotalToken=32768 allowProvisionedManagedCommitment responses agentsV2
+ ProvisionedManaged|OpenAI.ProvisionedManaged|2025-06-15|200-30000/200=0|-
OpenAI|gpt-4|turbo-2024-04-09|Deprecated|-|2024-04-23|2025-11-14|2025-11-14|3
. chatCompletion FineTuneTokensMaxValuePerExample=131072 FineTuneTokensMaxValue=2000000000
. assistants maxContextToken=128000 maxOutputToken=4096 allowProvisionedManagedCommitment
+ Standard|~gpt-4-turbo|2025-11-14|0-1000000/0=10|r1/10,t1000/60
+ GlobalStandard|~gpt-4-turbo-2024-0409|2025-11-14|0-1000000/0=10|r1/10,t1000/60
+ GlobalBatch|~gpt-4-turbo|2025-04-30|0-10000000/0=10|-
+ ProvisionedManaged|OpenAI.ProvisionedManaged|2025-11-14|100-30000/100=0|-
OpenAI|gpt-4o|2024-05-13|Deprecating|-|2024-05-13|2026-10-01|2026-10-01|3
. area=US chatCompletion jsonObjectResponse maxContextToken=128000 maxOutputToken=4096 assistants
. FineTuneTokensMaxValuePerExample=131072 FineTuneTokensMaxValue=2000000000
. allowProvisionedManagedCommitment responses agentsV2
+ Standard|~gpt-4o|2026-03-31|0-1000000/0=10|r1/10,t1000/60
+ GlobalStandard|~gpt-4o|2026-10-01|0-1000000/0=10|r1/10,t1000/60
+ ProvisionedManaged|OpenAI.ProvisionedManaged|2026-10-01|50-30000/50=0|-
+ GlobalBatch|~gpt-4o|2026-10-01|0-10000000/0=10|-
+ DataZoneStandard|~gpt-4o|2026-10-01|0-1000000/0=10|r1/10,t1000/60
+ DataZoneProvisionedManaged|OpenAI.DataZoneProvisionedManaged|2026-10-01|15-100000/5=0|-
+ GlobalProvisionedManaged|OpenAI.GlobalProvisionedManaged|2026-10-01|15-100000/5=0|-
OpenAI|gpt-4o|2024-08-06|Deprecating|-|2024-08-06|2026-10-01|2026-10-01|3
. area=US chatCompletion fineTune globalFineTune devTierFineTune assistants jsonSchemaResponse
. maxContextToken=128000 maxOutputToken=16384 FineTuneTokensMaxValuePerExample=131072
. FineTuneTokensMaxValue=2000000000 allowProvisionedManagedCommitment responses agentsV2
+ Standard|~gpt-4o|2026-03-31|0-1000000/0=10|r1/10,t1000/60
+ GlobalStandard|~gpt-4o|2026-10-01|0-1000000/0=10|r10/60,t1000/60
+ ProvisionedManaged|OpenAI.ProvisionedManaged|2026-10-01|50-30000/50=0|-
+ GlobalProvisionedManaged|OpenAI.GlobalProvisionedManaged|2026-10-01|15-100000/5=0|-
+ Standard|~gpt-4o-finetune|2027-03-31|0-1000000/0=50|r1/10,t1000/60
+ GlobalStandard|~gpt-4o-finetune|2027-10-01|0-1000000/0=50|r1/10,t1000/60
+ GlobalBatch|~gpt-4o|2026-10-01|0-75000000/0=10|-
+ DataZoneStandard|~gpt-4o|2026-10-01|0-1000000/0=10|r1/10,t1000/60
+ DataZoneProvisionedManaged|OpenAI.DataZoneProvisionedManaged|2026-10-01|15-100000/5=0|-
+ DataZoneBatch|~gpt-4o|2026-10-01|0-75000000/0=10|-
OpenAI|gpt-4o-mini|2024-07-18|GA|default|2024-07-19|2026-10-01|2026-10-01|3
. area=US chatCompletion jsonObjectResponse maxContextToken=128000 maxOutputToken=16384 assistants
. globalFineTune devTierFineTune FineTuneTokensMaxValuePerExample=131072
. FineTuneTokensMaxValue=2000000000 allowProvisionedManagedCommitment responses agentsV2
+ Standard|~gpt-4o-mini|2026-03-31|0-1000000/0=10|r10/60,t1000/60
+ GlobalStandard|~gpt-4o-mini|2026-10-01|0-1000000/0=10|r10/60,t1000/60
+ GlobalBatch|~gpt-4o-mini|2026-10-01|0-20000000/0=10|-
+ ProvisionedManaged|OpenAI.ProvisionedManaged|2026-10-01|25-30000/25=0|-
+ GlobalStandard|~gpt-4o-mini-finetune|2027-10-01|0-1000000/0=50|r1/10,t1000/60
+ GlobalProvisionedManaged|OpenAI.GlobalProvisionedManaged|2026-10-01|15-100000/5=0|-
+ DataZoneStandard|~gpt-4o-mini|2026-10-01|0-1000000/0=10|r10/60,t1000/60
+ DataZoneProvisionedManaged|OpenAI.DataZoneProvisionedManaged|2026-10-01|15-100000/5=0|-
+ DataZoneBatch|~gpt-4o-mini|2026-10-01|0-15000000/0=10|-
OpenAI|gpt-4o|2024-11-20|GA|default|2024-12-03|2026-10-01|-|3
. area=US chatCompletion assistants jsonSchemaResponse allowProvisionedManagedCommitment responses
. agentsV2
+ Standard|~gpt-4o|2026-10-01|0-1000000/0=10|r1/10,t1000/60
+ ProvisionedManaged|OpenAI.ProvisionedManaged|2026-10-01|50-30000/50=0|-
+ DataZoneStandard|~gpt-4o|2026-10-01|0-1000000/0=10|r1/10,t1000/60
+ GlobalStandard|~gpt-4o|2026-10-01|0-1000000/0=10|r1/10,t1000/60
+ DataZoneBatch|~gpt-4o|2026-10-01|0-75000000/0=10|-
+ GlobalBatch|~gpt-4o|2026-10-01|0-10000000/0=10|-
+ GlobalProvisionedManaged|OpenAI.GlobalProvisionedManaged|2026-10-01|15-30000/5=0|-
+ DataZoneProvisionedManaged|OpenAI.DataZoneProvisionedManaged|2026-10-01|15-30000/5=0|-
OpenAI|gpt-4o-mini-realtime-preview|2024-12-17|Deprecated|-|2024-12-17|2026-03-24|2026-03-24|3
. chatCompletion=false completion=false realtime jsonObjectResponse=false assistants=false
. maxContextToken=128000 maxOutputToken=4096 allowProvisionedManagedCommitment=false responses
. agentsV2
+ GlobalStandard|~gpt-4o-mini-realtime-preview|2026-03-24|0-30000/0=100|r6/60,t1000/60
OpenAI|gpt-4o-audio-preview|2024-12-17|Deprecated|-|2025-01-21|2026-03-24|2026-03-24|3
. chatCompletion completion=false realtime=false jsonObjectResponse=false assistants=false
. maxContextToken=128000 maxOutputToken=16384 allowProvisionedManagedCommitment=false
+ GlobalStandard|~gpt-4o-audio-preview|2026-03-24|0-30000/0=100|r1/10,t1000/60
+ Provisioned|~gpt-4o-audio-preview|2026-03-24|100-30000/100=100|-
OpenAI|gpt-4o-mini-audio-preview|2024-12-17|Deprecated|-|2025-02-03|2026-03-24|2026-03-24|3
. chatCompletion completion=false realtime=false jsonObjectResponse=false assistants=false
. maxContextToken=128000 maxOutputToken=16384 allowProvisionedManagedCommitment=false
+ GlobalStandard|~gpt-4o-mini-audio-preview|2026-03-24|0-30000/0=100|r1/10,t1000/60
OpenAI|o1-mini|2024-09-12|Deprecated|-|2024-09-26|2025-11-17|2025-11-17|3
. chatCompletion FineTuneTokensMaxValuePerExample=131072 FineTuneTokensMaxValue=2000000000
. assistants=false
+ GlobalStandard|~o1-mini|2025-11-17|0-1000000/0=10|r1/60,t10000/60
OpenAI|o1|2024-12-17|Deprecating|-|2024-09-26|2026-07-15|-|3
. chatCompletion area=US responses agentsV2 assistants reasoningSummary
+ Standard|~o1|2026-07-15|0-1000000/0=10|r1/60,t6000/60
+ GlobalStandard|~o1|2026-07-15|0-50000/0=10|r1/60,t6000/60
+ DataZoneStandard|~o1|2026-07-15|0-1000000/0=10|r1/60,t6000/60
+ GlobalProvisionedManaged|OpenAI.GlobalProvisionedManaged|2026-07-15|15-30000/5=0|-
+ DataZoneProvisionedManaged|OpenAI.DataZoneProvisionedManaged|2026-07-15|15-100000/5=0|-
OpenAI|o3-mini|2025-01-31|Deprecating|default|2025-01-28|2026-08-02|2026-08-02|3
. chatCompletion area=US FineTuneTokensMaxValuePerExample=131072 FineTuneTokensMaxValue=2000000000
. responses agentsV2 assistants reasoningSummary
+ GlobalStandard|~o3-mini|2026-08-02|0-1000000/0=10|r1/60,t10000/60
+ ProvisionedManaged|OpenAI.ProvisionedManaged|2026-08-02|25-30000/25=0|-
+ GlobalBatch|~o3-mini|2026-08-02|0-10000000/0=10|-
+ DataZoneBatch|~o3-mini|2026-08-02|0-1000000/0=10|-
+ DataZoneStandard|~o3-mini|2026-08-02|0-1000000/0=10|r1/60,t10000/60
+ GlobalProvisionedManaged|OpenAI.GlobalProvisionedManaged|2026-08-02|15-30000/5=0|-
+ DataZoneProvisionedManaged|OpenAI.DataZoneProvisionedManaged|2026-08-02|15-100000/5=0|-
OpenAI|o3|2025-04-16|GA|default|2025-04-09|2026-10-16|-|3
. chatCompletion area=US responses agentsV2 reasoningSummary
+ GlobalStandard|~o3|2026-10-16|0-1000000/0=10|r1/60,t1000/60
+ ProvisionedManaged|OpenAI.ProvisionedManaged|2026-10-16|50-30000/50=0|-
+ GlobalProvisionedManaged|OpenAI.GlobalProvisionedManaged|2026-10-16|15-30000/5=0|-
+ DataZoneProvisionedManaged|OpenAI.DataZoneProvisionedManaged|2026-10-16|15-100000/5=0|-
+ GlobalBatch|~o3|2026-10-16|0-10000000/0=10|-
+ DataZoneStandard|~o3|2026-10-16|0-1000000/0=10|r1/60,t1000/60
+ DataZoneBatch|~o3|2026-10-16|0-75000000/0=10|-
OpenAI|o3-pro|2025-06-10|GA|default|2025-06-17|2026-12-10|-|3|responses agentsV2
+ GlobalStandard|~o3-pro|2026-12-10|0-1000000/0=10|r1/60,t10000/60
OpenAI|model-router|2025-05-19|Preview|-|2025-05-19|2026-05-27|2026-05-27|3
. router chatCompletion agentsV2
+ GlobalStandard|~ModelRouter|2026-05-27|0-1000000/0=10|r1/60,t1000/60
+ DataZoneStandard|~ModelRouter|2026-05-27|0-1000000/0=10|r1/60,t1000/60
OpenAI|model-router|2025-08-07|Preview|-|2025-08-07|2026-05-27|2026-05-27|3
. router chatCompletion agentsV2
+ GlobalStandard|~ModelRouter|2026-05-27|0-1000000/0=10|r1/60,t1000/60
+ DataZoneStandard|~ModelRouter|2026-05-27|0-1000000/0=10|r1/60,t1000/60
OpenAI|model-router|2025-11-18|GA|default|2025-11-18|2027-05-20|-|3
. router chatCompletion agentsV2
+ GlobalStandard|~ModelRouter|2027-05-20|0-1000000/0=10|r1/60,t1000/60
+ DataZoneStandard|~ModelRouter|2027-05-20|0-1000000/0=10|r1/60,t1000/60
OpenAI|codex-mini|2025-05-16|GA|-|2025-05-19|2026-11-15|-|3
. chatCompletion=false responses agentsV2
+ GlobalStandard|~codex-mini|2026-11-15|0-1000000/0=10|r1/60,t1000/60
OpenAI|o4-mini|2025-04-16|GA|default|2025-04-11|2026-10-16|2026-10-16|3
. chatCompletion responses agentsV2 assistants=false fineTune globalFineTune
. FineTuneTokensMaxValuePerExample=131072 FineTuneTokensMaxValue=2000000000 area=US
. reasoningSummary
+ Standard|~o4-mini|2026-10-16|0-1000000/0=10|r1/60,t1000/60
+ GlobalStandard|~o4-mini|2026-10-16|0-1000000/0=10|r1/60,t1000/60
+ GlobalStandard|~o4-mini-finetune|2027-10-16|0-1000000/0=10|r1/60,t1000/60
+ DeveloperTier|~o4-mini-finetune|2027-10-16|0-1000000/0=10|r1/60,t1000/60
+ Standard|~o4-mini-finetune|2027-10-16|0-1000000/0=10|r1/60,t1000/60
+ ProvisionedManaged|OpenAI.ProvisionedManaged|2026-10-16|25-30000/25=0|-
+ DataZoneProvisionedManaged|OpenAI.DataZoneProvisionedManaged|2026-10-16|15-100000/5=0|-
+ GlobalProvisionedManaged|OpenAI.GlobalProvisionedManaged|2026-10-16|15-30000/5=0|-
+ GlobalBatch|~o4-mini|2026-10-16|0-1000000/0=10|-
+ DataZoneBatch|~o4-mini|2026-10-16|0-75000000/0=10|-
+ DataZoneStandard|~o4-mini|2026-10-16|0-1000000/0=10|r1/10,t1000/60
OpenAI|gpt-4.1|2025-04-14|GA|default|2025-04-11|2026-10-14|2026-10-14|3
. globalFineTune priorityTierSkus= devTierFineTune area=US FineTuneTokensMaxValuePerExample=65536
. FineTuneTokensMaxValue=2000000000 chatCompletion responses agentsV2 assistants
+ Standard|~gpt4.1|2026-10-14|0-1000000/0=10|r1/60,t1000/60
+ GlobalStandard|~gpt4.1|2026-10-14|0-1000000/0=10|r1/60,t1000/60
+ DataZoneStandard|~gpt4.1|2026-10-14|0-1000000/0=10|r1/60,t1000/60
+ ProvisionedManaged|OpenAI.ProvisionedManaged|2026-10-14|25-30000/25=0|-
+ DataZoneProvisionedManaged|OpenAI.DataZoneProvisionedManaged|2026-10-14|15-100000/5=0|-
+ GlobalProvisionedManaged|OpenAI.GlobalProvisionedManaged|2026-10-14|15-30000/5=0|-
+ GlobalStandard|~gpt4.1-finetune|2027-10-14|0-10000000/0=10|r1/60,t1000/60
+ DeveloperTier|~gpt4.1-finetune|2027-10-14|0-250/0=50|r1/60,t1000/60
+ GlobalBatch|~gpt-4.1|2026-10-14|0-75000000/0=10|-
+ DataZoneBatch|~gpt-4.1|2026-10-14|0-75000000/0=10|-
OpenAI|gpt-4.1-mini|2025-04-14|GA|default|2025-04-11|2026-10-14|2026-10-14|3
. globalFineTune devTierFineTune FineTuneTokensMaxValuePerExample=65536
. FineTuneTokensMaxValue=2000000000 chatCompletion area=US responses agentsV2 assistants
+ Standard|~gpt4.1-mini|2026-10-14|0-1000000/0=10|r1/60,t1000/60
+ GlobalStandard|~gpt4.1-mini|2026-10-14|0-1000000/0=10|r1/60,t1000/60
+ DataZoneStandard|~gpt4.1-mini|2026-10-14|0-1000000/0=10|r1/60,t1000/60
+ GlobalStandard|~gpt4.1-mini-finetune|2027-10-14|0-10000000/0=10|r1/60,t1000/60
+ DeveloperTier|~gpt4.1-mini-finetune|2027-10-14|0-250/0=50|r1/60,t1000/60
+ GlobalProvisionedManaged|OpenAI.GlobalProvisionedManaged|2026-10-14|15-30000/5=0|-
+ ProvisionedManaged|OpenAI.ProvisionedManaged|2026-10-14|25-30000/25=0|-
+ DataZoneProvisionedManaged|OpenAI.DataZoneProvisionedManaged|2026-10-14|15-100000/5=0|-
+ GlobalBatch|~gpt-4.1-mini|2026-10-14|0-75000000/0=10|-
+ DataZoneBatch|~gpt-4.1-mini|2026-10-14|0-75000000/0=10|-
OpenAI|gpt-4.1-nano|2025-04-14|GA|default|2025-04-11|2026-10-14|2026-10-14|3
. chatCompletion area=US responses agentsV2 assistants globalFineTune devTierFineTune
. FineTuneTokensMaxValuePerExample=32768 FineTuneTokensMaxValue=2000000000
+ GlobalStandard|~gpt4.1-nano|2026-10-14|0-1000000/0=10|r1/60,t1000/60
+ GlobalStandard|~gpt4.1-nano-finetune|2027-10-14|0-1000000/0=10|r1/60,t1000/60
+ DeveloperTier|~gpt4.1-nano-finetune|2027-10-14|0-250/0=50|r1/60,t1000/60
+ DataZoneStandard|~gpt4.1-nano|2026-10-14|0-1000000/0=10|r1/60,t1000/60
+ DataZoneProvisionedManaged|OpenAI.DataZoneProvisionedManaged|2026-10-14|15-100000/5=0|-
+ GlobalProvisionedManaged|OpenAI.GlobalProvisionedManaged|2026-10-14|15-30000/5=0|-
+ ProvisionedManaged|OpenAI.ProvisionedManaged|2026-10-14|25-30000/25=0|-
+ GlobalBatch|~gpt-4.1-nano|2026-10-14|0-75000000/0=10|-
+ DataZoneBatch|~gpt-4.1-nano|2026-10-14|0-75000000/0=10|-
OpenAI|gpt-5|2025-08-07|GA|-|2025-08-07|2027-02-06|2027-02-06|3
. area=US chatCompletion responses agentsV2 assistants FineTuneTokensMaxValuePerExample=196608
. FineTuneTokensMaxValue=2000000000
+ GlobalStandard|~gpt-5|2027-02-06|0-1000000/0=10|r10/60,t1000/60
+ DataZoneStandard|~gpt-5|2027-02-06|0-1000000/0=10|r10/60,t1000/60
+ ProvisionedManaged|OpenAI.ProvisionedManaged|2027-02-06|50-30000/50=0|-
+ DataZoneProvisionedManaged|OpenAI.DataZoneProvisionedManaged|2027-02-06|15-100000/5=0|-
+ GlobalProvisionedManaged|OpenAI.GlobalProvisionedManaged|2027-02-06|15-30000/5=0|-
+ GlobalBatch|~gpt-5|2027-02-06|0-10000000/0=10|-
+ DataZoneBatch|~gpt-5|2027-02-06|0-10000000/0=10|-
OpenAI|gpt-5-mini|2025-08-07|GA|-|2025-08-07|2027-02-06|-|3
. area=US chatCompletion responses agentsV2 assistants
+ GlobalStandard|~gpt-5-mini|2027-02-06|0-1000000/0=10|r1/60,t1000/60
+ ProvisionedManaged|OpenAI.ProvisionedManaged|2027-02-06|25-30000/25=0|-
+ DataZoneProvisionedManaged|OpenAI.DataZoneProvisionedManaged|2027-02-06|15-100000/5=0|-
+ GlobalProvisionedManaged|OpenAI.GlobalProvisionedManaged|2027-02-06|15-30000/5=0|-
+ DataZoneStandard|~gpt-5-mini|2027-02-06|0-1000000/0=10|r1/60,t1000/60
OpenAI|gpt-5-nano|2025-08-07|GA|-|2025-08-07|2027-02-06|-|3
. area=US chatCompletion responses agentsV2 assistants
+ GlobalStandard|~gpt-5-nano|2027-02-06|0-1000000/0=10|r1/60,t1000/60
+ DataZoneStandard|~gpt-5-nano|2027-02-06|0-1000000/0=10|r1/60,t1000/60
OpenAI|gpt-5-chat|2025-08-07|Preview|-|2025-08-07|2026-05-13|-|3
. chatCompletion responses agentsV2 assistants
+ GlobalStandard|~gpt-5-chat|2026-05-13|0-1000000/0=10|r1/60,t1000/60
OpenAI|gpt-audio|2025-08-28|GA|-|2025-08-28|2027-02-28|2027-02-28|3
. chatCompletion completion=false realtime=false jsonObjectResponse=false assistants=false
. maxContextToken=128000 maxOutputToken=16384 allowProvisionedManagedCommitment=false
+ GlobalStandard|~gpt-audio|2027-02-28|0-30000/0=100|r1/10,t1000/60
OpenAI|gpt-5-codex|2025-09-15|GA|-|2025-09-12|2027-03-17|-|3|area=US responses agentsV2
+ GlobalStandard|~gpt-5-codex|2027-03-17|0-1000000/0=10|r1/60,t1000/60
OpenAI|gpt-5-chat|2025-10-03|Preview|-|2025-10-02|2026-05-13|-|3
. chatCompletion responses agentsV2 assistants
+ GlobalStandard|~gpt-5-chat|2026-05-13|0-1000000/0=10|r1/60,t1000/60
OpenAI|gpt-audio-mini|2025-10-06|GA|-|2025-10-06|2027-04-07|2027-04-07|3
. chatCompletion completion=false realtime=false jsonObjectResponse=false assistants=false
. maxContextToken=128000 maxOutputToken=16384 allowProvisionedManagedCommitment=false
+ GlobalStandard|~gpt-audio-mini|2027-04-07|0-30000/0=100|r10/60,t5000/60
OpenAI|gpt-5-pro|2025-10-06|GA|-|2025-10-06|2027-04-07|-|3|responses agentsV2 assistants
+ GlobalStandard|~gpt-5-pro|2027-04-07|0-100000/0=10|r10/60,t1000/60
OpenAI|gpt-5.1|2025-11-13|GA|default|2025-11-11|2027-05-15|2027-05-15|3
. area=US chatCompletion responses assistants priorityTierSkus=
+ Standard|~gpt-5.1|2027-05-15|0-1000000/0=10|r10/60,t1000/60
+ GlobalStandard|~gpt-5.1|2027-05-15|0-1000000/0=10|r10/60,t1000/60
+ DataZoneStandard|~gpt-5.1|2027-05-15|0-1000000/0=10|r10/60,t1000/60
+ DataZoneProvisionedManaged|OpenAI.DataZoneProvisionedManaged|2027-05-15|15-100000/5=0|-
+ GlobalProvisionedManaged|OpenAI.GlobalProvisionedManaged|2027-05-15|15-30000/5=0|-
+ GlobalBatch|~gpt-5.1|2027-05-15|0-10000000/0=10|-
+ DataZoneBatch|~gpt-5.1|2027-05-15|0-10000000/0=10|-
OpenAI|gpt-5.1-chat|2025-11-13|Preview|-|2025-11-11|2026-05-13|2026-05-13|3
. area=US chatCompletion responses assistants
+ GlobalStandard|~gpt-5.1-chat|2026-05-13|0-1000000/0=10|r10/60,t1000/60
OpenAI|gpt-5.1-codex|2025-11-13|GA|-|2025-11-07|2027-05-15|-|3
. area=US chatCompletion=false responses agentsV2
+ GlobalStandard|~gpt-5.1-codex|2027-05-15|0-1000000/0=10|r1/60,t1000/60
+ DataZoneProvisionedManaged|OpenAI.DataZoneProvisionedManaged|2027-05-15|15-100000/5=0|-
+ GlobalProvisionedManaged|OpenAI.GlobalProvisionedManaged|2027-05-15|15-30000/5=0|-
OpenAI|gpt-5.1-codex-mini|2025-11-13|GA|-|2025-11-07|2027-05-15|-|3
. chatCompletion=false responses agentsV2
+ GlobalStandard|~gpt-5.1-codex-mini|2027-05-15|0-1000000/0=10|r1/60,t1000/60
OpenAI|gpt-5.1-codex-max|2025-12-04|GA|-|2025-11-14|2026-12-05|-|3
. chatCompletion=false responses agentsV2
+ GlobalStandard|~gpt-5.1-codex-max|2026-12-05|0-1000000/0=10|r10/60,t1000/60
OpenAI|gpt-5.2|2025-12-11|GA|-|2025-12-04|2026-12-12|-|3
. area=US chatCompletion responses agentsV2 assistants priorityTierSkus=
+ GlobalStandard|~gpt-5.2|2026-12-12|0-1000000/0=10|r10/60,t1000/60
+ DataZoneStandard|~gpt-5.2|2026-12-12|0-1000000/0=10|r10/60,t1000/60
+ DataZoneProvisionedManaged|OpenAI.DataZoneProvisionedManaged|2026-12-12|15-100000/5=0|-
+ GlobalProvisionedManaged|OpenAI.GlobalProvisionedManaged|2026-12-12|15-30000/5=0|-
OpenAI|gpt-5.2-chat|2025-12-11|Preview|-|2025-12-04|2026-05-13|-|3
. chatCompletion responses agentsV2 assistants
+ GlobalStandard|~gpt-5.2-chat|2026-05-13|0-1000000/0=10|r10/60,t1000/60
OpenAI|gpt-audio-mini|2025-12-15|GA|default|2025-12-15|2026-12-15|2026-12-15|3
. chatCompletion completion=false realtime=false jsonObjectResponse=false assistants=false
. maxContextToken=128000 maxOutputToken=16384 allowProvisionedManagedCommitment=false
+ GlobalStandard|~gpt-audio-mini|2026-12-15|0-30000/0=100|r1/10,t1000/60
OpenAI|gpt-5.2-codex|2026-01-14|GA|-|2026-01-13|2027-01-14|-|3
. area=US chatCompletion=false responses agentsV2
+ GlobalStandard|~gpt-5.2-codex|2027-01-14|0-1000000/0=10|r10/60,t1000/60
+ GlobalProvisionedManaged|OpenAI.GlobalProvisionedManaged|2027-01-14|15-30000/5=0|-
OpenAI|gpt-5.2-chat|2026-02-10|Preview|-|2026-02-10|2026-06-09|2026-06-09|3
. chatCompletion responses agentsV2 assistants
+ GlobalStandard|~gpt-5.2-chat|2026-06-09|0-1000000/0=10|r10/60,t1000/60
OpenAI|gpt-audio-1.5|2026-02-23|GA|-|2026-02-23|2027-02-23|2027-02-23|3
. chatCompletion completion=false realtime=false jsonObjectResponse=false assistants=false
. maxContextToken=128000 maxOutputToken=16384 allowProvisionedManagedCommitment=false
+ GlobalStandard|~gpt-audio-1.5|2027-02-23|0-3000000/0=100|r1/10,t1000/60
OpenAI|gpt-5.3-codex|2026-02-24|GA|-|2026-02-24|2027-02-25|-|3
. area=US chatCompletion=false responses agentsV2
+ GlobalStandard|~gpt-5.3-codex|2027-02-25|0-1000000/0=10|r10/60,t1000/60
+ DataZoneStandard|OpenAI.DatazoneStandard.gpt-5.3-codex|2027-02-25|0-1000000/0=10|r10/60,t1000/60
+ GlobalProvisionedManaged|OpenAI.GlobalProvisionedManaged|2027-02-25|15-30000/5=0|-
OpenAI|gpt-5.4|2026-03-05|GA|-|2026-03-02|2027-03-05|-|3
. area=US chatCompletion responses agentsV2 assistants priorityTierSkus=
+ GlobalStandard|~gpt-5.4|2027-03-05|0-1000000/0=10|r10/60,t1000/60
+ DataZoneStandard|~gpt-5.4|2027-03-05|0-1000000/0=10|r1/60,t1000/60
+ DataZoneProvisionedManaged|OpenAI.DataZoneProvisionedManaged|2027-03-05|15-100000/5=0|-
+ GlobalProvisionedManaged|OpenAI.GlobalProvisionedManaged|2027-03-05|15-30000/5=0|-
OpenAI|gpt-5.3-chat|2026-03-03|Preview|-|2026-03-02|2026-06-01|-|3
. chatCompletion responses agentsV2 assistants
+ GlobalStandard|~gpt-5.3-chat|2026-06-03|0-1000000/0=10|r1/60,t1000/60
OpenAI|gpt-5.4-pro|2026-03-05|GA|-|2026-03-03|2027-03-06|-|3
. chatCompletion=false responses agentsV2 assistants
+ GlobalStandard|~gpt-5.4-pro|2027-03-06|0-1000000/0=10|r1/60,t1000/60
OpenAI|gpt-5.4-mini|2026-03-17|GA|-|2026-03-17|2027-03-18|-|3
. area=US chatCompletion responses agentsV2 assistants priorityTierSkus=
+ GlobalStandard|~gpt-5.4-mini|2027-03-18|0-1000000/0=10|r1/60,t1000/60
+ DataZoneStandard|OpenAI.DatazoneStandard.gpt-5.4-mini|2027-03-18|0-1000000/0=10|r1/60,t1000/60
OpenAI|gpt-5.4-nano|2026-03-17|GA|-|2026-03-17|2027-03-18|-|3
. area=US chatCompletion responses agentsV2 assistants
+ GlobalStandard|~gpt-5.4-nano|2027-03-18|0-10000000/0=10|r1/60,t1000/60
+ DataZoneStandard|~gpt-5.4-nano|2027-03-18|0-1000000/0=10|r1/60,t1000/60
"""
