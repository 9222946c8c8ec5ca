"""The node pack in a real ComfyUI, through its HTTP API; skipped unless COMFYUI_DIR names a checkout.

COMFYUI_PYTHON names the Python that has ComfyUI's requirements and myself-i2i (this one otherwise). Which versions
were run, and how, stands in docs/plugins.md.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from myself_i2i.attestation import SHA256, PrivateKey, Statement
from myself_i2i.ledger import KeyStore, Ledger, ledger_path
from myself_i2i.predicates import Generation
from tests.plugins.comfyui_pack import PACK, scaled

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("COMFYUI_DIR" not in os.environ, reason="COMFYUI_DIR names no ComfyUI checkout"),
]

START_SECONDS = 300
RUN_SECONDS = 120


@dataclass
class Comfy:
    """A ComfyUI that runs."""

    base: Path
    home: Path
    port: int

    def ask(self, path: str, body: Any = None) -> tuple[int, Any]:
        """One HTTP request; status and JSON."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # loopback
            f"http://127.0.0.1:{self.port}{path}", data=data, headers={"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310  # loopback
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read() or b"null")

    def run(self, prompt: Any) -> None:
        """Post a graph and wait until it is in the history."""
        status, answer = self.ask("/prompt", {"prompt": prompt, "client_id": "test"})
        assert 200 == status, answer
        end = time.monotonic() + RUN_SECONDS
        while answer["prompt_id"] not in (history := self.ask("/history")[1]):
            assert time.monotonic() < end
            time.sleep(0.2)
        assert history[answer["prompt_id"]].get("status", {}).get("status_str", "success") == "success", (
            history
        )

    def records(self, wanted: int) -> list[tuple[str, Generation]]:
        """The ledger's records, sha256 of the output first, once there are as many as wanted (or time is up)."""
        end = time.monotonic() + 20
        while True:
            found = []
            if ledger_path(self.home).exists():
                with Ledger.open(ledger_path(self.home)) as ledger:
                    for entry in ledger.by_predicate_type(Generation.PREDICATE_TYPE):
                        statement = Statement.parse(entry.envelope.payload)
                        found.append(
                            (statement.subjects[0].digest[SHA256], Generation.from_json(statement.predicate))
                        )
            if len(found) >= wanted or time.monotonic() > end:
                return found
            time.sleep(0.2)

    def saved(self, prefix: str) -> list[Path]:
        """The files that were saved under a prefix."""
        return sorted((self.base / "output").glob(f"{prefix}_*.png"))


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def image_to_image() -> dict[str, Any]:
    """LoadImage -> VAEEncode -> KSampler -> VAEDecode -> SaveImage with the toy model."""
    return {
        "1": {"class_type": "LoadImage", "inputs": {"image": "drawing.png"}},
        "m": {"class_type": "ToyModelLoader", "inputs": {}},
        "e": {"class_type": "VAEEncode", "inputs": {"pixels": ["1", 0], "vae": ["m", 1]}},
        "k": {
            "class_type": "KSampler",
            "inputs": {
                "model": ["m", 0], "positive": ["m", 2], "negative": ["m", 2], "latent_image": ["e", 0], "seed": 7,
                "steps": 2, "cfg": 1.0, "sampler_name": "euler", "scheduler": "normal", "denoise": 0.5,
            },
        },
        "d": {"class_type": "VAEDecode", "inputs": {"samples": ["k", 0], "vae": ["m", 1]}},
        "s": {"class_type": "SaveImage", "inputs": {"images": ["d", 0], "filename_prefix": "i2i"}},
    }  # fmt: skip


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Comfy]:
    yield from start(tmp_path_factory.mktemp("comfyui"), strict=False)


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Comfy]:
    yield from start(tmp_path_factory.mktemp("comfyui-strict"), strict=True)


