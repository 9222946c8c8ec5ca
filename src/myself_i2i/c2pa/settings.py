"""The settings we give to c2pa-rs, in one place.

c2pa-rs accepts misspelt and outdated keys without a word, so nothing here may be believed because the call
succeeded: `native.self_test` holds each of these settings to its effect.
"""

from __future__ import annotations

from typing import Any, Final

from myself_i2i.c2pa import labels

__all__ = ["LISTED_TEST_URI", "READ", "SIGN", "TRUST_CONFIG"]

_OFFLINE: Final[dict[str, Any]] = {
    # The default is on: reading a stranger's file would fetch whatever URL stands in it.
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
    "core": {
        # The second lock on the same door: no host may be asked at all, nor through a redirect.
        "allowed_network_hosts": [],
        "allow_redirects": False,
        # A compressed manifest may not unpack to more than this (a decompression bomb).
        "max_decompressed_manifest_size_in_mb": 32,
    },
}

TRUST_CONFIG: Final = "".join(f"{oid}\n" for oid in labels.EKUS)
"""The extended key usages of claim signers, one OID a line. Read only from `trust.trust_config`: the same text
inside `trust.anchors[]` has no effect in c2pa-rs 0.91.3."""

READ: Final[dict[str, Any]] = _OFFLINE
"""Reading a stranger's file."""

SIGN: Final[dict[str, Any]] = {
    **_OFFLINE,
    "builder": {
        # Default thumbnails add 0.4 s and 0.5 MB to every mark.
        "thumbnail": {"enabled": False},
        # Without this the signer vouches for nothing but the hash: all else would be "gathered".
        "created_assertion_labels": list(labels.CREATED_LABELS),
    },
    "trust": {"trust_config": TRUST_CONFIG},
}
"""Writing a mark. The network lock does not stop a time-stamp that the caller asked for."""

LISTED_TEST_URI: Final = "urn:myself-i2i:self-test"
"""The trust list that exists only inside `native.self_test`."""
