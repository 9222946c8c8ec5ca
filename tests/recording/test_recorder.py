import hashlib
import os
import threading
import time

import pytest
from PIL import Image

from myself_i2i.errors import RightsError
from myself_i2i.image import image_data_digest
from myself_i2i.ledger import ledger_path
from myself_i2i.predicates import Source
from myself_i2i.predicates.generation import Parent, PromptPolicy, Relation, WrittenBy
from myself_i2i.recording import Facts, Origin, Settings, open_recorder
from myself_i2i.wording import Text
from tests.recording.conftest import SECONDS, Studio


def sha256(path: os.PathLike[str]) -> str:
    with open(path, "rb") as file:  # noqa: PTH123  # any path
        return hashlib.sha256(file.read()).hexdigest()


class TestRecord:
    def test_i2i(self, studio: Studio) -> None:
        """One run is one signed record: tool, way of making, the input's digests and its declared basis."""
        studio.key()
        source, output = studio.picture("rough.png", 1), studio.picture("out.png", 2)
        basis = studio.declare(source)
        recorder = studio.recorder()
        run = recorder.begin()
        run.input("init", path=source)
        run.parameters(Facts(model="m.safetensors", strength=0.5, loras=("ink",), other={"seed": "7"}))
        run.check()
        run.output(output)
        run.end()
        assert recorder.flush(SECONDS)
        record = studio.records()["out.png"]
        [item] = record.inputs
        assert (WrittenBy.RECORDER, "test 1") == (record.written_by, record.writer)
        assert ("Test UI", "1.2") == (record.tool, record.tool_version)
        assert ("i2i", "yes", 0.5) == (record.mode, record.image_input, record.strength)
        assert ("m.safetensors", ("ink",), {"seed": "7"}) == (record.model, record.loras, record.parameters)
        assert ("init", "rough.png", "file") == (item.role, item.name, item.origin)
        assert (sha256(source), image_data_digest(source.read_bytes())) == (item.sha256, item.image_data)
        assert basis == item.basis
        assert [] == studio.told

    def test_subject(self, studio: Studio) -> None:
        """The record is about the file on disk: its sha256 and its imageData/v1."""
        studio.key()
        output = studio.picture("out.png", 2)
        recorder = studio.recorder()
        recorder.begin().output(output)
        assert recorder.flush(SECONDS)
        [statement] = studio.statements()
        digest = statement.subjects[0].digest
        assert sha256(output) == digest["sha256"]
        assert image_data_digest(output.read_bytes()) == digest["imageData/v1"]

    def test_t2i(self, studio: Studio) -> None:
        """A run without any image input is t2i, and says that none went in."""
        studio.key()
        recorder = studio.recorder()
        recorder.begin().output(studio.picture("out.png", 2))
        assert recorder.flush(SECONDS)
        record = studio.records()["out.png"]
        assert ("t2i", "no", ()) == (record.mode, record.image_input, record.inputs)

    def test_undeclared(self, studio: Studio) -> None:
        """An input that nobody declared is in the record all the same, without a basis."""
        studio.key()
        recorder = studio.recorder()
        run = recorder.begin()
        run.input("init", path=studio.picture("found.png", 1))
        run.output(studio.picture("out.png", 2))
        assert recorder.flush(SECONDS)
        [item] = studio.records()["out.png"].inputs
        assert ("found.png", None) == (item.name, item.basis)
        assert item.sha256 is not None

    def test_batch(self, studio: Studio) -> None:
        """Every file of a batch has a record of its own, and parameters told between them apply from there on."""
        studio.key()
        recorder = studio.recorder()
        run = recorder.begin()
        for number in range(3):
            run.parameters(Facts(other={"seed": str(number), **({"steps": "20"} if number == 0 else {})}))
            run.output(studio.picture(f"{number}.png", number))
        assert recorder.flush(SECONDS)
        assert {f"{n}.png": {"seed": str(n), "steps": "20"} for n in range(3)} == {
            name: record.parameters for name, record in studio.records().items()
        }

    def test_no_picture(self, studio: Studio) -> None:
        """A file that is no picture of ours (a video, a latent) is recorded, and known, by its sha256."""
        studio.key()
        latent, video = studio.folder / "x.latent", studio.folder / "out.mp4"
        latent.write_bytes(b"latent")
        video.write_bytes(b"video")
        recorder = studio.recorder()
        run = recorder.begin()
        run.input("latent", path=latent, origin=Origin.LATENT)
        run.output(video)
        assert recorder.flush(SECONDS)
        record = studio.records()["out.mp4"]
        assert ("latent", sha256(latent), None) == (
            record.inputs[0].origin,
            record.inputs[0].sha256,
            record.inputs[0].image_data,
        )

    def test_gone_at_once(self, studio: Studio) -> None:
        """An input that the host deletes right after noting it, and an output that it replaces, are recorded as they were."""
        studio.key()
        source, output = studio.picture("temp.png", 1), studio.picture("out.png", 2)
        wanted = sha256(source), sha256(output)
        recorder = studio.recorder()
        release = threading.Event()
        recorder.post(release.wait)  # type: ignore[attr-defined]  # holds the recorder's thread, as a slow disk would
        run = recorder.begin()
        run.input("init", path=source)
        source.unlink()
        run.output(output)
        studio.picture("new.png", 3).replace(output)
        release.set()
        assert recorder.flush(SECONDS)
        [statement] = studio.statements()
        assert wanted == (
            studio.records()["out.png"].inputs[0].sha256,
            statement.subjects[0].digest["sha256"],
        )

    def test_odd_values(self, studio: Studio) -> None:
        """Whatever a host puts into its facts, the picture has its record."""
        studio.key()
        recorder = studio.recorder(Settings(prompt=PromptPolicy.FULL))
        run = recorder.begin()
        run.input("no such role", path=studio.picture("\udcff.png".encode("utf-8", "replace").decode(), 1))
        odd = {"seed": 2**70, "lone": "\ud800", "": "x", "long": "y" * 10**5}
        run.parameters(
            Facts(
                mode="unheard of",
                model="\ud800" * 9000,
                strength=float("nan"),
                loras=("", "a"),
                prompt="p" * 10**6,
                other=odd,  # type: ignore[arg-type]  # hosts do
            )
        )
        run.output(studio.picture("out.png", 2))
        assert recorder.flush(SECONDS)
        record = studio.records()["out.png"]
        assert (None, ("a",), str(2**70)) == (record.strength, record.loras, record.parameters["seed"])
        assert "unknown" == record.inputs[0].role
        assert [] == studio.told


