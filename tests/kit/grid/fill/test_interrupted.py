"""Filling is stopped, fails, shares its folder with others, and goes on later."""

import threading
from concurrent.futures import CancelledError

import pytest
from PIL import Image
from through import through

from diffuscope import Keep, Settings, record
from diffuscope.grid import Store, StoreError, grid

BASE = Settings("a red circle", steps=4, guidance_scale=3.0, scheduler="ddim")

SEEDS = {"seed": "1-4"}


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
    monkeypatch.setattr(Store, "check", lambda self, key, *_: looked.append(key) or True)
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

    def tell(key):
        told.append(key)
        if len(told) == 3:  # all others
            threading.Timer(0.1, end).start()

    made.run(on_cell=tell)
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
