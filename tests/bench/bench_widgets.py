"""The widgets' part of `make bench`: what a hand on a slider waits for, beside the bare loop."""

import gc
import os
import resource
import shutil
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from diffuscope import Keep, Settings, record
from diffuscope_widgets import Film, GuidanceView, Studio

PAIRS = 7
SETTINGS = Settings("a large red circle left of a small blue square", seed=7, guidance_scale=4.0)


def until(true) -> float:
    """Seconds until a condition holds."""
    begin = time.perf_counter()
    while not true():
        time.sleep(0.0005)
    return time.perf_counter() - begin


def slider(model) -> tuple[list[float], list[float]]:
    """Seconds beyond one step until the first preview, and the final picture over the bare loop, pair by pair."""
    view = GuidanceView(record(model, SETTINGS, Keep(("x_t", "noise_uncond", "noise_cond"), ())), model)
    until(lambda: view.look.get("guidance") == view.guidance)
    late, final = [], []
    for pair in range(PAIRS + 1):
        scale = 5.0 + pair
        begin = time.perf_counter()
        record(model, SETTINGS.replace(guidance_scale=scale), Keep((), ()))
        bare = time.perf_counter() - begin
        begin = time.perf_counter()
        view.guidance = scale
        until(lambda scale=scale: view.look.get("guidance") == scale)
        first = time.perf_counter() - begin
        until(lambda scale=scale: view.run.get("state") == "done" and view.run["guidance"] == scale)
        late.append(first - bare / len(view.trace))
        final.append((time.perf_counter() - begin) / bare)
    return late[1:], final[1:]


SCRUB = """() => {
  const slider = document.querySelector('.ds-film input[type=range]');
  const begin = performance.now();
  for (let step = 0; step < 50; step += 1) {
    slider.value = step;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  }
  return (performance.now() - begin) / 1000;
}"""


def scrub(model) -> list[float]:
    """Dragging a film through its fifty steps in Chromium, drawing each, over making the run again."""
    settings = SETTINGS.replace(steps=50)
    begin = time.perf_counter()
    trace = record(model, settings)
    again = time.perf_counter() - begin
    with tempfile.TemporaryDirectory() as place, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.goto(Film(trace).to_html(Path(place) / "film.html").resolve().as_uri())
        page.locator(".ds-label span").first.wait_for()
        found = [page.evaluate(SCRUB) / again for _ in range(PAIRS + 2)][2:]
        assert page.locator(".ds-label").inner_text().startswith("step 50 of 50")
        browser.close()
    return found


def growth(model, runs: int = 50) -> float:
    """Megabytes a studio grows by, from its tenth run to its last; its history is full by then or nearly so."""
    studio = Studio(model, SETTINGS.replace(steps=6))
    sizes = []
    for seed in range(runs):
        studio.form.settings = studio.settings.replace(seed=seed)
        studio.run()
        gc.collect()
        sizes.append(_resident())
    return sizes[-1] - sizes[9]


def _resident() -> float:
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    except OSError:  # no /proc: the peak says less, but never too little
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


def rows(model, show) -> list[bool]:
    """Every line of the table; `show(what, values, goal)` prints one and tells whether it is good."""
    late, final = slider(model)
    grown = growth(model)
    return [
        show("slider: first preview beyond one step, seconds", late, 0.05),
        show("slider: final picture / bare loop", final, 1.2),
        show("scrub 50 steps in Chromium / run again", scrub(model), 0.05),
        show("studio: megabytes grown over runs 10 to 50", [grown, grown], 10.0),
    ]
