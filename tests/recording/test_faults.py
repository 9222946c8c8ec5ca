"""What recording survives: a locked, full, damaged or unwritable data folder. Real locks, real limits, real processes."""

import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from myself_i2i.attestation import PrivateKey
from myself_i2i.ledger import KeyStore, Ledger, ledger_path
from myself_i2i.recording import Facts, Settings, take_in_spool
from myself_i2i.recording.settings import SETTINGS_FILE
from tests.recording._host import AS_USER
from tests.recording.conftest import SECONDS, Studio

HOST = Path(__file__).with_name("_host.py")
ROOT = Path(__file__).parents[2]
LOCKER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute(f"BEGIN {sys.argv[2]}")
print("locked", flush=True)
sys.stdin.read()
"""


def host(
    home: Path, folder: Path, count: int, before: Callable[[], None] | None = None, as_user: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a host to its end; `before` runs in its process first."""
    return subprocess.run(
        [sys.executable, "-B", str(HOST), str(home), str(folder), str(count)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), AS_USER: as_user},
        preexec_fn=before,  # limits must be the child's alone; no threads here
    )


@pytest.fixture
def lock(studio: Studio) -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    """Locks the ledger from another process."""
    made: list[subprocess.Popen[str]] = []

    def locked(how: str) -> subprocess.Popen[str]:
        Ledger.open(ledger_path(studio.home)).close()
        process = subprocess.Popen(
            [sys.executable, "-c", LOCKER, str(ledger_path(studio.home)), how],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert "locked\n" == process.stdout.readline()
        made.append(process)
        return process

    yield locked
    for process in made:
        process.kill()
        process.communicate()


class TestLocked:
    @pytest.mark.parametrize("how", ["IMMEDIATE", "EXCLUSIVE"])
    def test_spooled_then_entered(
        self, studio: Studio, lock: Callable[[str], subprocess.Popen[str]], how: str
    ) -> None:
        """While another program holds the ledger, records wait; they are entered by the first record after it let go."""
        studio.key()
        process = lock(how)
        recorder = studio.recorder()
        for number in range(2):
            recorder.begin().output(studio.picture(f"{number}.png", number))
        assert recorder.flush(SECONDS)
        assert 2 == len(studio.spool)
        assert ["the ledger is in use"] == [said.en.split("(")[1][:20] for said in studio.told]
        process.kill()
        process.communicate()
        recorder.begin().output(studio.picture("2.png", 2))
        assert recorder.flush(SECONDS)
        assert [] == studio.spool
        assert {"0.png", "1.png", "2.png"} == set(studio.records())

    def test_basis_while_a_writer_works(
        self, studio: Studio, lock: Callable[[str], subprocess.Popen[str]]
    ) -> None:
        """A program that only keeps others from writing does not keep a record from its basis."""
        studio.key()
        source = studio.picture("rough.png", 9)
        basis = studio.declare(source)
        process = lock("IMMEDIATE")
        recorder = studio.recorder()
        run = recorder.begin()
        run.input("init", path=source)
        run.output(studio.picture("out.png", 1))
        recorder.close()
        process.kill()
        process.communicate()
        studio.recorder().close()
        assert basis == studio.records()["out.png"].inputs[0].basis


class TestFullDisk:
    def test_ledger_full(self, studio: Studio, tmp_path: Path) -> None:
        """When the ledger cannot grow, the host saves all its pictures, and every record waits."""
        key = studio.key()
        with studio.ledger():
            size = ledger_path(studio.home).stat().st_size
        folder = tmp_path / "out"
        folder.mkdir()

        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size + 8192, size + 8192))

        done = host(studio.home, folder, 30, limit)
        assert (0, 30) == (done.returncode, len(list(folder.glob("*.png"))))
        assert 1 <= len(done.stderr.splitlines()) <= 2
        assert "waits in" in done.stderr
        assert 20 < len(studio.spool) <= 30
        assert len(studio.spool) == take_in_spool(studio.home, key).entered
        assert 30 == len(studio.records())

    def test_nothing_can_be_written(self, studio: Studio, tmp_path: Path) -> None:
        """When not even the spool can be written, the host goes on, and is told once that records are missing."""
        studio.key()
        with studio.ledger():
            pass
        folder = tmp_path / "out"
        folder.mkdir()

        def limit() -> None:
            # Enough for the tiny pictures, and for no record.
            resource.setrlimit(resource.RLIMIT_FSIZE, (700, 700))

        done = host(studio.home, folder, 3, limit)
        assert (0, 3) == (done.returncode, len(list(folder.glob("*.png"))))
        assert 1 == done.stderr.count("could not be kept anywhere")
        assert [] == studio.spool
        assert [] == list((studio.home / "spool").glob("*"))
        assert {} == studio.records()


