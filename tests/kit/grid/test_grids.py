"""Grids are filled: the plan's calls and no others, resumable, stoppable, within the memory there is."""

import gc
import threading
from concurrent.futures import CancelledError
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from through import through

from diffuscope import Keep, Settings, record
from diffuscope.grid import Grid, Store, StoreError, grid, open_grid
from diffuscope.grid.fill.batch import draw

BASE = Settings("a red circle", steps=4, guidance_scale=3.0, scheduler="ddim")
SEEDS = {"seed": "1-4"}
SQUARE = {"seed": "1-3", "guidance_scale": "2, 3, 4"}


@pytest.fixture
def calls(model, monkeypatch):
    """The rows of every call of the model's network."""
    seen, network = [], model.denoiser
    monkeypatch.setattr(
        model, "denoiser", through(model, lambda x, t, text: seen.append(len(x)) or network(x, t, text))
    )
    return seen


def test_planning_computes_and_writes_nothing(model, calls, tmp_path):
    made = grid(model, BASE, SQUARE, folder=tmp_path / "g")
    assert calls == []
    assert made.done == set()
    assert not (tmp_path / "g" / "grid.json").exists()
    assert repr(made) == "<Grid 3 x 3, 0 of 9 pictures finished>"
    assert "0 of 9 finished; the rest takes about" in str(made)
    assert calls == [2, 18], "one call to warm up, one measured"


def test_the_run_makes_the_calls_of_the_plan_and_the_pictures_of_solo_runs(model, calls):
    made = grid(model, BASE, SQUARE)
    assert made.run() is made
    assert sum(calls) == made.plan.cost[1] < made.plan.cost[0]
    assert made.done == set(made.plan.pictures)
    assert made.missing == []
    for cell in made.plan.cells:
        solo = record(model, cell.settings, Keep((), ())).image
        picture = np.array(made.store.picture(cell.key))
        assert np.abs(picture.astype(int) - solo).max() <= 1
        assert made.store.settings(cell.key) == cell.settings
    before = len(calls)
    made.run()
    assert len(calls) == before
    assert made.seconds == 0


def test_one_more_value_makes_its_own_cells_only(model, calls, tmp_path):
    seeds, prompts = "1-8", ["a red", "a blue", "red", "blue", "circle", "square", "a circle", "a square"]
    grid(model, BASE, {"prompt": prompts, "seed": seeds, "guidance_scale": [2]}, folder=tmp_path).run()
    calls.clear()
    more = grid(model, BASE, {"prompt": prompts, "seed": "1-9", "guidance_scale": [2]}, folder=tmp_path)
    assert len(more.missing) == 8
    finished = []
    more.run(on_cell=finished.append)
    assert len(finished) == 8
    # eight pictures alone: their first calls without the prompt are one, as they have one seed
    assert sum(calls) == 8 * 4 * 2 - 7
    assert len(more.done) == 72


def test_one_more_guidance_value_makes_its_own_calls_only(model, calls, tmp_path):
    eight = [2, 3, 4, 5, 6, 7, 8, 9]
    grid(model, BASE, {"seed": "1-8", "guidance_scale": eight}, folder=tmp_path).run()
    calls.clear()
    more = grid(model, BASE, {"seed": "1-8", "guidance_scale": [*eight, 10]}, folder=tmp_path).run()
    assert sum(calls) == 8 * 4 * 2  # eight cells of four steps, with and without the prompt
    assert len(more.done) == 72


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"base": "a cat"}, "base must be Settings, got str 'a cat'"),
        ({"axes": ["seed"]}, r"axes must be Mapping, got list \['seed'\]"),
        ({"film": "5"}, "film must be int, got str '5'"),
    ],
)
def test_a_slip_of_the_pen_is_named(given, message):
    with pytest.raises(TypeError, match=message):
        grid(**{"model": "no such model", "base": BASE, "axes": {"seed": "1-2"}, **given})


