"""Files signed by others than makers: vendors, and files that our own code would never write."""

from __future__ import annotations

import io
import json
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import c2pa

from myself_i2i.c2pa import native
from myself_i2i.c2pa.settings import SIGN
from tests.support.credentials import NOW, YEARS, Authority, authority, maker, manifest
from tests.support.marked import again

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.support.marked import Person, Picture

VENDORS = authority("vendors")
"""Who issues certificates to vendors; a test puts it on the list, or not."""


def vendor(picture: Picture, *, issuer: Authority = VENDORS, name: str = "Vendor") -> bytes:
    """The picture signed by a vendor, with no statement of ours in it."""
    held = maker(name)
    chain = issuer.issue(held.private.public_key(), name=name, end=NOW + YEARS - timedelta(days=1))
    return native.sign(picture.data, picture.mime, manifest(), chain_pem=chain, key=held.pem).data


def gathered(someone: Person, picture: Picture, data: object) -> bytes:
    """The picture signed by `someone`, with a mark assertion that the signer only gathered and does not vouch for."""
    made = manifest({"label": "org.myself-i2i.mark", "kind": "Json", "data": data})
    settings = {**SIGN, "builder": {"thumbnail": {"enabled": False}}}
    return _sign(someone, picture, made, settings)


def remote(someone: Person, picture: Picture, url: str) -> bytes:
    """The picture with nothing but the address of its manifest."""
    return _sign(someone, picture, manifest(), SIGN, url=url)


def _sign(
    someone: Person,
    picture: Picture,
    made: dict[str, Any],
    settings: Mapping[str, Any],
    url: str | None = None,
) -> bytes:
    output = io.BytesIO()
    info = c2pa.C2paSignerInfo(c2pa.C2paSigningAlg.ED25519, someone.held.chain, someone.held.pem, None)
    with (
        c2pa.Context.from_json(json.dumps(settings)) as context,
        c2pa.Signer.from_info(info) as signer,
        c2pa.Builder(made, context=context) as builder,
    ):
        if url is not None:
            builder.set_no_embed()
            builder.set_remote_url(url)
        builder.sign(signer, picture.mime, io.BytesIO(picture.data), output)
    return output.getvalue()


class ShortLived:
    """Somebody whose certificate ends two seconds after it was issued: the library signs only with a valid one."""

    def __init__(self, someone: Person) -> None:
        self._end = datetime.now(UTC) + timedelta(seconds=2)
        chain = VENDORS.issue(someone.held.private.public_key(), end=self._end, name=someone.name)
        self.person = again(someone, chain)
        """Who signs; everything must be signed before `wait`."""

    def wait(self) -> None:
        """Return once the certificate has ended."""
        time.sleep(max(0.0, (self._end - datetime.now(UTC)).total_seconds()) + 1.1)
