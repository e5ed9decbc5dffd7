"""What tests of the studio share."""

import threading

import numpy as np
from ipywidgets.widgets.widget import _instances
from through import through

from diffuscope import Settings

RED = Settings("a red circle", steps=6)


def instances():
    """The keys of all widgets that are open."""
    return set(_instances)


def wait(studio):
    """Until the newest run has ended and the views know it."""
    assert studio.wait(60)


def same(one, other):
    assert one.settings == other.settings
    np.testing.assert_array_equal(one.latents, other.latents)
    np.testing.assert_array_equal(one.image, other.image)
    for name, values in other.tensors.items():
        np.testing.assert_array_equal(one.tensors[name], values)
    for name, values in other.pictures.items():
        np.testing.assert_array_equal(one.pictures[name], values)


def slowed(model, monkeypatch):
    """The network waits before every call until told to go on."""
    reached, go, network = threading.Event(), threading.Event(), model.denoiser

    def slow(*args):
        reached.set()
        assert go.wait(60)
        return network(*args)

    monkeypatch.setattr(model, "denoiser", through(model, slow))
    return reached, go


def press(view, **message):
    view._handle_custom_msg(message, [])


def shown(studio, name):
    (widget,) = next(tab for tab in studio.tabs if tab.name == name).box.children
    return widget
