"""A pipeline from safetensors files alone, and whole: no code of a repository is run, no tensor is made up."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from diffusers import DDIMScheduler, DiffusionPipeline, ModelMixin
from transformers import PreTrainedModel

from diffuscope.families.folder import refuse_scheduler

_NETWORKS: dict[str, type] = {"diffusers": ModelMixin, "transformers": PreTrainedModel}
"""Libraries that parts may come from, and what a network of theirs is."""


def pipeline(
    kind: type[DiffusionPipeline], where: str | Path, parts: Sequence[str], on_gpu: torch.dtype = torch.float16
) -> Any:
    """Load a pipeline of a folder or hub repository in float32; with a GPU it goes there.

    Args:
        parts: its networks, which are held still.
        on_gpu: the type of its numbers there.

    Raises:
        ValueError: a part is no network of diffusers or transformers, or its weights lack tensors or bring others,
            or its scheduler cannot be. Libraries fill a gap with random numbers and warn.
        OSError: the repository cannot be fetched.
    """
    called, listed = Path(where).name, kind.load_config(where)
    for part, kept in listed.items():
        if isinstance(kept, list | tuple) and any(kept):  # the others are options, and parts left out
            _refuse_foreign(f"{called}/{part}", kept)
    refuse_scheduler(f"{called}/scheduler", DDIMScheduler.load_config(where, subfolder="scheduler"))
    kinds = {part: _network(f"{called}/{part}", listed.get(part)) for part in parts}
    loaded = {part: _load(where, part, network) for part, network in kinds.items()}
    pipe = kind.from_pretrained(where, **loaded, use_safetensors=True, trust_remote_code=False, dtype=torch.float32)
    return pipe.to("cuda", on_gpu) if torch.cuda.is_available() else pipe


def _refuse_foreign(called: str, kept: Sequence[Any]) -> None:
    """A model's index names the library of each part, and diffusers imports whatever it names."""
    if len(kept) != 2 or not all(isinstance(name, str) for name in kept):
        raise ValueError(f'model_index.json must name the library and class of "{called}", got {kept!r}.')
    library, kind = kept
    of_diffusers = library.isidentifier() and find_spec(f"diffusers.pipelines.{library}")
    if library not in _NETWORKS and not of_diffusers:
        raise ValueError(f'"{called}" is a {kind} of {library}; parts come from diffusers and transformers.')


def _network(called: str, kept: Any) -> Any:
    """The class of a part that has weights."""
    if not isinstance(kept, list | tuple) or kept[0] not in _NETWORKS:
        raise ValueError(
            f'"{called}" is missing from model_index.json: it must name diffusers or transformers, got {kept!r}.'
        )
    library, kind = kept
    network = getattr(import_module(library), kind, None)
    if not (isinstance(network, type) and issubclass(network, _NETWORKS[library])):
        raise ValueError(f'"{called}" is a {kind} of {library}, which is no network there.')  # noqa: TRY004
    return network


def _load(where: str | Path, part: str, kind: Any) -> Any:
    network, told = kind.from_pretrained(
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
