from __future__ import annotations

import pytest
from httpx import Response

from myself_i2i.attestation import Envelope
from myself_i2i.registry.api.statements import ENVELOPE
from myself_i2i.tlog import Logged, Receipt
from tests.registry.api.client import Client
from tests.registry.api.served import Served
from tests.registry.support import PublishedPicture, made, person


def send(client: Client, data: bytes, kind: str = ENVELOPE) -> Response:
    return client.post("/statements", content=data, headers={"content-type": kind})


def send_mark(client: Client, one: PublishedPicture) -> Response:
    return client.post("/statements", files={"envelope": one.envelope.to_json(), "manifest": one.manifest})


class TestPostStatement:
    def test_same_twice(self, served: Served) -> None:
        """A statement is new once; sent again it has the same answer, and changes nothing."""
        pledge = person("twice").pledge().envelope
        first, second = send(served.client, pledge.to_json()), send(served.client, pledge.to_json())
        assert (201, 200) == (first.status_code, second.status_code)
        assert first.json() | {"receipt": ""} == second.json() | {"receipt": ""}
        assert pledge.digest == first.json()["digest"]

    def test_mark(self, served: Served) -> None:
        """A mark comes with its manifest in a form, and goes by its short code from then on."""
        maker = person("form")
        send(served.client, maker.pledge().envelope.to_json())
        told = send_mark(served.client, one := made(maker, seed=21))
        assert 201 == told.status_code
        found = served.client.get(f"/s/{told.json()['code']}").json()
        assert (one.envelope.digest, maker.keyid) == (found["digest"], found["keyid"])

    def test_receipt(self, served: Served) -> None:
        """The receipt in the answer proves offline that the entry is in the log, and can be had again."""
        told = send(served.client, person("receipt").pledge().envelope.to_json()).json()
        receipt = Receipt.parse(told["receipt"].encode())
        entry = served.registry.entry(told["index"]).to_bytes()
        logged = receipt.verify(entry, served.registry.log.key)
        assert isinstance(logged, Logged)
        again = served.client.get(f"/receipts/{told['index']}")
        assert told["index"] == Receipt.parse(again.content).index

    def test_refused(self, served: Served) -> None:
        """What is not taken in says why by a short word, and is not in the log."""
        stranger = made(person("stranger"), seed=22)
        answer = send_mark(served.client, stranger)
        assert (403, "unknown-key") == (answer.status_code, answer.json()["error"]["reason"])
        assert 404 == served.client.get(f"/statements/{stranger.envelope.digest}").status_code

    def test_no_manifest(self, served: Served) -> None:
        """A mark without its manifest is refused."""
        answer = send(served.client, made(served.picture.maker, seed=23).envelope.to_json())
        assert (400, "manifest") == (answer.status_code, answer.json()["error"]["reason"])

    def test_forged(self, served: Served) -> None:
        """A statement whose signature does not hold is refused."""
        pledge = person("forged").pledge().envelope
        forged = Envelope(pledge.payload.replace(b"forged", b"f0rged"), pledge.signatures)
        assert 400 == send(served.client, forged.to_json()).status_code

    @pytest.mark.parametrize(
        ("data", "kind", "status"),
        [
            (b"", ENVELOPE, 400),
            (b"{}", ENVELOPE, 400),
            (b"\xff" * 100, ENVELOPE, 400),
            (b"{}", "text/plain", 415),
            (b"{}", "", 415),
            (b"{}", "multipart/form-data; boundary=x", 400),
            (
                b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--x--",
                "multipart/form-data; boundary=x",
                400,
            ),
        ],
    )
    def test_wrong(self, served: Served, data: bytes, kind: str, status: int) -> None:
        """What is no statement is refused by what it is not."""
        assert status == send(served.client, data, kind).status_code


class TestGetStatement:
    def test_as_signed(self, served: Served) -> None:
        """A statement comes back as it was signed."""
        told = served.client.get(f"/statements/{served.published.digest}").json()
        assert served.picture.envelope == Envelope.from_json(told["envelope"])
        assert served.published.index == told["index"]

    @pytest.mark.parametrize(
        "path",
        [
            "/statements/" + "0" * 64,
            "/statements/nothing",
            "/receipts/999999",
            "/receipts/-1",
            "/receipts/٣",
            "/receipts/" + "9" * 40,
        ],
    )
    def test_absent(self, served: Served, path: str) -> None:
        """What is not here is a 404."""
        assert 404 == served.client.get(path).status_code
