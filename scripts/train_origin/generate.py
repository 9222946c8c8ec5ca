"""Draw the pictures to train on: `python scripts/train_origin/generate.py FIRST SCENES OUT.npy`.

Scene number i is drawn from the seed i alone, so any part can be made anywhere and is the same everywhere with the
same NumPy and OpenCV. Writes uint8 of shape (SCENES, VIEWS, 128, 128, 3); 10,000 scenes take ten minutes of one core.
"""

from __future__ import annotations

import sys

import cv2
import numpy as np
from styles import SIDE, views

VIEWS = 4


def main(first: int, scenes: int, out: str) -> None:
    """Draw scenes `first` to `first + scenes - 1` into the file `out`."""
    cv2.setNumThreads(1)
    shape = (scenes, VIEWS, SIDE, SIDE, 3)
    kept = np.lib.format.open_memmap(out, mode="w+", dtype=np.uint8, shape=shape)
    for i in range(scenes):
        kept[i] = views(np.random.default_rng(first + i), VIEWS)
    kept.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
