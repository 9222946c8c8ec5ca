"""What the signer vouches for, read from the claim itself."""

from __future__ import annotations

from myself_i2i.c2pa import _cbor, _jumbf

__all__ = ["is_all_created"]


def is_all_created(store: bytes) -> bool:
    """Return whether the active claim has created assertions and no gathered ones (C2PA 2.4 §10.3).

    Raises:
        InputError: the store cannot be read.
    """
    claim = _cbor.decode(_jumbf.active_manifest(store).claim)
    return (
        isinstance(claim, dict)
        and bool(claim.get("created_assertions"))
        and not claim.get("gathered_assertions")
    )
