"""Trace files whose header and arrays disagree: refused where they are read, and not later by some view."""

import json
import struct

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save_file

from diffuscope import Settings, Trace, record


@pytest.fixture(scope="module")
def parts(model, tmp_path_factory):
    path = record(model, Settings("a red circle", steps=3)).save(tmp_path_factory.mktemp("traces") / "whole")
    with safe_open(path, "numpy") as stored:
        return stored.metadata(), {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118


@pytest.fixture
def written(parts, tmp_path):
    def write(arrays=None, head=None):
        save_file({**parts[1], **(arrays or {})}, tmp_path / "x.trace", {**parts[0], **(head or {})})
        return tmp_path / "x.trace"

    return write


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        ("alpha", lambda a: a[:2], r"alpha has the shape \(2,\) and index \(3,\)"),
        ("sigma", lambda a: a * np.nan, "sigma has numbers that are not finite"),
        ("index", lambda a: -a, "index must be whole numbers that grow"),
        ("index", lambda a: a * 0, "index must be whole numbers that grow"),
        ("index", lambda a: a + 0.5, "index must be whole numbers that grow"),
        ("image", lambda a: a[..., 0], r"image is uint8 \(16, 16\), not uint8 \(H, W, 3\)"),
        ("image", lambda a: a / 255, r"image is float64 \(16, 16, 3\), not uint8 \(H, W, 3\)"),
        ("pictures.x0", lambda a: a[:1], r"pictures.x0 has the shape \(1, 16, 16, 3\), and there are 3 steps"),
        ("pictures.x0", lambda a: a / 255, r"pictures.x0 is float64 .*, not uint8 \(S, H, W, 3\)"),
        ("tensors.x0", lambda a: a.sum(), r"tensors.x0 has the shape \(\), and there are 3 steps"),
        ("tensors.x0", lambda a: a > 0, "tensors.x0 holds bool, not numbers"),
    ],
)
def test_arrays_that_do_not_belong_together(parts, written, name, change, says):
    path = written({name: np.array(change(parts[1][name]))})
    with pytest.raises(ValueError, match=rf'"x.trace" is not a whole trace: {says}'):
        Trace.load(path)


def test_no_step_at_all(parts, written):
    path = written({name: array[:0].copy() for name, array in parts[1].items() if name not in ("image", "latents")})
    with pytest.raises(ValueError, match="not a whole trace: index has the shape"):
        Trace.load(path)


@pytest.mark.parametrize("made_by", ["[]", "3", "{}"])
@pytest.mark.parametrize("schema", ["1", "2"])
def test_a_maker_that_is_none(written, made_by, schema):
    with pytest.raises(ValueError, match=r'"x.trace" is .*trace'):
        Trace.load(written(head={"made_by": made_by, "schema": schema}))


@pytest.mark.parametrize("kind", ["BF16", "F8_E4M3"])
def test_numbers_of_a_type_that_numpy_lacks(parts, tmp_path, kind):
    names = ("index", "t", "alpha", "sigma", "image", "latents")
    size = 2 if kind == "BF16" else 1
    head = {
        name: {"dtype": kind, "shape": [1], "data_offsets": [at * size, at * size + size]}
        for at, name in enumerate(names)
    }
    text = json.dumps({"__metadata__": parts[0], **head}).encode()
    (tmp_path / "x.trace").write_bytes(struct.pack("<Q", len(text)) + text + bytes(size * len(names)))
    with pytest.raises(ValueError, match=r'"x.trace" is not a trace'):
        Trace.load(tmp_path / "x.trace")
