"""Bulk import: many statements at once, checked as strictly as one by one, and resumable.

JSON lines, one statement each: `{"envelope": {…DSSE…}, "manifest": "…base64…"}`, the manifest for marks. What a line
needs to be checked is done in worker processes; batches go to the log whole. A line that is here already costs a
look-up, so after a crash the same file is simply given again.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from itertools import islice
from typing import Any, Final

from sqlalchemy import Connection, Engine, select

from myself_i2i.attestation import Envelope, PublicKey, parse_strict
from myself_i2i.attestation.envelope import ENVELOPE_BYTES
from myself_i2i.bulk.pool import run
from myself_i2i.errors import Error, InputError, LimitError
from myself_i2i.predicates import introduced_key
from myself_i2i.registry.admission import Rules
from myself_i2i.registry.service import Registry
from myself_i2i.registry.store import open_database, reading
from myself_i2i.registry.store.schema import LOG_ENTRY
from myself_i2i.registry.store.standings import known_key
from myself_i2i.registry.taking import Prepared, prepare
from myself_i2i.wording import Text

__all__ = ["BATCH", "Imported", "Left", "import_lines", "longest_line"]

BATCH: Final = 1_000
"""Statements that go to the log at once."""
AHEAD: Final = 2
"""Batches that are checked ahead of the one that is logged: the bound on memory."""
CHUNK: Final = 50
"""Lines that a worker gets at once."""
_KEYID: Final = re.compile(rb'"keyid": ?"([0-9a-f]{64})"')
"""Whose a line seems to be: a lead, so that not every line is read here."""
_KEYS: Final = 1_000_000
"""Keys that are remembered from one file; those of more are found in the database."""
TIMEOUT: Final = 300.0
"""Seconds that a worker has for them."""


@dataclass(frozen=True, slots=True)
class Imported:
    """How far an import got."""

    lines: int = 0
    """Lines read."""
    new: int = 0
    """Statements that were logged."""
    known: int = 0
    """Statements that were here already."""
    left: int = 0
    """Lines that were refused."""

    def plus(self, more: Imported) -> Imported:
        """Return both together."""
        return Imported(
            lines=self.lines + more.lines,
            new=self.new + more.new,
            known=self.known + more.known,
            left=self.left + more.left,
        )


@dataclass(frozen=True, slots=True)
class Left:
    """A line that was refused; the others go on."""

    line: int
    """Its number, from 1."""
    why: Text
    """Why."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the workers need."""

    database: str
    rules: Rules
    manifest_bytes: int
    held_elsewhere: bool


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that was read: ready, refused, or here already."""

    number: int
    prepared: Prepared | None = None
    failure: Text | None = None


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Some lines for a worker."""

    first: int
    lines: Sequence[bytes]
    keys: Mapping[str, PublicKey]
    """Keys that earlier lines introduced, and that may not be in the database yet."""
    now: datetime


def import_lines(
    lines: Iterable[bytes],
    registry: Registry,
    *,
    jobs: int,
    held_elsewhere: bool = False,
    observe: Callable[[Imported], None] = lambda _: None,
    tell: Callable[[Left], None] = lambda _: None,
) -> Imported:
    """Take in every line, in order, with `jobs` worker processes; return how far that got.

    All rules of `Registry.publish` hold but the share of a day. `held_elsewhere`: marks may come without their
    manifests, because the operator knows that they were held against them before; their signatures are checked all the
    same. `observe` is called after each batch, `tell` for each line that is refused. The caller bounds the lines
    (`longest_line`). Raises `RegistryError` when the registry cannot go on: what was logged stays, and the same call goes on.
    """
    settings = registry.settings
    plan = _Plan(settings.database_url, registry.rules, settings.manifest_bytes, held_elsewhere)
    checked = _read(lines, registry, plan, jobs)
    done = Imported()
    # Batches are logged one after the other, while the next ones are checked.
    with ThreadPoolExecutor(max_workers=1) as logging:
        pending: deque[Future[Imported]] = deque()
        while batch := list(islice(checked, BATCH)):
            pending.append(logging.submit(_append, registry, batch, tell))
            if len(pending) > AHEAD:
                observe(done := done.plus(pending.popleft().result()))
        while pending:
            observe(done := done.plus(pending.popleft().result()))
    return done


def longest_line(registry: Registry) -> int:
    """Return the most bytes that a line can need: an envelope, and a manifest in base64."""
    return ENVELOPE_BYTES + registry.settings.manifest_bytes * 4 // 3 + 1_000


def _read(lines: Iterable[bytes], registry: Registry, plan: _Plan, jobs: int) -> Iterator[_Line]:
    work = partial(_check_chunk, plan=plan)
    for outcome in run(_chunks(lines, registry.clock), work, jobs=jobs, timeout=TIMEOUT):
        chunk = outcome.item
        if outcome.value is not None:
            yield from outcome.value
        else:  # a worker died or hung: one of its lines is to blame, and none of them is lost in silence
            why = outcome.failure or _FAILED
            yield from (_Line(chunk.first + at, failure=why) for at in range(len(chunk.lines)))


