"""When a picture was there, as far as anything signed says so; dates of the file system are never asked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from myself_i2i.attestation import IMAGE_DATA, SHA256
from myself_i2i.c2pa.native import read
from myself_i2i.c2pa.reading import ManifestReading
from myself_i2i.c2pa.signer import identify
from myself_i2i.c2pa.trust import TrustSettings
from myself_i2i.cli._home import Home
from myself_i2i.cli._journal import authorities
from myself_i2i.cli._trust import TrustFolder
from myself_i2i.comparison import Dated, Frame
from myself_i2i.errors import Error
from myself_i2i.image import image_data_digest, read_container
from myself_i2i.journal import Frame as JournalFrame
from myself_i2i.journal import frames
from myself_i2i.ledger import Ledger, ledger_path
from myself_i2i.predicates import Generation, Predicate, Source, Wish
from myself_i2i.rights import LedgerStatements
from myself_i2i.verification.mark import SignedMark, find_mark
from myself_i2i.wording import Text

__all__ = ["Calendar"]

TRUSTED = Text(
    en="a time-stamp authority known here: what is signed in the file was signed by then",
    ja="ここで知られているタイムスタンプ局。ファイルの中の署名は、この時までに行われている",
)
UNKNOWN = Text(
    en="a time-stamp in the file, by an authority that is on no list known here",
    ja="ファイルのタイムスタンプ（発行した局は、ここで知られているリストにない）",
)
MARKED = Text(
    en="the record in the file's mark, by its signer's own clock (key {key})",
    ja="ファイルの目印にある記録。署名した人自身の時計（鍵 {key}）",
)
WRITTEN = Text(
    en="{what} in your ledger, by its signer's own clock (key {key})",
    ja="あなたの帳簿にある{what}。署名した人自身の時計（鍵 {key}）",
)
NOTED = Text(
    en="frame {number} of your journal: the same file, byte for byte; {others}",
    ja="あなたの制作記録のコマ {number}（1バイトも違わない同じファイル）。{others}",
)
WHAT: Mapping[type[Predicate], Text] = {
    Generation: Text(en="a record of making", ja="生成の記録"),
    Source: Text(en="a declaration as a source", ja="元画像としての申告"),
    Wish: Text(en="a wish", ja="意思表示"),
}
OWN_CLOCK = Text(en="by your own clock; {others}", ja="自分の時計による。{others}")
FRAME = Text(en="frame {number}", ja="コマ {number}")


class Calendar:
    """What the person's data folder, and the files themselves, say of dates; the folder is not made when there is none."""

    def __init__(self, home: Home) -> None:
        self._trust: TrustSettings = TrustFolder(home.path / "trust").settings()
        path = ledger_path(home.path)
        self._ledger = Ledger.open(path, create=False) if path.exists() else None
        self._frames: list[JournalFrame] = []
        if self._ledger is not None:
            self._frames = frames(self._ledger, home.path, roots=authorities(home))

    def close(self) -> None:
        """Close the ledger."""
        if self._ledger is not None:
            self._ledger.close()

    def dates(self, data: bytes) -> tuple[Dated, ...]:
        """Return every moment that something signed gives for the picture in `data`; never raises for what is in it."""
        return (*self._in_file(data), *self._in_ledger(data))

    def frames(self) -> list[Frame]:
        """Return the journal's frames with what dates them best."""
        return [_frame(one) for one in self._frames]

    def _in_file(self, data: bytes) -> Iterator[Dated]:
        try:
            container = read_container(data)
            store = container.manifest_store
            if store is None:
                return
            reading = read(data, container.format.mime, trust=self._trust, manifest_store=store)
            if reading is None or not reading.signature_holds:
                return
            yield from _stamp(reading)
            yield from _record(find_mark(reading, keyid=identify(store, reading).keyid, picture=data))
        except Error:
            return  # what cannot be read dates nothing; `check` says why

    def _in_ledger(self, data: bytes) -> Iterator[Dated]:
        if self._ledger is None:
            return
        sha256 = hashlib.sha256(data).hexdigest()
        digests = [(SHA256, sha256)]
        with suppress(Error):  # what is no picture we read has no such digest
            digests.append((IMAGE_DATA, image_data_digest(data)))
        statements = LedgerStatements(self._ledger)
        found = {
            signed.envelope.digest: signed
            for kind, digest in digests
            for signed in statements.about(kind, digest)
        }
        for signed in found.values():
            said, at = signed.predicate, _moment(signed.predicate)
            if at is not None:
                yield Dated(at, WRITTEN.format(what=WHAT[type(said)], key=signed.public_key.short_form))
        for frame in self._frames:
            if frame.sha256 == sha256:
                dated = _dated(frame)
                yield Dated(dated.at, NOTED.format(number=frame.number, others=dated.says))


def _stamp(reading: ManifestReading) -> Iterator[Dated]:
    if reading.signer.signed_at is not None:
        yield Dated(reading.signer.signed_at, TRUSTED if reading.signer.signed_at_trusted else UNKNOWN)


def _record(mark: SignedMark | None) -> Iterator[Dated]:
    if mark is not None:
        at = mark.record.says.generated_at or mark.record.says.recorded_at
        yield Dated(at, MARKED.format(key=mark.key.short_form))


def _moment(said: Predicate) -> datetime | None:
    match said:
        case Generation():
            return said.generated_at or said.recorded_at
        case Source():
            return said.declared_at
        case Wish():
            return said.wished_at
        case _:
            return None


def _frame(frame: JournalFrame) -> Frame:
    path = frame.sealed.about.path if frame.sealed else None
    number = FRAME.format(number=frame.number)
    name = Path(path).name if path else number.en
    return Frame(name, _dated(frame), frame.fingerprints)


def _dated(frame: JournalFrame) -> Dated:
    """Return the moment that somebody else than the signer gives, where there is one."""
    shown = frame.dating.shown_by
    if shown is not None:
        return Dated(shown, frame.dating.others(UTC))
    return Dated(frame.dating.noted_at, OWN_CLOCK.format(others=frame.dating.others(UTC)))
