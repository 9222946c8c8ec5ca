from __future__ import annotations

import base64
import hashlib
import os
import time
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from myself_i2i.recording.interface import Origin
from tests.plugins.comfyui_host import Host, host_in, sha256
from tests.plugins.comfyui_pack import image_to_image, pack_module, scaled
from tests.plugins.recorder_in_memory import InMemoryRecorder


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return host_in(tmp_path)


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
