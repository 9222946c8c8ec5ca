"""A live drawing stream is captured, altered and posted first; the artist opens one frame of a journal."""

from __future__ import annotations

import secrets
import subprocess
import urllib.request
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import ImageFilter

from myself_i2i.attestation import PrivateKey
from myself_i2i.errors import VerificationError
from myself_i2i.fingerprint.interface import ORIGIN
from myself_i2i.fingerprint.origin import similarity
from myself_i2i.fingerprint.taking import take
from myself_i2i.journal import (
    DOES_NOT_SHOW,
    Batch,
    Keeper,
    KeptStamp,
    Notebook,
    Opening,
    ask_for_stamp,
    frames,
    open_entry,
    opening_of,
    read_work_file,
    unstamped,
)
from myself_i2i.ledger import Ledger, ledger_path
from tests.journal.workfiles import clip, drawing, jpeg, png, psd
from tests.support.timestamps import OPENSSL, TSA, serving

pytest.importorskip("rfc3161_client")
pytestmark = pytest.mark.skipif(OPENSSL is None, reason="no openssl on this machine")

ROOTS = [TSA.root]


def post(url: str, query: bytes) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(url, data=query)) as answer:  # noqa: S310  # our own server
        body: bytes = answer.read()
    return body


def note_work(home: Path, folder: Path, key: PrivateKey, begun: datetime) -> None:
    """The artist draws for two hours and saves four times, in three programs; the network is there at the end."""
    saves = {"rough.png": png(drawing(1)), "cover.psd": psd(drawing(2)), "cover.clip": clip(png(drawing(3)))}
    with Ledger.open(ledger_path(home)) as ledger:
        notebook = Notebook(ledger, home, key, work="Cover", randomness=secrets.token_bytes)
        for step, (name, data) in enumerate([*saves.items(), ("cover.psd", psd(drawing(4)))]):
            (folder / name).write_bytes(data)
            file = read_work_file(folder / name)
            assert file is not None
            notebook.note([file], now=begun + timedelta(minutes=40 * step))


def stamp(home: Path, key: PrivateKey, folder: Path) -> None:
    """One time-stamp over everything that has none."""
    folder.mkdir()
    with Ledger.open(ledger_path(home)) as ledger, serving(folder) as url:
        batch = unstamped(ledger, home, key.keyid)
        assert batch is not None
        response = ask_for_stamp(batch, url, fetcher=post, randomness=secrets.token_bytes)
        Keeper(home).keep_stamp(KeptStamp(batch, response))


class TestStream:
    def test_story(self, home: Path, tmp_path: Path, key: PrivateKey, other_key: PrivateKey) -> None:
        """The artist's frame existed before the other's post, checked by anyone, without showing any other frame."""
        begun = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)
        folder = tmp_path / "works"
        folder.mkdir()
        note_work(home, folder, key, begun)
        stamp(home, key, tmp_path / "tsa")

        # Somebody captures the third stage from the stream, alters it, and posts before the artist is done.
        captured = drawing(3).resize((200, 150)).filter(ImageFilter.GaussianBlur(1.5))
        looks = {one.algorithm: one for one in take(jpeg(captured, 55))[0]}
        posted_at = datetime.now(UTC) + timedelta(hours=1)

        # The artist finds the frame nearest to it, and hands out how that one looked. No picture leaves the machine.
        with Ledger.open(ledger_path(home)) as ledger:
            kept = frames(ledger, home, roots=ROOTS)
        near = max(kept, key=lambda frame: similarity(frame.fingerprints[ORIGIN], looks[ORIGIN]))
        assert (3, "clip", 4) == (near.number, near.kind, len(kept))
        opening = opening_of(near, file=False, looks=True)
        assert opening is not None
        document = opening.to_json()

        # Anyone checks it, on another machine, with the list of authorities only.
        opened = open_entry(Opening.from_json(document), roots=ROOTS)
        assert opened.stamp is not None
        assert opened.stamp.known
        assert opened.noted_at < opened.stamp.at < posted_at
        assert similarity(opened.fingerprints[ORIGIN], looks[ORIGIN]) > 0.8
        self._by_openssl(opening, tmp_path)

        # Nothing of the other frames, and no digest of a file, is in what was handed out.
        for frame in kept:
            assert frame.sha256 is not None
            assert frame.sha256.encode() not in document

        # The other one cannot make it theirs, nor date it earlier.
        with pytest.raises(VerificationError):
            open_entry(replace(opening, stamp=KeptStamp(Batch.of(["ab" * 32]), b"")), roots=ROOTS)
        assert other_key.keyid != opened.public_key.keyid

        # What it does not show is part of every answer.
        assert "does not show who drew" in DOES_NOT_SHOW.en
        assert "だれが描いたかは示しません" in DOES_NOT_SHOW.ja

    def _by_openssl(self, opening: Opening, tmp_path: Path) -> None:
        """The time-stamp holds for OpenSSL too, and the envelope's digest is a line of what was stamped."""
        assert opening.stamp is not None
        (tmp_path / "batch.txt").write_text(opening.stamp.batch.text, encoding="ascii")
        (tmp_path / "response.tsr").write_bytes(opening.stamp.response)
        (tmp_path / "root.pem").write_bytes(TSA.pem)
        line = f"grep -x {opening.envelope.digest} batch.txt && openssl ts -verify -data batch.txt -in response.tsr -CAfile root.pem"
        done = subprocess.run(
            ["/bin/sh", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert 0 == done.returncode, done.stderr

    def test_offline_then_online(self, home: Path, tmp_path: Path, key: PrivateKey) -> None:
        """What was noted offline is stamped later: the two moments stay apart, each with whose word it is."""
        begun = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2)
        folder = tmp_path / "works"
        folder.mkdir()
        note_work(home, folder, key, begun)
        with Ledger.open(ledger_path(home)) as ledger:
            assert {None} == {frame.dating.shown_by for frame in frames(ledger, home, roots=ROOTS)}
        stamp(home, key, tmp_path / "tsa")
        with Ledger.open(ledger_path(home)) as ledger:
            for frame in frames(ledger, home, roots=ROOTS):
                assert frame.dating.shown_by is not None
                assert frame.dating.shown_by - frame.dating.noted_at > timedelta(days=1)
