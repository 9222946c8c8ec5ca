"""Train the model from nothing on drawings by `scenes.py`: one processor thread, about twenty minutes.

    python train.py --out /somewhere/outside/the/repository

Writes a diffusers folder (about 25 MB, not kept in the repository) and `training.json` with what was run.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import platform
import random
import time
from pathlib import Path

import diffusers
import numpy as np
import torch
from pipeline import FOLD, ScenePipeline, WordEncoder, new_scheduler, new_unet
from scenes import sample

SIZE = 128
SEED = 20261122
PICTURES = 8000
BATCH = 16
PEAK_RATE = 1.5e-3
WARM_UP = 60
SAVE_EVERY = 300
FORGET = 0.1
"""Share of pictures whose words are hidden, so that guidance has something to compare with."""
HEAVIEST = 8.0
"""Upper bound on the weight of nearly clean pictures in the loss."""


def draw_all(words: WordEncoder, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Draw the training pictures; return their pixels (bytes) and their words."""
    rng = random.Random(seed)  # noqa: S311 - drawings, not secrets
    samples = [sample(SIZE, rng) for _ in range(PICTURES)]
    pixels = torch.from_numpy(np.stack([np.asarray(each.image) for each in samples])).permute(0, 3, 1, 2)
    return pixels.contiguous(), words.present([" ".join(each.words) for each in samples])


def rate(step: int, steps: int) -> float:
    """Return the learning rate's share of its peak: a short rise, then half a cosine down."""
    if step < WARM_UP:
        return (step + 1) / WARM_UP
    return 0.01 + 0.99 * (1 + math.cos(math.pi * (step - WARM_UP) / (steps - WARM_UP))) / 2


def train(steps: int, out: Path) -> None:
    """Run the whole training and save the averaged weights."""
    torch.manual_seed(SEED)
    words, unet, scheduler = WordEncoder(), new_unet(), new_scheduler()
    pixels, present = draw_all(words, SEED)
    parts = torch.nn.ModuleList([unet, words])
    averaged = copy.deepcopy(parts).requires_grad_(requires_grad=False)
    unet.to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(parts.parameters(), lr=PEAK_RATE, weight_decay=0.01)
    started = time.monotonic()
    running = 0.0
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = PEAK_RATE * rate(step, steps)
        loss = batch_loss(unet, words, scheduler, pixels, present)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parts.parameters(), 1.0)
        optimiser.step()
        keep = min(0.997, (step + 1) / (step + 10))
        for old, new in zip(averaged.parameters(), parts.parameters(), strict=True):
            old.lerp_(new.detach(), 1 - keep)
        running = loss.item() if not running else running * 0.98 + loss.item() * 0.02
        if step % 50 == 0 or step == steps - 1:
            print(f"{step:5d} {running:.4f} {time.monotonic() - started:.0f} s", flush=True)
        if (step + 1) % SAVE_EVERY == 0 or step == steps - 1:
            ScenePipeline(averaged[0], scheduler, averaged[1]).save_pretrained(out)
    report(out, steps, time.monotonic() - started, running)


def batch_loss(
    unet: torch.nn.Module,
    words: WordEncoder,
    scheduler: diffusers.DDIMScheduler,
    pixels: torch.Tensor,
    present: torch.Tensor,
) -> torch.Tensor:
    """Return the weighted error of one random batch (the error of v, bounded)."""
    chosen = torch.randint(0, len(pixels), (BATCH,))
    clean = torch.nn.functional.pixel_unshuffle(pixels[chosen].float() / 127.5 - 1, FOLD)
    noise = torch.randn_like(clean)
    times = torch.randint(0, scheduler.config.num_train_timesteps, (BATCH,))
    noisy = scheduler.add_noise(clean, noise, times).contiguous(memory_format=torch.channels_last)
    shown = present[chosen] * (torch.rand(BATCH, 1) >= FORGET)
    with torch.autocast("cpu", torch.bfloat16):
        guess = unet(noisy, times, words(shown), class_labels=shown).sample
    weight = (1 / (1 - scheduler.alphas_cumprod[times])).clamp(max=HEAVIEST)
    return ((guess.float() - clean).square().mean(dim=(1, 2, 3)) * weight).mean()


def report(out: Path, steps: int, seconds: float, loss: float) -> None:
    """Write down what was run."""
    ran = {
        "torch": torch.__version__,
        "diffusers": diffusers.__version__,
        "python": platform.python_version(),
        "threads": torch.get_num_threads(),
        "seed": SEED,
        "pictures": PICTURES,
        "picture_size": SIZE,
        "batch": BATCH,
        "steps": steps,
        "seconds": round(seconds),
        "last_loss": round(loss, 4),
    }
    (out / "training.json").write_text(json.dumps(ran, indent=2) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--out", type=Path, required=True, help="folder for the weights, outside the repository"
    )
    parser.add_argument("--steps", type=int, default=1350)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    train(asked.steps, asked.out)
