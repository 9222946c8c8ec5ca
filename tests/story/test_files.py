import hashlib
from pathlib import Path

from myself_i2i.image import image_data_digest
from myself_i2i.rights import SourceFile
from myself_i2i.story import fill_shelf, tell
from myself_i2i.story.report import Kept
from myself_i2i.story.trials import find_trials
from tests.support.chains import MINUTE, NOON, Desk, made
from tests.support.marked import generated, marked, person
from tests.support.pictures import png


def source_of(name: str, data: bytes) -> SourceFile:
    sha256 = hashlib.sha256(data).hexdigest()
    return SourceFile(name=name, sha256=sha256, image_data=image_data_digest(data))


class TestShelf:
    def test_found(self, desk: Desk, tmp_path: Path) -> None:
        """A picture is found under another name, and in a file whose metadata changed; broken files are left out."""
        plain, noted = png(seed=1), png(seed=2, texts={"comment": "added later"})
        (tmp_path / "renamed.png").write_bytes(plain)
        (tmp_path / "noted.png").write_bytes(noted)
        (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
        first, second = source_of("a.png", plain), source_of("b.png", png(seed=2))
        desk.say(made(), first)
        desk.say(made(), second)
        shelf = fill_shelf([*tmp_path.iterdir(), tmp_path / "gone.png"])
        for file, name in ((first, "renamed.png"), (second, "noted.png")):
            found = shelf.find(tell(desk.statements(), file).picture)
            assert found is not None
            assert name == found.name
        assert shelf.find(tell(desk.statements(), source_of("c", png(seed=3))).picture) is None

    def test_stops(self, tmp_path: Path) -> None:
        """Files called as records call them are read first, and reading stops when all are found."""
        paths = [tmp_path / f"{number}.png" for number in range(5)]
        for number, path in enumerate(paths):
            path.write_bytes(png(seed=number))
        wanted = hashlib.sha256(paths[3].read_bytes()).hexdigest()
        shelf = fill_shelf(paths, names={"3.png"}, wanted={wanted})
        assert {paths[3]} == set(shelf.files.values())

    def test_kept(self, desk: Desk, tmp_path: Path) -> None:
        """Of the trials those are counted that still lie there, and of these those with a mark."""
        pictures = [generated("png", seed=number) for number in range(3)]
        for number, one in enumerate(pictures):
            desk.say(made(at=NOON + number * MINUTE), source_of(one.name, one.data))
        (tmp_path / "0.png").write_bytes(pictures[0].data)
        (tmp_path / "1.png").write_bytes(marked(person("maker"), pictures[1]).data)
        last = pictures[2]
        story = tell(desk.statements(), source_of(last.name, last.data))
        trials = find_trials(desk.signed, story, desk.statements())
        assert Kept(kept=2, marked=1) == fill_shelf(tmp_path.iterdir()).kept(trials)
        assert 3 == len(trials)
