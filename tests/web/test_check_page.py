"""The check page in Chromium: what it finds, and above all what it sends."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, Request, expect

from myself_i2i.fingerprint.pdq64 import read_pdq64
from myself_i2i.image import read_container
from myself_i2i.image.stripping import strip_generation_metadata
from tests.support.pictures import jpeg as jpeg_file
from tests.web.support import Site, file, jpeg, scene

VECTORS = Path(__file__).parents[2] / "vectors" / "fingerprint"
A_FINGERPRINT = 120
"""More bytes than the JSON with one fingerprint has."""
FEW_BITS = 6
"""Of 256: libjpeg's own luma at a smaller size against the browser's colours in full. 4 were the most in 158 JPEGs."""


@dataclass
class Sent:
    """Everything that a tab asked for since the page was there."""

    requests: list[Request] = field(default_factory=list)

    @property
    def bodies(self) -> list[bytes]:
        """What was sent in requests that carry something."""
        return [body for one in self.requests if (body := one.post_data_buffer) is not None]


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Somebody who reads Japanese."""
    context = browser.new_context(locale="ja-JP", viewport={"width": 1280, "height": 800})
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, site: Site) -> Iterator[Page]:
    """The check page, just opened; it may not complain about anything."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{site.url}/check")
    expect(page.locator("#drop")).to_be_visible()  # every script is here
    yield page
    page.close()
    assert [] == [said for said in complaints if "ERR_INTERNET_DISCONNECTED" not in said]


@pytest.fixture
def sent(page: Page) -> Sent:
    """What the page sends from here on, sockets included."""
    sent = Sent()
    page.on("request", lambda request: sent.requests.append(request))  # noqa: PLW0108 - Playwright takes no built-in
    page.on("websocket", lambda socket: pytest.fail(f"a socket to {socket.url}"))
    return sent


def choose(page: Page, data: bytes, name: str = "picture.png", mime: str = "image/png") -> None:
    """Choose a file, and wait until the page has read it."""
    page.locator("#file").set_input_files(FilePayload(name=name, mimeType=mime, buffer=data))
    expect(page.locator("#found")).to_be_visible()


def ask(page: Page) -> None:
    """Press the button, and wait for the answer."""
    page.locator("#send").click()
    expect(page.locator("#answer")).to_be_visible()


def shown(page: Page, part: str) -> str:
    """What the page says there."""
    return page.locator(f"#{part}").inner_text()


def distance(a: str, b: str) -> int:
    return (int(a, 16) ^ int(b, 16)).bit_count()


class TestSent:
    def test_nothing_until_told_to(self, page: Page, sent: Sent) -> None:
        """A picture is chosen, read and shown without one request."""
        choose(page, file(1).data)
        assert [] == [one.url for one in sent.requests if not one.url.startswith("blob:")]

    def test_only_fingerprints(self, page: Page, site: Site, sent: Sent) -> None:
        """What leaves are eight fingerprints to this registry, and questions for the marks it named: no byte of a picture."""
        data = site.drawn.marked.data
        choose(page, data, name="very private name.png")
        ask(page)
        asked = [one for one in sent.requests if not one.url.startswith("blob:")]
        assert {site.url} == {one.url[: len(site.url)] for one in asked}
        assert {("POST", "/matches/byBinding"), ("GET", "/s")} == {
            (
                one.method,
                one.url[len(site.url) :].rsplit("/", 1)[0] if "/s/" in one.url else "/matches/byBinding",
            )
            for one in asked
        }
        values = [json.loads(body) for body in sent.bodies]
        assert 8 == len(values)
        assert {"alg", "value"} == {name for value in values for name in value}
        assert {32} == {len(base64.b64decode(value["value"])) for value in values}
        assert all(len(body) < A_FINGERPRINT for body in sent.bodies)

    def test_no_name_of_the_file(self, page: Page, site: Site, sent: Sent) -> None:
        """Neither the file's digest nor its name is in any address, header or body."""
        data = site.drawn.marked.data
        choose(page, data, name="very private name.png")
        ask(page)
        digest = hashlib.sha256(data)
        secrets = (
            digest.hexdigest(),
            base64.b64encode(digest.digest()).decode().rstrip("="),
            site.drawn.marked.image_data,
            "private",
        )
        for one in sent.requests:
            said = f"{one.url} {one.all_headers()} {(one.post_data_buffer or b'').decode()}"
            assert [] == [secret for secret in secrets if secret in said]
            assert "multipart" not in one.headers.get("content-type", "")

    def test_without_network(self, page: Page, context: BrowserContext) -> None:
        """Once the page is there it reads pictures offline, and says so when the registry cannot be asked."""
        context.set_offline(True)
        try:
            choose(page, file(1).data)
            page.locator("#send").click()
            expect(page.locator("#status")).to_contain_text("尋ねることができませんでした")
        finally:
            context.set_offline(False)


