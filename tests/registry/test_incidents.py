"""What happened three times, played again with real people's commands, a real server and pictures really changed.

Each story ends with what can be shown and what cannot; none says anything about a person.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image, ImageFilter

from myself_i2i.verification.evidence import LIMIT
from tests.cli.test_serve import Running, running
from tests.comparison.scenes import repainted, saved, scene
from tests.test_wording import NEVER

COMMAND = str(Path(sys.executable).with_name("myself-i2i"))
PATIENCE = 120


def reposted(image: Image.Image) -> bytes:
    """As X shows it: 1,200 pixels on the longer side, JPEG of quality 80, nothing else in the file."""
    longer = 1200
    scale = longer / max(image.size)
    size = (round(image.width * scale), round(image.height * scale))
    return saved(image.resize(size, Image.Resampling.LANCZOS), "JPEG", quality=80)


def captured(image: Image.Image) -> bytes:
    """As a viewer of a stream captures it: smaller, softer, saved coarsely."""
    small = image.resize((image.width * 2 // 3, image.height * 2 // 3)).filter(ImageFilter.GaussianBlur(0.8))
    return saved(small, "JPEG", quality=55)


def framed(image: Image.Image) -> Image.Image:
    """As a screenshot of a page that shows it: edges of the page around it."""
    page = Image.new("RGB", (image.width + 60, image.height + 120), (245, 245, 245))
    page.paste(image, (30, 90))
    return page


def cropped(image: Image.Image) -> bytes:
    """A twentieth of each side cut away."""
    across, down = image.width // 20, image.height // 20
    inner = image.crop((across, down, image.width - across, image.height - down))
    return saved(inner, "JPEG", quality=80)


@dataclass(frozen=True)
class Someone:
    """A person at their own machine: a folder of files, a home of their own, the command line."""

    folder: Path
    registry: str

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run a command, require its exit code and return its stdout."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MYSELF_I2I")}
        environment |= {"MYSELF_I2I_HOME": str(self.folder / "home"), "MYSELF_I2I_REGISTRY": self.registry}
        done = subprocess.run(
            [COMMAND, "--lang", "en", *arguments],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        assert code == done.returncode, done.stdout + done.stderr
        return done.stdout

    def json(self, *arguments: str, code: int = 0) -> Any:
        """Run a command with --json and return the last object it wrote."""
        return json.loads(self.run(*arguments, "--json", code=code).splitlines()[-1])

    def save(self, name: str, data: bytes) -> str:
        """Put a file into the folder."""
        (self.folder / name).write_bytes(data)
        return name

    def publish_mark(self, output: bytes, source: bytes) -> dict[str, Any]:
        """Pledge, declare a source as an own drawing, mark an i2i output of it, publish the mark."""
        self.run("pledge", "--name", "somebody", "--yes")
        self.save("source.png", source)
        self.run("sources", "add", "source.png", "--basis", "own-drawing")
        self.save("output.png", output)
        self.run("mark", "output.png", "--as", "i2i source.png", "--out", "marked")
        published: dict[str, Any] = self.json("publish", "marked/output.png")
        return published


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Running]:
    """A registry that runs."""
    with running(tmp_path / "registry") as one:
        yield one


@pytest.fixture
def artist(tmp_path: Path, registry: Running) -> Someone:
    """Somebody who draws."""
    return _someone(tmp_path / "artist", registry)


@pytest.fixture
def maker(tmp_path: Path, registry: Running) -> Someone:
    """Somebody who makes pictures with AI."""
    return _someone(tmp_path / "maker", registry)


@pytest.fixture
def anyone(tmp_path: Path, registry: Running) -> Someone:
    """Somebody who only looks."""
    return _someone(tmp_path / "anyone", registry)


def _someone(folder: Path, registry: Running) -> Someone:
    folder.mkdir()
    return Someone(folder, registry.url)


def by_content(registry: Running, data: bytes, kind: str = "image/jpeg") -> list[str]:
    """The manifests of what looks the same."""
    headers = {"content-type": kind}
    found = httpx.post(f"{registry.url}/matches/byContent", content=data, headers=headers, timeout=PATIENCE)
    assert 200 == found.status_code, found.text
    return [one["manifestId"] for one in found.json()["matches"]]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def fair(said: str) -> None:
    """Nothing that was said accuses anybody."""
    assert [] == [word for word in NEVER if word in said]


class TestStream:
    """A live drawing stream is captured, put through i2i, and posted and published before the artist is done."""

    def test_story(self, artist: Someone, maker: Someone, anyone: Someone, registry: Running) -> None:
        """The log shows that the artist's sealed frame was there first; no other frame and no picture was shown."""
        work = scene(1)
        (artist.folder / "work").mkdir()
        artist.save("work/rough.png", saved(scene(2)))
        artist.run("journal", "watch", "work", "--once")
        artist.save("work/drawing.png", saved(work))
        artist.run("journal", "watch", "work", "--once")
        frames = artist.json("journal", "show")["frames"]
        entry = artist.json("publish", "--journal", frames[1]["envelope"])

        # A viewer's capture of the stream becomes the source of an i2i picture, declared as their own drawing.
        posted = repainted(1)
        mark = maker.publish_mark(saved(posted), captured(work))

        # The artist asks with the drawing: the recorded source looks like it, by its maker's word an own drawing.
        answer = artist.json("ask", "work/drawing.png", code=1)["answer"]
        (source,) = [one for one in answer["hits"] if one["what"] == "source"]
        assert ("own-drawing", mark["index"]) == (source["basis"], source["mark"]["index"])
        assert moment(entry["loggedAt"]) <= moment(source["mark"]["loggedAt"])
        assert entry["index"] < mark["index"]

        # Opened later, checked by anyone: this frame was sealed in that entry, and the log had it before the mark.
        artist.run("journal", "open", "work/drawing.png", "--out", "opening.json")
        opening = (artist.folder / "opening.json").read_bytes()
        anyone.save("opening.json", opening)
        anyone.save("drawing.png", saved(work))
        receipt = Path(entry["receipt"]).read_bytes()
        anyone.save("frame.tlog-proof", receipt)
        anyone.run("audit", registry.url, "--receipt", "frame.tlog-proof")
        checked = anyone.run(
            "journal", "check", "opening.json", "drawing.png", "--receipt", "frame.tlog-proof"
        )
        assert f"entry {entry['index']} of the log" in checked
        assert frames[0]["envelope"] not in opening.decode()
        fair(checked + json.dumps(answer, ensure_ascii=False))

    def test_near_only(self, artist: Someone, maker: Someone) -> None:
        """Where the source was sealed, the output alone is found by its layout, and the sealed source is counted as unseen."""
        work = scene(1)
        artist.save("drawing.png", saved(work))
        maker.run("pledge", "--name", "somebody", "--yes")
        maker.save("source.png", captured(work))
        maker.run("sources", "add", "source.png", "--basis", "own-drawing")
        maker.save("output.png", saved(repainted(1)))
        maker.run("mark", "output.png", "--as", "i2i source.png", "--seal-sources", "--out", "marked")
        maker.run("publish", "marked/output.png")
        answer = artist.json("ask", "drawing.png", code=1)["answer"]
        assert [] == [one for one in answer["hits"] if one["what"] == "source"]
        assert 1 == answer["recorded"]["sources"]["sealed"]
        assert ["output"] == [one["what"] for one in answer["hits"]]


