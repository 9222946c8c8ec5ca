from __future__ import annotations

from typing import Any

import pytest

from myself_i2i.attestation import IMAGE_DATA, SHA256, Subject
from myself_i2i.declaration.inputs import GivenSource, join_inputs
from myself_i2i.errors import RightsError
from myself_i2i.inspection.interface import ImageInput, Role

A, B, C = "a" * 64, "b" * 64, "c" * 64


def file(role: str, sha256: str, **more: str) -> GivenSource:
    """A file that the maker names."""
    return GivenSource(role, Subject(f"{sha256[0]}.png", {SHA256: sha256, IMAGE_DATA: "d" * 64, **more}))


def recorded(role: Role = Role.INIT, **known: Any) -> ImageInput:
    """An input in the file's metadata."""
    hashes = {"pixels-md5": known.pop("md5")} if "md5" in known else {}
    return ImageInput(role=role, hashes=hashes, **known)


def joined(*items: ImageInput, given: tuple[GivenSource, ...] = (), **matched: str) -> list[tuple[str, str]]:
    """(role, first letter of the digest) of every input; `matched` maps "i0" to a digest."""
    found = join_inputs(items, {int(key[1:]): value for key, value in matched.items()}, given)
    return [(item.role, (item.sha256 or "-")[0]) for item in found]


class TestRecorded:
    def test_digest(self) -> None:
        """An input whose digest stands in the file needs nobody to name it."""
        assert [("init", "a")] == joined(recorded(sha256=A))

    def test_matched(self) -> None:
        """An input found among the maker's files by another digest gets that file's."""
        assert [("init", "b")] == joined(recorded(md5="1" * 32), i0=B)

    def test_everything_kept(self) -> None:
        """Name, hashes and link of the record stay beside the file's digest."""
        item = ImageInput(role=Role.INIT, name="x.png", hashes={"pixels-md5": "1" * 32}, urn="urn:c2pa:1")
        (found,) = join_inputs([item], {}, [file("init", A)])
        assert ("x.png", {"pixels-md5": "1" * 32}, "urn:c2pa:1") == (found.name, found.hashes, found.urn)
        assert (A, "d" * 64) == (found.sha256, found.image_data)

    def test_mask_unnamed(self) -> None:
        """A mask may stay unidentified: it says where, not what."""
        assert [("init", "a"), ("mask", "-")] == joined(recorded(sha256=A), recorded(Role.MASK))

    @pytest.mark.parametrize("name", [None, "in.png"])
    def test_unidentified(self, name: str | None) -> None:
        """Any other input that nothing identifies is asked for, by its name where it has one."""
        item = ImageInput(role=Role.CONTROL, name=name)
        with pytest.raises(RightsError, match=name or "control") as caught:
            join_inputs([item], {}, [])
        assert caught.value.hint is not None
        assert "--source control=FILE" in caught.value.hint.en
        assert "--sources" in caught.value.hint.ja


class TestGiven:
    def test_alone(self) -> None:
        """A file that the record knows nothing of is an input of its own."""
        assert [("style", "a")] == joined(given=(file("style", A),))

    def test_identified_already(self) -> None:
        """Naming a file that the record identifies adds no second input."""
        assert [("init", "a")] == joined(recorded(sha256=A), given=(file("init", A),))

    def test_same_role_first(self) -> None:
        """A file goes to the recorded input of its role, whatever order they stand in."""
        found = joined(recorded(Role.REFERENCE), recorded(), given=(file("init", A), file("reference", B)))
        assert [("reference", "b"), ("init", "a")] == found

    def test_role_not_wasted(self) -> None:
        """A file named for one role is not used up by an input of another role that comes earlier."""
        with pytest.raises(RightsError, match="reference"):
            joined(recorded(Role.REFERENCE), recorded(), given=(file("init", A),))

    def test_any_role(self) -> None:
        """A file named without a role stands for an input of whatever role."""
        assert [("control", "a")] == joined(recorded(Role.CONTROL), given=(file("init", A),))

    def test_identified_is_not_another(self) -> None:
        """A file that the record identifies as one input does not stand for another one too."""
        with pytest.raises(RightsError):
            joined(recorded(Role.CONTROL), recorded(sha256=A), given=(file("init", A),))

    def test_mask_is_no_picture(self) -> None:
        """A mask never stands for the picture that went in, nor the other way round."""
        with pytest.raises(RightsError):
            joined(recorded(), given=(file("mask", A),))
        found = joined(recorded(Role.MASK), given=(file("init", A),))
        assert [("mask", "-"), ("init", "a")] == found

    def test_twice(self) -> None:
        """The same file named twice in one role is one input; in two roles it is two."""
        assert [("init", "a")] == joined(given=(file("init", A), file("init", A)))
        assert [("init", "a"), ("control", "a")] == joined(given=(file("init", A), file("control", A)))

    def test_pixels_speak_against(self) -> None:
        """A file whose pixels are not those that the record names is not taken for it."""
        other = file("init", A, **{"pixels-md5/0": "2" * 32})
        with pytest.raises(RightsError):
            joined(recorded(md5="1" * 32), given=(other,))
        same = file("init", B, **{"pixels-md5/0": "1" * 32})
        assert [("init", "b"), ("init", "a")] == joined(recorded(md5="1" * 32), given=(other, same))
