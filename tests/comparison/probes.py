"""Pairs drawn by code whose measures stand in the shipped tables: they tell when an algorithm changed under its name."""

from __future__ import annotations

from PIL import Image

from myself_i2i.comparison.comparing import part_of
from myself_i2i.comparison.measuring import measure
from tests.comparison.scenes import looks, repainted, scene

__all__ = ["PROBES", "measures_of"]

PROBES = ("repainted", "cropped", "mirrored", "unrelated")


def measures_of(name: str) -> list[float]:
    """Return bits, distance and strength of one of the `PROBES`."""
    whole = scene(41)
    other = {
        "repainted": repainted(41),
        "cropped": whole.crop((50, 40, 430, 370)),
        "mirrored": whole.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        "unrelated": scene(42),
    }[name]
    mine, theirs = looks(whole), looks(other)
    found = measure(mine, theirs.kept, part_of(mine, theirs))
    bits = found.turned.bits if found.turned else -1
    distance = found.layout.distance if found.layout else -1
    return [float(bits), round(distance, 4), round(found.strength, 2)]
