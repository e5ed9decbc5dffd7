"""What all tests share: one torch thread, the tiers, what stays in one process, a tiny model.

`make quick` leaves out what is marked `slow`, `train` or `browser`. Most of the marks are set here.
"""

import os
from pathlib import Path

import pytest
import torch
from forked import Server
from xdist.scheduler import LoadFileScheduling

from diffuscope.recipe.schedulers import SCHEDULERS, Scheduler

torch.set_num_threads(1)  # with other work on the machine, two threads can be ten times slower than one
os.environ["TRANSFORMERS_VERBOSITY"] = "error"  # else it tells that torchvision is not installed; children inherit it

QUICK = ("ddim", "heun", "dpm++ 2m")
"""One step a call, two calls a step, and one that remembers: the schedulers of the quick tests."""
FOLDERS = {"browser": "browser", "train": "train"}
"""Folder of tests to the mark of what is in it."""
TOGETHER = "tests/browser/lab"
"""A folder whose files share what is dear to make: a JupyterLab."""


class Together(LoadFileScheduling):
    """A file stays in one process, and so do the files of one folder."""

    def _split_scope(self, nodeid):
        file = super()._split_scope(nodeid)
        folder = file.rpartition("/")[0]
        return folder if folder == TOGETHER else file


@pytest.hookimpl(optionalhook=True)  # without pytest-xdist the tests run, too
def pytest_xdist_make_scheduler(config, log):
    return Together(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_itemcollected(item):
    for folder in Path(item.path).relative_to(item.config.rootpath).parts:
        if folder in FOLDERS:
            item.add_marker(FOLDERS[folder])
    values = item.callspec.params.values() if hasattr(item, "callspec") else ()
    names = [value.name if isinstance(value, Scheduler) else value for value in values]
    if any(isinstance(name, str) and name in SCHEDULERS and name not in QUICK for name in names):
        item.add_marker("slow")


@pytest.fixture(scope="session")
def model():
    from tiny import tiny_model

    return tiny_model()


@pytest.fixture(scope="session")
def light_server():
    """Runs snippets where the widgets are imported, and neither torch nor diffusers is yet."""
    server = Server("matplotlib.figure", "diffuscope_widgets", "diffuscope.trace.guidance", "diffuscope.grid.planner")
    yield server
    server.close()


@pytest.fixture(scope="session")
def torch_server():
    """Runs snippets where torch, diffusers and the tiny model's module are imported."""
    server = Server("tiny", "diffuscope.run.worker", "diffuscope.grid.make")
    yield server
    server.close()


@pytest.fixture
def told(monkeypatch):
    """Call it with a widget: the dict of what that widget tells its front end from now on."""

    def listen(view):
        states = {}
        monkeypatch.setattr(view, "send_state", lambda key=None: states.update(view.get_state(key)))
        return states

    return listen
