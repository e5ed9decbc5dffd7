"""The studio's tabs: made when somebody looks, renewed with the run, one state with the form, one page in the end."""

import json
import re
import threading

import pytest
from studios import RED, press, shown, wait
from waiting import WatchedLock

from diffuscope_widgets import GuidanceView
from diffuscope_widgets.studio.lazy_tab import LazyTab
from diffuscope_widgets.studio.placeholder import Placeholder


def test_tabs_are_made_when_somebody_looks(studio):
    assert {tab.view for tab in studio.tabs} == {None}
    studio.run()
    assert {tab.view for tab in studio.tabs} == {None}, "drawing costs nothing for tabs that nobody opened"
    placeholder = shown(studio, "Guidance")
    assert isinstance(placeholder, Placeholder)
    press(placeholder, type="seen")
    view = shown(studio, "Guidance")
    assert isinstance(view, GuidanceView)
    assert view.trace is studio.trace
    assert studio.open_tab("Guidance") is view
    assert studio.tab.selected_index == 3
    with pytest.raises(ValueError, match="no tab 'Guide'; there are Tokens, Seed"):
        studio.open_tab("Guide")


def test_a_tab_without_its_run_says_so_and_opens_when_there_is_one(studio):
    assert studio.open_tab("Guidance") is None
    assert "Press Draw" in shown(studio, "Guidance").text
    studio.run()
    assert shown(studio, "Guidance").trace is studio.trace


def test_a_tab_out_of_sight_is_renewed_when_it_is_looked_at_again(studio):
    studio.run()
    view = studio.open_tab("Guidance")
    studio.open_tab("Seed")
    before = studio.trace
    studio.form.settings = RED.replace(seed=8)
    studio.run()
    assert view.trace is before
    placeholder = shown(studio, "Guidance")
    press(placeholder, type="seen")
    assert shown(studio, "Guidance") is view
    assert view.trace is studio.trace
    studio.form.settings = RED.replace(seed=9)
    studio.open_tab("Guidance")
    studio.run()
    assert view.trace is studio.trace, "in sight: at once"


def test_a_run_that_ends_while_a_tab_is_renewed_is_not_missed():
    run, renewing, told = ["A"], threading.Event(), []

    def renew(view):
        now = run[0]
        renewing.set()
        if now == "A":
            assert tab._lock.wanted.wait(60)  # the run ends now
        told.append(now)

    tab = LazyTab("slow", Placeholder, renew)
    tab._lock = WatchedLock(tab._lock)
    tab.open()
    tab.changed(in_sight=False)
    click = threading.Thread(target=tab.open)
    click.start()
    assert renewing.wait(10)
    run[0] = "B"
    tab.changed(in_sight=False)
    click.join()
    tab.open()
    assert told == ["A", "B"]


def test_a_run_that_a_tab_cannot_take_is_explained(studio):
    studio.form.settings = RED.replace(guidance_scale=1.0)
    studio.run()
    assert studio.open_tab("Guidance") is None
    assert "no guidance to take apart" in shown(studio, "Guidance").text
    assert studio.error == ""


def test_tabs_and_form_are_one_state(studio):
    box, picker, view = (studio.open_tab(name) for name in ("Tokens", "Seed", "Schedule"))
    studio.form.values = {**studio.form.values, "prompt": "a blue square", "seed": 11, "scheduler": "euler", "steps": 9}
    assert (box.value, picker.seed, view.scheduler, view.steps) == ("a blue square", 11, "euler", 9)
    box.value = "a (red:1.3) circle"
    picker.variation_seed, picker.variation_strength = 5, 0.4
    view.steps = 12
    wanted = {"prompt": "a (red:1.3) circle", "seed": 11, "variation_seed": 5, "variation_strength": 0.4, "steps": 12}
    assert wanted.items() <= studio.form.values.items()
    studio.form.values = {**studio.form.values, "steps": 0, "seed": 4}
    assert (view.steps, picker.seed) == (12, 4), "what cannot work stays in the form"
    changes = []
    studio.form.observe(changes.append, names="values")
    studio.form.settings = RED.replace(scheduler="lcm", steps=40, schedule="uniform")
    assert (view.scheduler, view.steps) == ("lcm", 40)
    assert len(changes) == 1, "a view must not answer with a state half way"
    studio.form.settings = RED.replace(steps=100, schedule="karras")
    assert (view.scheduler, view.steps) == ("dpm++ 2m", 100)
    picker.locked = False
    assert not studio.form.seed_locked


def test_seed_tab_shows_the_noise_of_the_forms_size(studio, model):
    studio.form.settings = RED.replace(width=64, height=32)
    picker = studio.open_tab("Seed")
    for size in ({}, {"width": 32, "height": 96}):
        studio.form.values = {**studio.form.values, **size}
        assert picker.shape == list(model.codec.shape(model.complete(studio.settings)))
    studio.form.values = {**studio.form.values, "width": 12}
    assert picker.shape == [4, 48, 16], "what cannot work stays in the form"
    assert picker.error == ""


def test_latents_follow_without_waiting_for_the_worker(studio):
    studio.run()
    view = studio.open_tab("Latents")
    wait(studio)
    assert not view.busy
    assert view.meta["shape"] == [4, 8, 8]
    studio.form.settings = RED.replace(seed=12)
    studio.run()  # renews the tab in the worker's own thread
    wait(studio)
    assert view.error == ""
    assert not view.busy


def test_one_page_of_all_that_was_opened(studio, tmp_path):
    studio.run()
    studio.open_tab("Schedule")
    text = studio.to_html(tmp_path / "studio.html", "A </script> lesson").read_text(encoding="utf-8")
    assert [name for name in ("PromptForm", "Film", "ScheduleView", "History") if f'aria-label="{name}"' in text] == [
        "PromptForm", "Film", "ScheduleView",
    ]  # fmt: skip
    assert "</script> lesson" not in text


def shared(path):
    """What the parts of a page share."""
    (data,) = re.findall(r'id="parts">(.*?)</script>', path.read_text(encoding="utf-8"))
    return json.loads(data)["shared"]


def test_a_page_is_of_one_run(studio, tmp_path):
    studio.run()
    guidance, latents = studio.open_tab("Guidance"), studio.open_tab("Latents")
    assert shared(studio.to_html(tmp_path / "a.html")) == ["index"]
    wait(studio)
    before = latents.latents
    studio.open_tab("Seed")
    studio.form.settings = RED.replace(seed=8)
    studio.run()
    path = studio.to_html(tmp_path / "b.html")
    assert guidance.trace is studio.trace is studio.film.trace
    assert latents.latents != before
    assert not latents.busy
    assert shared(path) == ["index"]
    studio.film.show(studio.trace, studio.history.traces[1])
    assert shared(studio.to_html(path)) == [], "two runs have one slider of their own"
    studio.form.settings = RED.replace(guidance_scale=1.0)
    studio.run()
    text = studio.to_html(path).read_text(encoding="utf-8")
    assert 'aria-label="Film"' in text
    assert 'aria-label="GuidanceView"' not in text, "it has nothing to say of this run"
    assert studio.open_tab("Guidance") is None
