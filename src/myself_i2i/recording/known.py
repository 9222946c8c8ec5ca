"""Pictures this person's ledger and this session know by their pixels, for inputs that have no file.

A ledger is looked up by the digests of files. A host that hands over pixels gives neither, so these are read from the
declarations and records once, when the first such input comes, and afterwards only what is new. Everything found here is a
lead: whether a declaration holds is asked of the verified statements.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from typing import Any

from myself_i2i.attestation import IMAGE_DATA, SHA256
from myself_i2i.ledger import EntryKind, Ledger
from myself_i2i.predicates import Generation, Source
from myself_i2i.recording.digests import Digests, pixel_keys
from myself_i2i.rights import SourceFile

__all__ = ["KnownPictures"]


class KnownPictures:
    """Belongs to one thread."""

    def __init__(self) -> None:
        self._sources: dict[str, SourceFile] = {}
        self._outputs: dict[str, SourceFile] = {}
        self._session: dict[str, SourceFile] = {}
        self._position = -1
        self._own: frozenset[str] = frozenset()

    def read(self, ledger: Ledger, own: Iterable[str]) -> None:
        """Take in what is new in the ledger since the last call, signed by one of the `own` keys."""
        keys = frozenset(own)
        if keys != self._own:
            self._own, self._position = keys, -1  # what another key signed was passed over
        for entry in ledger.entries(EntryKind.ENVELOPE, after=self._position):
            self._position = entry.position
            self._take(entry.content, keys)

    def remember(self, name: str, digests: Digests, *more: Mapping[str, str]) -> None:
        """Note a file that this session made, by all its digests, and by pixels (`more`) that it was saved from."""
        if digests.sha256 is None:
            return
        file = SourceFile(name=name, sha256=digests.sha256, image_data=digests.image_data)
        keys = [digests.sha256, digests.image_data, *pixel_keys(digests.pixels)]
        for pixels in more:
            keys += pixel_keys(pixels)
        self._session.update({key: file for key in keys if key})

    def source(self, pixels: Mapping[str, str]) -> SourceFile | None:
        """Return the declared source with these pixels."""
        return next(filter(None, map(self._sources.get, pixel_keys(pixels))), None)

    def output(self, pixels: Mapping[str, str]) -> SourceFile | None:
        """Return the recorded picture with these pixels."""
        return next(filter(None, map(self._outputs.get, pixel_keys(pixels))), None)

    def made_in_session(self, digests: Digests) -> SourceFile | None:
        """Return the file of this session that is, or has the pixels of, this picture."""
        keys = (digests.sha256, digests.image_data, *pixel_keys(digests.pixels))
        return next((self._session[key] for key in keys if key in self._session), None)

    def _take(self, content: bytes, own: frozenset[str]) -> None:
        # The plain parser, ten times as fast as the strict one: the ledger verified these bytes before it took them.
        try:
            envelope = json.loads(content)
            if not any(one["keyid"] in own for one in envelope["signatures"]):
                return
            statement = json.loads(base64.b64decode(envelope["payload"]))
            kind, subjects = statement["predicateType"], statement["subject"]
        except (ValueError, KeyError, TypeError, binascii.Error):
            return
        target = {Source.PREDICATE_TYPE: self._sources, Generation.PREDICATE_TYPE: self._outputs}.get(kind)
        for subject in subjects if target is not None else ():
            self._put(target, subject)

    @staticmethod
    def _put(target: dict[str, SourceFile] | None, subject: Mapping[str, Any]) -> None:
        digest = subject.get("digest", {})
        if target is not None and SHA256 in digest:
            file = SourceFile(
                name=str(subject.get("name", "_")), sha256=digest[SHA256], image_data=digest.get(IMAGE_DATA)
            )
            target.update(dict.fromkeys(pixel_keys(digest), file))
