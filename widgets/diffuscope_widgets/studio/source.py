"""What a studio can be opened with: a model, its name, or what was recorded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from diffuscope.families.catalogue import CATALOGUE
from diffuscope.recipe.settings import Settings
from diffuscope.trace.trace import Trace, read_traces
from diffuscope_widgets.history.history import MOST


def name_of(source: Any) -> str:
    """What `diffuscope.load` is called with to have this model, given as the model, its name or its folder."""
    if isinstance(source, str | Path):
        return str(source)
    if not hasattr(source, "name"):  # a model; to ask for its class would import torch
        raise TypeError(f"a studio opens with a model, its name, or a recorded run, got {source!r:.60}")
    return source.name


def recorded_in(source: Any) -> list[Trace]:
    """The recorded runs a studio was given, oldest first; none for a model or its name."""
    if isinstance(source, Trace):
        return [source]
    if not isinstance(source, str | Path) or str(source) in CATALOGUE:  # whatever folders lie about
        return []
    path = Path(source)
    is_runs = path.suffix == ".trace" or (path.is_dir() and any(path.glob("*.trace")))
    return read_traces(path, MOST) if is_runs else []


def first_settings(source: Any, recorded: Sequence[Trace]) -> Settings:
    """What the form shows when no settings were given."""
    if recorded:
        return recorded[-1].settings
    card = CATALOGUE.get(name_of(source))
    return Settings(card.example if card else "")
