"""Whether the arrays of a trace belong together. A file may say anything; views rely on these shapes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

NUMBERS = ("index", "t", "alpha", "sigma")
"""One number for each kept step."""


def misfit(made_by: Any, own: Mapping[str, np.ndarray], kept: Mapping[str, np.ndarray]) -> str:
    """What of a trace cannot be, in words; "" is nothing.

    Args:
        made_by: as `Trace.made_by`.
        own: the arrays every trace has, by name.
        kept: what was kept of each step, by the names in the file: "tensors.x0", "pictures.x0".
    """
    if not isinstance(made_by, dict) or not {"model", "app"} <= made_by.keys():
        return "made_by must name model and app"
    steps = own["index"].size
    for name in NUMBERS:
        if (found := own[name].shape) != (steps,) or not steps:
            return f"{name} has the shape {found} and index {own['index'].shape}; each is one number a step"
        if not np.isfinite(own[name]).all():
            return f"{name} has numbers that are not finite"
    if own["index"].dtype.kind not in "iu" or (own["index"] < 0).any() or (np.diff(own["index"]) <= 0).any():
        return "index must be whole numbers that grow"
    if not _picture(own["image"]):
        return f"image is {_form(own['image'])}, not uint8 (H, W, 3)"
    for name, array in kept.items():
        if array.shape[:1] != (steps,):
            return f"{name} has the shape {array.shape}, and there are {steps} steps"
        if name.startswith("pictures.") and not _picture(array[0]):
            return f"{name} is {_form(array)}, not uint8 (S, H, W, 3)"
        if array.dtype.kind not in "fiu":
            return f"{name} holds {array.dtype}, not numbers"
    return ""


def _picture(array: np.ndarray) -> bool:
    return array.dtype == np.uint8 and array.ndim == 3 and array.shape[2] == 3


def _form(array: np.ndarray) -> str:
    return f"{array.dtype} {array.shape}"
