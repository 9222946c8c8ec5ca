"""Measures how near pictures come that are related, by kind, and that are not: `measure_closeness.py [CORPUS]`.

Writes src/myself_i2i/comparison/measured/{same,layout,part,agreement}.json: numbers only, no picture and no file name.
The same corpus gives the same tables. Run it again whenever a fingerprint algorithm or its weights change.

- *unrelated*: any two pictures of the set that share no scene; for parts and answers a random sample of them.
- *made*: real sources and what models made of them, by kind, as the set's list names it.
- *saved*: what re-posting does (benchmarks/reposting.py) to some of the set's pictures.
- *part*: a fifth of a picture's area, pasted into another one and saved as JPEG of quality 70.
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
import os
import random
import re
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ |= {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}  # a process a core, before numpy is loaded

import numpy as np
from numpy.typing import NDArray
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from benchmarks.pairs import Picture, found, load  # noqa: E402  # beside this script, not installed
from benchmarks.reposting import CHANGES, changed, saved  # noqa: E402
from closeness_tables import SEED, UNRELATED, Pair, answers, made_table  # noqa: E402
from tests.comparison.probes import PROBES, measures_of  # noqa: E402

from myself_i2i.comparison.agreement import agree  # noqa: E402
from myself_i2i.comparison.aligning import align  # noqa: E402
from myself_i2i.comparison.comparing import part_of  # noqa: E402
from myself_i2i.comparison.interface import Question  # noqa: E402
from myself_i2i.comparison.judging import judge  # noqa: E402
from myself_i2i.comparison.looks import Kept, Looks  # noqa: E402
from myself_i2i.comparison.measured import read_table  # noqa: E402
from myself_i2i.comparison.measuring import Measures, algorithms, find_part, measure  # noqa: E402

OUT = ROOT / "src" / "myself_i2i" / "comparison" / "measured"
SET = "Myself_i2i pairs"
SAVED_OF = 48
"""Of so many pictures re-posts and pasted parts are made."""
LAID = 150
"""So many unrelated pairs are laid over each other for the closeness map."""
PART_SHARE = 0.2
MARK = 0.95
BLOCK = 250

Job = tuple[int, Picture, list[tuple[str, Picture]] | Picture]
"""A group, a picture, and what was made of it by kind; or a picture into which a part of it is pasted."""


def main() -> None:
    """Measure and write."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("corpus", type=Path, nargs="?", default=found())
    options.add_argument(
        "--sampled", type=int, default=5_000, help="unrelated pairs looked through for parts"
    )
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--every", type=int, default=1, help="for a trial: only every so many-th picture")
    asked = options.parse_args()
    whole = Whole(asked.corpus, asked.every)
    if not whole.pictures:
        sys.exit("the pairs are not there")
    with ProcessPoolExecutor(asked.jobs) as crew:
        run(whole, crew, asked.sampled)


