"""Every front end in Chromium on a static page, without Jupyter: draws, answers, cleans up, and is accessible."""

import base64

import numpy as np
import pytest
from pagetools import NASTY, pixels, text

from diffuscope import Settings, record
from diffuscope.recipe.fields import FIELDS
from diffuscope_widgets import Film, PromptForm
from diffuscope_widgets.parts.frames import pack_frames

DRAWN = "() => document.querySelector('.ds-label')?.textContent"


@pytest.fixture(scope="module")
def trace(model):
    return record(model, Settings("a red circle", steps=6))


@pytest.fixture
def views(trace):
    return {"form": PromptForm(actions=True), "film": Film(trace), "empty film": Film()}


def test_form_shows_its_values(show):
    page = show(PromptForm(Settings("a red circle", seed=7, scheduler="ddim", eta=0.5, steps=9, guidance_scale=1.0)))
    assert page.get_by_label("Prompt", exact=True).input_value() == "a red circle"
    assert page.get_by_label("Seed", exact=True).input_value() == "7"
    assert page.get_by_label("Steps", exact=True).input_value() == "9"
    assert page.get_by_label("Steps slider").input_value() == "9"
    assert page.get_by_label("Eta", exact=True).input_value() == "0.5"
    assert page.get_by_label("Scheduler").input_value() == "ddim"
    assert page.locator(".ds-badge").is_hidden()
    assert page.locator(".ds-actions").is_hidden()
    assert page.get_by_label("Noise levels").locator("option").all_inner_texts() == ["uniform (usual)", "sgm uniform"]


def test_every_setting_of_the_table_has_a_labelled_control(show):
    page = show(PromptForm(Settings("a red circle", clip_skip=1)))
    for name, field in FIELDS.items():
        box = page.locator(f".ds-{name}")
        assert box.count() == 1
        assert box.locator("label").inner_text() == field.label
    assert page.get_by_label("CLIP skip").input_value() == "1"
    assert page.get_by_label("CLIP skip").is_visible(), "never in force unseen"
    page.get_by_label("CLIP skip").fill("2")
    page.wait_for_function("kit.log.saved.at(-1)?.values.clip_skip === 2")
    page.get_by_label("CLIP skip").fill("")
    page.wait_for_function("kit.log.saved.at(-1)?.values.clip_skip === null")


def test_form_draws_with_what_it_holds(show):
    page = show(PromptForm(Settings("", schedule="karras"), actions=True))
    page.get_by_label("Prompt", exact=True).fill(NASTY)
    page.get_by_label("Guidance slider").fill("7.5")
    page.get_by_label("Scheduler").select_option("euler")
    page.get_by_label("Prompt", exact=True).press("Control+Enter")
    (sent,) = page.evaluate("kit.log.sent")
    assert sent["type"] == "draw"
    assert sent["traits"]["values"] == PromptForm().values | {
        "prompt": NASTY, "guidance_scale": 7.5, "scheduler": "euler", "schedule": "uniform",
    }  # fmt: skip
    assert page.evaluate("kit.log.saved.at(-1).values") == sent["traits"]["values"]
    assert page.locator(".ds-badge").is_visible()
    assert page.locator(".ds-eta").is_hidden()
    assert page.title() == "widget"


def test_form_seed(show):
    page = show(PromptForm(actions=True))
    draw = page.get_by_role("button", name="Draw")
    draw.click()
    draw.click()
    page.get_by_role("button", name="Keep").click()
    draw.click()
    draw.click()
    seeds = [sent["traits"]["values"]["seed"] for sent in page.evaluate("kit.log.sent")]
    assert seeds[:2] == [42, 42]
    assert len(set(seeds)) == 3
    assert all(0 <= seed < 2**32 for seed in seeds)
    assert page.get_by_label("Seed", exact=True).input_value() == str(seeds[-1])


