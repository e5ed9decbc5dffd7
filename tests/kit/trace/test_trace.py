"""Traces: what is kept, that it comes back whole from a file, that pictures agree with diffusers' own decoding."""

import io
import os
import pickletools
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from grid_cells import FULL, at_write, failing
from PIL import Image, ImageSequence
from tiny import tiny_pipeline

from diffuscope import Keep, Settings, Trace, denoise, record, save_picture
from diffuscope.noise import spaces
from diffuscope.trace.trace import read_traces

SETTINGS = Settings("a red circle", negative_prompt="blue", seed=3, steps=6)


@pytest.fixture(scope="module")
def trace(model):
    return record(model, SETTINGS)


def test_pictures_equal_diffusers_decoding(model, trace):
    import torch

    pipe = tiny_pipeline()
    with torch.inference_mode():
        latents = torch.from_numpy(trace.latents)[None] / pipe.vae.config.scaling_factor
        theirs = pipe.image_processor.postprocess(pipe.vae.decode(latents).sample, output_type="pil")[0]
    assert np.abs(np.asarray(theirs, int) - trace.image).max() <= 1
    x0 = torch.from_numpy(trace.tensors["x0"]) / pipe.vae.config.scaling_factor
    with torch.inference_mode():
        theirs = pipe.image_processor.postprocess(pipe.vae.decode(x0).sample, output_type="np")
    assert np.abs(theirs * 255 - trace.pictures["x0"]).max() <= 1.01


def test_settings_are_written_out_in_full(trace):
    none = [name for name, value in vars(trace.settings).items() if value is None]
    assert none == ["variation_seed", "clip_skip"], "there is no second noise, and no layer to skip"
    assert trace.settings.schedule == "karras"
    assert trace.made_by["model"] == "tiny"


def test_keep(model):
    some = record(model, SETTINGS.replace(steps=10), Keep(("x0",), (), every=4))
    assert some.index.tolist() == [0, 4, 8, 9]
    assert set(some.tensors) == {"x0"}
    assert not some.pictures
    assert some.tensors["x0"].shape == (4, 4, 8, 8)
    for wrong, says in (
        ({"tensors": ("eps",)}, r"no tensors 'eps'\. There are x_t, "),
        ({"pictures": ("x0_unc0nd",)}, r"no pictures 'x0_unc0nd'\. Did you mean \"x0_uncond\"\?"),
        ({"every": 0}, "less than 1"),
    ):
        with pytest.raises(ValueError, match=says):
            Keep(**wrong)
    with pytest.raises(TypeError, match=r'must be a tuple, not a string: pictures=\("x0",\)'):
        Keep(pictures="x0")


def test_more_pictures_only_when_asked(model, trace, tmp_path):
    assert list(trace.pictures) == ["x_t", "x0"]
    names = ("noise", "x0_uncond", "x0_cond")
    more = record(model, SETTINGS, Keep((), names))
    assert list(more.pictures) == list(names)
    assert not more.tensors
    assert list(Trace.load(more.save(tmp_path / "more")).pictures) == list(names)
    import torch

    steps = list(denoise(model, SETTINGS))
    np.testing.assert_array_equal(more.pictures["noise"], model.decode(torch.cat([step.noise for step in steps])))
    for name, prediction in (("x0_uncond", "noise_uncond"), ("x0_cond", "noise_cond")):
        for i, step in enumerate(steps):
            a = torch.tensor(1 / (1 + step.ratio**2) ** 0.5)
            own = spaces.x0("epsilon", step.x_t, getattr(step, prediction), a, step.ratio * a)
            torch.testing.assert_close(getattr(step, name), own)
            assert np.abs(more.pictures[name][i].astype(int) - model.decode(own)[0]).max() <= 1


def test_expected_pictures_combine_to_the_guided_one(model):
    import torch

    for scheduler in ("dpm++ 2m", "heun", "ddim", "dpm2"):
        for step in denoise(model, SETTINGS.replace(scheduler=scheduler)):
            guided = spaces.guide(step.x0_uncond, step.x0_cond, 4.0)
            torch.testing.assert_close(guided, step.x0, rtol=1e-3, atol=1e-3)


def test_unguided_rows_have_no_unconditional_picture(model):
    rows = [SETTINGS, SETTINGS.replace(guidance_scale=1.0)]
    guided, plain = record(model, rows, Keep((), ("x0_uncond", "x0_cond", "x0")))
    assert list(guided.pictures) == ["x0_uncond", "x0_cond", "x0"]
    assert list(plain.pictures) == ["x0_cond", "x0"]
    np.testing.assert_allclose(plain.pictures["x0_cond"], plain.pictures["x0"], atol=1)


def test_unguided_run_has_no_uncond(model):
    assert "noise_uncond" not in record(model, SETTINGS.replace(guidance_scale=1.0)).tensors


def test_batch_gives_traces_in_order(model):
    rows = [SETTINGS, SETTINGS.replace(seed=4, guidance_scale=1.0)]
    both = record(model, rows)
    for found, row in zip(both, rows, strict=True):
        alone = record(model, row)
        np.testing.assert_allclose(found.latents, alone.latents, atol=1e-4)
        assert found.settings == alone.settings
        assert set(found.tensors) == set(alone.tensors)


