from __future__ import annotations

import stat
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from myself_i2i.c2pa.trust import load_anchors
from myself_i2i.errors import Error, InputError, KeyFileError, RegistryError
from myself_i2i.registry.keys import RegistryKeys, open_keys
from tests.support.credentials import seeded

NOW = datetime(2026, 11, 3, tzinfo=UTC)


def opened(folder: Path, origin: str = "registry.example", seed: str = "registry") -> RegistryKeys:
    return open_keys(folder, origin=origin, name="登録所", now=NOW, random=seeded(seed))


def publics(keys: RegistryKeys) -> list[bytes]:
    return [
        keys.log.public_key().public_bytes_raw(),
        keys.operator.public_key.der,
        keys.authority.public_key().public_bytes_raw(),
    ]


class TestOpenKeys:
    def test_made_once(self, tmp_path: Path) -> None:
        """The first start makes three different keys; later ones find them, and the name that the log has."""
        first = opened(tmp_path / "keys")
        again = opened(tmp_path / "keys", origin="another.example", seed="another")
        assert publics(first) == publics(again)
        assert 3 == len(set(publics(first)))
        assert ("registry.example", first.root) == (again.origin, again.root)

    def test_for_the_owner_alone(self, tmp_path: Path) -> None:
        """Nobody else on the machine reads a key, and nothing is left beside the folder."""
        opened(tmp_path / "keys")
        assert 0o700 == stat.S_IMODE((tmp_path / "keys").stat().st_mode)
        assert {0o600} == {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys").iterdir()}
        assert ["keys"] == [path.name for path in tmp_path.iterdir()]

    def test_root_issues_for_years(self, tmp_path: Path) -> None:
        """The authority's certificate is a root under the registry's name, good as an anchor, and long valid."""
        keys = opened(tmp_path / "keys")
        (name,) = keys.root.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        assert "登録所" == name.value
        assert 0 == keys.root.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length
        assert keys.root.not_valid_after_utc.year >= NOW.year + 19
        assert 1 == len(load_anchors((tmp_path / "keys" / "authority.crt").read_bytes()).certificates)

    def test_two_starts_at_once(self, tmp_path: Path) -> None:
        """Servers that start together have the same keys."""
        found: list[RegistryKeys] = []
        threads = [
            threading.Thread(target=lambda seed=seed: found.append(opened(tmp_path / "keys", seed=seed)))
            for seed in "abcdef"
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert 6 == len(found)
        assert 1 == len({tuple(publics(keys)) for keys in found})
        assert ["keys"] == [path.name for path in tmp_path.iterdir()]

    @pytest.mark.parametrize("name", ["log.pem", "operator.pem", "authority.pem", "authority.crt", "origin"])
    def test_damage_is_told(self, tmp_path: Path, name: str) -> None:
        """A key that is damaged or gone is told with the way out, and never made anew."""
        opened(tmp_path / "keys")
        path = tmp_path / "keys" / name
        if name != "origin":
            path.write_bytes(b"damaged")
            with pytest.raises(KeyFileError) as told:
                opened(tmp_path / "keys")
            assert told.value.hint is not None
        path.unlink()
        with pytest.raises(RegistryError):
            opened(tmp_path / "keys")
        assert not path.exists()

    def test_a_key_of_another_kind(self, tmp_path: Path) -> None:
        """A log key that is not Ed25519 is refused."""
        opened(tmp_path / "keys")
        certificate = (tmp_path / "keys" / "authority.crt").read_bytes()
        (tmp_path / "keys" / "log.pem").write_bytes(certificate)
        with pytest.raises(KeyFileError):
            opened(tmp_path / "keys")

    def test_a_name_no_log_can_have(self, tmp_path: Path) -> None:
        """An origin that no note can carry is refused before anything is made."""
        with pytest.raises(InputError):
            opened(tmp_path / "keys", origin="with space")
        assert [] == list(tmp_path.iterdir())

    def test_a_place_that_cannot_be_written(self, tmp_path: Path) -> None:
        """A folder that cannot be made is our error."""
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises(Error):
            opened(tmp_path / "file" / "keys")
