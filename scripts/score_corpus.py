"""Scores inspection on real files: `score_corpus.py DIR`, where DIR/generators/manifest.jsonl says what is true.

Prints one line per app and the totals, every miss with its evidence, and the goals. Exit 0 when every goal holds, 1 when one
fails or the files are not there. What counts:

- *known*: the manifest knows whether an image went in, and it is not tagged `metadata_cannot_prove`. Only these
  count for the main question and for the mode. Node-editor screenshots are scored in a table of their own.
- main question: right, wrong, or not recorded; "not recorded" is never wrong.
- inputs: every named input file of the manifest, found by name.
- denoise: right to 0.011 where the manifest knows it and an image went in.
- signatures: NovelAI files whose metadata carries `signed_hash`, and how many verified.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from myself_i2i.c2pa.trust import Anchors, TrustLists, TrustSettings, load_anchors, trust_settings
from myself_i2i.inspection.files import ManifestReader, inspect_file
from myself_i2i.inspection.manifests import manifest_reader
from myself_i2i.inspection.report import Inspection

MOST_NOT_RECORDED = 0.06
LEAST_MODE_RIGHT = 0.95
CANNOT_PROVE = "metadata_cannot_prove"
ANSWERS = {True: "yes", False: "no"}
COLUMNS = ("files", "right", "wrong", "not rec", "mode", "inputs", "denoise", "signed", "errors")


@dataclass(frozen=True)
class Case:
    """One file of the manifest with what inspection said."""

    row: dict[str, Any]
    """The manifest's line."""
    found: Inspection
    """What inspection said."""
    signed: bool
    """Whether the file carries a NovelAI signature, good or not: looked for in the bytes, not taken from inspection."""

    @property
    def truth(self) -> dict[str, Any]:
        """What is true of the file."""
        truth: dict[str, Any] = self.row["truth"]
        return truth

    @property
    def known(self) -> bool:
        """Whether the main question has a known answer that the metadata can prove."""
        return self.truth["outside_image"] in (True, False) and CANNOT_PROVE not in self.row["tags"]

    @property
    def screenshot(self) -> bool:
        """Whether it is a screenshot of a node editor."""
        return bool(self.row["pixels"] == "ui_screenshot")

    @property
    def answer(self) -> str:
        """How the main question went: "right", "wrong" or "not rec"."""
        said = self.found.image_input.value
        if said == "not_recorded":
            return "not rec"
        return "right" if said == ANSWERS[self.truth["outside_image"]] else "wrong"

    @property
    def mode_counts(self) -> bool:
        """Whether the mode has a known answer."""
        return self.known and self.truth["mode"] != "unknown"

    @property
    def mode_right(self) -> bool:
        """Whether the mode is the true one or an allowed alternative."""
        return self.found.mode.value in {self.truth["mode"], *self.row["alt_modes"]}

    @property
    def missing_inputs(self) -> list[str]:
        """Named inputs that inspection did not find."""
        names = {item.name for item in self.found.inputs} | {item.urn for item in self.found.inputs}
        return [name for name in self.truth["input_files"] if name not in names]

    @property
    def denoise_right(self) -> bool | None:
        """Whether the strength is right; None when there is nothing to compare."""
        true = self.truth["denoise"]
        if not isinstance(true, int | float) or self.truth["outside_image"] is not True:
            return None
        said = self.found.strength
        return said is not None and abs(said - true) < 0.011  # noqa: PLR2004 - the manifest rounds to two places


def main() -> int:
    """Score the folder named on the command line and return the exit status."""
    parser = argparse.ArgumentParser(description="Score inspection on real files that no one here wrote.")
    parser.add_argument("folder", type=Path, help="holds generators/manifest.jsonl and the files it names")
    parser.add_argument("--app", help="only this app")
    arguments = parser.parse_args()
    manifest = arguments.folder / "generators" / "manifest.jsonl"
    if not manifest.is_file():
        print(
            f"no real files to score: {manifest} is not there (give the folder: make corpus CORPUS=DIR)",
            file=sys.stderr,
        )
        return 1
    rows = [json.loads(line) for line in manifest.read_text(encoding="utf-8").splitlines() if line.strip()]
    rows = [row for row in rows if arguments.app in (None, row["app"])]
    reader = manifest_reader(trust(arguments.folder / "c2pa"))
    cases = [inspect_row(manifest.parent, row, reader) for row in rows]
    print_table("generated files", [case for case in cases if not case.screenshot])
    print_table("node-editor screenshots", [case for case in cases if case.screenshot])
    print_misses(cases)
    return 0 if print_goals(cases) else 1


