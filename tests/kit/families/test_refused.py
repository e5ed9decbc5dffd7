"""Models that are refused, each in a sentence: folders with damage, repositories that cannot be had, pictures too large."""

import http.server
import json
import os
import subprocess
import sys
import threading

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from diffuscope import Keep, Settings, SettingsError, load, record
from diffuscope.families import memory
from diffuscope.families.base import NotFinite
from diffuscope.grid import grid

RED = Settings("a red circle", steps=2)


@pytest.mark.parametrize(
    ("part", "name"),
    [("vae", "decoder.conv_out.weight"), ("text_encoder", "token_embedding"), ("unet", "conv_norm_out.weight")],
)
def test_weights_that_lack_a_tensor(folder, part, name):
    file = next((folder / part).glob("*.safetensors"))
    tensors = load_file(file)
    (gone,) = [one for one in tensors if name in one]
    save_file({one: tensor for one, tensor in tensors.items() if one != gone}, file, {"format": "pt"})
    with pytest.raises(ValueError, match=f'"mine/{part}" lacks tensors of its network: .*{name}'):
        load(folder)


def test_weights_with_a_tensor_too_many(folder):
    file = next((folder / "unet").glob("*.safetensors"))
    save_file({**load_file(file), "lora.up": torch.zeros(2)}, file, {"format": "pt"})
    with pytest.raises(ValueError, match=r'"mine/unet" holds tensors its network has no place for: lora\.up'):
        load(folder)


@pytest.mark.parametrize("part", ["unet", "tokenizer", "scheduler", "safety_checker", "new"])
@pytest.mark.parametrize("library", ["evil", "os", "diffusers.utils", "diffuscope"])
def test_a_part_of_another_library_is_never_imported(folder, tmp_path, monkeypatch, part, library):
    """A model names the class of each part, and to import it can run what lies beside the notebook."""
    (tmp_path / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    monkeypatch.syspath_prepend(tmp_path)
    index = folder / "model_index.json"
    index.write_text(json.dumps({**json.loads(index.read_text()), part: [library, "system"]}))
    with pytest.raises(
        ValueError, match=f'"mine/{part}" is a system of .*; parts come from diffusers and transformers'
    ):
        load(folder)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "kept", [["diffusers"], ["diffusers", 3], ["diffusers", "UNet2DConditionModel", "x"], [7, "x"]]
)
def test_a_part_that_names_no_library_and_class(folder, kept):
    index = folder / "model_index.json"
    index.write_text(json.dumps({**json.loads(index.read_text()), "unet": kept}))
    with pytest.raises(ValueError, match=r'must name the library and class of "mine/unet", got '):
        load(folder)


@pytest.mark.parametrize("kind", ["DiffusionPipeline", "no_such", "load_image", "AutoTokenizer"])
def test_a_part_is_a_network(folder, kind):
    index, library = folder / "model_index.json", "transformers" if kind == "AutoTokenizer" else "diffusers"
    index.write_text(json.dumps({**json.loads(index.read_text()), "unet": [library, kind]}))
    with pytest.raises(ValueError, match=f'"mine/unet" is a {kind} of {library}'):
        load(folder)


def other_shape(folder):
    config = folder / "unet" / "config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "in_channels": 9}))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda folder: (folder / "model_index.json").write_text("[]"), "is not an object"),
        (lambda folder: (folder / "model_index.json").write_text("[" * 100_000), "is not JSON"),
        (
            lambda folder: (folder / "model_index.json").write_text('{"_class_name": "StableDiffusionPipeline"}'),
            '"mine/unet" is missing from model_index.json',
        ),
        (lambda folder: (folder / "tokenizer" / "tokenizer.json").write_text("{}"), "could not be loaded"),
        (lambda folder: next((folder / "unet").glob("*.safetensors")).write_bytes(b""), "could not be loaded"),
        (lambda folder: (folder / "unet" / "config.json").unlink(), "could not be loaded"),
        (other_shape, "could not be loaded"),
    ],
)
def test_damaged_folders(folder, damage, words):
    damage(folder)
    with pytest.raises(ValueError, match=words) as refused:
        load(folder)
    assert "mine" in str(refused.value)


@pytest.mark.parametrize(
    ("name", "words"),
    [("x" * 300, "No model"), (None, "by its name or folder"), ("toy.safetensors", "from_single_file")],
)
def test_names_that_are_none(name, words):
    with pytest.raises((LookupError, ValueError), match=words):
        load(name)


HUB = {
    "gated": (401, "GatedRepo", "accept its licence"),
    "missing": (404, "RepoNotFound", "The hub has no model"),
    "single": (404, "EntryNotFound", "no model_index.json"),
    "broken": (503, "", "could not be fetched"),
}


