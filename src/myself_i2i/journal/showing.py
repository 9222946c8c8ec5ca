"""The frames of a person's journals: when each existed and whose word that is, where its file is, how it looked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path

from cryptography import x509

from myself_i2i.attestation import Envelope, Statement
from myself_i2i.errors import Error
from myself_i2i.fingerprint.interface import Fingerprint
from myself_i2i.journal.batches import MOST, Batch
from myself_i2i.journal.keeping import Keeper, KeptStamp
from myself_i2i.journal.opening import Opening
from myself_i2i.journal.sealing import Sealed
from myself_i2i.journal.timestamp import Stamp, read_stamp
from myself_i2i.ledger import Ledger
from myself_i2i.predicates import Journal, read_predicate
from myself_i2i.wording import Text

__all__ = ["DOES_NOT_SHOW", "Dating", "Frame", "clock", "frames", "opening_of", "unstamped"]

DOES_NOT_SHOW = Text(
    en="A journal shows that these files existed by then. It does not show who drew them: a capture of somebody's screen "
    "can be noted as well. What can be compared is which was there first.",
    ja="制作記録が示すのは、そのファイルがその時点までに存在していたことです。だれが描いたかは示しません（他人の画面を写したもの"
    "も記録できます）。比べられるのは、どちらが先にあったかです。",
)
"""The limit, printed with every answer."""
OWN_CLOCK = Text(en="{at}, by the signer's own clock", ja="{at}（署名した人自身の時計）")
BY_AUTHORITY = Text(
    en="{authority} (time-stamp authority known here) says: existed by {at}",
    ja="{authority}（ここで知られているタイムスタンプ局）による: {at} までに存在",
)
BY_UNKNOWN = Text(
    en="there is a time-stamp in the name of {authority} for {at}, by no authority known here: it adds nothing yet",
    ja="{authority} 名義のタイムスタンプ（{at}）がありますが、ここで知られている局のものではないため、根拠になりません",
)
UNREAD = Text(
    en="there is a time-stamp that was not read: {why}", ja="タイムスタンプがありますが、読めません: {why}"
)
NO_STAMP = Text(en="no time-stamp", ja="タイムスタンプなし")


@dataclass(frozen=True, slots=True)
class Dating:
    """Who says when a frame existed."""

    noted_at: datetime
    """The signer's own clock."""
    stamp: Stamp | None = None
    """The earliest time-stamp by an authority known here; else one by another; None when there is none."""
    unread: Text | None = None
    """Why a time-stamp that is there was not read."""

    @property
    def shown_by(self) -> datetime | None:
        """By when the frame existed in the word of somebody else than its signer; None when nobody else says so."""
        return self.stamp.at if self.stamp and self.stamp.known else None

    def others(self, zone: tzinfo) -> Text:
        """Return what others than the signer add, in words."""
        if self.stamp is None:
            return UNREAD.format(why=self.unread) if self.unread else NO_STAMP
        words = BY_AUTHORITY if self.stamp.known else BY_UNKNOWN
        return words.format(authority=self.stamp.authority, at=clock(self.stamp.at, zone))

    def own(self, zone: tzinfo) -> Text:
        """Return what the signer says, in words."""
        return OWN_CLOCK.format(at=clock(self.noted_at, zone))


