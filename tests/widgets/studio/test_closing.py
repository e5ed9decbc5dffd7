"""A studio that is closed leaves nothing behind."""

import gc
import time
import weakref
from concurrent.futures import CancelledError

import pytest
from studios import RED, instances, slowed
from tiny import tiny_model

from diffuscope import record
from diffuscope_widgets import Studio


def test_closing_ends_all(model, monkeypatch):
    """No widget is left, nothing runs or is delivered any more, and the model is let go."""
    own, before = tiny_model(), instances()
    studio = Studio(own, RED)
    studio.run()
    for tab in studio.tabs:
        assert studio.open_tab(tab.name)
    assert studio.wait(60)
    lanes = [studio._runner.lane, *(tab.view.lane for tab in studio.tabs)]
    reached, go = slowed(own, monkeypatch)
    job, film = studio.draw(), studio.film.meta
    assert reached.wait(60)
    studio.close()
    studio.close()
    assert instances() == before
    go.set()
    with pytest.raises(CancelledError):
        job.result(60)
    assert not any(lane.busy for lane in lanes)
    assert studio.film.meta is film
    assert studio.model is None
    with pytest.raises(ValueError, match="closed"):
        studio.draw()
    gone = weakref.ref(own)
    monkeypatch.undo()
    del own, reached, go, job
    deadline = time.monotonic() + 20
    while gone() is not None and time.monotonic() < deadline:
        gc.collect()
        time.sleep(0.05)
    assert gone() is None, "something of the studio still holds the model"


def test_closing_a_studio_of_recorded_runs_leaves_no_widget(model):
    before = instances()
    studio = Studio(record(model, RED))
    for tab in studio.tabs:
        assert studio.open_tab(tab.name)
    studio.close()
    assert instances() == before
