"""All readers over one file, joined into one answer.

How readings are joined:

1. A reading whose signature was verified decides, for what it signs.
2. Otherwise the most direct record decides: a graph that was executed before the tool's own parameters, those
   before a summary, that before a bare hint (`Directness`). A weaker record that disagrees stands in the notes.
3. A weaker "no" never speaks for a more direct record that could not tell: a summary leaves things out. And a graph
   in which no picture is found does not outweigh parameters of the same tool that tell of one: that is 4.
4. Equally direct records that contradict each other give "not recorded", with both in evidence and notes.
5. Gaps (model, strength, extras) are filled from readings that do not disagree; the evidence of all is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

from myself_i2i.inspection.interface import Answer, ImageInput, Material, Mode, Reading, shorten
from myself_i2i.inspection.readers import READERS, Directness, ListedReader
from myself_i2i.inspection.report import Inspection
from myself_i2i.inspection.xmp_iptc import UNNAMED
from myself_i2i.wording import Text

__all__ = ["Found", "inspect_material", "join"]

T = TypeVar("T")

MAX_INPUTS = 1_000
"""Most image inputs kept of one file."""
MAX_NAME = 80
"""Most characters of a tool's name in a note; some tools' names are what the file says."""

READER_FAILED = Text(
    en="the reader for {name} failed ({kind}); its answer is missing",
    ja="{name} の記録の読み取りに失敗したため（{kind}）、その結果は含まれていません",
)
WHILE_READING = Text(en="reading the file: {note}", ja="ファイルの読み取り: {note}")
SILENT = Text(
    en="nothing in the file says how it was made", ja="どう作られたかは、ファイルのどこにも書かれていません"
)
UNHEARD = Text(
    en="the {other} text records no image input, but the more direct {leader} record does not tell; "
    "taken as not recorded",
    ja="{other} のテキストには画像入力がありませんが、より直接的な {leader} の記録ではわからないため、"
    "「記録なし」としています",
)
RECORDS = {
    Answer.YES: Text(en="an image input", ja="画像入力あり"),
    Answer.NO: Text(en="no image input", ja="画像入力なし"),
}
DISAGREE = Text(
    en="the records in this file disagree: {leader} records {said}, {other} records {contrary}",
    ja="ファイル内の記録が食い違っています。{leader} の記録では「{said}」、{other} の記録では「{contrary}」です",
)


class Found(NamedTuple):
    """One reader's reading, with the weight of its word."""

    reading: Reading
    directness: Directness


def inspect_material(
    material: Material, *, readers: Sequence[ListedReader] = READERS, strict: bool = False
) -> Inspection:
    """Return what all `readers` together say of one file; `file` is left empty for the caller to fill.

    A reader must not raise. If one does all the same, the others' answers are kept and the notes name it; with
    `strict` (for tests) the exception comes out.
    """
    found: list[Found] = []
    failed: list[Text] = []
    for reader in readers:
        try:
            reading = reader.read(material)
        except Exception as error:  # one reader's mistake must not cost the answers of the others
            if strict:
                raise
            failed.append(READER_FAILED.format(name=reader.name, kind=type(error).__name__))
            continue
        if reading is not None:
            found.append(Found(reading, reader.directness))
    container = material.container
    return join(
        found,
        base=Inspection(format=container.format.value, width=container.width, height=container.height),
        notes=(*failed, *(WHILE_READING.format(note=note) for note in container.notes)),
    )


def join(found: Sequence[Found], *, base: Inspection, notes: Iterable[Text] = ()) -> Inspection:
    """Return `base` filled with the joined answer of `found`, given in order of precedence."""
    answer, leader, disagreements = _decide(found)
    if leader is None:
        return replace(base, notes=_unique([*([] if found else [SILENT]), *notes]))
    ordered = [leader, *(item.reading for item in found if item.reading is not leader)]
    agreeing = [r for r in ordered if r is leader or r.image_input in (answer, Answer.NOT_RECORDED)]
    speaking = [r for r in agreeing if r is leader or r.image_input is answer]
    named = leader if leader.attested_by else _naming(found, agreeing)
    strengths = (r.strength for r in speaking if r.strength is not None and 0.0 <= r.strength <= 1.0)
    return replace(
        base,
        tool=None if named.tool == UNNAMED else named.tool,
        tool_version=named.tool_version,
        mode=_mode(leader, speaking, answer),
        image_input=answer,
        inputs=_inputs(ordered) if answer is not Answer.NO else (),
        strength=_first(strengths),
        model=_first(r.model for r in agreeing),
        extras=_extras(agreeing),
        attested_by=_first(r.attested_by for r in ordered if r.image_input is answer),
        evidence=tuple(dict.fromkeys(item for r in ordered for item in r.evidence)),
        notes=_unique([*disagreements, *_notes(found, leader, speaking), *notes]),
    )


