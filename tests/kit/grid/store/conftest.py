"""The folder of a grid."""

import pytest

from diffuscope.grid.store.store import Store


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "grid")
