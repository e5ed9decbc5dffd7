"""Every file is written by `diffuscope.atomic`: read from the source, and what does not is listed with its reason."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = (ROOT / "kit" / "diffuscope", ROOT / "widgets" / "diffuscope_widgets")
METHODS = {
    *("write_text", "write_bytes", "save", "save_all", "save_file", "save_model", "save_pretrained", "savefig"),
    *("savez", "savez_compressed", "savetxt", "tofile", "dump", "mimsave", "mimwrite", "imwrite", "ZipFile", "TarFile"),
    *("copy2", "copyfile", "copytree", "copyfileobj", "move", "rename", "mkstemp", "NamedTemporaryFile"),
}
"""Calls that write files, by their last name behind a point."""
FUNCTIONS = {
    "os.replace",
    "os.link",
    "shutil.copy",
    "save_file",
    "imwrite",
    "ZipFile",
    "copyfile",
    "NamedTemporaryFile",
}
"""Calls that write files, by their whole name."""
MEMORY = ("io.BytesIO()", "BytesIO()")
EXCEPTIONS = {
    "atomic.py": "the writer itself",
    "train/loop.py (folder / 'log.jsonl').open('a', encoding='utf-8')": "a log grows by a line; what is there stays",
    "cli/render.py trace.save(given.trace)": "a recorded run, which is written whole",
    "grid/fill/queue.py self._store.save(cell.key, trace, frames)": "a cell, which is written whole",
}


def writes(path):
    """Calls that may leave half a file: those that write, but not into memory or into a file of `atomic`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    safe = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            target, value = node.targets[0], node.value
            several = isinstance(value, ast.Tuple) and isinstance(target, ast.Tuple)
            pairs = zip(target.elts, value.elts, strict=True) if several else [(target, value)]
            safe |= {ast.unparse(one) for one, made in pairs if ast.unparse(made) in MEMORY}
        elif isinstance(node, ast.withitem) and ast.unparse(node.context_expr).startswith(
            ("atomic.file(", "atomic.folder(")
        ):
            safe.add(ast.unparse(node.optional_vars))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and writer(node):
            given = [*node.args, *(word.value for word in node.keywords), getattr(node.func, "value", node.func)]
            names = {part.id for one in given for part in ast.walk(one) if isinstance(part, ast.Name)}
            if not names & safe:
                yield ast.unparse(node)


def writer(call):
    whole = ast.unparse(call.func)
    name = whole.rpartition(".")[2]
    if name == "open":
        given = [*call.args, *(word.value for word in call.keywords if word.arg == "mode")]
        modes = [one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        return any(len(mode) <= 3 and set("wax+") & set(mode) for mode in modes)
    return whole in FUNCTIONS or (name in METHODS and isinstance(call.func, ast.Attribute))


@pytest.mark.parametrize("root", ROOMS, ids=lambda root: root.name)
def test_all_files_are_written_whole(root):
    for path in sorted(root.rglob("*.py")):
        name = path.relative_to(root).as_posix()
        for call in writes(path):
            assert name in EXCEPTIONS or f"{name} {call}" in EXCEPTIONS, f"{name}: {call}; use diffuscope.atomic"


def test_no_exception_is_out_of_date():
    found = {name for root in ROOMS for path in root.rglob("*.py") for call in writes(path)
             for name in (path.relative_to(root).as_posix(), f"{path.relative_to(root).as_posix()} {call}")}  # fmt: skip
    assert set(EXCEPTIONS) <= found


def test_writers_are_seen(tmp_path):
    path = tmp_path / "a.py"
    path.write_text(
        "out = io.BytesIO()\nimage.save(out, 'PNG')\nimage.save(path)\npath.write_text('a')\nopen(path, 'wb')\nopen(path)\n"
        "path.open('a')\nwith atomic.file(path) as file:\n    np.savez(file, a=1)\nnp.savez(path, a=1)\n"
        "with atomic.folder(path) as new:\n    unet.save_pretrained(new / 'unet')\nunet.save_pretrained(path / 'unet')\n"
        "'a'.replace('a', 'b')\nos.replace(path, other)\nshutil.copy(path, other)\n[1].copy()\n"
    )
    assert list(writes(path)) == [
        "image.save(path)", "path.write_text('a')", "open(path, 'wb')", "path.open('a')", "np.savez(path, a=1)",
        "unet.save_pretrained(path / 'unet')", "os.replace(path, other)", "shutil.copy(path, other)",
    ]  # fmt: skip
