"""The four rules, read from the source: who may import whom."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
KIT = ROOT / "kit" / "diffuscope"
ROWS = [  # a file imports only from rows above its own
    ("schedulers",),
    ("settings",),
    ("notes", "as_python"),
    ("prompt_tree",),
    ("prompts", "dialect"),
    ("tokens",),
    ("predict",),
    ("picture",),
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
    ("plots", "worlds"),
    ("train",),
    ("lab", "doctor"),
    ("cli",),
]
RANK = {name: rank for rank, names in enumerate(ROWS) for name in names}


def imports(path):
    """Everything a file imports anywhere, `from diffusers import X` as diffusers.X."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path.name}: relative import"
            yield node.module
            if node.module == "diffusers":
                yield from (f"diffusers.{alias.name}" for alias in node.names)
            if node.module == "diffuscope":
                yield from (f"diffuscope.{alias.name}" for alias in node.names if (KIT / f"{alias.name}.py").exists())


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


@pytest.mark.parametrize("name", ["plots"])
def test_views_call_no_model(name):
    for path in (KIT / name).glob("*.py"):
        assert not [
            m for m in imports(path) if re.match(r"diffuscope\.(families|run|recording|jobs)|torch|diffusers", m)
        ]


@pytest.mark.parametrize(
    "name",
    [
        "film",
        "filmrows",
        "filmsheet",
        "html",
        "prompt_form",
        "base",
        "scheduler_race",
        "guidance_view",
        "history",
        "variants",
        "curtain",
        "panel",
    ],
)
def test_widget_views_call_no_model(name):
    path = ROOT / "widgets" / "diffuscope_widgets" / f"{name}.py"
    assert not [m for m in imports(path) if re.match(r"diffuscope\.(families|run|recording|jobs)|torch|diffusers", m)]


def test_source_roots_are_not_packages():
    assert not (ROOT / "kit" / "__init__.py").exists()
    assert not (ROOT / "widgets" / "__init__.py").exists()


def test_files_stay_short():
    for path in [*FILES, *(ROOT / "widgets").rglob("*.py"), *(ROOT / "widgets").rglob("*.js")]:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 300, path