def test_over_64_cells_it_asks(model, calls):
    made = grid(model, BASE, {"seed": "1-65"})
    with pytest.raises(ValueError, match=r"65 cells are to be computed, more than 64. To go on: run\(most=65\)"):
        made.run()
    with pytest.raises(ValueError, match="65 cells"):
        made.submit()
    assert calls == []
    assert len(made.run(most=65, batch=65).done) == 65
    with pytest.raises(ValueError, match="batch=0"):
        made.run(batch=0)


def test_cells_with_one_picture_are_made_once(model, calls):
    made = grid(model, BASE, {"guidance_scale": "0, 0.5, 1", "negative_prompt": ["blue", "square"]})
    assert len(made.missing) == 1
    made.run()
    assert sum(calls) == 4
    assert len(list((made.store.folder / "cells").iterdir())) == 1


def test_coarse_before_fine(model):
    seen = []
    made = grid(model, BASE, {"seed": "1-5", "guidance_scale": "1, 2, 3, 4, 5"})
    made.run(on_cell=seen.append, batch=4)
    places = {cell.key: cell.place for cell in made.plan.cells}
    assert {places[key] for key in seen[:4]} == {(0, 0), (0, 4), (4, 0), (4, 4)}


def test_film_frames_are_x0_at_chosen_steps(model):
    ((trace, frames),) = draw(model, [model.complete(BASE.replace(steps=9))], film=3)
    whole = record(model, trace.settings, Keep((), ("x0",)))
    assert [len(trace), trace.pictures, len(frames)] == [9, {}, 3]
    for frame, step in zip(frames, (0, 4, 8), strict=True):
        np.testing.assert_array_equal(frame, whole.pictures["x0"][step])
    both = draw(model, [model.complete(BASE.replace(steps=9, seed=seed)) for seed in (1, BASE.seed)], film=3)
    for frame, alone in zip(both[1][1], frames, strict=True):
        assert np.abs(frame.astype(int) - alone).max() <= 1
    assert len(draw(model, [model.complete(BASE)], film=50)[0][1]) == 4
    kept = grid(model, BASE, SEEDS, film=3).run()
    assert all(kept.store.film(key) for key in kept.done)
    for wrong in (-1, 128):
        with pytest.raises(ValueError, match=f"film={wrong} is not 0 to 127 pictures"):
            grid(model, BASE, SEEDS, film=wrong)
        with pytest.raises(ValueError, match=f"film={wrong} is not 0 to 127 pictures"):
            open_grid(kept.store.folder, film=wrong)


def test_what_the_safety_checker_refuses_is_black_in_every_frame(model, monkeypatch):
    monkeypatch.setattr(model, "flagged", lambda pictures: np.ones(len(pictures), bool))
    ((trace, frames),) = draw(model, [model.complete(BASE)], film=2)
    assert not trace.image.any()
    assert not any(frame.any() for frame in frames)


@pytest.mark.parametrize(
    "error", [MemoryError(), RuntimeError("CUDA out of memory"), RuntimeError("can't allocate memory: 8 GB")]
)
def test_out_of_memory_halves_the_batch(model, monkeypatch, error):
    network, tried = model.denoiser, []

    def small(x, t, text):
        tried.append(len(x))
        if len(x) > 4:
            raise error
        return network(x, t, text)

    monkeypatch.setattr(model, "denoiser", through(model, small))
    made = grid(model, BASE, {"seed": "1-8", "negative_prompt": ["blue"]}).run()
    assert len(made.done) == 8
    assert [rows for rows in tried if rows > 4] == [16, 8], "once each: what did not fit is not tried again"
    monkeypatch.setattr(model, "denoiser", through(model, lambda *_: (_ for _ in ()).throw(error)))
    with pytest.raises(type(error)):
        grid(model, BASE, SEEDS).run()


