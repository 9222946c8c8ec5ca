import base64
import gc
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from myself_i2i_diffusers import _telling as telling
from myself_i2i_diffusers import load_image, record, recorded
from myself_i2i_diffusers._generation import end_forgotten
from PIL import Image

from myself_i2i.errors import RightsError, UsageError
from myself_i2i.recording.interface import Origin
from tests.plugins_diffusers import standins
from tests.plugins_diffusers.memory import MemoryRecorder
from tests.plugins_diffusers.standins import Array, Output, picture


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Each test hears of trouble anew."""
    telling._TOLD.clear()
    yield
    telling._TOLD.clear()


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Image.Image]:
    """A picture opened from a file."""
    picture("yellow").save(tmp_path / "own.png")
    with Image.open(tmp_path / "own.png") as image:
        yield image


class TestRecord:
    def test_one_run(self, recorder: MemoryRecorder, tmp_path: Path, opened: Image.Image) -> None:
        """A call is one run: its inputs before sampling, its parameters, the file that was saved."""
        pipe = standins.StableDiffusionImg2ImgPipeline()
        with record(pipe, recorder=recorder):
            pipe("a cat", image=opened, strength=0.5).images[0].save(tmp_path / "out.png")
        run = recorder.run
        (one,) = run.inputs
        assert ("init", tmp_path / "own.png", "own.png", Origin.FILE) == (
            one.role,
            one.path,
            one.name,
            one.origin,
        )
        assert run.facts is not None
        assert (0.5, "a cat") == (run.facts.strength, run.facts.prompt)
        assert (1, [tmp_path / "out.png"]) == (run.checked_after, run.outputs)

    def test_untouched_call(self, recorder: MemoryRecorder, opened: Image.Image) -> None:
        """The pipeline sees the very objects that it was given."""
        pipe = standins.StableDiffusionImg2ImgPipeline()
        with record(pipe, recorder=recorder):
            pipe("a cat", opened)
        assert opened is pipe.seen[1]

    def test_after_the_block(self, recorder: MemoryRecorder, tmp_path: Path) -> None:
        """A picture made in the block is recorded when it is saved, also later; calls after it are not."""
        pipe = standins.StableDiffusionPipeline()
        with record(pipe, recorder=recorder):
            out = pipe("a cat")
        out.images[0].save(tmp_path / "out.png")
        pipe("a dog").images[0].save(tmp_path / "dog.png")
        assert [tmp_path / "out.png"] == recorder.run.outputs

    def test_several_files(self, recorder: MemoryRecorder, tmp_path: Path) -> None:
        """Several saves, and several pictures, are several outputs of one run."""
        pipe = standins.StableDiffusionPipeline()
        pipe.made = Output([picture("red"), picture("green")])
        with record(pipe, recorder=recorder):
            first, second = pipe("a cat").images
            for name, image in (("a.png", first), ("b.webp", first), ("c.png", second)):
                image.save(tmp_path / name)
        assert ["a.png", "b.webp", "c.png"] == [path.name for path in recorder.run.outputs]

    @pytest.mark.parametrize(
        "shape",
        [lambda one: (one,), lambda one: ([one], None), lambda one: [[one]], lambda one: {"images": [one]}],
    )
    def test_results(self, recorder: MemoryRecorder, tmp_path: Path, shape: Any) -> None:
        """Tuples, lists of lists and mappings are results as well as output objects."""
        pipe = standins.StableDiffusionPipeline()
        image = picture()
        pipe.made = shape(image)
        with record(pipe, recorder=recorder):
            pipe("a cat", return_dict=False)
            image.save(tmp_path / "a.png")
        assert [tmp_path / "a.png"] == recorder.run.outputs

    def test_handed_back(self, recorder: MemoryRecorder, tmp_path: Path) -> None:
        """An input that a pipeline hands back is not its output."""
        pipe, image = standins.StableDiffusionImg2ImgPipeline(), picture()
        pipe.made = Output([image])
        with record(pipe, recorder=recorder):
            pipe("a cat", image)
            image.save(tmp_path / "a.png")
        assert [] == recorder.run.outputs

    def test_several_pipelines(self, recorder: MemoryRecorder) -> None:
        """Several pipelines are recorded in one block."""
        one, two = standins.StableDiffusionPipeline(), standins.StableDiffusionUpscalePipeline()
        with record(one, two, recorder=recorder):
            two("x", image=picture())
            one("x")
        assert [["init"], []] == [run.roles for run in recorder.runs]

    def test_threads(self, recorder: MemoryRecorder) -> None:
        """Calls on several threads are runs of their own."""
        pipe = standins.StableDiffusionPipeline()
        with record(pipe, recorder=recorder):
            threads = [threading.Thread(target=pipe, args=("x",)) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert 8 == len(recorder.runs)

    def test_no_pipeline(self, recorder: MemoryRecorder) -> None:
        """What cannot be called is no pipeline, and that is said at once."""
        with pytest.raises(UsageError, match="expected a pipeline"), record(3, recorder=recorder):
            pass


class TestRecorded:
    def test_lasting(self, recorder: MemoryRecorder, tmp_path: Path) -> None:
        """The same pipeline comes back, and every later call is recorded once, however often one asks."""
        pipe = standins.StableDiffusionPipeline()
        assert pipe is recorded(recorded(pipe, recorder=recorder), recorder=recorder)
        pipe("x").images[0].save(tmp_path / "a.png")
        assert [tmp_path / "a.png"] == recorder.run.outputs

    def test_with_block(self, recorder: MemoryRecorder) -> None:
        """A block around a recorded pipeline records into the block's recorder, once."""
        pipe, inner = standins.StableDiffusionPipeline(), MemoryRecorder()
        recorded(pipe, recorder=recorder)
        with record(pipe, recorder=inner):
            pipe("x")
        pipe("y")
        assert (1, 1) == (len(inner.runs), len(recorder.runs))

    def test_inside_block(self, recorder: MemoryRecorder) -> None:
        """`recorded` inside a block lasts after it."""
        pipe, lasting = standins.StableDiffusionPipeline(), MemoryRecorder()
        with record(pipe, recorder=recorder):
            recorded(pipe, recorder=lasting)
            pipe("x")
        pipe("y")
        assert (1, 1) == (len(recorder.runs), len(lasting.runs))


