"""SchedulerPicker and ScheduleView in Chromium: choosing by mouse and keys, and dots that move without Python."""

import numpy as np
import pytest
from pagetools import NASTY, text
from playwright.sync_api import expect
from rows import ROWS

from diffuscope import SCHEDULERS, Settings, record
from diffuscope.noise.levels import LevelPlan
from diffuscope_widgets import SchedulerPicker, ScheduleView
from diffuscope_widgets.base.page import HOST, part

DOTS = """() => [...document.querySelectorAll('.ds-dots circle.ds-noise')].map(dot => {
    const at = new DOMMatrix(getComputedStyle(dot).transform); return [at.e, at.f]; })"""

BESIDE = """async ({ host, part }) => {
    const { fill, prepare } = await import(URL.createObjectURL(new Blob([host], { type: "text/javascript" })));
    const sent = [], el = document.createElement("div");
    const { model, widget } = await prepare(part, { send: (content) => sent.push(content) });
    document.querySelector("main").append(el);
    await widget.render({ model, el });
    const receive = ({ state, buffers }) => model.receive(fill(state, buffers));
    window.beside = { model, sent, receive }; }"""
"""A second widget on the page."""


@pytest.fixture
def views(model):
    trace = record(model, Settings("a red circle", scheduler="heun", steps=4))
    return {"picker": SchedulerPicker("heun"), "view": ScheduleView(), "replay": ScheduleView.of(trace)}


@pytest.fixture
def pair(show):
    """A picker, and beside it a view of it."""
    picker = SchedulerPicker("dpm++ 2m")
    view = ScheduleView(picker)
    page = show(picker)
    page.evaluate(BESIDE, {"host": HOST.read_text(encoding="utf-8"), "part": part(view)})
    page.wait_for_selector(".ds-dots circle")
    return page


def test_every_scheduler_has_its_line(show):
    page = show(SchedulerPicker("heun", steps=20))
    assert page.locator("legend").all_inner_texts() == ["Deterministic", "Random", "Few-step", "Flow"]
    for row in ROWS:
        radio = page.get_by_role("radio", name=row.name, exact=True)
        about = radio.evaluate("radio => document.getElementById(radio.getAttribute('aria-describedby')).textContent")
        assert about == row.note
    assert page.get_by_role("radio", name="heun", exact=True).is_checked()
    assert text(page, ".ds-price") == "20 steps, 39 network calls for a picture"


def test_the_price_is_that_of_the_catalogue(show):
    page = show(SchedulerPicker())
    for name in ("dpm++ 2m", "plms", "dpm2"):
        page.get_by_role("radio", name=name, exact=True).check()
        for steps in (1, 2, 7):
            page.get_by_label("Steps", exact=True).fill(str(steps))
            expect(page.locator(".ds-price")).to_contain_text(f", {SCHEDULERS[name].network_calls(steps)} network call")


def test_choosing_with_the_keyboard_alone(show):
    page = show(SchedulerPicker("dpm++ 2m", "beta", steps=9))
    page.keyboard.press("Tab")
    names = [*SCHEDULERS]
    for _ in names[names.index("tcd") :]:  # round the end of the list to one that has but one schedule
        page.keyboard.press("ArrowUp")
    page.wait_for_function("kit.log.saved.at(-1)?.scheduler === 'tcd'")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+a")
    page.keyboard.type("12")
    page.wait_for_function("kit.log.saved.at(-1)?.steps === 12")
    assert page.evaluate("kit.log.saved.at(-1).schedule") is None
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("kit.log.saved.at(-1)?.steps === 13")


def test_a_chosen_schedule_stays_and_the_usual_one_is_none(show):
    page = show(SchedulerPicker("dpm++ 2m"))
    levels = page.get_by_label("Noise levels")
    assert levels.input_value() == "karras"
    levels.select_option("beta")
    page.get_by_role("radio", name="euler", exact=True).check()
    page.wait_for_function("kit.log.saved.at(-1)?.scheduler === 'euler'")
    assert page.evaluate("kit.log.saved.at(-1).schedule") == "beta"
    levels.select_option("uniform")
    page.wait_for_function("kit.log.saved.at(-1).schedule === null")


def test_a_wrong_number_is_said_and_not_sent(show):
    page = show(SchedulerPicker("lcm", steps=8))
    box = page.get_by_label("Steps", exact=True)
    box.fill("51")
    problem = page.locator("p.ds-problem", has_text="whole number")
    assert problem.inner_text() == "A whole number from 1 to 50."
    assert box.get_attribute("aria-invalid") == "true"
    box.blur()
    assert box.input_value() == "8"
    assert problem.count() == 0
    assert page.evaluate("kit.log.saved") == []


def test_python_and_another_view_of_the_picker(show):
    page = show(SchedulerPicker())
    page.evaluate("kit.open()")
    page.get_by_label("Steps slider").first.fill("33")
    assert page.get_by_label("Steps", exact=True).nth(1).input_value() == "33"
    page.evaluate("kit.receive({scheduler: 'ddim', schedule: null, steps: 5})")
    for place in (0, 1):
        assert page.get_by_role("radio", name="ddim", exact=True).nth(place).is_checked()
        assert page.get_by_label("Steps", exact=True).nth(place).input_value() == "5"


def test_a_note_stays_text(show):
    picker = SchedulerPicker()
    picker.catalogue = [{**row, "note": NASTY} for row in picker.catalogue]
    page = show(picker)
    assert page.locator(".ds-note").first.inner_text() == NASTY
    assert page.title() == "widget"
    assert page.evaluate("kit.log.errors") == []


