from __future__ import annotations

import base64
import hashlib
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from myself_i2i.recording.interface import Origin
from tests.plugins.comfyui_pack import image_to_image, pack_module, scaled
from tests.plugins.comfyui_standin import StandIn
from tests.plugins.recorder_in_memory import InMemoryRecorder

commands = pack_module("commands")


@dataclass
class Shell:
    """Stands for the command line: keeps what it was asked, answers as told."""

    code: int = 0
    out: str = ""
    talk: str = ""
    declared: set[tuple[str, str]] = field(default_factory=set)
    """File name and basis of what the ledger has."""
    asked: list[list[str]] = field(default_factory=list)
    act: Callable[[Sequence[str]], None] = lambda _: None

    def __call__(self, arguments: Sequence[str]) -> Any:
        """Run one command."""
        self.asked.append(list(arguments))
        self.act(arguments)
        return commands.Outcome(self.code, self.out, self.talk)

    def known(self, path: Path, basis: str) -> bool:
        """Whether the ledger has it."""
        return (path.name, basis) in self.declared


@dataclass
class Host:
    """A stand-in ComfyUI with the pack in it."""

    comfy: StandIn
    recorder: InMemoryRecorder
    shell: Shell

    def put(self, name: str, shade: int = 10) -> str:
        """Put a picture into the input folder; return its sha256."""
        path = self.comfy.base / "input" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 8), (shade, 0, 0)).save(path)
        return hashlib.sha256(path.read_bytes()).hexdigest()

    def told(self) -> list[str]:
        """What the person was shown."""
        return [data["en"] for event, data in self.comfy.server.sent if event == "myself_i2i.tell"]