@pytest.mark.slow
def test_what_the_hub_says_is_passed_on(tmp_path):
    class Hub(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            status, code, _ = HUB[self.path.split("/")[2]]
            self.send_response(status)
            self.send_header("X-Error-Code", code)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_HEAD = do_GET

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub) as hub:
        threading.Thread(target=hub.serve_forever, daemon=True).start()
        code = f"""from diffuscope import load
for name in {list(HUB)}:
    try:
        load("a/" + name)
    except LookupError as error:
        print(name, error)"""
        surroundings = {
            **os.environ,
            "HF_ENDPOINT": f"http://127.0.0.1:{hub.server_address[1]}",
            "HF_HOME": str(tmp_path),
            "HF_HUB_OFFLINE": "0",
        }
        child = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=surroundings, timeout=300
        )
        hub.shutdown()
    said = dict(line.split(" ", 1) for line in child.stdout.splitlines())
    assert said.keys() == HUB.keys(), child.stderr
    for name, (_, _, words) in HUB.items():
        assert words in said[name]
        assert ("could not be fetched" in said[name]) == (name == "broken")


def test_a_picture_that_does_not_fit_is_refused_before_compute(model, monkeypatch):
    monkeypatch.setattr(memory, "free", lambda device: 2 * 10**9)
    with pytest.raises(SettingsError, match=r"4096 x 4096 pixels take about .* GB of memory, and 2.0 GB are free"):
        model.complete(RED.replace(width=4096, height=4096))
    model.complete(RED.replace(width=256, height=256))


def test_files_read_before_do_not_use_up_a_container(tmp_path, monkeypatch):
    """The kernel counts them as used, and gives them up for whoever asks."""
    for name, text in {
        "max": 6 * 10**8,
        "current": 5 * 10**8,
        "stat": "anon 1\ninactive_file 300000000\nslab 2",
    }.items():
        (tmp_path / f"memory.{name}").write_text(str(text))
    monkeypatch.setattr(memory, "_GROUP", tmp_path)
    assert memory.free(torch.device("cpu")) == 4 * 10**8
    (tmp_path / "memory.stat").unlink()
    assert memory.free(torch.device("cpu")) == 10**8


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_limit_of_the_process_counts():
    code = """import resource, torch
from diffuscope.families.memory import free
before = free(torch.device("cpu"))
resource.setrlimit(resource.RLIMIT_AS, (20 * 10**9,) * 2)
print(before, free(torch.device("cpu")))"""
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    before, after = map(int, child.stdout.split())
    assert 0 < after <= min(before + 10**8, 20 * 10**9 - 10**8)


def test_numbers_that_are_not_finite_after_decoding(model, monkeypatch):
    decode = type(model.codec.module).decode
    monkeypatch.setattr(type(model.codec.module), "decode", lambda *a, **k: (decode(*a, **k)[0] * float("nan"),))
    with pytest.raises(NotFinite, match=r"the autoencoder of .* is damaged"):
        record(model, RED, Keep((), ()))
    made = grid(model, RED, {"seed": "1-2"})
    with pytest.raises(NotFinite):
        made.run()
    assert not made.done


def test_pictures_are_decoded_a_few_at_a_time(model, monkeypatch):
    latents = torch.randn(7, *model.codec.shape(model.complete(RED)), generator=torch.Generator().manual_seed(0))
    together, counts, decode = model.decode(latents), [], type(model.codec.module).decode

    def counted(self, part, **kwargs):
        counts.append(len(part))
        return decode(self, part, **kwargs)

    monkeypatch.setattr(type(model.codec.module), "decode", counted)
    monkeypatch.setattr("diffuscope.families.base._TOGETHER", 3 * latents[0, 0].numel())
    found = model.decode(latents)
    assert counts == [3, 3, 1]
    assert np.abs(found.astype(int) - together).max() <= 1


@pytest.mark.parametrize("guidance_scale", [1.0, 5.0])
def test_guidance_is_blamed_only_where_it_is_the_cause(model, monkeypatch, guidance_scale):
    network = type(model.denoiser.module).forward
    monkeypatch.setattr(type(model.denoiser.module), "forward", lambda *a, **k: (network(*a, **k)[0] * float("nan"),))
    with pytest.raises(NotFinite, match="the network gave them"):
        record(model, RED.replace(guidance_scale=guidance_scale), Keep((), ()))


def test_a_long_prompt_prints_nothing(model, capfd):
    record(model, Settings("circle " * 500, steps=1), Keep((), ()))
    assert not "".join(capfd.readouterr())
