from pathlib import Path
from typing import Any

import pytest
from myself_i2i_diffusers._arguments import arguments_of
from myself_i2i_diffusers._facts import facts_of, model_name

from myself_i2i.recording.interface import Facts
from tests.plugins_diffusers import standins
from tests.plugins_diffusers.standins import picture


class Generator:
    """As torch.Generator."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def initial_seed(self) -> int:
        """The seed it began with."""
        return self._seed


def facts(pipe: Any, *args: Any, pictures: bool = False, **kwargs: Any) -> Facts:
    return facts_of(pipe, arguments_of(pipe, type(pipe).__call__, args, kwargs), pictures=pictures)


def other(pipe: Any, **kwargs: Any) -> dict[str, str]:
    return dict(facts(pipe, **kwargs).other or {})


class TestFacts:
    def test_text(self) -> None:
        """A text-to-image call tells model, words, steps, sampler and size, and neither mode nor strength."""
        said = facts(standins.StableDiffusionPipeline(), "a cat", negative_prompt="dog", height=64, width=32)
        assert (
            Facts(
                model="someone/tiny-model",
                prompt="a cat",
                negative_prompt="dog",
                other={
                    "pipeline": "StableDiffusionPipeline",
                    "steps": "50",
                    "sampler": "DDIMScheduler",
                    "guidance_scale": "7.5",
                    "height": "64",
                    "width": "32",
                },
            )
            == said
        )

    def test_strength(self) -> None:
        """Strength is told where a picture went in, from the call or the signature."""
        pipe = standins.StableDiffusionImg2ImgPipeline()
        said = (
            facts(pipe, "x", picture(), pictures=True).strength,
            facts(pipe, "x", picture(), 0.3, pictures=True).strength,
            facts(pipe, "x", picture(), 7, pictures=True).strength,
            facts(pipe, "x").strength,
        )
        assert (0.8, 0.3, None, None) == said

    def test_mode(self) -> None:
        """An upscaling pipeline says so, where a picture went in."""
        assert (
            "upscale" == facts(standins.StableDiffusionUpscalePipeline(), "x", picture(), pictures=True).mode
        )

    def test_seed(self) -> None:
        """Seeds are those that the generators began with; without a generator none is made up."""
        pipe = standins.StableDiffusionPipeline()
        one, two = (
            other(pipe, generator=Generator(7)),
            other(pipe, generator=[Generator(1), Generator(2**63)]),
        )
        assert ("7", "1, 9223372036854775808") == (one["seed"], two["seed"])
        assert "seed" not in other(pipe)

    def test_prompts(self) -> None:
        """Several prompts are one text, a line each."""
        assert "a\nb" == facts(standins.StableDiffusionPipeline(), ["a", "b", "a"]).prompt

    def test_loras(self) -> None:
        """Active and fused LoRA are named; a pipeline that cannot tell has none."""
        pipe: Any = standins.StableDiffusionPipeline()
        assert () == facts(pipe, "x").loras
        pipe.unet = type("Unet", (), {"peft_config": {"toy": object()}})()
        pipe.fused_loras = {"baked"}
        assert ("baked",) == facts(pipe, "x").loras
        pipe.get_active_adapters = lambda: ["toy"]
        assert ("toy", "baked") == facts(pipe, "x").loras

    def test_loras_without_peft(self) -> None:
        """Diffusers without PEFT raises when asked for adapters; then there are none."""

        def ask() -> list[str]:
            message = "PEFT backend is required for this method."
            raise ValueError(message)

        pipe: Any = standins.StableDiffusionPipeline()
        pipe.unet = type("Unet", (), {"peft_config": {"toy": object()}})()
        pipe.get_active_adapters = ask
        assert () == facts(pipe, "x").loras


class TestModelName:
    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("someone/tiny-model", "someone/tiny-model"),
            ("tiny-model", "tiny-model"),
            ("/home/taro/models/tiny", "tiny"),
            ("./models/tiny/", "tiny"),
            ("C:\\Users\\taro\\tiny", "tiny"),
            ("~/tiny", "tiny"),
            ("/root/.cache/huggingface/hub/models--someone--tiny/snapshots/0123abcd", "someone/tiny"),
            ("/home/taro/models/tiny/unet", "tiny"),
            ("", None),
        ],
    )
    def test_name(self, name: str, expected: str | None) -> None:
        """A public name stays; of a path only the last part is told, for the rest is the person's own."""
        assert expected == model_name(standins.StableDiffusionPipeline(name))

    def test_local_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A relative path that looks like a public name is one only if no such folder is there."""
        monkeypatch.chdir(tmp_path)
        (tmp_path / "taro" / "tiny").mkdir(parents=True)
        assert "tiny" == model_name(standins.StableDiffusionPipeline("taro/tiny"))

    def test_from_unet(self) -> None:
        """A pipeline put together by hand has its model's name in the UNet."""
        pipe: Any = standins.StableDiffusionPipeline("")
        pipe.unet = type("Unet", (), {"config": {"_name_or_path": "someone/unet"}})()
        assert "someone/unet" == model_name(pipe)

    def test_nothing(self) -> None:
        """An object without a configuration has no model's name."""
        assert model_name(object()) is None
