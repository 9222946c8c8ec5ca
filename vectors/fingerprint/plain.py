"""pdq64_v1 once more, in plain Python integers, rule by rule of spec/fingerprints.md; it shares no code with the package."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi
from typing import Final

__all__ = ["TURNS", "Rows", "fingerprint", "grey"]

Rows = list[list[int]]
CELLS: Final = 64
TABLE: Final = [round(8192 * cos(pi * step / 128)) for step in range(65)]


def grey(pixels: bytes, width: int) -> Rows:
    """Return the luma of RGBA samples over white (rules 2 and 3)."""
    values = []
    for place in range(0, len(pixels), 4):
        *colour, alpha = pixels[place : place + 4]
        red, green, blue = ((value * alpha + 255 * (255 - alpha) + 127) // 255 for value in colour)
        values.append((19595 * red + 38470 * green + 7471 * blue + 32768) // 65536)
    return [values[start : start + width] for start in range(0, len(values), width)]


def fingerprint(samples: Rows) -> tuple[str, int]:
    """Return the hexadecimal digits and the quality of grey samples (rules 4 to 10)."""
    cells = _cells(samples)
    rows = [
        [sum(_cosine(k, y) * cells[y][x] for y in range(CELLS)) for x in range(CELLS)] for k in range(1, 17)
    ]
    values = [sum(_cosine(k, x) * row[x] for x in range(CELLS)) for row in rows for k in range(1, 17)]
    median = sorted(values)[127]
    number = sum(1 << place for place, value in enumerate(values) if value > median)
    return f"{number:064x}", min(_quality(cells), number.bit_count())


def _cells(samples: Rows) -> Rows:
    height, width = len(samples), len(samples[0])
    area = height * width
    wide = [_shares(row) for row in samples]
    columns = [_shares([row[x] for row in wide]) for x in range(CELLS)]
    return [[(columns[x][y] * 256 + area // 2) // area for x in range(CELLS)] for y in range(CELLS)]


def _shares(line: list[int]) -> list[int]:
    """Return for each of 64 cells the sum of what it covers of each sample, in 1/64 of a sample, times the sample."""
    length = len(line)
    cells = [0] * CELLS
    for place, value in enumerate(line):
        start, stop = place * CELLS, (place + 1) * CELLS
        for cell in range(start // length, -(-stop // length)):
            cells[cell] += value * (min(stop, (cell + 1) * length) - max(start, cell * length))
    return cells


def _cosine(frequency: int, place: int) -> int:
    step = frequency * (2 * place + 1) % 256
    step = min(step, 256 - step)
    return TABLE[step] if step < len(TABLE) else -TABLE[128 - step]


def _quality(cells: Rows) -> int:
    pairs = [(cells[y][x], cells[y + 1][x]) for y in range(CELLS - 1) for x in range(CELLS)]
    pairs += [(cells[y][x], cells[y][x + 1]) for y in range(CELLS) for x in range(CELLS - 1)]
    return min(100, sum(abs(one - other) * 100 // 65280 for one, other in pairs) // 90)


def _mirrored(samples: Rows) -> Rows:
    return [row[::-1] for row in samples]


def _flipped(samples: Rows) -> Rows:
    return samples[::-1]


def _transposed(samples: Rows) -> Rows:
    return [list(column) for column in zip(*samples, strict=True)]


TURNS: Final[dict[str, Callable[[Rows], Rows]]] = {
    "as-is": lambda samples: samples,
    "rotated-90": lambda samples: _flipped(_transposed(samples)),
    "rotated-180": lambda samples: _flipped(_mirrored(samples)),
    "rotated-270": lambda samples: _mirrored(_transposed(samples)),
    "mirrored": _mirrored,
    "flipped": _flipped,
    "transposed": _transposed,
    "transversed": lambda samples: _flipped(_mirrored(_transposed(samples))),
}
"""How the samples themselves are turned for each orientation."""
