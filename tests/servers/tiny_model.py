# mypy: ignore-errors
"""Make a language model of random weights, as the Hugging Face cache holds one.

Run by the interpreter of `.venv-servers/transformers`, which alone has torch:
``python tiny_model.py CACHE OWNER/NAME``. It knows printable ASCII and speaks nonsense, always the
same.
"""

import sys
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

REVISION = "0" * 40
SPACE = "\N{LATIN CAPITAL LETTER G WITH DOT ABOVE}"
"""How byte-level tokenizers spell it."""
SPECIAL = ["<|pad|>", "<|end|>", "<|other|>", "<|system|>", "<|user|>", "<|assistant|>"]
TEMPLATE = (
    "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def tokenizer():
    """One token a character, and one for each role."""
    words = SPECIAL + [chr(code) for code in range(33, 127)] + [SPACE]
    vocabulary = {word: i for i, word in enumerate(words)}
    whole = Tokenizer(models.BPE(vocab=vocabulary, merges=[], unk_token=SPECIAL[2]))
    whole.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    whole.decoder = decoders.ByteLevel()
    made = PreTrainedTokenizerFast(
        tokenizer_object=whole,
        pad_token=SPECIAL[0],
        eos_token=SPECIAL[1],
        unk_token=SPECIAL[2],
        additional_special_tokens=SPECIAL[3:],
        clean_up_tokenization_spaces=False,
    )
    made.chat_template = TEMPLATE
    return made, len(words)


def main(cache, name):
    """Write tokenizer and model into the cache, as its only revision."""
    repository = Path(cache) / ("models--" + name.replace("/", "--"))
    snapshot = repository / "snapshots" / REVISION
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text(REVISION, encoding="utf-8")
    spoken, size = tokenizer()
    torch.manual_seed(7)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=size,
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=2,
            num_key_value_heads=2,
            max_position_embeddings=4096,
            bos_token_id=None,
            eos_token_id=1,
            pad_token_id=0,
        )
    )
    model.save_pretrained(snapshot)
    spoken.save_pretrained(snapshot)


main(*sys.argv[1:])
