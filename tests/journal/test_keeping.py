import os
from collections.abc import Callable
from pathlib import Path

import pytest

from myself_i2i.attestation import PrivateKey
from myself_i2i.errors import LedgerError
from myself_i2i.journal import Batch, Keeper, KeptStamp
from tests.journal.test_sealing import sealed

Random = Callable[[int], bytes]


class TestKeeper:
    def test_found(self, home: Path, key: PrivateKey, random: Random) -> None:
        """What was kept is found by its commitment, the same again is the same file, and others are not there."""
        keeper, frames = Keeper(home), [sealed(key, random, number) for number in (1, 2)]
        keeper.keep(frames)
        keeper.keep(frames)
        assert frames == [keeper.find(frame.commitment) for frame in frames]
        assert None is keeper.find("ab" * 32)
        assert 2 == len(list((home / "journal").iterdir()))

    @pytest.mark.skipif(os.name != "posix", reason="modes of POSIX")
    def test_private(self, home: Path, key: PrivateKey, random: Random) -> None:
        """Files and folder are for their owner alone."""
        Keeper(home).keep([sealed(key, random)])
        folder = home / "journal"
        assert {0o600} == {path.stat().st_mode & 0o777 for path in folder.iterdir()}
        assert 0o700 == folder.stat().st_mode & 0o777

    def test_damaged(self, home: Path, key: PrivateKey, random: Random) -> None:
        """A kept file that was cut, changed or put in another's place is like one that is not there."""
        keeper, one, two = Keeper(home), sealed(key, random), sealed(key, random, 2)
        keeper.keep([one, two])
        path, other = (home / "journal" / f"{frame.commitment}.json" for frame in (one, two))
        whole = path.read_bytes()
        for data in (b"", whole[:-9], other.read_bytes(), b"[]", b"\xff"):
            path.write_bytes(data)
            assert None is keeper.find(one.commitment)
        path.write_bytes(whole)
        assert one == keeper.find(one.commitment)

    def test_no_room(self, home: Path, key: PrivateKey, random: Random) -> None:
        """Where nothing can be written, a LedgerError says so and no half file is left."""
        (home / "journal").write_text("in the way")
        with pytest.raises(LedgerError, match="nothing was noted") as caught:
            Keeper(home).keep([sealed(key, random)])
        assert caught.value.hint is not None

    def test_stamps(self, home: Path) -> None:
        """Time-stamps come back as they were; one that was changed since is left out."""
        keeper, kept = Keeper(home), [KeptStamp(Batch.of([f"{n:064x}"]), bytes([n])) for n in (1, 2)]
        for one in kept:
            keeper.keep_stamp(one)
        assert kept == sorted(keeper.stamps(), key=lambda one: one.response)
        path = next((home / "journal" / "time-stamps").iterdir())
        path.write_bytes(path.read_bytes().replace(b'"AQ=="', b'"Ag=="').replace(b'"Ag=="', b'"Aw=="'))
        assert 1 == len(list(keeper.stamps()))