class TestUnwritable:
    @pytest.mark.skipif(not hasattr(os, "setuid"), reason="no users on this system")
    def test_read_only_folder(self) -> None:
        """In a data folder that may only be read, the host saves its pictures and is told once."""
        with tempfile.TemporaryDirectory() as place:
            Path(place).chmod(0o755)
            home, folder = Path(place) / "home", Path(place) / "out"
            KeyStore(home).save(PrivateKey.generate(bytes(32)))
            folder.mkdir()
            folder.chmod(0o777)
            for path, mode in (
                (home / "keys" / "default.pem", 0o444),
                (home / "keys", 0o555),
                (home, 0o555),
            ):
                path.chmod(mode)

            # Root writes where it may not; nobody does not.
            done = host(home, folder, 3, as_user="65534" if os.getuid() == 0 else "")
            assert (0, 3) == (done.returncode, len(list(folder.glob("*.png")))), done.stderr
            assert 1 == done.stderr.count("could not be kept anywhere")
            assert {"keys"} == {path.name for path in home.iterdir()}
            home.chmod(0o700)
            (home / "keys").chmod(0o700)

    def test_a_file_in_its_place(self, studio: Studio) -> None:
        """Where the data folder should be there is a file: everything still returns, and the person is told."""
        studio.home.write_bytes(b"not a folder")
        recorder = studio.recorder()
        run = recorder.begin()
        run.input("init", path=studio.picture("in.png", 1))
        run.parameters(Facts(prompt="a hill"))
        run.check()
        run.output(studio.picture("out.png", 2))
        assert recorder.flush(SECONDS)
        assert any("could not be kept anywhere" in said.en for said in studio.told)
        assert b"not a folder" == studio.home.read_bytes()


