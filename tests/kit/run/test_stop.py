"""A stop is heeded in the middle of long calls: between pictures that are decoded, and within a network."""

import threading
from concurrent.futures import CancelledError
from dataclasses import replace

import pytest
import torch
from through import through
from tiny import tiny_pipeline

from diffuscope import Keep, Lane, Settings, record, worker
from diffuscope.families import stable_diffusion
from diffuscope.grid import grid
from diffuscope.run.guided_pictures import guided_pictures
from diffuscope.run.round_trip import round_trip

BASE = Settings("a red circle", steps=6, scheduler="ddim", guidance_scale=3.0)
LARGE = BASE.replace(width=128, height=128)  # latents of 64 x 64: one picture is decoded at a time


class Decoding:
    """A codec that says when it is asked to decode, and stays there until it may go on."""

    def __init__(self, codec):
        self._codec, self.shape = codec, codec.shape
        self.calls, self.begun, self.may_go_on = 0, threading.Event(), threading.Event()

    def encode(self, pictures, streams=None):
        return torch.zeros(len(pictures), 4, 64, 64)

    def decode(self, latents):
        self.calls += 1
        self.begun.set()
        assert self.may_go_on.wait(60)
        return torch.zeros(len(latents), 3, 8, 8)


@pytest.fixture
def slow(model):
    """The tiny model, with a network that costs nothing and a decoder that waits."""
    return replace(model, denoiser=through(model, lambda x, t, given: torch.zeros_like(x)), codec=Decoding(model.codec))


def stopped(slow, job):
    """How many pictures were decoded of a job that is cancelled in the first one."""
    assert slow.codec.begun.wait(60)
    job.cancel()
    slow.codec.may_go_on.set()
    with pytest.raises(CancelledError):
        job.result(60)
    return slow.codec.calls


def test_stop_between_the_pictures_of_a_film(slow):
    assert stopped(slow, worker(slow).submit(LARGE, Keep((), ("x0",)))) == 1


def test_stop_between_the_pictures_of_a_batch(slow):
    rows = [LARGE.replace(seed=seed) for seed in range(3)]
    assert stopped(slow, worker(slow).submit(rows, Keep((), ()))) == 1


def test_stop_between_previews(slow):
    from diffuscope.run.preview import Preview

    preview = Preview(slow)
    assert stopped(slow, worker(slow).submit(LARGE, Keep((), ()), preview)) == 1


@pytest.mark.parametrize("film", [0, 3])
def test_stop_between_the_pictures_of_a_grid(slow, film):
    made = grid(slow, LARGE, {"seed": "1-4"}, film=film)
    assert stopped(slow, made.submit(batch=4)) == 1
    assert not made.done


def test_cancel_of_a_grid_in_this_thread(slow):
    slow.codec.may_go_on.set()
    made = grid(slow, LARGE, {"seed": "1-4"})
    with pytest.raises(CancelledError, match="finished cells are kept"):
        made.run(cancel=slow.codec.begun.is_set, batch=4)
    assert slow.codec.calls == 1


def test_stop_between_guided_pictures(slow, model):
    trace = record(model, LARGE.replace(steps=1), Keep(("x_t", "x0", "x0_cond", "x0_uncond"), ()))
    job = Lane(slow).call(lambda job: guided_pictures(slow, trace, 0, [1.0, 2.0, 3.0]))
    assert stopped(slow, job) == 1


def test_no_stop_no_harm(slow):
    slow.codec.may_go_on.set()
    assert len(record(slow, LARGE, Keep((), ("x0",))).pictures["x0"]) == 6
    job = worker(slow).submit(LARGE, Keep((), ()))
    job.result(60)
    job.cancel()  # too late; the next run is not its
    worker(slow).submit(LARGE, Keep((), ())).result(60)


@pytest.mark.parametrize("part", ["unet", "vae"])
def test_stop_within_a_network(part, monkeypatch):
    """A call of a large picture takes long: the blocks behind the one that runs are not begun."""
    pipe = tiny_pipeline()
    model = stable_diffusion.model(pipe, "tiny", "random", None, {"steps": 6, "guidance_scale": 4.0})
    network = pipe.unet if part == "unet" else pipe.vae.decoder
    jobs, ran = [], []

    def middle(*_):
        ran.append("middle")
        jobs[0].cancel()

    handles = [
        network.mid_block.register_forward_hook(middle),
        network.up_blocks[-1].register_forward_hook(lambda *_: ran.append("last")),
    ]
    held = threading.Event()
    jobs.append(worker(model).call(lambda job: held.wait(60) and record(model, BASE, Keep((), ()))))
    held.set()
    try:
        with pytest.raises(CancelledError):
            jobs[0].result(60)
    finally:
        for handle in handles:
            handle.remove()
    assert ran == ["middle"]
    assert worker(model).submit(BASE).result(60).image.shape == (16, 16, 3), "and nothing is left behind"


def test_stop_before_a_picture_is_encoded_and_decoded(slow):
    import numpy as np

    job = Lane(slow).call(lambda job: (job.cancel(), round_trip(slow, np.zeros((16, 16, 3), np.uint8)))[1])
    with pytest.raises(CancelledError):
        job.result(60)
    assert not slow.codec.calls
