"""Step 3: a word tokenizer and a small CLIP text encoder, which learns to read before the denoiser learns to draw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import CLIPTextConfig, CLIPTextModel, PreTrainedTokenizerFast

from diffuscope.train import data
from diffuscope.train.config import Config
from diffuscope.train.latents import CELL, cells, encoded, trained_vae
from diffuscope.train.loop import fit, plain_attention

SPECIAL = ("<pad>", "<unk>", "<start>", "<end>")
_NORMAL = normalizers.Sequence([normalizers.NFKC(), normalizers.BertNormalizer()])
_SPLIT = pre_tokenizers.BertPreTokenizer()


def words_of(captions: Iterable[str]) -> list[str]:
    """Every word of the captions, sorted: lower case, without accents, each Chinese character a word of its own."""
    found: set[str] = set()
    for caption in captions:
        found.update(word for word, _ in _SPLIT.pre_tokenize_str(_NORMAL.normalize_str(caption)))
    return sorted(found)


def word_tokenizer(words: Iterable[str], length: int) -> PreTrainedTokenizerFast:
    """One token a word as in `words_of`; a word outside `words` becomes `<unk>`.

    Args:
        words: the vocabulary.
        length: tokens a prompt is padded or cut to, start and end included.
    """
    vocabulary = {word: index for index, word in enumerate([*SPECIAL, *words])}
    inner = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    inner.normalizer, inner.pre_tokenizer = _NORMAL, _SPLIT
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


class Reader(nn.Module):
    """The text encoder, and small heads that ask of its states what the caption said. The heads are not shipped.

    Words the denoiser has no use for yet drift together in a text encoder, and then it can never learn them: measured
    on the scenes, "left" and "right" became one before any relation was learnt. The heads keep them apart, and where
    captions come with labels they teach synonyms and a second language at a hundredth of the cost of pictures.

    With a sketch, the states of the last positions, which are padding in all but the longest prompts, must tell the
    latents of the picture, cell by cell. By the squared error that is the mean of the pictures the words allow: what a
    denoiser should expect (x0) where there is nothing but noise to see. It then need not learn by heart which of 1,600
    words looks how: its attention can copy, and how to copy is learnt from every picture.
    """

    def __init__(self, text: CLIPTextModel, label_sizes: Sequence[int] = (), sketch: tuple[int, int] = (0, 0)) -> None:
        """Wrap a text encoder.

        Args:
            label_sizes: how many values each label can take; without labels the words themselves are asked for.
            sketch: how many of the last positions tell a cell of the latents, and how many numbers a cell has.
        """
        super().__init__()
        self.text, self.sizes, self.sketch = text, list(label_sizes), sketch[0]
        width = text.config.hidden_size
        self.heads = nn.Linear(width, sum(self.sizes) or text.config.vocab_size)
        if self.sketch:
            self.hand = nn.Linear(width, sketch[1])

    def forward(self, tokens: Tensor) -> Tensor:
        """States (B, tokens, width) of token ids (B, tokens)."""
        return self.text(tokens).last_hidden_state

    def loss(self, states: Tensor, tokens: Tensor, labels: Tensor) -> Tensor:
        """How far the states are from telling what was said, shape ().

        With labels (B, L): cross-entropy of each, read from the mean over the words' states. Without (L = 0): binary
        cross-entropy of the words read so far, from every state.
        """
        if not self.sizes:
            read = F.one_hot(tokens, self.heads.out_features).cumsum(1).clamp(max=1).float()
            return F.binary_cross_entropy_with_logits(self.heads(states), read)
        logits = self.heads(self._pooled(states, tokens)).split(self.sizes, 1)
        return torch.stack([F.cross_entropy(part, labels[:, i]) for i, part in enumerate(logits)]).mean()

    def sketch_loss(self, states: Tensor, tokens: Tensor, cells: Tensor) -> Tensor:
        """Mean squared error of the cells (B, sketch, numbers) that the last positions tell, shape ().

        Positions that a long caption needs for its words are left out.
        """
        free = tokens[:, -self.sketch :] == self.text.config.pad_token_id
        return F.mse_loss(self.hand(states[:, -self.sketch :])[free], cells[free])

    def _pooled(self, states: Tensor, tokens: Tensor) -> Tensor:
        """The mean of the words' states (B, width)."""
        config = self.text.config
        special = torch.tensor([config.pad_token_id, config.bos_token_id, config.eos_token_id], device=tokens.device)
        inner = (~torch.isin(tokens, special)).to(states.dtype)[..., None]
        return (states * inner).sum(1) / inner.sum(1).clamp(min=1)


def tokenized(config: Config, run: Path) -> tuple[PreTrainedTokenizerFast, Tensor]:
    """The tokenizer whose vocabulary is every word of the training captions, and all captions as ids int16 (N, K, T)."""
    captions = data.captions(config, run)
    flat = captions.ravel().tolist()
    tokenizer = word_tokenizer(words_of(flat), config.text.model["max_position_embeddings"])
    kept = data.cached(
        run / "tokens.npz", run / "data.npz", lambda: {"ids": ids(tokenizer, flat).to(torch.int16).numpy()}
    )
    return tokenizer, torch.from_numpy(kept["ids"]).view(*captions.shape, -1)


def reader(config: Config, run: Path, tokenizer: PreTrainedTokenizerFast) -> Reader:
    """A reader as `train` left it, or with random weights when the recipe has no such step."""
    sizes, sketch = getattr(data.world(config, run), "label_sizes", ()), (0, 0)
    if config.text.sketch_loss:
        drawn = config.denoiser.model
        sketch = ((drawn["sample_size"] // CELL) ** 2, drawn["in_channels"] * CELL**2)
    made = Reader(text_encoder(tokenizer, config.text.model), sizes, sketch)
    path = run / "text" / "reader.pt"
    if path.exists():
        made.load_state_dict(torch.load(path, weights_only=True))
    return made


def train(config: Config, run: Path, device: torch.device, minutes: float | None = None) -> bool:
    """Fit the text encoder on captions, and on latents if it shall sketch, and save it to `run/text/reader.pt`; True when
    finished."""
    recipe = config.text
    tokenizer, tokens = tokenized(config, run)
    labels, shares = data.labels(config, run), data.shares(config, run)
    mean, scale = None, 1.0
    if recipe.sketch_loss:
        vae = trained_vae(config, run, device)
        mean, scale = encoded(config, run, vae, device)[0], vae.config.scaling_factor
    torch.manual_seed(recipe.seed)
    model = reader(config, run, tokenizer).to(device)
    if plain_attention(device):
        model.text.set_attn_implementation("eager")

    def loss(rng: torch.Generator) -> Tensor:
        pick = torch.multinomial(shares, recipe.batch, replacement=True, generator=rng)
        read = tokens[pick, torch.randint(tokens.shape[1], (recipe.batch,), generator=rng)].long().to(device)
        states = model(read)
        value = model.loss(states, read, labels[pick].to(device))
        if mean is not None:
            told = cells(mean[pick].float() * scale).to(device)
            value = value + recipe.sketch_loss * model.sketch_loss(states, read, told)
        return value

    trained = fit(model, loss, recipe, run / "text", lambda module, path: None, minutes)
    if trained is None:
        return False
    torch.save(trained.state_dict(), run / "text" / "reader.pt")
    return True