def test_form_messages_and_progress(show):
    page = show(PromptForm(actions=True))
    stop = page.get_by_role("button", name="Stop")
    assert stop.is_disabled()
    page.evaluate(
        """kit.receive({problems: {steps: "Too few."}, notes: {eta: "No effect.", prompt: "Unknown: <b>kite</b>."},
        running: true, progress: [3, 12], status: "drawing", error: "<b>bad</b>"})"""
    )
    assert text(page, ".ds-steps .ds-problem") == "Too few."
    assert page.get_by_label("Steps", exact=True).get_attribute("aria-invalid") == "true"
    assert text(page, ".ds-prompt .ds-note") == "Unknown: <b>kite</b>."
    assert text(page, "[role=alert]") == "<b>bad</b>"
    assert page.locator("progress").evaluate("bar => bar.value") == 0.25
    page.get_by_label("Prompt", exact=True).press("Escape")
    stop.click()
    assert page.evaluate("kit.log.sent") == [{"type": "stop"}] * 2


def test_escape_stops_a_run_that_has_not_been_answered(show):
    page = show(PromptForm(actions=True))
    prompt = page.get_by_label("Prompt", exact=True)
    prompt.press("Control+Enter")
    prompt.press("Escape")  # the kernel has not said "running" yet
    assert [sent["type"] for sent in page.evaluate("kit.log.sent")] == ["draw", "stop"]
    page.evaluate(
        "kit.receive({ running: true, status: 'drawing' }); kit.receive({ running: false, status: 'stopped' })"
    )
    prompt.press("Escape")  # nothing runs: the key is not the form's
    assert len(page.evaluate("kit.log.sent")) == 2


def test_typing_survives_an_answer_of_python(show):
    page = show(PromptForm(Settings("a")))
    page.get_by_label("Prompt", exact=True).evaluate("""box => {
        for (const letter of "bcd") {
            box.value += letter;
            box.dispatchEvent(new Event("input", { bubbles: true }));
        }
        kit.receive({ values: { ...kit.state.values, steps: 20 } });  // before the last letters are sent
    }""")
    assert page.get_by_label("Prompt", exact=True).input_value() == "abcd"
    page.wait_for_function("kit.log.saved.at(-1)?.values.steps === 20")
    assert page.get_by_label("Steps", exact=True).input_value() == "20"


def test_film_shows_the_frames(show, trace):
    page = show(Film(trace))
    page.wait_for_function(f"({DRAWN})().startsWith('step 6 of 6')")
    np.testing.assert_array_equal(pixels(page, ".ds-rows canvas", 0), trace.pictures["x_t"][-1])
    np.testing.assert_array_equal(pixels(page, ".ds-rows canvas", 1), trace.pictures["x0"][-1])
    slider = page.get_by_label("Step", exact=True)
    slider.fill("2")
    np.testing.assert_array_equal(pixels(page, ".ds-rows canvas", 1), trace.pictures["x0"][2])
    assert text(page, ".ds-label") == f"step 3 of 6 · σ/α {trace.ratio[2]:.2f} · t {trace.t[2]:.0f}"
    assert page.evaluate("kit.log.saved.at(-1).index") == 2
    slider.press("Home")
    assert slider.get_attribute("aria-valuetext").startswith("step 1 of 6")
    slider.press("ArrowRight")
    np.testing.assert_array_equal(pixels(page, ".ds-rows canvas", 0), trace.pictures["x_t"][1])
    box = page.locator(".ds-thumbnails").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 3.5 / 6, box["y"] + 10)
    np.testing.assert_array_equal(pixels(page, ".ds-rows canvas", 1), trace.pictures["x0"][3])
    assert page.evaluate("kit.state.index") == 3


def test_two_views_and_python_move_together(show, trace):
    page = show(Film(trace))
    page.evaluate("kit.open()")
    page.wait_for_function("[...document.querySelectorAll('.ds-label')].filter(l => l.textContent).length === 2")
    page.locator("input[type=range]").first.fill("1")
    assert page.locator("input[type=range]").nth(1).input_value() == "1"
    np.testing.assert_array_equal(pixels(page, ".ds-rows canvas", 3), trace.pictures["x0"][1])
    page.evaluate("kit.receive({index: 4})")
    assert page.locator("input[type=range]").evaluate_all("all => all.map(r => r.value)") == ["4", "4"]


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_film_plays(show, page, trace, motion):
    page.emulate_media(reduced_motion=motion)
    show(Film(trace))
    page.wait_for_function(f"({DRAWN})()")
    page.evaluate("""() => { window.seen = new Set(); const pen = CanvasRenderingContext2D.prototype;
        const set = Object.getOwnPropertyDescriptor(pen, 'globalAlpha').set;
        Object.defineProperty(pen, 'globalAlpha', {set(value) { seen.add(value); set.call(this, value); }}); }""")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("kit.state.index === 5 && document.querySelector('.ds-play').ariaLabel === 'Play'")
    blended = page.evaluate("[...seen].some(alpha => alpha > 0 && alpha < 1)")
    assert blended == (motion == "no-preference")
    np.testing.assert_array_equal(pixels(page, ".ds-rows canvas", 1), trace.pictures["x0"][5])


