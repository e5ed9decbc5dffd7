"""A sheet of sample pictures, written while training goes on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from torch import Tensor

from diffuscope import atomic


def save_sheet(pictures: Tensor, path: Path, columns: int, zoom: int = 3) -> None:
    """Save pictures (N, 3, H, W) in -1..1 as one PNG, `columns` a row."""
    tiles = ((pictures.clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).cpu().numpy()
    rows = [np.concatenate(list(tiles[i : i + columns]), 1) for i in range(0, len(tiles), columns)]
    sheet = Image.fromarray(np.concatenate(rows, 0))
    with atomic.file(path) as file:
        sheet.resize((sheet.width * zoom, sheet.height * zoom), Image.Resampling.NEAREST).save(file, "PNG")
