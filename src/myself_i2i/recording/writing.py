"""One record, from a finished file to the ledger; to the spool when the ledger, or the key, is not to be had.

1. Read the file, and what is kept of the prompt.
2. Join the inputs with what the ledger knows, as far as it can be opened.
3. With a key: sign, and enter the ledger. When it refuses, the signed envelopes wait in the spool.
4. Without: the statement waits unsigned.
"""

from __future__ import annotations

import hashlib
import secrets
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from PIL.Image import Image

from myself_i2i.attestation import Envelope, PrivateKey, Statement, sign
from myself_i2i.errors import Error, KeyFileError
from myself_i2i.ledger import KeyStore, Ledger, ledger_path
from myself_i2i.predicates import make_statement
from myself_i2i.predicates.generation import Prompt, PromptPolicy
from myself_i2i.recording import telling
from myself_i2i.recording.digests import Digests, pixel_digests
from myself_i2i.recording.draft import Identity, Made, clean, generation_of, mode_of
from myself_i2i.recording.interface import Settings
from myself_i2i.recording.joining import Asked, Joined, join_inputs
from myself_i2i.recording.known import KnownPictures
from myself_i2i.recording.noted import NotedInput, NotedOutput, remembered
from myself_i2i.recording.own_keys import maker_keyid, open_key, own_keyids, protected
from myself_i2i.recording.pixels import Copied, pictures
from myself_i2i.recording.prompts import prompt_of
from myself_i2i.recording.spool import SPOOL, put_in_spool, spool_is_empty, take_in_spool
from myself_i2i.recording.telling import Teller
from myself_i2i.wording import Text

__all__ = ["BUSY_SECONDS", "Writer"]

BUSY_SECONDS = 3.0
"""How long a record waits for another program's write before it goes to the spool."""


