"""`ask`, `audit`, `witness`, `certify`, `trust registry` as people run them, against a registry in a process of its own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.cli.test_serve import Running, running
from tests.support.sessions import EXAMPLES, Step, run

Person = Callable[[str], tuple[int, str]]


@dataclass(frozen=True)
class World:
    """A registry, a maker who published a picture made of a drawing, and an artist."""

    registry: Running
    folder: Path

    def person(self, name: str) -> Person:
        """Return what runs a command as somebody, in their folder; `URL` stands for the registry."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)

        def command(line: str) -> tuple[int, str]:
            code, lines = run(Step("myself-i2i " + line.replace("URL", self.registry.url)), folder)
            return code, "\n".join(lines)

        return command

    def json(self, name: str, line: str) -> tuple[int, Any]:
        """Run a command as somebody; return its JSON."""
        folder = self.folder / name
        code, _ = run(
            Step(f"myself-i2i {line.replace('URL', self.registry.url)} > out.json 2> /dev/null"), folder
        )
        return code, json.loads((folder / "out.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Tests share it, in the order in which they stand."""
    folder = tmp_path_factory.mktemp("world")
    witness_key = _witness_key(folder)
    (folder / "registry").mkdir()
    (folder / "registry" / "registry.toml").write_text(
        f'name = "Toroku"\nwitnesses = "{witness_key}"\n', encoding="utf-8"
    )
    with running(folder / "registry") as registry:
        world = World(registry, folder)
        maker, artist = world.person("maker"), world.person("artist")
        drawing = EXAMPLES / "sources" / "drawing.png"
        shutil.copy(drawing, folder / "maker")
        picture = Image.open(drawing).convert("RGB")
        picture.save(folder / "maker" / "finished.png")
        picture.resize((picture.width * 3 // 4, picture.height * 3 // 4)).save(
            folder / "artist" / "mine.jpg", quality=80
        )
        shutil.copy(EXAMPLES / "sources" / "undeclared.png", folder / "artist" / "other.png")
        for line in (
            "pledge --name hanako --yes",
            "sources add drawing.png --basis own-drawing",
            'mark finished.png --as "i2i drawing.png"',
            "publish marked/finished.png --registry URL",
        ):
            assert (0, line) == (maker(line)[0], line)
        assert artist("--version")[0] == 0
        yield world


def _witness_key(folder: Path) -> str:
    (folder / "witness").mkdir()
    code, lines = run(Step("myself-i2i witness --name witness.example/one 2> /dev/null"), folder / "witness")
    assert 0 == code
    return lines[0]


class TestAsk:
    def test_near(self, world: World) -> None:
        """A picture that a maker recorded as source is told with its distance, its basis and what this does not show."""
        code, said = world.person("artist")("ask mine.jpg --registry URL --out answer.json")
        assert 1 == code
        for words in (
            "Recorded sources that look near your picture: 1 of 1",
            "the maker declares: my own drawing",
            "of 256 bits differ",
            "What this does not show:",
            "Anyone can leave a source out",
            "the picture stays here",
        ):
            assert words in said

    def test_not_near(self, world: World) -> None:
        """One that nobody recorded has the sentence, as far as the records go."""
        code, said = world.person("artist")("ask other.png --registry URL --lang ja --out far.json")
        assert 0 == code
        assert "記録されている限り、あなたの絵は使われていません" in said

    def test_one_maker(self, world: World) -> None:
        """Asked about a key that recorded nothing, the answer is "not recorded", and no all-clear."""
        code, said = world.person("artist")(f"ask other.png --registry URL --maker {'ab' * 32}")
        assert 1 == code
        assert "not recorded: this log has no mark by this maker" in said
        assert "this key never pledged here" in said

    def test_period(self, world: World) -> None:
        """A period before anything was logged has nothing in it."""
        code, said = world.person("artist")("ask mine.jpg --registry URL --until 2020-01-01")
        assert (1, True) == (code, "not recorded" in said)

    def test_json(self, world: World) -> None:
        """As JSON: the answer as it was signed, and where it was saved."""
        code, told = world.json("artist", "ask mine.jpg --registry URL --json")
        assert (1, False, 1) == (code, told["nothing_near"], told["answer"]["near"]["sources"])
        assert Path(told["saved"]).exists()

    def test_nothing_else_sent(self, world: World) -> None:
        """What is asked leaves no trace in the registry."""
        before = (world.folder / "registry" / "log" / "checkpoint").read_bytes()
        world.person("artist")("ask other.png --registry URL")
        assert before == (world.folder / "registry" / "log" / "checkpoint").read_bytes()

    @pytest.mark.parametrize(
        "line",
        [
            "ask mine.jpg --registry URL --maker hanako",
            "ask mine.jpg",
            "ask mine.jpg --registry http://registry.example",
        ],
    )
    def test_misuse(self, world: World, line: str) -> None:
        """A call that makes no sense is misuse."""
        assert 2 == world.person("artist")(line)[0]


class TestAudit:
    def test_holds(self, world: World) -> None:
        """The log, and the answer that somebody has, hold; the artist needs nobody's word for it."""
        code, said = world.person("artist")("audit URL --answer answer.json")
        assert 0 == code
        for words in (
            "every tile and the root are what the entries make",
            "every entry can be read, and its signature holds",
            "the answer comes out of the log again, the same",
            "What an audit does not check:",
        ):
            assert words in said

    def test_again(self, world: World) -> None:
        """The next audit finds that the log continues the head of the last one."""
        code, said = world.person("artist")("audit URL")
        assert (0, True) == (code, "it continues the head of 2 entries" in said)

    def test_receipt(self, world: World) -> None:
        """The maker's receipts hold."""
        (receipt, *_) = sorted((world.folder / "maker" / "home" / "receipts").rglob("*.tlog-proof"))
        code, said = world.person("maker")(f"audit URL --receipt '{receipt}'")
        assert (0, True) == (code, "the receipt holds" in said)

    def test_folder(self, world: World) -> None:
        """A copy of the log is audited without any network, its key remembered from the registry."""
        shutil.copytree(world.folder / "registry" / "log", world.folder / "artist" / "copy")
        code, told = world.json("artist", "audit copy --answer answer.json --json")
        assert (0, True, {"same": True}) == (code, told["holds"], told["answer"])

    def test_changed(self, world: World) -> None:
        """One byte changed in the copy is found."""
        path = next((world.folder / "artist" / "copy" / "tile" / "entries").rglob("*.p/*"))
        data = bytearray(path.read_bytes())
        data[50] ^= 1
        path.write_bytes(bytes(data))
        code, said = world.person("artist")("audit copy")
        assert (1, True) == (code, "error" in said)

    def test_unknown_key(self, world: World) -> None:
        """A log whose key nobody gave is not guessed at."""
        code, said = world.person("stranger")(f"audit '{world.folder / 'registry' / 'log'}'")
        assert (2, True) == (code, "--key" in said)


class TestWitness:
    def test_cosigns(self, world: World) -> None:
        """A witness that the registry knows cosigns its head, and the registry shows that from then on."""
        witness = world.person("witness")
        code, said = witness("witness URL")
        assert (0, True) == (code, "the registry took the cosignature" in said)
        key = witness("witness 2> /dev/null")[1]
        code, said = world.person("artist")(f"audit URL --witness '{key}'")
        assert (0, True) == (code, "cosigned by witness.example/one" in said)

    def test_out(self, world: World) -> None:
        """With --out nothing is sent."""
        code, _ = world.person("witness")("witness URL --out head.note")
        note = (world.folder / "witness" / "head.note").read_text(encoding="utf-8")
        assert (0, True) == (code, "— witness.example/one " in note)

    def test_stranger(self, world: World) -> None:
        """A witness that the registry does not know is told so."""
        code, said = world.person("stranger")("witness URL")
        assert (1, True) == (code, "no cosignature by a witness of this registry" in said)

    def test_name_stays(self, world: World) -> None:
        """A witness keeps the name it has."""
        code, said = world.person("witness")("witness --name witness.example/other")
        assert (1, True) == (code, "keeps its name" in said)


class TestCertify:
    def test_known(self, world: World) -> None:
        """A mark made after `certify` is known to the registry for who added it, and to nobody else."""
        maker, artist = world.person("maker"), world.person("artist")
        assert 0 == maker("certify --registry URL")[0]
        assert 0 == maker('mark finished.png --as "i2i drawing.png" --out certified')[0]
        shutil.copy(
            world.folder / "maker" / "certified" / "finished.png", world.folder / "artist" / "certified.png"
        )
        assert "on no list known here" in artist("check certified.png")[1]
        assert 0 == artist("trust registry URL")[0]
        said = artist("check certified.png")[1]
        assert "known to the registry Toroku" in said
        assert "private list, not the C2PA trust list" in said

    def test_shown(self, world: World) -> None:
        """`trust show` names the registries among the issuers that were added."""
        assert "Toroku" in world.person("artist")("trust show")[1]

    def test_no_pledge(self, world: World) -> None:
        """Without a pledge there is no certificate."""
        code, said = world.person("stranger")("certify --registry URL")
        assert (1, True) == (code, "error" in said)