@pytest.fixture
def host(tmp_path: Path) -> Host:
    comfy, recorder, shell = StandIn(tmp_path), InMemoryRecorder(), Shell()
    tell = pack_module("guard").Teller(comfy.server.send_sync)
    files = pack_module("files").HostFiles(comfy.modules["folder_paths"])
    classes, names = pack_module("joining").join(
        comfy.modules, recorder, tell, commands=commands.Commands(files, tell, run=shell, known=shell.known)
    )
    assert set(classes) == set(names)
    comfy.classes |= classes
    return Host(comfy, recorder, shell)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class TestRun:
    def test_hashes(self, host: Host) -> None:
        """The record has the sha256 of the file that was loaded and of the file on disk that was saved."""
        source = host.put("a.png")
        host.comfy.run(image_to_image())
        (record,) = host.recorder.records
        assert [("init", source)] == [(one.role, one.sha256) for one in record.inputs]
        (saved,) = (host.comfy.base / "output").iterdir()
        assert [(saved, sha256(saved))] == record.outputs
        assert ("i2i", 0.5, True) == (record.facts.mode, record.facts.strength, record.ended)

    def test_is_changed(self, host: Host) -> None:
        """What is recorded for the source is what the file's own `is_changed` says."""
        host.put("a.png")
        host.comfy.run(scaled())
        (record,) = host.recorder.records
        with Image.open(record.outputs[0][0]) as picture:
            assert f'"is_changed": ["{record.inputs[0].sha256}"]' in picture.info["prompt"]

    def test_cached(self, host: Host) -> None:
        """A repeated run that executes nothing is recorded too, with the same file."""
        host.put("a.png")
        host.comfy.run(scaled())
        host.comfy.run(scaled())
        assert [] == host.comfy.executor.ran
        first, second = host.recorder.records
        assert (first.outputs, first.inputs) == (second.outputs, second.inputs)

    def test_cached_then_changed(self, host: Host) -> None:
        """A repeated run is not put down as the maker of a file that somebody worked on in between; that is told."""
        host.put("a.png")
        host.comfy.run(scaled())
        (saved,) = (host.comfy.base / "output").iterdir()
        Image.new("RGB", (8, 8)).save(saved)
        os.utime(saved, (time.time() - 60, time.time() - 60))
        host.comfy.run(scaled())
        assert 1 == len(host.recorder.records)
        assert [True] == ["was changed" in line for line in host.told()]

    def test_new_source(self, host: Host) -> None:
        """A source replaced under the same name runs anew and is recorded with its new hash."""
        host.put("a.png", 10)
        host.comfy.run(scaled())
        second = host.put("a.png", 200)
        host.comfy.run(scaled())
        assert second == host.recorder.records[-1].inputs[0].sha256
        assert 2 == len({run.outputs[0][0] for run in host.recorder.records})

    def test_when_it_runs(self, host: Host) -> None:
        """Inputs are noted when the run is taken from the queue: a file replaced while it waited is noted as it ran."""
        host.put("a.png", 10)
        host.comfy.post(scaled())
        late = host.put("a.png", 99)
        host.comfy.work()
        (record,) = host.recorder.records
        assert late == record.inputs[0].sha256

    def test_text_to_image(self, host: Host) -> None:
        """A run without a picture is recorded with none."""
        prompt = image_to_image()
        prompt["e"] = {"class_type": "EmptyLatentImage", "inputs": {"width": 8, "height": 8}}
        host.put("idle.png")
        host.put("a.png")
        host.comfy.run(prompt)
        (record,) = host.recorder.records
        assert ([], "t2i") == (record.inputs, record.facts.mode)

    def test_preview(self, host: Host) -> None:
        """A previewed picture is recorded: people keep those too."""
        host.put("a.png")
        host.comfy.run(scaled(save="PreviewImage"))
        (record,) = host.recorder.records
        assert host.comfy.base / "temp" == record.outputs[0][0].parent

    def test_other_saver(self, host: Host) -> None:
        """Another pack's saver is recorded from ComfyUI's results, and a file that is not whole yet is waited for."""
        host.put("a.png")
        host.comfy.run(scaled(save="OtherPackSaveImage"))
        assert [] == host.recorder.records
        end = time.monotonic() + 10
        while not (host.recorder.records and host.recorder.records[0].ended) and time.monotonic() < end:
            time.sleep(0.05)
        assert ["late.webp"] == [path.name for path, _ in host.recorder.records[0].outputs]

    def test_embedded(self, host: Host) -> None:
        """A picture inside the graph is noted by the sha256 of its bytes."""
        buffer = BytesIO()
        Image.effect_noise((24, 24), 60).save(buffer, "PNG")
        host.comfy.run(scaled(base64.b64encode(buffer.getvalue()).decode(), loader="ETN_LoadImageBase64"))
        (one,) = host.recorder.records[0].inputs
        assert (Origin.EMBEDDED, hashlib.sha256(buffer.getvalue()).hexdigest()) == (one.origin, one.sha256)

    def test_url(self, host: Host) -> None:
        """A URL is noted by name and never fetched."""
        prompt = {
            "1": {"class_type": "LoadImageFromUrl", "inputs": {"url": "https://host.invalid/a.png"}},
            "3": {"class_type": "SaveImage", "inputs": {"images": ["1", 0]}},
        }
        host.comfy.run(prompt)
        (one,) = host.recorder.records[0].inputs
        assert (Origin.URL, None, None) == (one.origin, one.path, one.sha256)


