"""Real files of vendors, where they are on this machine: read, judged, and their signers' keys told."""

from __future__ import annotations

from pathlib import Path

import pytest

from myself_i2i.c2pa import native, signer
from myself_i2i.c2pa.reading import Standing, State
from myself_i2i.c2pa.trust import TrustLists, load_anchors, trust_settings
from myself_i2i.errors import Error
from myself_i2i.image import Container, read_container

pytestmark = pytest.mark.corpus


def files_with_store(folder: Path) -> list[tuple[bytes, Container]]:
    """Every picture in the folder that carries a manifest store."""
    found = []
    for path in sorted(folder.iterdir()):
        try:
            container = read_container(data := path.read_bytes())
        except Error:
            continue
        if container.manifest_store is not None:
            found.append((data, container))
    return found


class TestVendors:
    def test_all(self, trust_lists: Path) -> None:
        """Whatever they carry: both ways of reading agree, the key is told, and some signer is on the list."""
        lists = TrustLists(
            manifest=load_anchors((trust_lists / "C2PA-TRUST-LIST.pem").read_bytes()),
            tsa=load_anchors((trust_lists / "C2PA-TSA-TRUST-LIST.pem").read_bytes()),
        )
        trust = trust_settings(lists)
        found = files_with_store(trust_lists.parent / "generators")
        assert found
        standings = set()
        for data, container in found:
            mime, store = container.format.mime, container.manifest_store
            assert store is not None
            embedded = native.read(data, mime, trust=trust)
            given = native.read(data, mime, trust=trust, manifest_store=store)
            assert embedded is not None
            assert given is not None
            assert (embedded.label, embedded.state, embedded.altered) == (
                given.label,
                given.state,
                given.altered,
            )
            assert 64 == len(signer.identify(store, given).keyid)
            standings.add((given.state, given.standing))
        assert (State.TRUSTED, Standing.C2PA_LIST) in standings
