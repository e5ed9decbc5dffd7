"""Stills: what stands in a saved notebook where no widget runs, drawn with matplotlib and without pyplot."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def png(figure: Figure) -> bytes:
    """A figure as a PNG, at twice the size of the page's pixels."""
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=144)
    return out.getvalue()


def words(first: str, second: str) -> bytes:
    """Two lines as a PNG, the first one strong. They are shown as they are: no mathematics in them."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 0.7))
    style: dict[str, Any] = {"parse_math": False, "va": "center"}
    figure.text(0.01, 0.68, first, fontsize=11, fontweight="bold", **style)
    figure.text(0.01, 0.26, second, fontsize=9, color="0.35", **style)
    return png(figure)
