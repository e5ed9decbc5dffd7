"""The judge of the emoji model: a small image-text network (CLIP, Radford et al. 2021, arXiv:2103.00020).

It is trained apart from the generator, with another seed, on real drawings only, and knows every pair of thing and
style, those too that the generator never saw. `evaluate` prints beside each number what the judge says of real
pictures it was not trained on.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import CLIPConfig, CLIPModel

from diffuscope.train import data
from diffuscope.train.config import Config
from diffuscope.train.loop import fit
from diffuscope.train.text import ids, vocabulary, word_tokenizer, words_of
from diffuscope.worlds.emoji import BACKGROUNDS, STYLES, Item, Scene, World

_LENGTH = 20
_SIZES = ("", "", "small", "large")


def train(config: Config, run: Path, device: torch.device, minutes: float | None = None) -> bool:
    """Fit the judge and save it to `run/judge`; True when finished.

    Loss: the symmetric contrastive loss, where every caption that is true of a picture counts as its own: "cat" and
    "cat, noto style" both fit a cat by Noto.
    """
    recipe = config.judge
    if recipe is None:
        raise ValueError(f'"{config.name}" has no [judge] in its recipe: its world reads pictures itself')
    world = data.world(config, run)
    torch.manual_seed(recipe.seed)
    model = _network(world, recipe.model).to(device)
    tokenizer = _tokenizer(world)

    def loss(rng: torch.Generator) -> Tensor:
        chance = np.random.default_rng(int(torch.randint(2**62, (), generator=rng)))
        drawn = [draw_one(world, chance) for _ in range(recipe.batch)]
        named = chance.random(recipe.batch) < 0.5
        texts = [
            caption(world, thing, style if name else "") for (_, thing, style), name in zip(drawn, named, strict=True)
        ]
        pictures = torch.from_numpy(np.stack([picture for picture, _, _ in drawn])).permute(0, 3, 1, 2)
        things = torch.tensor([thing for _, thing, _ in drawn])
        styles = torch.tensor([STYLES.index(style) for _, _, style in drawn])
        said = torch.where(torch.from_numpy(named), styles, -1)
        fits = (things[:, None] == things) & ((said == -1) | (styles[:, None] == said))  # picture i, caption j
        read = ids(tokenizer, texts).to(device)
        logits = model(pixel_values=data.scaled(pictures, device), input_ids=read).logits_per_image
        true = fits.float().to(device)
        return (_cross_entropy(logits, true) + _cross_entropy(logits.T, true.T)) / 2

    trained = fit(model, loss, recipe, run / "judge", lambda module, path: None, minutes)
    if trained is None:
        return False
    trained.save_pretrained(run / "judge" / "model")
    return True


def _cross_entropy(logits: Tensor, true: Tensor) -> Tensor:
    return F.cross_entropy(logits.float(), true / true.sum(1, keepdim=True))


def _tokenizer(world: World) -> Any:
    every = [caption(world, thing, style) for thing in range(len(world.things)) for style in ("", *STYLES)]
    return word_tokenizer(words_of(every), _LENGTH)


def _network(world: World, options: dict[str, Any]) -> nn.Module:
    tokenizer = _tokenizer(world)
    text = options["text"] | vocabulary(tokenizer)
    return CLIPModel(CLIPConfig(text_config=text, vision_config=options["vision"], projection_dim=options["width"]))


def caption(world: World, thing: int, style: str) -> str:
    """What the judge is asked about a picture."""
    name = world.things[thing].names["en"]
    return f"{name}, {style} style" if style else name


def draw_one(world: World, rng: np.random.Generator) -> tuple[np.ndarray, int, str]:
    """A picture of one thing: uint8 (side, side, 3), its index and its style."""
    thing = int(rng.integers(len(world.things)))
    style = str(rng.choice(world.styles([thing], "every")))
    scene = Scene((Item(thing, 0, str(rng.choice(_SIZES))),), "one", str(rng.choice(list(BACKGROUNDS))), style)
    return world.draw(scene, rng, world.side), thing, style


class Judge:
    """The trained network, asked."""

    def __init__(self, run: Path, world: World) -> None:
        """Load it from the run folder.

        Raises:
            FileNotFoundError: it has not been trained yet.
        """
        folder = run / "judge" / "model"
        if not folder.is_dir():
            raise FileNotFoundError(f"{folder} is not there; train it with: diffuscope train judge --config emoji")
        self._world, self._tokenizer = world, _tokenizer(world)
        self._model = CLIPModel.from_pretrained(folder).eval()
        self._names = self._read([caption(world, thing, "") for thing in range(len(world.things))])

    @torch.inference_mode()
    def _read(self, texts: list[str]) -> Tensor:
        read = ids(self._tokenizer, texts)
        return F.normalize(self._model.get_text_features(input_ids=read).pooler_output, dim=-1)

    @torch.inference_mode()
    def features(self, pictures: np.ndarray) -> Tensor:
        """Where pictures, uint8 (B, H, W, 3), lie for the judge: unit vectors (B, D)."""
        pixels = data.scaled(torch.from_numpy(pictures).permute(0, 3, 1, 2), torch.device("cpu"))
        found = [self._model.get_image_features(pixel_values=part).pooler_output for part in pixels.split(256)]
        return F.normalize(torch.cat(found), dim=-1)

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