class TestReplies:
    """Replies carry i2i'd versions of a posted picture."""

    def test_unrecorded(self, artist: Someone, maker: Someone, anyone: Someone, registry: Running) -> None:
        """Of pictures that nobody recorded the answer is "not recorded", in words, with the limit; fair makers stay clear of it."""
        posted = scene(3)
        artist.save("posted.png", saved(posted))
        artist.run("wish", "no", "posted.png", "--name", "ume", "--out", "wish.json")
        artist.run("publish", "--wish", "wish.json")
        fair_mark = maker.publish_mark(saved(repainted(5)), saved(scene(5)))

        for name, data in {"a.jpg": captured(repainted(3)), "b.png": saved(framed(repainted(3)))}.items():
            anyone.save(name, data)
            said = anyone.run("check", name, code=1)
            assert "not recorded" in said
            assert LIMIT.en in said
            assert [] == by_content(registry, data, "image/png" if name.endswith("png") else "image/jpeg")
            fair(said)

        keyid = registry.get(f"/s/{fair_mark['code']}").json()["keyid"]
        answer = artist.json("ask", "posted.png", "--maker", keyid)["answer"]
        assert (
            "your picture is not used: none of the recorded sources (1) looks near it" in answer["says"]["en"]
        )
        assert "あなたの絵は使われていません" in answer["says"]["ja"]
        assert LIMIT.ja in [one["ja"] for one in answer["doesNotShow"]]
        fair(json.dumps(answer, ensure_ascii=False))

    def test_suspended(self, maker: Someone, tmp_path: Path, registry: Running) -> None:
        """A key that the operator suspends is shown as suspended from then on, can publish no more, and its history stays."""
        mark = maker.publish_mark(saved(repainted(3)), saved(scene(3)))
        keyid = registry.get(f"/s/{mark['code']}").json()["keyid"]
        operator = Someone(tmp_path, registry.url)
        operator.run("registry", "suspend", keyid, "--reason", "rules", "--data", "registry")
        shown = registry.get(f"/makers/{keyid}").json()
        assert "suspended" == shown["standing"]
        assert 200 == registry.get(f"/s/{mark['code']}").status_code
        maker.save("another.png", saved(repainted(4)))
        maker.run("mark", "another.png", "--as", "i2i source.png", "--out", "marked")
        maker.run("publish", "marked/another.png", code=1)


