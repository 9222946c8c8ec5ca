import os
from collections.abc import Iterable, Iterator

import pytest

from myself_i2i.errors import SearchError, UsageError
from myself_i2i.fingerprint.interface import ORIGIN, PDQ64
from myself_i2i.fingerprint.taking import algorithms
from myself_i2i.indexing.catalogue import FileRow
from myself_i2i.indexing.own_index import KINDS, MOST_WORDS, OwnIndex, word_id
from myself_i2i.indexing.running import STEP, Outcome, index_files
from myself_i2i.indexing.spreading import Spread, here
from myself_i2i.wording import Text
from tests.indexing.conftest import Shelf
from tests.indexing.drawn import drawing, saved

ADDED, UNCHANGED, KNOWN, FAILED = Outcome.ADDED, Outcome.UNCHANGED, Outcome.KNOWN, Outcome.FAILED


def records(shelf: Shelf) -> dict[str, int]:
    with OwnIndex.open(shelf.home) as own:
        return own.codes.stats().by_kind


class TestIndexFiles:
    def test_added(self, shelf: Shelf) -> None:
        """Files are added once; a second run reads none of them."""
        paths = [shelf.put("a.png"), shelf.put("b.png")]
        assert {"a.png": ADDED, "b.png": ADDED} == shelf.index(*paths)
        assert {"a.png": UNCHANGED, "b.png": UNCHANGED} == shelf.index(*paths)
        assert ["a.png", "b.png"] == shelf.taken
        kinds = [kind.name for kind in KINDS]
        assert (kinds, 2, 2, True) == (
            sorted(records(shelf), key=kinds.index),
            records(shelf)[PDQ64],
            records(shelf)[ORIGIN],
            0 < records(shelf)["parts_v1.words"] <= 2 * MOST_WORDS,
        )

    def test_changed(self, shelf: Shelf) -> None:
        """A file that changed is replaced; what it was before is forgotten."""
        path = shelf.put("a.png")
        shelf.index(path)
        before = path.read_bytes()
        shelf.put("a.png", seed=77)
        assert {"a.png": ADDED} == shelf.index(path)
        with OwnIndex.open(shelf.home) as own:
            assert (1, (1, 1)) == (own.codes.stats().by_kind[PDQ64], own.catalogue.counts())
        path.write_bytes(before)
        assert {"a.png": ADDED} == shelf.index(path)

    def test_touched(self, shelf: Shelf) -> None:
        """A file of which only the time changed, or that stands under another name, is not taken again."""
        path = shelf.put("a.png")
        shelf.index(path)
        os.utime(path, (1, 1))
        copy = shelf.put("copy.png", path.read_bytes())
        assert {"a.png": KNOWN, "copy.png": KNOWN} == shelf.index(path, copy)
        assert {"a.png": UNCHANGED, "copy.png": UNCHANGED} == shelf.index(path, copy)
        assert ["a.png"] == shelf.taken

    def test_broken(self, shelf: Shelf) -> None:
        """A file that cannot be read has its reason, told again without reading it again; the others go on."""
        paths = [shelf.put("broken.png", b"not a picture"), shelf.put("good.png")]
        assert {"broken.png": FAILED, "good.png": ADDED} == shelf.index(*paths)
        assert {"broken.png": FAILED, "good.png": UNCHANGED} == shelf.index(*paths)
        assert ["broken.png", "good.png"] == shelf.taken
        shelf.put("broken.png")
        assert {"broken.png": ADDED, "good.png": UNCHANGED} == shelf.index(*paths)

    def test_gone(self, shelf: Shelf) -> None:
        """A file that went away meanwhile is an outcome too."""
        assert {"never.png": FAILED} == shelf.index(shelf.folder / "never.png")

    def test_broken_later(self, shelf: Shelf) -> None:
        """A file that was a picture and is none any more is no longer found as one."""
        path = shelf.put("a.png")
        shelf.index(path)
        path.write_bytes(b"no picture any more")
        assert {"a.png": FAILED} == shelf.index(path)
        assert {kind.name: 0 for kind in KINDS} == records(shelf)

    def test_flat(self, shelf: Shelf) -> None:
        """A picture too flat to be told from others is kept, and not looked up by what it has not."""
        flat = shelf.put("flat.png", saved(drawing(1).point(lambda _: 128)))
        assert {"flat.png": ADDED} == shelf.index(flat)
        assert {kind.name: 0 for kind in KINDS} == records(shelf)

    def test_more_algorithms(self, shelf: Shelf) -> None:
        """What was taken with fewer algorithms is taken again when more are there."""
        path = shelf.put("a.png")
        shelf.index(path)
        assert {"a.png": ADDED} == shelf.index(path, wanted=("parts_v2",))

    def test_steps(self, shelf: Shelf) -> None:
        """More files than are kept at once are all kept."""
        paths = [shelf.put(f"{number}.png", seed=number) for number in range(STEP + 3)]
        assert {path.name: ADDED for path in paths} == shelf.index(*paths)

    def test_stopped(self, shelf: Shelf) -> None:
        """What was done before a run was stopped, or its cluster lost, is kept."""
        paths = [shelf.put("a.png"), shelf.put("b.png")]

        def lost(items: Iterable[tuple[FileRow, bytes]]) -> Iterator[Spread[FileRow]]:
            yield next(here(items))
            raise SearchError(Text(en="lost", ja="失われた"))

        with OwnIndex.open(shelf.home, write=True) as own, pytest.raises(SearchError):
            list(index_files(own, paths, algorithms(), lost))
        assert {"a.png": UNCHANGED, "b.png": ADDED} == shelf.index(*paths)

    def test_prune(self, shelf: Shelf) -> None:
        """Files that are no longer there are forgotten with their pictures, and only those."""
        paths = [shelf.put("a.png"), shelf.put("b.png")]
        shelf.index(*paths)
        paths[0].unlink()
        assert {"a.png": Outcome.PRUNED} == shelf.prune()
        assert 1 == records(shelf)[PDQ64]


