from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.c2pa import trust
from myself_i2i.errors import Error, InputError, LimitError
from tests.support.credentials import authority, maker

if TYPE_CHECKING:
    from pathlib import Path

ONE, TWO = authority("one"), authority("two")


class TestLoadAnchors:
    def test_bundle(self) -> None:
        """Certificates are kept in order, each once, and text around them is skipped."""
        found = trust.load_anchors(b"one\n" + ONE.pem + b"two\n" + TWO.pem + ONE.pem)
        assert (ONE.root, TWO.root) == found.certificates
        assert ONE.pem + TWO.pem == found.to_pem()

    @pytest.mark.parametrize(
        "pem",
        [b"", b"hello", ONE.pem[:200], ONE.pem.replace(b"MII", b"AII"), b"\xff" * 50, ONE.pem + ONE.pem[:99]],
    )
    def test_garbage(self, pem: bytes) -> None:
        """What the library would take in silence is refused here."""
        with pytest.raises(InputError):
            trust.load_anchors(pem)

    def test_leaf(self) -> None:
        """A maker's own certificate is no anchor, and the hint says what is."""
        with pytest.raises(InputError, match="cannot issue others") as caught:
            trust.load_anchors(maker("someone").chain)
        assert caught.value.hint is not None

    def test_bounds(self) -> None:
        """A list beyond any real one is refused before it is parsed, and one with too many after."""
        with pytest.raises(LimitError):
            trust.load_anchors(b" " * 700_000)
        with pytest.raises(LimitError):
            trust.load_anchors(ONE.pem * 601)

    @given(st.binary(max_size=400))
    def test_fuzz(self, noise: bytes) -> None:
        """Any bytes give anchors or our error."""
        try:
            trust.load_anchors(ONE.pem[:-60] + noise)
        except Error:
            return

    @pytest.mark.corpus
    @pytest.mark.parametrize("name", ["C2PA-TRUST-LIST.pem", "C2PA-TSA-TRUST-LIST.pem"])
    def test_official(self, trust_lists: Path, name: str) -> None:
        """The official lists load whole, and the settings made of them stay under the library's bound."""
        pem = (trust_lists / name).read_bytes()
        found = trust.load_anchors(pem)
        assert pem.count(b"BEGIN CERTIFICATE") == len(found.certificates)
        settings = trust.trust_settings(trust.TrustLists(manifest=found, tsa=found))
        assert len(settings.json) < 2**20


class TestTrustSettings:
    def test_purposes(self) -> None:
        """Each list goes under its own name; only manifest lists can make a signer known."""
        lists = trust.TrustLists(manifest=trust.load_anchors(ONE.pem), tsa=trust.load_anchors(TWO.pem))
        settings = trust.trust_settings(lists)
        kinds = {one["trust_uri"]: one["trust_kind"] for one in json.loads(settings.json)["trust"]["anchors"]}
        assert {trust.C2PA_LIST_URI: "manifest", trust.TSA_LIST_URI: "tsa"} == kinds
        assert trust.TSA_LIST_URI not in dict(settings.lists)

    def test_no_repeats(self) -> None:
        """A root on a manifest list is not given again for time-stamps: the library would name the wrong list."""
        both = trust.load_anchors(ONE.pem)
        settings = trust.trust_settings(trust.TrustLists(manifest=both, tsa=both, private=both))
        assert [trust.C2PA_LIST_URI] == [
            one["trust_uri"] for one in json.loads(settings.json)["trust"]["anchors"]
        ]

    def test_offline(self) -> None:
        """Whatever is trusted, nothing may be fetched."""
        settings = json.loads(trust.NO_TRUST.json)
        assert (False, []) == (
            settings["verify"]["remote_manifest_fetch"],
            settings["core"]["allowed_network_hosts"],
        )


class TestFetch:
    def test_official_place(self) -> None:
        """Both lists are asked for at their official place, through the caller's fetcher alone."""
        asked = []

        def fetcher(url: str) -> bytes:
            asked.append(url)
            return ONE.pem

        manifest, tsa = trust.fetch(fetcher)
        assert [trust.C2PA_TRUST_LIST_URL, trust.C2PA_TSA_TRUST_LIST_URL] == asked
        assert (ONE.root,) == manifest.certificates == tsa.certificates
        assert all(url.startswith("https://") and "c2pa-org/conformance-public" in url for url in asked)

    def test_refuses(self) -> None:
        """An error page in the place of a list is refused."""
        with pytest.raises(InputError):
            trust.fetch(lambda _: b"<html>not found</html>")
