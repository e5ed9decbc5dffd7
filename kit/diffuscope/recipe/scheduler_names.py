"""What other tools call our schedulers and schedules: "DPM++ 2M Karras", "dpmpp_2m_sde_gpu", "euler_a", "SGM Uniform".

Names are compared without regard to case, blanks, hyphens and underscores. Only a name that means the same sampler is
accepted: "DPM++ 3M SDE" is not "dpm++ 3m", and "DPM++ 2S a" is not "dpm++ 2s".
"""

from __future__ import annotations

import re

from diffuscope.recipe.schedulers import SCHEDULERS, SCHEDULES, Scheduler
from diffuscope.text import suggest

_MORE = {
    "dpm++2msdegpu": "dpm++ 2m sde",  # ComfyUI's "_gpu" says only where the noise is drawn
    "dpm++sdegpu": "dpm++ sde",
    "unipcbh2": "unipc",
    "dpm2ancestral": "dpm2 a",
    "ddimv3": "ddim",  # NovelAI
    "dpmsolver++": "dpm++ 2m",  # Easy Diffusion, stable-ui
}
"""Names that stand in no column of the catalogue."""
_SCHEDULES = {"normal": "uniform", "simple": "sgm uniform", "discrete": "uniform"}
"""Schedules that are one of ours under another name. ComfyUI's and Forge's "normal" is evenly spaced in time, from the
first level to the last, as "Uniform" is; "simple" takes every so manieth level counted from the noisy end, and so does
diffusers' trailing spacing, which "sgm uniform" is here, to within one of the thousand timesteps."""


def plain(name: str) -> str:
    """A name as it is compared: "DPM++ 2M SDE", "dpmpp_2m_sde" and "k_dpmpp_2m_sde" are all "dpm++2msde"."""
    text = re.sub(r"[\s_\-]", "", name.lower()).replace("dpmpp", "dpm++")
    return re.sub(r"^(sample|k)(?=dpm|euler|heun|lms)", "", text)


def _index() -> dict[str, str]:
    found = {plain(name): name for name in SCHEDULERS}
    for row in SCHEDULERS.values():
        for name in (row.a1111, row.comfyui, row.invokeai, row.diffusers, row.k_diffusion):
            if name:
                found.setdefault(plain(name), row.name)
    return {**_MORE, **found}


_INDEX = _index()
_LABELS = {plain(label): name for name, (label, _) in SCHEDULES.items()} | {plain(name): name for name in SCHEDULES}


def find(name: str) -> Scheduler:
    """A row by our name, or by its name in A1111, ComfyUI, InvokeAI or diffusers.

    Raises:
        KeyError: no row has this name; the message suggests one.
    """
    ours = _INDEX.get(plain(name)) if len(name) <= 60 else None
    if ours is None:
        known = list(SCHEDULERS)
        raise KeyError(f'No scheduler "{name[:60]}".{suggest(name[:60], known)} Available: {", ".join(known)}.')
    return SCHEDULERS[ours]


def find_schedule(name: str) -> str | None:
    """Our name of a schedule, given that, A1111's label or ComfyUI's word; None where we have no such schedule."""
    return _LABELS.get(plain(name)) or _SCHEDULES.get(plain(name))


def split(name: str) -> tuple[str, str | None]:
    """A scheduler and the schedule that may stand behind it: "DPM++ 2M Karras" is ("dpm++ 2m", "karras").

    The schedule is None where the name has none, even if it is one that our scheduler cannot follow: that is for the
    caller to find.

    Raises:
        KeyError: no row has this name.
    """
    text = plain(name) if len(name) <= 60 else ""
    if text not in _INDEX:
        for label in sorted([*_LABELS, *_SCHEDULES], key=len, reverse=True):
            head = text.removesuffix(label)
            if head != text and head in _INDEX:
                return _INDEX[head], find_schedule(label)
    return find(name).name, None