def test_file_round_trip_without_pickle_or_torch(trace, light_server, tmp_path):
    path = trace.save(tmp_path / "run")
    again = Trace.load(path)
    assert again.settings == trace.settings
    assert again.made_by == trace.made_by
    for name in ("index", "t", "alpha", "sigma", "image", "latents"):
        np.testing.assert_array_equal(getattr(again, name), getattr(trace, name))
    for group in ("tensors", "pictures"):
        assert list(getattr(again, group)) == list(getattr(trace, group))
        for name, kept in getattr(trace, group).items():
            np.testing.assert_array_equal(getattr(again, group)[name], kept)
    assert not zipfile.is_zipfile(path)
    with pytest.raises(ValueError):  # noqa: PT011  not a pickle by pickle's own disassembler
        pickletools.dis(path.read_bytes(), io.StringIO())
    code = f"import sys; from diffuscope import Trace; Trace.load({str(path)!r})._repr_png_(); print('torch' in sys.modules)"
    assert light_server.run(code).stdout == "False\n"


def test_a_name_keeps_its_dots(trace, tmp_path):
    (tmp_path / "cfg7.part").write_text("somebody's own")
    names = ("cfg7.0", "cfg7.5", "cfg7", "v1.5.trace", "a.b", "run.png", ".trace")
    saved = [trace.save(tmp_path / name).name for name in names]
    assert saved == ["cfg7.0.trace", "cfg7.5.trace", "cfg7.trace", "v1.5.trace", "a.b.trace", "run.png.trace", ".trace"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*saved, "cfg7.part"])
    assert (tmp_path / "cfg7.part").read_text() == "somebody's own"


def test_saved_files_follow_the_umask(trace, tmp_path):
    (tmp_path / "beside").touch()
    for path in (trace.save(tmp_path / "run"), save_picture(trace, tmp_path / "run.png")):
        assert path.stat().st_mode == (tmp_path / "beside").stat().st_mode


def test_a_full_disk_leaves_the_old_files(trace, tmp_path):
    animation = tmp_path / "run.gif"
    trace.save_gif(animation)
    before = {path: path.read_bytes() for path in (animation, trace.save(tmp_path / "run"))}
    for number, save in ((2, trace.save_gif), (2, trace.save), (3, trace.save_gif), (3, trace.save)):
        path = animation if save == trace.save_gif else tmp_path / "run.trace"
        with at_write(number, failing(FULL)), pytest.raises(OSError, match="No space left"):
            save(path)
        assert {path: path.read_bytes() for path in before} == before
        assert len(list(tmp_path.iterdir())) == 2


def test_damaged_file_is_refused(trace, tmp_path):
    path = trace.save(tmp_path / "run")
    whole = path.read_bytes()
    for content in (whole[:-9], b"", b"\0" * 100, b"GIF89a" + whole):
        path.write_bytes(content)
        with pytest.raises(ValueError, match="is not a trace"):
            Trace.load(path)


def test_shows_itself(trace, tmp_path):
    with Image.open(io.BytesIO(trace._repr_png_())) as sheet:
        assert sheet.format == "PNG"
        assert sheet.width > sheet.height > 2 * 90
    trace.save_gif(tmp_path / "x0.gif")
    with Image.open(tmp_path / "x0.gif") as gif:
        assert sum(1 for _ in ImageSequence.Iterator(gif)) >= 2
    with pytest.raises(ValueError, match="keeps no pictures of 'noise'"):
        trace.save_gif(tmp_path / "no.gif", of="noise")


def test_folder_of_runs(trace, tmp_path):
    for name, seed in (("b", 0), ("a", 1)):
        replace(trace, settings=trace.settings.replace(seed=seed)).save(tmp_path / name)
    os.utime(tmp_path / "b.trace", (1, 1))
    assert [trace.settings.seed for trace in read_traces(tmp_path, 9)] == [0, 1], "oldest file first"
    assert read_traces(tmp_path / "a.trace", 9)[0].settings.seed == 1
    assert [one.settings.seed for one in read_traces(tmp_path, 1)] == [1], "the newest"
    with pytest.raises(FileNotFoundError, match=r'"none" does not exist; Trace\.save writes them'):
        read_traces(tmp_path / "none", 9)
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileNotFoundError, match=r'"empty" holds no \.trace file'):
        read_traces(tmp_path / "empty", 9)


def test_another_form_is_refused_by_name(trace, tmp_path):
    from safetensors.numpy import load_file, save_file

    path = trace.save(tmp_path / "run")
    head = {"schema": "1", "settings": trace.settings.to_json(), "made_by": '{"app": "diffuscope 0.1.0"}'}
    save_file(load_file(path), path, head)
    with pytest.raises(
        ValueError, match=r"is a trace of form 1, written by diffuscope 0\.1\.0; this version reads form 2"
    ):
        Trace.load(path)
    save_file({"index": trace.index}, path, {**head, "schema": "2"})
    with pytest.raises(ValueError, match="not a whole trace: wrong or missing alpha, image"):
        Trace.load(path)


def test_what_was_not_kept_is_computed_or_named(model):
    whole, some = record(model, SETTINGS), record(model, SETTINGS, Keep(("x_t", "x0_cond"), ()))
    np.testing.assert_allclose(some.tensor("noise_cond"), whole.tensors["noise_cond"], rtol=1e-3, atol=1e-3)
    with pytest.raises(KeyError, match=r"keeps no .*noise_uncond.*Keep\(tensors="):
        some.tensor("noise_uncond")
