"""Which saved files are pictures of a run, and where they really are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

__all__ = ["finished"]

_ASIDE: Final = re.compile(
    r"-(mask|mask-composite|init-image|before-highres-fix|before-hires-fix|before-face-restoration|before-color-correction"
    r"|before-refiner|ad-before|ad-preview|control|detected-map|depth|noise)(-\d+)?$",
    re.IGNORECASE,
)
"""Files that the webui and its best-known extensions save beside a picture."""
_GRID: Final = re.compile(r"^(xyz_|prompt_)?(grid|matrix)[-_]", re.IGNORECASE)


def finished(params: Any) -> Path | None:
    """Return the file of a finished picture, or None for whatever else `on_image_saved` is called for.

    `params.filename` lacks the number that "Add number suffix" puts in; `image.already_saved_as` has it.
    """
    p = getattr(params, "p", None)
    if p is None:
        return None  # a starting picture kept by "Save init images", or a file saved by hand
    name = getattr(params.image, "already_saved_as", None) or params.filename
    path = Path(name)
    if _ASIDE.search(path.stem) or _GRID.search(path.stem) or _in_grids(path, p):
        return None
    return path


def _in_grids(path: Path, p: Any) -> bool:
    grids, samples = getattr(p, "outpath_grids", None), getattr(p, "outpath_samples", None)
    if not grids or grids == samples:
        return False
    return Path(grids).resolve() in path.resolve().parents
