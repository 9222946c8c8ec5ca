from __future__ import annotations

import base64
import hashlib
import logging
import sys
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from myself_i2i.attestation import SHA256, PrivateKey, Statement
from myself_i2i.ledger import KeyStore, Ledger, ledger_path
from myself_i2i.predicates import Generation
from myself_i2i.predicates.generation import PromptPolicy
from myself_i2i.recording.interface import Origin
from tests.plugins.recorder_in_memory import InMemoryRecorder
from tests.plugins.webui_standin import Processing, Webui, loaded


@pytest.fixture
def recorder() -> InMemoryRecorder:
    return InMemoryRecorder(strict=True)  # as the extension opens it: `check` speaks, the extension decides


@pytest.fixture
def webui(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recorder: InMemoryRecorder) -> Iterator[Webui]:
    monkeypatch.setenv("MYSELF_I2I_HOME", str(tmp_path / "home"))
    host = Webui(tmp_path)
    with loaded(host) as module:
        for page in host.pages:
            page()
        module._follower._recorder = recorder
        yield host


def picture(shade: int = 30) -> Image.Image:
    return Image.new("RGB", (8, 8), (shade, 0, 0))


def png(shade: int = 30) -> bytes:
    buffer = BytesIO()
    Image.effect_noise((24, 24), shade).save(buffer, "PNG")
    return buffer.getvalue()


def noted(recorder: InMemoryRecorder) -> list[tuple[str, Origin]]:
    return [(one.role, one.origin) for one in recorder.runs[-1].inputs]


def unit(**given: Any) -> Any:
    return SimpleNamespace(
        **{"enabled": True, "module": "canny", "model": "control_canny", "image": None, **given}
    )


class TestRun:
    def test_text_to_image(self, webui: Webui, recorder: InMemoryRecorder) -> None:
        """A run without a picture is recorded with none; what the second pass replaced is no strength."""
        webui.process(webui.processing())
        (record,) = recorder.records
        assert ([], None, True) == (record.inputs, record.facts.strength, record.ended)

    def test_facts(self, webui: Webui, recorder: InMemoryRecorder) -> None:
        """Model, its hash, LoRA, prompts, settings and the seeds that were drawn are noted."""
        webui.process(webui.processing(init_images=[picture()]), images=2)
        facts = recorder.records[0].facts
        assert ("toy_v1", "ab" * 32, 0.5, ("fur",)) == (
            facts.model,
            facts.model_hash,
            facts.strength,
            facts.loras,
        )
        assert ("a cat <lora:fur:0.7>", "blurred") == (facts.prompt, facts.negative_prompt)
        assert facts.other is not None
        assert ("20", "Euler a", "100, 101") == tuple(
            facts.other[key] for key in ("steps", "sampler", "seed")
        )

    def test_inputs(self, webui: Webui, recorder: InMemoryRecorder) -> None:
        """Starting picture and mask are noted with their roles; a batch's repeats once."""
        start = picture()
        webui.process(webui.processing(init_images=[start, start], image_mask=Image.new("L", (8, 8), 255)))
        assert [("init", Origin.MEMORY), ("mask", Origin.EDITOR)] == noted(recorder)

    def test_file(self, webui: Webui, recorder: InMemoryRecorder, tmp_path: Path) -> None:
        """A picture opened from a file, as in the batch tab, is noted by its file."""
        (tmp_path / "a.png").write_bytes(png())
        with Image.open(tmp_path / "a.png") as opened:
            webui.process(webui.processing(init_images=[opened]))
        (one,) = recorder.records[0].inputs
        assert Origin.FILE is one.origin
        assert hashlib.sha256((tmp_path / "a.png").read_bytes()).hexdigest() == one.sha256

    def test_tiles(self, webui: Webui, recorder: InMemoryRecorder) -> None:
        """A script that puts its own tiles in place of the starting picture does not hide what was given."""
        given = picture()
        p = webui.processing(init_images=[given])
        p.init_images = [picture(1), picture(2)]
        webui.process(p)
        assert [given] == [one.image for one in recorder.runs[-1].inputs]

    def test_two_jobs(self, webui: Webui, recorder: InMemoryRecorder) -> None:
        """Each run's files stand in its own record."""
        first, second = webui.processing(), webui.processing(init_images=[picture()])
        webui.script.before_process(first)
        webui.script.before_process(second)
        webui.save(second, "samples/b")
        webui.save(first, "samples/a")
        assert [["a.png"], ["b.png"]] == [[path.name for path, _ in run.outputs] for run in recorder.runs]

    def test_off(self, webui: Webui, recorder: InMemoryRecorder) -> None:
        """Switched off on the settings page, nothing is noted."""
        webui.opts.data["myself_i2i_record"] = False
        webui.process(webui.processing(init_images=[picture()]))
        assert [] == recorder.runs


