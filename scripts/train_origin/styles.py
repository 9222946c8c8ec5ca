"""How one scene can look: several renderings that keep the layout and change nearly all else.

Stands in for what i2i does: weak and strong (colours kept, texture new), edits (a part replaced), sketch to image and
ControlNet (lines, depth or segments on one side, a filled picture with another background on the other), style
transfer, relighting.
"""

# ruff: noqa: PLR2004 - chances and sizes of a random generator mean something only where they stand

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scenes import SIZE, Float, Labels, Rng, Scene, background, noise, scene

__all__ = ["SIDE", "render", "views"]

SIDE = 128
Bytes = NDArray[np.uint8]


@dataclass(slots=True)
class Look:
    """What all views of one scene share if they care to."""

    colours: Float
    """One colour per label, 0..1."""
    light: float
    """Where the light comes from, radians."""


def views(rng: Rng, count: int) -> NDArray[np.uint8]:
    """Return `count` renderings of one new scene: shape (count, SIDE, SIDE, 3)."""
    made = scene(rng)
    look = Look(_palette(rng, len(made.parents)), rng.uniform(0, 2 * np.pi))
    crop = _sight(rng)
    return np.stack([render(made, look, crop, rng) for _ in range(count)])


def render(made: Scene, look: Look, crop: Float, rng: Rng) -> Bytes:
    """Return one rendering, 8-bit sRGB."""
    labels, parents, blank = _edited(made, rng)
    labels = _warped(labels, crop, rng)
    colours = _recoloured(look.colours, len(parents), rng)
    style = rng.choice(["photo", "flat", "lines", "painting", "map"], p=[0.45, 0.15, 0.22, 0.12, 0.06])
    if style == "lines":
        picture = _lines(labels, colours, rng)
    elif style == "map":
        picture = _map(labels, colours, rng)
    else:
        if blank and rng.random() < 0.4:
            colours[0] = rng.choice([1.0, 0.97, 0.0, rng.random()])
        picture = colours[labels]
        if style == "photo":
            picture = _photo(picture, labels, look, rng)
        if style != "painting" and rng.random() < 0.25:
            picture = picture * (1 - 0.9 * _drawn(labels, rng)[..., None])
    if style == "painting":
        picture = _painted(picture, rng)
    return _finished(picture, rng)


def _palette(rng: Rng, count: int) -> Float:
    grey = rng.beta(0.8, 0.8, (count, 1))
    tint = rng.normal(0, rng.choice([0.02, 0.1, 0.25]), (count, 3)) + rng.normal(0, 0.06, 3)
    return np.clip(grey + tint, 0, 1).astype(np.float32)


def _recoloured(kept: Float, count: int, rng: Rng) -> Float:
    """Colours of this view: kept with jitter, bent as a whole, or new."""
    colours = np.concatenate([kept, _palette(rng, count - len(kept))]) if count > len(kept) else kept.copy()
    how = rng.random()
    if how < 0.55:
        colours = colours + rng.normal(0, rng.choice([0.03, 0.12]), colours.shape)
    elif how < 0.72:
        mix = np.eye(3) * rng.uniform(0.3, 1) + rng.normal(0, 0.25, (3, 3))
        colours = (np.clip(colours, 0, 1) ** np.exp(rng.normal(0, 0.5))) @ mix + rng.normal(0, 0.15, 3)
    else:
        colours = _palette(rng, count)
    return np.clip(colours, 0, 1).astype(np.float32)


