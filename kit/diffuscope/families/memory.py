"""Pictures too large for this computer are refused before any compute: how much memory one takes, and how much is free."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil
import torch

from diffuscope.recipe.settings import Recipe, SettingsError

_UNET, _AUTOENCODER = 40, 9
"""How many tensors of their first level a UNet (its skips and the wide middle of its feed-forward layers) and an autoencoder
hold at their peak: measured on the built-in models from 512 to 768 pixels, 36 to 40 and 6 to 9."""

_GROUP = Path("/sys/fs/cgroup")

_SURE = 10**9
"""Less than this is not worth asking the system, and the estimate is not so good either."""


def needed(recipe: Recipe, rows: int, latents: tuple[int, int, int], unet: int, autoencoder: int, size: int) -> int:
    """About how many bytes one network call, or decoding its result, takes beside the weights.

    Args:
        rows: of one call; guidance asks for two.
        latents: (C, h, w) of the picture.
        unet, autoencoder: channels of their first levels; 0 is none.
        size: bytes of a number.
    """
    _, high, wide = latents
    return size * max(_UNET * rows * unet * high * wide, _AUTOENCODER * autoencoder * recipe.height * recipe.width)


def refuse(recipe: Recipe, need: int, device: torch.device) -> None:
    """Refuse a picture that takes more memory than is free.

    Raises:
        SettingsError: naming both.
    """
    if need > _SURE and need > (left := free(device)):
        raise SettingsError(
            "width",
            f"{recipe.width} x {recipe.height} pixels take about {need / 1e9:.1f} GB of memory, and {left / 1e9:.1f} GB "
            "are free; make the picture smaller.",
        )


def free(device: torch.device) -> int:
    """Bytes that can still be had on a device, within the limits of the process and of its container."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    found = [psutil.virtual_memory().available]
    if sys.platform != "win32":
        import resource

        soft, _ = resource.getrlimit(resource.RLIMIT_AS)
        if soft != resource.RLIM_INFINITY:
            found.append(soft - psutil.Process().memory_info().vms)
    limit, used = (_number(_GROUP / name) for name in ("memory.max", "memory.current"))
    if limit is not None and used is not None:
        found.append(limit - used + _cached())
    return max(0, min(found))


def _cached() -> int:
    """Bytes of files read before: they count as used, and are given up when memory is asked for."""
    try:
        lines = dict(line.split() for line in (_GROUP / "memory.stat").read_text().splitlines())
        return int(lines["inactive_file"])
    except (OSError, ValueError, KeyError):
        return 0


def _number(file: Path) -> int | None:
    try:
        return int(file.read_text())
    except (OSError, ValueError):  # no container, or "max"
        return None
