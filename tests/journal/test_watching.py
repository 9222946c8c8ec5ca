import os
from pathlib import Path

import pytest

from myself_i2i.errors import InputError, LimitError
from myself_i2i.journal import Watcher, read_work_file

START = 1_790_000_000.0


def save(path: Path, data: bytes, at: float) -> Path:
    path.write_bytes(data)
    os.utime(path, (at, at))
    return path


class TestSaved:
    def test_old_at_once(self, tmp_path: Path) -> None:
        """What lies there since long is returned by the first look, oldest first, once."""
        later = save(tmp_path / "a.psd", b"a", START - 10)
        earlier = save(tmp_path / "b.png", b"b", START - 20)
        watcher = Watcher(tmp_path)
        assert [earlier, later] == watcher.saved(START)
        assert [] == watcher.saved(START + 100)

    def test_half_written(self, tmp_path: Path) -> None:
        """A file is returned only when it has not changed for two seconds."""
        watcher, path = Watcher(tmp_path), tmp_path / "a.clip"
        save(path, b"half", START)
        assert ([], True) == (watcher.saved(START + 0.5), watcher.unsettled)
        save(path, b"half and more", START + 1)
        assert [] == watcher.saved(START + 1.5)
        assert [] == watcher.saved(START + 2.9)
        assert ([path], False) == (watcher.saved(START + 3.1), watcher.unsettled)

    def test_again_when_saved_again(self, tmp_path: Path) -> None:
        """The same name saved again is returned again; the same state is not."""
        watcher, path = Watcher(tmp_path), tmp_path / "a.kra"
        save(path, b"one", START)
        assert [path] == watcher.saved(START + 5)
        save(path, b"two", START + 6)
        assert [] == watcher.saved(START + 7)
        assert [path] == watcher.saved(START + 9)
        assert [] == watcher.saved(START + 20)

    def test_odd_clock(self, tmp_path: Path) -> None:
        """A time of change in the future is waited out like any other, not for ever."""
        watcher, path = Watcher(tmp_path), save(tmp_path / "a.png", b"x", START + 9999)
        assert [] == watcher.saved(START)
        assert [path] == watcher.saved(START + 2)

    def test_left_out(self, tmp_path: Path) -> None:
        """Hidden and empty files, other kinds, and links to folders are left out; folders inside are not."""
        inner = tmp_path / "in" / "deeper"
        inner.mkdir(parents=True)
        for name in (".a.kra-autosave.kra", "notes.txt", "a.psd~", "a.png.part"):
            save(tmp_path / name, b"x", START - 9)
        save(tmp_path / "empty.png", b"", START - 9)
        (tmp_path / "loop").symlink_to(tmp_path)
        found = save(inner / "A.PNG", b"x", START - 9)
        watcher = Watcher(tmp_path)
        assert [found] == watcher.saved(START)
        assert not watcher.unsettled

    def test_tried_again(self, tmp_path: Path) -> None:
        """What could not be noted is returned again."""
        watcher, path = Watcher(tmp_path), save(tmp_path / "a.png", b"x", START - 9)
        assert [path] == watcher.saved(START)
        watcher.again(path)
        assert [path] == watcher.saved(START + 1)

    def test_read_as_settled(self, tmp_path: Path) -> None:
        """A file that is saved again between the look and the reading is known to be another by then."""
        watcher, path = Watcher(tmp_path), save(tmp_path / "a.psd", b"one", START - 9)
        assert [path] == watcher.saved(START)
        before = read_work_file(path)
        save(path, b"half of two", START)
        after = read_work_file(path)
        assert before is not None
        assert after is not None
        assert (True, False) == (watcher.unchanged(before), watcher.unchanged(after))

    def test_too_many(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A folder with more work files than can be looked through each second is refused, with the way out."""
        monkeypatch.setattr("myself_i2i.journal.watching.MOST", 2)
        for name in "abc":
            save(tmp_path / f"{name}.png", b"x", START)
        with pytest.raises(LimitError, match="more than 2") as caught:
            Watcher(tmp_path).saved(START)
        assert caught.value.hint is not None

    def test_no_folder(self, tmp_path: Path) -> None:
        """A folder that is gone is told in words."""
        with pytest.raises(InputError, match="gone"):
            Watcher(tmp_path / "gone").saved(START)
