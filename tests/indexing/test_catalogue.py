import sqlite3
from pathlib import Path

import pytest

from myself_i2i.errors import SearchError
from myself_i2i.fingerprint.interface import PARTS, PDQ64, Fingerprint
from myself_i2i.indexing.catalogue import Catalogue, FileRow, PictureRow
from myself_i2i.wording import Text

ONE, OTHER = "11" * 32, "22" * 32


def file(name: str, sha256: str = ONE, *, failure: Text | None = None) -> FileRow:
    return FileRow(path=Path("/pictures") / name, sha256=sha256, size=5, modified=2**60, failure=failure)


def picture(sha256: str = ONE) -> PictureRow:
    taken = (Fingerprint(PARTS, b"parts", 90), Fingerprint(PDQ64, bytes(32), 80))
    return PictureRow(sha256=sha256, shape=(30, 40), fingerprints=taken)


class TestCatalogue:
    def test_kept(self, tmp_path: Path) -> None:
        """What is put in is there when the file is opened again, names that are no UTF-8 included."""
        strange = FileRow(path=Path("/pictures/\udcff.png"), sha256=ONE, size=1, modified=2)
        with Catalogue.open(tmp_path / "c.sqlite", create=True) as made:
            made.put_pictures([picture()])
            made.put_files([file("a.png"), strange])
        with Catalogue.open(tmp_path / "c.sqlite") as found:
            assert (picture(), file("a.png"), strange) == (
                found.picture(ONE),
                found.file(Path("/pictures/a.png")),
                found.file(strange.path),
            )
            assert ([Path("/pictures/a.png"), strange.path], (2, 1)) == (found.files(ONE), found.counts())
            assert frozenset({PDQ64, PARTS}) == found.algorithms(ONE)

    def test_unknown(self, tmp_path: Path) -> None:
        """What was never put in is not there."""
        with Catalogue.open(tmp_path / "c.sqlite", create=True) as made:
            assert (None, None, [], frozenset(), (0, 0), []) == (
                made.file(Path("/x")),
                made.picture(ONE),
                made.files(ONE),
                made.algorithms(ONE),
                made.counts(),
                list(made.all_files()),
            )

    def test_failure(self, tmp_path: Path) -> None:
        """A file that could not be read keeps the reason in both languages, and holds no picture."""
        why = Text(en="no", ja="いいえ")
        with Catalogue.open(tmp_path / "c.sqlite", create=True) as made:
            made.put_pictures([picture()])
            made.put_files([file("a.png", failure=why)])
            assert (why, (0, 0), [ONE]) == (made.all_files().__next__().failure, made.counts(), made.unheld())

    def test_unheld(self, tmp_path: Path) -> None:
        """A picture whose last file changed is told, and forgotten with all that was taken of it."""
        with Catalogue.open(tmp_path / "c.sqlite", create=True) as made:
            made.put_pictures([picture(), picture(OTHER)])
            made.put_files([file("a.png")])
            made.put_files([file("a.png", OTHER)])
            assert [ONE] == made.unheld()
            made.forget_pictures([ONE])
            assert (None, frozenset(), []) == (made.picture(ONE), made.algorithms(ONE), made.unheld())

    def test_many(self, tmp_path: Path) -> None:
        """All files are given, in order of path, however many."""
        with Catalogue.open(tmp_path / "c.sqlite", create=True) as made:
            made.put_files(file(f"{number:05}.png") for number in reversed(range(2_500)))
            assert [f"{number:05}.png" for number in range(2_500)] == [
                row.path.name for row in made.all_files()
            ]

    def test_missing(self, tmp_path: Path) -> None:
        """A catalogue that is not there is said with the way to make one."""
        with pytest.raises(SearchError) as caught:
            Catalogue.open(tmp_path / "c.sqlite")
        assert caught.value.hint is not None
        assert "make one: myself-i2i index FOLDER" == caught.value.hint.en

    @pytest.mark.parametrize("mark", ["application_id = 7", "user_version = 9"])
    def test_foreign(self, tmp_path: Path, mark: str) -> None:
        """Another program's file, or a newer version's, is refused and left as it is."""
        Catalogue.open(tmp_path / "c.sqlite", create=True).close()
        with sqlite3.connect(tmp_path / "c.sqlite") as connection:
            connection.execute(f"PRAGMA {mark}")
        connection.close()
        with pytest.raises(SearchError):
            Catalogue.open(tmp_path / "c.sqlite")

    def test_damaged(self, tmp_path: Path) -> None:
        """A file that is no database is said to be unusable."""
        (tmp_path / "c.sqlite").write_bytes(b"no database" * 100)
        with pytest.raises(SearchError):
            Catalogue.open(tmp_path / "c.sqlite")