class TestOutputs:
    def test_aside(self, webui: Webui, recorder: InMemoryRecorder) -> None:
        """Grids, masks and first passes are not put down as pictures of the run."""
        webui.process(webui.processing(), images=2)
        assert ["00000-100.png", "00001-101.png"] == [path.name for path, _ in recorder.records[0].outputs]

    def test_number_suffix(self, webui: Webui, recorder: InMemoryRecorder) -> None:
        """The real file is hashed where the webui's own name for it is wrong."""
        p = webui.processing()
        webui.script.before_process(p)
        real = webui.save(p, "samples/c", number_suffix=True)
        assert [(real, hashlib.sha256(real.read_bytes()).hexdigest())] == recorder.records[0].outputs

    def test_without_run(self, webui: Webui, recorder: InMemoryRecorder) -> None:
        """A kept starting picture and a file saved by hand belong to no run."""
        webui.save(None, "samples/init")
        webui.save(Processing(), "samples/by-hand")
        assert [] == recorder.runs


class TestControlNet:
    @pytest.mark.parametrize("kind", ["object", "dict"])
    @pytest.mark.parametrize("form", ["pil", "numpy-like", "base64", "path", "image and mask"])
    def test_forms(
        self, webui: Webui, recorder: InMemoryRecorder, tmp_path: Path, kind: str, form: str
    ) -> None:
        """A unit's picture is noted whatever it comes as, from the page and from the API."""
        (tmp_path / "pose.png").write_bytes(png(9))
        array = SimpleNamespace(__array_interface__={}, ndim=3, shape=(8, 8, 3))
        value: Any = {
            "pil": picture(),
            "numpy-like": array,
            "base64": base64.b64encode(png(9)).decode(),
            "path": str(tmp_path / "pose.png"),
            "image and mask": {"image": picture(), "mask": Image.new("L", (8, 8), 255)},
        }[form]
        one = unit(image=value)
        webui.process(webui.processing(script_args=(0, "x", vars(one) if kind == "dict" else one, None)))
        origin = {"base64": Origin.EMBEDDED, "path": Origin.FILE}.get(form, Origin.MEMORY)
        mask = [("mask", Origin.EDITOR)] if form == "image and mask" else []
        assert [("control", origin), *mask] == noted(recorder)

    def test_empty_mask(self, webui: Webui, recorder: InMemoryRecorder) -> None:
        """The all-black mask of a canvas that nobody drew on is no input."""
        value = {"image": picture(), "mask": Image.new("RGB", (8, 8))}
        webui.process(webui.processing(script_args=[unit(image=value)]))
        assert [("control", Origin.MEMORY)] == noted(recorder)

    @pytest.mark.parametrize(
        ("module", "role"),
        [("canny", "control"), ("ip-adapter_face_id", "reference"), ("reference_only", "reference"),
         ("instant_id_face_embedding", "reference"), ("tile_resample", "control")],
    )  # fmt: skip
    def test_role(self, webui: Webui, recorder: InMemoryRecorder, module: str, role: str) -> None:
        """What says how things look is a reference; what says where they go, a control."""
        webui.process(webui.processing(script_args=[unit(module=module, image=picture())]))
        assert [(role, Origin.MEMORY)] == noted(recorder)

    def test_off(self, webui: Webui, recorder: InMemoryRecorder) -> None:
        """A unit that is off did not go in, whatever picture is left in it."""
        webui.process(webui.processing(script_args=[unit(enabled=False, image=picture())]))
        assert [] == recorder.runs[-1].inputs

    def test_own_start(self, webui: Webui, recorder: InMemoryRecorder) -> None:
        """A unit without a picture of its own takes the run's, which then has both roles."""
        webui.process(webui.processing(init_images=[picture()], script_args=[unit()]))
        assert [("init", Origin.MEMORY), ("control", Origin.MEMORY)] == noted(recorder)

    def test_folder(self, webui: Webui, recorder: InMemoryRecorder) -> None:
        """A unit in batch mode names its folder: which of its pictures went in is not known here."""
        webui.process(
            webui.processing(script_args=[unit(input_mode="InputMode.BATCH", batch_images="poses")])
        )
        assert [("control", Origin.UNKNOWN)] == noted(recorder)

    def test_listed(self, webui: Webui, recorder: InMemoryRecorder) -> None:
        """Units handed over as one list are found."""
        webui.process(webui.processing(script_args=([unit(image=picture()), unit(enabled=False)],)))
        assert [("control", Origin.MEMORY)] == noted(recorder)