class TestOrigins:
    def told(self, recorder: MemoryRecorder, image: Any) -> tuple[Any, ...]:
        """Role, path, name and origin of the one input of a call with this image."""
        pipe = standins.StableDiffusionImg2ImgPipeline()
        with record(pipe, recorder=recorder):
            pipe("x", image=image)
        (one,) = recorder.run.inputs
        return one.role, one.path, one.name, one.origin

    def test_memory(self, recorder: MemoryRecorder) -> None:
        """Pixels without a file are told as pixels, under the argument's name."""
        image = picture()
        assert ("init", None, "image", Origin.MEMORY) == self.told(recorder, image)
        assert image is recorder.run.inputs[0].image

    def test_worked_on(self, recorder: MemoryRecorder, opened: Image.Image) -> None:
        """A picture changed since it was opened is told as the pixels that went in."""
        opened.paste("black", (0, 0, 4, 4))
        assert ("init", None, "image", Origin.MEMORY) == self.told(recorder, opened)

    def test_path(self, recorder: MemoryRecorder, opened: Image.Image, tmp_path: Path) -> None:
        """A path is told as the file it names."""
        opened.close()
        assert ("init", tmp_path / "own.png", "own.png", Origin.FILE) == self.told(
            recorder, str(tmp_path / "own.png")
        )

    def test_url(self, recorder: MemoryRecorder) -> None:
        """Of an address, user, query and fragment stay at home."""
        told = self.told(recorder, "https://me:secret@example.org/a.png?token=1#x")
        assert ("init", None, "https://example.org/a.png", Origin.URL) == told

    def test_loaded_url(self, recorder: MemoryRecorder) -> None:
        """A picture that carries an address is told with its pixels."""
        image = picture()
        image.__dict__["filename"] = "https://example.org/a.png?token=1"
        assert ("init", None, "https://example.org/a.png", Origin.URL) == self.told(recorder, image)
        assert image is recorder.run.inputs[0].image

    def test_data_url(self, recorder: MemoryRecorder) -> None:
        """A data URL is told as the bytes it carries; a broken one as embedded, without bytes."""
        text = "data:image/png;base64," + base64.b64encode(b"bytes").decode()
        assert ("init", None, "image", Origin.EMBEDDED) == self.told(recorder, text)
        assert b"bytes" == recorder.run.inputs[0].data
        recorder.runs.clear()
        assert ("init", None, "image", Origin.EMBEDDED) == self.told(recorder, "data:image/png;base64,?")

    def test_latent(self, recorder: MemoryRecorder) -> None:
        """A latent is told as something that went in and cannot be hashed as a picture."""
        assert ("latent", None, "image", Origin.LATENT) == self.told(recorder, Array(1, 4, 8, 8))
        assert recorder.run.inputs[0].image is None


