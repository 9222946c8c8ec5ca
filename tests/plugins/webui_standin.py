"""A small webui: the names of `modules` that the extension stands on, written from that interface.

`scripts` (Script, AlwaysVisible, the runner), `script_callbacks`, `shared` (opts, state, sd_model), and a
`process_images` that calls the hooks in the webui's order and swallows their exceptions as it does.
"""

from __future__ import annotations

import contextlib
import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from PIL import Image

__all__ = ["EXTENSION", "Processing", "Webui", "loaded"]

EXTENSION = Path(__file__).parents[2] / "plugins" / "webui"


@dataclass
class Processing:
    """StableDiffusionProcessing, what the extension reads of it."""

    init_images: list[Any] | None = None
    image_mask: Any = None
    mask: Any = None
    script_args: Any = ()
    prompt: Any = "a cat <lora:fur:0.7>"
    negative_prompt: str = "blurred"
    steps: int = 20
    cfg_scale: float = 7.0
    sampler_name: str = "Euler a"
    width: int = 8
    height: int = 8
    denoising_strength: float | None = 0.5
    outpath_samples: str = ""
    outpath_grids: str = ""
    all_seeds: list[int] = field(default_factory=list)


class Options:
    """shared.opts."""

    def __init__(self) -> None:
        self.data: dict[str, Any] = {}
        self.labels: dict[str, str] = {}

    def add_option(self, key: str, info: Any) -> None:
        """Put an option on the page; what the person set before stays."""
        self.data.setdefault(key, info.default)
        self.labels[key] = info.label


class State:
    """shared.state."""

    interrupted = False

    def interrupt(self) -> None:
        """Stop at the next look."""
        self.interrupted = True


class Webui:
    """One webui with its output folders under `base`."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.saved: list[Any] = []
        self.pages: list[Any] = []
        self.script: Any = None
        self.sampled = 0
        self.opts, self.state = Options(), State()
        checkpoint = SimpleNamespace(name_for_extra="toy_v1", sha256="ab" * 32, shorthash="abababab")
        shared: Any = ModuleType("modules.shared")
        shared.opts, shared.state = self.opts, self.state
        shared.sd_model = SimpleNamespace(sd_checkpoint_info=checkpoint)
        shared.OptionInfo = SimpleNamespace
        callbacks: Any = ModuleType("modules.script_callbacks")
        callbacks.on_image_saved, callbacks.on_ui_settings = self.saved.append, self.pages.append
        scripts: Any = ModuleType("modules.scripts")
        scripts.Script, scripts.AlwaysVisible = type("Script", (), {}), object()
        launch_utils: Any = ModuleType("modules.launch_utils")
        launch_utils.git_tag = lambda: "v1.10.1"
        package: Any = ModuleType("modules")
        package.shared, package.script_callbacks, package.scripts = shared, callbacks, scripts
        gradio: Any = ModuleType("gradio")
        gradio.Radio = object()
        self.shared = shared
        self.modules: dict[str, ModuleType] = {
            "modules": package,
            "modules.shared": shared,
            "modules.script_callbacks": callbacks,
            "modules.scripts": scripts,
            "modules.launch_utils": launch_utils,
            "gradio": gradio,
        }

    def processing(self, **given: Any) -> Processing:
        """A job, set up as the webui does when its scripts are known."""
        p = Processing(
            outpath_samples=str(self.base / "samples"), outpath_grids=str(self.base / "grids"), **given
        )
        with contextlib.suppress(Exception):
            self.script.setup(p)
        return p

    def process(self, p: Processing, *, images: int = 1) -> None:
        """process_images: hooks, sampling, saving with a grid and a mask beside it."""
        self.state.interrupted = False
        with contextlib.suppress(Exception):
            self.script.before_process(p)
        if not self.state.interrupted:
            self.sampled += 1
            p.all_seeds = list(range(100, 100 + images))
            for number in range(images):
                self.save(p, f"samples/{number:05}-{100 + number}")
                self.save(p, f"samples/{number:05}-{100 + number}-mask")
                self.save(p, f"samples/{number:05}-{100 + number}-before-highres-fix")
            self.save(p, "grids/grid-0000")
        with contextlib.suppress(Exception):
            self.script.postprocess(p, None)

    def save(self, p: Any, stem: str, *, number_suffix: bool = False) -> Path:
        """images.save_image: the file, then the callbacks; `filename` is wrong where a number was put in."""
        image: Any = Image.new("RGB", (8, 8), (len(stem), 7, 7))
        named = self.base / f"{stem}.png"
        real = self.base / f"{stem}-1.png" if number_suffix else named
        real.parent.mkdir(parents=True, exist_ok=True)
        image.save(real)
        image.already_saved_as = str(real)
        params = SimpleNamespace(image=image, p=p, filename=str(named), pnginfo={})
        for callback in self.saved:
            with contextlib.suppress(Exception):
                callback(params)
        return real


@contextlib.contextmanager
def loaded(webui: Webui) -> Iterator[Any]:
    """Load scripts/myself_i2i_recorder.py as the webui does: its folder on the path, `modules` there."""
    before, path = dict(sys.modules), list(sys.path)
    sys.modules.update(webui.modules)
    sys.path.insert(0, str(EXTENSION))
    try:
        file = EXTENSION / "scripts" / "myself_i2i_recorder.py"
        spec = importlib.util.spec_from_file_location("myself_i2i_recorder_script", file)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        webui.script = module.MyselfI2iRecorder()
        yield module
    finally:
        sys.path[:] = path
        for name in set(sys.modules) - set(before):
            if name.startswith(("myself_i2i_webui", "modules", "gradio")):
                del sys.modules[name]
