"""The real diffusers, with a tiny Stable Diffusion of random weights that is built here; no network."""

# ruff: noqa: ARG002 - pipelines are known by their signatures, which these use little of

from __future__ import annotations

import copy
import gc
import pickle
import warnings
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # their imports warn as they like
    torch: Any = pytest.importorskip("torch")
    diffusers: Any = pytest.importorskip("diffusers")
    pytest.importorskip("transformers")
    from tests.plugins_diffusers import tiny

from myself_i2i_diffusers import record, recorded

from myself_i2i.attestation import PrivateKey
from myself_i2i.ledger import KeyStore
from myself_i2i.recording import Origin, open_recorder
from tests.plugins_diffusers.memory import MemoryRecorder, MemoryRun
from tests.plugins_diffusers.reading import records, sha256

pytestmark = pytest.mark.filterwarnings("ignore")  # theirs, not ours

SMALL: dict[str, Any] = {"num_inference_steps": 2, "height": 64, "width": 64}


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the vocabulary is written."""
    return tmp_path_factory.mktemp("tiny")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A picture of one's own, on disk."""
    Image.effect_noise((64, 64), 80).convert("RGB").save(tmp_path / "own.png")
    return tmp_path / "own.png"


@pytest.fixture
def mask() -> Image.Image:
    """A mask drawn in memory."""
    made = Image.new("L", (64, 64), 0)
    made.paste(255, (16, 16, 48, 48))
    return made


def told(run: MemoryRun) -> list[tuple[str, str | None, Origin]]:
    return [(one.role, one.name, one.origin) for one in run.inputs]


