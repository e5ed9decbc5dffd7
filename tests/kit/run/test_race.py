"""Races: refusals that name the culprit, the plane against its closed form, distances against numpy, runs against record."""

from dataclasses import replace

import numpy as np
import pytest

from diffuscope import Keep, Settings, SettingsError, load, record
from diffuscope.run.race import KEEP, race, reference
from diffuscope.trace.trajectories import RaceError, check, distance, draws_noise, plane, points, share

RED = Settings("a red circle", seed=3, steps=6)


@pytest.fixture(scope="module")
def traces(model):
    return race(model, RED, ["euler", ("heun", 3), "euler a"])


def test_runs_are_those_of_record(model, traces):
    wanted = [RED.replace(scheduler="euler"), RED.replace(scheduler="heun", steps=3), RED.replace(scheduler="euler a")]
    for trace, settings in zip(traces, wanted, strict=True):
        alone = record(model, settings)
        assert trace.settings == alone.settings
        np.testing.assert_array_equal(trace.latents, alone.latents)


def test_all_is_checked_before_the_first_run(model):
    seen = []
    with pytest.raises(SettingsError, match='"euler"'):
        race(model, RED, ["ddim", "eular"], seen.append)
    with pytest.raises(SettingsError, match="at most 50"):
        race(model, RED, ["ddim", ("lcm", 51)], seen.append)
    assert not seen


def test_one_noise(traces):
    starts = np.stack([points(trace)[0] for trace in traces])
    np.testing.assert_allclose(starts, starts[:1].repeat(3, 0), atol=0.01)
    assert np.abs(starts - points(traces[0])[-1]).mean() > 0.1


def test_the_way_counts_calls(traces):
    np.testing.assert_allclose(share(traces[0]), np.arange(7) / 6)
    np.testing.assert_allclose(share(traces[1]), np.arange(6) / 5)
    thin = replace(traces[0], index=np.array([0, 4, 5]))
    np.testing.assert_allclose(share(thin), [0, 4 / 6, 5 / 6, 1])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"seed": 4}, r"run 2 \(heun\) has seed 4, the first has 3"),
        ({"prompt": "a blue square"}, "prompt 'a blue square'"),
        ({"negative_prompt": "blue"}, "negative_prompt 'blue'"),
        ({"guidance_scale": 1.0}, "guidance_scale 1.0, the first has 4.0"),
        ({"width": 8}, "width 8"),
        ({"variation_seed": 5, "variation_strength": 0.5}, "variation_seed 5"),
    ],
)
def test_another_problem_is_no_race(traces, change, says):
    other = replace(traces[1], settings=traces[1].settings.replace(**change))
    with pytest.raises(RaceError, match=says):
        check([traces[0], other])


def test_another_model_is_no_race(traces):
    with pytest.raises(RaceError, match="model_sha256 'f00'"):
        check([traces[0], replace(traces[1], made_by={**traces[1].made_by, "model_sha256": "f00"})])


def test_a_run_without_latents_is_no_race(model, traces):
    with pytest.raises(RaceError, match=r"run 2 \(dpm\+\+ 2m\) keeps no x_t; record it with Keep"):
        check([traces[0], record(model, RED, Keep(tensors=("x0",)))])
    check(traces)


def test_who_draws_noise():
    drawn = {name: draws_noise(RED.replace(scheduler=name)) for name in ("euler", "ddim", "euler a", "ddpm", "lcm")}
    assert drawn == {"euler": False, "ddim": False, "euler a": True, "ddpm": True, "lcm": True}
    assert draws_noise(RED.replace(scheduler="ddim", eta=0.5))


def test_plane_of_an_ellipse():
    """Points on an ellipse with half axes 3 and 1, in a tilted plane of a space of 50: variances are as 9 to 1."""
    rng = np.random.default_rng(0)
    u, v = np.linalg.qr(rng.normal(size=(50, 2)))[0].T
    angle = np.linspace(0.3, 2 * np.pi + 0.3, 64, endpoint=False)
    centre = rng.normal(size=50)
    found = plane(centre + 3 * np.cos(angle)[:, None] * u + np.sin(angle)[:, None] * v)
    np.testing.assert_allclose(found.centre, centre, atol=1e-12)
    np.testing.assert_allclose(np.abs(found.axes @ np.stack([u, v]).T), np.eye(2), atol=1e-12)
    np.testing.assert_allclose(found.share, (0.9, 0.1), atol=1e-12)
    np.testing.assert_allclose(found.project(centre + 2 * found.axes[:1]), [[2, 0]], atol=1e-12)


def test_paths_lead_right_and_up():
    path = np.array([[0.0, 0, 0], [-3, 1, 0], [-4, 5, 1]])
    found = plane(path).project(path)
    assert (found[-1] >= found[0]).all()
    still = plane(np.ones((4, 3)))
    assert np.isfinite(still.share).all()


def test_distance_is_the_root_mean_square(traces):
    far = replace(traces[0], latents=traces[0].latents + 2)
    assert distance(far, traces[0])[-1] == pytest.approx(2, rel=1e-5)
    found = distance(traces[1], traces[0])
    assert found[-1] == pytest.approx(
        np.linalg.norm(traces[1].latents - traces[0].latents) / traces[0].latents.size ** 0.5
    )
    assert found[0] == pytest.approx(
        np.linalg.norm(traces[1].tensors["x0"][0] - traces[0].latents) / traces[0].latents.size ** 0.5
    )
    assert distance(traces[0], traces[0])[-1] == 0


@pytest.mark.slow
def test_the_reference_is_the_ode():
    """Many steps of solvers that share nothing but the ODE end close to it; a random one does not."""
    model, circle = load("scenes"), Settings("a large red circle", seed=3)
    goal = reference(model, circle)
    near = [
        record(model, circle.replace(scheduler=name, schedule="karras", steps=60), KEEP) for name in ("heun", "euler")
    ]
    off = race(model, circle, [("euler a", 60)])[0]
    assert max(distance(trace, goal)[-1] for trace in near) < 0.05
    assert distance(off, goal)[-1] > 0.2
    check([goal, *near, off])