def clock(moment: datetime, zone: tzinfo) -> str:
    """Return a moment to the second with its distance from UTC, so that it reads the same everywhere."""
    return moment.astimezone(zone).isoformat(" ", "seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One noted file."""

    number: int
    """Its number in the work."""
    kind: str
    """What kind of file."""
    keyid: str
    """Whose journal."""
    dating: Dating
    """When it existed, and who says so."""
    envelope: Envelope = field(repr=False)
    """Where it was noted."""
    sealed: Sealed | None = field(repr=False)
    """What opens it; None when that is not in this data folder."""
    stamp: KeptStamp | None = field(repr=False)
    """The time-stamp of `dating`, whole."""

    @property
    def work(self) -> str | None:
        """The work's name; None when it was not kept."""
        return self.sealed.work.value if self.sealed and self.sealed.work else None

    @property
    def sha256(self) -> str | None:
        """The file's digest; None when what opens it is not here."""
        return self.sealed.about.sha256 if self.sealed else None

    @property
    def fingerprints(self) -> Mapping[str, Fingerprint]:
        """How the frame looked, by algorithm; empty where its picture could not be read or was not kept."""
        looks = self.sealed.about.fingerprints if self.sealed else ()
        return {found.algorithm: found for found in looks}

    @property
    def path(self) -> Path | None:
        """The file, when it still lies there as it was noted; None otherwise.

        One of the size and time of change noted then counts as such; of another time, its bytes decide.
        """
        if self.sealed is None:
            return None
        about = self.sealed.about
        path = Path(about.path)
        try:
            now = path.stat()
        except (OSError, ValueError):
            return None
        if now.st_size != about.size:
            return None
        return path if now.st_mtime_ns == about.modified or self._bytes(path) is not None else None

    def read(self) -> bytes | None:
        """Return the bytes that were noted, found to be the same, when the file still has them; None otherwise."""
        path = self.path
        return None if path is None else self._bytes(path)

    def _bytes(self, path: Path) -> bytes | None:
        try:
            data = path.read_bytes()
        except OSError:
            return None
        return data if hashlib.sha256(data).hexdigest() == self.sha256 else None


def frames(
    ledger: Ledger, home: Path, *, roots: Sequence[x509.Certificate] = (), work: str | None = None
) -> list[Frame]:
    """Return the frames of the journals kept in `home`, in the order in which the ledger took them.

    `roots` are the time-stamp authorities known; without them nobody but the signer's own clock is relied on. With
    `work` only the frames of that work. Journals of others, imported into the ledger, are left out. Raises `LedgerError`.
    """
    keeper = Keeper(home)
    said = list(_journals(ledger))
    opens = {
        (digest, entry.frame): sealed
        for digest, _, journal in said
        for entry in journal.entries
        if (sealed := keeper.find(entry.file)) is not None and sealed.stands_in(journal)
    }
    own = {sealed.keyid for sealed in opens.values()}
    dated = _stamps(keeper, roots)
    found: list[Frame] = []
    for digest, envelope, journal in said:
        if journal.public_key.keyid not in own:
            continue
        stamp, kept, unread = dated.get(digest, (None, None, None))
        found += (
            Frame(
                number=entry.frame,
                kind=entry.kind,
                keyid=journal.public_key.keyid,
                dating=Dating(journal.noted_at, stamp, unread),
                envelope=envelope,
                sealed=opens.get((digest, entry.frame)),
                stamp=kept,
            )
            for entry in journal.entries
        )
    return [frame for frame in found if work is None or frame.work == work]


def unstamped(ledger: Ledger, home: Path, keyid: str) -> Batch | None:
    """Return the envelopes of the journals of `keyid` without a time-stamp in `home`, at most `MOST`; None when there are none."""
    stamped = {digest for kept in Keeper(home).stamps() for digest in kept.batch.digests}
    open_ones = [
        digest
        for digest, _, journal in _journals(ledger)
        if journal.public_key.keyid == keyid and digest not in stamped
    ]
    return Batch.of(open_ones[:MOST]) if open_ones else None


def opening_of(frame: Frame, *, file: bool = True, looks: bool = False, work: bool = False) -> Opening | None:
    """Return what opens `frame`: its digest, its fingerprints, its work's name, as asked; None when the salts are not here."""
    if frame.sealed is None:
        return None
    return Opening(
        envelope=frame.envelope,
        frame=frame.number,
        file=frame.sealed.file if file else None,
        fingerprints=frame.sealed.fingerprints if looks else {},
        work=frame.sealed.work if work else None,
        stamp=frame.stamp,
    )


def _journals(ledger: Ledger) -> Iterator[tuple[str, Envelope, Journal]]:
    """Yield the journals in the ledger, each with its digest; it takes in nothing whose signature does not hold."""
    for entry in ledger.by_predicate_type(Journal.PREDICATE_TYPE):
        envelope = entry.envelope
        said = read_predicate(Statement.parse(envelope.payload))
        if isinstance(said, Journal):
            yield entry.digest, envelope, said


_Dated = tuple[Stamp | None, KeptStamp | None, Text | None]


def _stamps(keeper: Keeper, roots: Sequence[x509.Certificate]) -> dict[str, _Dated]:
    """Return the best time-stamp of each envelope: by a known authority before another, an earlier before a later."""
    best: dict[str, _Dated] = {}
    for kept in keeper.stamps():
        try:
            found: _Dated = (read_stamp(kept.response, kept.batch.digest, roots=roots), kept, None)
        except Error as error:
            found = (None, kept, error.message)
        for digest in kept.batch.digests:
            if digest not in best or _rank(found) < _rank(best[digest]):
                best[digest] = found
    return best


def _rank(dated: _Dated) -> tuple[bool, bool, float]:
    stamp = dated[0]
    return stamp is None, not (stamp and stamp.known), stamp.at.timestamp() if stamp else 0.0
