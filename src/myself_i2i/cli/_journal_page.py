"""What `journal show` writes: lines, JSON, a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

from myself_i2i.cli._bulk import thumbnail
from myself_i2i.errors import Error
from myself_i2i.journal import DOES_NOT_SHOW, Frame, picture_in
from myself_i2i.predicates.moments import format_moment
from myself_i2i.story.document import Block, Document, Facts, Heading, Limit, Paragraph, Thumbnail
from myself_i2i.wording import Language, Text

__all__ = ["as_json", "page", "words_of", "zone_here"]

THUMBNAILS = 200
"""Most pictures shown small; a page with more would be too heavy to open."""

TITLE = Text(en="Journal of work in progress", ja="制作記録")
INTRO = Text(
    en="Files that were noted as they were saved, by their sealed digests, in the order in which they were noted. Only those "
    "whose bytes are still here are shown small.",
    ja="保存のたびに、封をしたハッシュ値で記録したファイルです。記録した順に並んでいます。小さな画像は、同じ内容のファイルが"
    "今も手元にあるものだけに付きます。",
)
FRAME = Text(en="Frame {n}", ja="コマ {n}")
OF_WORK = Text(en="Frame {n} of “{work}”", ja="「{work}」コマ {n}")
FILE = Text(en="file", ja="ファイル")
NOTED = Text(en="noted", ja="記録した日時")
OTHERS = Text(en="others add", ja="第三者の裏付け")
ENTRY = Text(en="statement", ja="記録の封筒")
HERE = Text(en="{name}, still here as it was", ja="{name}（当時のまま手元にあり）")
GONE = Text(en="{name}, changed or moved since", ja="{name}（その後、変更または移動）")
SEALED = Text(
    en="what opens it is not in this data folder", ja="開くためのデータが、このデータフォルダにありません"
)
LIMITS = Text(en="What this does not show", ja="この記録が示さないこと")


def zone_here() -> tzinfo:
    """Return this machine's time zone."""
    return datetime.now(UTC).astimezone().tzinfo or UTC


def words_of(frame: Frame) -> Text:
    """Return what is said of the frame's file."""
    if frame.sealed is None:
        return SEALED
    return (HERE if frame.path else GONE).format(name=Path(frame.sealed.about.path).name)


def as_json(frames: Sequence[Frame]) -> dict[str, Any]:
    """Return the value of `journal show --json`, as spec/journal.schema.json has it; fingerprints stay sealed."""
    return {
        "version": 1,
        "frames": [_frame(one) for one in frames],
        "limit": {"en": DOES_NOT_SHOW.en, "ja": DOES_NOT_SHOW.ja},
    }


def _frame(frame: Frame) -> dict[str, Any]:
    stamp = frame.dating.stamp
    return {
        "frame": frame.number,
        "work": frame.work,
        "kind": frame.kind,
        "noted_at": format_moment(frame.dating.noted_at),
        "noted_by": frame.keyid,
        "time_stamp": stamp
        and {
            "at": format_moment(stamp.at),
            "authority": stamp.authority,
            "authority_known": stamp.known,
        },
        "shown_by": format_moment(frame.dating.shown_by) if frame.dating.shown_by else None,
        "file": str(frame.path) if frame.path else None,
        "fingerprints": sorted(frame.fingerprints),
        "envelope": frame.envelope.digest,
    }


def page(frames: Sequence[Frame], language: Language, zone: tzinfo) -> Document:
    """Return the page."""
    return Document(
        language=language,
        title=TITLE.in_(language),
        blocks=[
            Paragraph(INTRO.in_(language)),
            *(
                block
                for place, frame in enumerate(frames)
                for block in _blocks(frame, language, zone, small=place < THUMBNAILS)
            ),
            Limit(LIMITS.in_(language), [DOES_NOT_SHOW.in_(language)]),
        ],
    )


def _blocks(frame: Frame, language: Language, zone: tzinfo, *, small: bool) -> Iterator[Block]:
    title = OF_WORK.format(n=frame.number, work=frame.work) if frame.work else FRAME.format(n=frame.number)
    yield Heading(title.in_(language))
    picture = _thumbnail(frame) if small else None
    if picture is not None:
        yield Thumbnail(picture, title.in_(language))
    rows = {
        NOTED: frame.dating.own(zone),
        OTHERS: frame.dating.others(zone),
        FILE: words_of(frame),
    }
    digest = frame.envelope.digest
    yield Facts(
        [
            *((label.in_(language), value.in_(language)) for label, value in rows.items()),
            (ENTRY.in_(language), digest),
        ]
    )


def _thumbnail(frame: Frame) -> str | None:
    data = frame.read()
    try:
        picture = None if data is None else picture_in(data, frame.kind)
    except Error:
        return None
    return None if picture is None else thumbnail(picture)
