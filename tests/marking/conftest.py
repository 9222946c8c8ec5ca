from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from myself_i2i.attestation import PrivateKey, Statement, Subject, sign
from myself_i2i.marking.content_credentials import Signing
from myself_i2i.marking.manifest import MarkContent, MarkSource
from tests.support.credentials import Maker, maker

SOURCE = b"a source picture's bytes"
SOURCE_SHA256 = hashlib.sha256(SOURCE).hexdigest()


@pytest.fixture(scope="session")
def someone() -> Maker:
    """A maker with a key and a self-issued certificate."""
    return maker("someone")


@pytest.fixture(scope="session")
def signing(someone: Maker) -> Signing:
    """With what they sign."""
    return Signing(chain_pem=someone.chain, key=someone.pem)


@pytest.fixture(scope="session")
def envelope(someone: Maker) -> Callable[[str], bytes]:
    """Makes a signed statement of the maker's, as bytes."""
    key = PrivateKey.from_pem(someone.pem)

    def make(name: str) -> bytes:
        subject = Subject(name=name, digest={"sha256": SOURCE_SHA256})
        made = Statement.make([subject], f"https://example.org/{name}/v1", {"says": name})
        return sign(made, key).to_json()

    return make


@pytest.fixture(scope="session")
def content(someone: Maker, envelope: Callable[[str], bytes]) -> Callable[..., MarkContent]:
    """Makes what a mark says; keyword arguments replace parts of it."""
    source = MarkSource(
        sha256=SOURCE_SHA256,
        mime="image/png",
        basis="own-drawing",
        statement=envelope("source"),
        roles=("init",),
    )

    def make(**changes: Any) -> MarkContent:
        said: dict[str, Any] = {
            "keyid": someone.keyid,
            "generator_version": "1.2.3",
            "mode": "i2i",
            "image_input": "yes",
            "pledge": envelope("pledge"),
            "generation": envelope("generation"),
            "sources": (source,),
        }
        return MarkContent(**{**said, **changes})

    return make
