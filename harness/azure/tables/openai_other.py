"""The other OpenAI models that eastus2 offered: embeddings, speech, images, the oldest.

The format is that of ``tables.openai_text``.

Source: the answer to ``locations/eastus2/models``, api-version 2025-06-01, observed on 2026-04-23.
"""

ROWS = """\
OpenAI|whisper|001|GA|default|2023-09-14|2026-06-18|-|9999
. scaleType=Standard audio audioTranscriptions audioTranslations
+ Standard|~whisper|2026-06-18|0-9999/0=3|r1/60
OpenAI|gpt-4o-realtime-preview|2024-12-17|Deprecated|-|2024-12-17|2026-03-24|2026-03-24|3
. chatCompletion=false completion=false realtime jsonObjectResponse=false assistants=false
. maxContextToken=128000 maxOutputToken=4096 allowProvisionedManagedCommitment=false
+ GlobalStandard|~gpt-4o-realtime-preview|2026-03-24|0-30000/0=100|r6/60,t1000/60
OpenAI|gpt-4o-realtime-preview|2025-06-03|Deprecated|-|2025-05-23|2025-11-17|-|3
. chatCompletion=false completion=false realtime assistants=false
+ GlobalStandard|~gpt-4o-realtime-preview|2025-11-17|0-30000/0=100|r6/60,t1000/60
OpenAI|gpt-4o-transcribe|2025-03-20|GA|default|2025-04-15|2026-06-01|2026-06-01|3
. area=US chatCompletion=false completion=false audio audioTranscriptions realtime
. maxContextToken=128000 maxOutputToken=16384
+ GlobalStandard|~gpt-4o-transcribe|2026-06-01|0-1000/0=50|r100/60,t1000/60
OpenAI|gpt-4o-mini-transcribe|2025-03-20|GA|-|2025-04-15|2026-06-01|2026-06-01|3
. chatCompletion=false completion=false audio audioTranscriptions realtime maxContextToken=128000
. maxOutputToken=16384
+ GlobalStandard|~gpt-4o-mini-transcribe|2026-06-01|0-1000/0=60|r100/60,t1000/60
OpenAI|gpt-4o-mini-tts|2025-03-20|Preview|-|2025-04-15|2026-06-01|2026-06-01|3
. chatCompletion=false completion=false audio audioSpeech realtime maxContextToken=128000
. maxOutputToken=16384
+ GlobalStandard|~gpt-4o-mini-tts|2026-06-01|0-10000/0=50|r100/60,t1000/60
OpenAI|davinci|1|Deprecated|-|2022-03-01|2024-06-14|2024-06-14|3
. inference=false scaleType=Manual completion search FineTuneTokensMaxValuePerExample=4096
. FineTuneTokensMaxValue=2000000000 maxStandardFinetuneDeploymentCount=2
OpenAI|babbage|1|Deprecated|-|2022-03-01|2024-06-14|2024-06-14|3
. inference=false scaleType=Manual completion search FineTuneTokensMaxValuePerExample=4096
. FineTuneTokensMaxValue=2000000000
OpenAI|curie|1|Deprecated|-|2022-03-01|2024-06-14|2024-06-14|3
. inference=false scaleType=Manual completion search FineTuneTokensMaxValuePerExample=4096
. FineTuneTokensMaxValue=2000000000
OpenAI|ada|1|Deprecated|-|2022-03-01|2024-06-14|2024-06-14|3
. inference=false scaleType=Manual completion search FineTuneTokensMaxValuePerExample=4096
. FineTuneTokensMaxValue=2000000000
OpenAI|text-embedding-ada-002|2|GA|default|2023-04-03|2027-04-15|-|3
. area=US embeddings embeddingsMaxInputs=2048
+ Standard|~text-embedding-ada-002|2027-04-15|0-1000000/0=120|r1/10,t1000/60
+ GlobalStandard|~text-embedding-ada-002|2027-04-15|0-1000000/0=120|r1/10,t1000/60
+ DataZoneStandard|~text-embedding-ada-002|2027-04-15|0-1000000/0=120|r1/60,t1000/60
OpenAI|text-embedding-3-small|1|GA|default|2024-01-25|2027-04-15|-|3
. area=US embeddings embeddingsMaxInputs=2048
+ Standard|~text-embedding-3-small|2027-04-15|0-1000000/0=120|r1/10,t1000/60
+ GlobalStandard|~text-embedding-3-small|2027-04-15|0-1000000/0=120|r1/10,t1000/60
+ DataZoneStandard|~text-embedding-3-small|2027-04-15|0-1000000/0=120|r1/60,t1000/60
OpenAI|text-embedding-3-large|1|GA|default|2024-01-25|2027-04-15|-|3
. area=US embeddings embeddingsMaxInputs=2048
+ Standard|~text-embedding-3-large|2027-04-15|0-1000000/0=120|r1/10,t1000/60
+ GlobalStandard|~text-embedding-3-large|2027-04-15|0-1000000/0=120|r1/10,t1000/60
+ DataZoneStandard|~text-embedding-3-large|2027-04-15|0-1000000/0=120|r1/60,t1000/60
OpenAI|sora|2025-05-02|Deprecated|default|2025-05-01|2026-02-28|-|9999|videoGenerations
+ Standard|~sora|2026-02-28|0-9999/0=60|r1/60
+ GlobalStandard|~sora|2026-02-28|0-9999/0=60|r1/60
OpenAI|sora-2|2025-10-06|Preview|default|2025-10-06|2026-06-03|-|9999|videoGenerations
+ GlobalStandard|~sora-2|2026-06-03|0-9999/0=60|r1/60
OpenAI|gpt-image-1|2025-04-15|Preview|default|2025-04-18|2026-05-15|-|1000
. inference imageGenerations imageEdits
+ GlobalStandard|~gpt-image-1|2026-05-15|0-1000/0=1|r3/60
OpenAI|gpt-image-1-mini|2025-10-06|GA|default|2025-10-06|2027-04-07|-|1000
. inference imageGenerations imageEdits convo2im
+ GlobalStandard|~gpt-image-1-mini|2027-04-07|0-1000/0=1|r3/60
OpenAI|gpt-realtime|2025-08-28|GA|-|2025-08-28|2027-02-28|-|3
. chatCompletion=false completion=false realtime assistants=false
+ GlobalStandard|~gpt-realtime|2027-02-28|0-30000/0=100|r20/60,t10000/60
OpenAI|gpt-realtime-mini|2025-10-06|GA|-|2025-10-06|2027-04-07|-|3
. chatCompletion=false completion=false realtime assistants=false
+ GlobalStandard|~gpt-realtime-mini|2027-04-07|0-30000/0=100|r10/60,t5000/60
OpenAI|gpt-4o-transcribe-diarize|2025-10-15|GA|default|2025-10-15|2027-04-16|2027-04-16|3
. chatCompletion=false completion=false audio audioTranscriptions realtime=false
. maxContextToken=128000 maxOutputToken=16384
+ GlobalStandard|~gpt-4o-transcribe-diarize|2027-04-16|0-1000/0=50|r100/60,t1000/60
OpenAI|gpt-4o-mini-tts|2025-12-15|GA|default|2025-12-15|2026-12-15|2026-12-15|3
. chatCompletion=false completion=false audio audioSpeech realtime maxContextToken=128000
. maxOutputToken=16384
+ GlobalStandard|~gpt-4o-mini-tts|2026-12-15|0-1000/0=50|r100/60,t1000/60
OpenAI|gpt-realtime-mini|2025-12-15|GA|default|2025-12-11|2026-12-15|-|3
. chatCompletion=false completion=false realtime assistants=false
+ GlobalStandard|~gpt-realtime-mini|2026-12-15|0-30000/0=100|r3/60,t10000/60
OpenAI|gpt-4o-mini-transcribe|2025-12-15|GA|default|2025-12-15|2026-12-15|2026-12-15|3
. chatCompletion=false completion=false audio audioTranscriptions realtime maxContextToken=128000
. maxOutputToken=16384
+ GlobalStandard|~gpt-4o-mini-transcribe|2026-12-15|0-1000/0=60|r100/60,t1000/60
OpenAI|gpt-image-1.5|2025-12-16|GA|default|2025-12-16|2026-12-16|-|1000
. area=US inference imageGenerations imageEdits
+ GlobalStandard|~gpt-image-1.5|2026-12-16|0-10000/0=3|r1/60
+ DataZoneStandard|~gpt-image-1.5|2026-12-16|0-1000/0=1|r1/60
OpenAI|gpt-realtime-1.5|2026-02-23|GA|-|2026-02-23|2027-02-23|-|3
. chatCompletion=false completion=false realtime assistants=false
+ GlobalStandard|~gpt-realtime-1.5|2027-02-23|0-30000/0=100|r20/60,t10000/60
OpenAI|gpt-image-2|2026-04-21|GA|default|2026-04-21|2027-04-21|-|1000
. inference imageGenerations imageEdits convo2im
+ GlobalStandard|~gpt-image-2|2027-04-21|0-1000/0=3|r1/60
"""
