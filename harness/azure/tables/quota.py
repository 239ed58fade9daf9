"""The quota of a subscription in a region, by usage name.

Lines ``usage name|limit|what Azure calls it``, the last one on a line of its own where it is long;
units are in the name.

Source: the answer to ``locations/eastus2/usages``, api-version 2025-06-01, observed on 2026-04-23;
assumed for other regions. What was in use there was the recording subscription's own: left out.
"""

ROWS = """\
OpenAI.ProvisionedManaged|0|Provisioned Managed Throughput Unit
OpenAI.GlobalProvisionedManaged|0|Global Provisioned Managed Throughput Unit
OpenAI.FineTuned.Deployments|10|Standard Fine-Tuned Deployments
OpenAI.S0.AccountCount|30|Maximum resources for OpenAI S0 sku.
OpenAI.Standard.whisper|3|Requests Per Minute - whisper
OpenAI.DataZoneProvisionedManaged|0|Data Zone Provisioned Managed Throughput Unit
OpenAI.Standard.gpt-35-turbo|300|Tokens Per Minute (thousands) - GPT-35-Turbo
OpenAI.Standard.gpt-35-turbo-finetune|500|Tokens Per Minute (thousands) - GPT-35-Turbo - finetune
OpenAI.Standard.gpt-35-turbo-1106-finetune|500|
  Tokens Per Minute (thousands) - GPT-35-Turbo-1106 - finetune
OpenAI.Standard.gpt-35-turbo-0125-finetune|500|
  Tokens Per Minute (thousands) - GPT-35-Turbo-0125 - finetune
OpenAI.GlobalBatch.gpt-35-turbo|1000000|Enqueued tokens (thousands) - gpt-35-turbo
OpenAI.Standard.gpt-4|40|Tokens Per Minute (thousands) - GPT-4
OpenAI.Standard.gpt-4-turbo|80|Tokens Per Minute (thousands) - GPT-4-Turbo
OpenAI.GlobalStandard.gpt-4-turbo-2024-0409|450|
  Tokens Per Minute (thousands) - GPT-4-Turbo - GlobalStandard
OpenAI.Standard.gpt-4o-finetune|250|Tokens Per Minute (thousands) - GPT-4o - finetune
OpenAI.GlobalStandard.gpt-4o-finetune|250|
  Tokens Per Minute (thousands) - GPT-4o - finetune - GlobalStandard
OpenAI.GlobalStandard.gpt-4o-mini-finetune|500|
  Tokens Per Minute (thousands) - GPT-4o-mini - finetune - GlobalStandard
OpenAI.GlobalBatch.gpt-4|30000|Enqueued tokens (thousands) - GPT-4
OpenAI.GlobalBatch.gpt-4-turbo|80000|Enqueued tokens (thousands) - GPT-4-Turbo
OpenAI.GlobalBatch.gpt-4o|200000|Enqueued tokens (thousands) - GPT-4o
OpenAI.GlobalBatch.gpt-4o-mini|1000000|Enqueued tokens (thousands) - GPT-4o-mini
OpenAI.Provisioned.gpt-4o-audio-preview|0|Provisioned Throughput Unit - GPT-4o audio preview
OpenAI.Standard.gpt-4o|149|Tokens Per Minute (thousands) - gpt-4o
OpenAI.Standard.gpt-4o-mini|450|Tokens Per Minute (thousands) - GPT-4o-mini
OpenAI.GlobalStandard.gpt-4o|450|Tokens Per Minute (thousands) - gpt-4o - GlobalStandard
OpenAI.GlobalStandard.gpt-4o-mini|2000|Tokens Per Minute (thousands) - gpt-4o-mini - GlobalStandard
OpenAI.GlobalStandard.gpt-4o-realtime-preview|6|
  Requests Per Minute - gpt-4o-realtime-preview - GlobalStandard
OpenAI.GlobalStandard.gpt-4o-mini-realtime-preview|6|
  Requests Per Minute - gpt-4o-mini-realtime-preview - GlobalStandard
OpenAI.GlobalStandard.gpt-4o-audio-preview|30000|
  Tokens Per Minute (thousands) - gpt-4o-audio-preview - GlobalStandard
OpenAI.GlobalStandard.gpt-4o-mini-audio-preview|30000|
  Tokens Per Minute (thousands) - gpt-4o-mini-audio-preview - GlobalStandard
OpenAI.DataZoneStandard.gpt-4o|300|Tokens Per Minute (thousands) - gpt-4o - DataZoneStandard
OpenAI.DataZoneStandard.gpt-4o-mini|1000|
  Tokens Per Minute (thousands) - gpt-4o-mini - DataZoneStandard
OpenAI.DataZoneBatch.gpt-4o|30000|Enqueued prompt tokens (thousands) - gpt-4o - DataZoneBatch
OpenAI.DataZoneBatch.gpt-4o-mini|100000|
  Enqueued prompt tokens (thousands) - gpt-4o-mini - DataZoneBatch
OpenAI.GlobalStandard.gpt-4o-transcribe|400|
  Tokens Per Minute (thousands) - gpt-4o-transcribe - GlobalStandard
OpenAI.GlobalStandard.gpt-4o-mini-transcribe|600|
  Tokens Per Minute (thousands) - gpt-4o-mini-transcribe - GlobalStandard
OpenAI.GlobalStandard.gpt-4o-mini-tts|600|
  Tokens Per Minute (thousands) - gpt-4o-mini-tts - GlobalStandard
OpenAI.Standard.text-embedding-ada-002|350|Tokens Per Minute (thousands) - Text-Embedding-Ada-002
OpenAI.GlobalStandard.text-embedding-ada-002|1000|
  Tokens Per Minute (thousands) - Text-Embedding-Ada-002
OpenAI.DataZoneStandard.text-embedding-ada-002|1000|
  One Thousand Tokens Per Minute - text-embedding-ada-002 DataZoneStandard
OpenAI.Standard.text-embedding-3-small|350|Tokens Per Minute (thousands) - text-embedding-3-small
OpenAI.Standard.text-embedding-3-large|350|Tokens Per Minute (thousands) - text-embedding-3-large
OpenAI.GlobalStandard.text-embedding-3-small|1000|
  Tokens Per Minute (thousands) - text-embedding-3-small
OpenAI.GlobalStandard.text-embedding-3-large|1000|
  Tokens Per Minute (thousands) - text-embedding-3-large
OpenAI.DataZoneStandard.text-embedding-3-small|1000|
  Tokens Per Minute (thousands) - text-embedding-3-small
OpenAI.DataZoneStandard.text-embedding-3-large|1000|
  Tokens Per Minute (thousands) - text-embedding-3-large
OpenAI.Standard.o1|50|Six Thousand Tokens Per Minute - o1
OpenAI.GlobalStandard.o1|500|Six Thousand Tokens Per Minute - o1 - GlobalStandard
OpenAI.GlobalStandard.o1-mini|500|Ten Thousand Tokens Per Minute - o1-mini - GlobalStandard
OpenAI.DataZoneStandard.o1|100|Six Thousand Tokens Per Minute - o1 - DataZoneStandard
OpenAI.GlobalStandard.o3-mini|500|Ten Thousand Tokens Per Minute - o3-mini - GlobalStandard
OpenAI.GlobalStandard.o3|1000|One Thousand Tokens Per Minute - o3 - GlobalStandard
OpenAI.GlobalBatch.o3|100000|Enqueued prompt Ten Thousand Tokens Per Minute - o3 - GlobalBatch
OpenAI.DataZoneBatch.o3|100000|Enqueued prompt Ten Thousand Tokens Per Minute - o3 - DataZoneBatch
OpenAI.GlobalBatch.o3-mini|1000000|Enqueued Ten Thousand Tokens Per Minute - o3-mini
OpenAI.GlobalStandard.o3-pro|160|Ten Thousand Tokens Per Minute - o3-pro - GlobalStandard
OpenAI.DataZoneBatch.o3-mini|100000|
  Enqueued prompt Ten Thousand Tokens Per Minute - o3-mini - DataZoneBatch
OpenAI.DataZoneStandard.o3|300|One Thousand Tokens Per Minute - o3 - DataZoneStandard
OpenAI.DataZoneStandard.o3-mini|200|Ten Thousand Tokens Per Minute - o3-mini - DataZoneStandard
OpenAI.GlobalStandard.ModelRouter|250|Tokens Per Minute (thousands) - Model Router - GlobalStandard
OpenAI.DataZoneStandard.ModelRouter|150|
  Tokens Per Minute (thousands) - Model Router - DataZoneStandard
OpenAI.GlobalStandard.codex-mini|1000|Tokens Per Minute (thousands) - codex-mini - GlobalStandard
OpenAI.Standard.sora|60|Requests Per Minute - Sora
OpenAI.GlobalStandard.sora|60|Requests Per Minute - Sora
OpenAI.GlobalStandard.sora-2|60|Requests Per Minute - Sora 2
OpenAI.GlobalStandard.o4-mini|1000|Thousand Tokens Per Minute - o4-mini - GlobalStandard
OpenAI.Standard.o4-mini|1000|Thousand Tokens Per Minute - o4-mini - Standard
OpenAI.GlobalStandard.o4-mini-finetune|500|
  Thousand Tokens Per Minute - o4-mini - GlobalStandard - Finetune
OpenAI.DeveloperTier.o4-mini-finetune|250|
  Thousand Tokens Per Minute - o4-mini - DeveloperTier - Finetune
OpenAI.Standard.o4-mini-finetune|500|Thousand Tokens Per Minute - o4-mini - Standard - Finetune
OpenAI.GlobalBatch.o4-mini|200000|Enqueued tokens (thousands) - o4-mini - GlobalBatch
OpenAI.DataZoneBatch.o4-mini|30000|Enqueued tokens (thousands) - o4-mini - DataZoneBatch
OpenAI.DataZoneStandard.o4-mini|300|Thousand Tokens Per Minute - o4-mini - DataZoneStandard
OpenAI.GlobalStandard.gpt4.1|1000|Tokens Per Minute (thousands) - 4.1 - GlobalStandard
OpenAI.Standard.gpt4.1|1000|Tokens Per Minute (thousands) - 4.1 - Standard
OpenAI.DataZoneStandard.gpt4.1|300|Tokens Per Minute (thousands) - 4.1 - DataZoneStandard
OpenAI.GlobalStandard.gpt4.1-finetune|250|
  Tokens Per Minute (thousands) - 4.1 - GlobalStandard - FineTune
OpenAI.DeveloperTier.gpt4.1-finetune|250|
  Tokens Per Minute (thousands) - 4.1 - DeveloperTier - FineTune
OpenAI.GlobalStandard.gpt4.1-mini-finetune|500|
  Tokens Per Minute (thousands) - 4.1-mini - GlobalStandard - FineTune
OpenAI.DeveloperTier.gpt4.1-mini-finetune|500|
  Tokens Per Minute (thousands) - 4.1-mini - DeveloperTier - FineTune
OpenAI.GlobalStandard.gpt4.1-nano-finetune|500|
  Tokens Per Minute (thousands) - 4.1-nano - GlobalStandard - FineTune
OpenAI.DeveloperTier.gpt4.1-nano-finetune|500|
  Tokens Per Minute (thousands) - 4.1-nano - DeveloperTier - FineTune
OpenAI.GlobalStandard.gpt4.1-mini|5000|Tokens Per Minute (thousands) - 4.1-mini - GlobalStandard
OpenAI.Standard.gpt4.1-mini|5000|Tokens Per Minute (thousands) - 4.1-mini - Standard
OpenAI.GlobalBatch.gpt-4.1-mini|1000000|Enqueued tokens (thousands) - GPT-4.1-mini - GlobalBatch
OpenAI.DataZoneStandard.gpt4.1-mini|2000|Tokens Per Minute (thousands) - 4.1-mini - DataZoneStandard
OpenAI.GlobalStandard.gpt4.1-nano|5000|Tokens Per Minute (thousands) - 4.1-nano - GlobalStandard
OpenAI.DataZoneStandard.gpt4.1-nano|2000|Tokens Per Minute (thousands) - 4.1-nano - DataZoneStandard
OpenAI.GlobalBatch.gpt-4.1|200000|Enqueued tokens (thousands) - GPT-4.1 - GlobalBatch
OpenAI.DataZoneBatch.gpt-4.1|30000|Enqueued tokens (thousands) - GPT-4.1 - DataZoneBatch
OpenAI.GlobalBatch.gpt-4.1-nano|200000|Enqueued tokens (thousands) - GPT-4.1-nano - GlobalBatch
OpenAI.DataZoneBatch.gpt-4.1-mini|100000|Enqueued tokens (thousands) - GPT-4.1-mini - DataZoneBatch
OpenAI.DataZoneBatch.gpt-4.1-nano|30000|Enqueued tokens (thousands) - GPT-4.1-nano - DataZoneBatch
OpenAI.GlobalStandard.gpt-image-1|3|Requests Per Minute - GPT Image Generation
OpenAI.GlobalStandard.gpt-image-1-mini|4|Requests Per Minute - GPT Image 1 Mini Generation
OpenAI.GlobalStandard.gpt-5|1000|One Thousand Tokens Per Minute - gpt-5 - GlobalStandard
OpenAI.GlobalStandard.gpt-5-chat|1000|One Thousand Tokens Per Minute - gpt-5-chat - GlobalStandard
OpenAI.GlobalStandard.gpt-5-mini|1000|One Thousand Tokens Per Minute - gpt-5-mini - GlobalStandard
OpenAI.GlobalStandard.gpt-5-nano|5000|One Thousand Tokens Per Minute - gpt-5-nano - GlobalStandard
OpenAI.DataZoneStandard.gpt-5|300|One Thousand Tokens Per Minute - gpt-5 - DataZoneStandard
OpenAI.DataZoneStandard.gpt-5-mini|300|
  One Thousand Tokens Per Minute - gpt-5-mini - DataZoneStandard
OpenAI.DataZoneStandard.gpt-5-nano|2000|
  One Thousand Tokens Per Minute - gpt-5-nano - DataZoneStandard
OpenAI.GlobalStandard.gpt-5-pro|160|One Thousand Tokens Per Minute - gpt-5-pro - GlobalStandard
OpenAI.GlobalBatch.gpt-5|200000|Enqueued tokens (thousands) - gpt-5
OpenAI.DataZoneBatch.gpt-5|200000|Enqueued tokens (thousands) - gpt-5
OpenAI.GlobalStandard.gpt-audio|30000|Tokens Per Minute (thousands) - gpt-audio - GlobalStandard
OpenAI.GlobalStandard.gpt-realtime|10|Requests Per Minute - gpt-realtime - GlobalStandard
OpenAI.GlobalStandard.gpt-5-codex|1000|One Thousand Tokens Per Minute - gpt-5-codex - GlobalStandard
OpenAI.GlobalStandard.gpt-audio-mini|20|
  Tokens Per Minute (thousands) - gpt-audio-mini - GlobalStandard
OpenAI.GlobalStandard.gpt-realtime-mini|20|Requests Per Minute - gpt-realtime-mini - GlobalStandard
OpenAI.GlobalStandard.gpt-4o-transcribe-diarize|400|
  Tokens Per Minute (thousands) - gpt-4o-transcribe-diarize - GlobalStandard
OpenAI.Standard.gpt-5.1|301|One Thousand Tokens Per Minute - gpt-5.1 - Standard
OpenAI.GlobalStandard.gpt-5.1|1000|One Thousand Tokens Per Minute - gpt-5.1 - GlobalStandard
OpenAI.DataZoneStandard.gpt-5.1|300|One Thousand Tokens Per Minute - gpt-5.1 - DataZoneStandard
OpenAI.GlobalBatch.gpt-5.1|200000|Enqueued tokens (thousands) - gpt-5.1
OpenAI.DataZoneBatch.gpt-5.1|200000|Enqueued tokens (thousands) - gpt-5.1
OpenAI.GlobalStandard.gpt-5.1-chat|1000|
  One Thousand Tokens Per Minute - gpt-5.1-chat - GlobalStandard
OpenAI.GlobalStandard.gpt-5.1-codex|1000|
  One Thousand Tokens Per Minute - gpt-5.1-codex - GlobalStandard
OpenAI.GlobalStandard.gpt-5.1-codex-mini|1000|
  One Thousand Tokens Per Minute - gpt-5.1-codex-mini - GlobalStandard
OpenAI.GlobalStandard.gpt-5.1-codex-max|1000|GlobalStandard - GPT-5.1 Codex Max
OpenAI.GlobalStandard.gpt-5.2|1000|One Thousand Tokens Per Minute - gpt-5.2 - GlobalStandard
OpenAI.DataZoneStandard.gpt-5.2|300|One Thousand Tokens Per Minute - gpt-5.2 - DataZoneStandard
OpenAI.GlobalStandard.gpt-5.2-chat|1000|
  One Thousand Tokens Per Minute - gpt-5.2-chat - GlobalStandard
OpenAI.GlobalStandard.gpt-image-1.5|9|Requests Per Minute - GPT 1.5 Image Generation
OpenAI.DataZoneStandard.gpt-image-1.5|3|
  Requests Per Minute - GPT 1.5 Image Generation - DataZoneStandard
OpenAI.GlobalStandard.gpt-5.2-codex|1000|
  One Thousand Tokens Per Minute - gpt-5.2-codex - GlobalStandard
OpenAI.GlobalStandard.gpt-audio-1.5|30000|
  Tokens Per Minute (thousands) - gpt-audio-1.5 - GlobalStandard
OpenAI.GlobalStandard.gpt-realtime-1.5|10|Requests Per Minute - gpt-realtime-1.5 - GlobalStandard
OpenAI.GlobalStandard.gpt-5.3-codex|1000|
  One Thousand Tokens Per Minute - gpt-5.3-codex - GlobalStandard
OpenAI.DatazoneStandard.gpt-5.3-codex|300|
  One Thousand Tokens Per Minute - gpt-5.3-codex - DatazoneStandard
OpenAI.GlobalStandard.gpt-5.4|1000|One Thousand Tokens Per Minute - gpt-5.4 - GlobalStandard
OpenAI.DataZoneStandard.gpt-5.4|300|One Thousand Tokens Per Minute - gpt-5.4 - DataZoneStandard
OpenAI.GlobalStandard.gpt-5.3-chat|1000|
  One Thousand Tokens Per Minute - gpt-5.3-chat - GlobalStandard
OpenAI.GlobalStandard.gpt-5.4-pro|160|One Thousand Tokens Per Minute - gpt-5.4-pro - GlobalStandard
OpenAI.GlobalStandard.gpt-5.4-mini|1000|
  One Thousand Tokens Per Minute - gpt-5.4-mini - GlobalStandard
OpenAI.DatazoneStandard.gpt-5.4-mini|1000|
  One Thousand Tokens Per Minute - gpt-5.4-mini - DatazoneStandard
OpenAI.GlobalStandard.gpt-5.4-nano|5000|
  One Thousand Tokens Per Minute - gpt-5.4-nano - GlobalStandard
OpenAI.DataZoneStandard.gpt-5.4-nano|2000|
  One Thousand Tokens Per Minute - gpt-5.4-nano - DataZoneStandard
OpenAI.GlobalStandard.gpt-image-2|2|Requests Per Minute - GPT 2 Image Generation
AIServices.S0.AccountCount|100|Maximum resources for AIServices S0 sku.
AIServices.GlobalStandard.MaaS|600|Default Quota for Model-as-a-Service Models
AIServices.GlobalStandard.Ministral-3B-finetune|1000|
  Default Quota for Model-as-a-Service Finetuned Models
AIServices.GlobalStandard.GPT-OSS-20B-Finetune|1000|
  Default Quota for Model-as-a-Service Finetuned Models
AIServices.GlobalStandard.Llama-3.3-70B-Instruct-Finetune|1000|
  Default Quota for Model-as-a-Service Finetuned Models
AIServices.GlobalStandard.Qwen3-32B-finetune|1000|
  Default Quota for Model-as-a-Service Finetuned Models
AIServices.GlobalStandard.Mistral-Large-3|1000|Tokens Per Minute (thousands) - Mistral-Large-3
AIServices.DataZoneStandard.Mistral-Large-3|1000|Tokens Per Minute (thousands) - Mistral-Large-3
AIServices.GlobalStandard.DeepSeek-R1|1000|Tokens Per Minute (thousands) - DeepSeek-R1
AIServices.GlobalStandard.DeepSeek-R1-0528|1000|Tokens Per Minute (thousands) - DeepSeek-R1-0528
AIServices.GlobalStandard.DeepSeek-V3-0324|1000|Tokens Per Minute (thousands) - DeepSeek-V3-0324
AIServices.GlobalStandard.DeepSeek-V3.1|1000|Tokens Per Minute (thousands) - DeepSeek-V3.1
AIServices.GlobalStandard.Llama-4-Maverick-17B-128E-Instruct-FP8|250|
  Tokens Per Minute (thousands) - Llama-4-Maverick-17B-128E-Instruct-FP8
AIServices.GlobalStandard.Llama-3.3-70B-Instruct|250|
  Tokens Per Minute (thousands) - Llama-3.3-70B-Instruct
AIServices.GlobalStandard.Cohere-Command-A|100|Tokens Per Minute (thousands) - Cohere-Command-A
AIServices.GlobalStandard.Embed-V-4-0|100|Tokens Per Minute (thousands) - Embed-V-4-0
AIServices.GlobalStandard.gpt-oss-120b|5000|Tokens Per Minute (thousands) - gpt-oss-120b
AIServices.DataZoneStandard.gpt-oss-120b|5000|Default DataZone Quota for gpt-oss-120b
AIServices.GlobalStandard.MAI-DS-R1|1000|Tokens Per Minute (thousands) - MAI-DS-R1
AIServices.GlobalStandard.FLUX-1.1-pro|30|Requests Per Minute - FLUX-1.1-pro
AIServices.DataZoneStandard.FLUX-1.1-pro|30|Requests Per Minute - FLUX-1.1-pro
AIServices.GlobalStandard.FLUX.1-Kontext-pro|30|Requests Per Minute - FLUX.1-Kontext-pro
AIServices.DataZoneStandard.FLUX.1-Kontext-pro|30|Requests Per Minute - FLUX.1-Kontext-pro
AIServices.GlobalStandard.mistral-document-ai-2505|60|Requests Per Minute - mistral-document-ai-2505
AIServices.DataZoneStandard.mistral-document-ai-2505|60|
  Default DataZone Quota for mistral-document-ai-2505
AIServices.GlobalStandard.grok-3|1000|Tokens Per Minute (thousands) - grok-3
AIServices.GlobalStandard.grok-3-mini|1000|Tokens Per Minute (thousands) - grok-3-mini
AIServices.DataZoneStandard.grok-3|300|Tokens Per Minute (thousands) - grok-3
AIServices.DataZoneStandard.grok-3-mini|300|Tokens Per Minute (thousands) - grok-3-mini
AIServices.GlobalStandard.grok-4-fast-reasoning|1000|
  Tokens Per Minute (thousands) - grok-4-fast-reasoning
AIServices.GlobalStandard.grok-4-fast-non-reasoning|1000|
  Tokens Per Minute (thousands) - grok-4-fast-non-reasoning
AIServices.DataZoneStandard.grok-4-fast-reasoning|300|
  Tokens Per Minute (thousands) - grok-4-fast-reasoning
AIServices.DataZoneStandard.grok-4-fast-non-reasoning|300|
  Tokens Per Minute (thousands) - grok-4-fast-non-reasoning
AIServices.GlobalProvisionedManaged|0|Global Provisioned Managed Throughput Unit
AIServices.DataZoneProvisionedManaged|0|Data Zone Provisioned Managed Throughput Unit
AIServices.GlobalStandard.claude-sonnet-4-5|0|Tokens Per Minute (thousands) - Claude Sonnet 4.5
AIServices.GlobalStandard.claude-haiku-4-5|0|Tokens Per Minute (thousands) - Claude Haiku 4.5
AIServices.GlobalStandard.claude-opus-4-1|0|Tokens Per Minute (thousands) - Claude Opus 4.1
AIServices.GlobalStandard.claude-opus-4-5|0|Tokens Per Minute (thousands) - Claude Opus 4.5
AIServices.GlobalStandard.claude-opus-4-6|0|Tokens Per Minute (thousands) - Claude Opus 4.6
AIServices.GlobalStandard.claude-sonnet-4-6|0|Tokens Per Minute (thousands) - Claude Sonnet 4.6
AIServices.GlobalStandard.claude-opus-4-7|0|Tokens Per Minute (thousands) - Claude Opus 4.7
AIServices.GlobalStandard.Kimi-K2-Thinking|100|Tokens Per Minute (thousands) - Kimi-K2-Thinking
AIServices.GlobalStandard.Cohere-Rerank-V4-Fast|300|
  Tokens Per Minute (thousands) - Cohere-Rerank-V4-Fast
AIServices.GlobalStandard.Cohere-Rerank-V4-Pro|300|
  Tokens Per Minute (thousands) - Cohere-Rerank-V4-Pro
AIServices.GlobalStandard.DeepSeek-V3.2|1000|Requests Per Minute - DeepSeek-V3.2
AIServices.GlobalStandard.DeepSeek-V3.2-Speciale|1000|Requests Per Minute - DeepSeek-V3.2-Speciale
AIServices.GlobalStandard.FLUX.2-pro|4|Requests Per Minute - FLUX.2-pro
AIServices.DataZoneStandard.FLUX.2-pro|4|Requests Per Minute - FLUX.2-pro
AIServices.GlobalStandard.Kimi-K2.5|100|Tokens Per Minute (thousands) - Kimi-K2.5
AIServices.GlobalStandard.mistral-document-ai-2512|60|Requests Per Minute - mistral-document-ai-2512
AIServices.DataZoneStandard.mistral-document-ai-2512|40|
  Requests Per Minute - mistral-document-ai-2512
AIServices.GlobalStandard.FLUX.2-flex|4|Requests Per Minute - FLUX.2-flex
AIServices.GlobalStandard.grok-4-1-fast-reasoning|1000|
  Tokens Per Minute (thousands) - grok-4-1-fast-reasoning
AIServices.GlobalStandard.grok-4-1-fast-non-reasoning|1000|
  Tokens Per Minute (thousands) - grok-4-1-fast-non-reasoning
AIServices.DataZoneStandard.grok-4-1-fast-reasoning|300|
  Tokens Per Minute (thousands) - grok-4-1-fast-reasoning
AIServices.DataZoneStandard.grok-4-1-fast-non-reasoning|300|
  Tokens Per Minute (thousands) - grok-4-1-fast-non-reasoning
AIServices.GlobalStandard.grok-4-20-non-reasoning|1000|
  Tokens Per Minute (thousands) - grok-4-20-non-reasoning
AIServices.DataZoneStandard.grok-4-20-non-reasoning|300|
  Tokens Per Minute (thousands) - grok-4-20-non-reasoning
AIServices.GlobalStandard.grok-4-20-reasoning|1000|
  Tokens Per Minute (thousands) - grok-4-20-reasoning
AIServices.DataZoneStandard.grok-4-20-reasoning|300|
  Tokens Per Minute (thousands) - grok-4-20-reasoning
AIServices.GlobalStandard.Kimi-K2.6|100|Tokens Per Minute (thousands) - Kimi-K2.6
AccountCount|200|Maximum Resources per Region
"""