class TestChains:
    def test_unsaved(self, recorder: MemoryRecorder, opened: Image.Image) -> None:
        """What went into a picture that never was a file went into what is made of it."""
        first, second = standins.StableDiffusionImg2ImgPipeline(), standins.StableDiffusionUpscalePipeline()
        with record(first, second, recorder=recorder):
            second("x", image=first("x", image=opened).images[0].resize((32, 32)))
        assert [["own.png"], ["own.png"]] == [[one.name for one in run.inputs] for run in recorder.runs]

    def test_unsaved_text(self, recorder: MemoryRecorder) -> None:
        """Text to image, enlarged in memory, has no image input."""
        first, second = standins.StableDiffusionPipeline(), standins.StableDiffusionUpscalePipeline()
        with record(first, second, recorder=recorder):
            second("x", image=first("x").images[0])
        assert [] == recorder.runs[1].inputs

    @pytest.mark.parametrize("made", [lambda image: image, lambda image: image.resize((32, 32))])
    def test_saved(self, recorder: MemoryRecorder, opened: Image.Image, tmp_path: Path, made: Any) -> None:
        """A saved picture that goes on, or a copy of it, is told as its file: the recorder knows the run behind it."""
        first, second = standins.StableDiffusionImg2ImgPipeline(), standins.StableDiffusionUpscalePipeline()
        with record(first, second, recorder=recorder):
            image = first("x", image=opened).images[0]
            image.save(tmp_path / "a.jpg")
            second("x", image=made(image))
        (one,) = recorder.runs[1].inputs
        assert ("init", tmp_path / "a.jpg", Origin.FILE) == (one.role, one.path, one.origin)

    def test_saved_and_gone(self, recorder: MemoryRecorder, opened: Image.Image, tmp_path: Path) -> None:
        """Where another file lies in its place by now, what went into the picture is told instead."""
        first, second = standins.StableDiffusionImg2ImgPipeline(), standins.StableDiffusionUpscalePipeline()
        with record(first, second, recorder=recorder):
            image = first("x", image=opened).images[0]
            image.save(tmp_path / "a.jpg")
            picture("black").save(tmp_path / "b.jpg")
            (tmp_path / "b.jpg").replace(tmp_path / "a.jpg")
            second("x", image=image)
        assert ["own.png"] == [one.name for one in recorder.runs[1].inputs]

    def test_worked_on(self, recorder: MemoryRecorder, opened: Image.Image) -> None:
        """A picture that was drawn on is told as itself, and what went into it too."""
        first, second = standins.StableDiffusionImg2ImgPipeline(), standins.StableDiffusionUpscalePipeline()
        with record(first, second, recorder=recorder):
            image = first("x", image=opened).images[0]
            image.putpixel((0, 0), (1, 2, 3))
            second("x", image=image)
        assert ["image", "own.png"] == [one.name for one in recorder.runs[1].inputs]

    def test_pasted(self, recorder: MemoryRecorder, opened: Image.Image, tmp_path: Path) -> None:
        """A picture pasted into a result is an input of what is saved after that."""
        pipe = standins.StableDiffusionPipeline()
        with record(pipe, recorder=recorder):
            image = pipe("x").images[0]
            image.paste(opened, (0, 0))
            image.save(tmp_path / "a.png")
        assert ["own.png"] == [one.name for one in recorder.run.inputs]

    def test_array(self, recorder: MemoryRecorder) -> None:
        """An embedding or latent that a recorded run made stands for what went into that run."""
        prior, decoder = standins.StableDiffusionPipeline(), standins.StableDiffusionPipeline()
        embedding = Array(1, 768)
        prior.made = Output(embedding)
        with record(prior, decoder, recorder=recorder):
            prior("x")
            decoder("x", ip_adapter_image_embeds=[embedding])
        assert [[], []] == [run.roles for run in recorder.runs]


