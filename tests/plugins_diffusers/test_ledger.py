"""The plug-in with the person's own recorder: what stands in the ledger afterwards."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from myself_i2i_diffusers import _recording as recording
from myself_i2i_diffusers import record, recorded
from PIL import Image

from myself_i2i.attestation import PrivateKey
from myself_i2i.errors import RightsError
from myself_i2i.ledger import KeyStore
from myself_i2i.recording import Recorder, Settings, open_recorder
from tests.plugins_diffusers import standins
from tests.plugins_diffusers.reading import records, sha256
from tests.plugins_diffusers.standins import Output

SECONDS = 60.0


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data folder with a key."""
    KeyStore(tmp_path / "home").save(PrivateKey.generate(bytes(range(32))))
    return tmp_path / "home"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A picture of one's own."""
    noise(1).save(tmp_path / "own.png")
    return tmp_path / "own.png"


@pytest.fixture
def real(home: Path) -> Iterator[Recorder]:
    """The person's recorder."""
    made = open_recorder(tool="diffusers", tool_version="0", writer="test 1", home=home)
    yield made
    made.close()


def noise(seed: int) -> Image.Image:
    """A picture that no other is equal to."""
    data = b"".join(hashlib.sha256(bytes([seed, row])).digest() * 3 for row in range(32))
    return Image.frombytes("RGB", (32, 32), data)


class TestLedger:
    def test_chain(self, home: Path, real: Recorder, own: Path, tmp_path: Path) -> None:
        """Three steps in memory are three signed records, each one's parent the file of the one before, JPEG too."""
        pipe, upscale = standins.StableDiffusionImg2ImgPipeline(), standins.StableDiffusionUpscalePipeline()
        with Image.open(own) as image, record(pipe, upscale, recorder=real) as rec:
            pipe.made = Output([noise(2)])
            first = pipe("a cat", image=image, strength=0.5).images[0]
            first.save(tmp_path / "first.png")
            pipe.made = Output([noise(3)])
            second = pipe("a cat", image=first).images[0]
            second.save(tmp_path / "second.jpg")
            upscale.made = Output([noise(4)])
            upscale("a cat", image=second).images[0].save(tmp_path / "third.webp")
            assert rec.flush(SECONDS)
        found = records(home)
        assert {"first.png", "second.jpg", "third.webp"} == set(found)
        assert ("i2i", sha256(own), 0.5) == (
            found["first.png"].mode,
            found["first.png"].inputs[0].sha256,
            found["first.png"].strength,
        )
        assert [[], [sha256(tmp_path / "first.png")], [sha256(tmp_path / "second.jpg")]] == [
            [parent.sha256 for parent in found[name].parents]
            for name in ("first.png", "second.jpg", "third.webp")
        ]
        assert ("upscale", "recorder") == (found["third.webp"].mode, found["third.webp"].written_by)

    def test_text(self, home: Path, real: Recorder, tmp_path: Path) -> None:
        """Text to image, enlarged without a file between, says that no image went in."""
        pipe, upscale = standins.StableDiffusionPipeline(), standins.StableDiffusionUpscalePipeline()
        with record(pipe, upscale, recorder=real) as rec:
            upscale("x", image=pipe("x").images[0]).images[0].save(tmp_path / "a.png")
            assert rec.flush(SECONDS)
        said = records(home)["a.png"]
        assert ("t2i", "no") == (said.mode, said.image_input)

    def test_strict(self, home: Path, own: Path) -> None:
        """Strict mode refuses an undeclared file before sampling, naming it and the command."""
        strict = open_recorder(
            tool="diffusers", tool_version="0", writer="test 1", home=home, settings=Settings(strict=True)
        )
        pipe = standins.StableDiffusionImg2ImgPipeline()
        try:
            with (
                Image.open(own) as image,
                record(pipe, recorder=strict),
                pytest.raises(RightsError) as caught,
            ):
                pipe("x", image=image)
        finally:
            strict.close()
        assert [] == pipe.seen
        assert "own.png" in caught.value.message.en
        assert caught.value.hint is not None
        assert "sources add" in caught.value.hint.ja

    def test_own_recorder(self, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without an argument it is the person's usual data folder, opened once."""
        monkeypatch.setenv("MYSELF_I2I_HOME", str(home))
        monkeypatch.setattr(recording, "_SHARED", [])
        one, two = recorded(standins.StableDiffusionPipeline()), recorded(standins.StableDiffusionPipeline())
        for name, pipe in (("a.png", one), ("b.png", two)):
            pipe("x").images[0].save(tmp_path / name)
        (shared,) = recording._SHARED
        assert shared is not None
        assert shared.flush(SECONDS)
        shared.close()
        assert {"a.png", "b.png"} == set(records(home))