class TestPipelines:
    def test_text(self, folder: Path, recorder: MemoryRecorder, tmp_path: Path) -> None:
        """Text to image: no input, seed and sampler told, the file noted."""
        pipe = tiny.pipeline("StableDiffusionPipeline", folder)
        with record(pipe, recorder=recorder):
            out = pipe("a cat", generator=torch.Generator().manual_seed(7), **SMALL)
            out.images[0].save(tmp_path / "out.png")
        run = recorder.run
        assert run.facts is not None
        assert run.facts.other is not None
        assert ([], "7", "DDIMScheduler", [tmp_path / "out.png"]) == (
            run.inputs,
            run.facts.other["seed"],
            run.facts.other["sampler"],
            run.outputs,
        )

    def test_same_picture(self, folder: Path, recorder: MemoryRecorder) -> None:
        """A recorded generation makes the very pixels that an unrecorded one makes."""
        pipe = tiny.pipeline("StableDiffusionPipeline", folder)
        plain = pipe("a cat", generator=torch.Generator().manual_seed(7), **SMALL).images[0]
        with record(pipe, recorder=recorder):
            ours = pipe("a cat", generator=torch.Generator().manual_seed(7), **SMALL).images[0]
        assert plain == ours

    def test_img2img(self, folder: Path, recorder: MemoryRecorder, own: Path) -> None:
        """Image to image: the file that was opened, and the strength."""
        pipe = tiny.pipeline("StableDiffusionImg2ImgPipeline", folder)
        with Image.open(own) as image, record(pipe, recorder=recorder):
            pipe("a cat", image=image, strength=0.5, num_inference_steps=4)
        assert [("init", "own.png", Origin.FILE)] == told(recorder.run)
        assert recorder.run.facts is not None
        assert 0.5 == recorder.run.facts.strength

    @pytest.mark.parametrize("way", ["numpy", "torch"])
    def test_img2img_arrays(self, folder: Path, recorder: MemoryRecorder, own: Path, way: str) -> None:
        """Image to image from numpy and from a tensor of -1..1: the pixels, from 0."""
        numpy = pytest.importorskip("numpy")
        with Image.open(own) as image:
            array = numpy.asarray(image).astype("float32")[None] / 255
        value = torch.from_numpy(array).permute(0, 3, 1, 2) * 2 - 1 if way == "torch" else array
        pipe = tiny.pipeline("StableDiffusionImg2ImgPipeline", folder)
        with record(pipe, recorder=recorder):
            pipe("a cat", image=value, strength=0.5, num_inference_steps=4)
        assert [("init", "image", Origin.MEMORY)] == told(recorder.run)
        pixels = recorder.run.inputs[0].image
        assert 0 <= float(pixels.min()) <= float(pixels.max()) <= 1

    def test_inpaint(self, folder: Path, recorder: MemoryRecorder, own: Path, mask: Image.Image) -> None:
        """Inpainting: the picture and the mask, told apart."""
        pipe = tiny.pipeline("StableDiffusionInpaintPipeline", folder)
        with Image.open(own) as image, record(pipe, recorder=recorder):
            pipe("a cat", image=image, mask_image=mask, **SMALL | {"num_inference_steps": 4})
        assert [("init", "own.png", Origin.FILE), ("mask", "mask_image", Origin.MEMORY)] == told(recorder.run)

    def test_controlnet(self, folder: Path, recorder: MemoryRecorder, own: Path) -> None:
        """ControlNet: `image` is the control picture; with img2img it is the start, and `control_image` controls."""
        first = tiny.pipeline("StableDiffusionControlNetPipeline", folder, controlnet=tiny.controlnet())
        second = tiny.pipeline(
            "StableDiffusionControlNetImg2ImgPipeline", folder, controlnet=tiny.controlnet()
        )
        with Image.open(own) as image, record(first, second, recorder=recorder):
            first("a cat", image=image, **SMALL)
            second("a cat", image=image, control_image=image, strength=0.5, num_inference_steps=4)
        assert [["control"], ["init", "control"]] == [run.roles for run in recorder.runs]

    def test_ip_adapter(self, folder: Path, recorder: MemoryRecorder, own: Path) -> None:
        """IP-Adapter: the reference; its embedding made beforehand is named as one."""
        pipe = tiny.ip_adapter(folder)
        with Image.open(own) as image, record(pipe, recorder=recorder):
            pipe("a cat", ip_adapter_image=image, **SMALL)
            embeds = pipe.prepare_ip_adapter_image_embeds(
                ip_adapter_image=image,
                ip_adapter_image_embeds=None,
                device="cpu",
                num_images_per_prompt=1,
                do_classifier_free_guidance=True,
            )
            pipe("a cat", ip_adapter_image_embeds=embeds, **SMALL)
        assert [
            [("reference", "own.png", Origin.FILE)],
            [("unknown", "ip_adapter_image_embeds", Origin.LATENT)],
        ] == [told(run) for run in recorder.runs]

    @pytest.mark.parametrize(
        ("kind", "expected"),
        [("edit", ("init", "edit")), ("adapter", ("control", None)), ("variation", ("reference", None))],
    )
    def test_image_means(
        self, folder: Path, recorder: MemoryRecorder, own: Path, kind: str, expected: tuple[str, str | None]
    ) -> None:
        """`image` is the picture to edit, a control picture or a reference, as the pipeline's class has it."""
        pipe = getattr(tiny, kind)(folder)
        words = {} if kind == "variation" else {"prompt": "a cat"}
        size = {} if kind == "edit" else {"height": 64, "width": 64}
        with Image.open(own) as image, record(pipe, recorder=recorder):
            pipe(image=image, num_inference_steps=2, **words, **size)
        assert recorder.run.facts is not None
        assert expected == (recorder.run.roles[0], recorder.run.facts.mode)
        assert ["own.png"] == [one.name for one in recorder.run.inputs]

    def test_latents(self, folder: Path, recorder: MemoryRecorder) -> None:
        """Latents of unknown making are told as latents."""
        pipe = tiny.pipeline("StableDiffusionPipeline", folder)
        with record(pipe, recorder=recorder):
            pipe("a cat", latents=torch.randn(1, 4, 8, 8), **SMALL)
        assert [("latent", "latents", Origin.LATENT)] == told(recorder.run)

    def test_lora(self, folder: Path, recorder: MemoryRecorder) -> None:
        """Active LoRA are told by name."""
        peft = pytest.importorskip("peft")
        parts = {name: copy.deepcopy(part) for name, part in tiny.components(folder).items()}
        pipe = diffusers.StableDiffusionPipeline(**parts)
        pipe.unet.add_adapter(peft.LoraConfig(r=2, target_modules=["to_q", "to_v"]), adapter_name="toy")
        with record(pipe, recorder=recorder):
            pipe("a cat", **SMALL)
        assert recorder.run.facts is not None
        assert ("toy",) == recorder.run.facts.loras


