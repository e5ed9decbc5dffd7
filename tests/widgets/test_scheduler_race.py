"""The race without a browser: its numbers are those of the traces, it refuses what is no race, and replays without torch."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from diffuscope import Keep, Settings, record
from diffuscope.run.race import race, reference
from diffuscope.trace import trajectories
from diffuscope_widgets import SchedulerRace
from diffuscope_widgets.race.race import _reached

RED = Settings("a red circle", seed=3, steps=6)


@pytest.fixture(scope="module")
def traces(model):
    return race(model, RED, ["euler", ("heun", 3), "euler a", "lcm"])


@pytest.fixture(scope="module")
def goal(model):
    return reference(model, RED, 20)


def test_lanes_carry_the_numbers_of_their_runs(traces, goal):
    view = SchedulerRace(traces, goal)
    lanes = view.meta["lanes"]
    assert [lane["name"] for lane in lanes] == ["A", "B", "C", "D", "R"]
    assert [lane["calls"] for lane in lanes] == [6, 5, 6, 6, 20]
    assert [(lane["random"], lane["distilled"]) for lane in lanes[:4]] == [
        (False, False), (False, False), (True, False), (True, True),
    ]  # fmt: skip
    for lane, trace in zip(lanes, [*traces, goal], strict=True):
        assert lane["ratio"] == [*trace.ratio.tolist(), 0.0]
        assert lane["distance"] == trajectories.distance(trace, goal).tolist()
        assert len(lane["share"]) == len(lane["path"]) == len(trace) + 1
    starts = np.array([lane["path"][0] for lane in lanes])
    np.testing.assert_allclose(starts, starts[:1].repeat(5, 0), atol=0.05)


def test_paths_are_the_projection_of_x_t(traces):
    view = SchedulerRace(traces[:2])
    cloud = np.concatenate([trajectories.points(trace) for trace in traces[:2]])
    centred = cloud - cloud.mean(0)
    values, vectors = np.linalg.eigh(centred @ centred.T)  # another way to the same: the Gram matrix
    flat = vectors[:, ::-1][:, :2] * np.sqrt(values[::-1][:2])
    found = np.concatenate([lane["path"] for lane in view.meta["lanes"]])
    np.testing.assert_allclose(np.abs(found), np.abs(flat), atol=1e-6)
    np.testing.assert_allclose(view.meta["plane"], values[::-1][:2] / values.sum(), rtol=1e-6)


def test_pictures_are_those_of_the_traces(traces):
    view = SchedulerRace(traces[:2])
    for row, trace in zip(view.meta["rows"], traces, strict=False):
        shown = [
            Image.open(io.BytesIO(view.frames[a:b])) for a, b in zip(row["offsets"], row["offsets"][1:], strict=False)
        ]
        np.testing.assert_array_equal(np.stack(shown[:-1]), trace.pictures["x0"])
        np.testing.assert_array_equal(shown[-1], trace.image)


def test_without_a_reference_there_are_no_distances(traces):
    assert all(lane["distance"] == [] for lane in SchedulerRace(traces[:2]).meta["lanes"])


def test_what_is_no_race_is_refused(model, traces, goal):
    with pytest.raises(trajectories.RaceError, match="2 to 6 runs, got 1"):
        SchedulerRace(traces[:1])
    with pytest.raises(trajectories.RaceError, match="got 7"):
        SchedulerRace([*traces, *traces[:3]])
    other = replace(goal, settings=goal.settings.replace(seed=9))
    with pytest.raises(trajectories.RaceError, match=r"run 3 \(dpm\+\+ 2m\) has seed 9, the first has 3"):
        SchedulerRace(traces[:2], other)
    bare = record(model, RED, Keep(pictures=()))
    with pytest.raises(trajectories.RaceError, match="no pictures of x0"):
        SchedulerRace([traces[0], bare])


def test_a_refused_race_leaves_the_old_one(traces):
    view = SchedulerRace(traces[:2])
    before = view.meta
    with pytest.raises(trajectories.RaceError):
        view.show(traces[:1])
    assert view.meta is before


def test_the_playhead_stays_on_the_way(traces):
    view = SchedulerRace(traces[:2])
    for value, kept in ((0.5, 0.5), (7, 1.0), (-1, 0.0)):
        view.playhead = value
        assert view.playhead == kept
    assert [_reached(traces[0], at) for at in (0, 0.16, 0.17, 0.5, 1)] == [0, 0, 1, 3, 6]


def test_a_race_needs_no_torch(traces, light_server, tmp_path):
    files = [str(trace.save(tmp_path / str(i))) for i, trace in enumerate(traces)]
    code = f"""
import sys
sys.modules["torch"] = sys.modules["diffusers"] = None
from diffuscope.trace.trace import Trace
from diffuscope_widgets.race.race import SchedulerRace
view = SchedulerRace([Trace.load(file) for file in {files!r}])
assert len(view.meta["lanes"]) == 4 and view.still()
"""
    done = light_server.run(code)
    assert done.returncode == 0, done.stderr


def test_saved_notebooks_show_every_lane(traces, goal):
    image = Image.open(io.BytesIO(SchedulerRace(traces, goal).still()))
    assert image.height >= 5 * 96
    assert SchedulerRace().still() is None