def _naming(found: Sequence[Found], agreeing: Sequence[Reading]) -> Reading:
    """Return the reading that names the tool: an app that wraps another one stands before it in `READERS`."""
    heard = [item for item in found if any(item.reading is reading for reading in agreeing)]
    return next((item.reading for item in heard if item.directness > Directness.HINT), heard[0].reading)


def _notes(found: Sequence[Found], leader: Reading, speaking: Sequence[Reading]) -> Iterable[Text]:
    # What a bare hint cannot tell is no news once a real record was read.
    hints = [
        item.reading for item in found if item.directness is Directness.HINT and item.reading is not leader
    ]
    return (note for r in speaking if not any(r is hint for hint in hints) for note in r.notes)


def _decide(found: Sequence[Found]) -> tuple[Answer, Reading | None, list[Text]]:
    if not found:
        return Answer.NOT_RECORDED, None, []
    answered = [item for item in found if item.reading.image_input is not Answer.NOT_RECORDED]
    signed = [item for item in answered if item.reading.attested_by]
    if signed:
        leader = signed[0].reading
        return leader.image_input, leader, _disagreements(leader, answered)
    silent_at = max(
        (item.directness for item in found if item.reading.image_input is Answer.NOT_RECORDED), default=None
    )
    heard = [item for item in answered if not _overruled(item, silent_at)]
    unheard = [item for item in answered if _overruled(item, silent_at)]
    if not heard:
        leader = max(found, key=lambda item: item.directness).reading
        return Answer.NOT_RECORDED, leader, [_unheard(leader, item.reading) for item in unheard]
    top = max(item.directness for item in heard)
    best = [item.reading for item in heard if item.directness == top]
    leader = best[0]
    told = [item.reading for item in heard if item.directness >= Directness.RECORD]
    unseen = leader.image_input is Answer.NO and any(r.image_input is Answer.YES for r in told)
    if unseen or any(reading.image_input is not leader.image_input for reading in best):
        return Answer.NOT_RECORDED, leader, _disagreements(leader, answered)
    return leader.image_input, leader, _disagreements(leader, answered)


def _overruled(item: Found, silent_at: Directness | None) -> bool:
    # Hints are silent about nearly every file; their silence outweighs nothing.
    return item.reading.image_input is Answer.NO and silent_at is not None and item.directness < silent_at


def _unheard(leader: Reading, other: Reading) -> Text:
    return UNHEARD.format(other=shorten(other.tool, MAX_NAME), leader=shorten(leader.tool, MAX_NAME))


def _disagreements(leader: Reading, answered: Sequence[Found]) -> list[Text]:
    return [
        DISAGREE.format(
            leader=shorten(leader.tool, MAX_NAME),
            said=RECORDS[leader.image_input],
            other=shorten(item.reading.tool, MAX_NAME),
            contrary=RECORDS[item.reading.image_input],
        )
        for item in answered
        if item.reading.image_input is not leader.image_input
    ]


def _mode(leader: Reading, speaking: Sequence[Reading], answer: Answer) -> Mode:
    if answer is Answer.NOT_RECORDED and leader.image_input is not answer:
        return Mode.UNKNOWN
    known = (r.mode for r in speaking if r.mode is not Mode.UNKNOWN)
    return _first(known) or leader.mode


def _inputs(readings: Sequence[Reading]) -> tuple[ImageInput, ...]:
    """Every input once. Within one reading nothing is dropped: the same file may be init and control."""
    named = [r for r in readings if any(_keys(item) for item in r.inputs)]
    kept: list[ImageInput] = []
    seen: set[str] = set()
    # An input that nobody names ("an init image was used") adds nothing once some reading names the inputs.
    for reading in named or readings[:1]:
        fresh = [item for item in reading.inputs if seen.isdisjoint(_keys(item))]
        kept.extend(fresh)
        seen.update(key for item in fresh for key in _keys(item))
    return tuple(kept[:MAX_INPUTS])


def _keys(item: ImageInput) -> list[str]:
    return [key for key in (item.name, item.sha256, item.urn, *item.hashes.values()) if key]


def _extras(readings: Sequence[Reading]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for reading in readings:
        for key, value in reading.extras.items():
            merged.setdefault(key, value)
    return merged


def _first(values: Iterable[T | None]) -> T | None:
    return next((value for value in values if value is not None), None)


def _unique(notes: Iterable[Text]) -> tuple[Text, ...]:
    return tuple(dict.fromkeys(notes))