class TestFingerprint:
    @pytest.mark.parametrize("case", sorted(path.parent.name for path in VECTORS.glob("*/expected.json")))
    def test_vectors(self, page: Page, case: str) -> None:
        """The browser's fingerprint of a picture file is Python's, bit for bit, and so is its quality."""
        expected = json.loads((VECTORS / case / "expected.json").read_text(encoding="utf-8"))
        samples = gzip.decompress((VECTORS / case / "pixels.rgba.gz").read_bytes())
        out = io.BytesIO()
        Image.frombytes("RGBA", (expected["width"], expected["height"]), samples).save(out, "PNG")
        choose(page, out.getvalue())
        wanted = expected["orientations"]["as-is"]
        assert wanted["hex"] == shown(page, "fingerprint")
        assert f"{wanted['quality']}/100" in shown(page, "quality")

    @pytest.mark.parametrize("orientation", [1, 3, 6, 8])
    @pytest.mark.parametrize("form", ["PNG", "AVIF", "JPEG"])
    def test_turned(self, page: Page, form: str, orientation: int) -> None:
        """A picture that says how it is turned is read upright; a JPEG within a few bits."""
        exif = Image.Exif()
        exif[0x0112] = orientation
        out = io.BytesIO()
        scene(9).save(out, form, exif=exif)
        choose(page, out.getvalue(), mime=f"image/{form.lower()}")
        far = distance(read_pdq64(out.getvalue()).text, shown(page, "fingerprint"))
        assert far <= (FEW_BITS if form == "JPEG" else 0)

    @pytest.mark.parametrize("mode", ["L", "P", "CMYK", "RGBA"])
    def test_colours(self, page: Page, mode: str) -> None:
        """Grey, palettes, alpha and a printer's colours are read as Python reads them."""
        form = "JPEG" if mode == "CMYK" else "PNG"
        image = scene(9).convert(mode)
        if mode == "RGBA":
            image.putalpha(Image.linear_gradient("L").resize(image.size))
        out = io.BytesIO()
        image.save(out, form)
        choose(page, out.getvalue(), mime=f"image/{form.lower()}")
        far = distance(read_pdq64(out.getvalue()).text, shown(page, "fingerprint"))
        assert far <= (FEW_BITS if form == "JPEG" else 0)

    def test_profile(self, page: Page) -> None:
        """A colour profile changes nothing, as spec/fingerprints.md asks."""
        plain, profiled = io.BytesIO(), io.BytesIO()
        scene(9).save(plain, "PNG")
        scene(9).save(profiled, "PNG", icc_profile=swapped_profile())
        choose(page, plain.getvalue())
        before = shown(page, "fingerprint")
        choose(page, profiled.getvalue())
        expect(page.locator("#name")).to_contain_text(f"{len(profiled.getvalue()):,}")
        assert before == shown(page, "fingerprint")

    def test_flat(self, page: Page) -> None:
        """A picture with too little in it cannot be looked up, and the page says why."""
        out = io.BytesIO()
        Image.new("RGB", (300, 200), (200, 30, 90)).save(out, "PNG")
        choose(page, out.getvalue())
        expect(page.locator("#flat")).to_be_visible()
        expect(page.locator("#send")).to_be_disabled()


