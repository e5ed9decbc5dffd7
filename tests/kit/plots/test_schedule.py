"""Every plot draws a trace, into given axes or its own, and shows the trace's numbers."""

import io
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from diffuscope import Settings, plots, record

NAMES = [p.stem for p in Path(plots.__file__).parent.glob("*.py") if p.stem != "__init__"]


@pytest.mark.parametrize("name", NAMES)
def test_draws(name, model, monkeypatch):
    # pyplot's figures are global, and a plot may be drawn in a worker thread
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    monkeypatch.delitem(sys.modules, f"diffuscope.plots.{name}", raising=False)
    trace = record(model, Settings(r"stray $\foo{ and _^", steps=6))
    draw = import_module(f"diffuscope.plots.{name}").draw
    ax = draw(trace)
    ax.figure.savefig(io.BytesIO(), format="png")
    given = Figure().subplots()
    assert draw(trace, given) is given
    np.testing.assert_allclose(ax.lines[0].get_ydata(), trace.ratio)
