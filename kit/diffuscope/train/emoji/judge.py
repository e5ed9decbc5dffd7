"""The judge of the emoji model: a small image-text network, trained as CLIP is (Radford et al. 2021, arXiv:2103.00020).

It is trained apart from the generator, with another seed, on real drawings only, and knows every pair of thing and
style, those too that the generator never saw. `evaluate` prints beside each number what the judge says of real
pictures it was not trained on.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import CLIPTextModel, ResNetConfig, ResNetModel

from diffuscope import atomic
from diffuscope.families.catalogue import WEIGHTS
from diffuscope.train import data, emoji
from diffuscope.train.config import Config
from diffuscope.train.loop import fit
from diffuscope.train.networks.tokenizer import ids, text_encoder, word_tokenizer, words_of
from diffuscope.worlds.emoji import BACKGROUNDS, STYLES, Item, Scene, World

BUILT_IN = WEIGHTS / "emoji" / "judge"
"""The one whose numbers stand in the model card."""
_LENGTH = 20
_SIZES = ("", "", "small", "large")


def train(config: Config, run: Path, device: torch.device, minutes: float | None = None) -> bool:
    """Fit the judge and save it to `run/judge`; True when finished.

    Loss: the symmetric contrastive loss, where every caption that is true of a picture counts as its own: "cat" and
    "cat, noto style" both fit a cat by Noto. Every thing comes in two styles at once: among 1,600 things a batch has no
    other cat by chance, and then the style tells nothing apart and is not learnt. Three quarters of the captions name it;
    the bare names are what things are ranked by.
    """
    recipe = config.judge
    if recipe is None:
        raise ValueError(f'"{config.name}" has no [judge] in its recipe: its world reads pictures itself')
    world = emoji.world(config, run).drawings
    torch.manual_seed(recipe.seed)
    tokenizer = _tokenizer(world)
    model = Network(tokenizer, recipe.model).to(device)

    def loss(rng: torch.Generator, step: int) -> Tensor:
        chance = np.random.default_rng(int(torch.randint(2**62, (), generator=rng)))
        drawn = [one for _ in range(recipe.batch // 2) for one in _draw_two(world, chance)]
        named = np.repeat(chance.random(recipe.batch // 2) < 0.75, 2)
        texts = [
            caption(world, thing, style if name else "") for (_, thing, style), name in zip(drawn, named, strict=True)
        ]
        pictures = torch.from_numpy(np.stack([picture for picture, _, _ in drawn])).permute(0, 3, 1, 2)
        things = torch.tensor([thing for _, thing, _ in drawn])
        styles = torch.tensor([STYLES.index(style) for _, _, style in drawn])
        said = torch.where(torch.from_numpy(named), styles, -1)
        fits = (things[:, None] == things) & ((said == -1) | (styles[:, None] == said))  # picture i, caption j
        read = ids(tokenizer, texts).to(device)
        logits = model.scale.exp() * model.see(data.scaled(pictures, device)) @ model.read(read).T
        true = fits.float().to(device)
        return (_cross_entropy(logits, true) + _cross_entropy(logits.T, true.T)) / 2

    trained = fit(model, loss, recipe, run / "judge", lambda module, path: None, minutes)
    if trained is None:
        return False
    atomic.write(run / "judge" / "config.json", (json.dumps(recipe.model, indent=2) + "\n").encode())
    weights = {n: w.half() if w.is_floating_point() else w for n, w in trained.state_dict().items()}
    atomic.write(run / "judge" / "model.safetensors", save(weights))
    return True


def _cross_entropy(logits: Tensor, true: Tensor) -> Tensor:
    return F.cross_entropy(logits.float(), true / true.sum(1, keepdim=True))


def _tokenizer(world: World) -> Any:
    every = [caption(world, thing, style) for thing in range(len(world.things)) for style in ("", *STYLES)]
    return word_tokenizer(words_of(every), _LENGTH)


class Network(nn.Module):
    """A residual network (He et al. 2015, arXiv:1512.03385) for pictures and a small CLIP text encoder for names."""

    def __init__(self, tokenizer: Any, options: dict[str, Any]) -> None:
        super().__init__()
        self.vision = ResNetModel(ResNetConfig(**options["vision"]))
        self.text: CLIPTextModel = text_encoder(tokenizer, options["text"])
        self.from_vision = nn.Linear(self.vision.config.hidden_sizes[-1], options["width"], bias=False)
        self.from_text = nn.Linear(self.text.config.hidden_size, options["width"], bias=False)
        self.scale = nn.Parameter(torch.tensor(2.66))  # ln(1 / 0.07), as in CLIP

    def see(self, pixels: Tensor) -> Tensor:
        """Pictures (B, 3, H, W) in -1..1 as unit vectors (B, width)."""
        return F.normalize(self.from_vision(self.vision(pixels).pooler_output.flatten(1)), dim=-1)

    def read(self, tokens: Tensor) -> Tensor:
        """Token ids (B, T) as unit vectors (B, width)."""
        return F.normalize(self.from_text(self.text(tokens).pooler_output), dim=-1)


def caption(world: World, thing: int, style: str) -> str:
    """What the judge is asked about a picture."""
    name = world.things[thing].names["en"]
    return f"{name}, {style} style" if style else name


def _draw_two(world: World, rng: np.random.Generator) -> list[tuple[np.ndarray, int, str]]:
    """Two pictures of one thing alone, in two styles if it has them: uint8 (side, side, 3), its index and the style."""
    thing = int(rng.integers(len(world.things)))
    styles = world.styles([thing], "every")
    drawn = []
    for style in rng.choice(styles, 2, replace=len(styles) < 2).tolist():
        scene = Scene((Item(thing, 0, str(rng.choice(_SIZES))),), "one", str(rng.choice(list(BACKGROUNDS))), style)
        drawn.append((_moved(world.draw(scene, rng, world.side), rng), thing, style))
    return drawn


def _moved(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The picture by up to two pixels elsewhere: what a thing is does not hang on its place."""
    y, x = rng.integers(5, size=2)
    return np.pad(picture, ((2, 2), (2, 2), (0, 0)), "edge")[y : y + len(picture), x : x + len(picture)]