def test_other_errors_are_raised_and_the_grid_goes_on_later(model, monkeypatch):
    made = grid(model, BASE, {"seed": "1-4"})
    with monkeypatch.context() as broken:
        broken.setattr(model, "denoiser", through(model, lambda *_: 1 / 0))
        with pytest.raises(ZeroDivisionError):
            made.run()
    assert made.run().done == set(made.plan.pictures)


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_interrupted_anywhere_finished_cells_stay(model, calls, error):
    made = grid(model, BASE, {"seed": "1-4"})

    def interrupt(key):
        raise error

    with pytest.raises(error):
        made.run(on_cell=interrupt, batch=2)
    assert len(made.done) == 1
    network = model.denoiser
    model.denoiser = through(model, lambda *args: (_ for _ in ()).throw(error()))
    with pytest.raises(error):
        made.run(batch=1)
    model.denoiser = network
    made.run()
    assert len(made.done) == 4


def test_stop_comes_before_the_next_call(model, calls):
    made, stop = grid(model, BASE, {"seed": "1-6"}), threading.Event()
    with pytest.raises(CancelledError, match="finished cells are kept"):
        made.run(cancel=lambda: stop.is_set() or (len(calls) == 6), batch=2)
    assert len(calls) == 6
    assert len(made.done) == 2
    assert len(made.run().done) == 6


def test_stop_while_old_cells_are_looked_at(model, monkeypatch):
    made, looked = grid(model, BASE, SEEDS).run(), []
    monkeypatch.setattr(Store, "check", lambda self, key: looked.append(key) or True)
    with pytest.raises(CancelledError):
        made.run(cancel=lambda: bool(looked))
    assert len(looked) == 1


def test_submit_runs_in_the_worker_and_tells(model):
    made, keys, names = grid(model, BASE, {"seed": "1-6"}), [], []
    made.on_change(keys.append)
    made.on_change(lambda key: names.append(threading.current_thread().name))
    job = made.submit(batch=2)
    assert job.result(60) is made
    assert job.progress == (6, 6)
    assert set(keys) == made.done
    assert set(names) == {"diffuscope tiny"}


def test_a_job_is_cancelled_within_a_call(model, calls):
    made, reached = grid(model, BASE.replace(steps=400), {"seed": "1-6"}), threading.Event()
    network = model.denoiser
    model.denoiser = through(model, lambda *args: reached.set() or network(*args))
    job = made.submit(batch=2)
    assert reached.wait(60)
    at = len(calls)
    job.cancel()
    with pytest.raises(CancelledError):
        job.result(60)
    assert len(calls) - at <= 2
    assert made.done == set()