class TestPassedOff:
    """A posted picture is put through i2i and shown as somebody's own drawing."""

    def test_story(self, artist: Someone, maker: Someone, anyone: Someone, registry: Running) -> None:
        """What was published first is found with its date; that nobody's records speak of the other is said, and nothing more."""
        mark = artist.publish_mark(saved(repainted(7)), saved(scene(7)))
        shown = repainted(7)
        manifest = registry.get(f"/s/{mark['code']}").json()["manifestId"]

        # Stripped and saved again, made smaller, in a screenshot: the mark is found from the pixels.
        for data in (reposted(shown), captured(shown), saved(framed(shown), "JPEG", quality=80)):
            assert manifest in by_content(registry, data)
        assert [] == by_content(registry, reposted(scene(8)))
        found = registry.get(f"/manifests/{manifest}")
        assert "application/c2pa" in found.headers["content-type"]

        # Cut, it is no longer the same to the bits; the layout still tells.
        anyone.save("cut.jpg", cropped(shown))
        answer = anyone.json("ask", "cut.jpg", code=1)["answer"]
        assert {mark["index"]} == {one["mark"]["index"] for one in answer["hits"]}

        # Put through i2i it is another picture to that question; the layout is near, and the log says which was there first.
        passed_off = scene(7, paint=99)
        maker.save("mine.jpg", saved(passed_off, "JPEG", quality=85))
        said = maker.run("check", "mine.jpg", code=1)
        assert "not recorded" in said
        assert LIMIT.en in said
        anyone.save("seen.jpg", reposted(passed_off))
        answer = anyone.json("ask", "seen.jpg", code=1)["answer"]
        near = {one["what"]: one for one in answer["hits"]}
        assert {"output", "source"} == set(near)
        assert {mark["index"]} == {one["mark"]["index"] for one in near.values()}
        fair(said + json.dumps(answer, ensure_ascii=False))
