from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy.engine import make_url

from myself_i2i.errors import RegistryError, UsageError
from myself_i2i.fingerprint import PDQ64, Fingerprint
from myself_i2i.registry.following import KINDS, FollowingIndex, open_index
from myself_i2i.registry.store.database import plain_address
from myself_i2i.search import EmbeddedIndex, Record
from myself_i2i.search.postgres_address import Address
from tests.registry.support import made, open_registry, person, publish
from tests.support.marked import Picture
from tests.support.pictures import png

MAKER = person("maker")


def value(seed: int) -> bytes:
    return Fingerprint.from_text(PDQ64, made(MAKER, seed).says.fingerprints[PDQ64]).value


class TestFollowingIndex:
    def test_a_lost_index_is_made_again(self, tmp_path: Path) -> None:
        """An index whose folder is gone is made again from the log when the registry opens."""
        with open_registry(tmp_path) as registry:
            for seed in range(3):
                publish(registry, made(MAKER, seed))
        shutil.rmtree(tmp_path / "index")
        with open_registry(tmp_path) as registry:
            answer = registry.near(PDQ64, [value(1)], radius=0, limit=5)
            assert (1, 4) == (len(answer.hits), answer.as_of)

    def test_goes_on_where_it_was(self, tmp_path: Path) -> None:
        """An index that is behind, by any number of marks, is brought level; nothing is added twice."""
        with open_registry(tmp_path) as registry:
            publish(registry, made(MAKER, 0))
            engine, index = registry.engine, open_index(registry.settings.database_url, tmp_path / "index")
            behind = FollowingIndex(engine, index)
            assert 2 == behind.position
            publish(registry, made(MAKER, 1))
            assert 3 == behind.follow() == behind.position
            assert 4 == index.stats().records
            index.close()

    def test_a_picture_of_nothing_has_no_place(self, tmp_path: Path) -> None:
        """A mark without fingerprints is followed and never found by looks."""
        white = Picture("white.png", png(image=Image.new("RGB", (64, 64), "white")))
        with open_registry(tmp_path) as registry:
            publish(registry, made(MAKER, output=white))
            index = EmbeddedIndex.open(tmp_path / "index", KINDS)
            assert 0 == index.stats().records
            assert 2 == registry.near(PDQ64, [bytes(32)], radius=0, limit=1).as_of
            index.close()

    def test_anothers_index_is_refused(self, tmp_path: Path) -> None:
        """An index of a longer log is told with the way out when the registry opens."""
        with open_registry(tmp_path / "longer") as registry:
            for seed in (1, 2, 3):
                publish(registry, made(MAKER, seed))
        open_registry(tmp_path / "other").close()
        shutil.rmtree(tmp_path / "other" / "index")
        shutil.copytree(tmp_path / "longer" / "index", tmp_path / "other" / "index")
        with pytest.raises(RegistryError, match="another log") as told:
            open_registry(tmp_path / "other")
        assert told.value.hint is not None

    def test_another_record_in_its_place(self, tmp_path: Path) -> None:
        """An index that holds something else in a mark's place is told, and what was logged is acknowledged all the same."""
        with open_registry(tmp_path) as registry:
            publish(registry, made(MAKER, 0))
            registry._index._index.add([Record(f"{2:015d}", PDQ64, bytes(32))])
            assert publish(registry, made(MAKER, 1)).new
            with pytest.raises(RegistryError, match="another log"):
                registry._index.follow()


class TestPlainAddress:
    @pytest.mark.parametrize(
        ("url", "host", "tls"),
        [
            ("postgresql+pg8000://me:p%40ss@db.example:5433/name", "db.example", True),
            ("postgresql+pg8000://me:p%40ss@localhost:5433/name", "localhost", False),
            ("postgresql+pg8000://me:p%40ss@/name?unix_sock=/run/pg/.s.PGSQL.5433", "/run/pg", False),
            ("postgresql+pg8000://me:p%40ss@db.example:5433/name?sslmode=disable", "db.example", False),
            ("postgresql+pg8000://me:p%40ss@[::1]:5433/name", "::1", False),
        ],
    )
    def test_same_place(self, url: str, host: str, tls: bool) -> None:  # noqa: FBT001  # a table's column
        """The index is looked for where the registry's database is, over a network in TLS."""
        address = Address.parse(plain_address(make_url(url)))
        assert (host, 5433, "name", "me", "p@ss", tls) == (
            address.host,
            address.port,
            address.database,
            address.user,
            address.password,
            address.tls is not None,
        )

    def test_another_way_of_tls(self) -> None:
        """A mode that is none is refused."""
        with pytest.raises(UsageError):
            Address.parse(plain_address(make_url("postgresql+pg8000://db.example/name?sslmode=maybe")))
