"""The models that westeurope offered in 2023, before the catalogue of today.

The format is that of ``tables.openai_text``; only the Standard SKU.

Source: answer to ``locations/westeurope/models``, api-version 2023-05-01, observed on 2023-07-25.
"""

ROWS = """\
OpenAI|ada|1|Preview|-|2022-03-01|2024-07-05|2024-07-05|3
. fineTune inference=false scaleType=Manual completion search FineTuneTokensMaxValue=2000000000
+ Standard|~ada|2024-03-01|0-10000/0=120|r1/10,t1000/60
OpenAI|babbage|1|Preview|-|2022-03-01|2024-07-05|2024-07-05|3
. fineTune inference=false scaleType=Manual completion search FineTuneTokensMaxValue=2000000000
+ Standard|~babbage|2024-03-01|0-10000/0=120|r1/10,t1000/60
OpenAI|curie|1|Preview|-|2022-03-01|2024-07-05|2024-07-05|3
. fineTune inference=false scaleType=Manual completion search FineTuneTokensMaxValue=2000000000
+ Standard|~curie|2024-03-01|0-10000/0=120|r1/10,t1000/60
OpenAI|davinci|1|Preview|-|2022-03-01|2024-07-05|2024-07-05|3
. fineTune inference=false scaleType=Manual completion search FineTuneTokensMaxValue=2000000000
. maxStandardFinetuneDeploymentCount=2
+ Standard|~davinci|2024-03-01|0-10000/0=120|r1/10,t1000/60
OpenAI|text-ada-001|1|Preview|-|2022-03-01|2024-07-05|2024-07-05|3
. scaleType=Manual,Standard completion search inference
+ Standard|~text-ada-001|2024-03-01|0-10000/0=120|r1/10,t1000/60
OpenAI|text-babbage-001|1|Preview|-|2022-03-01|2024-07-05|2024-07-05|3
. scaleType=Manual,Standard completion search inference
+ Standard|~text-babbage-001|2024-03-01|0-10000/0=120|r1/10,t1000/60
OpenAI|text-curie-001|1|GA|-|2022-03-01|2024-07-05|2024-07-05|3
. scaleType=Manual,Standard completion search inference
+ Standard|~text-curie-001|2024-03-01|0-10000/0=120|r1/10,t1000/60
OpenAI|text-davinci-001|1|Preview|-|2022-03-01|2024-07-05|2024-07-05|3
. scaleType=Manual,Standard completion search inference
+ Standard|~text-davinci-001|2024-03-01|0-10000/0=120|r1/10,t1000/60
OpenAI|text-davinci-002|1|GA|-|2022-01-22|2024-07-05|-|3
. scaleType=Manual,Standard completion search inference
+ Standard|~text-davinci-002|2024-01-15|0-10000/0=120|r1/10,t1000/60
OpenAI|gpt-35-turbo|0301|GA|default|2023-03-09|2024-01-04|-|9
. scaleType=Manual,Standard completion chatCompletion
+ Standard|~gpt-35-turbo|2023-10-15|0-10000/0=120|r1/10,t1000/60
OpenAI|text-davinci-003|1|Preview|-|2022-09-30|2024-07-05|-|3
. scaleType=Standard completion search inference
+ Standard|~text-davinci-003|2024-09-30|0-10000/0=60|r1/10,t1000/60
OpenAI|text-davinci-fine-tune-002|1|Preview|-|2022-08-02|2024-07-05|2024-07-05|3
. fineTune inference=false scaleType=Manual,Standard completion search
. FineTuneTokensMaxValue=2000000000 maxStandardFinetuneDeploymentCount=2
+ Standard|~text-davinci-fine-tune-002|2024-03-01|0-10000/0=120|r1/10,t1000/60
OpenAI|code-cushman-001|1|Preview|-|2022-01-22|2024-07-05|2024-07-05|3
. fineTune scaleType=Manual,Standard completion search FineTuneTokensMaxValue=2000000000 inference
+ Standard|~code-cushman-001|2024-01-15|0-10000/0=120|r1/10,t1000/60
OpenAI|code-cushman-fine-tune-002|1|Preview|-|2023-02-27|2024-07-05|2024-07-05|3
. inference=false fineTune scaleType=Manual completion FineTuneTokensMaxValue=2000000000
+ Standard|~code-cushman-fine-tune-002|2024-03-01|0-10000/0=120|r1/10,t1000/60
OpenAI|code-davinci-002|1|Preview|-|2022-07-11|2024-07-05|-|3
. scaleType=Manual,Standard completion search inference
+ Standard|~code-davinci-002|2024-07-11|0-10000/0=120|r1/10,t1000/60
OpenAI|code-davinci-fine-tune-002|1|GA|-|2022-09-07|2024-07-05|2024-07-05|3
. fineTune inference=false scaleType=Manual,Standard completion FineTuneTokensMaxValue=2000000000
. maxStandardFinetuneDeploymentCount=2
+ Standard|~code-davinci-fine-tune-002|2024-03-01|0-10000/0=120|r1/10,t1000/60
OpenAI|text-similarity-ada-001|1|Preview|-|2022-05-20|2024-07-05|-|3
. scaleType=Manual,Standard embeddings embeddingsMaxInputs=1 inference
+ Standard|~text-similarity-ada-001|2024-05-20|0-10000/0=120|r1/10,t1000/60
OpenAI|text-similarity-babbage-001|1|Preview|-|2022-05-20|2024-07-05|-|3
. scaleType=Manual,Standard embeddings embeddingsMaxInputs=1 inference
+ Standard|~text-similarity-babbage-001|2024-05-20|0-10000/0=120|r1/10,t1000/60
OpenAI|text-similarity-curie-001|1|Preview|-|2022-05-20|2024-07-05|-|3
. scaleType=Manual,Standard embeddings embeddingsMaxInputs=1 inference
+ Standard|~text-similarity-curie-001|2024-05-20|0-10000/0=120|r1/10,t1000/60
OpenAI|text-similarity-davinci-001|1|Preview|-|2022-05-20|2024-07-05|-|3
. scaleType=Manual,Standard embeddings embeddingsMaxInputs=1 inference
+ Standard|~text-similarity-davinci-001|2024-05-20|0-10000/0=120|r1/10,t1000/60
OpenAI|text-search-ada-doc-001|1|Preview|-|2022-05-20|2024-07-05|-|3
. scaleType=Manual,Standard embeddings embeddingsMaxInputs=1 inference
+ Standard|~text-search-ada-doc-001|2024-05-20|0-10000/0=120|r1/10,t1000/60
OpenAI|text-search-ada-query-001|1|Preview|-|2022-05-20|2024-07-05|-|3
. scaleType=Manual,Standard embeddings embeddingsMaxInputs=1 inference
+ Standard|~text-search-ada-query-001|2024-05-20|0-10000/0=120|r1/10,t1000/60
OpenAI|text-search-babbage-doc-001|1|Preview|-|2022-05-20|2024-07-05|-|3
. scaleType=Manual,Standard embeddings embeddingsMaxInputs=1 inference
+ Standard|~text-search-babbage-doc-001|2024-05-20|0-10000/0=120|r1/10,t1000/60
OpenAI|text-search-babbage-query-001|1|Preview|-|2022-05-20|2024-07-05|-|3
. scaleType=Manual,Standard embeddings embeddingsMaxInputs=1 inference
+ Standard|~text-search-babbage-query-001|2024-05-20|0-10000/0=120|r1/10,t1000/60
OpenAI|text-search-curie-doc-001|1|Preview|-|2022-05-20|2024-07-05|-|3
. scaleType=Manual,Standard embeddings embeddingsMaxInputs=1 inference
+ Standard|~text-search-curie-doc-001|2024-05-20|0-10000/0=120|r1/10,t1000/60
OpenAI|text-search-curie-query-001|1|Preview|-|2022-05-20|2024-07-05|-|3
. scaleType=Manual,Standard embeddings embeddingsMaxInputs=1 inference
+ Standard|~text-search-curie-query-001|2024-05-20|0-10000/0=120|r1/10,t1000/60
OpenAI|text-search-davinci-doc-001|1|Preview|-|2022-05-20|2024-07-05|-|3
. scaleType=Manual,Standard embeddings embeddingsMaxInputs=1 inference
+ Standard|~text-search-davinci-doc-001|2024-05-20|0-10000/0=120|r1/10,t1000/60
OpenAI|text-search-davinci-query-001|1|Preview|-|2022-05-20|2024-07-05|-|3
. scaleType=Manual,Standard embeddings embeddingsMaxInputs=1 inference
+ Standard|~text-search-davinci-query-001|2024-05-20|0-10000/0=120|r1/10,t1000/60
OpenAI|code-search-ada-code-001|1|Preview|-|2022-05-20|2024-07-05|-|3
. scaleType=Manual,Standard embeddings embeddingsMaxInputs=1 inference
+ Standard|~code-search-ada-code-001|2024-05-20|0-10000/0=120|r1/10,t1000/60
OpenAI|code-search-ada-text-001|1|Preview|-|2022-05-20|2024-07-05|-|3
. scaleType=Manual,Standard embeddings embeddingsMaxInputs=1 inference
+ Standard|~code-search-ada-text-001|2024-05-20|0-10000/0=120|r1/10,t1000/60
OpenAI|code-search-babbage-code-001|1|Preview|-|2022-05-20|2024-07-05|-|3
. scaleType=Manual,Standard embeddings embeddingsMaxInputs=1 inference
+ Standard|~code-search-babbage-code-001|2024-05-20|0-10000/0=120|r1/10,t1000/60
OpenAI|code-search-babbage-text-001|1|Preview|-|2022-05-20|2024-07-05|-|3
. scaleType=Manual,Standard embeddings embeddingsMaxInputs=1 inference
+ Standard|~code-search-babbage-text-001|2024-05-20|0-10000/0=120|r1/10,t1000/60
OpenAI|text-embedding-ada-002|2|Preview|default|2023-04-03|2025-04-03|-|3
. scaleType=Standard embeddings embeddingsMaxInputs=16
+ Standard|~text-embedding-ada-002|2025-04-03|0-10000/0=120|r1/10,t1000/60
"""
