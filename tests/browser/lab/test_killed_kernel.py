"""The kernel is killed while a grid fills its folder and a studio draws; JupyterLab starts another, and all goes on."""

import os
import random
import signal
import time

from labpage import READY, RUN
from tiny import tiny_model

from diffuscope import Settings
from diffuscope.grid import Store, grid

KILLS = int(os.environ.get("DIFFUSCOPE_KERNEL_KILLS", "2"))
"""How often; ten take three minutes."""
SETTINGS = Settings("a red circle", steps=20, guidance_scale=4.0, scheduler="euler a")
AXES = {"seed": f"1-{12 + 8 * KILLS}"}
BUILD = f"""
import json, os, torch
from pathlib import Path
from diffuscope import Settings
from diffuscope.grid import grid
from diffuscope_widgets import Studio
from tiny import tiny_model
torch.set_num_threads(1)
made = grid(tiny_model(), {SETTINGS!r}, {AXES}, folder="killed", film=3)
studio = Studio("scenes", Settings("a large red circle", steps=900, scheduler="ddim"))
studio"""
BEGIN = """
job = made.submit(most=1000, batch=1)
Path("part").write_text(str(os.getpid())); Path("part").rename("pid.json")"""
END = """
job.result()
Path("part").write_text(json.dumps(made.store.ratings)); Path("part").rename("ended.json")"""
GONE = "document.querySelector('.ds-no-kernel')?.checkVisibility()"
STATUS = "pattern => RegExp(pattern).test(document.querySelector('.ds-status')?.textContent)"


def begin(page, lab):
    """Run the first two cells: a studio is shown, and the grid is being filled. The kernel's process."""
    page.evaluate(RUN, 0)
    page.evaluate(RUN, 1)
    pid = lab.read("pid.json", 60)
    page.wait_for_function(f"() => document.querySelector('.ds-actions button') && !{GONE}")
    return pid


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for kind in ("cells", "thumbs", "films")
        for path in (folder / kind).iterdir()
    }


def draw(page, steps):
    page.get_by_label("Steps", exact=True).fill(str(steps))
    page.get_by_role("button", name="Draw", exact=True).click()


def more(store, than, seconds=60):
    """Wait until the grid has more cells than that, or all."""
    end = time.monotonic() + seconds
    while len(store.finished()) <= than < len(store.read_plan().pictures):
        assert time.monotonic() < end, "the grid does not go on"
        time.sleep(0.02)


def test_a_killed_kernel_loses_nothing(browser, lab, tmp_path):
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page, dice = context.new_page(), random.Random(0)
    page.set_default_timeout(60_000)
    lab.write("killed.ipynb", BUILD, BEGIN, END)
    page.goto(f"{lab.url}/doc/tree/killed.ipynb?reset")
    page.evaluate(READY)
    folder, done, rated = lab.folder / "work" / "killed", {}, {}
    for _ in range(KILLS):
        pid = begin(page, lab)
        store = Store(folder)
        before = len(store.finished())
        draw(page, 900)
        page.wait_for_function("() => document.querySelector('.ds-actions progress')?.value > 0.01")
        more(store, before)
        time.sleep(dice.uniform(0, 0.5))
        os.kill(pid, signal.SIGKILL)
        print(f"{time.monotonic():.0f} s: {before} cells before, {len(store.finished())} at the kill")
        page.get_by_text("Kernel Restarting").wait_for()
        page.locator(".jp-Dialog button.jp-mod-accept").click()
        page.locator("p.ds-no-kernel").first.wait_for()
        page.evaluate(READY)
        now = files(folder)
        assert done.items() <= now.items(), "what was finished is gone, or another"
        assert store.ratings == rated
        done = {name: data for name, data in now.items() if store.picture(name.partition("/")[2].partition(".")[0])}
        key = dice.choice(sorted(store.finished()))
        store.rate(key, "star")
        rated[key] = "star"
    begin(page, lab)
    draw(page, 8)
    page.wait_for_function(STATUS, arg="^8 steps in")
    page.evaluate(RUN, 2)
    assert lab.read("ended.json", 120) == rated
    grid(tiny_model(), SETTINGS, AXES, folder=tmp_path / "whole", film=3).run(most=1000, batch=1)
    assert files(folder) == files(tmp_path / "whole")
    assert not list((folder / "damaged").iterdir()), "something was set aside"
    context.close()
