from dataclasses import replace
from datetime import UTC, datetime

import pytest

from myself_i2i.inspection.interface import Answer, ImageInput, Mode, Role
from myself_i2i.inspection.report import Inspection
from myself_i2i.predicates.generation import Generation, Input, WrittenBy
from myself_i2i.verification.consistency import compare
from myself_i2i.verification.report import Agreement

A, B = "a" * 64, "b" * 64

T2I = Generation(
    written_by=WrittenBy.FILE, mode="t2i", image_input="no", recorded_at=datetime(2026, 1, 1, tzinfo=UTC)
)
I2I = replace(T2I, mode="i2i", image_input="yes", inputs=(Input(role="init", sha256=A),), strength=0.5)


def found(answer: Answer, *inputs: ImageInput, strength: float | None = None) -> Inspection:
    return Inspection(mode=Mode.UNKNOWN, image_input=answer, inputs=inputs, strength=strength)


class TestCompare:
    @pytest.mark.parametrize(
        ("answer", "declared", "agreement"),
        [
            (Answer.NOT_RECORDED, T2I, Agreement.SILENT),
            (Answer.NOT_RECORDED, I2I, Agreement.SILENT),
            (Answer.NO, T2I, Agreement.AGREES),
            (Answer.YES, I2I, Agreement.AGREES),
            (Answer.YES, T2I, Agreement.CONTRADICTS),
            (Answer.NO, I2I, Agreement.CONTRADICTS),
        ],
    )
    def test_main_question(self, answer: Answer, declared: Generation, agreement: Agreement) -> None:
        """Both saying the same agrees, saying the opposite contradicts, and silence is neither."""
        assert agreement is compare(found(answer), declared).answer

    def test_input_among_sources(self) -> None:
        """An input whose sha256 is declared agrees."""
        item = ImageInput(role=Role.INIT, name="a.png", sha256=A)
        assert Agreement.AGREES is compare(found(Answer.YES, item), I2I).answer

    def test_input_missing(self) -> None:
        """An input whose sha256 is not declared contradicts, and the line names it."""
        result = compare(found(Answer.YES, ImageInput(role=Role.INIT, name="b.png", sha256=B)), I2I)
        assert Agreement.CONTRADICTS is result.answer
        assert any("b.png" in line.en and "b.png" in line.ja for line in result.lines)

    def test_name_alone(self) -> None:
        """Another file name alone is no contradiction: people rename files."""
        item = ImageInput(role=Role.INIT, name="renamed.png")
        assert Agreement.AGREES is compare(found(Answer.YES, item), I2I).answer

    def test_pixel_hash(self) -> None:
        """A tool's own pixel hash is compared when every declared input carries one, and only then."""
        item = ImageInput(role=Role.INIT, hashes={"pixels-md5": "1" * 32})
        without = compare(found(Answer.YES, item), I2I)
        other = replace(I2I, inputs=(Input(role="init", sha256=A, hashes={"pixels-md5": "2" * 32}),))
        same = replace(I2I, inputs=(Input(role="init", sha256=A, hashes={"pixels-md5": "1" * 32}),))
        assert [Agreement.AGREES, Agreement.CONTRADICTS, Agreement.AGREES] == [
            without.answer,
            compare(found(Answer.YES, item), other).answer,
            compare(found(Answer.YES, item), same).answer,
        ]

    @pytest.mark.parametrize(
        ("strength", "agreement"),
        [(0.5, Agreement.AGREES), (0.51, Agreement.AGREES), (0.6, Agreement.CONTRADICTS)],
    )
    def test_strength(self, strength: float, agreement: Agreement) -> None:
        """A strength that differs by more than rounding contradicts."""
        assert agreement is compare(found(Answer.YES, strength=strength), I2I).answer
