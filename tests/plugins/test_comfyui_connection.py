from __future__ import annotations

import hashlib
import importlib.util
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from myself_i2i.attestation import SHA256, PrivateKey, Statement
from myself_i2i.cli import main
from myself_i2i.ledger import KeyStore, Ledger, ledger_path
from myself_i2i.predicates import Generation
from tests.plugins.comfyui_pack import PACK, image_to_image, pack_module, scaled
from tests.plugins.comfyui_standin import StandIn

NAME = "custom_nodes.myself_i2i_recorder"


def load() -> Any:
    """Load the pack as ComfyUI does: `__init__.py` as a package under a name of ComfyUI's own."""
    spec = importlib.util.spec_from_file_location(NAME, PACK / "__init__.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("MYSELF_I2I_HOME", str(tmp_path / "home"))
    yield
    for name in [name for name in sys.modules if name.startswith(NAME)]:
        del sys.modules[name]


@pytest.fixture
def comfy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> StandIn:
    host = StandIn(tmp_path / "comfy")
    for name, module in host.modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    Image.effect_noise((16, 16), 60).convert("RGB").save(tmp_path / "comfy" / "input" / "a.png")
    return host


def recorder_of(comfy: StandIn) -> Any:
    """The recorder behind the hooks that stand in this ComfyUI."""
    handler = comfy.server.handlers[0]
    return next(
        cell.cell_contents for cell in handler.__closure__ if hasattr(cell.cell_contents, "recorder")
    ).recorder


class TestLoad:
    def test_record(self, comfy: StandIn, tmp_path: Path) -> None:
        """From the loaded pack to the ledger: source and output by hash, signed, with tool, mode and strength."""
        home = tmp_path / "home"
        KeyStore(home).save(PrivateKey.generate(bytes(range(32))))
        module = load()
        comfy.classes |= module.NODE_CLASS_MAPPINGS
        assert set(module.NODE_CLASS_MAPPINGS) == set(module.NODE_DISPLAY_NAME_MAPPINGS)
        comfy.run(image_to_image())
        recorder_of(comfy).close()
        with Ledger.open(ledger_path(home)) as ledger:
            (entry,) = ledger.by_predicate_type(Generation.PREDICATE_TYPE)
            statement = Statement.parse(entry.envelope.payload)
        record = Generation.from_json(statement.predicate)
        (saved,) = (tmp_path / "comfy" / "output").iterdir()
        source = (tmp_path / "comfy" / "input" / "a.png").read_bytes()
        assert hashlib.sha256(saved.read_bytes()).hexdigest() == statement.subjects[0].digest[SHA256]
        assert [("init", hashlib.sha256(source).hexdigest())] == [
            (one.role, one.sha256) for one in record.inputs
        ]
        assert ("ComfyUI", "i2i", "yes", 0.5) == (
            record.tool,
            record.mode,
            record.image_input,
            record.strength,
        )

    def test_unknown_graph(self, comfy: StandIn, tmp_path: Path) -> None:
        """Where the graph does not tell whether a picture went in, the record says "not recorded", never "no"."""
        home = tmp_path / "home"
        KeyStore(home).save(PrivateKey.generate(bytes(range(32))))
        load()
        comfy.classes["MysteryMaker"] = comfy.classes["CheckpointLoaderSimple"]
        comfy.run({
            "1": {"class_type": "MysteryMaker", "inputs": {"setting": "x"}},
            "3": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "x"}},
        })  # fmt: skip
        recorder_of(comfy).close()
        with Ledger.open(ledger_path(home)) as ledger:
            (entry,) = ledger.by_predicate_type(Generation.PREDICATE_TYPE)
        record = Generation.from_json(Statement.parse(entry.envelope.payload).predicate)
        assert ("unknown", "not_recorded") == (record.mode, record.image_input)

    def test_twice(self, comfy: StandIn) -> None:
        """Loaded several times, as some forks do, it stands in ComfyUI once."""
        first, second = load(), load()
        assert 1 == len(comfy.server.handlers)
        assert first.NODE_CLASS_MAPPINGS == second.NODE_CLASS_MAPPINGS

    def test_without_host(self, caplog: pytest.LogCaptureFixture) -> None:
        """Where something is missing the pack loads without nodes and says so in both languages."""
        with caplog.at_level(logging.WARNING):
            module = load()
        assert {} == module.NODE_CLASS_MAPPINGS
        assert "記録を始められません" in caplog.text
        assert "cannot start recording" in caplog.text

    def test_strict_file(self, comfy: StandIn, tmp_path: Path) -> None:
        """`strict = true` in recording.toml refuses an undeclared source; declared by the command it passes."""
        home = tmp_path / "home"
        KeyStore(home).save(PrivateKey.generate(bytes(range(32))))
        (home / "recording.toml").write_text("strict = true\n")
        load()
        status, answer = comfy.post(scaled())
        assert (400, True) == (status, "使ってよい根拠" in answer["node_errors"]["1"][0])
        source = tmp_path / "comfy" / "input" / "a.png"
        assert not pack_module("commands").is_declared(source, "own-drawing")
        with pytest.raises(SystemExit) as ended:
            main(["sources", "add", str(source), "--basis", "own-drawing"])
        assert 0 == (ended.value.code or 0)
        assert pack_module("commands").is_declared(source, "own-drawing")
        assert not pack_module("commands").is_declared(source, "own-photo")
        comfy.run(scaled())


class TestLocales:
    def test_same(self) -> None:
        """Both languages name the same nodes, inputs and outputs, and the nodes are the pack's."""

        def shape(value: Any) -> Any:
            return {key: shape(inner) for key, inner in value.items()} if isinstance(value, dict) else None

        found = {
            language: json.loads((PACK / "locales" / language / "nodeDefs.json").read_text(encoding="utf-8"))
            for language in ("en", "ja")
        }
        assert shape(found["en"]) == shape(found["ja"])
        assert set(found["en"]) == set(pack_module("nodes").NAMES)
