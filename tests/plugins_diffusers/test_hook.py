# ruff: noqa: ARG002 - pipelines are known by their signatures, which these use little of
import inspect
from typing import Any

from myself_i2i_diffusers import record

from tests.plugins_diffusers import standins
from tests.plugins_diffusers.memory import MemoryRecorder
from tests.plugins_diffusers.standins import picture


class Inherits(standins.StableDiffusionImg2ImgPipeline):
    """A custom pipeline that only inherits its call."""


class Calls(standins.StableDiffusionImg2ImgPipeline):
    """A custom pipeline that calls its parent's."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Make."""
        return super().__call__(*args, **kwargs)


class Combined(standins.DiffusionPipeline):
    """A pipeline made of pipelines."""

    def __init__(self, inner: Any) -> None:
        super().__init__()
        self.inner = inner

    def __call__(self, prompt: str, image: Any = None, strength: float = 1.0) -> Any:
        """Make."""
        return self.inner(prompt, image=image)


class TestHook:
    def test_class_unchanged(self, recorder: MemoryRecorder) -> None:
        """The pipeline's class stays its own; its call keeps its signature, and comes back as it was."""
        pipe = standins.StableDiffusionPipeline()
        before = standins.StableDiffusionPipeline.__call__
        with record(pipe, recorder=recorder):
            assert standins.StableDiffusionPipeline is type(pipe)
            assert inspect.signature(before) == inspect.signature(type(pipe).__call__)
        assert before is standins.StableDiffusionPipeline.__call__

    def test_other_instances(self, recorder: MemoryRecorder) -> None:
        """Other pipelines of the same class are not recorded."""
        pipe, other = standins.StableDiffusionPipeline(), standins.StableDiffusionPipeline()
        with record(pipe, recorder=recorder):
            other("x")
        assert [] == recorder.runs

    def test_two_instances(self, recorder: MemoryRecorder) -> None:
        """The end of one recording leaves another of the same class alone."""
        one, two = standins.StableDiffusionPipeline(), standins.StableDiffusionPipeline()
        with record(one, recorder=recorder):
            with record(two, recorder=recorder):
                pass
            one("x")
        assert 1 == len(recorder.runs)

    def test_inherited(self, recorder: MemoryRecorder) -> None:
        """An inherited call is recorded, without a trace on the parent or afterwards."""
        pipe = Inherits()
        with record(pipe, recorder=recorder):
            pipe("x", image=picture())
            standins.StableDiffusionImg2ImgPipeline()("y", image=picture())
        assert ["init"] == recorder.run.roles
        assert "__call__" not in vars(Inherits)

    def test_super(self, recorder: MemoryRecorder) -> None:
        """A call that calls its parent's is one run, also where the parent's class is recorded."""
        pipe, parent = Calls(), standins.StableDiffusionImg2ImgPipeline()
        with record(pipe, parent, recorder=recorder):
            pipe("x", image=picture())
        assert 1 == len(recorder.runs)

    def test_combined(self, recorder: MemoryRecorder) -> None:
        """A pipeline made of pipelines is one run, and both are recorded again afterwards."""
        inner = standins.StableDiffusionImg2ImgPipeline()
        pipe = Combined(inner)
        with record(pipe, inner, recorder=recorder):
            pipe("x", image=picture())
            inner("x", image=picture())
        assert 2 == len(recorder.runs)

    def test_replaced_meanwhile(self, recorder: MemoryRecorder) -> None:
        """A call that somebody else replaced meanwhile is left to them."""
        pipe = Inherits()
        with record(pipe, recorder=recorder):

            def theirs(_self: Any) -> str:
                return "theirs"

            Inherits.__call__ = theirs  # type: ignore[method-assign, assignment] # what such a library does
        try:
            assert theirs is vars(Inherits)["__call__"]
        finally:
            del Inherits.__call__
