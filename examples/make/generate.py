"""Run the trained pipeline: text-to-image and image-to-image, each with its own seed.

    python generate.py --model /where/train.py/wrote --sources ../pictures/sources --out /somewhere/runs

Writes plain PNG pictures without metadata, as diffusers leaves them, and `runs.json` with what was run.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import diffusers
import torch
from diffusers import DDIMScheduler, UNet2DConditionModel
from PIL import Image, ImageFilter
from pipeline import ScenePipeline, WordEncoder

STEPS = 30
GUIDANCE = 1.3
SHOWN = 256
"""Pictures are made at 128 pixels and enlarged to this by plain filters (`enlarge`)."""
SOFTEN = 1.1
"""Radius in pixels of the blur before enlarging; it hides the lattice that so short a training leaves behind."""


@dataclass(frozen=True)
class Run:
    """One picture to make."""

    name: str
    """Name of the result."""
    prompt: str
    """What it shall show."""
    seed: int
    """Seed of the noise."""
    init: str | None = None
    """The picture that goes in: a file in the sources folder, or an earlier run's name after "run:"."""
    strength: float | None = None
    """How much of it is replaced."""
    second_pass: float | None = None
    """Strength of a second pass at twice the size, or None."""


RUNS = (
    Run("t2i-sunset", "a red house and a tree on the hills at sunset, with a cat", 1001),
    Run("t2i-night", "a blue house by the sea at night, with a tree", 1402),
    Run("t2i-day", "a yellow house by day, flowers and a cat", 1103),
    Run("t2i-cat", "a cat under a tree on the hills by day, flowers", 1004),
    Run("t2i-moon", "a red house on the hills at night, with flowers", 1005),
    Run("t2i-sea", "a blue house and a tree by the sea by day", 1406),
    Run("t2i-hires", "a blue house and a cat at sunset, with flowers", 1007, second_pass=0.2),
    Run(
        "i2i-drawing-50",
        "a red house and a tree on the hills at sunset, with a cat and flowers",
        2001,
        "drawing.png",
        0.5,
    ),
    Run(
        "i2i-drawing-70",
        "a blue house and a tree on the hills at night, with a cat and flowers",
        2002,
        "drawing.png",
        0.7,
    ),
    Run(
        "i2i-drawing-60",
        "a blue house and a tree on the hills at sunset, with a cat and flowers",
        2203,
        "drawing.png",
        0.6,
    ),
    Run(
        "i2i-lines-90",
        "a red house and a tree on the hills by day, with a cat and flowers",
        2004,
        "drawing-lines.png",
        0.9,
    ),
    Run("i2i-undeclared-40", "the sea by day", 2005, "undeclared.png", 0.4),
    Run(
        "i2i-own-70", "a red house and a tree on the hills at night, with a cat", 2006, "run:t2i-sunset", 0.7
    ),
)


def load(folder: Path) -> ScenePipeline:
    """Return the pipeline that `train.py` saved; nothing is downloaded."""
    return ScenePipeline(
        UNet2DConditionModel.from_pretrained(folder / "unet"),
        DDIMScheduler.from_pretrained(folder / "scheduler"),
        WordEncoder.from_pretrained(folder / "words"),
    )


def make(pipe: ScenePipeline, run: Run, init: Image.Image | None) -> Image.Image:
    """Make one picture of `SHOWN` pixels."""
    generator = torch.Generator().manual_seed(run.seed)
    settings: dict[str, Any] = {
        "num_inference_steps": STEPS,
        "guidance_scale": GUIDANCE,
        "generator": generator,
    }
    strength = {} if run.strength is None else {"strength": run.strength}
    image = pipe(run.prompt, init, **strength, **settings).images[0]
    image = enlarge(image)
    if run.second_pass is None:
        return image
    return enlarge(pipe(run.prompt, image, strength=run.second_pass, size=SHOWN, **settings).images[0])


def enlarge(image: Image.Image) -> Image.Image:
    """Return the picture softened a little and brought to `SHOWN` pixels; one that has them is only softened."""
    softened = image.filter(ImageFilter.GaussianBlur(SOFTEN))
    return softened.resize((SHOWN, SHOWN), Image.Resampling.LANCZOS)


def main() -> None:
    """Make every picture of `RUNS`."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--sources", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    asked.out.mkdir(parents=True, exist_ok=True)
    pipe = load(asked.model)
    pipe.set_progress_bar_config(disable=True)
    records = []
    for run in RUNS:
        init = None
        if run.init is not None:
            earlier = run.init.removeprefix("run:")
            init = Image.open(
                asked.out / f"{earlier}.png" if earlier != run.init else asked.sources / run.init
            )
        started = time.monotonic()
        make(pipe, run, init).save(asked.out / f"{run.name}.png", optimize=True)
        records.append(asdict(run) | {"seconds": round(time.monotonic() - started, 1)})
        print(run.name, records[-1]["seconds"], "s", flush=True)
    ran = {
        "torch": torch.__version__,
        "diffusers": diffusers.__version__,
        "python": platform.python_version(),
        "steps": STEPS,
        "guidance": GUIDANCE,
        "weights_sha256": hashlib.sha256(
            (asked.model / "unet/diffusion_pytorch_model.safetensors").read_bytes()
        ).hexdigest(),
        "training": json.loads((asked.model / "training.json").read_text()),
        "runs": records,
    }
    (asked.out / "runs.json").write_text(json.dumps(ran, indent=1) + "\n")


if __name__ == "__main__":
    main()
