"""What no accident can do to the folder of a grid: full disks, torn files, strangers, others at the same work."""

import errno
import json
import os
import stat

import numpy as np
import pytest
from grid_cells import CLOSED, FULL, READ_ONLY, Stub, at_write, failing, image, trace
from PIL import Image

from diffuscope.grid.store import pictures as picture_files
from diffuscope.grid.store.store import Store, StoreError
from diffuscope.picture.arrays import encode

ACTS = {
    "save": lambda store: store.save("b", trace(8), [trace(8).image]),
    "claim": lambda store: store.claim("b"),
    "plan": lambda store: store.write_plan(Stub(new=True)),
    "rate": lambda store: store.rate("a", "reject"),
    "set aside": lambda store: store.check("torn"),
    "open": lambda store: Store(store.folder.parent / "other"),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("code", [FULL, CLOSED], ids=["ENOSPC", "EACCES"])
def test_each_write_can_fail(tmp_path, act, code):
    number = 0
    while True:
        number += 1
        store = Store(tmp_path / str(number) / "grid")
        store.write_plan(Stub(new=False))
        store.save("a", trace(), [trace().image])
        store.rate("a", "star")
        (store.folder / "cells" / "torn.png").write_bytes(b"x")
        kept = {path: path.read_bytes() for path in store.folder.rglob("*a.*")}
        with at_write(number, failing(code)) as writes:
            try:
                ACTS[act](store)
                failed = None
            except StoreError as error:
                failed = str(error)
        assert kept == {path: path.read_bytes() for path in kept}
        assert store.check("a")
        assert not list(store.folder.rglob("*.part"))
        assert store.ratings in ({"a": "star"}, {"a": "reject"})
        assert json.loads((store.folder / "grid.json").read_text())["plan"] in ({"new": False}, {"new": True})
        assert "b" not in store.finished() or store.check("b")
        if len(writes) < number:
            break
        if failed is None:  # filelock copes: folder and lock file are there already
            assert writes[number - 1] in ("mkdir", "lock")
            continue
        assert os.strerror(code) in failed
        assert "finished cells there are safe" in failed
        ACTS[act](store)  # and once there is room again
    assert number > 1


@pytest.mark.slow
def test_every_flipped_byte_is_noticed(store):
    store.save("a", trace(side=8))
    path = store.folder / "cells" / "a.png"
    whole = path.read_bytes()
    for place in range(whole.index(b"IEND") - 4):  # the end mark holds nothing
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert not store.check("a"), place
        assert store.finished() == set()
    assert (store.folder / "damaged" / "cells-a.png").read_bytes() != whole
    store.save("a", trace(side=8))
    assert store.check("a")


@pytest.mark.parametrize("left", [0, 7, 100, -60])
def test_cut_files(store, left):
    def cut(folder, suffix):
        path = store.folder / folder / f"a{suffix}"
        path.write_bytes(path.read_bytes()[:left])

    run = trace(side=64)
    store.save("a", run, [run.image])
    cut("thumbs", ".webp")
    assert store.check("a")  # made anew
    np.testing.assert_array_equal(image(store.thumb("a")), run.image)
    cut("films", ".webp")
    assert not store.check("a")
    store.save("a", run, [run.image])
    cut("cells", ".png")
    assert store.picture("a") is None
    assert store.finished() == {"a"}, "looking changes nothing"
    assert not store.check("a")
    assert store.thumb("a") is None
    assert store.finished() == set()


@pytest.mark.parametrize("hurt", ["cells/a.png", "films/a.webp", "thumbs/a.webp"])
def test_what_another_process_mends_is_left_to_it(store, hurt):
    """Else its new files are moved away as they come, or two write into one temporary file."""
    store.save("a", trace(), [trace().image])
    (store.folder / hurt).write_bytes(b"x")
    other = Store(store.folder)
    assert other._claims.take("a")
    store.check("a")
    assert (store.folder / hurt).read_bytes() == b"x"
    other.release("a")
    thumb = hurt == "thumbs/a.webp"
    assert store.check("a") == (store.folder / hurt).exists() == thumb
    assert (store.folder / hurt).exists() != (store.folder / "damaged" / hurt.replace("/", "-")).exists()


@pytest.mark.slow
@pytest.mark.parametrize("side", [0, 5000])
def test_a_thumb_that_cannot_be_shown_is_made_anew(store, side):
    """One bad file, or one that needs a gigabyte, must not keep a whole grid from being looked at."""
    store.save("a", trace())
    path = store.folder / "thumbs" / "a.webp"
    path.write_bytes(encode(Image.new("RGB", (side, side)), "WEBP") if side else b"x")
    np.testing.assert_array_equal(image(store.thumb("a")), trace().image)
    assert store.check("a")
    np.testing.assert_array_equal(image(path.read_bytes()), trace().image)


def test_a_cell_that_was_mended_meanwhile_stays(store, monkeypatch):
    store.save("a", trace())
    path, sound = store.folder / "cells" / "a.png", picture_files.sound
    whole = path.read_bytes()
    path.write_bytes(b"x")

    def late(file, form):
        answer = sound(file, form)
        path.write_bytes(whole)  # by another process, right after we looked
        return answer

    monkeypatch.setattr(picture_files, "sound", late)
    assert store.check("a")
    assert path.read_bytes() == whole


def test_a_folder_from_a_stranger_writes_nowhere_else(tmp_path, store):
    outside = tmp_path / "outside"
    outside.write_bytes(b"mine")
    (store.folder / "cells" / "a.png.part").symlink_to(outside)
    store.save("a", trace())
    assert outside.read_bytes() == b"mine"
    assert store.check("a")


def test_a_file_system_that_cannot_sync_folders(store, monkeypatch):
    def refuse(file):
        if stat.S_ISDIR(os.fstat(file).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    monkeypatch.setattr(os, "fsync", refuse)
    store.save("a", trace())
    assert store.check("a")


def test_a_read_only_folder_opens(store):
    store.write_plan(Stub(new=False))
    store.save("a", trace())
    with at_write(None, failing(READ_ONLY)):
        one = Store(store.folder)
        assert one.check("a")
        assert one.thumb("a")
        one.write_plan(Stub(new=False))
        assert not one.claim("a")
        with pytest.raises(StoreError, match=r"Read-only file system\. The 1 finished cells there are safe"):
            one.save("b", trace())


def test_data_reaches_the_disk_before_its_name(store):
    with at_write(0, None) as writes:
        store.save("a", trace())
    assert "-".join(writes).count("open-write-fsync-replace-fsync") == 2  # thumb and picture
