"""The models of other makers that eastus2 offered, in AIServices accounts only.

The format is that of ``tables.openai_text``.

Source: the answer to ``locations/eastus2/models``, api-version 2025-06-01, observed on 2026-04-23.
"""

ROWS = """\
AI21 Labs|AI21-Jamba-1.5-Large|1|Deprecated|-|2024-10-01|2025-07-31|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-07-31|0-1/0=1|-
AI21 Labs|AI21-Jamba-1.5-Mini|1|Deprecated|-|2024-10-01|2025-07-31|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-07-31|0-1/0=1|-
AI21 Labs|AI21-Jamba-Instruct|1|Deprecated|-|2024-10-01|2025-02-28|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-02-28|0-1/0=1|-
Alibaba|qwen3-32b|1|Stable|-|2024-10-01|2099-12-31|2099-12-31|3
. chatCompletion globalFineTune FineTuneTokensMaxValue=3000000000
+ GlobalStandard|~Qwen3-32B-finetune|2099-12-31|0-1000/0=50|r1/60,t1000/60
Mistral AI|Codestral-2501|2|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
Cohere|cohere-command-a|1|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion assistants=false
+ GlobalStandard|~Cohere-Command-A|2099-12-31|0-1000000/0=100|r1/60,t1000/60
Cohere|Cohere-command-r|1|Deprecated|-|2024-10-01|2025-06-30|-|3|chatCompletion assistants=false
+ GlobalStandard|~MaaS|2025-06-30|0-1/0=1|-
Cohere|Cohere-command-r-08-2024|1|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
Cohere|Cohere-command-r-plus|1|Deprecated|-|2024-10-01|2025-06-30|-|3
. chatCompletion assistants=false
+ GlobalStandard|~MaaS|2025-06-30|0-1/0=1|-
Cohere|Cohere-command-r-plus-08-2024|1|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
Cohere|Cohere-embed-v3-english|1|Stable|-|2024-10-01|2099-12-31|-|3
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
Cohere|Cohere-embed-v3-multilingual|1|Stable|-|2024-10-01|2099-12-31|-|3
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
DeepSeek|DeepSeek-R1|1|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion
+ GlobalStandard|~DeepSeek-R1|2099-12-31|0-5000/0=5000|r1/60,t1000/60
+ GlobalProvisionedManaged|AIServices.GlobalProvisionedManaged|2099-06-01|100-3000/100=0|-
DeepSeek|DeepSeek-R1-0528|1|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion agentsV2
+ GlobalStandard|~DeepSeek-R1-0528|2099-12-31|0-5000/0=5000|r1/60,t1000/60
+ GlobalProvisionedManaged|AIServices.GlobalProvisionedManaged|2099-06-01|100-3000/100=0|-
DeepSeek|DeepSeek-V3|1|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
DeepSeek|DeepSeek-V3-0324|1|Stable|-|2024-10-01|2099-12-31|-|3
. chatCompletion assistants=false agentsV2
+ GlobalStandard|~DeepSeek-V3-0324|2099-12-31|0-5000/0=5000|r1/60,t1000/60
+ GlobalProvisionedManaged|AIServices.GlobalProvisionedManaged|2099-06-01|100-3000/100=0|-
DeepSeek|DeepSeek-V3.1|1|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion agentsV2
+ GlobalStandard|~DeepSeek-V3.1|2099-12-31|0-1000000/0=5000|r1/60,t1000/60
Cohere|embed-v-4-0|1|Stable|-|2024-10-01|2099-12-31|-|3
+ GlobalStandard|~Embed-V-4-0|2099-12-31|0-1000000/0=15000|r1/60,t1000/60
Core42|jais-30b-chat|1|Deprecated|-|2024-10-01|2026-01-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2026-01-30|0-1/0=1|-
Core42|jais-30b-chat|2|Deprecated|-|2024-10-01|2026-01-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2026-01-30|0-1/0=1|-
Core42|jais-30b-chat|3|Deprecated|-|2024-10-01|2026-01-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2026-01-30|0-1/0=1|-
Meta|Llama-3.2-11B-Vision-Instruct|1|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
Meta|Llama-3.2-11B-Vision-Instruct|2|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
Meta|Llama-3.2-90B-Vision-Instruct|1|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
Meta|Llama-3.2-90B-Vision-Instruct|2|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
Meta|Llama-3.2-90B-Vision-Instruct|3|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
Meta|Llama-3.3-70B-Instruct|1|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion agentsV2
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
Meta|Llama-3.3-70B-Instruct|2|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion agentsV2
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
Meta|Llama-3.3-70B-Instruct|3|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion agentsV2
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
Meta|Llama-3.3-70B-Instruct|4|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion agentsV2
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
Meta|Llama-3.3-70B-Instruct|5|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion agentsV2
+ GlobalStandard|~Llama-3.3-70B-Instruct|2099-12-31|0-10000/0=10|r1/60,t1000/60
Meta|Llama-3.3-70B-Instruct|9|Stable|default|2024-10-01|2099-12-31|2099-12-31|3
. area=US chatCompletion globalFineTune FineTuneTokensMaxValue=3000000000
+ GlobalStandard|~Llama-3.3-70B-Instruct|2099-12-31|0-10000/0=10|r1/60,t1000/60
+ GlobalStandard|~Llama-3.3-70B-Instruct-Finetune|2099-12-31|0-1000/0=50|r1/60,t1000/60
+ DataZoneProvisionedManaged|AIServices.DataZoneProvisionedManaged|2099-12-31|100-3000/100=0|-
+ GlobalProvisionedManaged|AIServices.GlobalProvisionedManaged|2099-12-31|100-3000/100=0|-
Microsoft|MAI-DS-R1|1|Deprecated|-|2024-10-01|2026-02-27|-|3|chatCompletion agentsV2
+ GlobalStandard|~MAI-DS-R1|2026-02-27|0-5000/0=5000|r1/60,t1000/60
Meta|Meta-Llama-3-70B-Instruct|6|Deprecated|-|2024-10-01|2025-06-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-06-30|0-1/0=1|-
Meta|Meta-Llama-3-70B-Instruct|7|Deprecated|-|2024-10-01|2025-06-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-06-30|0-1/0=1|-
Meta|Meta-Llama-3-70B-Instruct|8|Deprecated|-|2024-10-01|2025-06-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-06-30|0-1/0=1|-
Meta|Meta-Llama-3-70B-Instruct|9|Deprecated|-|2024-10-01|2025-06-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-06-30|0-1/0=1|-
Meta|Meta-Llama-3-8B-Instruct|6|Deprecated|-|2024-10-01|2025-06-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-06-30|0-1/0=1|-
Meta|Meta-Llama-3-8B-Instruct|7|Deprecated|-|2024-10-01|2025-06-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-06-30|0-1/0=1|-
Meta|Meta-Llama-3-8B-Instruct|8|Deprecated|-|2024-10-01|2025-06-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-06-30|0-1/0=1|-
Meta|Meta-Llama-3-8B-Instruct|9|Deprecated|-|2024-10-01|2025-06-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-06-30|0-1/0=1|-
Meta|Meta-Llama-3.1-405B-Instruct|1|Stable|-|2024-10-01|2099-12-31|-|3
. chatCompletion assistants=false
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
Meta|Meta-Llama-3.1-70B-Instruct|1|Deprecated|-|2024-10-01|2025-06-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-06-30|0-1/0=1|-
Meta|Meta-Llama-3.1-70B-Instruct|2|Deprecated|-|2024-10-01|2025-06-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-06-30|0-1/0=1|-
Meta|Meta-Llama-3.1-70B-Instruct|3|Deprecated|-|2024-10-01|2025-06-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-06-30|0-1/0=1|-
Meta|Meta-Llama-3.1-70B-Instruct|4|Deprecated|-|2024-10-01|2025-06-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-06-30|0-1/0=1|-
Meta|Meta-Llama-3.1-8B-Instruct|1|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
Meta|Meta-Llama-3.1-8B-Instruct|2|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
Meta|Meta-Llama-3.1-8B-Instruct|3|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
Meta|Meta-Llama-3.1-8B-Instruct|4|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
Meta|Meta-Llama-3.1-8B-Instruct|5|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
Mistral AI|Ministral-3B|1|Stable|-|2024-10-01|2099-12-31|2099-12-31|3
. chatCompletion globalFineTune FineTuneTokensMaxValue=3000000000
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
+ GlobalStandard|~Ministral-3B-finetune|2099-12-31|0-1000/0=50|r1/60,t1000/60
Mistral AI|Mistral-large|1|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
Mistral AI|Mistral-large-2407|1|Deprecated|-|2024-10-01|2025-05-13|-|3
. chatCompletion assistants=false
+ GlobalStandard|~MaaS|2025-05-13|0-1/0=1|-
Mistral AI|Mistral-Large-2411|2|Deprecated|-|2024-10-01|2026-01-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2026-01-30|0-1/0=1|-
Mistral AI|Mistral-Nemo|1|Deprecated|-|2024-10-01|2026-01-30|2026-01-30|3|chatCompletion
+ GlobalStandard|~MaaS|2026-01-30|0-1/0=1|-
Mistral AI|Mistral-small|1|Deprecated|-|2024-10-01|2025-07-31|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-07-31|0-1/0=1|-
Mistral AI|mistral-small-2503|1|Stable|-|2024-10-01|2099-12-31|-|3
. chatCompletion assistants=false
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
Mistral AI|Mistral-Large-3|1|Stable|-|2024-10-01|2099-12-31|-|3|area=US chatCompletion
+ GlobalStandard|~Mistral-Large-3|2099-12-31|0-100000/0=5000|r1/60,t1000/60
+ DataZoneStandard|~Mistral-Large-3|2099-12-31|0-100000/0=5000|r1/60,t1000/60
Microsoft|Phi-3-medium-128k-instruct|3|Deprecated|-|2024-10-01|2025-08-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-08-30|0-1/0=1|-
Microsoft|Phi-3-medium-128k-instruct|4|Deprecated|-|2024-10-01|2025-08-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-08-30|0-1/0=1|-
Microsoft|Phi-3-medium-128k-instruct|5|Deprecated|-|2024-10-01|2025-08-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-08-30|0-1/0=1|-
Microsoft|Phi-3-medium-128k-instruct|6|Deprecated|-|2024-10-01|2025-08-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-08-30|0-1/0=1|-
Microsoft|Phi-3-medium-128k-instruct|7|Deprecated|-|2024-10-01|2025-08-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-08-30|0-1/0=1|-
Microsoft|Phi-3-medium-4k-instruct|3|Deprecated|-|2024-10-01|2025-08-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-08-30|0-1/0=1|-
Microsoft|Phi-3-medium-4k-instruct|4|Deprecated|-|2024-10-01|2025-08-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-08-30|0-1/0=1|-
Microsoft|Phi-3-medium-4k-instruct|5|Deprecated|-|2024-10-01|2025-08-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-08-30|0-1/0=1|-
Microsoft|Phi-3-medium-4k-instruct|6|Deprecated|-|2024-10-01|2025-08-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-08-30|0-1/0=1|-
Microsoft|Phi-3-mini-128k-instruct|10|Deprecated|-|2024-10-01|2025-08-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-08-30|0-1/0=1|-
Microsoft|Phi-3-mini-128k-instruct|11|Deprecated|-|2024-10-01|2025-08-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-08-30|0-1/0=1|-
Microsoft|Phi-3-mini-128k-instruct|12|Deprecated|-|2024-10-01|2025-08-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-08-30|0-1/0=1|-
Microsoft|Phi-3-mini-128k-instruct|13|Deprecated|-|2024-10-01|2025-08-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-08-30|0-1/0=1|-
Microsoft|Phi-3-mini-4k-instruct|10|Deprecated|-|2024-10-01|2025-08-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-08-30|0-1/0=1|-
Microsoft|Phi-3-mini-4k-instruct|11|Deprecated|-|2024-10-01|2025-08-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-08-30|0-1/0=1|-
Microsoft|Phi-3-mini-4k-instruct|13|Deprecated|-|2024-10-01|2025-08-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-08-30|0-1/0=1|-
Microsoft|Phi-3-mini-4k-instruct|14|Deprecated|-|2024-10-01|2025-08-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-08-30|0-1/0=1|-
Microsoft|Phi-3-mini-4k-instruct|15|Deprecated|-|2024-10-01|2025-08-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-08-30|0-1/0=1|-
Microsoft|Phi-3-small-128k-instruct|3|Deprecated|-|2024-10-01|2025-08-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-08-30|0-1/0=1|-
Microsoft|Phi-3-small-128k-instruct|4|Deprecated|-|2024-10-01|2025-08-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-08-30|0-1/0=1|-
Microsoft|Phi-3-small-128k-instruct|5|Deprecated|-|2024-10-01|2025-08-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-08-30|0-1/0=1|-
Microsoft|Phi-3-small-8k-instruct|3|Deprecated|-|2024-10-01|2025-08-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-08-30|0-1/0=1|-
Microsoft|Phi-3-small-8k-instruct|4|Deprecated|-|2024-10-01|2025-08-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-08-30|0-1/0=1|-
Microsoft|Phi-3-small-8k-instruct|5|Deprecated|-|2024-10-01|2025-08-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-08-30|0-1/0=1|-
Microsoft|Phi-3.5-mini-instruct|1|Deprecated|-|2024-10-01|2025-08-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-08-30|0-1/0=1|-
Microsoft|Phi-3.5-mini-instruct|2|Deprecated|-|2024-10-01|2025-08-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-08-30|0-1/0=1|-
Microsoft|Phi-3.5-mini-instruct|3|Deprecated|-|2024-10-01|2025-08-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-08-30|0-1/0=1|-
Microsoft|Phi-3.5-mini-instruct|4|Deprecated|-|2024-10-01|2025-08-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-08-30|0-1/0=1|-
Microsoft|Phi-3.5-mini-instruct|6|Deprecated|-|2024-10-01|2025-08-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-08-30|0-1/0=1|-
Microsoft|Phi-3.5-MoE-instruct|2|Deprecated|-|2024-10-01|2025-08-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-08-30|0-1/0=1|-
Microsoft|Phi-3.5-MoE-instruct|3|Deprecated|-|2024-10-01|2025-08-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-08-30|0-1/0=1|-
Microsoft|Phi-3.5-MoE-instruct|4|Deprecated|-|2024-10-01|2025-08-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-08-30|0-1/0=1|-
Microsoft|Phi-3.5-MoE-instruct|5|Deprecated|-|2024-10-01|2025-08-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-08-30|0-1/0=1|-
Microsoft|Phi-3.5-vision-instruct|1|Deprecated|-|2024-10-01|2025-08-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-08-30|0-1/0=1|-
Microsoft|Phi-3.5-vision-instruct|2|Deprecated|-|2024-10-01|2025-08-30|-|3|chatCompletion
+ GlobalStandard|~MaaS|2025-08-30|0-1/0=1|-
Microsoft|Phi-4|2|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
Microsoft|Phi-4|3|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
Microsoft|Phi-4|4|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
Microsoft|Phi-4|5|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
Microsoft|Phi-4|6|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
Microsoft|Phi-4|7|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
Microsoft|Phi-4-mini-instruct|1|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
Microsoft|Phi-4-multimodal-instruct|1|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
Microsoft|Phi-4-reasoning|1|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
Microsoft|Phi-4-mini-reasoning|1|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
Meta|Llama-4-Maverick-17B-128E-Instruct-FP8|1|Stable|-|2024-10-01|2099-12-31|-|3
. chatCompletion agentsV2
+ GlobalStandard|~Llama-4-Maverick-17B-128E-Instruct-FP8|2099-12-31|0-10000/0=10|r1/60,t1000/60
Meta|Llama-4-Scout-17B-16E-Instruct|1|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
Mistral AI|mistral-medium-2505|1|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion
+ GlobalStandard|~MaaS|2099-12-31|0-1/0=1|-
Mistral AI|mistral-document-ai-2505|1|Stable|-|2024-10-01|2099-12-31|-|3|chatCompletion=false
+ GlobalStandard|~mistral-document-ai-2505|2099-12-31|0-1000/0=1|r1/60
+ DataZoneStandard|~mistral-document-ai-2505|2099-12-31|0-1000/0=1|r1/60
xAI|grok-3|1|Preview|-|2024-10-01|2099-12-31|-|3|chatCompletion agentsV2
+ GlobalStandard|~grok-3|2099-12-31|0-1000000/0=10|r1/60,t1000/60
+ DataZoneStandard|~grok-3|2099-12-31|0-1000000/0=10|r1/60,t1000/60
xAI|grok-3-mini|1|Preview|-|2024-10-01|2099-12-31|-|3|chatCompletion agentsV2
+ GlobalStandard|~grok-3-mini|2099-12-31|0-1000000/0=10|r1/60,t1000/60
+ DataZoneStandard|~grok-3-mini|2099-12-31|0-1000000/0=10|r1/60,t1000/60
Black Forest Labs|FLUX-1.1-pro|1|Stable|-|2025-06-23|2099-12-31|-|3|imageGenerations
+ GlobalStandard|~FLUX-1.1-pro|2099-12-31|0-1000/0=1|r1/60
+ DataZoneStandard|~FLUX-1.1-pro|2099-12-31|0-1000/0=1|r1/60
Black Forest Labs|FLUX.1-Kontext-pro|1|Stable|-|2025-06-23|2099-12-31|-|3
. imageGenerations imageEdits
+ GlobalStandard|~FLUX.1-Kontext-pro|2099-12-31|0-1000/0=1|r1/60
+ DataZoneStandard|~FLUX.1-Kontext-pro|2099-12-31|0-1000/0=1|r1/60
xAI|grok-4-fast-reasoning|1|Stable|-|2025-06-27|2099-12-31|-|3|chatCompletion agentsV2
+ GlobalStandard|~grok-4-fast-reasoning|2099-12-31|0-1000000/0=10|r1/60,t1000/60
+ DataZoneStandard|~grok-4-fast-reasoning|2099-12-31|0-1000000/0=10|r1/60,t1000/60
xAI|grok-4-fast-non-reasoning|1|Stable|-|2025-06-27|2099-12-31|-|3|chatCompletion agentsV2
+ GlobalStandard|~grok-4-fast-non-reasoning|2099-12-31|0-1000000/0=10|r1/60,t1000/60
+ DataZoneStandard|~grok-4-fast-non-reasoning|2099-12-31|0-1000000/0=10|r1/60,t1000/60
OpenAI-OSS|gpt-oss-120b|1|Stable|-|2025-08-05|2099-12-31|-|3|area=US chatCompletion agentsV2
+ GlobalStandard|~gpt-oss-120b|2099-12-31|0-1000000/0=500|r1/60,t1000/60
+ DataZoneStandard|~gpt-oss-120b|2099-12-31|0-1000000/0=500|r1/60,t1000/60
OpenAI-OSS|gpt-oss-20b|11|Stable|-|2024-10-01|2099-12-31|2099-12-31|3
. chatCompletion globalFineTune FineTuneTokensMaxValue=3000000000
+ GlobalStandard|~GPT-OSS-20B-Finetune|2099-12-31|0-1000/0=50|r1/60,t1000/60
Anthropic|claude-sonnet-4-5|20250929|Preview|-|2025-10-20|2026-10-19|-|3|chatCompletion agentsV2
+ GlobalStandard|~claude-sonnet-4-5|2026-10-19|0-1000000/0=10|r1/60,t1000/60
Anthropic|claude-haiku-4-5|20251001|Preview|-|2025-10-31|2026-10-19|-|3|chatCompletion agentsV2
+ GlobalStandard|~claude-haiku-4-5|2026-10-19|0-1000000/0=10|r1/60,t1000/60
Anthropic|claude-opus-4-1|20250805|Preview|-|2025-10-31|2026-10-19|-|3|chatCompletion agentsV2
+ GlobalStandard|~claude-opus-4-1|2026-10-19|0-1000000/0=10|r1/60,t1000/60
Anthropic|claude-opus-4-5|20251101|Preview|-|2025-11-21|2026-10-19|-|3|chatCompletion agentsV2
+ GlobalStandard|~claude-opus-4-5|2026-10-19|0-1000000/0=10|r1/60,t1000/60
Anthropic|claude-opus-4-6|1|Preview|-|2026-02-03|2027-02-02|-|3|chatCompletion agentsV2
+ GlobalStandard|~claude-opus-4-6|2027-02-02|0-1000000/0=10|r1/60,t1000/60
Anthropic|claude-sonnet-4-6|1|Preview|-|2026-02-12|2027-02-10|-|3|chatCompletion agentsV2
+ GlobalStandard|~claude-sonnet-4-6|2027-02-10|0-1000000/0=10|r1/60,t1000/60
Anthropic|claude-opus-4-7|1|Preview|-|2026-04-07|2027-04-06|-|3|chatCompletion agentsV2
+ GlobalStandard|~claude-opus-4-7|2027-04-06|0-1000000/0=10|r1/60,t1000/60
MoonshotAI|Kimi-K2-Thinking|1|Deprecated|-|2025-12-03|2026-03-31|-|3|chatCompletion
+ GlobalStandard|~Kimi-K2-Thinking|2026-03-31|0-1000000/0=500|r1/60,t1000/60
Cohere|Cohere-rerank-v4.0-fast|1|Stable|-|2025-12-10|2099-12-31|-|3|chatCompletion
+ GlobalStandard|~Cohere-Rerank-V4-Fast|2099-12-31|0-1000000/0=500|r1/60,t1000/60
Cohere|Cohere-rerank-v4.0-pro|1|Stable|-|2025-12-10|2099-12-31|-|3|chatCompletion
+ GlobalStandard|~Cohere-Rerank-V4-Pro|2099-12-31|0-1000000/0=500|r1/60,t1000/60
DeepSeek|DeepSeek-V3.2|1|Stable|-|2025-12-08|2099-12-31|-|3|chatCompletion agentsV2
+ GlobalStandard|~DeepSeek-V3.2|2099-12-31|0-1000000/0=5000|r1/60,t1000/60
DeepSeek|DeepSeek-V3.2-Speciale|1|Stable|-|2025-12-08|2099-12-31|-|3|chatCompletion agentsV2
+ GlobalStandard|~DeepSeek-V3.2-Speciale|2099-12-31|0-1000000/0=5000|r1/60,t1000/60
Black Forest Labs|FLUX.2-pro|1|Stable|-|2025-12-09|2099-12-31|-|3|imageGenerations imageEdits
+ GlobalStandard|~FLUX.2-pro|2099-12-31|0-1000/0=1|r1/60
+ DataZoneStandard|~FLUX.2-pro|2099-12-31|0-1000/0=1|r1/60
MoonshotAI|Kimi-K2.5|1|Preview|-|2026-01-27|2027-01-26|-|3|chatCompletion
+ GlobalStandard|~Kimi-K2.5|2027-01-26|0-1000000/0=500|r1/60,t1000/60
Mistral AI|mistral-document-ai-2512|1|Stable|-|2025-12-08|2099-12-31|-|3
. chatCompletion=false area=US
+ GlobalStandard|~mistral-document-ai-2512|2099-12-31|0-1000/0=1|r1/60
+ DataZoneStandard|~mistral-document-ai-2512|2099-12-31|0-1000/0=1|r1/60
Black Forest Labs|FLUX.2-flex|1|Stable|-|2026-02-18|2099-12-31|-|3|imageGenerations imageEdits
+ GlobalStandard|~FLUX.2-flex|2099-12-31|0-1000/0=1|r1/60
xAI|grok-4-1-fast-reasoning|1|Stable|-|2025-06-27|2099-12-31|-|3|chatCompletion agentsV2 area=US
+ GlobalStandard|~grok-4-1-fast-reasoning|2099-12-31|0-1000000/0=10|r1/60,t1000/60
+ DataZoneStandard|~grok-4-1-fast-reasoning|2099-12-31|0-1000000/0=10|r1/60,t1000/60
xAI|grok-4-1-fast-non-reasoning|1|Stable|-|2025-06-27|2099-12-31|-|3
. chatCompletion agentsV2 area=US
+ GlobalStandard|~grok-4-1-fast-non-reasoning|2099-12-31|0-1000000/0=10|r1/60,t1000/60
+ DataZoneStandard|~grok-4-1-fast-non-reasoning|2099-12-31|0-1000000/0=10|r1/60,t1000/60
xAI|grok-4-20-non-reasoning|1|Preview|-|2026-04-06|2027-04-06|-|3|chatCompletion agentsV2 area=US
+ GlobalStandard|~grok-4-20-non-reasoning|2027-04-06|0-1000000/0=10|r1/60,t1000/60
+ DataZoneStandard|~grok-4-20-non-reasoning|2027-04-06|0-1000000/0=10|r1/60,t1000/60
xAI|grok-4-20-reasoning|1|Preview|-|2026-04-06|2027-04-06|-|3|chatCompletion agentsV2 area=US
+ GlobalStandard|~grok-4-20-reasoning|2027-04-06|0-1000000/0=10|r1/60,t1000/60
+ DataZoneStandard|~grok-4-20-reasoning|2027-04-06|0-1000000/0=10|r1/60,t1000/60
MoonshotAI|Kimi-K2.6|2026-04-20|Preview|-|2026-04-19|2027-04-16|-|3|chatCompletion
+ GlobalStandard|~Kimi-K2.6|2027-04-16|0-1000000/0=500|r1/60,t1000/60
"""
