from __future__ import annotations

import io

import pytest
from PIL import Image, ImageOps

from myself_i2i.registry.api.bindings import ISCC_NAME, NAMES, PDQ64_NAME
from tests.registry.api.served import Served, values
from tests.registry.support import painting
from tests.support.pictures import png


def saved(image: Image.Image, form: str = "JPEG", **options: int) -> bytes:
    out = io.BytesIO()
    image.convert("RGB").save(out, form, **options)
    return out.getvalue()


class TestByBinding:
    @pytest.mark.parametrize("name", NAMES)
    def test_get(self, served: Served, name: str) -> None:
        """A soft binding of the mark finds its manifest, with 100 for equal codes."""
        query = {"alg": name, "value": values(served.picture)[name]}
        answer = served.client.get("/matches/byBinding", params=query)
        expected = {"matches": [{"manifestId": served.manifest_id, "similarityScore": 100}]}
        assert (200, expected) == (answer.status_code, answer.json())

    @pytest.mark.parametrize("name", NAMES)
    def test_post(self, served: Served, name: str) -> None:
        """Posted, the same binding has the same answer."""
        query = {"alg": name, "value": values(served.picture)[name]}
        answers = [
            served.client.get("/matches/byBinding", params=query),
            served.client.post("/matches/byBinding", json=query),
        ]
        assert answers[0].json() == answers[1].json()

    def test_far(self, served: Served) -> None:
        """What is not near is not among the matches, which is no error."""
        query = {"alg": PDQ64_NAME, "value": "A" * 43 + "="}
        answer = served.client.get("/matches/byBinding", params=query)
        assert (200, {"matches": []}) == (answer.status_code, answer.json())

    @pytest.mark.parametrize(
        ("query", "status"),
        [
            ({}, 400),
            ({"alg": PDQ64_NAME}, 400),
            ({"value": "AAAA"}, 400),
            ({"alg": "none", "value": "AAAA"}, 400),
            ({"alg": PDQ64_NAME, "value": "A" * 3_000}, 414),
            ({"alg": PDQ64_NAME, "value": "A" * 43, "maxResults": "0"}, 400),
            ({"alg": PDQ64_NAME, "value": "A" * 43, "maxResults": "-1"}, 400),
            ({"alg": PDQ64_NAME, "value": "A" * 43, "maxResults": "1.5"}, 400),
            ({"alg": PDQ64_NAME, "value": "A" * 43, "maxResults": "٣"}, 400),
            ({"alg": PDQ64_NAME, "value": "A" * 43, "maxResults": "9" * 50}, 200),
        ],
    )
    def test_refused(self, served: Served, query: dict[str, str], status: int) -> None:
        """What is asked for wrongly is told in words, in both languages."""
        answer = served.client.get("/matches/byBinding", params=query)
        assert status == answer.status_code
        if status != 200:
            assert {"en", "ja"} == set(answer.json()["error"]["message"])

    @pytest.mark.parametrize(
        "body", [b"", b"[]", b'{"alg": 1, "value": "A"}', b'{"alg": "a"}', b"\xff", b"{" * 9999]
    )
    def test_body(self, served: Served, body: bytes) -> None:
        """A body that is no binding is refused."""
        answer = served.client.post(
            "/matches/byBinding", content=body, headers={"content-type": "application/json"}
        )
        assert 400 == answer.status_code

    def test_type(self, served: Served) -> None:
        """A body of another type is not read."""
        assert 415 == served.client.post("/matches/byBinding", content=b"{}").status_code


class TestByContent:
    def post(self, served: Served, data: bytes, kind: str = "image/jpeg", **query: str) -> object:
        """The matches, or the status when there are none to speak of."""
        answer = served.client.post(
            "/matches/byContent", params=query, content=data, headers={"content-type": kind}
        )
        return answer.json()["matches"] if answer.status_code == 200 else answer.status_code

    def test_stripped(self, served: Served) -> None:
        """A picture that was saved again without its mark is found, and as itself."""
        found = self.post(served, png(image=painting()), "image/png")
        assert [{"manifestId": served.manifest_id, "similarityScore": 100}] == found

    @pytest.mark.parametrize("turn", [ImageOps.mirror, ImageOps.flip, lambda image: image.rotate(90)])
    def test_turned(self, served: Served, turn: object) -> None:
        """Turned, mirrored, smaller and saved as a JPEG, it is found all the same."""
        assert callable(turn)
        data = saved(turn(painting()).resize((80, 80)), quality=80)
        found = self.post(served, data, alg=PDQ64_NAME)
        assert isinstance(found, list)
        assert [served.manifest_id] == [one["manifestId"] for one in found]
        assert found[0]["similarityScore"] > 75

    def test_one_algorithm(self, served: Served) -> None:
        """With `alg` that one is looked up, and no other: this code knows no turned pictures."""
        assert [] == self.post(served, saved(ImageOps.flip(painting()), quality=95), alg=ISCC_NAME)
        assert [] != self.post(served, saved(painting(), quality=95), alg=ISCC_NAME)

    def test_hint(self, served: Served) -> None:
        """A binding that the client has already is looked up beside the picture."""
        hint = {"hintAlg": ISCC_NAME, "hintValue": values(served.picture)[ISCC_NAME]}
        assert [] == self.post(served, saved(painting(7)))
        found = self.post(served, saved(painting(7)), **hint)
        assert [{"manifestId": served.manifest_id, "similarityScore": 100}] == found
        assert 400 == self.post(served, saved(painting(7)), hintAlg=ISCC_NAME)

    def test_flat(self, served: Served) -> None:
        """A picture with next to nothing on it is near nothing: it would be near anything by chance."""
        assert [] == self.post(served, saved(Image.new("RGB", (64, 64), "white")))

    def test_refused(self, served: Served) -> None:
        """What is no picture, or of a type that is not read, is refused, and so are wrong parameters."""
        good = saved(painting())
        assert [400, 400, 415, 415, 400, 400] == [
            self.post(served, b""),
            self.post(served, good[:500]),
            self.post(served, good, "image/tiff"),
            self.post(served, good, "application/octet-stream"),
            self.post(served, good, alg="none"),
            self.post(served, good, maxResults="none"),
        ]