class TestOwnIndex:
    def test_one_writer(self, shelf: Shelf) -> None:
        """Two runs at once would undo each other's work: the second is told to wait."""
        with OwnIndex.open(shelf.home, write=True):
            with pytest.raises(UsageError) as caught:
                OwnIndex.open(shelf.home, write=True)
            assert "another run is writing this index" == caught.value.message.en
        OwnIndex.open(shelf.home, write=True).close()

    def test_half_done(self, shelf: Shelf) -> None:
        """What a crash left half done is swept away by the next run, codes and all."""
        path = shelf.put("a.png")
        shelf.index(path)
        with OwnIndex.open(shelf.home, write=True) as own:
            row = own.catalogue.file(path)
            assert row is not None
            own.catalogue.put_files((), forget=[path])  # as if its row had not been written yet
        OwnIndex.open(shelf.home, write=True).close()
        with OwnIndex.open(shelf.home) as own:
            left = [
                own.codes.get(row.sha256),
                own.codes.get(word_id(row.sha256, 0)),
                own.catalogue.picture(row.sha256),
            ]
        assert [(), (), None] == left

    def test_other_codes(self, shelf: Shelf) -> None:
        """Codes of another making under the same picture, left by a crash, give way to the new ones."""
        path = shelf.put("a.png")
        shelf.index(path)
        with OwnIndex.open(shelf.home, write=True) as own:
            row = own.catalogue.file(path)
            assert row is not None
            old = own.codes.get(row.sha256)
            own.codes.delete([row.sha256])
            own.codes.add([type(one)(one.id, one.kind, bytes(len(one.code)), one.payload) for one in old])
            own.catalogue.put_files((), forget=[path])
            own.catalogue.forget_pictures([row.sha256])
        shelf.index(path)
        with OwnIndex.open(shelf.home) as own:
            assert old == own.codes.get(row.sha256)
