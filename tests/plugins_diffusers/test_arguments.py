# ruff: noqa: ARG002 - pipelines are known by their signatures, which these use little of
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from myself_i2i_diffusers._arguments import Given, arguments_of, given

from tests.plugins_diffusers import standins
from tests.plugins_diffusers.standins import Array, picture


def found(pipe: Any, *args: Any, **kwargs: Any) -> list[Given]:
    return given(arguments_of(pipe, type(pipe).__call__, args, kwargs))


def told(pipe: Any, *args: Any, **kwargs: Any) -> list[tuple[str, str]]:
    return [(one.role, one.label) for one in found(pipe, *args, **kwargs)]


@dataclass
class Condition:
    """As LTXVideoCondition: a picture inside an object."""

    image: Any
    strength: float = 1.0


class Custom(standins.DiffusionPipeline):
    """A pipeline of somebody's own."""

    def __call__(self, prompt: str, thing: Any = None, conditions: Any = None, **kwargs: Any) -> Any:
        """Make."""
        return self._make(prompt, thing)


class TestArguments:
    def test_positional(self) -> None:
        """A picture is found by its place as well as by its name."""
        pipe = standins.StableDiffusionImg2ImgPipeline()
        assert [("init", "image")] == told(pipe, "a cat", picture())

    def test_defaults(self) -> None:
        """What the caller left out is filled in from the signature."""
        pipe = standins.StableDiffusionImg2ImgPipeline()
        assert arguments_of(pipe, type(pipe).__call__, ("a cat",), {}).by_name["strength"] == 0.8

    def test_wrong_call(self) -> None:
        """A call that the pipeline itself will refuse is still read, and never refused here."""
        pipe = standins.StableDiffusionImg2ImgPipeline()
        assert [("init", "image")] == told(pipe, image=picture(), no_such_argument=1)


class TestGiven:
    def test_text_only(self) -> None:
        """A text-to-image call has no pictures, whatever tensors of words it carries."""
        pipe = standins.StableDiffusionPipeline()
        assert [] == told(pipe, prompt_embeds=Array(1, 77, 768), negative_prompt="mask", height=64)

    def test_inpaint(self) -> None:
        """Start and mask are told apart; numbers under a name with "mask" are none."""
        pipe = standins.StableDiffusionInpaintPipeline()
        expected = [("init", "image"), ("mask", "mask_image")]
        assert expected == told(
            pipe, "x", image=picture(), mask_image=picture(mode="L", colour="white"), padding_mask_crop=32
        )

    def test_control(self) -> None:
        """`image` of a ControlNet pipeline is the control picture; several are all named."""
        pipe = standins.StableDiffusionControlNetPipeline()
        assert [("control", "image[0]"), ("control", "image[1]")] == told(pipe, "x", [picture(), picture()])

    def test_nested(self) -> None:
        """Lists of lists, as several IP-Adapters take them, are walked through."""
        pipe = standins.StableDiffusionPipeline()
        expected = [
            ("reference", "ip_adapter_image[0]"),
            ("reference", "ip_adapter_image[1][0]"),
            ("reference", "ip_adapter_image[1][1]"),
        ]
        assert expected == told(pipe, ip_adapter_image=[picture(), [picture(), picture()]])

    @pytest.mark.parametrize("name", ["latents", "ip_adapter_image_embeds"])
    def test_unhashable(self, name: str) -> None:
        """Latents and embeddings are named, and said to be no picture that can be hashed."""
        (one,) = found(standins.StableDiffusionPipeline(), **{name: [Array(1, 4, 64, 64)]})
        assert (False, name) == (one.hashable, one.label)

    def test_latent_as_image(self) -> None:
        """A latent under `image` is noted as a latent."""
        (one,) = found(standins.StableDiffusionImg2ImgPipeline(), image=Array(1, 4, 8, 8))
        assert ("latent", False) == (one.role, one.hashable)

    def test_batch(self) -> None:
        """A batch of pixels is each of its pictures."""
        pipe = standins.StableDiffusionImg2ImgPipeline()
        assert [("init", "image[0]"), ("init", "image[1]")] == told(pipe, image=Array(2, 3, 64, 64))

    def test_dataclass(self) -> None:
        """A picture inside an object is found."""
        assert [("unknown", "conditions.image")] == told(Custom(), "x", conditions=[Condition(picture())])

    def test_unspoken_name(self) -> None:
        """A Pillow picture is a picture under any name; a tensor under such a name may be anything."""
        assert [("unknown", "thing")] == told(Custom(), "x", thing=picture())
        assert [] == told(Custom(), "x", thing=Array(3, 64, 64))

    def test_keywords(self) -> None:
        """Pictures passed through `**kwargs` count."""
        assert [("control", "control_image")] == told(Custom(), "x", control_image=picture())

    def test_nested_mapping(self) -> None:
        """Pictures in a dictionary are known by their key."""
        expected = [("mask", "cross_attention_kwargs.ip_adapter_masks")]
        assert expected == told(
            standins.StableDiffusionPipeline(),
            cross_attention_kwargs={"ip_adapter_masks": [Array(1, 1, 64, 64)]},
        )

    def test_texts(self, tmp_path: Path) -> None:
        """A path or an address under a picture's name is one; other words there are settings."""
        path = tmp_path / "a.png"
        picture().save(path)
        pipe = standins.StableDiffusionImg2ImgPipeline()
        assert [("init", "image")] == told(pipe, image=str(path))
        assert [("init", "image")] == told(pipe, image=path)
        assert [("init", "image")] == told(pipe, image="https://example.org/a.png")
        assert [] == told(pipe, image="canny")
        assert [] == told(pipe, image="a\0b")
        assert [] == told(pipe, prompt=str(path))

    def test_film(self) -> None:
        """A film's frames are noted by the first of them and their number."""
        (one,) = found(Custom(), "x", video=[picture() for _ in range(9)])
        assert "video (9 frames, the first)" == one.label

    def test_bound(self) -> None:
        """A call with thousands of pictures is cut, and the last note says so."""
        notes = told(standins.StableDiffusionImg2ImgPipeline(), image=[picture()] * 1000)
        assert (257, "more than 256 pictures") == (len(notes), notes[-1][1])

    def test_endless(self) -> None:
        """A list that holds itself is not walked for ever."""
        endless: list[Any] = [picture()]
        endless.append(endless)
        assert len(found(standins.StableDiffusionImg2ImgPipeline(), image=endless)) < 10
