"""Which signers are known here: the lists and makers kept in the data folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cryptography import x509

from myself_i2i.attestation import Envelope
from myself_i2i.c2pa.trust import Anchors, TrustLists, TrustSettings, load_anchors, trust_settings
from myself_i2i.inspection.files import read_bounded
from myself_i2i.verification.pledge import verified_pledge
from myself_i2i.verification.registries import is_registry

__all__ = ["C2PA_LIST", "TSA_LIST", "TrustFolder"]

C2PA_LIST = "c2pa.pem"
TSA_LIST = "tsa.pem"


@dataclass(frozen=True, slots=True)
class TrustFolder:
    """`trust/` in the data folder: c2pa.pem, tsa.pem, private/*.pem, makers/<keyid>.json."""

    path: Path
    """The folder; it need not exist."""

    def lists(self) -> TrustLists:
        """Return everything that is known. Raises InputError for a list that cannot be read."""
        private = [
            certificate
            for file in sorted((self.path / "private").glob("*.pem"))
            for certificate in load_anchors(read_bounded(file)).certificates
        ]
        return TrustLists(
            manifest=self._anchors(C2PA_LIST), tsa=self._anchors(TSA_LIST), private=Anchors(tuple(private))
        )

    def _anchors(self, name: str) -> Anchors:
        file = self.path / name
        return load_anchors(read_bounded(file)) if file.exists() else Anchors()

    def registries(self) -> tuple[x509.Certificate, ...]:
        """Return the roots of registries among the issuers added by hand."""
        return tuple(one for one in self.lists().private.certificates if is_registry(one))

    def settings(self) -> TrustSettings:
        """Return the lists as the C2PA library reads them."""
        return trust_settings(self.lists())

    def makers(self) -> dict[str, str]:
        """Return the pinned makers: key id to the name in their pledge."""
        found = {}
        for file in sorted((self.path / "makers").glob("*.json")):
            pledge = verified_pledge(Envelope.from_json(read_bounded(file)))
            found[pledge.public_key.keyid] = pledge.display_name or pledge.public_key.short_form
        return found