class TestFamily:
    def test_auto_pipeline(self, folder: Path, recorder: MemoryRecorder, own: Path) -> None:
        """A pipeline that AutoPipeline makes of a recorded one is recorded with it."""
        pipe = tiny.pipeline("StableDiffusionPipeline", folder)
        with Image.open(own) as image, record(pipe, recorder=recorder):
            made = diffusers.AutoPipelineForImage2Image.from_pipe(pipe)
            made("a cat", image=image, strength=0.5, num_inference_steps=4)
        assert diffusers.StableDiffusionImg2ImgPipeline is type(made)
        assert ["init"] == recorder.run.roles

    def test_from_pipe(self, folder: Path, recorder: MemoryRecorder, own: Path) -> None:
        """So is one made by `from_pipe`, and one put together of the same parts."""
        pipe = recorded(tiny.pipeline("StableDiffusionPipeline", folder), recorder=recorder)
        made = diffusers.StableDiffusionImg2ImgPipeline.from_pipe(pipe)
        again = diffusers.StableDiffusionImg2ImgPipeline(**pipe.components, requires_safety_checker=False)
        with Image.open(own) as image:
            for one in (made, again):
                one("a cat", image=image, strength=0.5, num_inference_steps=4)
        assert [["init"], ["init"]] == [run.roles for run in recorder.runs]

    def test_end_of_block(self, folder: Path, recorder: MemoryRecorder) -> None:
        """What was made in a block is no longer recorded after it."""
        pipe = tiny.pipeline("StableDiffusionPipeline", folder)
        with record(pipe, recorder=recorder):
            made = diffusers.StableDiffusionPipeline.from_pipe(pipe)
        made("a cat", **SMALL)
        assert [] == recorder.runs

    def test_custom(self, folder: Path, recorder: MemoryRecorder, own: Path) -> None:
        """A custom subclass of DiffusionPipeline is recorded like any other."""

        class Mine(diffusers.DiffusionPipeline):  # type: ignore[misc] # diffusers has no types here
            def __init__(self, vae: Any) -> None:
                super().__init__()
                self.register_modules(vae=vae)

            @torch.no_grad()  # type: ignore[untyped-decorator] # as above
            def __call__(self, start_image: Any, mask: Any = None) -> Any:
                return diffusers.ImagePipelineOutput(images=[start_image.convert("L")])

        pipe = Mine(tiny.components(folder)["vae"])
        with Image.open(own) as image, record(pipe, recorder=recorder):
            pipe(image).images[0].save(own.with_name("out.png"))
        assert [own.with_name("out.png")] == recorder.run.outputs
        assert [("unknown", "own.png", Origin.FILE)] == told(recorder.run)

    def test_save_pretrained(self, folder: Path, recorder: MemoryRecorder, tmp_path: Path) -> None:
        """A recorded pipeline is saved and loaded as what it is, and its model then has a name, not a path."""
        pipe = tiny.pipeline("StableDiffusionPipeline", folder)
        recorded(pipe, recorder=recorder)
        pipe.save_pretrained(tmp_path / "tiny-model")
        again = diffusers.DiffusionPipeline.from_pretrained(tmp_path / "tiny-model", local_files_only=True)
        assert diffusers.StableDiffusionPipeline is type(again)
        with record(again, recorder=recorder):
            again("a cat", **SMALL)
        assert recorder.run.facts is not None
        assert "tiny-model" == recorder.run.facts.model