def start(base: Path, *, strict: bool) -> Iterator[Comfy]:
    """A ComfyUI with the pack and the toy model, on folders of its own."""
    for folder in ("input", "output", "temp", "models", "user", "custom_nodes"):
        (base / folder).mkdir()
    shutil.copytree(PACK, base / "custom_nodes" / "myself-i2i-recorder")
    (base / "custom_nodes" / "toy").mkdir()
    shutil.copy(Path(__file__).parent / "toy_nodes.py", base / "custom_nodes" / "toy" / "__init__.py")
    Image.effect_noise((64, 64), 80).convert("RGB").save(base / "input" / "drawing.png")
    home = base / "home"
    KeyStore(home).save(PrivateKey.generate(os.urandom(32)))
    if strict:
        (home / "recording.toml").write_text("strict = true\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    checkout, python = Path(os.environ["COMFYUI_DIR"]), os.environ.get("COMFYUI_PYTHON", sys.executable)
    command = [
        python,
        "main.py",
        "--cpu",
        "--base-directory",
        str(base),
        "--port",
        str(port),
        "--disable-auto-launch",
    ]
    with (base / "log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=checkout, stdout=log, stderr=log, env={**os.environ, "MYSELF_I2I_HOME": str(home)}
        )
        try:
            comfy = Comfy(base, home, port)
            end = time.monotonic() + START_SECONDS
            while True:
                assert process.poll() is None, (base / "log").read_text(errors="replace")[-4000:]
                assert time.monotonic() < end, "ComfyUI did not start in time"
                try:
                    comfy.ask("/queue")
                    break
                except OSError:
                    time.sleep(0.5)
            yield comfy
        finally:
            process.terminate()
            process.wait(30)


class TestReal:
    def test_scaled(self, started: Comfy) -> None:
        """LoadImage -> ImageScale -> SaveImage: source and output are in the record by the hashes of their files."""
        before = len(started.records(0))
        started.run(scaled("drawing.png"))
        output, record = started.records(before + 1)[-1]
        assert sha256(started.saved("scaled")[-1]) == output
        assert [sha256(started.base / "input" / "drawing.png")] == [one.sha256 for one in record.inputs]
        assert "yes" == record.image_input

    def test_cached(self, started: Comfy) -> None:
        """A repeated run, all of it cached, is recorded too."""
        started.run(scaled("drawing.png"))
        before, files = started.records(1), started.saved("scaled")
        time.sleep(1.1)  # a record counts in seconds: the same again within one would be the same statement
        started.run(scaled("drawing.png"))
        after = started.records(len(before) + 1)
        assert (len(before) + 1, files) == (len(after), started.saved("scaled"))
        assert before[-1][0] == after[-1][0]

    def test_image_to_image(self, started: Comfy) -> None:
        """An img2img run with a sampler is recorded as one, with role, strength and the file's own `is_changed`."""
        before = len(started.records(0))
        started.run(image_to_image())
        output, record = started.records(before + 1)[-1]
        (saved,) = started.saved("i2i")
        assert (sha256(saved), "i2i", 0.5) == (output, record.mode, record.strength)
        assert [("init", sha256(started.base / "input" / "drawing.png"))] == [
            (x.role, x.sha256) for x in record.inputs
        ]
        with Image.open(saved) as picture:
            assert [record.inputs[0].sha256] == json.loads(picture.info["prompt"])["1"]["is_changed"]

    def test_preview(self, started: Comfy) -> None:
        """A preview is recorded."""
        before = len(started.records(0))
        started.run(scaled("drawing.png", save="PreviewImage"))
        output, _ = started.records(before + 1)[-1]
        assert output in {sha256(path) for path in started.base.rglob("*.png")}

    def test_strict(self, strict: Comfy) -> None:
        """In strict mode ComfyUI answers 400 with our sentence in both languages; once declared, the graph runs."""
        status, answer = strict.ask("/prompt", {"prompt": scaled("drawing.png")})
        told = json.dumps(answer, ensure_ascii=False)
        assert 400 == status
        assert all(part in told for part in ("使ってよい根拠", "no rights basis", "myself-i2i sources add"))
        prompt = scaled("drawing.png", loader="MyselfI2iLoadDeclaredImage")
        prompt["1"]["inputs"]["basis"] = "own-drawing"
        strict.run(prompt)
        ((_, record),) = strict.records(1)
        assert record.inputs[0].basis is not None

    def test_marked(self, started: Comfy) -> None:
        """Save with mark: the file on disk carries a mark whose check says "recorded", and nothing contradicts it."""
        cli = [sys.executable, "-c", "from myself_i2i.cli import main; main()"]
        home = {**os.environ, "MYSELF_I2I_HOME": str(started.home)}
        subprocess.run(
            [*cli, "pledge", "--yes", "--name", "maker"], env=home, check=True, capture_output=True
        )
        prompt = scaled("drawing.png", loader="MyselfI2iLoadDeclaredImage", save="MyselfI2iSaveImageMarked")
        prompt["1"]["inputs"]["basis"] = "own-drawing"
        prompt["3"]["inputs"]["filename_prefix"] = "marked"
        before = len(started.records(0))
        started.run(prompt)
        (saved,) = started.saved("marked")
        assert sha256(saved) in {output for output, _ in started.records(before + 2)}
        done = subprocess.run(
            [*cli, "check", "--json", str(saved)], env=home, check=False, capture_output=True
        )
        assert b'"recorded"' in done.stdout, done.stdout
        assert 0 == done.returncode, done.stdout