class TestDamaged:
    @pytest.mark.parametrize("size", [10, 5000])
    def test_garbage(self, studio: Studio, size: int) -> None:
        """A ledger that is none stays as it is; records wait, and are entered when a good one is back."""
        key = studio.key()
        garbage = bytes(range(1, 251)) * (size // 250 + 1)
        ledger_path(studio.home).write_bytes(garbage)
        recorder = studio.recorder()
        run = recorder.begin()
        run.input("init", path=studio.picture("in.png", 1))
        run.output(studio.picture("out.png", 2))
        assert recorder.flush(SECONDS)
        assert (garbage, 1, 1) == (ledger_path(studio.home).read_bytes(), len(studio.spool), len(studio.told))
        ledger_path(studio.home).unlink()
        assert 1 == take_in_spool(studio.home, key).entered
        assert {"out.png"} == set(studio.records())

    def test_torn_pages(self, studio: Studio) -> None:
        """A ledger with pages overwritten is not written to; the record waits."""
        studio.key()
        for number in range(40):
            studio.declare(studio.picture(f"s{number}.png", number))
        path = ledger_path(studio.home)
        data = bytearray(path.read_bytes())
        data[4096:] = os.urandom(len(data) - 4096)
        path.write_bytes(data)
        recorder = studio.recorder()
        run = recorder.begin()
        run.input("init", path=studio.folder / "s1.png")
        run.output(studio.picture("out.png", 99))
        assert recorder.flush(SECONDS)
        assert (bytes(data), 1) == (path.read_bytes(), len(studio.spool))

    def test_another_program(self, studio: Studio) -> None:
        """Another program's SQLite file in the ledger's place is left alone."""
        studio.key()
        connection = sqlite3.connect(ledger_path(studio.home))
        connection.execute("CREATE TABLE t (x)")
        connection.commit()
        connection.close()
        before = ledger_path(studio.home).read_bytes()
        recorder = studio.recorder()
        recorder.begin().output(studio.picture("out.png", 1))
        assert recorder.flush(SECONDS)
        assert (before, 1) == (ledger_path(studio.home).read_bytes(), len(studio.spool))

    def test_damaged_key(self, studio: Studio) -> None:
        """A key file that cannot be read: records wait unsigned, told once."""
        path = KeyStore(studio.home).path()
        path.parent.mkdir(parents=True)
        path.write_bytes(b"-----BEGIN NOTHING-----")
        recorder = studio.recorder()
        for number in range(2):
            recorder.begin().output(studio.picture(f"{number}.png", number))
        assert recorder.flush(SECONDS)
        assert (2, 1) == (len(studio.spool), len(studio.told))


class TestFiles:
    def test_missing_input(self, studio: Studio) -> None:
        """An input that is not there is noted without a digest, and told."""
        studio.key()
        recorder = studio.recorder()
        run = recorder.begin()
        run.input("init", path=studio.folder / "nowhere.png")
        run.output(studio.picture("out.png", 1))
        assert recorder.flush(SECONDS)
        record = studio.records()["out.png"]
        assert ("yes", "nowhere.png", None) == (
            record.image_input,
            record.inputs[0].name,
            record.inputs[0].sha256,
        )
        assert "nowhere.png" in studio.told[0].ja

    def test_missing_output(self, studio: Studio) -> None:
        """An output that is not there has no record, is told, and harms no other."""
        studio.key()
        recorder = studio.recorder()
        run = recorder.begin()
        run.output(studio.folder / "nowhere.png")
        run.output(studio.picture("out.png", 1))
        assert recorder.flush(SECONDS)
        assert (["out.png"], 1) == (list(studio.records()), len(studio.told))

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
    def test_pipe(self, studio: Studio) -> None:
        """A pipe in the place of a picture makes nobody wait."""
        studio.key()
        pipe = studio.folder / "pipe.png"
        os.mkfifo(pipe)
        recorder = studio.recorder()
        run = recorder.begin()
        run.input("init", path=pipe)
        run.output(studio.picture("out.png", 1))
        assert recorder.flush(SECONDS)
        assert {"out.png"} == set(studio.records())

    def test_no_descriptor_is_kept(self, studio: Studio) -> None:
        """Files noted are closed again."""
        studio.key()
        recorder = studio.recorder()
        recorder.begin().output(studio.picture("warm.png", 1))
        assert recorder.flush(SECONDS)
        before = len(list(Path("/proc/self/fd").iterdir()))
        for number in range(20):
            run = recorder.begin()
            run.input("init", path=studio.picture(f"i{number}.png", number))
            run.output(studio.picture(f"o{number}.png", number))
        assert recorder.flush(SECONDS)
        assert len(list(Path("/proc/self/fd").iterdir())) <= before


class TestSettings:
    @pytest.mark.parametrize(
        "text",
        [
            "prompt = ",
            "prompt = 'loud'",
            "strict = 'yes'",
            "colour = 1",
            "fingerprints = 1",
            "prompt = ['full']",
            "\x00",
        ],
    )
    def test_bad(self, studio: Studio, text: str) -> None:
        """Settings that make no sense are told once and not used."""
        studio.key()
        (studio.home / SETTINGS_FILE).write_text(text)
        run = studio.recorder().begin()
        run.input("init", path=studio.picture("in.png", 1))
        run.check()
        assert [SETTINGS_FILE in said.en for said in studio.told] == [True]

    def test_read(self, studio: Studio) -> None:
        """The file's settings are used."""
        studio.key()
        (studio.home / SETTINGS_FILE).write_text('prompt = "full"\nstrict = true\n')
        recorder = studio.recorder()
        run = recorder.begin()
        run.parameters(Facts(prompt="a hill", negative_prompt="fog"))
        run.output(studio.picture("out.png", 1))
        assert recorder.flush(SECONDS)
        prompt = studio.records()["out.png"].prompt
        assert ("a hill", "fog") == (prompt.text, prompt.negative)

    def test_given(self, studio: Studio) -> None:
        """Settings that the host gives come before the file's."""
        studio.key()
        (studio.home / SETTINGS_FILE).write_text("strict = true")
        run = studio.recorder(Settings()).begin()
        run.input("init", path=studio.picture("in.png", 1))
        run.check()
