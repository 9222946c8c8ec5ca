from __future__ import annotations

import pytest

from myself_i2i.attestation import PublicKey
from tests.registry.api.served import Served


class TestGetManifest:
    def test_bytes(self, served: Served) -> None:
        """The manifest store comes back byte for byte."""
        answer = served.client.get(f"/manifests/{served.manifest_id}")
        assert (served.picture.manifest, "application/c2pa") == (
            answer.content,
            answer.headers["content-type"],
        )

    @pytest.mark.parametrize("name", ["urn:c2pa:none", "none", "a/b", "%00", "%F0%9F%8E%A8"])
    def test_absent(self, served: Served, name: str) -> None:
        """An id that is not here is a 404."""
        assert 404 == served.client.get(f"/manifests/{name}").status_code


class TestGetMark:
    def test_names(self, served: Served) -> None:
        """Short code, as written or typed, manifest id and digest name the same mark."""
        code = served.published.code or ""
        names = [code, code.lower().replace("-", ""), served.manifest_id, served.published.digest]
        answers = [served.client.get(f"/s/{name}").json() for name in names]
        assert [answers[0]] * 4 == answers
        assert (code, "stands", served.picture.says.to_json()) == (
            answers[0]["code"],
            answers[0]["standing"],
            answers[0]["mark"],
        )

    @pytest.mark.parametrize("name", ["00000-00000-0", "x", "urn:c2pa:none", "0" * 64])
    def test_absent(self, served: Served, name: str) -> None:
        """What names nothing is a 404."""
        assert 404 == served.client.get(f"/s/{name}").status_code


class TestGetMaker:
    def test_known(self, served: Served) -> None:
        """A registered key with its pledge and how many marks it published."""
        keyid = served.picture.maker.keyid
        told = served.client.get(f"/makers/{keyid}").json()
        assert keyid == PublicKey.from_pem(told["publicKey"].encode()).keyid
        assert ("stands", 1) == (told["standing"], told["marks"])
        assert told["pledge"]["predicateType"].endswith("pledge/v1")

    def test_absent(self, served: Served) -> None:
        """A key that was never registered is a 404: nothing is said of it."""
        assert [404, 404] == [
            served.client.get(f"/makers/{name}").status_code for name in ("0" * 64, "somebody")
        ]