class TestPixels:
    def test_declared_source(self, studio: Studio) -> None:
        """Pixels in memory are found to be those of a declared source: the record gives its file and its basis."""
        studio.key()
        source = studio.picture("rough.png", 1)
        basis = studio.declare(source)
        recorder = studio.recorder()
        run = recorder.begin()
        with Image.open(source) as opened:
            run.input("init", image=opened)
        run.output(studio.picture("out.png", 2))
        assert recorder.flush(SECONDS)
        [item] = studio.records()["out.png"].inputs
        assert ("rough.png", sha256(source), basis, "memory") == (
            item.name,
            item.sha256,
            item.basis,
            item.origin,
        )
        assert any(name.startswith("pixels-sha256/") for name in item.hashes)

    def test_copied_at_once(self, studio: Studio) -> None:
        """The host may paint over its picture as soon as `input` returns."""
        studio.key()
        source = studio.picture("rough.png", 1)
        studio.declare(source)
        recorder = studio.recorder()
        run = recorder.begin()
        with Image.open(source) as opened:
            opened.load()
            run.input("init", image=opened)
            opened.paste((0, 0, 0), (0, 0, *opened.size))
        run.output(studio.picture("out.png", 2))
        assert recorder.flush(SECONDS)
        assert sha256(source) == studio.records()["out.png"].inputs[0].sha256

    def test_unknown(self, studio: Studio) -> None:
        """Pixels that nobody knows are recorded by their own digests, without a file or a basis."""
        studio.key()
        recorder = studio.recorder()
        run = recorder.begin()
        run.input("reference", image=Image.new("RGB", (8, 8), "red"), name="clip", origin=Origin.CLIPBOARD)
        run.output(studio.picture("out.png", 2))
        assert recorder.flush(SECONDS)
        record = studio.records()["out.png"]
        [item] = record.inputs
        assert ("reference", "clip", "clipboard", None, None) == (
            record.mode,
            item.name,
            item.origin,
            item.sha256,
            item.basis,
        )
        assert item.hashes

    def test_not_understood(self, studio: Studio) -> None:
        """Something that is no picture is noted as an input that could not be hashed, and told once."""
        studio.key()
        recorder = studio.recorder()
        for name in ("a.png", "b.png"):
            run = recorder.begin()
            run.input("init", image=object())
            run.output(studio.picture(name, 2))
        assert recorder.flush(SECONDS)
        assert 1 == len(studio.told)
        record = studio.records()["b.png"]
        assert ("i2i", "yes", {}) == (record.mode, record.image_input, record.inputs[0].hashes)