class TestResults:
    @pytest.mark.parametrize("kind", ["np", "pt"])
    def test_arrays(self, folder: Path, recorder: MemoryRecorder, tmp_path: Path, kind: str) -> None:
        """Results as numpy or tensors are saved by `rec.save`, in the run that made them."""
        pipe = tiny.pipeline("StableDiffusionPipeline", folder)
        seeds = [torch.Generator().manual_seed(seed) for seed in (1, 2)]
        with record(pipe, recorder=recorder) as rec:
            plain = pipe("a cat", generator=seeds[0], **SMALL).images[0]
            first = pipe(
                "a cat", generator=torch.Generator().manual_seed(1), output_type=kind, **SMALL
            ).images[0]
            pipe("a cat", generator=seeds[1], output_type=kind, **SMALL)
            rec.save(first, tmp_path / "a.png")
        assert [0, 1, 0] == [len(run.outputs) for run in recorder.runs]
        with Image.open(tmp_path / "a.png") as saved:
            assert plain.tobytes() == saved.tobytes()

    def test_latent_chain(self, folder: Path, recorder: MemoryRecorder, own: Path) -> None:
        """A latent handed from one pipeline to the next stands for what went into the first, also as a slice."""
        first = tiny.pipeline("StableDiffusionImg2ImgPipeline", folder)
        second = tiny.pipeline("StableDiffusionImg2ImgPipeline", folder)
        with Image.open(own) as image, record(first, second, recorder=recorder):
            latent = first("a cat", image=image, num_inference_steps=4, output_type="latent").images[0]
            gc.collect()
            second("a cat", image=latent[None, :], num_inference_steps=4)
        assert told(recorder.runs[0]) == told(recorder.runs[1]) == [("init", "own.png", Origin.FILE)]

    def test_latent_changed(self, folder: Path, recorder: MemoryRecorder) -> None:
        """A latent that was written into meanwhile is told as a latent again."""
        pipe = tiny.pipeline("StableDiffusionPipeline", folder)
        with record(pipe, recorder=recorder):
            latent = pipe("a cat", output_type="latent", **SMALL).images
            with torch.inference_mode(mode=False):
                latent.add_(1)
            pipe("a cat", latents=latent, **SMALL)
        assert [("latent", "latents", Origin.LATENT)] == told(recorder.runs[1])

    def test_pickle(self, folder: Path, recorder: MemoryRecorder) -> None:
        """A returned picture can be sent to another process."""
        pipe = tiny.pipeline("StableDiffusionPipeline", folder)
        with record(pipe, recorder=recorder):
            image = pipe("a cat", **SMALL).images[0]
        assert image == pickle.loads(pickle.dumps(image))  # noqa: S301 - our own bytes


class TestLedger:
    def test_chain(self, folder: Path, tmp_path: Path, own: Path) -> None:
        """With the person's own recorder, two steps in memory are two signed records, the first one's file the parent."""
        home = tmp_path / "home"
        KeyStore(home).save(PrivateKey.generate(bytes(range(32))))
        recorder = open_recorder(tool="diffusers", tool_version="0", writer="test 1", home=home)
        pipe = tiny.pipeline("StableDiffusionImg2ImgPipeline", folder)
        with Image.open(own) as image, record(pipe, recorder=recorder):
            made: Image.Image = image
            for name in ("first.jpg", "second.png"):
                made = pipe("a cat", image=made, strength=0.5, num_inference_steps=4).images[0]
                made.save(tmp_path / name)
        recorder.close()
        found = records(home)
        assert [sha256(own)] == [one.sha256 for one in found["first.jpg"].inputs]
        assert [sha256(tmp_path / "first.jpg")] == [one.sha256 for one in found["second.png"].parents]
