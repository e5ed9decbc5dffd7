"""What every front end keeps, in every state worth a look: accessible, light and dark; readable at 200 % zoom; calm where
motion is not wanted; text stays text, in the exported page too; and nothing is left when it goes.

Each widget's own tests stand beside this file.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from grids import BASE, PaintedGrid, planned
from pagetools import NASTY

import diffuscope_widgets
from diffuscope import Keep, Settings, record
from diffuscope.recipe.variations import four
from diffuscope_widgets import (
    Film,
    GridView,
    GuidanceView,
    History,
    LatentView,
    PromptBox,
    PromptForm,
    SchedulerPicker,
    SchedulerRace,
    ScheduleView,
    SeedPicker,
    Variants,
)
from diffuscope_widgets.studio.placeholder import Placeholder

LONG = ((NASTY + " ") * 200)[:10_000]
RUNNING = {"guidance": 7.5, "state": "running"}


class Runs:
    """The recorded runs that views are made of, all of one prompt."""

    def __init__(self, model, prompt):
        self.model, self.prompt = model, prompt
        self.settings = Settings(prompt, prompt, seed=3, steps=4, guidance_scale=4.0)
        self.four = record(model, four(self.settings), Keep(pictures=("x_t", "x0", "x0_uncond", "x0_cond")))
        self.one, self.other = self.four[:2]
        axes = {"prompt": [prompt, "b"], "seed": [1, 2], "steps": [10, 20]}
        self.grid = PaintedGrid(planned(axes, BASE.replace(negative_prompt=prompt)))
        self.keys = list(self.grid.plan.pictures)
        self.grid.store.ratings = {self.keys[0]: "star", self.keys[2]: "reject"}
        self.half = PaintedGrid(self.grid.plan, self.keys[:5])
        self.lanes = [record(model, self.settings.replace(scheduler=name)) for name in ("euler", "heun", "euler a")]


def at_work(view):
    view.run = {"ready": True, "running": True}
    return view


STATES = {
    "film": lambda runs: Film(runs.one),
    "film, empty": lambda runs: Film(),
    "film, side by side": lambda runs: Film(runs.one, runs.other, shown=["x_t", "x0", "noise_channels"]),
    "film, wipe": lambda runs: Film(runs.one, runs.other, mode="wipe"),
    "film, blink": lambda runs: Film(runs.one, runs.other, mode="blink"),
    "film, difference": lambda runs: Film(runs.one, runs.other, mode="difference"),
    "form": lambda runs: PromptForm(runs.settings, actions=True, live=True),
    "form, alone": lambda runs: PromptForm(runs.settings.replace(variation_seed=3)),
    "form, blocked": lambda runs: PromptForm(runs.settings, actions=True, blocked=runs.prompt),
    "box": lambda runs: PromptBox(runs.prompt, runs.model),
    "box, language": lambda runs: PromptBox("a (red:1.3) [circle|square] of [big:small:0.5] zebras", runs.model),
    "box, problem": lambda runs: PromptBox("a (red:9)", runs.model),
    "box, empty": lambda runs: PromptBox(model=runs.model),
    "seeds": lambda runs: SeedPicker(42),
    "seeds, mixed": lambda runs: SeedPicker(42, variation_seed=7, variation_strength=0.3, history=[4011, 3]),
    "picker": lambda runs: SchedulerPicker("heun"),
    "schedule": lambda runs: ScheduleView(),
    "schedule, replayed": lambda runs: ScheduleView.of(runs.lanes[1]),
    "race": lambda runs: SchedulerRace(runs.lanes[1:], runs.lanes[0]),
    "race, alone": lambda runs: SchedulerRace(runs.lanes),
    "race, empty": lambda runs: SchedulerRace(),
    "grid": lambda runs: GridView(runs.grid, picked=runs.keys[:1]),
    "grid, compared": lambda runs: GridView(runs.grid, rows=["steps", "seed"], picked=runs.keys[:3:2], mode="wipe"),
    "grid, running": lambda runs: at_work(GridView(runs.half)),
    "grid, filtered": lambda runs: GridView(runs.half, columns=["prompt", "seed"], filter="starred"),
    "grid, empty": lambda runs: GridView(),
    "guidance": lambda runs: GuidanceView(runs.one),
    "guidance, running": lambda runs: GuidanceView(runs.one, guidance=7.5, run=RUNNING),
    "guidance, empty": lambda runs: GuidanceView(),
    "latents": lambda runs: LatentView(runs.one.image, runs.model),
    "latents, replayed": lambda runs: LatentView.of(runs.one),
    "latents, empty": lambda runs: LatentView(model=runs.model),
    "variants": lambda runs: Variants(runs.four, ready=True),
    "variants, empty": lambda runs: Variants(ready=True),
    "history": lambda runs: History(runs.four, current=runs.four[1].key),
    "history, empty": lambda runs: History(),
    "placeholder": lambda runs: Placeholder(text=runs.prompt),
}
TELLS = (
    "film",
    "form",
    "form, blocked",
    "box",
    "race",
    "grid",
    "guidance",
    "latents",
    "variants",
    "history",
    "placeholder",
)
"""States that repeat the prompt, or can be told an error."""
EVERYTHING = """() => [...document.querySelectorAll('.ds, .ds *')].flatMap((one) =>
    [one.value, ...[...one.attributes].map((a) => a.value), ...[...one.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data)])
    .join('\\n')"""
"""All a page says: values, attributes and texts."""


@pytest.fixture(scope="module")
def runs(model):
    return Runs(model, "a red circle")


@pytest.fixture(scope="module")
def nasty(model):
    return Runs(model, LONG)


def test_every_widget_is_here(runs):
    made = {type(make(runs)).__name__ for make in STATES.values()}
    assert made - {"Placeholder"} == {*diffuscope_widgets.__all__} - {"Studio"}  # the studio is made of them


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("state", STATES)
def test_accessible(show, page, runs, state, theme):
    page.emulate_media(reduced_motion="reduce")  # colours that are still on their way would be measured
    show(STATES[state](runs))
    page.evaluate("dark => document.body.classList.toggle('dark', dark)", theme == "dark")
    page.evaluate("() => kit.receive({error: 'Something went wrong.'})")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("width", [600, 340])  # a page of 1,200 pixels at 200 % zoom, and a phone
@pytest.mark.parametrize("state", STATES)
def test_fits_at_double_zoom_and_when_narrow(show, page, runs, state, width):
    page.set_viewport_size({"width": width, "height": 700})
    show(STATES[state](runs))
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("state", STATES)
def test_calm_where_motion_is_not_wanted(show, page, runs, state):
    page.emulate_media(reduced_motion="reduce")
    show(STATES[state](runs))
    page.evaluate("() => { document.body.classList.add('dark'); kit.receive({error: 'Something went wrong.'}); }")
    assert page.evaluate("document.getAnimations().length") == 0


@pytest.mark.parametrize("state", STATES)
def test_cleans_up(show, runs, state):
    page = show(STATES[state](runs))
    page.evaluate("kit.open()")
    assert page.locator(".ds").count() == 2
    assert page.evaluate("kit.listening()") > 0
    assert page.evaluate("kit.close()") == [0, 0], "something was left in the element"
    assert page.evaluate("kit.listening()") == 0
    assert page.locator(".ds").count() == 0
    page.wait_for_timeout(300)  # what was under way comes to nothing
    assert page.evaluate("kit.log.errors") == []


@pytest.mark.parametrize("exported", [False, True], ids=["page", "exported"])
@pytest.mark.parametrize("state", TELLS)
def test_ten_thousand_nasty_characters_stay_text(show, page, nasty, tmp_path, state, exported):
    view = STATES[state](nasty)
    view.error = NASTY
    if exported:
        page.goto(view.to_html(tmp_path / "page.html", title="widget").resolve().as_uri())
        page.wait_for_selector(".ds")
    else:
        show(view)
    page.wait_for_timeout(300)
    assert NASTY in page.evaluate(EVERYTHING)
    assert page.title() == "widget"
    assert page.locator(".ds [onerror], .ds script").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 1200