class TestGraph:
    def test_chain(self, studio: Studio) -> None:
        """An output of one run that goes into the next is its parent, by file, and has its own generation as basis."""
        studio.key()
        recorder = studio.recorder()
        first, second = studio.picture("1.png", 1), studio.picture("2.png", 2)
        recorder.begin().output(first)
        run = recorder.begin()
        run.input("init", path=first)
        run.output(second)
        assert recorder.flush(SECONDS)
        record = studio.records()["2.png"]
        assert (Parent(relation=Relation.GENERATED_FROM, sha256=sha256(first)),) == record.parents
        with studio.ledger() as ledger:
            declared = ledger.get(record.inputs[0].basis or "")
        assert declared is not None
        [statement] = studio.statements(Source.PREDICATE_TYPE)
        assert ("own-generation", sha256(first)) == (
            statement.predicate["basis"],
            statement.subjects[0].digest["sha256"],
        )

    def test_by_another_recorder(self, studio: Studio) -> None:
        """A later session, another tool even, recognises the earlier output by its file and by its pixels."""
        studio.key()
        first = studio.picture("1.png", 1)
        before = studio.recorder()
        before.begin().output(first)
        before.close()
        recorder = studio.recorder()
        run = recorder.begin()
        run.parameters(Facts(mode="upscale"))
        run.input("init", path=first)
        run.output(studio.picture("2.png", 2))
        run = recorder.begin()
        with Image.open(first) as opened:
            run.input("control", image=opened.convert("RGBA"))
        run.output(studio.picture("3.png", 3))
        assert recorder.flush(SECONDS)
        records = studio.records()
        assert (Parent(relation=Relation.UPSCALED, sha256=sha256(first)),) == records["2.png"].parents
        assert (Parent(relation=Relation.GENERATED_FROM, sha256=sha256(first)),) == records["3.png"].parents
        assert ("1.png", sha256(first)) == (
            records["3.png"].inputs[0].name,
            records["3.png"].inputs[0].sha256,
        )
        assert records["3.png"].inputs[0].basis is not None

    def test_saved_again(self, studio: Studio) -> None:
        """A file that another program saved anew is known by its pixels as a child of the output, and is no source of it."""
        studio.key()
        first = studio.picture("1.png", 1)
        copy = studio.folder / "copy.png"
        with Image.open(first) as opened:
            opened.save(copy, compress_level=0)
        recorder = studio.recorder()
        recorder.begin().output(first)
        run = recorder.begin()
        run.input("init", path=copy)
        run.output(studio.picture("2.png", 2))
        assert recorder.flush(SECONDS)
        record = studio.records()["2.png"]
        assert sha256(first) == record.parents[0].sha256
        assert (sha256(copy), None) == (record.inputs[0].sha256, record.inputs[0].basis)

    def test_lossy(self, studio: Studio) -> None:
        """Saved as JPEG and fed on as the pixels it was saved from, the picture is still recognised in the same session."""
        studio.key()
        image = Image.effect_noise((32, 32), 50).convert("RGB")
        path = studio.folder / "1.jpg"
        image.save(path)
        recorder = studio.recorder()
        recorder.begin().output(path, image=image)
        run = recorder.begin()
        run.input("init", image=image)
        run.output(studio.picture("2.png", 2))
        assert recorder.flush(SECONDS)
        assert sha256(path) == studio.records()["2.png"].parents[0].sha256

    def test_nothing_laundered(self, studio: Studio) -> None:
        """An own picture made from an undeclared one gives no basis to what is made from it."""
        studio.key()
        recorder = studio.recorder()
        middle = studio.picture("middle.png", 2)
        run = recorder.begin()
        run.input("init", path=studio.picture("somebody's.png", 1))
        run.output(middle)
        run = recorder.begin()
        run.input("init", path=middle)
        run.output(studio.picture("end.png", 3))
        assert recorder.flush(SECONDS)
        record = studio.records()["end.png"]
        assert (sha256(middle), None) == (record.parents[0].sha256, record.inputs[0].basis)
        assert [] == studio.statements(Source.PREDICATE_TYPE)


