"""The plug-in is a package of its own; its tests find it beside the repository's."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

SOURCE = str(Path(__file__).parents[2] / "plugins" / "diffusers" / "src")
if SOURCE not in sys.path:
    sys.path.insert(0, SOURCE)

from tests.plugins_diffusers.memory import MemoryRecorder  # noqa: E402 - after the path is set


@pytest.fixture
def recorder() -> MemoryRecorder:
    """A recorder that keeps what it is told."""
    return MemoryRecorder()
