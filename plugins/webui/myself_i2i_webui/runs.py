"""From a webui run to a record. The run's record hangs on its own `p`, so runs at the same time keep apart."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, Final

from myself_i2i.errors import RightsError
from myself_i2i.recording.interface import Origin, Recorder, Run

from .facts import facts_of
from .guard import quietly, tell
from .outputs import finished
from .pictures import Picture, pictures
from .settings import Chosen
from .units import units
from .words import STOPPED, UNDECLARED, said

__all__ = ["Follower"]

_FIRST: Final = "_myself_i2i_first"
_RUN: Final = "_myself_i2i_run"


class Follower:
    """Notes what the webui tells; every method returns soon and never raises."""

    def __init__(self, recorder: Recorder, shared: Any, chosen: Chosen) -> None:
        self._recorder = recorder
        self._shared = shared
        self._chosen = chosen

    def set_up(self, p: Any) -> None:
        """Keep the starting pictures of a job: scripts that work in tiles or loops replace them by their own later."""
        with quietly("setup"):
            setattr(p, _FIRST, list(getattr(p, "init_images", None) or []))

    def before(self, p: Any) -> None:
        """Begin a record: inputs and settings. In strict mode stop the run when a source has no basis."""
        with quietly("before_process"):
            setattr(p, _RUN, None)
            if not self._chosen.record:
                return
            run = self._recorder.begin()
            setattr(p, _RUN, run)
            _note_inputs(run, p)
            run.parameters(facts_of(p, self._shared))
            if self._chosen.strict:
                self._check(run)
            else:
                threading.Thread(target=_warn, args=(run,), daemon=True).start()

    def _check(self, run: Run) -> None:
        try:
            run.check()
        except RightsError as error:
            tell(STOPPED.format(reason=said(error)))
            # The webui looks at this flag before it samples; raising here would only be logged.
            self._shared.state.interrupt()

    def saved(self, params: Any) -> None:
        """Note a finished file."""
        with quietly("on_image_saved"):
            run = getattr(getattr(params, "p", None), _RUN, None)
            path = finished(params)
            if run is None or path is None:
                return
            run.parameters(facts_of(params.p, self._shared))
            run.output(path)

    def after(self, p: Any) -> None:
        """End the record."""
        with quietly("postprocess"):
            run = getattr(p, _RUN, None)
            if run is not None:
                run.end()


def _warn(run: Run) -> None:
    """Tell of sources without a basis, on a thread of its own: looking it up must not delay the sampling."""
    with quietly("check"):
        try:
            run.check()
        except RightsError as error:
            tell(UNDECLARED.format(reason=said(error)), once=True)


def _note_inputs(run: Run, p: Any) -> None:
    starts = getattr(p, _FIRST, None) or getattr(p, "init_images", None) or []
    for start in _each_once(starts):
        _note(run, "init", start)
    for mask in _each_once([getattr(p, "image_mask", None), getattr(p, "mask", None)]):
        _note(run, "mask", mask, mask=True)
    for unit in units(getattr(p, "script_args", None)):
        for picture in unit.found:
            _put(run, "mask" if picture.mask else unit.role, picture)
        if unit.folder is not None:
            run.input(unit.role, name=unit.folder, origin=Origin.UNKNOWN)
        elif not any(not one.mask for one in unit.found):
            for start in _each_once(starts):  # a unit without a picture of its own takes the run's
                _note(run, unit.role, start)


def _each_once(values: Any) -> list[Any]:
    """The values without None and repeats: a batch hands over one picture many times."""
    return list({id(value): value for value in values if value is not None}.values())


def _note(run: Run, role: str, value: Any, *, mask: bool = False) -> None:
    for picture in pictures(value, mask=mask):
        _put(run, "mask" if picture.mask else role, picture)


def _put(run: Run, role: str, picture: Picture) -> None:
    path: Path | None = picture.path
    run.input(
        role, path=path, data=picture.data, image=picture.image, name=picture.name, origin=picture.origin
    )