class TestFound:
    def test_saved_again(self, page: Page, site: Site) -> None:
        """A marked picture that a site saved again as a smaller JPEG leads to its mark."""
        smaller = Image.open(io.BytesIO(site.drawn.marked.data)).convert("RGB").resize((500, 375))
        choose(page, jpeg(smaller), name="from a site.jpg", mime="image/jpeg")
        assert "なし" == shown(page, "manifest")
        ask(page)
        (one,) = page.locator("#matches > li").all()
        assert site.drawn.marked.code in one.inner_text()
        assert "はなこ（自称）" in one.inner_text()
        one.locator("a").click()
        expect(page.locator("h1")).to_contain_text(site.drawn.marked.code)

    def test_mirrored(self, page: Page, site: Site) -> None:
        """The mirrored picture is found too, and the page says that it had to be turned."""
        image = Image.open(io.BytesIO(site.words.marked.data)).convert("RGB")
        choose(page, jpeg(image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)), mime="image/jpeg")
        ask(page)
        (one,) = page.locator("#matches > li").all()
        assert site.words.marked.code in one.inner_text()
        assert "反転" in one.inner_text()

    def test_none(self, page: Page) -> None:
        """A picture that nobody published is "not recorded"."""
        choose(page, file(99).data)
        ask(page)
        assert shown(page, "answer-says").startswith("記録なし")
        assert [] == page.locator("#matches > li").all()


class TestEmbedded:
    def test_mark(self, page: Page, site: Site) -> None:
        """A marked file tells its manifest, our mark in it, and the tag."""
        choose(page, site.drawn.marked.data)
        said = shown(page, "manifest")
        assert site.drawn.says.manifest.id in said
        assert f"{site.drawn.says.manifest.size:,}" in said
        assert "Myself_i2i の目印" in said
        assert "#Myself_i2i" == shown(page, "tag")

    def test_stripped(self, page: Page, site: Site) -> None:
        """Of a file without all that, the page says that there is none."""
        stripped = strip_generation_metadata(site.drawn.marked.data, drop_manifest=True)
        assert read_container(stripped).manifest_store is None
        choose(page, stripped)
        assert "なし" == shown(page, "manifest")


class TestHostile:
    def test_name(self, page: Page) -> None:
        """A file's name is shown and never run."""
        name = '<img src=x onerror="document.title=1">.png'
        choose(page, file(1).data, name=name)
        assert name in shown(page, "name")
        assert "1" != page.title()

    def test_no_picture(self, page: Page) -> None:
        """What the browser cannot open is said to be so; nothing else happens."""
        payload = FilePayload(name="x.png", mimeType="image/png", buffer=b"no picture")
        page.locator("#file").set_input_files(payload)
        expect(page.locator("#status")).to_contain_text("開けませんでした")
        expect(page.locator("#found")).to_be_hidden()

    def test_cut_off(self, page: Page) -> None:
        """A file that ends early does no harm."""
        data = jpeg_file(64, 48)
        payload = FilePayload(name="x.jpg", mimeType="image/jpeg", buffer=data[: len(data) // 2])
        page.locator("#file").set_input_files(payload)
        expect(page.locator("#status")).not_to_have_text("")


def swapped_profile() -> bytes:
    """A colour profile in which red is blue: who applies it sees another picture."""
    from PIL import ImageCms  # noqa: PLC0415 - only here

    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for place in range(132, 132 + 12 * int.from_bytes(profile[128:132]), 12):
        other: dict[bytes, bytes] = {b"rXYZ": b"bXYZ", b"bXYZ": b"rXYZ"}
        profile[place : place + 4] = other.get(bytes(profile[place : place + 4]), profile[place : place + 4])
    return bytes(profile)