def _edited(made: Scene, rng: Rng) -> tuple[Labels, list[int], bool]:
    """Leave details out, replace an object, put something behind a drawing."""
    labels, parents, blank = made.labels.copy(), list(made.parents), made.blank
    gone = rng.choice([0.0, 0.15, 0.5, 1.0], p=[0.4, 0.25, 0.2, 0.15])
    other = 0.0 if rng.random() < 0.75 else 0.15
    keep = np.arange(len(parents), dtype=np.int16)
    for label in range(1, len(parents)):
        chance = gone if made.levels[label] == 2 else other if made.levels[label] == 1 else 0.3 * gone
        if rng.random() < chance:
            keep[label] = keep[parents[label]]
    labels = keep[labels]
    if (blank and rng.random() < 0.5) or rng.random() < 0.06:
        behind = Scene()
        background(behind, rng)
        ground = (
            labels == 0
            if blank
            else np.isin(labels, [i for i, level in enumerate(made.levels) if level == 0])
        )
        labels = np.where(ground & (behind.labels > 0), behind.labels + len(parents) - 1, labels).astype(
            np.int16
        )
        parents += [0] * (len(behind.parents) - 1)
        blank = False
    if rng.random() < 0.2:
        new = scene(rng) if rng.random() < 0.1 else None
        x, y, w, h = rng.uniform(0, 0.8, 2).tolist() + rng.uniform(0.08, 0.3, 2).tolist()
        box = np.s_[int(y * SIZE) : int((y + h) * SIZE), int(x * SIZE) : int((x + w) * SIZE)]
        labels[box] = len(parents) if new is None else len(parents) + new.labels[box]
        parents += [0] * (1 if new is None else len(new.parents))
    return labels, parents, blank


def _sight(rng: Rng) -> Float:
    """The part of the scene that all its views look at: usually all of it."""
    if rng.random() < 0.6:
        return np.array([0, 0, 1], np.float32)
    zoom = rng.uniform(0.5, 1)
    return np.array([*rng.uniform(0, 1 - zoom, 2), zoom], np.float32)


def _warped(labels: Labels, crop: Float, rng: Rng) -> Labels:
    """Bend a little: the shift of single contours that a model makes, and a slightly other cut."""
    y, x = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32)
    x, y = crop[0] * SIZE + crop[2] * x, crop[1] * SIZE + crop[2] * y
    amount = rng.choice([0.0, 1.5, 4.0], p=[0.25, 0.4, 0.35]) * crop[2]
    if amount:
        cells = rng.uniform(2, 9)
        x, y = x + amount * noise(rng, cells, 1), y + amount * noise(rng, cells, 1)
    if rng.random() < 0.5:
        scale = 1 + rng.normal(0, 0.025, 2)
        shift = rng.normal(0, 3, 2)
        turn = rng.normal(0, 0.012)
        cx, cy = x - SIZE / 2, y - SIZE / 2
        x = SIZE / 2 + scale[0] * cx + turn * cy + shift[0]
        y = SIZE / 2 + scale[1] * cy - turn * cx + shift[1]
    return cv2.remap(
        labels, x.astype(np.float32), y.astype(np.float32), cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE
    )


def _edges(labels: Labels) -> Bytes:
    found = np.zeros((SIZE, SIZE), np.uint8)
    found[1:] |= labels[1:] != labels[:-1]
    found[:, 1:] |= labels[:, 1:] != labels[:, :-1]
    return found


def _drawn(labels: Labels, rng: Rng) -> Float:
    """Ink, 0..1, along the borders: thin or thick, broken or not."""
    ink = _edges(labels)
    width = int(rng.choice([1, 2, 3, 5], p=[0.2, 0.4, 0.3, 0.1]))
    if width > 1:
        ink = cv2.dilate(ink, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width)))
    drawn = ink.astype(np.float32)
    if rng.random() < 0.5:
        drawn *= noise(rng, rng.uniform(4, 20), 2) > rng.uniform(-2.5, -0.6)
    if rng.random() < 0.3:
        drawn *= np.clip(0.7 + 0.3 * noise(rng, 60, 1), 0, 1)
    return drawn


def _lines(labels: Labels, colours: Float, rng: Rng) -> Float:
    ink = _drawn(labels, rng)[..., None]
    if rng.random() < 0.3:  # hatching within some regions
        y, x = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32)
        angle, step = rng.uniform(0, np.pi), rng.uniform(4, 12)
        stripes = np.sin((x * np.cos(angle) + y * np.sin(angle)) * 2 * np.pi / step) > 0.6
        chosen = rng.random(len(colours)) < 0.3
        ink = np.maximum(ink, 0.7 * (stripes & chosen[labels])[..., None])
    paper = rng.uniform(0.85, 1) * np.ones(3) if rng.random() < 0.85 else rng.uniform(0.4, 1, 3)
    pen = rng.uniform(0, 0.35) * np.ones(3) if rng.random() < 0.8 else rng.uniform(0, 0.6, 3)
    picture = paper * (1 - ink) + pen * ink
    if rng.random() < 0.2:  # some regions filled
        chosen = (rng.random(len(colours)) < 0.3)[labels][..., None] & (ink < 0.5)
        picture = np.where(chosen, colours[labels], picture)
    return 1 - picture if rng.random() < 0.15 else picture


