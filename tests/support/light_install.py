"""Run `python light_install.py FOLDER` : what a plain install must be able to do with FOLDER/run.trace and FOLDER/grid.

`lay_out` makes the packages for it: those that `pip install diffuscope` brings without an extra, and no other.
"""

import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution, requires
from pathlib import Path

from packaging.requirements import Requirement

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def key(name):
    """The one spelling of a distribution's name."""
    return re.sub(r"[-_.]+", "-", name).lower()


def brought(requirements):
    """The names of the distributions that come with these requirements, theirs included."""
    found, waiting = set(), [(Requirement(line), "") for line in requirements]
    while waiting:
        wanted, extra = waiting.pop()
        if wanted.marker and not wanted.marker.evaluate({"extra": extra}):
            continue
        for part in ("", *wanted.extras):
            if (key(wanted.name), part) in found:
                continue
            found.add((key(wanted.name), part))
            try:
                waiting += [(Requirement(line), part) for line in requires(wanted.name) or ()]
            except PackageNotFoundError:  # only wanted on another system
                continue
    return {name for name, _ in found}


LIGHT = brought(PROJECT["dependencies"])


def lay_out(site):
    """Make `site` look like the site-packages of a plain install, out of links into the one we run from."""
    for name in LIGHT | {"diffuscope"}:
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue
        for top in {file.parts[0] for file in found.files or () if file.parts[0] != ".."}:
            if not (site / top).exists() and not top.startswith(("__pycache__", "_editable")):
                (site / top).symlink_to(found.locate_file(top))


def refused(call):
    """What the error says."""
    try:
        call()
    except ModuleNotFoundError as error:
        return str(error)
    return ""


def main(folder):
    for hidden in ("torch", "diffusers", "transformers", "jupyterlab", "ipykernel", "pytest"):
        assert refused(lambda hidden=hidden: __import__(hidden)), hidden

    import diffuscope
    from diffuscope import Settings, Trace, read_settings, save_picture
    from diffuscope.grid import contact_sheet, open_grid
    from diffuscope.plots import schedule
    from diffuscope_widgets import Film, GridView, History, Studio

    trace = Trace.load(folder / "run.trace")
    assert trace.sheet().width > trace.pil.width
    trace.save_gif(folder / "run.gif")
    save_picture(trace, folder / "run.png")
    assert read_settings(folder / "run.png") == trace.settings
    trace.save(folder / "again")
    schedule.draw(trace).figure.savefig(folder / "plot.png")

    film = Film(trace)
    assert film.meta["calls"] == len(trace)
    assert "image/png" in film._repr_mimebundle_()[0]
    film.to_html(folder / "film.html")
    assert len(History(traces=[trace]).meta["entries"]) == 1
    Studio(folder / "run.trace").to_html(folder / "studio.html")

    grid = open_grid(folder / "grid")
    grid.picture().save(folder / "grid.png")
    contact_sheet(grid, folder / "sheet.png")
    GridView(grid).to_html(folder / "grid.html")

    way = "which is not installed; run: pip install 'diffuscope[models]'"
    for call in (lambda: diffuscope.load("scenes"), lambda: diffuscope.record, lambda: diffuscope.denoise):
        assert way in refused(call), refused(call)
    from diffuscope.cli.main import main as command

    assert command(["models"]) == 0
    assert command(["doctor"]) == 1
    assert command(["render", "a red circle", "-o", str(folder / "a.png")]) == 2
    assert command(["lab", "--folder", str(folder / "lab")]) == 2
    assert Settings("a").prompt == "a"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
