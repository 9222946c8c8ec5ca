from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from myself_i2i.attestation import Envelope
from myself_i2i.fingerprint import PDQ64
from myself_i2i.predicates import Question, read_signed
from tests.registry.api.served import Served


class TestAnswers:
    def test_signed(self, served: Served) -> None:
        """A question has an answer that the registry's operator signed."""
        asked = Question(fingerprints={PDQ64: (served.picture.says.fingerprints[PDQ64],)})
        answer = served.client.post(
            "/answers", content=asked.to_bytes(), headers={"content-type": "application/json"}
        )
        envelope = Envelope.from_json(answer.content)
        signed = read_signed(envelope, served.registry.keys.operator.public_key)
        assert (200, "Answer") == (answer.status_code, type(signed.predicate).__name__)

    def test_wrong(self, served: Served) -> None:
        """What is no question is refused."""
        statuses = [
            served.client.post("/answers", content=b"{}", headers={"content-type": kind}).status_code
            for kind in ("application/json", "text/plain")
        ]
        assert [400, 415] == statuses


class TestCertificates:
    def test_strangers(self, served: Served) -> None:
        """A key without a pledge here gets no certificate."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "somebody")])
        request = x509.CertificateSigningRequestBuilder(name).sign(Ed25519PrivateKey.generate(), None)
        answers = [
            served.client.post("/certificates", content=data, headers={"content-type": "application/pkcs10"})
            for data in (request.public_bytes(Encoding.PEM), b"nothing")
        ]
        assert [403, 400] == [one.status_code for one in answers]

    def test_authority(self, served: Served) -> None:
        """The anchor can be had, to be trusted for this registry alone."""
        found = x509.load_pem_x509_certificate(served.client.get("/authority.pem").content)
        assert served.registry.keys.root == found
