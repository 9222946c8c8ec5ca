from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.credentials import Maker, maker


@pytest.fixture(scope="session")
def someone() -> Maker:
    """A maker with a key and a self-issued certificate."""
    return maker("someone")


@pytest.fixture(scope="session")
def trust_lists() -> Path:
    """The folder with the official lists; skipped where it is not there."""
    root = Path(os.environ.get("MYSELF_I2I_CORPUS", Path(__file__).parents[3] / "shared" / "corpus"))
    folder = root / "c2pa"
    if not folder.is_dir():
        pytest.skip("the official trust lists are not on this machine")
    return folder
