import os
import stat
from pathlib import Path

import platformdirs
import pytest

from myself_i2i.attestation import PrivateKey
from myself_i2i.attestation.keys import RANDOM_BYTES
from myself_i2i.errors import KeyFileError, UsageError
from myself_i2i.ledger import KeyStore, default_home, ledger_path


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    """A key store in a folder that does not exist yet."""
    return KeyStore(tmp_path / "home")


class TestHome:
    def test_variable(self, tmp_path: Path) -> None:
        """The environment variable names the data folder; an empty one counts as none."""
        assert tmp_path == default_home({"MYSELF_I2I_HOME": str(tmp_path)})
        system = platformdirs.user_data_path("myself-i2i", appauthor=False)
        assert system == default_home({}) == default_home({"MYSELF_I2I_HOME": ""})

    def test_ledger_path(self, tmp_path: Path) -> None:
        """The ledger lies in the data folder."""
        assert tmp_path == ledger_path(tmp_path).parent


class TestSaveAndLoad:
    def test_round_trip(self, store: KeyStore, key: PrivateKey) -> None:
        """A saved key loads as the same key, from a file that only its owner can read."""
        path = store.save(key)
        assert key.keyid == store.load().keyid
        assert 0o600 == stat.S_IMODE(path.stat().st_mode)
        assert 0o700 == stat.S_IMODE(path.parent.stat().st_mode)
        assert [path] == list(path.parent.iterdir())

    def test_passphrase(self, store: KeyStore, key: PrivateKey) -> None:
        """With a passphrase the file alone does not give the key."""
        path = store.save(key, passphrase="ひみつ", randomness=bytes(RANDOM_BYTES))
        assert b"ENCRYPTED" in path.read_bytes()
        assert key.keyid == store.load(passphrase="ひみつ").keyid
        with pytest.raises(KeyFileError, match="passphrase"):
            store.load()
        with pytest.raises(KeyFileError, match="passphrase"):
            store.load(passphrase="ちがう")

    def test_never_overwrites(self, store: KeyStore, key: PrivateKey, other_key: PrivateKey) -> None:
        """A key of the same name stays as it is, and nothing is left beside it."""
        path = store.save(key)
        with pytest.raises(KeyFileError, match="already") as caught:
            store.save(other_key)
        assert caught.value.hint is not None
        assert key.keyid == store.load().keyid
        assert [path] == list(path.parent.iterdir())

    def test_names(self, store: KeyStore, key: PrivateKey, other_key: PrivateKey) -> None:
        """Keys are listed by name; other files in the folder are not keys."""
        assert () == store.names()
        store.save(key, "work")
        path = store.save(other_key)
        (path.parent / "NOTES.pem").write_bytes(b"")
        (path.parent / "readme.txt").write_bytes(b"")
        assert ("default", "work") == store.names()

    @pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "A", "a" * 65, "a\n"])
    def test_name(self, store: KeyStore, key: PrivateKey, name: str) -> None:
        """A name that could leave the folder or hide is refused."""
        with pytest.raises(UsageError):
            store.save(key, name)

    def test_stale_temporary_file(self, store: KeyStore, key: PrivateKey) -> None:
        """A half-written file that a crash left behind is in nobody's way."""
        stale = store.path().with_name(f".default.pem.{os.getpid()}.tmp")
        stale.parent.mkdir(parents=True)
        stale.write_bytes(b"half")
        store.save(key)
        assert key.keyid == store.load().keyid
        assert not stale.exists()

    def test_open_file_is_closed_again(self, store: KeyStore, key: PrivateKey) -> None:
        """A restored copy that others could read is closed to them when it is loaded."""
        path = store.save(key)
        path.chmod(0o644)
        store.load()
        assert 0o600 == stat.S_IMODE(path.stat().st_mode)


class TestLost:
    def test_missing(self, store: KeyStore) -> None:
        """A missing key says what to do: restore a backup, or begin anew; old marks stay what they were."""
        with pytest.raises(KeyFileError, match="no key") as caught:
            store.load()
        assert caught.value.hint is not None
        for words in ("keys import", "pledge again", "old marks stay"):
            assert words in caught.value.hint.en
        assert "これまでの目印は" in caught.value.hint.ja

    @pytest.mark.parametrize("content", [b"", b"\0" * 119, b"-----BEGIN PRIVATE KEY-----\nAAAA\n"])
    def test_damaged(self, store: KeyStore, key: PrivateKey, content: bytes) -> None:
        """A damaged key says the same, and the file is left for whoever can save it."""
        path = store.save(key)
        path.write_bytes(content)
        with pytest.raises(KeyFileError, match="damaged") as caught:
            store.load()
        assert caught.value.hint is not None
        assert "backup" in caught.value.hint.en
        assert content == path.read_bytes()

    def test_folder_in_its_place(self, store: KeyStore) -> None:
        """Something that cannot be read as a file is told as such."""
        store.path().mkdir(parents=True)
        with pytest.raises(KeyFileError, match="cannot be read"):
            store.load()

    def test_no_place_to_write(self, tmp_path: Path, key: PrivateKey) -> None:
        """A data folder that cannot be made is told as such."""
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises(KeyFileError, match="cannot be read or written"):
            KeyStore(tmp_path / "file").save(key)


class TestExportAndImport:
    def test_round_trip(self, store: KeyStore, key: PrivateKey, tmp_path: Path) -> None:
        """An exported key, private as the original, imports elsewhere as the same key, passphrase and all."""
        store.save(key, passphrase="x", randomness=bytes(RANDOM_BYTES))
        copy = tmp_path / "backup.pem"
        store.export("default", copy)
        assert 0o600 == stat.S_IMODE(copy.stat().st_mode)
        elsewhere = KeyStore(tmp_path / "elsewhere")
        assert key.keyid == elsewhere.import_(copy, passphrase="x").keyid
        assert key.keyid == elsewhere.load(passphrase="x").keyid

    def test_never_overwrites(
        self, store: KeyStore, key: PrivateKey, other_key: PrivateKey, tmp_path: Path
    ) -> None:
        """Neither an export nor an import takes the place of a file."""
        store.save(key)
        copy = tmp_path / "backup.pem"
        copy.write_bytes(other_key.to_pem())
        with pytest.raises(KeyFileError, match="already"):
            store.export("default", copy)
        with pytest.raises(KeyFileError, match="already"):
            store.import_(copy)
        assert (key.keyid, other_key.to_pem()) == (store.load().keyid, copy.read_bytes())

    def test_damaged_copy(self, store: KeyStore, tmp_path: Path) -> None:
        """A damaged copy is refused before it becomes anybody's key."""
        copy = tmp_path / "backup.pem"
        copy.write_bytes(b"junk")
        with pytest.raises(KeyFileError, match="damaged"):
            store.import_(copy)
        assert () == store.names()

    def test_missing(self, store: KeyStore, tmp_path: Path) -> None:
        """What is not there can be neither exported nor imported."""
        with pytest.raises(KeyFileError, match="no key"):
            store.export("default", tmp_path / "x.pem")
        with pytest.raises(KeyFileError, match="cannot be read"):
            store.import_(tmp_path / "x.pem")