def run(whole: Whole, crew: ProcessPoolExecutor, sampled: int) -> None:
    """Do all of it."""
    chance = random.Random(SEED)  # noqa: S311 - repeatable on purpose
    names, digest = algorithms()
    told = {
        "set": {"name": SET, "pictures": len(whole.pictures), "groups": len(set(whole.groups))},
        "algorithms": list(names),
        "digest": digest,
    }
    looks = list(crew.map(_light, whole.pictures, chunksize=8))
    pairs = [
        (a, b) for a, b in itertools.combinations(range(len(looks)), 2) if whole.groups[a] != whole.groups[b]
    ]
    # Block by block: what is worked out once for each fingerprint is then still at hand.
    pairs.sort(key=lambda pair: (pair[0] // BLOCK, pair[1] // BLOCK, pair))
    _say("pictures", len(looks))
    unrelated = [
        Pair(UNRELATED, (whole.groups[a], whole.groups[b]), measure(looks[a], looks[b].kept, None))
        for a, b in pairs
    ]
    _say("unrelated pairs", len(unrelated))
    sample = sorted(chance.sample(range(len(pairs)), min(sampled, len(pairs))))
    parts = _with_parts(whole, crew, [(pairs[at], unrelated[at]) for at in sample], looks)
    _say("looked through for parts", len(parts))
    related = [one for found in crew.map(_related, whole.related(chance), chunksize=4) for one in found]
    _say("related pairs", len(related))
    told["probe"] = [measures_of(pair) for pair in PROBES]
    tables = {
        question: made_table(question, [*(parts if question is Question.PART else unrelated), *related], told)
        for question in Question
    }
    _answer(tables, [*parts, *related])
    for question, table in tables.items():
        _write(question.value, table)
    laid = [
        (whole.pictures[a], whole.pictures[b]) for a, b in chance.sample(pairs, round(LAID * whole.share))
    ]
    _write("agreement", _laid(crew, laid, told))


Found = tuple[float, tuple[float, float], bool]
"""A part's strength, which shares it covers, whether it is reframed."""
NOTHING: Found = (0.0, (0.0, 0.0), False)


class Whole:
    """The set: every picture once, with the number of its group."""

    def __init__(self, corpus: Path, every: int = 1) -> None:
        pairs = load(corpus)
        self.made = [(one.kind, pairs.sources[one.source], one.picture) for one in pairs.outputs][::every]
        self.gallery = pairs.gallery[::every]
        self.pictures = [*self.gallery, *(output for _, _, output in self.made)]
        self.share = 1 / every
        self._numbers: dict[str, int] = {}
        self.groups = [self.group(one) for one in self.pictures]

    def group(self, picture: Picture) -> int:
        """Return the number of a picture's group; each distractor is one of its own."""
        return self._numbers.setdefault(picture.group or str(picture.path), len(self._numbers))

    def related(self, chance: random.Random) -> Iterator[Job]:
        """Yield what is to be compared: each source with what was made of it, and some pictures to be saved again."""
        by_source: defaultdict[Picture, list[tuple[str, Picture]]] = defaultdict(list)
        for kind, source, output in self.made:
            by_source[source].append((kind, output))
        for source, outputs in by_source.items():
            yield self.group(source), source, outputs
        for picture in chance.sample(self.gallery, round(SAVED_OF * self.share)):
            yield self.group(picture), picture, chance.choice(self.gallery)


def _light(picture: Picture) -> Looks:
    """Return the looks of a picture without what only the search for parts needs."""
    return replace(Looks.of(picture.read(), asking=False), colour=np.zeros((1, 1, 3), np.uint8))


def _with_parts(
    whole: Whole,
    crew: ProcessPoolExecutor,
    sample: Sequence[tuple[tuple[int, int], Pair]],
    looks: Sequence[Looks],
) -> list[Pair]:
    """Return the sampled pairs with the parts found, either way round."""
    others: defaultdict[int, list[int]] = defaultdict(list)
    for (a, b), _ in sample:
        others[a].append(b)
        others[b].append(a)
    jobs = [(whole.pictures[one], [looks[other].kept for other in them]) for one, them in others.items()]
    strengths: dict[tuple[int, int], Found] = {}
    for one, strong in zip(others, crew.map(_searched, jobs, chunksize=2), strict=True):
        for other, strength in zip(others[one], strong, strict=True):
            pair = min(one, other), max(one, other)
            strengths[pair] = max(strengths.get(pair, NOTHING), strength)
    return [replace(pair, measures=_with(pair.measures, strengths[at])) for at, pair in sample]


def _with(measures: Measures, found: Found) -> Measures:
    return replace(measures, strength=found[0], cover=found[1], reframed=found[2])


def _searched(job: tuple[Picture, Sequence[Kept]]) -> list[Found]:
    """Return how strong a part of each kept picture is in one picture."""
    picture, others = job
    looks = Looks.of(picture.read())
    found = [find_part(looks, other) for other in others]
    return [(one.match.score, one.cover, one.reframed) if one else NOTHING for one in found]


def _related(job: Job) -> list[Pair]:
    """Return a source with what was made of it; or a picture with every way of saving it again, and a part pasted."""
    group, picture, others = job
    data = picture.read()
    before = Looks.of(data)
    if not isinstance(others, Picture):
        return [_pair(kind, group, before, output.read()) for kind, output in others]
    image = _opened(data)
    seed = int(before.kept.sha256[:8], 16)
    files = [(_kind_of(name), changed(image, name, seed)) for name in CHANGES]
    files.append(("part", _pasted(image, _opened(others.read()), seed)))
    return [_pair(name, group, before, after) for name, after in files]


def _opened(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as opened:
        return opened.convert("RGB")


def _kind_of(change: str) -> str:
    """Return the kind in the tables of one of the changes: "jpeg" of "jpeg-50"."""
    name = change.split("-", maxsplit=1)[0]
    return "frame" if name == "screenshot" else name


def _pair(kind: str, group: int, before: Looks, after: bytes) -> Pair:
    looks = Looks.of(after)
    return Pair(kind, (group, group), measure(looks, before.kept, part_of(looks, before)))


def _pasted(picture: Image.Image, other: Image.Image, seed: int) -> bytes:
    """Return `other` with a piece of `picture` in it: a fifth of its area, and as large a part of the other's area."""
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
    width, height = (max(1, round(side * PART_SHARE**0.5)) for side in picture.size)
    left, top = chance.randint(0, picture.width - width), chance.randint(0, picture.height - height)
    piece = picture.crop((left, top, left + width, top + height))
    scale = (PART_SHARE * other.width * other.height / (width * height)) ** 0.5
    piece = piece.resize((min(other.width, round(width * scale)), min(other.height, round(height * scale))))
    place = chance.randint(0, other.width - piece.width), chance.randint(0, other.height - piece.height)
    other.paste(piece, place)
    return saved(other, quality=70)


def _answer(tables: dict[Question, dict[str, Any]], pairs: Iterable[Pair]) -> None:
    """Write into the tables which answers the whole procedure gives, by kind."""
    read = {question: read_table(table) for question, table in tables.items()}
    by_kind: defaultdict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        by_kind[pair.kind].append(pair)
    for kind, members in by_kind.items():
        findings = [judge(pair.measures, read.__getitem__) for pair in members]
        for place, question in enumerate(Question):
            table = tables[question]
            counted = table[UNRELATED] if kind == UNRELATED else table["related"].get(kind)
            if counted is not None:
                counted["answers"] = answers(one[place].answer for one in findings)


def _laid(
    crew: ProcessPoolExecutor, pairs: Sequence[tuple[Picture, Picture]], told: dict[str, Any]
) -> dict[str, Any]:
    """Return how well places agree between unrelated pictures, laid over each other as `compare` does."""
    values = np.concatenate([np.zeros(0), *crew.map(_places, pairs, chunksize=4)])
    levels = [round(step / 20, 2) for step in range(21)]
    return {
        "version": 1,
        **told,
        "pairs": len(pairs),
        "places": len(values),
        "mark": round(float(np.quantile(values, MARK)), 3),
        "values": levels,
        "reached": [int((values >= level).sum()) for level in levels],
    }


def _places(pair: tuple[Picture, Picture]) -> NDArray[np.float64]:
    mine, theirs = (Looks.of(one.read(), asking=False).grey for one in pair)
    alignment = align(mine, theirs)
    values = np.zeros(0) if alignment is None else agree(mine, theirs, alignment).values
    finite: NDArray[np.float64] = values[np.isfinite(values)].astype(np.float64)
    return finite


def _write(name: str, value: dict[str, Any]) -> None:
    """Write one table, a line for each list, so that a change can be read."""
    OUT.mkdir(exist_ok=True)
    text = json.dumps(value, indent=1)
    text = re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda found: "[" + re.sub(r"\s+", " ", found[1]) + "]", text)
    (OUT / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def _say(what: str, count: int) -> None:
    print(f"{time.monotonic() - BEGAN:6.0f} s  {what}: {count:,}", flush=True)


BEGAN = time.monotonic()

if __name__ == "__main__":
    main()