class TestStrict:
    def test_default(
        self, webui: Webui, recorder: InMemoryRecorder, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Without strict mode an undeclared source is told in both languages and the run goes on."""
        with caplog.at_level(logging.WARNING):
            webui.process(webui.processing(init_images=[picture()]))
            end = time.monotonic() + 5
            while "no rights basis" not in caplog.text and time.monotonic() < end:
                time.sleep(0.01)
        assert (1, 1) == (webui.sampled, len(recorder.records))
        assert "根拠がありません" in caplog.text
        assert "no rights basis" in caplog.text

    def test_strict(self, webui: Webui, recorder: InMemoryRecorder, caplog: pytest.LogCaptureFixture) -> None:
        """In strict mode the run is stopped before sampling, with the way out."""
        webui.opts.data["myself_i2i_strict"] = True
        with caplog.at_level(logging.WARNING):
            webui.process(webui.processing(init_images=[picture()]))
        assert (0, []) == (webui.sampled, recorder.records)
        assert "myself-i2i sources add" in caplog.text

    def test_nothing_to_refuse(self, webui: Webui, recorder: InMemoryRecorder) -> None:
        """Strict mode lets a run without a picture through."""
        webui.opts.data["myself_i2i_strict"] = True
        webui.process(webui.processing())
        assert 1 == len(recorder.records)


class TestFaults:
    @pytest.mark.parametrize("switch", ["fail_begin", "fail_input", "fail_output"])
    def test_never_breaks(
        self, webui: Webui, recorder: InMemoryRecorder, caplog: pytest.LogCaptureFixture, switch: str
    ) -> None:
        """Whatever the recorder does, no hook raises and the pictures are made."""
        setattr(recorder, switch, True)
        with caplog.at_level(logging.WARNING):
            p = webui.processing(init_images=[picture()])
            webui.script.before_process(p)
            path = webui.save(p, "samples/x")
            webui.script.postprocess(p, None)
        assert path.is_file()
        assert caplog.text

    def test_strange_job(self, webui: Webui, recorder: InMemoryRecorder) -> None:
        """A job of a shape nobody has seen is let through."""
        strange = SimpleNamespace(init_images=[object(), 5], script_args=7, image_mask=object(), prompt=None)
        webui.script.setup(strange)
        webui.script.before_process(strange)
        assert [] == recorder.runs[-1].inputs


class TestSettings:
    def test_page(self, webui: Webui) -> None:
        """The page says everything in both languages, records by default and is not strict by default."""
        assert {"myself_i2i_record", "myself_i2i_strict", "myself_i2i_prompt"} == set(webui.opts.labels)
        assert all(" / " in label and not label.isascii() for label in webui.opts.labels.values())
        assert [True, False, "none"] == list(webui.opts.data.values())

    def test_prompt(self, webui: Webui) -> None:
        """The chosen part of the prompt is what the recorder is told; a value that is none keeps nothing."""
        with loaded(webui) as module:
            chosen = module._follower._chosen
            webui.opts.data["myself_i2i_prompt"] = "full"
            assert PromptPolicy.FULL is chosen.recorder_settings().prompt
            webui.opts.data["myself_i2i_prompt"] = "everything"
            assert PromptPolicy.NONE is chosen.recorder_settings().prompt


class TestLedger:
    def test_real_recorder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """With the real recorder a run ends as a signed record in the ledger, source and output by hash."""
        home = tmp_path / "home"
        monkeypatch.setenv("MYSELF_I2I_HOME", str(home))
        KeyStore(home).save(PrivateKey.generate(bytes(range(32))))
        (tmp_path / "a.png").write_bytes(png())
        host = Webui(tmp_path)
        with loaded(host) as module, Image.open(tmp_path / "a.png") as opened:
            host.process(host.processing(init_images=[opened], denoising_strength=0.4))
            module._follower._recorder.close()
        with Ledger.open(ledger_path(home)) as ledger:
            (entry,) = ledger.by_predicate_type(Generation.PREDICATE_TYPE)
            statement = Statement.parse(entry.envelope.payload)
        record = Generation.from_json(statement.predicate)
        (output,) = (tmp_path / "samples").glob("*-100.png")
        assert hashlib.sha256(output.read_bytes()).hexdigest() == statement.subjects[0].digest[SHA256]
        assert ("AUTOMATIC1111", "v1.10.1", "i2i", 0.4) == (
            record.tool, record.tool_version, record.mode, record.strength,
        )  # fmt: skip
        assert [hashlib.sha256((tmp_path / "a.png").read_bytes()).hexdigest()] == [
            x.sha256 for x in record.inputs
        ]


class TestHost:
    @pytest.mark.parametrize(
        ("version", "forge", "tool"),
        [
            ("v1.10.1", False, "AUTOMATIC1111"),
            ("f2.0.1v1.10.1-previous-665-gae278f79", True, "Forge"),
            ("f1.2.3v2-v1.10.1RC-latest", True, "reForge"),
            ("", True, "Forge"),
        ],
    )
    def test_tool(self, webui: Webui, version: str, forge: bool, tool: str) -> None:  # noqa: FBT001  # a parameter of the table
        """Each of the three is recorded under its own name."""
        assert webui.script is not None
        assert tool == sys.modules["myself_i2i_webui.connection"].tool_of(version, forge=forge)
