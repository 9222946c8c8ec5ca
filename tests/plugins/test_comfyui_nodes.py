from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.plugins.comfyui_host import Host, host_in, sha256
from tests.plugins.comfyui_pack import pack_module, scaled

commands = pack_module("commands")


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return host_in(tmp_path)


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
