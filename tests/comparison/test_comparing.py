import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from myself_i2i.comparison import Looks, Nearness, Question, Reason, ask, compare
from myself_i2i.comparison.words import says
from myself_i2i.errors import InputError
from tests.comparison.scenes import flat, looks, repainted, saved, scene

NEAR, NOT_NEAR, CANNOT_TELL = Nearness.NEAR, Nearness.NOT_NEAR, Nearness.CANNOT_TELL


def answers(mine: Looks, theirs: Looks) -> list[Nearness]:
    return [one.answer for one in compare(mine, theirs).findings]


class TestCompare:
    @pytest.mark.parametrize(
        ("kind", "options"), [("JPEG", {"quality": 40}), ("WEBP", {"quality": 60}), ("PNG", {})]
    )
    def test_saved_again(self, kind: str, options: dict[str, int]) -> None:
        """A picture saved again, smaller or not, is near under the first question."""
        image = scene(1)
        small = image.resize((320, 266))
        assert NEAR is answers(looks(image), Looks.of(saved(image, kind, **options)))[0]
        assert NEAR is answers(looks(image), Looks.of(saved(small, kind, **options)))[0]

    @pytest.mark.parametrize("turn", list(Image.Transpose))
    def test_orientations(self, turn: Image.Transpose) -> None:
        """So it is mirrored or turned by quarters, and the notes say how."""
        image = scene(2)
        found = compare(looks(image), looks(image.transpose(turn))).finding(Question.SAME)
        assert NEAR is found.answer
        assert "nearest when" in found.notes[0].en

    def test_tried(self) -> None:
        """Of pictures that are not near it is said that mirrored was tried, and not how they are nearest."""
        found = compare(looks(scene(30)), looks(scene(130)))
        far = [one for one in found.findings if one.answer is NOT_NEAR]
        assert far
        assert {"mirrored was tried as well"} == {note.en for one in far for note in one.notes}

    def test_identical(self) -> None:
        """The same file is said to be the same file."""
        found = compare(looks(scene(3)), looks(scene(3))).finding(Question.SAME)
        assert (NEAR, Reason.IDENTICAL) == (found.answer, found.reason)

    def test_cropped(self) -> None:
        """A cut-out is the same picture by its parts, and its part is found in the whole, either way round."""
        image = scene(4)
        cut = looks(image.crop((60, 50, 440, 370)))
        for one, other in ((looks(image), cut), (cut, looks(image))):
            found = compare(one, other)
            assert NEAR is found.finding(Question.SAME).answer
            assert NEAR is found.finding(Question.PART).answer

    def test_pasted(self) -> None:
        """A part pasted into another picture is found, and lies where it was pasted."""
        whole, other = scene(5), scene(6)
        other.paste(whole.crop((100, 80, 320, 280)), (200, 150))
        found = compare(looks(other), looks(whole))
        assert NEAR is found.finding(Question.PART).answer
        assert NEAR is not found.finding(Question.SAME).answer
        assert found.alignment is not None
        assert found.alignment.by_parts
        corner = found.alignment.onto_theirs(np.array([[200 / 480, 150 / 480]]))
        assert np.allclose([[100 / 480, 80 / 480]], corner, atol=0.02)

    def test_repainted(self) -> None:
        """The same layout in other colours is nearer than any unrelated scene."""
        mine = looks(scene(7))
        related = compare(mine, looks(repainted(7))).finding(Question.LAYOUT)
        assert NEAR is related.answer
        others = [compare(mine, looks(scene(seed))).finding(Question.LAYOUT).value or 0 for seed in (20, 21)]
        assert min(others) > (related.value or 9)

    @pytest.mark.parametrize("seed", range(30, 36))
    def test_unrelated(self, seed: int) -> None:
        """Unrelated scenes are near under no question."""
        assert NEAR not in answers(looks(scene(seed)), looks(scene(seed + 100)))

    def test_flat(self) -> None:
        """With a flat picture nothing can be told, and nothing is laid over anything."""
        found = compare(looks(scene(8)), Looks.of(flat()))
        assert [CANNOT_TELL] * 3 == [one.answer for one in found.findings]
        assert {Reason.TOO_FLAT} == {one.reason for one in found.findings}
        assert found.alignment is None

    @pytest.mark.parametrize(("one", "other"), [(1, 1), (7, 8), (9, 109)])
    def test_symmetric(self, one: int, other: int) -> None:
        """Which of two pictures is called mine changes no answer and no distance."""
        a, b = looks(scene(one)), looks(repainted(other))
        there, back = compare(a, b), compare(b, a)
        assert [(x.question, x.answer) for x in there.findings] == [
            (x.question, x.answer) for x in back.findings
        ]
        for question in (Question.LAYOUT, Question.PART):
            assert there.finding(question).value == pytest.approx(back.finding(question).value)

    def test_without_opencv(self) -> None:
        """Without OpenCV two questions are answered, and the third says that nobody looked."""
        bare = [_bare(looks(scene(seed))) for seed in (1, 2)]
        found = compare(*bare)
        assert Reason.NOT_LOOKED is found.finding(Question.PART).reason
        assert "closeness" in says(found.finding(Question.PART)).en
        assert found.finding(Question.LAYOUT).value is not None

    def test_ask(self) -> None:
        """Of a picture of which only fingerprints are kept the same is told."""
        mine, theirs = looks(scene(4)), looks(repainted(4))
        whole = compare(mine, theirs).findings
        assert [one.answer for one in whole[:2]] == [one.answer for one in ask(mine, theirs.kept)[:2]]


class TestStrangers:
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(data=st.binary(max_size=400))
    def test_any_bytes(self, data: bytes) -> None:
        """Bytes that are no picture are our error, whatever they are."""
        with pytest.raises(InputError):
            Looks.of(data)

    @settings(max_examples=25, deadline=None)
    @given(cut=st.integers(0, 4_000), flip=st.integers(0, 4_000))
    def test_broken(self, cut: int, flip: int) -> None:
        """A broken file of a picture gives looks or our error, nothing else."""
        data = bytearray(saved(scene(1, (120, 90)), "JPEG", quality=70))
        data[flip % len(data)] ^= 0x5A
        try:
            found = Looks.of(bytes(data[: max(1, len(data) - cut)]))
        except InputError:
            return
        assert found.grey.size

    @pytest.mark.parametrize("size", [(1, 1), (1, 700), (900, 2), (3, 3)])
    def test_odd_sizes(self, size: tuple[int, int]) -> None:
        """A picture of any shape is compared without an error."""
        out = io.BytesIO()
        Image.new("RGB", size, (3, 90, 200)).save(out, "PNG")
        compare(looks(scene(1)), Looks.of(out.getvalue()))


def _bare(found: Looks) -> Looks:
    return replace(found, query=None, kept=replace(found.kept, parts=None))
