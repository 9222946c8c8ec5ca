"""RFC 3161 time-stamps, with a server of openssl's on this machine."""

from __future__ import annotations

import hashlib
import secrets
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from myself_i2i.errors import Error, InputError, LimitError, UsageError, VerificationError
from myself_i2i.journal import Batch, ask_for_stamp
from myself_i2i.journal.timestamp import RESPONSE_BYTES, read_stamp, time_stamp_request
from tests.support.credentials import authority
from tests.support.mutations import mutations
from tests.support.timestamps import OPENSSL, TSA, serving

pytest.importorskip("rfc3161_client")
pytestmark = pytest.mark.skipif(OPENSSL is None, reason="no openssl on this machine")

ROOTS = [TSA.root]
BATCH = Batch.of(["ab" * 32, "cd" * 32])


def post(url: str, query: bytes) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(url, data=query)) as answer:  # noqa: S310  # our own server
        body: bytes = answer.read()
    return body


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a time-stamp server."""
    with serving(tmp_path_factory.mktemp("tsa")) as url:
        yield url


@pytest.fixture(scope="module")
def response(server: str) -> bytes:
    """A time-stamp over the batch."""
    return ask_for_stamp(BATCH, server, fetcher=post, randomness=secrets.token_bytes)


def openssl(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(OPENSSL), "ts", *arguments], capture_output=True, text=True, check=False)


class TestRequest:
    def test_openssl_reads_it(self, tmp_path: Path) -> None:
        """OpenSSL reads the query: SHA-256, our digest, our nonce, certificates wanted."""
        (tmp_path / "query").write_bytes(time_stamp_request(b"\xaa" * 32, b"\xff" * 8))
        text = openssl("-query", "-in", str(tmp_path / "query"), "-text").stdout
        for line in (
            "Hash Algorithm: sha256",
            "0000 - aa aa aa aa aa aa aa aa-",
            "Nonce: 0x01FFFFFFFFFFFFFFFF",
            "Certificate required: yes",
        ):
            assert line in text

    def test_lengths(self) -> None:
        """A digest or nonce of another length is refused."""
        for digest, nonce in ((b"", bytes(8)), (bytes(32), bytes(7))):
            with pytest.raises(UsageError, match="digest"):
                time_stamp_request(digest, nonce)


class TestRead:
    def test_known(self, response: bytes) -> None:
        """A time-stamp by an authority that is known holds, and says when."""
        stamp = read_stamp(response, BATCH.digest, roots=ROOTS)
        assert ("clock", True) == (stamp.authority, stamp.known)
        assert abs(stamp.at - datetime.now(UTC)) < timedelta(hours=1)

    def test_unknown(self, response: bytes) -> None:
        """One by an authority that is not known says nothing that could be relied on, and that is told."""
        other = authority("another time").root
        for roots in ([], [other]):
            assert not read_stamp(response, BATCH.digest, roots=roots).known

    def test_openssl_agrees(self, response: bytes, tmp_path: Path) -> None:
        """`openssl ts -verify` takes the same batch and answer, as the page says, and refuses another batch."""
        (tmp_path / "batch.txt").write_text(BATCH.text, encoding="ascii")
        (tmp_path / "other.txt").write_text(Batch.of(["ef" * 32]).text, encoding="ascii")
        (tmp_path / "response.tsr").write_bytes(response)
        (tmp_path / "root.pem").write_bytes(TSA.pem)
        place = ["-in", str(tmp_path / "response.tsr"), "-CAfile", str(tmp_path / "root.pem")]
        found = [
            openssl("-verify", "-data", str(tmp_path / name), *place) for name in ("batch.txt", "other.txt")
        ]
        assert [0, 1] == [done.returncode for done in found], found[0].stderr

    def test_other_digest(self, response: bytes) -> None:
        """A time-stamp over something else is refused."""
        with pytest.raises(VerificationError, match="something else"):
            read_stamp(response, hashlib.sha256(b"else").digest(), roots=ROOTS)

    def test_other_question(self, response: bytes) -> None:
        """An answer to another question, an older one say, is refused when it is asked for."""
        with pytest.raises(VerificationError, match="something else"):
            read_stamp(response, BATCH.digest, roots=ROOTS, nonce=bytes(8))

    def test_not_granted(self, server: str) -> None:
        """An answer that grants nothing is refused."""
        refused = post(server, b"no query at all")
        with pytest.raises(VerificationError, match="grant"):
            read_stamp(refused, BATCH.digest)

    @pytest.mark.parametrize("data", [b"", b"0\x80", b"0\x00", b"nothing", bytes(500)])
    def test_no_stamp(self, data: bytes) -> None:
        """Bytes that are no answer are refused in words."""
        with pytest.raises(InputError, match="RFC 3161"):
            read_stamp(data, BATCH.digest)

    def test_too_large(self) -> None:
        """An answer past the bound is not parsed."""
        with pytest.raises(LimitError, match="bytes"):
            read_stamp(bytes(RESPONSE_BYTES + 1), BATCH.digest)

    def test_no_library(self, response: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without the library for time-stamps the person is told what to install."""
        monkeypatch.setitem(sys.modules, "rfc3161_client", None)
        with pytest.raises(UsageError, match="rfc3161-client") as caught:
            read_stamp(response, BATCH.digest, roots=ROOTS)
        assert caught.value.hint is not None

    def test_mutated(self, response: bytes) -> None:
        """A changed answer is refused, or not by a known authority, or still says exactly the same."""
        said = read_stamp(response, BATCH.digest, roots=ROOTS)
        for data in mutations([response], 1500, 20261103):
            try:
                stamp = read_stamp(data, BATCH.digest, roots=ROOTS)
            except Error:
                continue
            assert said == stamp or not stamp.known
