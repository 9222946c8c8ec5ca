"""RFC 3161 time-stamps, with a server of openssl's on this machine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from myself_i2i.c2pa import native
from myself_i2i.c2pa.reading import ManifestReading, State
from myself_i2i.c2pa.trust import TrustLists, load_anchors, trust_settings
from tests.support.credentials import NOW, Maker, authority, manifest
from tests.support.pictures import png
from tests.support.timestamps import OPENSSL, TSA, serving

pytestmark = pytest.mark.skipif(OPENSSL is None, reason="no openssl on this machine")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a time-stamp server."""
    with serving(tmp_path_factory.mktemp("tsa")) as url:
        yield url


def stamped(someone: Maker, server: str) -> bytes:
    """A picture with a time-stamp."""
    return native.sign(
        png(), "image/png", manifest(), chain_pem=someone.chain, key=someone.pem, tsa_url=server
    ).data


def read(data: bytes, lists: TrustLists) -> ManifestReading:
    """What is read with these lists."""
    reading = native.read(data, "image/png", trust=trust_settings(lists))
    assert reading is not None
    return reading


class TestTimestamp:
    def test_known(self, someone: Maker, server: str) -> None:
        """A time-stamp by an authority on the list gives the time of signing."""
        reading = read(stamped(someone, server), TrustLists(tsa=load_anchors(TSA.pem)))
        assert reading.signer.signed_at_trusted
        assert reading.signer.signed_at is not None
        assert abs(reading.signer.signed_at - NOW) < timedelta(hours=1)

    def test_unknown(self, someone: Maker, server: str) -> None:
        """One by anybody else leaves the file intact and the time a mere claim."""
        reading = read(stamped(someone, server), TrustLists())
        assert () == reading.altered
        assert not reading.signer.signed_at_trusted


class TestExpiry:
    def test_expired(self, someone: Maker, server: str) -> None:
        """A certificate that ended makes a mark Invalid, though unaltered; a known time-stamp keeps it valid."""
        issuer = authority("short-lived")
        end = datetime.now(UTC) + timedelta(seconds=2)
        chain = issuer.issue(someone.private.public_key(), end=end)
        plain = native.sign(png(), "image/png", manifest(), chain_pem=chain, key=someone.pem).data
        stamp = native.sign(
            png(), "image/png", manifest(), chain_pem=chain, key=someone.pem, tsa_url=server
        ).data
        time.sleep(max(0.0, (end - datetime.now(UTC)).total_seconds()) + 1.1)
        lists = TrustLists(private=load_anchors(issuer.pem), tsa=load_anchors(TSA.pem))
        late = read(plain, lists)
        assert (State.INVALID, ()) == (late.state, late.altered)
        assert "signingCredential.expired" in {one.code for one in late.credential_failures}
        assert State.TRUSTED == read(stamp, lists).state
        assert State.INVALID == read(stamp, TrustLists(private=lists.private)).state
