"""The rules of the house, read from the source: who may import whom, how long files are, what widgets may call."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

import diffuscope

ROOT = Path(__file__).parents[2]
KIT = ROOT / "kit" / "diffuscope"
WIDGETS = ROOT / "widgets" / "diffuscope_widgets"
ORDER = [  # a room imports only from rooms above its own; a room is a folder, or a file that stands alone
    ("text", "atomic", "cancel", "extras", "listeners"),
    ("recipe", "picture"),
    ("prompt", "noise"),
    ("records/parts",),
    ("records/tools",),
    ("records",),
    ("worlds",),
    ("worlds/scenes", "worlds/storybook/pen"),
    ("worlds/storybook/objects",),
    ("worlds/storybook/scene",),
    ("worlds/storybook/chance",),
    ("worlds/storybook/drawing",),
    ("worlds/storybook",),
    ("families",),
    ("trace",),
    ("plots", "run"),
    ("grid/plan",),
    ("grid/axes", "grid/store"),
    ("grid/fill",),
    ("grid",),
    ("train",),
    ("train/networks",),
    ("train/scenes", "train/storybook"),
    ("cli",),
    ("__main__",),
]
WIDGET_ORDER = [
    ("base",),
    ("parts", "parts/controls"),
    ("parts/rows",),
    ("film", "guidance", "history", "latents", "prompt", "race", "schedule", "seeds", "variants"),
    ("form", "grid"),
    ("studio",),
]


def imports(path, types=True):
    """Everything a file imports anywhere, a name out of a package with its home: `from diffuscope import load` is
    diffuscope.families.catalogue, and so is a plain `diffuscope.load`; `from diffusers import X` is diffusers.X.

    Args:
        types: with what is imported for type hints only.
    """
    for node in walk(ast.parse(path.read_text(encoding="utf-8")), types):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path.name}: relative import"
            yield node.module
            if node.module == "diffusers":
                yield from (f"diffusers.{alias.name}" for alias in node.names)
            if node.module == "diffuscope":
                yield from (home(alias.name) for alias in node.names)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "diffuscope":
            yield home(node.attr)


def walk(node, types):
    """The nodes of a tree; without `types` none below `if TYPE_CHECKING:`."""
    yield node
    hints = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    for child in node.orelse if hints and not types else ast.iter_child_nodes(node):
        yield from walk(child, types)


def home(name):
    """The module a name of `diffuscope` comes from."""
    return f"diffuscope.{diffuscope._WHERE.get(name, name)}"


FILES = sorted(KIT.rglob("*.py"))


def room(parts):
    """The folder of a module, or its own name where it stands alone in its package: ("grid", "fill", "cache") is
    "grid/fill"."""
    return "/".join(parts[:-1]) or parts[0]


def rank(order, name):
    """The row of a room; a room inside one that is named shares its row."""
    for at, names in enumerate(order):
        if name in names:
            return at
    above = name.rpartition("/")[0]
    assert above, f"the room {name} has no place in the order"
    return rank(order, above)


def modules_of(root, package, path):
    """Every module of its own package that a file imports, function-level imports included, as parts below the package."""
    for module in imports(path):
        first, *parts = module.split(".")
        if first == package and parts:
            yield [*parts, "__init__"] if root.joinpath(*parts).is_dir() else parts


def crossings(root, package):
    """Imports between rooms: room, other room, where."""
    for path in sorted(root.rglob("*.py")):
        own = path.relative_to(root).with_suffix("").parts
        for parts in modules_of(root, package, path):
            if own != ("__init__",) and room(own) != room(parts):
                yield room(own), room(parts), path.relative_to(root).as_posix()


def test_rooms_stand_in_one_order():
    for own, other, where in crossings(KIT, "diffuscope"):
        assert rank(ORDER, other) < rank(ORDER, own), f"{where} imports {other}, which does not stand above {own}"


def test_widget_rooms_stand_in_one_order():
    for own, other, where in crossings(WIDGETS, "diffuscope_widgets"):
        assert rank(WIDGET_ORDER, other) < rank(WIDGET_ORDER, own), f"{where} imports {other}"


JS_IMPORT = re.compile(r'^import [^;"]* from "(\.[^"]*)\.js";$', re.MULTILINE)


def test_front_end_rooms_stand_in_the_same_order():
    for path in WIDGETS.rglob("*.js"):
        own = room(path.relative_to(WIDGETS).parts)
        for name in JS_IMPORT.findall(path.read_text(encoding="utf-8")):
            other = room((path.parent / name).resolve().relative_to(WIDGETS).parts)
            below = other.startswith(own) or own.startswith(other)  # a widget and a folder inside it
            assert below or rank(WIDGET_ORDER, other) < rank(WIDGET_ORDER, own), f"{path.name} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(KIT).as_posix())
def test_the_kit_is_headless(path):
    own = path.relative_to(KIT).parts[0].removesuffix(".py")
    for module in imports(path):
        assert module.split(".")[0] not in ("ipywidgets", "anywidget", "IPython", "diffuscope_widgets"), module
        if "Pipeline" in module:
            assert own in ("families", "train"), f"only families and train know pipelines: {module}"


WORK = re.compile(r"(diffuscope\.(families|run)|torch|diffusers)(\.|$)")


def calls_a_model(path):
    return [module for module in imports(path, types=False) if WORK.match(module)]


def test_plots_call_no_model():
    for path in (KIT / "plots").glob("*.py"):
        assert not calls_a_model(path), path.name


LANES = tuple(f"diffuscope.run.{name}" for name in ("lane", "preview", "round_trip", "guided_pictures"))
"""What of the kit a widget may hand to its lane, which does the work in the model's worker."""
CALLS = {"decode", "denoiser", "load", "denoise"}


