"""The studio's history and its sheet of four."""

import numpy as np
from studios import RED, press, same, slowed, wait

from diffuscope import record
from diffuscope.recipe.variations import four, vary


def test_history_restores_settings_and_film(studio):
    first = studio.run()
    studio.form.settings = RED.replace(seed=5, steps=3)
    second = studio.run()
    assert studio.history.traces == [second, first]
    press(studio.history, type="restore", key=studio.history.meta["entries"][1]["key"])
    assert studio.trace is studio.film.trace is first
    assert studio.settings == first.settings
    assert studio.history.current == studio.history.meta["entries"][1]["key"]
    press(studio.history, type="compare", key=studio.history.meta["entries"][0]["key"])
    assert (studio.film.trace, studio.film.other) == (first, second)
    assert studio.history.traces == [second, first], "looking back is no new run"
    assert studio.form.status == ""  # it had spoken of the run before


def test_sheet_of_four(studio, model):
    studio.form.settings = RED.replace(seed=3)
    press(studio.variants, type="four")
    wait(studio)
    assert studio.form.status.startswith("6 steps in")
    drawn = studio.variants.traces
    assert [trace.settings for trace in drawn] == [model.complete(row) for row in four(RED.replace(seed=3))]
    for trace, wanted in zip(drawn, record(model, four(RED.replace(seed=3))), strict=True):
        same(trace, wanted)
    assert studio.trace is None, "the film waits for a choice"
    press(studio.variants, type="show", place=2)
    assert studio.trace is studio.film.trace is drawn[2]
    assert studio.history.traces == [drawn[2]]
    assert studio.settings == drawn[2].settings


def test_vary_and_larger(studio, model):
    studio.variants.show(record(model, four(RED)))
    chosen = studio.variants.traces[1]
    press(studio.variants, type="vary", place=1)
    wait(studio)
    assert [trace.settings for trace in studio.variants.traces] == vary(chosen.settings)
    again = studio.variants.traces[3]
    press(studio.variants, type="larger", place=3)
    wait(studio)
    assert studio.trace.settings == again.settings.replace(steps=12)
    assert studio.settings == studio.trace.settings
    same(studio.trace, record(model, studio.settings))


def test_a_sheet_is_stopped_and_replaced_like_any_run(studio, model, monkeypatch):
    reached, go = slowed(model, monkeypatch)
    press(studio.variants, type="four")
    assert reached.wait(60)
    studio.stop()
    go.set()
    wait(studio)
    assert studio.form.status == "stopped before the first step"
    reached.clear()
    go.clear()
    press(studio.variants, type="four")
    assert reached.wait(60)
    press(studio.form, type="draw", traits={"values": dict(studio.form.values)})
    go.set()
    wait(studio)
    assert studio.variants.traces == []
    same(studio.trace, record(model, RED))


def test_a_stopped_sheet_gives_way_to_the_one_before(studio, model, monkeypatch):
    before = record(model, four(RED))
    studio.variants.show(before)
    meta = studio.variants.meta
    reached, go = slowed(model, monkeypatch)
    press(studio.variants, type="four")
    assert reached.wait(60)
    studio.variants.live(four(RED), 1, 6, np.zeros((4, 16, 16, 3), np.uint8))
    studio.stop()
    go.set()
    wait(studio)
    assert studio.variants.meta == meta
    press(studio.variants, type="show", place=2)
    assert studio.trace is before[2]
    studio.variants.live(four(RED), 1, 6, np.zeros((4, 16, 16, 3), np.uint8))
    studio.run()
    assert studio.variants.meta == meta, "another run has taken its place"


def test_a_problem_of_the_form_stops_a_sheet(studio):
    studio.form.values = {**studio.form.values, "steps": 0}
    press(studio.variants, type="four")
    assert "steps" in studio.form.problems
    assert studio.job is None
    assert studio.error == ""