def _chunks(lines: Iterable[bytes], clock: Callable[[], datetime]) -> Iterator[_Chunk]:
    source = iter(lines)
    keys: dict[str, PublicKey] = {}
    first = 1
    while taken := list(islice(source, CHUNK)):
        signers = [found[1].decode() if (found := _KEYID.search(line)) else "" for line in taken]
        for signer, line in zip(signers, taken, strict=True):
            if signer not in keys and len(keys) < _KEYS and any(lead in line for lead in _LEADS):
                _learn(line, keys)
        yield _Chunk(first, taken, {one: keys[one] for one in signers if one in keys}, clock())
        first += len(taken)


def _learn(line: bytes, keys: dict[str, PublicKey]) -> None:
    """Remember the key that a line introduces; whether its signature holds is found where the line is checked."""
    with suppress(InputError):
        key = introduced_key(_parse(line, len(line))[0])
        if key is not None:
            keys[key.keyid] = key


def _leads(word: bytes) -> tuple[bytes, ...]:
    """Return what base64 makes of a word, at each of its three places in three bytes, without the edges."""
    return tuple(
        base64.b64encode(bytes(before) + word)[-(-before * 8 // 6) : (before + len(word)) * 8 // 6]
        for before in range(3)
    )


def _append(registry: Registry, lines: Sequence[_Line], tell: Callable[[Left], None]) -> Imported:
    """Log a batch; what became of it."""
    prepared = [line.prepared for line in lines if line.prepared is not None]
    failures = [Left(line.number, line.failure) for line in lines if line.failure is not None]
    new = 0
    if prepared:
        try:
            new = sum(one.new for one in registry.append(prepared))
        except InputError as error:
            if len(lines) > 1:  # one of them is refused by what stands: find it by halves
                half = len(lines) // 2
                return _append(registry, lines[:half], tell).plus(_append(registry, lines[half:], tell))
            failures.append(Left(lines[0].number, error.message))
    for one in failures:
        tell(one)
    left = len(failures)
    return Imported(lines=len(lines), new=new, known=len(lines) - new - left, left=left)


def _check_chunk(chunk: _Chunk, *, plan: _Plan) -> list[_Line]:
    """Check the lines of one chunk; runs in a worker process."""
    read: list[tuple[Envelope, bytes | None] | Text] = []
    for line in chunk.lines:
        try:
            read.append(_parse(line, plan.manifest_bytes))
        except InputError as error:
            read.append(error.message)
    with reading(_database(plan.database)) as connection:
        digests = {bytes.fromhex(one[0].digest) for one in read if isinstance(one, tuple)}
        query = select(LOG_ENTRY.c.key).where(LOG_ENTRY.c.key.in_(digests))
        known = set(connection.execute(query).scalars())
        return [
            _check(chunk.first + at, one, plan, (chunk, connection, known)) for at, one in enumerate(read)
        ]


def _check(
    number: int,
    read: tuple[Envelope, bytes | None] | Text,
    plan: _Plan,
    context: tuple[_Chunk, Connection, set[bytes]],
) -> _Line:
    chunk, connection, known = context
    if isinstance(read, Text):
        return _Line(number, failure=read)
    envelope, manifest = read
    if bytes.fromhex(envelope.digest) in known:
        return _Line(number)
    keyid = envelope.keyids[0]
    key = chunk.keys.get(keyid) or known_key(connection, keyid)
    try:
        prepared = prepare(
            envelope, key, manifest, rules=plan.rules, now=chunk.now, held_elsewhere=plan.held_elsewhere
        )
    except Error as error:
        return _Line(number, failure=error.message)
    return _Line(number, prepared)


def _parse(line: bytes, manifest_bytes: int) -> tuple[Envelope, bytes | None]:
    limit = ENVELOPE_BYTES + manifest_bytes * 4 // 3 + 1_000
    value: Any = parse_strict(line, where=_WHERE, limit=limit)
    if not isinstance(value, dict) or not isinstance(value.get("envelope"), dict):
        raise InputError(_NO_LINE)
    # As bytes: what is read strictly twice is read the same twice, and the canonical writer is the slower way.
    envelope = Envelope.from_json(json.dumps(value["envelope"]).encode())
    text = value.get("manifest")
    if text is None:
        return envelope, None
    try:
        manifest = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError, TypeError) as error:
        raise InputError(_NO_LINE) from error
    if len(manifest) > manifest_bytes:
        raise LimitError(_NO_LINE)
    return envelope, manifest


@lru_cache(maxsize=1)
def _database(url: str) -> Engine:
    return open_database(url)


_LEADS: Final = _leads(b'"publicKey"')
"""What stands in the envelope of a statement that introduces a key."""
_WHERE = Text(en="the line", ja="行")
_NO_LINE = Text(
    en='this is no line to import: wanted {"envelope": {…}, "manifest": "base64"}',
    ja='取り込める行ではありません（必要な形: {"envelope": {…}, "manifest": "base64"}）',
)
_FAILED = Text(en="the line could not be checked", ja="この行を確認できませんでした")
