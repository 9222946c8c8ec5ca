import hashlib

import pytest

from myself_i2i.image.decoding import decode
from myself_i2i.image.pixel_hashes import pixel_hashes
from myself_i2i.inspection.interface import ImageInput, Role
from myself_i2i.inspection.matching import SourceIndex, match_inputs
from myself_i2i.inspection.report import InputMatch, Inspection
from tests.support.pictures import png

A, B = hashlib.sha256(b"a").hexdigest(), hashlib.sha256(b"b").hexdigest()
MD5 = "d41d8cd98f00b204e9800998ecf8427e"


def index() -> SourceIndex:
    """Two files of a person."""
    sources = SourceIndex()
    sources.add(
        "art/Harbour.png",
        A,
        {"pixels-md5": [MD5, "ff" * 16], "pixels-sha256-8": "12345678" + "0" * 56},
        "urn:c2pa:X",
    )
    sources.add("art/old/harbour.png", B)
    return sources


def matched(**given: object) -> list[tuple[str, str, bool]]:
    """What an input with these keys is matched to."""
    item = ImageInput(role=Role.INIT, **given)  # type: ignore[arg-type] # the test's keywords
    whole = match_inputs(Inspection(inputs=(ImageInput(role=Role.MASK), item)), index())
    assert all(match.input == 1 for match in whole.matches)
    return [(match.source, match.by, match.weak) for match in whole.matches]


class TestMatchInputs:
    @pytest.mark.parametrize(
        ("given", "by"),
        [
            ({"sha256": A}, "sha256"),
            ({"urn": "urn:c2pa:x"}, "urn"),
            ({"hashes": {"pixels-md5": MD5.upper()}}, "pixels-md5"),
            ({"hashes": {"pixels-sha256-8": "12345678"}}, "pixels-sha256-8"),
        ],
    )
    def test_keys(self, given: dict[str, object], by: str) -> None:
        """Each kind of key finds the file, whatever the case of its letters."""
        assert [("art/Harbour.png", by, False)] == matched(**given)

    def test_strongest_first(self) -> None:
        """The strongest agreement is reported, not all of them."""
        assert [("art/Harbour.png", "sha256", False)] == matched(
            sha256=A, name="harbour.png", urn="urn:c2pa:X"
        )

    @pytest.mark.parametrize(
        "name", ["harbour.png", "C:\\in\\HARBOUR.PNG", "/in/x/harbour.png", "sub/harbour.png [input]"]
    )
    def test_name_is_a_hint(self, name: str) -> None:
        """A bare file name finds every file of that name and is marked as weak."""
        assert [("art/Harbour.png", "name", True), ("art/old/harbour.png", "name", True)] == matched(
            name=name
        )

    def test_digest_that_disagrees(self) -> None:
        """Where a digest is given and does not agree, a file of the same name is not reported."""
        assert [] == matched(sha256="0" * 64, name="harbour.png")

    def test_nothing(self) -> None:
        """An input without any key matches nothing."""
        assert [] == matched()

    def test_again(self) -> None:
        """Matching again replaces the earlier matches."""
        before = Inspection(
            inputs=(ImageInput(role=Role.INIT),), matches=(InputMatch(input=0, source="x", by="name"),)
        )
        assert () == match_inputs(before, index()).matches


class TestSourceIndex:
    def test_same_file_once(self) -> None:
        """A file added twice is found once."""
        sources = index()
        sources.add("art/old/harbour.png", B)
        assert ("art/old/harbour.png",) == sources.find("sha256", B)

    def test_empty_digest(self) -> None:
        """An empty digest is no key."""
        sources = SourceIndex()
        sources.add("a.png", "", {"pixels-md5": ""}, "")
        assert () == sources.find("sha256", "")

    def test_real_pixels(self) -> None:
        """The digests of decoded pixels find a picture that was saved again without loss."""
        picture = png(seed=3)
        digests = pixel_hashes(decode(picture))
        sources = SourceIndex()
        sources.add("own.png", A, {"pixels-md5": digests.md5, "pixels-sha256-8": digests.sha256})
        again = pixel_hashes(decode(png(seed=3, texts={"Comment": "saved again"})))
        assert ("own.png",) == sources.find("pixels-md5", again.md5[0])
        assert ("own.png",) == sources.find("pixels-sha256-8", again.sha256[0][:8])
