from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageFilter, ImageOps

from myself_i2i.comparison import Finding, Looks, Nearness, Question, Rate, Reason
from myself_i2i.indexing.finding import Found, LookUp, find
from myself_i2i.indexing.own_index import OwnIndex
from tests.indexing.conftest import Shelf
from tests.indexing.drawn import drawing, saved

SIZE = (640, 480)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """A shelf of twelve drawings, one of them in two places."""
    made = Shelf(tmp_path_factory.mktemp("shelf"))
    paths = [made.put(f"{seed}.png", saved(drawing(seed, SIZE))) for seed in range(12)]
    made.index(*paths, made.put("again.png", paths[3].read_bytes()))
    return made


def look_up(shelf: Shelf, data: bytes) -> LookUp:
    with OwnIndex.open(shelf.home) as own:
        return find(own, Looks.of(data))


def near(found: LookUp, question: Question) -> set[str]:
    return {
        path.name
        for one in found.found
        for finding in one.findings
        if finding.question is question and finding.answer is Nearness.NEAR
        for path in one.files
    }


class TestFind:
    @pytest.mark.parametrize(
        "turned",
        [lambda image: image, ImageOps.mirror, ImageOps.flip, lambda image: image.rotate(90, expand=True)],
    )
    def test_same(self, shelf: Shelf, turned: object) -> None:
        """The same picture is found, saved again smaller, mirrored or turned; every file that holds it is named."""
        assert callable(turned)
        again = turned(drawing(3, SIZE)).resize((300, 300))
        found = look_up(shelf, saved(again, "JPEG", quality=60))
        assert {"3.png", "again.png"} == near(found, Question.SAME)

    def test_layout(self, shelf: Shelf) -> None:
        """A picture that kept the layout and lost colours and texture is found by its layout."""
        repainted = ImageOps.posterize(
            ImageOps.grayscale(drawing(5, SIZE)).filter(ImageFilter.GaussianBlur(3)), 3
        )
        assert "5.png" in near(look_up(shelf, saved(repainted, "JPEG")), Question.LAYOUT)

    def test_part(self, shelf: Shelf) -> None:
        """A piece of a picture pasted into another is found, though nothing else of it is there."""
        scene = drawing(900, (800, 800))
        scene.paste(drawing(7, SIZE).crop((150, 100, 520, 420)), (200, 300))
        found = look_up(shelf, saved(scene, "JPEG", quality=80))
        assert ({"7.png"}, set()) == (near(found, Question.PART), near(found, Question.SAME))

    def test_unrelated(self, shelf: Shelf) -> None:
        """An unrelated picture is near to nothing, and how many it was looked for among is told."""
        found = look_up(shelf, saved(drawing(4711, SIZE)))
        assert (13, 12, False, [], True) == (
            found.files,
            found.pictures,
            found.flat,
            [one.files for one in found.found if one.near],
            found.parts,
        )

    def test_flat(self, shelf: Shelf) -> None:
        """A flat picture is looked up by nothing, and that is said."""
        found = look_up(shelf, saved(Image.new("RGB", SIZE, (9, 9, 9))))
        assert (True, ()) == (found.flat, found.found)

    def test_forgotten(self, tmp_path: Path) -> None:
        """A picture of which a crash left codes and no file is not shown."""
        shelf = Shelf(tmp_path)
        path = shelf.put("a.png")
        shelf.index(path)
        with OwnIndex.open(shelf.home, write=True) as own:
            own.catalogue.put_files((), forget=[path])
            assert () == find(own, Looks.of(path.read_bytes())).found


class TestLookUp:
    def test_cut(self) -> None:
        """Only those of which it cannot be told are left out; near ones all stay."""
        chance = Rate(1, 100, 0.0, 0.1)
        maybe = Finding(
            question=Question.LAYOUT,
            answer=Nearness.CANNOT_TELL,
            reason=Reason.MEASURED,
            value=0.5,
            chance=chance,
        )
        sure = replace(maybe, answer=Nearness.NEAR)
        found = tuple(Found(str(at), (), (sure if at in {0, 4} else maybe,)) for at in range(6))
        asked = LookUp(files=6, pictures=6, found=found, others=0, flat=False, parts=True, truncated=False)
        cut, left = asked.cut(1)
        assert (["0", "1", "4"], 3) == ([one.sha256 for one in cut.found], left)
