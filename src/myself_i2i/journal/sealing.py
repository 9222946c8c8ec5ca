"""What is sealed in a journal entry, with the salts that open it: made here, kept by `keeping`, shown by `opening`.

Pure: random bytes are the caller's.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from myself_i2i.errors import InputError
from myself_i2i.fingerprint.interface import Fingerprint
from myself_i2i.predicates import Journal
from myself_i2i.predicates.journal import FILE, SALT_BYTES, WORK, JournalEntry, commitment
from myself_i2i.wording import Text

__all__ = ["Randomness", "Salted", "Sealed", "WorkFile", "salted"]

Randomness = Callable[[int], bytes]
"""Gives so many fresh random bytes; `secrets.token_bytes` outside tests."""

_QUALITY = 100


@dataclass(frozen=True, slots=True)
class Salted:
    """One sealed value and what opens it."""

    value: str
    """The value: a digest, a fingerprint as it is written, a name."""
    salt: bytes = field(repr=False)
    """Its salt."""

    def commitment(self, what: str, keyid: str) -> str:
        """Return what stands in the statement of the signer `keyid`."""
        return commitment(what, self.value, keyid=keyid, salt=self.salt)

    def to_json(self, name: str) -> dict[str, str]:
        """Return the object in which the value is called `name`."""
        return {"salt": self.salt.hex(), name: self.value}

    @classmethod
    def from_json(cls, value: object, name: str) -> Self:
        """Return what `to_json(name)` wrote. Raises `InputError` for anything else."""
        if not isinstance(value, dict) or not all(isinstance(value.get(one), str) for one in ("salt", name)):
            raise _wrong(name=name)
        try:
            salt = bytes.fromhex(value["salt"])
        except ValueError:
            raise _wrong(name="salt") from None
        # One salt, one spelling: what is hashed is its lower-case hex.
        if len(salt) != SALT_BYTES or salt.hex() != value["salt"]:
            raise _wrong(name="salt")
        return cls(value[name], salt)


def salted(value: str, randomness: Randomness) -> Salted:
    """Return `value` with a fresh salt."""
    return Salted(value, randomness(SALT_BYTES))


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkFile:
    """A work-in-progress file as it was read."""

    path: str
    """Where it lay."""
    size: int
    """Its bytes."""
    modified: int
    """When it was last changed, in nanoseconds since 1970, by its file system."""
    sha256: str
    """Of its bytes."""
    kind: str
    """What kind of file, as `JournalEntry.kind`."""
    fingerprints: tuple[Fingerprint, ...] = ()
    """Of the picture in it, in order of algorithm; none where that could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """One frame of a work, whole: what its signer keeps to open it later. Never published as it is."""

    keyid: str
    """The signer's keyid."""
    frame: int
    """Its number."""
    work: Salted | None
    """The work's name; one salt for the whole work."""
    about: WorkFile
    """The file."""
    file: Salted
    """Its sha256."""
    fingerprints: Mapping[str, Salted]
    """Its fingerprints by algorithm."""

    @classmethod
    def of(
        cls, about: WorkFile, *, keyid: str, frame: int, work: Salted | None, randomness: Randomness
    ) -> Self:
        """Return `about` with a fresh salt for its digest and for each fingerprint."""
        looks = {found.algorithm: salted(found.text, randomness) for found in about.fingerprints}
        file = salted(about.sha256, randomness)
        return cls(keyid=keyid, frame=frame, work=work, about=about, file=file, fingerprints=looks)

    @property
    def commitment(self) -> str:
        """The commitment to the file: the name of this frame among all."""
        return self.file.commitment(FILE, self.keyid)

    @property
    def work_commitment(self) -> str | None:
        """The commitment to the work's name, or None."""
        return self.work.commitment(WORK, self.keyid) if self.work else None

    def entry(self) -> JournalEntry:
        """Return what stands in the statement."""
        looks = {name: value.commitment(name, self.keyid) for name, value in self.fingerprints.items()}
        return JournalEntry(frame=self.frame, kind=self.about.kind, file=self.commitment, fingerprints=looks)

    def stands_in(self, said: Journal) -> bool:
        """Return whether `said` holds this very frame, so that it can be opened there."""
        return (
            said.public_key.keyid == self.keyid
            and said.work == self.work_commitment
            and self.entry() in said.entries
        )

    def to_json(self) -> dict[str, Any]:
        """Return the object that is kept."""
        quality = {found.algorithm: found.quality for found in self.about.fingerprints}
        kept: dict[str, Any] = {
            "keyid": self.keyid,
            "frame": self.frame,
            "kind": self.about.kind,
            "path": base64.b64encode(self.about.path.encode("utf-8", "surrogateescape")).decode(),
            "size": str(self.about.size),
            "modified": str(self.about.modified),
            "file": self.file.to_json("sha256"),
            "fingerprints": {
                name: {**value.to_json("value"), "quality": quality[name]}
                for name, value in self.fingerprints.items()
            },
        }
        return kept if self.work is None else {**kept, "work": self.work.to_json("name")}

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """Return what `to_json` wrote. Raises `InputError` for what it did not write."""
        try:
            file = Salted.from_json(value["file"], "sha256")
            sealed = {name: Salted.from_json(one, "value") for name, one in value["fingerprints"].items()}
            work = Salted.from_json(value["work"], "name") if "work" in value else None
            looks = tuple(_fingerprints(sealed, value["fingerprints"]))
            about = WorkFile(
                path=base64.b64decode(value["path"], validate=True).decode("utf-8", "surrogateescape"),
                size=int(value["size"]),
                modified=int(value["modified"]),
                sha256=file.value,
                kind=value["kind"],
                fingerprints=looks,
            )
            return cls(
                keyid=value["keyid"],
                frame=int(value["frame"]),
                work=work,
                about=about,
                file=file,
                fingerprints=sealed,
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise _wrong(name="kept") from error


def _fingerprints(sealed: Mapping[str, Salted], kept: Mapping[str, Any]) -> Iterable[Fingerprint]:
    for name, one in sorted(sealed.items()):
        yield Fingerprint.from_text(
            name, one.value, quality=min(max(int(kept[name]["quality"]), 0), _QUALITY)
        )


def _wrong(*, name: str) -> InputError:
    return InputError(
        Text(
            en="what opens a journal entry is not right: {name}",
            ja="制作記録を開くためのデータが正しくありません（{name}）",
        ).format(name=name)
    )
