"""Real pictures and what i2i made of them, as `../shared/corpus/pairs` describes them: `load(CORPUS)`.

Only reads the two lists; pictures stay on disk until `Picture.read` is called.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Output", "PairSet", "Picture", "found", "load"]


@dataclass(frozen=True, slots=True)
class Picture:
    """One file of the set."""

    path: Path
    """Where it lies."""
    group: str
    """Pictures of one scene share it; one of them is never a false match of another. "" for distractors."""
    domain: str
    """photo, sketch, illustration, anime ... as the list says."""
    inverted: bool
    """Drawn white on black."""

    def read(self) -> bytes:
        """Return the file's bytes."""
        return self.path.read_bytes()


@dataclass(frozen=True, slots=True)
class Output:
    """What a model made of a source."""

    picture: Picture
    """The file."""
    kind: str
    """i2i-weak, i2i-strong, edit, inpaint, sketch-to-image, controlnet, controlnet-loose, style-transfer ..."""
    strength: float | None
    """The denoising strength, 0..1, where it is known."""
    method: str
    """The model or method by name."""
    source: int
    """Its source's place in `PairSet.sources`."""

    @property
    def group(self) -> str:
        """The group of the source, and so its own."""
        return self.picture.group


@dataclass(frozen=True, slots=True)
class PairSet:
    """All that one folder holds; files that are listed but absent are left out."""

    sources: tuple[Picture, ...]
    """Each picture once, however many entries start from it."""
    outputs: tuple[Output, ...]
    """In the order of the list."""
    distractors: tuple[Picture, ...]
    """Pictures that belong to no pair."""

    @property
    def inverted(self) -> tuple[Picture, ...]:
        """Sources and outputs that are drawn white on black."""
        return tuple(p for p in (*self.sources, *(o.picture for o in self.outputs)) if p.inverted)

    @property
    def gallery(self) -> tuple[Picture, ...]:
        """Sources, then distractors: what an output is looked for in."""
        return self.sources + self.distractors


def found() -> Path:
    """Return the corpus folder: MYSELF_I2I_CORPUS, or `../shared/corpus` beside the repository; it may be absent."""
    default = Path(__file__).resolve().parents[2] / "shared" / "corpus"
    return Path(os.environ.get("MYSELF_I2I_CORPUS", default))


def load(corpus: Path) -> PairSet:
    """Return the pairs below `corpus` (its folder `pairs`); an empty set where there are none."""
    folder = corpus / "pairs"
    sources: dict[str, Picture] = {}
    outputs: list[Output] = []
    for entry in _lines(folder / "manifest.jsonl"):
        source = entry["src"]
        if not (folder / source["file"]).is_file():
            continue
        picture = _picture(folder, source, entry["group"], entry["domain"])
        sources.setdefault(source["sha256"], picture)
        place = list(sources).index(source["sha256"])
        outputs += _outputs(folder, entry, sources[source["sha256"]].group, place)
    distractors = (
        _picture(folder / "distractors", line, "", line.get("domain", ""))
        for line in _lines(folder / "distractors.jsonl", folder / "distractors" / "distractors.jsonl")
    )
    return PairSet(tuple(sources.values()), tuple(outputs), tuple(p for p in distractors if p.path.is_file()))


def _outputs(folder: Path, entry: dict[str, Any], group: str, source: int) -> Iterator[Output]:
    for made in entry["outs"]:
        picture = _picture(folder, made, group, entry["domain"])
        if picture.path.is_file():
            yield Output(picture, made["kind"], made.get("strength"), made.get("method") or "", source)


def _picture(folder: Path, listed: dict[str, Any], group: str, domain: str) -> Picture:
    return Picture(folder / listed["file"], group, domain, bool(listed.get("inverted")))


def _lines(*places: Path) -> Iterator[dict[str, Any]]:
    for place in places:
        if place.is_file():
            yield from map(json.loads, place.read_text(encoding="utf-8").splitlines())
            return