def tensor_work(path):
    """Where a file computes with a model itself: imports that are not needed for less, and calls by these names.

    `decode` and `encode` of text are no work: they have no argument, or a codec as one.
    """
    named = {"diffuscope.families.catalogue"}  # for the names of the models; its `load` is seen as a call
    yield from (one for one in calls_a_model(path) if one not in {*LANES, *named})
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            text = name == "decode" and all(isinstance(one, ast.Constant) for one in node.args)
            pictures = name == "encode" and ast.unparse(node.func).endswith("model.encode")
            if (name in CALLS and not text) or pictures:
                yield ast.unparse(node)


@pytest.mark.parametrize("path", sorted(WIDGETS.rglob("*.py")), ids=lambda p: p.relative_to(WIDGETS).as_posix())
def test_widgets_ask_a_lane_and_do_no_tensor_work(path):
    assert not list(tensor_work(path))


def test_tensor_work_is_seen(tmp_path):
    path = tmp_path / "a.py"
    path.write_text(
        "from diffuscope import Lane, record\nimport torch\nmodel = load('scenes')\nmodel.decode(x)\nb'a'.decode()\n"
        "model.denoiser(x, t)\nmodel.encode(x)\n'a'.encode()\nlane.record(settings)\n"
    )
    assert list(tensor_work(path)) == [
        "diffuscope.run.collect", "torch", "load('scenes')", "model.decode(x)", "model.denoiser(x, t)", "model.encode(x)"
    ]  # fmt: skip


def test_the_way_in_is_seen(tmp_path):
    path = tmp_path / "a.py"
    path.write_text(
        "import diffuscope\nfrom diffuscope import load, record\nif TYPE_CHECKING:\n    from diffuscope import Model\n"
        "def f():\n    diffuscope.worker(1)\n"
    )
    assert calls_a_model(path) == ["diffuscope.families.catalogue", "diffuscope.run.collect", "diffuscope.run.worker"]
    assert "diffuscope.families.base" in imports(path)


def test_source_roots_are_not_packages():
    assert not (ROOT / "kit" / "__init__.py").exists()
    assert not (ROOT / "widgets" / "__init__.py").exists()


LANGUAGES = {".py": "Python", ".js": "JavaScript", ".mjs": "JavaScript", ".css": "CSS"}
SOURCES = [path for top in (KIT, WIDGETS, ROOT / "tests") for path in top.rglob("*") if path.suffix in LANGUAGES]


def test_files_stay_short():
    for path in SOURCES:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 300, path


def test_lines_of_javascript_stay_short():
    """The formatter breaks code, but neither comments nor strings."""
    for path in WIDGETS.rglob("*.js"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            assert len(line) <= 120, f"{path}:{number}"


def test_folders_stay_small():
    """A dozen files of one language."""
    shown = Counter((path.parent, LANGUAGES[path.suffix]) for path in SOURCES)
    for (folder, language), files in shown.items():
        assert files <= 12, f"{folder.relative_to(ROOT)} shows {files} files of {language}"
