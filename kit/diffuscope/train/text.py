"""A word tokenizer and a small CLIP text encoder for a closed vocabulary."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import CLIPTextConfig, CLIPTextModel, PreTrainedTokenizerFast

SPECIAL = ("<pad>", "<unk>", "<start>", "<end>")


def word_tokenizer(words: Iterable[str], length: int) -> PreTrainedTokenizerFast:
    """One token a word, lower case, punctuation apart; a word outside `words` becomes `<unk>`.

    Args:
        words: the vocabulary.
        length: tokens a prompt is padded or cut to, start and end included.
    """
    vocabulary = {word: index for index, word in enumerate([*SPECIAL, *words])}
    inner = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    inner.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    inner.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
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


def text_encoder(tokenizer: PreTrainedTokenizerFast, options: dict[str, Any]) -> CLIPTextModel:
    """A CLIP text encoder with random weights that fits the tokenizer."""
    return CLIPTextModel(
        CLIPTextConfig(
            **options,
            vocab_size=len(tokenizer),
            pad_token_id=tokenizer.pad_token_id,
            bos_token_id=tokenizer.bos_token_id,
            # not 2: for that id transformers keeps an old rule that pools at the largest token id
            eos_token_id=tokenizer.eos_token_id,
        )
    )
