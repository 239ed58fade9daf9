# mypy: ignore-errors
"""Make models of random weights for sentence-transformers, and evaluate with them.

Run by our own interpreter, in an empty project: ``python embedding.py SITE CACHE``. SITE holds the
packages of `.venv-servers/transformers`, which come after ours: torch is too large to be installed
twice. Everything happens in one process, because importing torch takes most of the time.
"""

import json
import sys
from pathlib import Path

SITE, CACHE = sys.argv[1:]
sys.path.append(SITE)

FOLDER = Path("models/words")
"""Embeds a text as the mean of its words: those that share words are near each other."""
CACHED = "harness/tiny-embeddings"
"""A transformer as Hugging Face's cache holds one, with a mean over its tokens."""
REVISION = "0" * 40
WORDS = ["a", "cat", "the", "sat", "on", "mat", "stocks", "fell", "sharply", "today"]
MADE = "the models are made"

asked = []


def note(event, arguments):
    """Every address that anything wants to know or to reach."""
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        address = arguments[1] if event != "socket.getaddrinfo" else arguments
        asked.append(str(address[0]))


def tokenizer():
    from tokenizers import Tokenizer, models, pre_tokenizers

    vocabulary = {word: i for i, word in enumerate(["[PAD]", "[UNK]", *WORDS])}
    whole = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    whole.pre_tokenizer = pre_tokenizers.Whitespace()
    return whole


def make_models():
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import (
        Pooling,
        StaticEmbedding,
        Transformer,
    )
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    torch.manual_seed(7)
    words = StaticEmbedding(tokenizer(), embedding_dim=64)
    SentenceTransformer(modules=[words], device="cpu").save(str(FOLDER))

    bare = Path("bare")
    sizes = {"hidden_size": 32, "intermediate_size": 64, "max_position_embeddings": 32}
    config = BertConfig(
        vocab_size=len(WORDS) + 2, num_hidden_layers=2, num_attention_heads=2, **sizes
    )
    BertModel(config).save_pretrained(bare)
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer(), pad_token="[PAD]", unk_token="[UNK]"
    ).save_pretrained(bare)
    body = Transformer(str(bare))
    mean = Pooling(body.get_embedding_dimension())
    repository = Path(CACHE) / ("models--" + CACHED.replace("/", "--"))
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text(REVISION, encoding="utf-8")
    snapshot = repository / "snapshots" / REVISION
    SentenceTransformer(modules=[body, mean], device="cpu").save(str(snapshot))

    code = Path("models/code")
    code.mkdir()
    (code / "modules.json").write_text(
        json.dumps([{"idx": 0, "name": "0", "path": "", "type": "planted.Module"}]),
        encoding="utf-8",
    )
    (code / "planted.py").write_text(
        "open('ran', 'w').close()\nclass Module: pass\n", encoding="utf-8"
    )


def main():
    make_models()
    sys.stderr.write(f"{MADE}\n")
    from harness.cli.main import run

    sys.addaudithook(note)
    codes = {
        name: run(["eval", f"{spec}.yaml", "--output", f"out/{name}", *options])
        for name, spec, *options in (
            ("recorded", "words", "--record"),
            ("replayed", "words", "--replay"),
            ("cached", "cached"),
            ("absent", "absent"),
            ("code", "code"),
        )
    }
    Path("done.json").write_text(json.dumps({"codes": codes, "asked": asked}), encoding="utf-8")


main()
