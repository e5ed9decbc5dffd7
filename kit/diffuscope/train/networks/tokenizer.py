"""A word tokenizer: one token a word, in English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from torch import Tensor
from transformers import CLIPTextConfig, CLIPTextModel, PreTrainedTokenizerFast

from diffuscope.train.data import Source

SPECIAL = ("<pad>", "<unk>", "<start>", "<end>")
_NORMAL = normalizers.Sequence([normalizers.NFKC(), normalizers.BertNormalizer()])
_SPLIT = pre_tokenizers.BertPreTokenizer()
_SCENES = 20_000
"""Of so many scenes the words are collected where pictures are drawn while training goes on."""


def words_of(captions: Iterable[str]) -> list[str]:
    """Every word of the captions, sorted: lower case, without accents, each Chinese character a word of its own."""
    found: set[str] = set()
    for caption in captions:
        found.update(word for word, _ in _SPLIT.pre_tokenize_str(_NORMAL.normalize_str(caption)))
    return sorted(found)


def words(source: Source) -> list[str]:
    """Every word that training can meet: as the world says, or of the captions that are kept, or of many fresh ones."""
    world = source.world
    if world.words:
        return list(world.words)
    if not source.fresh:
        return words_of(source.at(0).captions.ravel().tolist())
    rng = np.random.default_rng(source.config.data.seed)
    return words_of(world.caption(world.sample(rng, world.splits[0]), rng) for _ in range(_SCENES))


def word_tokenizer(
    words: Iterable[str], length: int, aliases: Mapping[str, str] | None = None
) -> PreTrainedTokenizerFast:
    """One token a word; a word outside `words` becomes `<unk>`.

    Text is cut as in `words_of`, but where `words` has Chinese words, Chinese is cut from left to right into the longest
    of them.

    Args:
        words: the vocabulary.
        length: tokens a prompt is padded or cut to, start and end included.
        aliases: words that people may write to those of `words` that stand for them; "" is none.
    """
    words = list(words)
    vocabulary = {word: index for index, word in enumerate([*SPECIAL, *words])}
    inner = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    inner.normalizer, inner.pre_tokenizer = _cutting(words)
    if aliases:
        inner.normalizer = normalizers.Sequence([inner.normalizer, *_replacing(words, aliases)])
    inner.post_processor = processors.TemplateProcessing(
        single="<start> $A <end>", special_tokens=[(token, vocabulary[token]) for token in ("<start>", "<end>")]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=inner,
        model_max_length=length,
        pad_token="<pad>",
        unk_token="<unk>",
        bos_token="<start>",
        eos_token="<end>",
    )


def _cutting(words: list[str]) -> tuple[Any, Any]:
    """How text is made plain, and how it is cut."""
    chinese = sorted((word for word in words if word[0] > "\u3400"), key=len, reverse=True)
    if not chinese:
        return _NORMAL, _SPLIT
    whole = normalizers.BertNormalizer(handle_chinese_chars=False)
    longest_first = pre_tokenizers.Split(Regex("|".join(map(re.escape, chinese))), "isolated")
    return normalizers.Sequence([normalizers.NFKC(), whole]), pre_tokenizers.Sequence([_SPLIT, longest_first])


def _replacing(words: Sequence[str], aliases: Mapping[str, str]) -> Iterator[Any]:
    """An alias gives way to the words that stand for it, but not within a longer word that is known itself."""
    known = [*words, *aliases]
    for alias, stands_for in sorted(aliases.items(), key=lambda pair: -len(pair[0])):
        if alias[0] < "\u3400":
            yield normalizers.Replace(Regex(rf"\b{re.escape(alias)}\b"), stands_for)
            continue
        longer = [word.split(alias, 1) for word in known if alias in word and word != alias]
        before = "".join(f"(?<!{start})" for start, end in longer if not end)
        behind = "".join(f"(?!{end})" for start, end in longer if end)
        yield normalizers.Replace(Regex(f"{before}{alias}{behind}"), f" {stands_for} ")


def vocabulary(tokenizer: PreTrainedTokenizerFast) -> dict[str, int]:
    """What a CLIP text config must know of its tokenizer."""
    return {
        "vocab_size": len(tokenizer),
        "max_position_embeddings": tokenizer.model_max_length,
        "pad_token_id": tokenizer.pad_token_id,
        "bos_token_id": tokenizer.bos_token_id,
        # not 2: for that id transformers keeps an old rule that pools at the largest token id
        "eos_token_id": tokenizer.eos_token_id,
    }


def text_encoder(tokenizer: PreTrainedTokenizerFast, options: dict[str, Any]) -> CLIPTextModel:
    """A CLIP text encoder with random weights that fits the tokenizer."""
    return CLIPTextModel(CLIPTextConfig(**options | vocabulary(tokenizer)))


def ids(tokenizer: PreTrainedTokenizerFast, texts: list[str]) -> Tensor:
    """Texts as token ids, int64 (N, T), padded or cut to the tokenizer's length T."""
    return tokenizer(texts, padding="max_length", truncation=True, return_tensors="pt").input_ids
