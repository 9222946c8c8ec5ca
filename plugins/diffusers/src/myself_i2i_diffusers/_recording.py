"""`record`, `recorded`, and what they give back."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image

from myself_i2i.errors import RightsError, UsageError
from myself_i2i.recording import Recorder, open_recorder
from myself_i2i.wording import Text
from myself_i2i_diffusers._generation import Generation, end_forgotten, maker_of
from myself_i2i_diffusers._hook import listen, listened, listeners_of, unlisten
from myself_i2i_diffusers._pixels import as_picture
from myself_i2i_diffusers._telling import tell, trouble
from myself_i2i_diffusers._version import VERSION, host_version

__all__ = ["Recording", "record", "recorded"]

Pipe = TypeVar("Pipe")
_NOTHING_MADE = Text(
    en="no picture has been made in this recording yet, so there is no run to note {path} in",
    ja="この記録ではまだ画像が作られていないため、{path} を記録する先がありません",
)
_NO_PIPELINE = Text(
    en="expected a pipeline, an object that can be called, got {got}",
    ja="パイプライン（呼び出せるオブジェクト）が必要ですが、{got} が渡されました",
)


class Recording:
    """The recording of one or several pipelines."""

    def __init__(self, recorder: Recorder | None) -> None:
        self._recorder = recorder
        self._last: Generation | None = None

    def save(self, image: Any, path: str | os.PathLike[str], *, of: object = None, **params: Any) -> None:
        """Save one picture and note the file: for numpy and torch results, and for pictures that were worked on.

        `image` is a Pillow picture, or an array of one picture (values 0..1, or bytes). The run is that of `of` (a
        pipeline's result, or a picture of it), else the one that `image` came out of, else the last one made here.
        `params` go to Pillow. Raises what saving raises, and `UsageError` when nothing has been made yet.
        """
        generation = self._run_of(of, image, path)
        picture = image if isinstance(image, Image.Image) else as_picture(image)
        if maker_of(picture) is generation:
            picture.save(path, **params)  # notes itself
            return
        Image.Image.save(picture, path, **params)  # past `RecordedImage.save`: `of` names another run
        generation.saved(picture, path)

    def output(self, path: str | os.PathLike[str], *, of: object = None) -> None:
        """Note a file that was written by other means, e.g. by `export_to_video`; call it once the file is whole.

        Raises `UsageError` when nothing has been made yet.
        """
        generation = self._run_of(of, None, path)
        try:
            generation.output(Path(path).absolute())
        except Exception as error:  # noqa: BLE001 - the file is there; nothing of ours may break what follows
            trouble(error)

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until everything noted so far is kept; False when `timeout` seconds passed."""
        return self._recorder.flush(timeout) if self._recorder is not None else True

    def around(
        self, pipe: Any, call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """Make one call of a pipeline, recorded; called by the hook."""
        generation = self._begin(pipe, call, args, kwargs)
        if generation is None:
            return call(pipe, *args, **kwargs)
        try:
            result = call(pipe, *args, **kwargs)
        except BaseException:
            generation.end()
            raise
        try:
            generation.bind(result)
        except Exception as error:  # noqa: BLE001 - the picture is there; nothing of ours may take it away
            trouble(error)
        self._keep(generation)
        return result

    def _keep(self, generation: Generation) -> None:
        self._last = generation

    def _begin(
        self, pipe: Any, call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Generation | None:
        """Return the begun run, or None where that failed. Raises `RightsError` in strict mode, nothing else."""
        if self._recorder is None:
            return None
        generation = None
        try:
            end_forgotten()
            generation = Generation(self._recorder.begin())
            generation.begin(pipe, call, args, kwargs)
        except Exception as error:  # noqa: BLE001 - a picture is made whether or not it can be recorded
            trouble(error)
        if generation is None:
            return None
        try:
            generation.check()
        except RightsError:
            generation.end()
            raise
        except Exception as error:  # noqa: BLE001 - only a person's own wish may stop a picture
            trouble(error)
        return generation

    def _run_of(self, of: object, image: object, path: str | os.PathLike[str]) -> Generation:
        found = maker_of(of) or maker_of(image) or self._last
        if found is None:
            raise UsageError(_NOTHING_MADE.format(path=os.fspath(path)))
        return found


@contextmanager
def record(*pipes: Any, recorder: Recorder | None = None) -> Iterator[Recording]:
    """Record every call of these pipelines, and of pipelines made from their models, until the block ends.

    A picture made in the block is recorded whenever it is saved, also after the block. `recorder` replaces the
    process's own, e.g. in tests; the caller closes it.
    """
    recording = Recording(recorder if recorder is not None else _shared())
    try:
        for pipe in pipes:
            _listen(pipe, recording)
        yield recording
    finally:
        for pipe in listened(recording):
            unlisten(pipe, recording)
        end_forgotten()


def recorded(pipe: Pipe, *, recorder: Recorder | None = None) -> Pipe:
    """Record every call of this pipeline from here on, and of pipelines made from its models; return the same pipeline."""
    if not any(isinstance(one, _Lasting) for one in listeners_of(pipe)):
        _listen(pipe, _Lasting(recorder if recorder is not None else _shared()), first=True)
    return pipe


class _Lasting(Recording):
    """The recording of `recorded`: nobody holds it, so no run needs to wait for its `save`."""

    def _keep(self, generation: Generation) -> None:
        pass


def _listen(pipe: object, recording: Recording, *, first: bool = False) -> None:
    try:
        listen(pipe, recording, first=first)
    except TypeError as error:
        raise UsageError(_NO_PIPELINE.format(got=type(pipe).__name__)) from error


_LOCK = threading.Lock()
_SHARED: list[Recorder | None] = []
"""The process's recorder, once asked for; [None] where it could not be opened. Changed under `_LOCK`."""


def _shared() -> Recorder | None:
    with _LOCK:
        if not _SHARED:
            _SHARED.append(_open())
        return _SHARED[0]


def _open() -> Recorder | None:
    try:
        recorder: Recorder = open_recorder(
            tool="diffusers", tool_version=host_version(), writer=f"myself-i2i-diffusers {VERSION}", tell=tell
        )
    except Exception as error:  # noqa: BLE001 - pictures are made without a recorder too
        trouble(error)
        return None
    atexit.register(_close, recorder)
    return recorder


def _close(recorder: Recorder) -> None:
    """At the end of the process: end what is open, then let the recorder finish its writing."""
    end_forgotten(everything=True)
    recorder.close()
