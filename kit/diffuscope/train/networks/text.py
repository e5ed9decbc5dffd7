"""Step 3: a small CLIP text encoder, which learns to read before the denoiser learns to draw."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import CLIPTextModel, PreTrainedTokenizerFast

from diffuscope import atomic
from diffuscope.train import data
from diffuscope.train.config import Config
from diffuscope.train.loop import fit, plain_attention
from diffuscope.train.networks.tokenizer import ids, text_encoder, word_tokenizer, words
from diffuscope.worlds.base import UNKNOWN, Question


class Reader(nn.Module):
    """The text encoder, and small heads that ask of its states what the caption said. The heads are not shipped.

    Words the denoiser has no use for yet drift together in a text encoder, and then it can never learn them: measured
    on the scenes, "left" and "right" became one before any relation was learnt. The heads keep them apart, and where
    captions come with labels they teach synonyms and a second language at a hundredth of the cost of pictures.
    """

    def __init__(self, text: CLIPTextModel, questions: Sequence[Question] = ()) -> None:
        """Wrap a text encoder.

        Args:
            questions: what the labels answer, see `World.questions`; without them the words themselves are asked for.
        """
        super().__init__()
        self.text, self.questions = text, list(questions)
        width = text.config.hidden_size
        if self.questions:
            # every thing has a query of its own; things that are asked alike are answered by one head
            self.queries = nn.Parameter(torch.randn(1, sum(q.things for q in self.questions), width) * 0.1)
            self.look = nn.MultiheadAttention(width, text.config.num_attention_heads, batch_first=True)
            self.heads = nn.ModuleDict({q.name: _head(width, sum(q.answers)) for q in self.questions})
        else:
            self.recall = nn.Linear(width, text.config.vocab_size)

    def forward(self, tokens: Tensor) -> Tensor:
        """States (B, tokens, width) of token ids (B, tokens)."""
        return self.text(tokens).last_hidden_state

    def loss(self, states: Tensor, tokens: Tensor, labels: Tensor) -> Tensor:
        """How far the states are from telling what was said, shape ().

        With labels (B, L): cross-entropy, summed over the labels and divided by the number of kinds of labels. Without
        (L = 0): binary cross-entropy of the words read so far, from every state.
        """
        if not self.questions:
            read = F.one_hot(tokens, self.recall.out_features).cumsum(1).clamp(max=1).float()
            return F.binary_cross_entropy_with_logits(self.recall(states), read)
        value = states.new_zeros(())
        for logits, true in self._answers(states, tokens, labels):
            value = value + F.cross_entropy(logits, true, ignore_index=UNKNOWN, reduction="sum")
        return value / (len(labels) * sum(len(q.answers) for q in self.questions))

    @torch.inference_mode()
    def right(self, states: Tensor, tokens: Tensor, labels: Tensor) -> list[float]:
        """The share of each kind of label that the states tell rightly, in the order of the questions."""
        found = []
        for logits, true in self._answers(states, tokens, labels):
            asked = true != UNKNOWN
            found.append(float((logits.argmax(1) == true)[asked].float().mean()))
        return found

    def _answers(self, states: Tensor, tokens: Tensor, labels: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Logits (n, values) and truth (n,) of every kind of label."""
        nothing = tokens == self.text.config.pad_token_id
        queries = self.queries.expand(len(tokens), -1, -1)
        seen, _ = self.look(queries, states, states, key_padding_mask=nothing, need_weights=False)
        things = seen.split([q.things for q in self.questions], 1)
        facts = labels.split([q.things * len(q.answers) for q in self.questions], 1)
        answers = []
        for question, thing, fact in zip(self.questions, things, facts, strict=True):
            told = self.heads[question.name](thing).float().split(question.answers, -1)
            true = fact.unflatten(1, (question.things, -1)).unbind(-1)
            answers += [(logits.flatten(0, 1), t.flatten()) for logits, t in zip(told, true, strict=True)]
        return answers


def _head(width: int, out: int) -> nn.Module:
    return nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, out))


class Tokens:
    """The captions of a source as token ids, int64 (N, K, T), block by block."""

    def __init__(self, source: data.Source, tokenizer: PreTrainedTokenizerFast) -> None:
        self.source, self.tokenizer = source, tokenizer
        self._block: tuple[int, Tensor] | None = None

    def at(self, step: int) -> Tensor:
        """The captions of `source.at(step)`; those that are kept are kept on the disk."""
        number = self.source.number(step)
        if self._block is None or self._block[0] != number:
            self._block = number, self._fresh(step) if self.source.fresh else self._kept(step)
        return self._block[1]

    def _fresh(self, step: int) -> Tensor:
        captions = self.source.at(step).captions
        return ids(self.tokenizer, captions.ravel().tolist()).view(*captions.shape, -1)

    def _kept(self, step: int) -> Tensor:
        run = self.source.run
        kept = data.cached(
            run / "tokens.npz", run / "data.npz", lambda: {"ids": self._fresh(step).to(torch.int16).numpy()}
        )
        return torch.from_numpy(kept["ids"]).long()


def tokenizer(config: Config, source: data.Source) -> PreTrainedTokenizerFast:
    """The tokenizer whose vocabulary is every word that training meets; a fresh world's words are kept in the run."""
    path = source.run / "text" / "words.txt"
    if not source.fresh:
        found = words(source)
    elif path.exists():
        found = path.read_text(encoding="utf-8").split("\n")
    else:
        found = words(source)
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic.write(path, "\n".join(found).encode())
    return word_tokenizer(found, config.text.model["max_position_embeddings"], source.world.aliases)


def reader(config: Config, source: data.Source, tokenizer: PreTrainedTokenizerFast) -> Reader:
    """A reader as `train` left it, or with random weights when the recipe has no such step."""
    made = Reader(text_encoder(tokenizer, config.text.model), source.world.questions)
    path = source.run / "text" / "reader.pt"
    if path.exists():
        made.load_state_dict(torch.load(path, weights_only=True))
    return made


def train(config: Config, run: Path, device: torch.device, minutes: float | None = None) -> bool:
    """Fit the text encoder on captions and save it to `run/text/reader.pt`; True when finished."""
    recipe = config.text
    source = data.Source(config, run, recipe.batch, pictures=False)
    known = tokenizer(config, source)
    tokens = Tokens(source, known)
    torch.manual_seed(recipe.seed)
    model = reader(config, source, known).to(device)
    if plain_attention(device):
        model.text.set_attn_implementation("eager")

    def loss(rng: torch.Generator, step: int) -> Tensor:
        labels, every = source.at(step).labels, tokens.at(step)
        pick = torch.randint(len(every), (recipe.batch,), generator=rng)
        read = every[pick, torch.randint(every.shape[1], (recipe.batch,), generator=rng)].to(device)
        return model.loss(model(read), read, labels[pick].to(device))

    trained = fit(model, loss, recipe, run / "text", lambda module, path: None, minutes)
    if trained is None:
        return False
    with atomic.file(run / "text" / "reader.pt") as file:
        torch.save(trained.state_dict(), file)
    return True
