"""Logs drawn by chance, as entries: makers with marks, some near to a picture, permissions, withdrawals, suspensions."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from myself_i2i.attestation import Envelope, PrivateKey, Subject, sign
from myself_i2i.fingerprint.interface import Fingerprint
from myself_i2i.predicates import (
    Answer,
    Mark,
    Permission,
    Pledge,
    Predicate,
    Profile,
    Question,
    Suspension,
    Withdrawal,
    make_statement,
)
from myself_i2i.predicates.mark import MarkedSource, MarkManifest
from myself_i2i.predicates.permission import ANYONE
from myself_i2i.predicates.question import EVERYONE, LAYOUT, SAME
from myself_i2i.predicates.source import Basis
from myself_i2i.predicates.suspension import SuspendedStatement, SuspensionAction, SuspensionReason
from myself_i2i.registry.answering import Following, Issuer, Replay, compute
from myself_i2i.registry.answering.signing import own_head
from myself_i2i.registry.entry import Entry
from myself_i2i.tlog import Checkpoint, Frontier, Note, NoteKey, leaf_hash, open_checkpoint, sign_checkpoint

NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
ORIGIN = "log.example/one"
LOG = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
LOG_KEY = NoteKey(ORIGIN, LOG.public_key().public_bytes_raw())
OPERATOR = PrivateKey.generate(bytes(range(2, 34)))


def seeded(seed: int) -> random.Random:
    """The same chance in every run."""
    return random.Random(seed)  # noqa: S311  # nothing here is secret


def key(name: str) -> PrivateKey:
    """A key made of a name."""
    return PrivateKey.generate(name.encode().ljust(32, b"."))


@dataclass
class Looks:
    """How a drawn picture looks: fingerprints that can be moved away bit by bit."""

    bits: int
    vector: np.ndarray

    @classmethod
    def drawn(cls, chance: random.Random) -> Looks:
        """Looks of no other picture."""
        return cls(chance.getrandbits(256), np.array([chance.gauss(0, 1) for _ in range(512)]))

    def moved(self, chance: random.Random, bits: int, noise: float) -> Looks:
        """The looks of a picture so many bits away, its layout disturbed."""
        flipped = self.bits
        for place in chance.sample(range(256), bits):
            flipped ^= 1 << place
        return Looks(flipped, self.vector + noise * np.array([chance.gauss(0, 1) for _ in range(512)]))

    @property
    def same(self) -> str:
        """As statements write it."""
        return Fingerprint(SAME, self.bits.to_bytes(32)).text

    @property
    def layout(self) -> str:
        """As statements write it."""
        scaled = np.rint(self.vector * 127 / np.abs(self.vector).max()).astype(np.int8)
        return Fingerprint(LAYOUT, scaled.tobytes()).text

    @property
    def both(self) -> dict[str, str]:
        """By algorithm."""
        return {SAME: self.same, LAYOUT: self.layout}


@dataclass
class DrawnLog:
    """Entries, one a minute."""

    data: list[bytes] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        """When the next entry is logged."""
        return NOON + timedelta(minutes=len(self.data))

    def say(self, predicate: Predicate, who: PrivateKey, *subjects: Subject) -> Envelope:
        """Log a statement."""
        envelope = sign(make_statement(predicate, subjects), who)
        self.data.append(Entry(envelope, self.now).to_bytes())
        self.envelopes.append(envelope)
        return envelope

    def pledge(self, who: PrivateKey) -> Envelope:
        """Log a pledge."""
        said = Pledge(
            text_version="1.0",
            language="en",
            text_sha256="ab" * 32,
            public_key=who.public_key,
            display_name=f"maker {len(self.data)}",
            pledged_at=self.now,
        )
        return self.say(said, who)

    def mark(
        self,
        who: PrivateKey,
        output: dict[str, str] | None = None,
        sources: Iterable[MarkedSource] = (),
    ) -> Envelope:
        """Log a mark."""
        place = len(self.data)
        said = Mark(
            manifest=MarkManifest(id=f"urn:c2pa:{place}", sha256=f"{place:064x}", size=place + 1),
            mode="i2i",
            fingerprints=output or {},
            sources=tuple(sources),
            published_at=self.now,
        )
        return self.say(said, who, Subject("_", {"imageData/v1": f"{place + 1:064x}"}))

    def permit(self, who: PrivateKey, sha256: str, grantee: str = ANYONE, **changes: object) -> Envelope:
        """Log a permission for a file."""
        fields = {"public_key": who.public_key, "grantee": grantee, "valid_from": NOON, **changes}
        return self.say(Permission(**fields), who, Subject("_", {"sha256": sha256}))  # type: ignore[arg-type]

    def withdraw(self, envelope: Envelope, who: PrivateKey, **changes: datetime) -> Envelope:
        """Log a withdrawal."""
        at = changes.get("at", self.now)
        return self.say(Withdrawal.of(envelope, withdrawn_at=at), who)

    def suspend(
        self,
        *,
        keyid: str | None = None,
        envelope: Envelope | None = None,
        action: SuspensionAction = SuspensionAction.SUSPEND,
        by: PrivateKey = OPERATOR,
    ) -> Envelope:
        """Log a suspension."""
        named = (
            SuspendedStatement(envelope=envelope.digest, statement=envelope.payload_digest)
            if envelope
            else None
        )
        said = Suspension(
            public_key=by.public_key,
            action=action,
            keyid=keyid,
            statement=named,
            reason=SuspensionReason.UNDER_REVIEW,
            decided_at=self.now,
        )
        return self.say(said, by)

    def note(self, size: int | None = None) -> Note:
        """The signed head at a size."""
        data = self.data[:size]
        edge = Frontier().grown(map(leaf_hash, data))
        return sign_checkpoint(Checkpoint(ORIGIN, len(data), edge.root), LOG)

    def read(self, start: int, end: int) -> Iterator[bytes]:
        """The entries of a part of the log."""
        yield from self.data[start:end]

    def issuer(self, size: int | None = None) -> Issuer:
        """Who answers at a size."""
        return Issuer(OPERATOR.public_key, own_head(self.note(size), LOG_KEY))

    def replayed(self, question: Question, size: int | None = None, at: datetime = NOON) -> Answer:
        """The answer by reading every entry."""
        held = Replay(self.read, len(self.data[:size]))
        return compute(question, held, self.issuer(size), answered_at=at)

    def followed(self, question: Question, following: Following, size: int | None = None) -> Answer:
        """The answer by the fast way."""
        _, held = following.follow(lambda: open_checkpoint(self.note(size).to_bytes(), LOG_KEY)[0])
        return compute(question, held, self.issuer(size), answered_at=NOON)


def source(looks: Looks | None, sha256: str, *, sealed: bool = False, **changes: object) -> MarkedSource:
    """One source of a mark; `looks` None tells nothing of it."""
    fields = {"sha256": sha256, "basis": Basis.OWN_DRAWING, "roles": ("init",), **changes}
    return MarkedSource(**fields, fingerprints={} if looks is None else looks.both, sealed=sealed)  # type: ignore[arg-type]


def question(looks: Looks, **changes: object) -> Question:
    """The question of the picture with these looks, in one orientation and view."""
    fields = {"fingerprints": {SAME: (looks.same,), LAYOUT: (looks.layout,)}, "maker": EVERYONE, **changes}
    return Question(**fields)  # type: ignore[arg-type]


def drawn_log(chance: random.Random, mine: Looks, length: int, begun: DrawnLog | None = None) -> DrawnLog:
    """A log in which anything may happen around a picture."""
    log = begun or DrawnLog()
    people = [key(f"person {number}") for number in range(4)]
    files = [f"{number + 7:064x}" for number in range(3)]
    while len(log.data) < length:
        who = chance.choice(people)
        match chance.randrange(12):
            case 0:
                log.pledge(who)
            case 1:
                grantee = chance.choice([ANYONE, people[0].keyid, people[1].keyid])
                until = chance.choice([None, log.now, log.now + timedelta(minutes=9)])
                log.permit(who, chance.choice(files), grantee, until=until)
            case 2 if log.envelopes:
                said = chance.choice(log.envelopes)
                back = timedelta(minutes=chance.randrange(20))
                log.withdraw(
                    said,
                    next(one for one in [*people, OPERATOR] if one.keyid in said.keyids),
                    at=log.now - back,
                )
            case 3 if log.envelopes:
                action = chance.choice(list(SuspensionAction))
                if chance.random() < 0.5:
                    log.suspend(keyid=who.keyid, action=action, by=chance.choice([OPERATOR, who]))
                else:
                    log.suspend(envelope=chance.choice(log.envelopes), action=action)
            case 4:
                log.say(Profile(public_key=who.public_key, introduced_at=log.now), who)
            case _:
                log.mark(who, *_mark(chance, mine, files))
    return log


def _mark(chance: random.Random, mine: Looks, files: list[str]) -> tuple[dict[str, str], list[MarkedSource]]:
    def looks() -> Looks:
        if chance.random() < 0.5:
            return mine.moved(chance, chance.choice([0, 5, 17, 18, 19, 40]), chance.choice([0, 0.3, 0.8, 2]))
        return Looks.drawn(chance)

    names = chance.sample(files, chance.randrange(3))
    said = [source(looks() if chance.random() < 0.8 else None, name) for name in names]
    if chance.random() < 0.3:
        said.append(source(None, "ff" * 32, sealed=True))
    output = looks().both if chance.random() < 0.8 else {}
    if output and chance.random() < 0.3:
        del output[chance.choice([SAME, LAYOUT])]
    return output, said