def test_two_fill_one_folder_without_duplicates(model, calls, tmp_path):
    """Two grids of one folder, in two threads: each cell is drawn by one of them, and both end with all."""
    grids = [grid(model, BASE, {"seed": "1-12"}, folder=tmp_path) for _ in range(2)]
    told = [[], []]
    threads = [
        threading.Thread(target=one.run, kwargs={"on_cell": seen.append, "batch": 2})
        for one, seen in zip(grids, told, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert all(len(one.done) == 12 for one in grids)
    assert sum(calls) == 12 * 4 * 2
    assert set(told[0]) | set(told[1]) == grids[0].done


@pytest.mark.parametrize("finishes", [True, False], ids=["finishes", "gives up"])
def test_what_another_is_making_is_waited_for(model, calls, tmp_path, finishes):
    made, told = grid(model, BASE, SEEDS, folder=tmp_path), []
    other, cell = Store(tmp_path), made.plan.cells[1]
    assert other.claim(cell.key)
    trace = record(model, cell.settings, Keep((), ()))
    before = sum(calls)
    end = (lambda: other.save(cell.key, trace)) if finishes else (lambda: other.release(cell.key))
    timer = threading.Timer(1.0, end)
    timer.start()
    made.run(on_cell=told.append)
    assert told[-1] == cell.key
    assert set(told) == made.done == set(made.plan.pictures)
    assert sum(calls) - before == (3 if finishes else 4) * 4 * 2


def test_a_damaged_cell_is_made_again(model, tmp_path):
    made = grid(model, BASE, SEEDS, folder=tmp_path).run()
    before = {key: (tmp_path / "cells" / f"{key}.png").read_bytes() for key in made.done}
    hurt = min(made.done)
    (tmp_path / "cells" / f"{hurt}.png").write_bytes(before[hurt][:-40])
    again = []
    made.run(on_cell=again.append)
    assert again == [hurt]
    Image.open(tmp_path / "cells" / f"{hurt}.png").load()
    assert list((tmp_path / "damaged").iterdir())


def test_disk_full_says_what_is_safe_and_the_next_run_goes_on(model, monkeypatch, tmp_path):
    made, save, room = grid(model, BASE, SEEDS, folder=tmp_path), Store.save, [2]

    def full(self, *args):
        if not room[0]:
            raise StoreError("the disk is full; 2 finished cells are safe")
        room[0] -= 1
        save(self, *args)

    monkeypatch.setattr(Store, "save", full)
    with pytest.raises(StoreError, match="2 finished"):
        made.run()
    room[0] = 99
    assert len(made.done) == 2
    assert len(made.run().done) == 4


def test_open_grid_without_a_model_and_with_it(model, tmp_path):
    grid(model, BASE, SEEDS, folder=tmp_path).run(cancel=None, batch=4)
    wider = grid(model, BASE, {"seed": "1-5"}, folder=tmp_path)
    wider.store.write_plan(wider.plan)
    shown = open_grid(tmp_path)
    assert isinstance(shown, Grid)
    assert shown.plan == wider.plan
    assert len(shown.done) == 4
    assert "4 of 5 finished" in str(shown)
    for compute in (shown.run, shown.submit, lambda: shown.trace(shown.plan.cells[0])):
        with pytest.raises(ValueError, match=r'opened to look at.* To compute, open it with its model, "tiny"'):
            compute()
    assert len(open_grid(tmp_path, model).run().done) == 5
    with pytest.raises(FileNotFoundError):
        open_grid(tmp_path / "none")


def test_a_folder_that_lost_its_empty_folders_goes_on(model, tmp_path):
    """Archives and repositories keep no empty folders."""
    grid(model, BASE, SEEDS, folder=tmp_path).run(batch=4)
    wider = grid(model, BASE, {"seed": "1-5"}, folder=tmp_path)
    wider.store.write_plan(wider.plan)
    for name in ("claims", "films", "damaged"):
        (tmp_path / name).rmdir()
    assert len(open_grid(tmp_path, model, film=2).run().done) == 5


def test_a_grid_of_another_model_is_refused(model, monkeypatch, tmp_path):
    grid(model, BASE, SEEDS, folder=tmp_path).run()
    monkeypatch.setattr(model, "source", "elsewhere")
    with pytest.raises(ValueError, match=r"is a grid of tiny \(random, .*and this is tiny \(elsewhere"):
        open_grid(tmp_path, model)


def test_a_cell_again_with_all_its_steps(model):
    made = grid(model, BASE, SEEDS)
    trace = made.trace(made.plan.cells[2])
    assert trace.settings == made.plan.cells[2].settings
    assert len(trace.pictures["x0"]) == 4


def test_the_folder_of_a_grid_without_one_goes_with_it(model):
    made = grid(model, BASE, SEEDS)
    folder = Path(made.store.folder)
    assert folder.exists()
    del made
    gc.collect()
    assert not folder.exists()


def test_a_kept_grid_opens_where_there_is_no_torch(model, light_server, tmp_path):
    grid(model, BASE, SEEDS, folder=tmp_path).run()
    code = f"""
import sys
for name in ("torch", "diffusers", "transformers"): sys.modules[name] = None
from diffuscope.grid import open_grid
made = open_grid({str(tmp_path)!r})
key = sorted(made.done)[0]
made.store.rate(key, "star")
assert made.store.picture(key).size == (16, 16) and made.store.thumb(key)
print(made); print(repr(made))
"""
    done = light_server.run(code)
    assert done.returncode == 0, done.stderr
    assert "4 of 4 finished" in done.stdout