class TestStrict:
    STRICT = Settings(strict=True)

    def test_refuses(self, studio: Studio) -> None:
        """An input without a basis is refused before sampling, naming the file and the command in both languages."""
        studio.key()
        source = studio.picture("rough one.png", 1)
        run = studio.recorder(self.STRICT).begin()
        run.input("init", path=source)
        with pytest.raises(RightsError, match=r"rough one\.png") as refused:
            run.check()
        hint = refused.value.hint
        assert hint is not None
        for words in (hint.en, hint.ja):
            assert f"myself-i2i sources add '{source}' --basis BASIS" in words
        assert "rough one.png" in refused.value.message.ja

    def test_declared(self, studio: Studio) -> None:
        """Declared sources pass, as files and as pixels, and so do masks and runs without any input."""
        studio.key()
        source = studio.picture("rough.png", 1)
        studio.declare(source)
        run = studio.recorder(self.STRICT).begin()
        run.check()
        run.input("init", path=source)
        run.input("mask", path=studio.picture("mask.png", 2))
        with Image.open(source) as opened:
            run.input("control", image=opened)
        run.check()

    def test_own_output(self, studio: Studio) -> None:
        """What this recorder saw being made from declared pictures passes without being declared itself."""
        studio.key()
        first = studio.picture("1.png", 1)
        recorder = studio.recorder(self.STRICT)
        recorder.begin().output(first)
        run = recorder.begin()
        run.input("init", path=first)
        run.check()

    def test_behind_an_own_output(self, studio: Studio) -> None:
        """An own picture made from an undeclared one is refused: two steps do not launder."""
        studio.key()
        middle = studio.picture("middle.png", 2)
        recorder = studio.recorder()
        run = recorder.begin()
        run.input("init", path=studio.picture("found.png", 1))
        run.output(middle)
        recorder.close()
        run = studio.recorder(self.STRICT).begin()
        run.input("init", path=middle)
        with pytest.raises(RightsError):
            run.check()

    @pytest.mark.parametrize(
        "ledger", [None, b"this is no ledger, but long enough to look like a file" * 100]
    )
    def test_no_ledger(self, studio: Studio, ledger: bytes | None) -> None:
        """Where nothing can be looked up, nothing has a basis."""
        studio.key()
        if ledger is not None:
            ledger_path(studio.home).write_bytes(ledger)
        run = studio.recorder(self.STRICT).begin()
        run.input("init", path=studio.picture("rough.png", 1))
        with pytest.raises(RightsError):
            run.check()

    def test_off(self, studio: Studio) -> None:
        """Without strict mode nothing is refused."""
        studio.key()
        run = studio.recorder().begin()
        run.input("init", path=studio.picture("rough.png", 1))
        run.check()


class TestHost:
    def test_returns_at_once(self, studio: Studio) -> None:
        """No note waits for the recorder's thread, even when that is stuck."""
        studio.key()
        source, output = studio.picture("rough.png", 1), studio.picture("out.png", 2)
        recorder = studio.recorder()
        release = threading.Event()
        recorder.post(release.wait)  # type: ignore[attr-defined]  # holds the recorder's thread
        started = time.monotonic()
        run = recorder.begin()
        run.input("init", path=source)
        run.parameters(Facts(model="m"))
        run.check()
        run.output(output)
        run.end()
        assert time.monotonic() - started < 1
        assert not recorder.flush(0.05)
        release.set()
        assert recorder.flush(SECONDS)

    def test_many_threads(self, studio: Studio) -> None:
        """Several runs on several threads at once: each file has its own record."""
        studio.key()
        recorder = studio.recorder()

        def work(first: int) -> None:
            for number in range(first, first + 5):
                run = recorder.begin()
                run.input("init", path=studio.picture(f"in-{number}.png", 100 + number))
                run.output(studio.picture(f"{number}.png", number))
                run.end()

        threads = [threading.Thread(target=work, args=(5 * index,)) for index in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert recorder.flush(SECONDS)
        assert {f"{n}.png": f"in-{n}.png" for n in range(20)} == {
            name: record.inputs[0].name for name, record in studio.records().items()
        }

    def test_after_close(self, studio: Studio) -> None:
        """A note that comes after `close` is still written."""
        studio.key()
        recorder = studio.recorder()
        recorder.close()
        recorder.begin().output(studio.picture("out.png", 1))
        assert recorder.flush(SECONDS)
        assert {"out.png"} == set(studio.records())

    def test_failing_tell(self, studio: Studio) -> None:
        """A host whose own message window fails still gets its pictures recorded."""

        def tell(text: Text) -> None:
            raise ZeroDivisionError(text.en)

        recorder = open_recorder(tool="t", tool_version="1", writer="w", home=studio.home, tell=tell)
        recorder.begin().output(studio.picture("out.png", 1))
        assert recorder.flush(SECONDS)
        recorder.close()
        assert 1 == len(studio.spool)

    def test_flush_from_tell(self, studio: Studio) -> None:
        """A host that flushes while being told something does not hang."""
        answers: list[bool] = []
        recorder = open_recorder(
            tool="t",
            tool_version="1",
            writer="w",
            home=studio.home,
            tell=lambda _: answers.append(recorder.flush(1)),
        )
        recorder.begin().output(studio.picture("out.png", 1))
        assert recorder.flush(SECONDS)
        recorder.close()
        assert [False] == answers

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
    def test_fork(self, studio: Studio) -> None:
        """A forked child of the host records as well."""
        studio.key()
        recorder = studio.recorder()
        recorder.begin().output(studio.picture("parent.png", 1))
        assert recorder.flush(SECONDS)
        path = studio.picture("child.png", 2)
        child = os.fork()
        if child == 0:
            recorder.begin().output(path)
            os._exit(0 if recorder.flush(SECONDS) else 1)
        assert 0 == os.waitpid(child, 0)[1]
        assert {"parent.png", "child.png"} == set(studio.records())
