"""The four rules, read from the source: who may import whom."""

import ast
import re
from pathlib import Path

import pytest

import diffuscope

ROOT = Path(__file__).parents[1]
KIT = ROOT / "kit" / "diffuscope"
ROWS = [  # a file imports only from rows above its own
    ("schedulers", "atomic"),
    ("settings",),
    ("notes", "as_python", "variations"),
    ("prompt_tree",),
    ("prompts", "dialect"),
    ("tokens",),
    ("predict",),
    ("picture", "photo"),
    ("trace",),
    ("metadata",),
    ("paths",),
    ("noise",),
    ("sampler",),
    ("levels",),
    ("families",),
    ("guidance",),
    ("run",),
    ("recording",),
    ("race",),
    ("jobs",),
    ("grid",),
    ("plots", "worlds"),
    ("train",),
    ("lab", "doctor"),
    ("cli",),
]
RANK = {name: rank for rank, names in enumerate(ROWS) for name in names}


def imports(path, types=True):
    """Everything a file imports anywhere, a name out of a package with its home: `from diffuscope import load` is
    diffuscope.families, and so is a plain `diffuscope.load`; `from diffusers import X` is diffusers.X.

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


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(KIT).as_posix())
def test_one_way(path):
    own = path.relative_to(KIT).parts[0].removesuffix(".py")
    for module in imports(path):
        top = module.split(".")[0]
        assert top not in ("ipywidgets", "anywidget", "IPython", "diffuscope_widgets"), f"the kit is headless: {module}"
        if top == "diffuscope" and "." in module and own != "__init__":
            other = module.split(".")[1]
            if other != own and own != "doctor":
                assert RANK[other] < RANK[own], f"{own} imports {other}, which stands below it"
        if "Pipeline" in module:
            assert own in ("families", "train"), f"only families and train know pipelines: {module}"


WORK = re.compile(r"(diffuscope\.(families|run|recording|jobs)|torch|diffusers)(\.|$)")


def calls_a_model(path):
    return [module for module in imports(path, types=False) if WORK.match(module)]


def test_plots_call_no_model():
    for path in (KIT / "plots").glob("*.py"):
        assert not calls_a_model(path), path.name


WIDGETS = ROOT / "widgets" / "diffuscope_widgets"
ASKING = {"session", "studio", "guidance_view", "latent_view", "prompt_box"}
"""Files that load a model, or submit work to its worker; all others show what they are given."""


@pytest.mark.parametrize("path", sorted(WIDGETS.glob("*.py")), ids=lambda path: path.stem)
def test_widget_views_call_no_model(path):
    found = calls_a_model(path)
    if path.stem in ASKING:
        assert found, "no exception any more"
        assert not [module for module in found if "recording" in module or "run" in module], (
            "that would block the kernel"
        )
    else:
        assert not found


def test_the_way_in_is_seen(tmp_path):
    path = tmp_path / "a.py"
    path.write_text(
        "import diffuscope\nfrom diffuscope import load, record\nif TYPE_CHECKING:\n    from diffuscope import Model\n"
        "def f():\n    diffuscope.worker(1)\n"
    )
    assert calls_a_model(path) == ["diffuscope.families", "diffuscope.recording", "diffuscope.jobs"]
    assert "diffuscope.families.base" in imports(path)


def test_source_roots_are_not_packages():
    assert not (ROOT / "kit" / "__init__.py").exists()
    assert not (ROOT / "widgets" / "__init__.py").exists()


def test_files_stay_short():
    for path in [*FILES, *(ROOT / "widgets").rglob("*.py"), *(ROOT / "widgets").rglob("*.js")]:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 300, path