def test_dots_stand_where_diffusers_asks(show):
    page = show(ScheduleView(Settings("", scheduler="euler", steps=7)))
    page.wait_for_selector(".ds-dots circle")
    places = np.array(page.evaluate(DOTS))
    levels = LevelPlan(SCHEDULERS["euler"]).at(7)
    ratio, timestep = levels.ratio.numpy(), levels.t.numpy()
    for pixels, numbers in ((places[:, 0], timestep), (places[:, 1], np.log10(ratio))):
        slope, start = np.polyfit(numbers, pixels, 1)
        np.testing.assert_allclose(pixels, slope * numbers + start, atol=0.1)
        assert slope < 0, "time runs from noise to picture; more noise stands higher"


def test_a_drag_moves_the_dots_at_once(pair):
    """Fast enough for every frame of a display, and nothing is asked of Python."""
    took = pair.evaluate(
        """() => { const slider = document.querySelector('.ds-schedulers input[type=range]'), took = [];
        for (let steps = 1; steps <= 60; steps += 1) {
          const begin = performance.now();
          slider.value = steps;
          slider.dispatchEvent(new Event('input', { bubbles: true }));
          if (document.querySelectorAll('.ds-dots .ds-noise').length !== steps) throw new Error(`no dots for ${steps}`);
          took.push(performance.now() - begin);
        } return took.sort((a, b) => a - b); }"""
    )
    assert took[30] < 16, f"half of the moves take longer than {took[30]:.1f} ms"
    assert pair.evaluate("kit.log.sent") == pair.evaluate("beside.sent") == []
    assert text(pair, ".ds-levels .ds-title") == "dpm++ 2m · karras · 60 steps, 60 network calls"


def test_another_scheduler_waits_for_python_once(pair):
    for name in ("heun", "dpm++ 2m"):
        pair.get_by_role("radio", name=name, exact=True).check()
        waiting = pair.locator(".ds-levels.ds-waiting").count()
        if name == "heun":
            assert waiting == 1
            expect(pair.locator(".ds-levels .ds-dots")).to_have_css("opacity", "0.35")  # they are those of before
            view = ScheduleView(Settings("", scheduler="heun", steps=20))
            sent = part(view)
            sent["state"].pop("channel")
            pair.evaluate("answer => beside.receive(answer)", sent)
            assert pair.locator(".ds-dots .ds-second.ds-noise").count() == 19
            expect(pair.locator(".ds-levels .ds-dots")).to_have_css("opacity", "1")
        assert pair.locator(".ds-levels.ds-waiting").count() == 0, "the browser remembers what it was sent"
    assert pair.locator(".ds-dots .ds-noise").count() == 20


def test_without_its_picker_the_view_obeys_the_traits(pair):
    pair.get_by_label("Steps slider").fill("33")
    pair.evaluate("kit.close()")
    pair.evaluate("beside.receive({ state: { steps: 4 }, buffers: [] })")
    assert pair.locator(".ds-dots .ds-noise").count() == 4


def test_dots_are_read_out_by_keys_and_pointer(show):
    view = ScheduleView(Settings("", scheduler="euler", steps=20))
    page = show(view)
    page.wait_for_selector(".ds-dots circle")
    _, ratio, timestep = view.levels().T
    slider = page.get_by_label("Dot to read out")
    slider.press("End")
    assert text(page, ".ds-says").startswith("step 20 of 20: σ/α 0.041, SNR")
    slider.press("Home")
    slider.press("ArrowRight")
    wanted = f"step 2 of 20: σ/α {ratio[1]:.2f}, SNR {1 / ratio[1] ** 2:.2g}, t {timestep[1]:.0f}"
    assert text(page, ".ds-says") == slider.get_attribute("aria-valuetext") == wanted
    box, place = page.locator(".ds-chart").bounding_box(), page.evaluate(DOTS)[9]
    page.mouse.move(box["x"] + place[0], box["y"] + 40)
    assert text(page, ".ds-says").startswith("step 10 of 20")
    assert page.locator(".ds-dots .ds-read").count() == 2


def test_a_recorded_run_is_drawn_without_a_curve_of_its_own(show, views):
    page = show(views["replay"])
    page.wait_for_selector(".ds-dots circle")
    assert page.locator(".ds-dots .ds-noise").count() == 7
    assert text(page, ".ds-levels .ds-title").startswith("heun · uniform · 4 steps, 7 network calls")


@pytest.mark.parametrize("width", [340, 600])
def test_fits_when_narrow(pair, width):
    pair.set_viewport_size({"width": width, "height": 700})
    pair.wait_for_function(f"document.querySelector('.ds-chart').getBoundingClientRect().width <= {width}")
    assert pair.evaluate("document.documentElement.scrollWidth") <= width


STRUCK = """() => {
    const words = [...document.querySelectorAll('.ds-chart text')].map(text => text.getBoundingClientRect());
    const on = ({ x, y }) => words.some(box => x > box.left && x < box.right && y > box.top && y < box.bottom);
    return [...document.querySelectorAll('path.ds-noise, path.ds-signal')].filter(path => {
        const [long, matrix] = [path.getTotalLength(), path.getScreenCTM()];
        const at = share => path.getPointAtLength(long * share).matrixTransform(matrix);
        return Array.from({ length: 400 }, (_, i) => at(i / 399)).some(on); }).length; }"""
"""How many curves run through words."""


@pytest.mark.parametrize("width", [420, 900])
def test_no_curve_runs_through_words(show, width):
    page = show(ScheduleView(Settings("", scheduler="dpm++ 2m", steps=20)))
    page.set_viewport_size({"width": width, "height": 800})
    expect(page.locator("path.ds-noise")).to_have_count(1)
    expect(page.get_by_text("as much noise as signal")).to_be_visible()
    assert page.evaluate(STRUCK) == 0
