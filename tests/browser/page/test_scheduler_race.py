"""SchedulerRace in Chromium: lanes and paths follow one playhead, play and keys move it, names stay text."""

from dataclasses import replace

import numpy as np
import pytest
from pagetools import NASTY, pixels, text

from diffuscope import Settings
from diffuscope.run.race import race, reference
from diffuscope_widgets import SchedulerRace

RED = Settings("a red circle", seed=3, steps=6)
DRAWN = """() => [...document.querySelectorAll('.ds-lanes canvas')].length > 0 && [...document.querySelectorAll('.ds-lanes canvas')]
    .every(canvas => canvas.getContext('2d').getImageData(0, 0, 1, 1).data[3])"""


@pytest.fixture(scope="module")
def traces(model):
    return [*race(model, RED, ["euler", ("heun", 3), "euler a"]), reference(model, RED, 20)]


@pytest.fixture
def views(traces):
    return {"race": SchedulerRace(traces[:3], traces[3]), "alone": SchedulerRace(traces[:2]), "empty": SchedulerRace()}


@pytest.fixture
def opened(show, traces):
    page = show(SchedulerRace(traces[:3], traces[3]))
    page.wait_for_function(DRAWN)
    page.wait_for_selector(".ds-dot")
    return page


def places(page):
    return page.locator(".ds-dot").evaluate_all("all => all.map(dot => dot.getAttribute('transform'))")


def test_every_lane_shows_its_own_step(opened, traces):
    slider = opened.get_by_label("Share of the way")
    for playhead, frames in ((0, (0, 0, 0, 0)), (50, (3, 2, 3, 10)), (99, (5, 4, 5, 19))):
        slider.fill(str(playhead))
        for lane, (trace, frame) in enumerate(zip(traces, frames, strict=True)):
            np.testing.assert_array_equal(pixels(opened, ".ds-lanes canvas", lane), trace.pictures["x0"][frame])
    assert opened.locator(".ds-state").first.inner_text().startswith("call 6 of 6 · σ")
    slider.press("End")
    for lane, trace in enumerate(traces):
        np.testing.assert_array_equal(pixels(opened, ".ds-lanes canvas", lane), trace.image)
    assert opened.locator(".ds-state").all_inner_texts() == ["finished"] * 4
    assert slider.get_attribute("aria-valuetext") == "100 % of the way"
    opened.wait_for_function("kit.log.saved.at(-1)?.playhead === 1")


def test_all_leave_from_one_place_and_walk_their_paths(opened):
    slider = opened.get_by_label("Share of the way")
    slider.fill("0")
    starts = np.array([[float(n) for n in at[10:-1].split(",")] for at in places(opened)])
    assert np.abs(starts - starts[0]).max() < 3
    slider.fill("100")
    ends = np.array([[float(n) for n in at[10:-1].split(",")] for at in places(opened)])
    assert np.abs(ends - starts).max() > 30
    guide = opened.locator(".ds-guide")
    before = guide.get_attribute("x1")
    slider.press("ArrowLeft")
    assert guide.get_attribute("x1") != before


def test_distances_and_who_need_not_meet(opened, traces):
    opened.get_by_label("Share of the way").fill("100")
    far = [np.sqrt(np.mean((trace.latents - traces[3].latents) ** 2)) for trace in traces[:3]]
    said = [float(words.removeprefix("distance ")) for words in opened.locator(".ds-far").all_inner_texts() if words]
    np.testing.assert_allclose(said, far, rtol=0.05)
    excuses = opened.locator(".ds-excuse")
    assert excuses.all_inner_texts() == ["Draws fresh noise: not expected to meet the reference."]
    assert "euler a" in opened.locator("figure", has=excuses).inner_text()


def test_without_a_reference(show, views):
    page = show(views["alone"])
    page.wait_for_function(DRAWN)
    assert page.locator(".ds-panel").nth(1).is_hidden()
    assert page.locator(".ds-far:visible").count() == 0


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_play(show, page, views, motion):
    page.emulate_media(reduced_motion=motion)
    show(views["alone"])
    page.wait_for_function(DRAWN)
    page.evaluate("""() => { window.seen = new Set(); const label = document.querySelector('.ds-label');
        new MutationObserver(() => seen.add(label.textContent)).observe(label, {childList: true}); }""")
    page.get_by_label("Share of the way").fill("60")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("kit.state.playhead === 1 && document.querySelector('.ds-play').ariaLabel === 'Play'")
    steps = page.evaluate("seen.size")
    assert steps <= 6 if motion == "reduce" else steps > 6
    np.testing.assert_array_equal(pixels(page, ".ds-lanes canvas", 1), views["alone"].traces[1].image)


def test_pause_keeps_the_place(opened):
    opened.get_by_role("button", name="Play").click()
    opened.wait_for_function("document.querySelector('.ds-label').textContent > '05'")
    opened.get_by_role("button", name="Pause").click()
    opened.wait_for_function("kit.state.playhead > 0 && kit.state.playhead < 1")


def test_python_and_another_view_of_the_race(opened):
    opened.evaluate("kit.open()")
    opened.wait_for_function("document.querySelectorAll('.ds-lanes canvas').length === 8")
    opened.get_by_label("Share of the way").first.fill("40")
    assert opened.get_by_label("Share of the way").nth(1).input_value() == "40"
    opened.evaluate("kit.receive({playhead: 0.8})")
    assert opened.locator(".ds-label").all_inner_texts() == ["80 % of the way"] * 2


def test_a_nasty_prompt_stays_text(show, traces):
    nasty = [replace(trace, settings=trace.settings.replace(prompt=NASTY)) for trace in traces[:2]]
    page = show(SchedulerRace(nasty))
    page.wait_for_function(DRAWN)
    assert text(page, ".ds-title b") == NASTY
    assert page.title() == "widget"
    assert page.evaluate("kit.log.errors") == []


@pytest.mark.parametrize("width", [340, 600])
def test_fits_when_narrow(opened, width):
    opened.set_viewport_size({"width": width, "height": 700})
    opened.wait_for_function(f"document.querySelector('.ds-chart').getBoundingClientRect().width <= {width}")
    assert opened.evaluate("document.documentElement.scrollWidth") <= width


def test_the_exported_page_is_the_same(page, traces, tmp_path):
    file = SchedulerRace(traces[:3], traces[3]).to_html(tmp_path / "race.html")
    page.goto(file.as_uri())
    page.wait_for_function(DRAWN)
    page.get_by_label("Share of the way").fill("50")
    np.testing.assert_array_equal(pixels(page, ".ds-lanes canvas", 0), traces[0].pictures["x0"][3])
