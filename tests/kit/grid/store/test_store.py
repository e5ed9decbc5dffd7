"""The folder of a grid: what anyone reads there, and what is refused."""

import json
import os
import threading

import numpy as np
import pytest
from grid_cells import Stub, image, trace
from PIL import Image
from readers import others_read

from diffuscope.grid.plan.plan import Plan
from diffuscope.grid.store import pictures as picture_files
from diffuscope.grid.store.store import Store


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
            Store(store.folder, new=False)


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


def test_finished_just_before_the_claim(store, monkeypatch):
    other, take = Store(store.folder), store._claims.take
    monkeypatch.setattr(store._claims, "take", lambda key: (other.save(key, trace()), take(key))[1])
    assert not store.claim("a")
    assert not list((store.folder / "claims").iterdir())