class Writer:
    """Reads, joins, signs and enters; belongs to the recorder's thread. No method raises an error of ours or of the disk."""

    def __init__(self, home: Path, identity: Identity, settings: Settings, teller: Teller) -> None:
        self._home = home
        self._identity = identity
        self._settings = settings
        self._tell = teller
        self._known = KnownPictures()
        self._cache: dict[str, Digests] = {}

    def read(self, noted: NotedInput) -> None:
        """Fill in the digests of an input, and let go of what it was."""
        try:
            noted.digests = self._digests(noted)
        except (OSError, Error) as error:
            self._tell("input", telling.INPUT.format(why=_why(error)))
            noted.digests = ()
        finally:
            noted.data, noted.copied, noted.file = None, (), None

    def record(self, noted: NotedOutput) -> None:
        """Write the record of one file."""
        # 1. the file, and the prompt
        try:
            digests = noted.file.digests(self._cache, looks=self._settings.fingerprints)
        except (OSError, Error) as error:
            self._tell("output", telling.OUTPUT.format(why=_why(error)))
            return
        prompt = self._prompt(noted)
        subject = digests.as_subject(clean(noted.file.path.name, 1024) or "_")
        key = self._key()
        # 2. the inputs
        signed: list[Envelope] = []
        made, readable = self._made(noted, prompt, key, signed)
        made = replace(made, fingerprints=digests.fingerprints)
        statement = make_statement(generation_of(made, self._identity), [subject])
        self._remember(digests, noted)
        # 3. with a key, 4. without
        if key is None:
            self._spool([statement.payload])
            return
        signed.append(sign(statement, key))
        if not (readable and self._enter(signed, key)):
            self._spool([envelope.to_json() for envelope in signed])

    def take_in(self) -> None:
        """Enter what waits in the spool, when the key opens."""
        if not spool_is_empty(self._home) and (key := self._key()) is not None:
            take_in_spool(self._home, key, busy_seconds=BUSY_SECONDS)

    def _digests(self, noted: NotedInput) -> tuple[Digests, ...]:
        looks = self._settings.fingerprints
        if noted.file is not None:
            return (noted.file.digests(self._cache, looks=looks),)
        if noted.data is not None:
            sha256 = hashlib.sha256(noted.data).hexdigest()
            return (remembered(noted.data, sha256, self._cache, looks=looks),)
        from myself_i2i.recording.looks import (  # noqa: PLC0415  # numpy: no part of a host's start
            fingerprints_of_image,
        )

        return tuple(
            Digests(pixels=pixel_digests(one), fingerprints=fingerprints_of_image(one) if looks else {})
            for one in _pictures_of(noted.copied)
        )

    def _remember(self, digests: Digests, noted: NotedOutput) -> None:
        """Know the file again when it goes into the next run of this session, be it as the pixels it was saved from."""
        more: list[dict[str, str]] = []
        with suppress(Error):  # pixels of a kind we do not understand
            more = [pixel_digests(one) for one in _pictures_of(noted.copied)]
        self._known.remember(noted.file.path.name, digests, *more)

    def _prompt(self, noted: NotedOutput) -> Prompt:
        try:
            return prompt_of(
                noted.facts, self._settings.prompt, home=self._home, randomness=secrets.token_bytes
            )
        except OSError as error:
            self._tell("salt", telling.SALT.format(why=_why(error)))
            return Prompt(policy=PromptPolicy.NONE)

    def _key(self) -> PrivateKey | None:
        """Return the key; read anew for each record, so that one made meanwhile is found."""
        try:
            return open_key(self._home)
        except KeyFileError as error:
            path, spool = KeyStore(self._home).path(), self._home / SPOOL
            if protected(path):
                self._tell("protected key", telling.PROTECTED.format(spool=spool))
            elif not path.exists():
                self._tell("no key", telling.NO_KEY.format(spool=spool))
            else:
                self._tell("key", telling.LEDGER.format(spool=spool, why=error.message))
            return None

    def _made(
        self, noted: NotedOutput, prompt: Prompt, key: PrivateKey | None, signed: list[Envelope]
    ) -> tuple[Made, bool]:
        """Return what the record says, and whether the ledger could be read for it.

        Declarations of own pictures, signed on the way, go to `signed`.
        """
        now = _now()
        path = ledger_path(self._home)
        try:
            with ExitStack() as stack:
                ledger = None
                if path.exists():
                    ledger = stack.enter_context(Ledger.open(path, create=False, busy_seconds=BUSY_SECONDS))
                joined, readable = self._joined(noted, ledger, key, now, signed), True
        except Error as error:
            self._tell_ledger(error)
            signed.clear()
            joined, readable = self._joined(noted, None, key, now, signed), False
        made = Made(
            facts=noted.facts,
            prompt=prompt,
            inputs=tuple(joined.inputs),
            parents=tuple(joined.parents.values()),
            generated_at=noted.at,
            recorded_at=now,
        )
        return made, readable

    def _joined(
        self,
        noted: NotedOutput,
        ledger: Ledger | None,
        key: PrivateKey | None,
        now: datetime,
        signed: list[Envelope],
    ) -> Joined:
        maker = key.keyid if key else None
        if maker is None and ledger is not None:
            maker = maker_keyid(self._home, ledger)
        own = own_keyids(self._home) | ({maker} if maker else set())
        asked = Asked(known=self._known, ledger=ledger, maker=maker, own=own, used_at=now)

        def declare(statement: Statement, by: PrivateKey) -> str:
            signed.append(sign(statement, by))
            return signed[-1].digest

        mode = noted.facts.mode or mode_of(one.role for one in noted.inputs)
        return join_inputs(
            noted.inputs, asked, mode=mode, sign=None if key is None else partial(declare, by=key)
        )

    def _enter(self, envelopes: list[Envelope], key: PrivateKey) -> bool:
        """Enter the ledger, and what waited in the spool after it; False when the ledger refuses."""
        try:
            with Ledger.open(ledger_path(self._home), busy_seconds=BUSY_SECONDS) as ledger:
                ledger.append_all(envelopes, appended_at=_now(), public_keys=[key.public_key])
        except Error as error:
            self._tell_ledger(error)
            return False
        if not spool_is_empty(self._home):
            take_in_spool(self._home, key, busy_seconds=BUSY_SECONDS)
        return True

    def _spool(self, contents: list[bytes]) -> None:
        try:
            for content in contents:
                put_in_spool(self._home, content)
        except OSError as error:
            self._tell("spool", telling.SPOOL.format(why=_why(error)))

    def _tell_ledger(self, error: Error) -> None:
        # Kinds are told apart by the sentence before the path: a full disk and a busy ledger are two troubles.
        kind = error.message.en.split(":")[0]
        self._tell(f"ledger {kind}", telling.LEDGER.format(spool=self._home / SPOOL, why=error.message))


def _pictures_of(copied: tuple[Copied, ...]) -> list[Image]:
    return [picture for one in copied for picture in pictures(one)]


def _why(error: Error | OSError) -> Text:
    if isinstance(error, Error):
        return error.message
    reason = f"{error.strerror or error}" + (f" ({error.filename})" if error.filename else "")
    return Text(en=reason, ja=reason)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
