"""The check page in Chromium: what it finds, and above all what it sends."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from pathlib import Path

from PIL import Image
from playwright.sync_api import BrowserContext, FilePayload, Page, expect

from myself_i2i.attestation import Envelope, Statement
from myself_i2i.image import read_container
from myself_i2i.image.stripping import strip_generation_metadata
from myself_i2i.predicates import Answer
from tests.support.pictures import jpeg as jpeg_file
from tests.web.support import Site, file, jpeg, scene
from tests.web.visiting import Sent, about_sources, ask, choose, shown

DROPPED = """(data) => {
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  const dropped = new DataTransfer();
  dropped.items.add(new File([bytes], "dropped.png", { type: "image/png" }));
  return dropped;
}"""
A_FINGERPRINT = 120
"""More bytes than the JSON with one fingerprint has."""


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

    def test_question(self, page: Page, site: Site, sent: Sent) -> None:
        """Whoever asks about a work of their own sends the same eight fingerprints, and nothing else."""
        choose(page, file(5).data)
        about_sources(page)
        (asked,) = [one for one in sent.requests if not one.url.startswith("blob:")]
        assert f"{site.url}/answers" == asked.url
        (body,) = sent.bodies
        question = json.loads(body)
        assert {"fingerprints", "maker"} == set(question)
        assert ["pdq64_v1"] == list(question["fingerprints"])
        assert [64] * 8 == [len(one) for one in question["fingerprints"]["pdq64_v1"]]

    def test_no_name_of_the_file(self, page: Page, site: Site, sent: Sent) -> None:
        """Neither the file's digest nor its name is in any address, header or body."""
        data = site.drawn.marked.data
        choose(page, data, name="very private name.png")
        ask(page)
        about_sources(page)
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

    def test_dropped(self, page: Page, site: Site) -> None:
        """A picture may be dropped anywhere on the page."""
        data = base64.b64encode(site.words.marked.data).decode()
        dropped = page.evaluate_handle(DROPPED, data)
        page.dispatch_event("body", "drop", {"dataTransfer": dropped})
        expect(page.locator("#manifest")).to_contain_text(site.words.says.manifest.id)


class TestAnswer:
    def test_source(self, page: Page, site: Site) -> None:
        """A work that stands among the recorded sources is shown with the mark it stands in and its declared basis."""
        choose(page, jpeg(scene(5)), mime="image/jpeg")
        about_sources(page)
        (one,) = page.locator("#hits > li").all()
        assert "自分で描いた絵" in one.inner_text()
        assert "公開ログにはありません" in one.inner_text()
        assert site.drawn.envelope.digest in (one.locator("a").get_attribute("href") or "")

    def test_none(self, page: Page) -> None:
        """The sentence that the campaign exists for is shown with what it does not show."""
        choose(page, file(99).data)
        about_sources(page)
        assert "使われていません" in shown(page, "asked-says")
        assert [] == page.locator("#hits > li").all()
        assert len(page.locator("#asked-not > li").all()) > 3

    def test_kept(self, page: Page) -> None:
        """What is saved is the signed answer as the registry gave it."""
        choose(page, file(99).data)
        about_sources(page)
        with page.expect_download() as download:
            page.locator("#keep").click()
        envelope = Envelope.from_json(Path(download.value.path()).read_bytes())
        answer = Statement.parse(envelope.payload)
        assert Answer.PREDICATE_TYPE == answer.predicate_type


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
