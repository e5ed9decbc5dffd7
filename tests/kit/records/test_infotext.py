"""A1111's text wherever it stands and however it is encoded; found in time that grows with its length."""

import time
from contextlib import suppress

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from diffuscope import read_settings

LINE = "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5, Size: 512x768"
TEXT = f"a fox\nNegative prompt: fog\n{LINE}"
WANT = {"prompt": "a fox", "negative_prompt": "fog", "seed": 5, "steps": 20, "scheduler": "euler a"}


def said(found):
    return {name: getattr(found, name) for name in WANT}


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        TEXT.replace("\n", "\r\n"),
        f"{TEXT}\nTemplate: a {{fox|cat}}\nNegative Template: fog",
        f'{TEXT}, Civitai resources: [{{"type":"lora","weight":0.8,"modelName":"Steps: 99, Seed: 9"}}]',
        f'{TEXT}, Lora hashes: "x: 1, Seed: 77", ADetailer prompt: "two\nlines, Steps: 3"',
    ],
)
@pytest.mark.filterwarnings("ignore:.*says what settings here do not")
def test_where_the_line_stands(tmp_path, text):
    info = PngInfo()
    info.add_itxt("parameters", text)
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png", pnginfo=info)
    assert said(read_settings(tmp_path / "a.png")) == said(read_settings(text)) == WANT


@pytest.mark.parametrize("suffix", [".jpg", ".webp", ".avif"])
@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"UNICODE\0", "utf-16-be"),
        (b"UNICODE\0", "utf-16-le"),
        (b"UNICODE\0\xff\xfe", "utf-16-le"),
        (b"UNICODE\0", "utf-8"),
        (b"ASCII\0\0\0", "utf-8"),
        (b"", "utf-8"),
    ],
)
@pytest.mark.parametrize("prompt", ["a fox", "一只狐狸", "Füchse 🦊"])
def test_encodings_are_found_by_looking(tmp_path, suffix, mark, encoding, prompt):
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = mark + TEXT.replace("a fox", prompt).encode(encoding)
    Image.new("RGB", (64, 64)).save(tmp_path / f"a{suffix}", exif=exif.tobytes())
    assert said(read_settings(tmp_path / f"a{suffix}")) == WANT | {"prompt": prompt}


@pytest.mark.parametrize(
    ("sampler", "version", "wanted"),
    [
        ("DPM++ 2M Karras", "v1.6.0", ("dpm++ 2m", "karras")),
        ("DPM++ 2M", "v1.6.0", ("dpm++ 2m", "uniform")),
        ("DPM++ 2M, Schedule type: Karras", "v1.10.1", ("dpm++ 2m", "karras")),
        ("DPM++ 2M, Schedule type: Automatic", "v1.10.1", ("dpm++ 2m", None)),
        ("DPM++ 2M SDE Exponential", "v1.6.0", ("dpm++ 2m sde", "exponential")),
    ],
)
def test_samplers_of_all_versions(sampler, version, wanted):
    found = read_settings(f"a fox\nSteps: 20, Sampler: {sampler}, CFG scale: 7, Seed: 5, Version: {version}")
    assert (found.scheduler, found.schedule) == wanted


@pytest.mark.parametrize("sampler", ["Restart", "DPM++ 3M SDE Exponential", "DPM adaptive"])
def test_a_sampler_that_is_not_here_is_unread(sampler):
    with pytest.warns(UserWarning, match="does not|do not"):
        found = read_settings(f"a fox\nSteps: 20, Sampler: {sampler}, CFG scale: 7, Seed: 5")
    if sampler.split()[0] != "DPM++":
        assert found.unread["scheduler"] == sampler
    assert found.unread


@pytest.mark.parametrize("piece", ["\\a", '"x, ', "Steps: ", 'xx: "\\', "[{", ": , "])
@pytest.mark.filterwarnings("ignore:.*says what settings here do not")
def test_reading_is_linear(piece):
    """A hundred characters froze the kernel once: backtracking in a regular expression."""

    def seconds(length):
        text = 'a fox\nSteps: 20, Sampler: Euler, Seed: 5, xx: "' + piece * (length // len(piece))
        begin = time.process_time()
        with suppress(ValueError):
            read_settings(text)
        return time.process_time() - begin

    assert seconds(100) < 1
    short, long = (min(seconds(length) for _ in range(2)) for length in (20_000, 160_000))
    assert long < 30 * short + 0.2
