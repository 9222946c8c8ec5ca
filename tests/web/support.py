"""A registry with people and pictures in it, served on this machine, and a browser to look at it with."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, sync_playwright

from myself_i2i.declaration import parse_by_hand
from myself_i2i.marking.content_credentials import mark
from myself_i2i.predicates import Signed
from myself_i2i.predicates.source import Basis
from myself_i2i.registry.api import create_app
from myself_i2i.registry.service import Registry
from myself_i2i.web import pages
from tests.registry.support import (
    PublishedPicture,
    made,
    open_registry,
    painting,
    person,
    publish,
    published_as,
)
from tests.support import marked as making
from tests.support.marked import Person, Picture
from tests.support.pictures import png

__all__ = ["BROWSER", "Site", "browser", "scene", "served", "why_no_browser"]

BROWSER = os.environ.get("MYSELF_I2I_CHROMIUM") or shutil.which("chromium")
"""Where Chromium is."""
FLAGS = (
    "--no-sandbox",  # tests run as root on machines that are made for them
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
STARTS_WITHIN = 20
WIDTH, HEIGHT = 640, 480
"""Of a scene."""


@dataclass(frozen=True, repr=False)
class Site:
    """A registry that is being served."""

    url: str
    """Where, without a slash at the end."""
    registry: Registry
    """What is served."""
    maker: Person
    """Who published all pictures; they go by a Japanese name."""
    artist: Person
    """Who permitted the source of `permitted`."""
    words: PublishedPicture
    """t2i."""
    drawn: PublishedPicture
    """i2i from the maker's own drawing."""
    sealed: PublishedPicture
    """i2i from a source whose look the maker keeps."""
    permitted: PublishedPicture
    """i2i with the artist's permission, which is published too."""


def scene(seed: int) -> Image.Image:
    """A picture like somebody might post: sky, hills, a house; another seed, another place."""
    ground = painting(seed, 64).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(ground)
    for step in range(12):
        x, y = (seed * 131 + step * 211) % WIDTH, (seed * 71 + step * 97) % HEIGHT
        colour = ((step * 53 + seed * 17) % 256, (step * 97) % 256, (step * 29 + 80) % 256)
        draw.ellipse((x - 60, y - 40, x + 60, y + 40), fill=colour, outline=(20, 20, 40), width=3)
        draw.line((x, y, WIDTH - x, HEIGHT - y), fill=(30, 30, 60), width=2)
    return ground


def file(seed: int, name: str = "out.png") -> Picture:
    """A scene as a PNG without metadata."""
    return Picture(name, png(image=scene(seed)))


def jpeg(image: Image.Image, quality: int = 80) -> bytes:
    """A picture as a site saves it again."""
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=quality)
    return out.getvalue()


def with_permission(maker: Person, output: Picture, source: Picture, permission: Signed) -> PublishedPicture:
    """A marked picture made from somebody else's, with their permission."""
    basis = maker.declare(source, Basis.PERMISSION, permission=permission.envelope.digest)
    said = [basis, permission]
    by_hand = parse_by_hand("i2i source.png", backslash_escapes=False)
    declared = making.declaration(maker, output, said, by_hand=by_hand, given=(making.given("init", source),))
    done = mark(output.data, making.content(maker, output, declared, said), maker.signing)
    return published_as(maker, done, name=output.name)


def fill(registry: Registry, url: str) -> Site:
    """Publish a few people and pictures."""
    maker, artist = person("はなこ"), person("うめ")
    source = file(7, "source.png")
    permission = artist.permit(source, to=maker.keyid)
    site = Site(
        url=url,
        registry=registry,
        maker=maker,
        artist=artist,
        words=made(maker, output=file(1)),
        drawn=made(maker, output=file(2), source=file(5, "source.png")),
        sealed=made(maker, output=file(3), source=file(6, "source.png"), seal=True),
        permitted=with_permission(maker, file(4), source, permission),
    )
    for one in (artist.pledge(), permission):
        registry.publish(one.envelope.to_json())
    for picture in (site.words, site.drawn, site.sealed, site.permitted):
        publish(registry, picture)
    return site


@contextlib.contextmanager
def served(folder: Path) -> Iterator[Site]:
    """A filled registry, served as `myself-i2i serve` serves it, until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        registry = open_registry(folder, url=url, per_address_per_minute=1_000_000)
        site = fill(registry, url)
        app = create_app(registry, extra_routes=pages(registry))
        config = uvicorn.Config(app, log_level="error", lifespan="on", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + STARTS_WITHIN
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.02)
        try:
            yield site
        finally:
            server.should_exit = True
            thread.join(STARTS_WITHIN)


def why_no_browser() -> str | None:
    """Return why no browser can be driven here; None when one can."""
    if BROWSER is None:
        return "no Chromium: apt-get install chromium fonts-noto-cjk, or name one in MYSELF_I2I_CHROMIUM"
    return None


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """Chromium, without a window, until the block ends."""
    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=BROWSER, args=FLAGS)
        try:
            yield found
        finally:
            found.close()
