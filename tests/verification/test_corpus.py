"""Real files, where they are on this machine: every one is answered, and third parties' signatures are told."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from myself_i2i.c2pa.trust import TrustLists, TrustSettings, load_anchors, trust_settings
from myself_i2i.verification import Step
from myself_i2i.verification.report import Integrity, Known
from tests.verification.checking import checked, kinds

pytestmark = pytest.mark.corpus


@pytest.fixture(scope="module")
def corpus() -> Path:
    """The folder with real files, or skip."""
    folder = Path(os.environ.get("MYSELF_I2I_CORPUS") or Path(__file__).parents[3] / "shared" / "corpus")
    if not (folder / "generators" / "manifest.jsonl").is_file():
        pytest.skip("no real files here (MYSELF_I2I_CORPUS)")
    return folder


@pytest.fixture(scope="module")
def trust(corpus: Path) -> TrustSettings:
    """The official lists."""
    names = ("C2PA-TRUST-LIST.pem", "C2PA-TSA-TRUST-LIST.pem")
    manifest, tsa = (load_anchors((corpus / "c2pa" / name).read_bytes()) for name in names)
    return trust_settings(TrustLists(manifest=manifest, tsa=tsa))


def real_files(corpus: Path) -> list[bytes]:
    """Every file of the corpus."""
    lines = (corpus / "generators" / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    return [(corpus / "generators" / json.loads(line)["file"]).read_bytes() for line in lines]


class TestRealFiles:
    def test_all(self, corpus: Path, trust: TrustSettings) -> None:
        """No real file raises, none is taken for a mark of ours, and each step rests on what it says."""
        steps = set()
        for data in real_files(corpus):
            report = checked(data, trust=trust)
            assert not report.marked
            assert not report.refused
            if report.step is Step.ATTESTED:
                assert [] != [holds for _, holds in kinds(report) if holds]
            if report.signer.answer is Known.C2PA_LIST:
                assert ("vendor_manifest", True) in kinds(
                    report
                ) or report.intact.answer is not Integrity.INTACT
            steps.add(report.step)
        assert Step.ATTESTED in steps

    def test_generator_signature(self, corpus: Path) -> None:
        """A generator's own signature over its pixels makes a file attested without any manifest, and says what of."""
        reports = [checked(data) for data in real_files(corpus)]
        signed = [one for one in reports if ("generator_signature", True) in kinds(one)]
        assert signed
        assert {Step.ATTESTED} == {one.step for one in signed}
        assert all("not who asked" in one.others[-1].says.en for one in signed)

    def test_cut(self, corpus: Path, trust: TrustSettings) -> None:
        """The same files cut short attest nothing that depends on the part that is gone."""
        for data in real_files(corpus):
            report = checked(data[: len(data) * 2 // 3], trust=trust)
            assert Integrity.INTACT is not report.intact.answer
