"""Fingerprints: how a picture looks, in bytes that travel while the picture stays home.

One module an algorithm: `pdq64` (the same picture, saved again), `pdq` and `iscc` (the same, in others' formats),
`origin` (layout kept, texture changed) and `parts` (crops, collages). `reading` decodes files as small as will do.
"""

from myself_i2i.fingerprint.interface import ISCC, ORIGIN, PARTS, PDQ, PDQ64, PDQ64_FLAT, Fingerprint

__all__ = ["ISCC", "ORIGIN", "PARTS", "PDQ", "PDQ64", "PDQ64_FLAT", "Fingerprint"]