class TestFaults:
    @pytest.mark.parametrize("switch", ["fail_begin", "fail_input", "fail_output"])
    def test_never_breaks(self, host: Host, switch: str) -> None:
        """Whatever the recorder does, the picture is made, and the person is told once however often it happens."""
        setattr(host.recorder, switch, True)
        host.put("a.png")
        host.comfy.run(scaled())
        host.comfy.run(image_to_image())
        assert 2 == len(list((host.comfy.base / "output").iterdir()))
        told = host.told()
        assert told
        assert len(told) == len(set(told))

    def test_odd_requests(self, host: Host) -> None:
        """A request that is no graph gets ComfyUI's own answer, not ours."""
        requests: list[dict[str, Any]] = [{}, {"prompt": {}}, {"number": 1}]
        for data in requests:
            assert 400 == host.comfy.server.post_prompt(data)[0]
        assert [] == host.told()

    def test_twice(self, host: Host, tmp_path: Path) -> None:
        """A pack loaded twice does not record twice."""
        host.put("a.png")
        modules = host.comfy.modules
        tell = pack_module("guard").Teller()
        other = InMemoryRecorder()
        pack_module("joining").join(modules, other, tell)
        host.comfy.run(scaled())
        assert (1, 0) == (len(host.recorder.records), len(other.records))
        assert tmp_path.is_dir()


class TestStrict:
    def test_refused(self, host: Host) -> None:
        """An undeclared source is refused at its loader before anything runs, in both languages, with the way out."""
        host.recorder.strict = True
        host.put("a.png")
        status, answer = host.comfy.post(scaled())
        (reason,) = answer["node_errors"]["1"]
        assert 400 == status
        assert all(
            part in reason
            for part in ("a.png", "根拠がありません", "no rights basis", "myself-i2i sources add")
        )
        host.comfy.work()
        assert [] == host.recorder.records

    def test_declared(self, host: Host) -> None:
        """A declared source passes, and so does the same graph once its source is declared."""
        host.recorder.strict = True
        source = host.put("a.png")
        assert 400 == host.comfy.post(scaled())[0]
        host.recorder.bases.add(source)
        host.comfy.run(scaled())
        assert 1 == len(host.recorder.records)

    def test_idle_loader(self, host: Host) -> None:
        """An undeclared picture that reaches no output stops nothing."""
        host.recorder.strict = True
        host.recorder.bases.add(host.put("a.png", 1))
        host.put("idle.png", 2)
        assert 200 == host.comfy.post(image_to_image())[0]

    def test_only_that_branch(self, host: Host) -> None:
        """Where one of two outputs is refused, the other still runs: that is how ComfyUI takes a refusal."""
        host.recorder.strict = True
        host.recorder.bases.add(host.put("a.png", 1))
        host.put("b.png", 2)
        prompt = {**scaled("a.png"), **{f"x{key}": entry for key, entry in scaled("b.png").items()}}
        prompt["x2"]["inputs"]["image"], prompt["x3"]["inputs"]["images"] = ["x1", 0], ["x2", 0]
        host.comfy.run(prompt)
        assert ["a.png"] == [one.name for run in host.recorder.records for one in run.inputs]

    def test_loader_without_words(self, host: Host) -> None:
        """A loader that cannot refuse by itself is refused by the request, and the reason is told."""
        host.recorder.strict = True
        buffer = BytesIO()
        Image.effect_noise((24, 24), 60).save(buffer, "PNG")
        text = base64.b64encode(buffer.getvalue()).decode()
        assert 400 == host.comfy.post(scaled(text, loader="ETN_LoadImageBase64"))[0]
        assert ["no rights basis" in line for line in host.told()] == [True]

    def test_own_validation(self, host: Host) -> None:
        """The loader's own validation still speaks: a missing file is ComfyUI's error, not ours."""
        host.recorder.strict = True
        host.put("b.png")
        host.comfy.post(scaled("b.png"))
        host.recorder.strict = False
        answer = host.comfy.post(scaled("absent.png"))[1]
        assert ["Invalid image file: absent.png"] == answer["node_errors"]["1"]