def trust(folder: Path) -> TrustSettings:
    """Return the official trust lists that lie in `folder`, as far as they are there."""
    lists = [folder / "C2PA-TRUST-LIST.pem", folder / "C2PA-TSA-TRUST-LIST.pem"]
    manifest, tsa = (load_anchors(file.read_bytes()) if file.is_file() else Anchors() for file in lists)
    return trust_settings(TrustLists(manifest=manifest, tsa=tsa))


def inspect_row(folder: Path, row: dict[str, Any], reader: ManifestReader) -> Case:
    """Inspect one file of the manifest."""
    file = folder / row["file"]
    found = inspect_file(file, name=row["file"], manifest_reader=reader)
    plain = file.is_file() and b"signed_hash" in file.read_bytes()
    return Case(row, found, signed=plain or any("signed_hash" in item.key for item in found.evidence))


def print_table(title: str, cases: list[Case]) -> None:
    """Print one line per app and the total."""
    print(f"\n{title}")
    print(f"{'app':<20}" + "".join(f"{column:>10}" for column in COLUMNS))
    for app in sorted({case.row["app"] for case in cases}):
        print(line(app, [case for case in cases if case.row["app"] == app]))
    print(line("total", cases))


def line(title: str, cases: list[Case]) -> str:
    """Return one line of the table."""
    answers = Counter(case.answer for case in cases if case.known)
    cells = [
        str(len(cases)),
        *(str(answers[column]) for column in COLUMNS[1:4]),
        share([case.mode_right for case in cases if case.mode_counts]),
        share([name not in case.missing_inputs for case in cases for name in case.truth["input_files"]]),
        share([case.denoise_right for case in cases if case.denoise_right is not None]),
        share([case.found.attested_by == "NovelAI" for case in cases if case.signed]),
        str(sum(case.found.error is not None for case in cases)),
    ]
    return f"{title:<20}" + "".join(f"{cell:>10}" for cell in cells)


def share(values: list[bool]) -> str:
    """Return "right/all", or "-" when there is nothing to count."""
    return f"{sum(values)}/{len(values)}" if values else "-"


def print_misses(cases: list[Case]) -> None:
    """Print every miss: what was true, what was said, and on what evidence."""
    print("\nmisses")
    for case in cases:
        wrong = [
            *([case.answer] if case.known and case.answer != "right" else []),
            *(["mode"] if case.mode_counts and not case.mode_right else []),
            *([f"missing {name}" for name in case.missing_inputs]),
            *(["denoise"] if case.denoise_right is False else []),
            *(["signature"] if case.signed and case.found.attested_by != "NovelAI" else []),
            *([f"error: {case.found.error.en}"] if case.found.error else []),
            *([note.en for note in case.found.notes if note.en.startswith("the reader for")]),
        ]
        if wrong:
            truth = case.truth
            print(f"- {case.row['file']}{' [screenshot]' if case.screenshot else ''}: {'; '.join(wrong)}")
            print(
                f"    true: {truth['mode']}, {truth['outside_image']}, denoise {truth['denoise']}; {case.row['tags']}"
            )
            found = case.found
            print(
                f"    said: {found.tool}, {found.mode.value}, {found.image_input.value}, strength {found.strength}"
            )
            print("    from: " + "; ".join(f"{item.key} = {item.value[:60]}" for item in found.evidence[:6]))


def print_goals(cases: list[Case]) -> bool:
    """Print each goal with pass or FAIL; return whether all hold."""
    known = [case for case in cases if case.known]
    answers = Counter(case.answer for case in known)
    silent = answers["not rec"] / len(known) if known else 0.0
    modes = [case.mode_right for case in cases if case.mode_counts]
    mode = sum(modes) / len(modes) if modes else 1.0
    missing = sum(len(case.missing_inputs) for case in cases)
    unverified = [case.row["file"] for case in cases if case.signed and case.found.attested_by != "NovelAI"]
    goals = [
        (f"no wrong answer to the main question ({answers['wrong']} wrong)", answers["wrong"] == 0),
        (f"not recorded at most {MOST_NOT_RECORDED:.0%} ({silent:.1%})", silent <= MOST_NOT_RECORDED),
        (f"mode right at least {LEAST_MODE_RIGHT:.0%} ({mode:.1%})", mode >= LEAST_MODE_RIGHT),
        (f"every named input found ({missing} missing)", missing == 0),
        (f"every signed NovelAI file verified ({len(unverified)} not)", not unverified),
        ("every file inspected", not any(case.found.error for case in cases)),
    ]
    print(f"\ngoals ({len(cases)} files, {len(known)} with a known, provable answer)")
    for text, holds in goals:
        print(f"  {'pass' if holds else 'FAIL'}  {text}")
    return all(holds for _, holds in goals)


if __name__ == "__main__":
    sys.exit(main())
