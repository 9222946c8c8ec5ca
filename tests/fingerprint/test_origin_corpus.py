"""The figures of spec/fingerprints-origin.md, less a margin, on real outputs of i2i where they are there."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.pairs import PairSet, found, load

from myself_i2i.fingerprint import origin
from myself_i2i.fingerprint.interface import Fingerprint
from myself_i2i.fingerprint.reading import read_colour

pytestmark = pytest.mark.corpus
LEAST = {"all": 0.92, "weak and strong": 0.95}
LEAST_RECALL = 0.80


@pytest.fixture(scope="module")
def pairs() -> PairSet:
    """The real pairs; the test is skipped where there are none."""
    there = load(found())
    if not there.outputs:
        pytest.skip("no real pairs here")
    return there


@pytest.fixture(scope="module")
def table(pairs: PairSet) -> np.ndarray:
    """Similarities, outputs x gallery."""
    kept = [_fingerprint(p.read()) for p in pairs.gallery]
    asked = [_fingerprint(o.picture.read()) for o in pairs.outputs]
    return np.array([[origin.similarity(a, k) for k in kept] for a in asked])


def _fingerprint(data: bytes) -> Fingerprint:
    return origin.origin(read_colour(data, side=256))


def _same(pairs: PairSet) -> np.ndarray:
    return np.array([[p.group == o.group for p in pairs.gallery] for o in pairs.outputs])


class TestRealOutputs:
    def test_sources_come_first(self, pairs: PairSet, table: np.ndarray) -> None:
        """Mean average precision holds over all kinds, and over weak and strong i2i alone."""
        own = table[np.arange(len(table)), [o.source for o in pairs.outputs]]
        others = np.where(_same(pairs), -2, table)
        precision = 1 / (1 + (others >= own[:, None]).sum(axis=1))
        chosen = np.array([o.kind in ("i2i-weak", "i2i-strong") for o in pairs.outputs])
        assert precision.mean() >= LEAST["all"]
        assert precision[chosen].mean() >= LEAST["weak and strong"]

    def test_few_are_missed_at_one_in_ten_thousand(self, pairs: PairSet, table: np.ndarray) -> None:
        """Recall holds at the threshold that one in 10,000 unrelated pairs passes."""
        own = table[np.arange(len(table)), [o.source for o in pairs.outputs]]
        false = np.sort(table[~_same(pairs)])[::-1]
        assert (own > false[len(false) // 10_000]).mean() >= LEAST_RECALL