class TestSaving:
    def test_rec_save(self, recorder: MemoryRecorder, tmp_path: Path) -> None:
        """`rec.save` of a picture that knows its run notes the file once."""
        pipe = standins.StableDiffusionPipeline()
        with record(pipe, recorder=recorder) as rec:
            rec.save(pipe("x").images[0], tmp_path / "a.png", compress_level=1)
        assert [tmp_path / "a.png"] == recorder.run.outputs

    def test_rec_save_other(self, recorder: MemoryRecorder, tmp_path: Path) -> None:
        """A picture that is not known is noted in the last run, or in the one that `of` names."""
        pipe = standins.StableDiffusionPipeline()
        with record(pipe, recorder=recorder) as rec:
            first = pipe("x")
            second = pipe("y")
            rec.save(picture(), tmp_path / "a.png")
            rec.save(picture(), tmp_path / "b.png", of=first)
            rec.save(second.images[0], tmp_path / "c.png", of=first)
        assert [["b.png", "c.png"], ["a.png"]] == [
            [path.name for path in run.outputs] for run in recorder.runs
        ]

    def test_output(self, recorder: MemoryRecorder, tmp_path: Path) -> None:
        """A file written by other means is noted by its name."""
        pipe = standins.StableDiffusionPipeline()
        (tmp_path / "a.mp4").write_bytes(b"film")
        with record(pipe, recorder=recorder) as rec:
            out = pipe("x")
            rec.output(tmp_path / "a.mp4", of=out)
        assert [b"film"] == recorder.run.bytes_seen

    def test_nothing_made(self, recorder: MemoryRecorder, tmp_path: Path) -> None:
        """Without a run there is nothing to note a file in; nothing is saved then."""
        with (
            record(standins.StableDiffusionPipeline(), recorder=recorder) as rec,
            pytest.raises(UsageError, match="no picture has been made"),
        ):
            rec.save(picture(), tmp_path / "a.png")
        assert not (tmp_path / "a.png").exists()

    def test_flush(self, recorder: MemoryRecorder) -> None:
        """`flush` waits for the recorder."""
        with record(recorder=recorder) as rec:
            assert rec.flush(1)
        assert 1 == recorder.flushed


class TestTrouble:
    @pytest.mark.parametrize("method", ["begin", "input", "parameters", "check", "output"])
    def test_generation_goes_on(
        self,
        recorder: MemoryRecorder,
        opened: Image.Image,
        tmp_path: Path,
        caplog: pytest.LogCaptureFixture,
        method: str,
    ) -> None:
        """Whatever the recorder does, the picture is made and saved, and the person is told once."""
        recorder.fail.add(method)
        pipe = standins.StableDiffusionImg2ImgPipeline()
        with record(pipe, recorder=recorder):
            for name in ("a.png", "b.png"):
                pipe("x", image=opened).images[0].save(tmp_path / name)
        assert (tmp_path / "b.png").is_file()
        assert 1 == len(caplog.records)

    def test_odd_arguments(self, recorder: MemoryRecorder) -> None:
        """Objects that raise when looked at do not stop a generation."""

        class Odd:
            @property
            def shape(self) -> tuple[int, ...]:
                raise RuntimeError

        pipe = standins.StableDiffusionImg2ImgPipeline()
        with record(pipe, recorder=recorder):
            assert pipe("x", image=Odd()).images

    def test_pipeline_error(self, recorder: MemoryRecorder) -> None:
        """An error of the pipeline is the caller's, unchanged, and the run is over."""
        pipe = standins.StableDiffusionPipeline()
        pipe.made = MemoryError("out of memory")
        with record(pipe, recorder=recorder), pytest.raises(MemoryError) as caught:
            pipe("x")
        assert (pipe.made, 1) == (caught.value, recorder.run.ended)

    def test_strict(self, recorder: MemoryRecorder) -> None:
        """Strict mode refuses before sampling, and only then; the run is over."""
        recorder.strict = True
        pipe = standins.StableDiffusionImg2ImgPipeline()
        with record(pipe, recorder=recorder), pytest.raises(RightsError):
            pipe("x", image=picture())
        assert ([], 1) == (pipe.seen, recorder.run.ended)


class TestEnd:
    def test_with_the_last_picture(self, recorder: MemoryRecorder) -> None:
        """A run is over when no picture of it is left, and not before."""
        pipe = standins.StableDiffusionPipeline()
        recorded(pipe, recorder=recorder)
        out = pipe("x")
        small = out.images[0].resize((4, 4))
        del out
        gc.collect()
        end_forgotten()
        before = recorder.run.ended
        del small
        gc.collect()
        end_forgotten()
        assert (0, 1) == (before, recorder.run.ended)

    def test_at_exit(self, recorder: MemoryRecorder) -> None:
        """At the end of the process every run is over, once."""
        pipe = standins.StableDiffusionPipeline()
        recorded(pipe, recorder=recorder)
        out = pipe("x")
        end_forgotten(everything=True)
        end_forgotten(everything=True)
        assert (1, 1) == (recorder.run.ended, len(out.images))


class TestLoadImage:
    def test_keeps_file(self, recorder: MemoryRecorder, tmp_path: Path) -> None:
        """A picture loaded here is recorded as its file, though it was converted."""
        picture(mode="RGBA").save(tmp_path / "own.png")
        image = load_image(tmp_path / "own.png")
        pipe = standins.StableDiffusionImg2ImgPipeline()
        with record(pipe, recorder=recorder):
            pipe("x", image=image)
        assert ("RGB", tmp_path / "own.png") == (image.mode, recorder.run.inputs[0].path)
