"""A pipeline from safetensors files alone, and whole: no code of a repository is run, no tensor is made up."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from diffusers import DiffusionPipeline


def pipeline(kind: type[DiffusionPipeline], where: str | Path, parts: Sequence[str]) -> Any:
    """Load a pipeline of a folder or hub repository in float32; on a GPU in float16.

    Args:
        parts: its networks, which are held still.

    Raises:
        ValueError: the weights of a part lack tensors or bring others. Libraries fill a gap with random numbers and warn.
        OSError: the repository cannot be fetched.
    """
    listed = kind.load_config(where)
    loaded = {part: _network(where, part, *listed[part]) for part in parts}
    pipe = kind.from_pretrained(where, **loaded, use_safetensors=True, trust_remote_code=False, dtype=torch.float32)
    if torch.cuda.is_available():
        pipe = pipe.to("cuda", torch.float16)
    return pipe


def _network(where: str | Path, part: str, library: str, kind: str) -> Any:
    network, told = getattr(import_module(library), kind).from_pretrained(
        where, subfolder=part, use_safetensors=True, output_loading_info=True, dtype=torch.float32
    )
    for names, wrong in (
        (told["missing_keys"], "lacks tensors of its network"),
        (told["unexpected_keys"], "holds tensors its network has no place for"),
    ):
        if names:
            some = ", ".join(sorted(names)[:3]) + (", ..." if len(names) > 3 else "")
            raise ValueError(f'"{Path(where).name}/{part}" {wrong}: {some}')
    return network.eval().requires_grad_(False)