class TestDeclaredSource:
    def prompt(self, **inputs: str) -> dict[str, Any]:
        """A graph with the node in it."""
        prompt = scaled("a.png", loader=commands.DECLARED_CLASS)
        prompt["1"]["inputs"] |= {"basis": "own-drawing", **inputs}
        return prompt

    def test_declares(self, host: Host) -> None:
        """The node declares its file with its basis when the graph is queued, once however often it runs."""
        host.put("a.png")
        host.comfy.run(self.prompt())
        host.comfy.run(self.prompt())
        added = [asked for asked in host.shell.asked if asked[1] == "add"]
        assert [
            ["sources", "add", str(host.comfy.base / "input" / "a.png"), "--basis", "own-drawing"]
        ] == added
        assert 2 == len(host.recorder.records)

    def test_already(self, host: Host) -> None:
        """What the ledger has already is not declared again."""
        host.put("a.png")
        host.shell.declared.add(("a.png", "own-drawing"))
        host.comfy.run(self.prompt())
        assert [] == host.shell.asked

    def test_before_strict(self, host: Host) -> None:
        """In strict mode the node's declaration counts for the very run that makes it."""
        host.recorder.strict = True
        digest = host.put("a.png")

        def declare(arguments: Sequence[str]) -> None:
            if arguments[1] == "add":
                host.recorder.bases.add(digest)

        host.shell.act = declare
        host.comfy.run(self.prompt())
        assert 1 == len(host.recorder.records)

    def test_refused_without(self, host: Host) -> None:
        """A declaration that fails is told, and strict mode still refuses."""
        host.recorder.strict = True
        host.shell.code, host.shell.talk = 2, "error: permission needs --permission"
        host.put("a.png")
        status, answer = host.comfy.post(self.prompt(basis="permission"))
        assert (400, True) == (status, "no rights basis" in answer["node_errors"]["1"][0])
        assert any("--permission" in line for line in host.told())

    def test_options(self, host: Host) -> None:
        """Each basis hands on what it needs and nothing else."""
        host.put("a.png")
        host.put("before.png", 3)
        extra = {"permission_file": "p.json", "licence": "CC-BY-4.0", "earlier_file": "before.png"}
        for basis, option in (
            ("permission", ["--permission", "p.json"]),
            ("open-licence", ["--licence", "CC-BY-4.0"]),
            ("own-generation", ["--from", str(host.comfy.base / "input" / "before.png")]),
            ("own-photo", []),
        ):
            host.comfy.run(self.prompt(basis=basis, **extra))
            assert option == host.shell.asked[-1][5:]

    def test_wrong_basis(self, host: Host) -> None:
        """A basis that is none is refused by validation, in both languages."""
        host.put("a.png")
        answer = host.comfy.post(self.prompt(basis="found-it"))[1]
        assert "found-it" in answer["node_errors"]["1"][0]
        assert [] == host.shell.asked


class TestSaveWithMark:
    def test_marked(self, host: Host) -> None:
        """The record is in the ledger before the mark is written, and the marked file is recorded as it is on disk."""
        source = host.put("a.png")
        before: list[int] = []

        def mark(arguments: Sequence[str]) -> None:
            before.append(host.recorder.flushed)
            path = Path(arguments[-1])
            path.write_bytes(path.read_bytes() + b"mark")

        host.shell.act = mark
        host.comfy.run(scaled(save="MyselfI2iSaveImageMarked"))
        (saved,) = (host.comfy.base / "output").iterdir()
        assert [["mark", "--in-place", str(saved)]] == host.shell.asked
        assert [1] == before
        assert {source} == {one.sha256 for run in host.recorder.records for one in run.inputs}
        digests = [digest for run in host.recorder.records for _, digest in run.outputs]
        assert [2, 1] == [len(set(digests)), digests.count(sha256(saved))]

    def test_not_marked(self, host: Host) -> None:
        """A picture that cannot be marked is saved and recorded all the same, and why is told."""
        host.shell.code, host.shell.talk = 1, "no pledge yet\nmyself-i2i pledge"
        host.put("a.png")
        host.comfy.run(scaled(save="MyselfI2iSaveImageMarked"))
        assert 1 == len(list((host.comfy.base / "output").iterdir()))
        assert host.recorder.records
        assert any("no pledge yet" in line for line in host.told())
