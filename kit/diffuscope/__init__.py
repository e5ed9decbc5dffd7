"""diffuscope: a scope for diffusion. Settings -> Recipe -> denoise -> Step, Step, ... -> collect -> Trace -> views.

    from diffuscope import Settings, load, record
    trace = record(load(), Settings("a red house in the snow at night", seed=7))
    trace                      # a film strip: noisy latents above, the predicted clean picture below

Nothing heavy is imported until a name that needs it is used.
"""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from diffuscope.families.base import Model
    from diffuscope.families.catalogue import load, models
    from diffuscope.recipe.schedulers import SCHEDULERS, SCHEDULES
    from diffuscope.recipe.settings import Recipe, Settings, SettingsError
    from diffuscope.records.read import read_settings
    from diffuscope.run.collect import collect, record
    from diffuscope.run.lane import Lane
    from diffuscope.run.run import Run, denoise
    from diffuscope.run.step import Step
    from diffuscope.run.worker import Job, Worker, worker
    from diffuscope.trace.metadata import save_picture
    from diffuscope.trace.trace import Keep, Trace

__version__ = version("diffuscope")

_HOMES = {
    "run.lane": ("Lane",),
    "run.worker": ("Job", "Worker", "worker"),
    "records.read": ("read_settings",),
    "trace.metadata": ("save_picture",),
    "families.catalogue": ("load", "models"),
    "families.base": ("Model",),
    "run.collect": ("collect", "record"),
    "run.run": ("denoise", "Run"),
    "recipe.schedulers": ("SCHEDULERS", "SCHEDULES"),
    "recipe.settings": ("Recipe", "Settings", "SettingsError"),
    "run.step": ("Step",),
    "trace.trace": ("Keep", "Trace"),
}
_WHERE = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "SCHEDULERS",
    "SCHEDULES",
    "Job",
    "Keep",
    "Lane",
    "Model",
    "Recipe",
    "Run",
    "Settings",
    "SettingsError",
    "Step",
    "Trace",
    "Worker",
    "collect",
    "denoise",
    "load",
    "models",
    "read_settings",
    "record",
    "save_picture",
    "worker",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"diffuscope has no {name!r}; it has {', '.join(__all__)}")
    from diffuscope.extras import needed_for

    with needed_for(name):
        return getattr(import_module(f"diffuscope.{_WHERE[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
