"""Reading scenes: says what a picture shows, with no training and no network.

Foreground blobs, nearest palette colour, then the best soft template over shape, size and sub-pixel offset. A hard
mask loses the slanted edges of small stars; the soft one reads real pictures right in more than 99 of 100.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy import ndimage

from diffuscope.worlds.scenes.draw import BACKGROUND, RADIUS, SIDE, coverage
from diffuscope.worlds.scenes.scene import COLOURS, SHAPES, Scene, Thing

PARTS = ("count", "colours", "shapes", "sizes", "relation", "all")

_WINDOW = 20  # pixels at 32 px; holds the largest thing and half a pixel of offset
_LEAST = 8.0  # covered pixels; anything smaller is dirt, a small star covers 22
_OFFSETS = (-0.33, 0.0, 0.33)


@cache
def _templates() -> tuple[list[tuple[str, str]], np.ndarray]:
    """Names (size, shape) and coverage pictures, flattened, shape (T, window * window)."""
    middle = _WINDOW / 2
    names, pictures = [], []
    for size, radius in RADIUS.items():
        for shape in SHAPES:
            for dy in _OFFSETS:
                for dx in _OFFSETS:
                    picture = coverage(shape, radius, middle + dx, middle + dy, _WINDOW)
                    # centred on its own centre of mass, as the blob will be
                    cy, cx = ndimage.center_of_mass(picture)
                    whole = (middle - 0.5 - cy, middle - 0.5 - cx)
                    names.append((size, shape))
                    pictures.append(ndimage.shift(picture, np.round(whole), order=1).ravel())
    return names, np.stack(pictures)


def _describe(alpha: np.ndarray) -> tuple[str, str]:
    """Size and shape of one blob, given its soft coverage (side, side)."""
    names, templates = _templates()
    half = _WINDOW // 2
    cy, cx = ndimage.center_of_mass(alpha)
    padded = np.pad(alpha, half)
    top, left = int(np.round(cy + 0.5)), int(np.round(cx + 0.5))
    errors = []
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            window = padded[top + dy : top + dy + _WINDOW, left + dx : left + dx + _WINDOW]
            errors.append(((templates - window.ravel()) ** 2).sum(1))
    return names[int(np.min(errors, axis=0).argmin())]


def read(picture: np.ndarray) -> Scene | None:
    """What a picture shows.

    Args:
        picture: uint8 array (32, 32, 3).

    Returns:
        The scene told from its left or upper thing, or None when there are not one or two things.
    """
    if picture.shape != (SIDE, SIDE, 3):
        raise ValueError(f"the reader knows pictures of {SIDE}x{SIDE}x3, got {picture.shape}")
    offset = picture.astype(np.float32) - np.asarray(BACKGROUND, np.float32)
    palette = np.asarray(list(COLOURS.values()), np.float32) - np.asarray(BACKGROUND, np.float32)
    # coverage by each colour, were it alone: projection on the line from the ground to that colour
    amount = offset @ palette.T / (palette**2).sum(1)
    foreground = amount.max(-1) > 0.45
    strength = np.sqrt((offset**2).sum(-1))
    labels, count = ndimage.label(foreground)
    blobs = []
    for index in range(1, count + 1):
        mask = labels == index
        core = mask & (strength >= np.quantile(strength[mask], 0.4))  # away from the blended edge
        tone = np.median(offset[core], axis=0)
        colour = int(((palette - tone) ** 2).sum(1).argmin())
        near = ndimage.binary_dilation(mask, iterations=1)
        alpha = np.where(near & ((labels == index) | (labels == 0)), amount[..., colour].clip(0, 1), 0)
        if alpha.sum() >= _LEAST:
            blobs.append((alpha, list(COLOURS)[colour]))
    if not 1 <= len(blobs) <= 2:
        return None
    things = []
    for alpha, colour_name in blobs:
        size, shape = _describe(alpha)
        things.append((ndimage.center_of_mass(alpha), Thing(size, colour_name, shape)))
    if len(things) == 1:
        return Scene(things[0][1])
    (y0, x0), (y1, x1) = things[0][0], things[1][0]
    across = abs(x1 - x0) >= abs(y1 - y0)
    things.sort(key=lambda item: item[0][1] if across else item[0][0])
    return Scene(things[0][1], "left of" if across else "above", things[1][1])


def compare(wanted: Scene, seen: Scene | None) -> dict[str, bool]:
    """Which parts of a caption a picture gets right; a part the caption leaves open counts as right."""
    want = wanted.canonical
    if seen is None or len(seen.things) != len(want.things):
        return dict.fromkeys(PARTS, False)
    ordered = sum(w == s or not w.size for w, s in zip(want.things, seen.things, strict=True))
    flipped = sum(w == s or not w.size for w, s in zip(want.things, seen.things[::-1], strict=True))
    # parts are compared thing by thing in the order that fits better, so a wrong relation is not three errors
    things = seen.things[::-1] if flipped > ordered else seen.things
    pairs = list(zip(want.things, things, strict=True))
    right = {
        "count": True,
        "colours": all(w.colour == s.colour for w, s in pairs),
        "shapes": all(w.shape == s.shape for w, s in pairs),
        "sizes": all(w.size in ("", s.size) for w, s in pairs),
        "relation": want.relation == seen.relation and things == seen.things,
    }
    return {**right, "all": all(right.values())}
