"""A folder of a model, to be damaged."""

import shutil

import pytest
from tiny import tiny_pipeline


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Saved once; nobody changes it."""
    folder = tmp_path_factory.mktemp("models") / "whole"
    tiny_pipeline().save_pretrained(folder)
    return folder


@pytest.fixture
def folder(whole, tmp_path):
    """A copy of one's own."""
    return shutil.copytree(whole, tmp_path / "mine")