class Judge:
    """The trained network, asked."""

    def __init__(self, world: World, folder: Path) -> None:
        """Load it.

        Args:
            folder: where `train` or `export` wrote it, or `BUILT_IN`.

        Raises:
            FileNotFoundError: it has not been trained yet.
        """
        path = folder / "model.safetensors"
        if not path.is_file():
            raise FileNotFoundError(f"{path} is not there; train it with: diffuscope train judge --config emoji")
        self._world, self._tokenizer = world, _tokenizer(world)
        self._model = Network(self._tokenizer, json.loads((folder / "config.json").read_text(encoding="utf-8"))).eval()
        self._model.load_state_dict(load_file(path))
        self._names = self._read([caption(world, thing, "") for thing in range(len(world.things))])

    @torch.inference_mode()
    def _read(self, texts: list[str]) -> Tensor:
        return self._model.read(ids(self._tokenizer, texts))

    @torch.inference_mode()
    def features(self, pictures: np.ndarray) -> Tensor:
        """Where pictures, uint8 (B, H, W, 3), lie for the judge: unit vectors (B, D)."""
        pixels = data.scaled(torch.from_numpy(pictures).permute(0, 3, 1, 2), torch.device("cpu"))
        return torch.cat([self._model.see(part) for part in pixels.split(256)])

    def rank(self, features: Tensor, things: list[int]) -> np.ndarray:
        """How many of all things fit each picture better than the one that was asked for: int (B,), 0 is best."""
        fit_all = features @ self._names.T
        asked = fit_all[torch.arange(len(things)), things]
        return (fit_all > asked[:, None]).sum(1).numpy()

    def style(self, features: Tensor, things: list[int]) -> list[str]:
        """Which of the styles that the thing is drawn in fits each picture best."""
        best = []
        for feature, thing in zip(features, things, strict=True):
            options = self._world.styles([thing], "every")
            best.append(
                options[int((self._read([caption(self._world, thing, s) for s in options]) @ feature).argmax())]
            )
        return best
