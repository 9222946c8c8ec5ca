"""Fills a registry, and the peer's tables, with synthetic marks: for `registry.py`."""

from __future__ import annotations

import base64
import contextlib
import secrets
import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from myself_i2i.attestation import IMAGE_DATA, PrivateKey, Subject, sign
from myself_i2i.fingerprint import PDQ64
from myself_i2i.marking.short_code import code_of
from myself_i2i.predicates import Mark, make_statement
from myself_i2i.predicates.mark import MarkManifest
from myself_i2i.registry.entry import Entry
from myself_i2i.registry.keys import open_keys
from myself_i2i.registry.service import Registry
from myself_i2i.registry.settings import Settings
from myself_i2i.search import EmbeddedIndex, Record
from myself_i2i.tlog import Checkpoint, Frontier, leaf_hash, sign_checkpoint

__all__ = ["codes_of", "fill", "fill_peer", "manifest_id", "text_of"]

BATCH = 50_000
PEER_TABLES = """
CREATE TABLE manifests (id TEXT PRIMARY KEY, data BLOB NOT NULL, content_type TEXT NOT NULL, receipt TEXT);
CREATE TABLE bindings (
  id INTEGER PRIMARY KEY AUTOINCREMENT, binding_value TEXT NOT NULL,
  manifest_id TEXT NOT NULL REFERENCES manifests(id) ON DELETE CASCADE, UNIQUE (binding_value, manifest_id)
);
CREATE INDEX idx_bindings_value ON bindings(binding_value);
"""


def codes_of(count: int) -> np.ndarray:
    """Return the same random codes every time, shape (count, 32)."""
    return np.random.default_rng(8).integers(0, 256, (count, 32), np.uint8)


def manifest_id(number: int) -> str:
    """Return the manifest id of a mark."""
    return f"urn:c2pa:{number:08x}-0000-4000-8000-{number * 0x9E3779B97F4A7C15 % 2**48:012x}"


def fill(folder: Path, count: int) -> None:
    """Make a registry with `count` marks; done once."""
    if (folder / "whole").exists():
        return
    began = time.monotonic()
    codes = codes_of(count)
    with Registry.open(Settings(home=folder)):
        pass
    with EmbeddedIndex.open(folder / "index", cache=2**30) as index:
        for start in range(0, count, BATCH):
            index.add(
                [
                    Record(f"{at:015d}", PDQ64, code.tobytes())
                    for at, code in enumerate(codes[start : start + BATCH], start)
                ]
            )
        index.compact()
    _fill_tables(folder / "registry.sqlite", codes)
    _sign_head(Settings(home=folder))
    (folder / "whole").touch()
    print(f"filled with {count:,} marks in {time.monotonic() - began:.0f} s")


def _fill_tables(path: Path, codes: np.ndarray) -> None:
    key = PrivateKey.generate(secrets.token_bytes(32))
    payload, entry = _template(key)
    keyid = bytes.fromhex(key.keyid)
    database = sqlite3.connect(path)
    database.execute("PRAGMA synchronous = OFF")
    for start in range(0, len(codes), BATCH):
        logged, statements, marks = [], [], []
        for at, code in enumerate(codes[start : start + BATCH], start):
            image_data, name = secrets.token_hex(32), manifest_id(at)
            said = payload % {
                b"image": image_data.encode(),
                b"id": name.encode(),
                b"code": code.tobytes().hex().encode(),
            }
            data = entry % {b"payload": base64.b64encode(said)}
            logged.append((at, secrets.token_bytes(32), leaf_hash(data), data))
            statements.append((at, "mark", keyid, secrets.token_bytes(32), 1_800_000_000 + at))
            marks.append((at, keyid, code_of(image_data), name, secrets.token_bytes(32)))
        with database:
            database.executemany(
                'INSERT INTO log_entry ("index", key, leaf, entry) VALUES (?, ?, ?, ?)', logged
            )
            database.executemany(
                'INSERT INTO statement ("index", kind, keyid, payload, logged_at) VALUES (?, ?, ?, ?, ?)',
                statements,
            )
            database.executemany(
                'INSERT INTO mark ("index", keyid, code, manifest_id, manifest) VALUES (?, ?, ?, ?, ?)', marks
            )
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def _sign_head(settings: Settings) -> None:
    """Make the log's head over what was filled in; opening the registry then publishes its tiles."""
    frontier = Frontier()
    keys = open_keys(
        settings.keys_folder, origin="", name="", now=datetime.now(UTC), random=secrets.token_bytes
    )
    with contextlib.closing(sqlite3.connect(settings.home / "registry.sqlite")) as database, database:
        leaves = database.execute('SELECT leaf FROM log_entry ORDER BY "index"')
        while some := leaves.fetchmany(BATCH):
            frontier = frontier.grown(leaf for (leaf,) in some)
        head = sign_checkpoint(Checkpoint(keys.origin, frontier.size, frontier.root), keys.log)
        database.execute(
            "UPDATE log_head SET size = ?, frontier = ?, checkpoint = ?",
            (frontier.size, frontier.to_bytes(), head.to_bytes()),
        )


def _template(key: PrivateKey) -> tuple[bytes, bytes]:
    """Return a mark's payload and its entry, with gaps for what differs from mark to mark."""
    now = datetime(2026, 11, 1, tzinfo=UTC)
    image_data, name, code = "1" * 64, manifest_id(1), "2" * 64
    said = Mark(
        manifest=MarkManifest(id=name, sha256="3" * 64, size=8_192),
        mode="t2i",
        fingerprints={PDQ64: code},
        published_at=now,
    )
    signed = sign(make_statement(said, [Subject("picture.png", {IMAGE_DATA: image_data})]), key)
    entry = Entry(signed, now).to_bytes().replace(base64.b64encode(signed.payload), b"%(payload)b")
    payload = signed.payload.replace(b"%", b"%%")
    for text, gap in ((image_data, b"image"), (name, b"id"), (code, b"code")):
        payload = payload.replace(text.encode(), b"%(" + gap + b")b")
    return payload, entry


def fill_peer(path: Path, count: int) -> None:
    """Put the same codes into the peer's own tables."""
    if path.exists():
        return
    codes, unfinished = codes_of(count), path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    database = sqlite3.connect(unfinished)
    database.executescript(PEER_TABLES)
    database.execute("PRAGMA journal_mode = WAL")
    for start in range(0, count, BATCH):
        rows = [
            (at, manifest_id(at), text_of(code.tobytes()))
            for at, code in enumerate(codes[start : start + BATCH], start)
        ]
        with database:
            database.executemany(
                "INSERT INTO manifests VALUES (?, x'00', 'application/c2pa', NULL)",
                [row[1:2] for row in rows],
            )
            database.executemany(
                "INSERT INTO bindings VALUES (?, ?, ?)", [(at + 1, text, name) for at, name, text in rows]
            )
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    unfinished.rename(path)


def text_of(code: bytes) -> str:
    """Return a code as the API takes it."""
    return base64.b64encode(code).decode()
