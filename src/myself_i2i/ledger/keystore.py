"""Where a person's keys and ledger lie, and how key files are kept.

A key file is PKCS#8 PEM, mode 0600, written whole or not at all, and never overwritten: an overwritten key is
a lost identity. Losing one is not the end: old marks stay valid as what they were.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping
from pathlib import Path

import platformdirs

from myself_i2i.attestation import PrivateKey
from myself_i2i.errors import KeyFileError, UsageError
from myself_i2i.wording import Text

__all__ = ["DEFAULT_KEY", "HOME_VARIABLE", "KeyStore", "default_home", "ledger_path"]

HOME_VARIABLE = "MYSELF_I2I_HOME"
"""Environment variable that names the data folder."""
DEFAULT_KEY = "default"
"""The key used when none is named."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_SUFFIX = ".pem"
_PRIVATE = 0o600
_FOLDER = 0o700
_KEY_FILE_BYTES = 64 * 2**10


def default_home(environment: Mapping[str, str] | None = None) -> Path:
    """Return the data folder: `MYSELF_I2I_HOME` when set, else the system's place for a program's data."""
    named = (os.environ if environment is None else environment).get(HOME_VARIABLE)
    return Path(named).expanduser() if named else platformdirs.user_data_path("myself-i2i", appauthor=False)


def ledger_path(home: Path) -> Path:
    """Return where the ledger lies in the data folder."""
    return home / "ledger.sqlite"


class KeyStore:
    """The key files of one data folder. Passphrases and random bytes are the caller's."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "keys"

    def path(self, name: str = DEFAULT_KEY) -> Path:
        """Return the file of key `name`. Raises `UsageError` unless it is 1-64 of a-z, 0-9, "_" and "-"."""
        if not _NAME.fullmatch(name):
            raise UsageError(
                Text(
                    en="a key cannot be called {name!r}, wanted 1 to 64 of a-z, 0-9, _ and -",
                    ja="鍵の名前「{name}」は使えません（a-z、0-9、_、- の 1〜64 文字）",
                ).format(name=name[:80])
            )
        return self._folder / f"{name}{_SUFFIX}"

    def names(self) -> tuple[str, ...]:
        """Return the names of the keys there are, sorted."""
        found = (path.stem for path in self._folder.glob(f"*{_SUFFIX}"))
        return tuple(sorted(name for name in found if _NAME.fullmatch(name)))

    def save(
        self,
        key: PrivateKey,
        name: str = DEFAULT_KEY,
        *,
        passphrase: str | None = None,
        randomness: bytes = b"",
    ) -> Path:
        """Write a new key file and return its path; when this returns, it is on disk.

        With a passphrase the caller MUST give `RANDOM_BYTES` fresh random bytes. Raises `KeyFileError` when a
        key of that name exists (it is not touched) or the disk refuses (nothing is left behind).
        """
        path = self.path(name)
        self._write(path, key.to_pem(passphrase, randomness=randomness))
        return path

    def load(self, name: str = DEFAULT_KEY, *, passphrase: str | None = None) -> PrivateKey:
        """Return key `name`.

        Raises `KeyFileError`, whose hint says what to do, when it is missing, damaged, or the passphrase is
        missing or wrong. A file that others could read (a restored copy, say) is closed to them first.
        """
        path = self.path(name)
        try:
            if path.stat().st_mode & 0o077:
                # Foreign file systems (a USB stick) have no modes to set; the key still is the person's.
                with contextlib.suppress(OSError):
                    path.chmod(_PRIVATE)
            return PrivateKey.from_pem(_read(path), passphrase)
        except FileNotFoundError:
            raise _missing(path) from None
        except OSError as error:
            raise _refused(path, error) from error

    def export(self, name: str, target: Path) -> None:
        """Copy key `name` to the new file `target`, passphrase and all. Raises `KeyFileError`; never overwrites."""
        path = self.path(name)
        try:
            pem = _read(path)
        except FileNotFoundError:
            raise _missing(path) from None
        except OSError as error:
            raise _refused(path, error) from error
        self._write(target, pem)

    def import_(self, source: Path, name: str = DEFAULT_KEY, *, passphrase: str | None = None) -> PrivateKey:
        """Bring the key file `source` in as `name` and return the key. Raises `KeyFileError`; never overwrites.

        The file is opened first, so a damaged copy never takes the place of a good one.
        """
        try:
            pem = _read(source)
        except OSError as error:
            raise _refused(source, error) from error
        key = PrivateKey.from_pem(pem, passphrase)
        self._write(self.path(name), pem)
        return key

    def _write(self, path: Path, pem: bytes) -> None:
        """Write `pem` to the new file `path`: whole and private, or not at all.

        Temporary file, fsync, then a hard link under the final name: unlike a rename, a link fails when the
        name is taken, so two processes making the same key cannot overwrite each other.
        """
        temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        try:
            path.parent.mkdir(mode=_FOLDER, parents=True, exist_ok=True)
            with contextlib.suppress(FileNotFoundError):
                temporary.unlink()
            _write_new(temporary, pem)
            try:
                _publish(temporary, path)
            finally:
                with contextlib.suppress(FileNotFoundError):
                    temporary.unlink()
            _sync_folder(path.parent)
        except FileExistsError:
            raise KeyFileError(
                Text(en="there is a key at {path} already", ja="{path} にはすでに鍵があります").format(
                    path=path
                ),
                hint=Text(
                    en="keys are never overwritten: choose another name, or move the old file away yourself",
                    ja="鍵は上書きしません。別の名前にするか、ご自分で古いファイルを移してください",
                ),
            ) from None
        except OSError as error:
            raise _refused(path, error) from error


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_KEY_FILE_BYTES)


def _write_new(path: Path, data: bytes) -> None:
    """Write a file that did not exist, private from its first moment, and sync it."""
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        with contextlib.suppress(OSError):
            path.unlink()
        raise


def _publish(temporary: Path, path: Path) -> None:
    """Give the file its final name; raises `FileExistsError` when that is taken."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:
        # A file system without hard links: the check and the rename are two steps there, a moment apart.
        if path.exists():
            raise FileExistsError(path) from None
        temporary.rename(path)


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut; systems that cannot open folders do it by themselves."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _missing(path: Path) -> KeyFileError:
    return KeyFileError(
        Text(en="there is no key at {path}", ja="{path} に鍵がありません").format(path=path),
        hint=Text(
            en="`myself-i2i pledge` makes a first key; if you had one, restore it from a backup with "
            "`myself-i2i keys import FILE`. without a backup, make a new key and pledge again: old marks stay "
            "valid as what they were",
            ja="はじめての方は `myself-i2i pledge` で鍵ができます。前に作った方は、控えから "
            "`myself-i2i keys import FILE` で戻せます。控えがなければ新しい鍵を作って、もう一度宣言してください。"
            "これまでの目印は、付けたときのまま有効です",
        ),
    )


def _refused(path: Path, error: OSError) -> KeyFileError:
    return KeyFileError(
        Text(
            en="the key file {path} cannot be read or written: {why}",
            ja="鍵ファイル {path} を読み書きできません（{why}）",
        ).format(path=path, why=error.strerror or type(error).__name__),
        hint=Text(
            en="check that the folder exists, may be written, and has free space",
            ja="フォルダがあるか、書き込めるか、空き容量があるかを確かめてください",
        ),
    )