def test_live_then_finished(show, trace):
    film = Film()
    page = show(film)
    assert text(page, ".ds-hint").startswith("No picture yet")
    for step in (0, 3):
        frames, rows = pack_frames({name: shown[step : step + 1] for name, shown in trace.pictures.items()})
        preview = {"rows": rows, "steps": [step], "calls": 6, "ratio": [float(trace.ratio[step])]}
        change = {"preview_frames": base64.b64encode(frames).decode(), "preview": preview}
        page.evaluate("change => kit.receive(change, ['preview_frames'])", change)
        page.wait_for_function(f"({DRAWN})().startsWith('step {step + 1} of 6')")
        np.testing.assert_array_equal(pixels(page, ".ds-rows canvas", 1), trace.pictures["x0"][step])
    assert page.get_by_label("Step", exact=True).is_disabled()
    film.show(trace)
    change = {"frames": base64.b64encode(film.frames).decode(), "meta": film.meta, "index": film.index, "preview": {}}
    page.evaluate("change => kit.receive(change, ['frames'])", change)
    page.wait_for_function(f"({DRAWN})().startsWith('step 6 of 6')")
    assert page.get_by_label("Step", exact=True).is_enabled()
    np.testing.assert_array_equal(pixels(page, ".ds-rows canvas", 0), trace.pictures["x_t"][5])


def test_the_first_run_is_stopped(show, trace):
    """Nothing of it stays, and what comes next is shown."""
    film = Film()
    page = show(film)
    frames, rows = pack_frames({"x0": trace.pictures["x0"][2:3]})
    preview = {"rows": rows, "steps": [2], "calls": 6, "ratio": [1.0]}
    change = {"preview_frames": base64.b64encode(frames).decode(), "preview": preview}
    page.evaluate("change => kit.receive(change, ['preview_frames'])", change)
    page.wait_for_function("document.querySelector('.ds-label').textContent.includes('step 3 of 6')")
    page.evaluate("kit.receive({preview: {}})")
    page.wait_for_function("document.querySelector('.ds-film.ds-empty')")
    assert page.locator(".ds-rows canvas").count() == 0
    assert page.locator(".ds-label").inner_text() == ""
    film.show(trace)
    change = {"frames": base64.b64encode(film.frames).decode(), "meta": film.meta, "index": film.index}
    page.evaluate("change => kit.receive(change, ['frames'])", change)
    page.wait_for_function("document.querySelector('.ds-label').textContent.includes('step 6 of 6')")
    assert page.get_by_role("slider", name="Step").is_enabled()


def test_film_fits_when_narrow(show, page, trace):
    show(Film(trace))
    page.wait_for_function(f"({DRAWN})()")
    page.set_viewport_size({"width": 340, "height": 700})
    page.wait_for_function("document.querySelector('.ds-thumbnails').width <= 340")
    assert page.evaluate("document.documentElement.scrollWidth") <= 340
    strip = page.evaluate(
        "() => { const c = document.querySelector('.ds-thumbnails');"
        " return [...c.getContext('2d').getImageData(0, 0, c.width, 10).data].some(v => v); }"
    )
    assert strip, "the strip was not drawn again"


def test_nasty_prompt_in_the_film_stays_text(show, model):
    page = show(Film(record(model, Settings(NASTY, steps=2))))
    page.wait_for_function(f"({DRAWN})()")
    assert NASTY in page.locator(".ds-rows canvas").first.get_attribute("aria-label")
    assert page.title() == "widget"
    assert page.evaluate("kit.log.errors") == []
