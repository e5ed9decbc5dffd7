"""The folder of a grid: what anyone reads there, and what no accident can do to it."""

import errno
import io
import json
import os
import stat
import threading

import numpy as np
import pytest
from grid_cells import CLOSED, FULL, READ_ONLY, at_write, failing, trace
from PIL import Image
from readers import others_read

from diffuscope.grid.plan.plan import Plan
from diffuscope.grid.store import pictures as picture_files
from diffuscope.grid.store.store import Store, StoreError
from diffuscope.picture.arrays import encode


def image(data):
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "grid")


class Stub:
    """A plan, as far as the folder knows one."""

    def __init__(self, **raw):
        self.raw = raw

    def to_dict(self):
        return self.raw


def test_a_cell_as_others_find_it(store):
    run = trace()
    store.save("ab12", run, [run.image, run.image[::-1]])
    path = store.folder / "cells" / "ab12.png"
    np.testing.assert_array_equal(np.asarray(Image.open(path)), run.image)
    assert others_read(path).full_prompt == "a red circle"
    assert store.settings("ab12") == run.settings
    np.testing.assert_array_equal(np.asarray(store.picture("ab12")), run.image)
    # small pictures lose nothing on their way into thumb and film
    np.testing.assert_array_equal(image(store.thumb("ab12")), run.image)
    np.testing.assert_array_equal(image(store.film("ab12")), np.hstack([run.image, run.image[::-1]]))
    assert store.finished() == {"ab12"}
    assert store.check("ab12")


def test_large_pictures_shrink(store):
    store.save("a", trace(side=256), [trace(side=256).image] * 3)
    assert image(store.thumb("a")).shape == (128, 128, 3)
    assert image(store.film("a")).shape == (128, 3 * 128, 3)
    store.save("b", trace(side=256), [trace(side=256).image] * picture_files.MAX_FRAMES)  # the longest there is
    assert image(store.film("b")).shape == (128, picture_files.MAX_FRAMES * 128, 3)


def test_what_is_not_there(store):
    assert store.picture("a") is None
    assert store.thumb("a") is None
    assert store.film("a") is None
    assert not store.check("a")
    assert store.finished() == set()
    with pytest.raises(FileNotFoundError):
        store.settings("a")


def test_keys_cannot_leave_the_folder(store):
    for key in ("../x", "", "a/b", "a.b", "ä"):
        for call in (store.picture, store.thumb, store.claim, store.check, lambda key: store.rate(key, "star")):
            with pytest.raises(ValueError, match="not the key of a cell"):
                call(key)


def test_opens_without_torch(store, light_server):
    store.save("a", trace())
    code = (
        "import sys; from diffuscope.grid.store.store import Store; s = Store(sys.argv[1]); "
        "print(sorted(s.finished()), s.settings('a').seed, s.picture('a').size, 'torch' in sys.modules)"
    )
    assert light_server.run(code, store.folder).stdout == "['a'] 7 (16, 16) False\n"


def test_plan(store, monkeypatch):
    monkeypatch.setattr(Plan, "from_dict", classmethod(lambda cls, raw: raw["axes"]))
    with pytest.raises(FileNotFoundError):
        store.read_plan()
    store.write_plan(Stub(axes=["é"]))
    assert json.loads((store.folder / "grid.json").read_text()) == {"schema": 1, "plan": {"axes": ["é"]}}
    before = os.stat(store.folder / "grid.json").st_ino
    Store(store.folder).write_plan(Stub(axes=["é"]))
    assert os.stat(store.folder / "grid.json").st_ino == before  # the same again is not written
    store.write_plan(Stub(axes=["b"]))
    assert Store(store.folder, new=False).read_plan() == ["b"]
    store.write_plan(Stub(axis=["b"]))
    with pytest.raises(ValueError, match=r'"grid/grid\.json" holds no readable plan'):
        store.read_plan()


def test_other_folders_are_refused(tmp_path, store):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / ".hidden").touch()
    Store(tmp_path / "photos")  # as good as empty
    (tmp_path / "photos" / "sea.jpg").touch()
    with pytest.raises(ValueError, match=r'"photos" holds other files \(sea\.jpg\); a grid needs a folder of its own'):
        Store(tmp_path / "photos")
    with pytest.raises(FileNotFoundError, match=r'"gone" holds no grid\.json'):
        Store(tmp_path / "gone", new=False)
    assert not (tmp_path / "gone").exists()
    with pytest.raises(ValueError, match=r'"sea\.jpg" is a file; a grid needs a folder of its own'):
        Store(tmp_path / "photos" / "sea.jpg")
    for text, words in (
        ('{"schema": 2}', "schema 2, and this version reads 1"),
        ("{", "is not the plan of a grid"),
        ("[]", "is not the plan of a grid"),
        ("[" * 100_000, "is not the plan of a grid"),
    ):
        (store.folder / "grid.json").write_text(text)
        with pytest.raises(ValueError, match=words):
            Store(store.folder)


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


def test_a_claim_is_one_of_many(store):
    """Many threads with folders of their own want the same cells: each is made once."""
    made, stores = [], [Store(store.folder) for _ in range(6)]

    def fill(mine):
        for key in "abcdefghijkl":
            if mine.claim(key):
                made.append(key)
                mine.save(key, trace())

    threads = [threading.Thread(target=fill, args=(one,)) for one in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == list("abcdefghijkl")
    assert not list((store.folder / "claims").iterdir())


def test_ratings(store):
    store.rate("a", "star")
    store.rate("b", "reject")
    store.rate("c", "star")
    store.rate("a", None)
    assert Store(store.folder).ratings == {"b": "reject", "c": "star"}
    with pytest.raises(ValueError, match="cannot be rated 'best'; there are 'star', 'reject' and None"):
        store.rate("a", "best")
    for text in ("{", "[]", '{"a": "best"}'):
        (store.folder / "ratings.json").write_text(text)
        with pytest.raises(ValueError, match=r'"ratings\.json"'):
            _ = store.ratings


def test_two_who_rate_lose_nothing(store):
    def rate(mine, keys):
        for key in keys:
            mine.rate(key, "star")

    names = [f"{letter}{number}" for letter in "abc" for number in range(10)]
    threads = [threading.Thread(target=rate, args=(Store(store.folder), names[i::3])) for i in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(store.ratings) == set(names)


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


def test_finished_just_before_the_claim(store, monkeypatch):
    other, take = Store(store.folder), store._claims.take
    monkeypatch.setattr(store._claims, "take", lambda key: (other.save(key, trace()), take(key))[1])
    assert not store.claim("a")
    assert not list((store.folder / "claims").iterdir())


def test_data_reaches_the_disk_before_its_name(store):
    with at_write(0, None) as writes:
        store.save("a", trace())
    assert "-".join(writes).count("open-write-fsync-replace-fsync") == 2  # thumb and picture
