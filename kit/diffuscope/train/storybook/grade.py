"""What the reader's answers are worth: how much of a scene is right, and how much varies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from diffuscope.worlds.storybook.advice import GROUPS
from diffuscope.worlds.storybook.objects import KINDS
from diffuscope.worlds.storybook.reader import Read
from diffuscope.worlds.storybook.scene.scene import ATTRIBUTES, Scene
from diffuscope.worlds.storybook.scene.tables import COLOURS

PARTS = (*ATTRIBUTES, "objects", "colours", "order", "all")
_INDEX = {kind: index for index, kind in enumerate(KINDS)}
_COLOUR = {colour: index for index, colour in enumerate(COLOURS)}


def grade(seen: Read, scenes: Sequence[Scene]) -> dict[str, float]:
    """The share of pictures that show what complete scenes ask for, part by part.

    Objects are right if the reader finds the kinds that were asked for and no others; colours if each kind that was asked
    for in a colour has it; order if two or three in a row stand as they shall.
    """
    parts: dict[str, list[bool]] = {part: [] for part in PARTS}
    for index, scene in enumerate(scenes):
        right = _one(seen, index, scene)
        for part, value in right.items():
            parts[part].append(value)
        parts["all"].append(all(right.values()))
    return {part: round(float(np.mean(values)), 4) for part, values in parts.items() if values}


def rates(seen: Read, scenes: Sequence[Scene]) -> dict[str, dict[str, float]]:
    """Of each word that complete scenes ask for, by group, the share of pictures that show it."""
    found: dict[str, dict[str, list[bool]]] = {
        "objects": {},
        "colours": {},
        "relations": {},
        **{group: {} for group in GROUPS.values()},
    }
    for index, scene in enumerate(scenes):
        right = _one(seen, index, scene)
        for name, group in GROUPS.items():
            found[group].setdefault(getattr(scene, name), []).append(right[name])
        if "order" in right:
            found["relations"].setdefault("left of", []).append(right["order"])
        for thing in scene.objects:
            there = bool(seen.present[index, _INDEX[thing.kind]] > 0)
            found["objects"].setdefault(thing.kind, []).append(there)
            if thing.colour and there:
                told = _likeliest(seen.about[0][index, _INDEX[thing.kind]], thing.kind)
                found["colours"].setdefault(thing.colour, []).append(told == _COLOUR[thing.colour])
    return {group: {word: round(float(np.mean(all_)), 2) for word, all_ in sorted(words.items())}
            for group, words in found.items()}  # fmt: skip


def _one(seen: Read, index: int, scene: Scene) -> dict[str, bool]:
    right = {}
    for (name, table), logits in zip(ATTRIBUTES.items(), seen.whole, strict=True):
        right[name] = list(table)[int(logits[index].argmax())] == getattr(scene, name)
    asked = [_INDEX[o.kind] for o in scene.objects]
    right["objects"] = {*(seen.present[index] > 0).nonzero()[:, 0].tolist()} == {*asked}
    right["colours"] = all(
        _likeliest(seen.about[0][index, _INDEX[o.kind]], o.kind) == _COLOUR[o.colour] for o in scene.objects if o.colour
    )
    if scene.order == "row" and len(asked) > 1:
        places = [float(seen.x[index, k]) for k in asked]
        right["order"] = places == sorted(places)
    return right


def _likeliest(logits: Tensor, kind: str) -> int:
    """The likeliest of the colours that a kind comes in."""
    return max((_COLOUR[colour] for colour in KINDS[kind].colours), key=lambda colour: float(logits[colour]))


def variety(made: Read, real: Read) -> dict[str, float]:
    """Entropy of what is read from pictures, as a share of the entropy of real ones: 1 varies as the world does."""
    shares = {}
    for name, ours, theirs in zip(ATTRIBUTES, made.whole, real.whole, strict=True):
        most = _entropy(theirs)
        shares[name] = round(_entropy(ours) / most, 4) if most > 0 else 1.0
    return shares


def distance(made: Tensor, real: Tensor) -> float:
    """Frechet distance between two sets of features (N, D), each taken as a normal distribution; 0 is the same.

    Source: Heusel et al. 2017 (arXiv:1706.08500), with the reader's features in the place of Inception's.
    """
    one, other = made.double().numpy(), real.double().numpy()
    a, b = np.cov(one, rowvar=False), np.cov(other, rowvar=False)
    # the trace of sqrt(ab) from singular values: a product of covariances has no imaginary part but by rounding
    root = np.linalg.svd(_root(a) @ _root(b), compute_uv=False).sum()
    return float(((one.mean(0) - other.mean(0)) ** 2).sum() + np.trace(a) + np.trace(b) - 2 * root)


def _root(covariance: np.ndarray) -> np.ndarray:
    values, axes = np.linalg.eigh(covariance)
    return (axes * np.sqrt(values.clip(0))) @ axes.T


def nearest(pictures: np.ndarray, known: np.ndarray) -> float:
    """How far pictures are from the nearest of known ones, each uint8 (N, H, W, 3): the median of the root mean squared
    difference, in levels of 0 to 255."""
    one, other = (torch.from_numpy(p.reshape(len(p), -1)).float() for p in (pictures, known))
    return float(torch.cdist(one, other).min(1).values.median() / np.sqrt(one.shape[1]))


def _entropy(logits: Tensor) -> float:
    """Of the distribution of answers over pictures, in nats."""
    counts = torch.bincount(logits.argmax(1), minlength=logits.shape[1]).double()
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * shares.log()).sum())