def _map(labels: Labels, colours: Float, rng: Rng) -> Float:
    """A depth map or a map of segments: near things bright, or plain colours."""
    if rng.random() < 0.4:
        return colours[labels]
    near = np.linspace(rng.uniform(0, 0.4), 1, len(colours)).astype(np.float32)
    depth = near[labels] + 0.3 * np.linspace(0, rng.uniform(0, 1), SIZE)[:, None] + 0.05 * noise(rng, 3, 1)
    return np.repeat(np.clip(depth, 0, 1)[..., None], 3, axis=2)


def _photo(picture: Float, labels: Labels, look: Look, rng: Rng) -> Float:
    """Shade by pillows and by a light, put texture on each region."""
    light = look.light if rng.random() < 0.5 else rng.uniform(0, 2 * np.pi)
    inner = cv2.distanceTransform(1 - _edges(labels), cv2.DIST_L2, 3)
    height = cv2.GaussianBlur(np.minimum(inner, rng.uniform(5, 40)), (0, 0), 2.5)
    gy, gx = np.gradient(height)
    shade = rng.choice([0.0, 0.25, 0.6]) * (gx * np.cos(light) + gy * np.sin(light))
    shade += rng.choice([0.0, 0.15, 0.35]) * noise(rng, rng.uniform(1, 3), 1)
    textures = np.stack([_texture(rng) for _ in range(3)])
    which = rng.integers(0, 3, int(labels.max()) + 1)[labels]
    strength = (rng.exponential(0.09, int(labels.max()) + 1) * rng.uniform(0, 2)).astype(np.float32)[labels]
    grain = np.take_along_axis(textures, which[None], 0)[0] * np.minimum(strength, 0.4)
    return picture * np.exp(np.clip(shade, -1.5, 1.0))[..., None] + grain[..., None]


def _texture(rng: Rng) -> Float:
    kind = rng.random()
    if kind < 0.5:
        return noise(rng, rng.uniform(6, 80), int(rng.integers(1, 4)))
    if kind < 0.75:
        y, x = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32)
        angle, step = rng.uniform(0, np.pi), rng.uniform(3, 30)
        phase = (x * np.cos(angle) + y * np.sin(angle)) / step + 0.5 * noise(rng, 4, 1)
        return np.sin(2 * np.pi * phase).astype(np.float32)
    small = noise(rng, rng.uniform(6, 40), 2)
    return np.sign(small - rng.uniform(0, 1.5)).astype(np.float32)


def _painted(picture: Float, rng: Rng) -> Float:
    """Broad strokes: details melt, borders move."""
    size = int(rng.integers(3, 12)) | 1
    steps = np.clip(picture * 255, 0, 255).astype(np.uint8)
    return cv2.medianBlur(steps, size).astype(np.float32) / 255


def _finished(picture: Float, rng: Rng) -> Bytes:
    """What every file goes through: blur, tone, vignette, grain, the way down to SIDE."""
    picture = picture.astype(np.float32)
    if rng.random() < 0.5:
        picture = cv2.GaussianBlur(picture, (0, 0), float(np.exp(rng.uniform(-0.7, 1.5))))
    small = cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    small = np.clip(small, 0, 1) ** np.exp(rng.normal(0, 0.3))
    small = (small - 0.5) * rng.uniform(0.5, 1.2) + 0.5 + rng.normal(0, 0.06)
    if rng.random() < 0.2:
        small = small + rng.normal(0, 0.25) * noise(rng, 1.5, 1, SIDE)[..., None]
    if rng.random() < 0.15:
        small = np.repeat(small.mean(axis=-1, keepdims=True), 3, axis=-1)
    if rng.random() < 0.6:
        small = small + rng.normal(0, rng.choice([0.01, 0.04, 0.08]), small.shape)
    return (np.clip(small, 0, 1) * 255).astype(np.uint8)
