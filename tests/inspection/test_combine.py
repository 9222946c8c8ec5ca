from typing import Any

import pytest

from myself_i2i.image.interface import Container, Format
from myself_i2i.inspection.combine import Found, inspect_material, join
from myself_i2i.inspection.interface import Answer, Evidence, ImageInput, Material, Mode, Reading, Role
from myself_i2i.inspection.readers import READERS, Directness, ListedReader
from myself_i2i.inspection.report import Inspection
from myself_i2i.inspection.xmp_iptc import UNNAMED
from myself_i2i.wording import Text
from tests.support.materials import material

HINT, SUMMARY, RECORD, EXECUTED = Directness
MODES = {Answer.YES: Mode.I2I, Answer.NO: Mode.T2I, Answer.NOT_RECORDED: Mode.UNKNOWN}


def found(directness: Directness, answer: Answer, tool: str = "T", **more: Any) -> Found:
    """A reading of that directness and answer."""
    values = {"mode": MODES[answer], "evidence": (Evidence(f"{tool}: k", "v"),), **more}
    return Found(Reading(tool=tool, image_input=answer, **values), directness)


def joined(*items: Found) -> Inspection:
    """The joined answer."""
    return join(items, base=Inspection(format="png", width=1, height=1))


class TestJoin:
    def test_nothing(self) -> None:
        """Without any reading the file is not recorded, and says so."""
        whole = joined()
        assert (None, Mode.UNKNOWN, Answer.NOT_RECORDED) == (whole.tool, whole.mode, whole.image_input)
        assert ["nothing in the file says how it was made"] == [note.en for note in whole.notes]

    def test_more_direct_record_decides(self) -> None:
        """A graph that ran beats a summary, either way; the notes tell of the other."""
        for answer, other in ((Answer.YES, Answer.NO), (Answer.NO, Answer.YES)):
            whole = joined(found(SUMMARY, other, "Text"), found(EXECUTED, answer, "Graph"))
            assert (answer, MODES[answer]) == (whole.image_input, whole.mode)
            assert "disagree" in whole.notes[0].en
            assert ["Graph: k", "Text: k"] == [item.key for item in whole.evidence]

    def test_signed_record_decides(self) -> None:
        """A verified signature beats a more direct record without one."""
        whole = joined(
            found(EXECUTED, Answer.YES, "Graph"), found(SUMMARY, Answer.NO, "Vendor", attested_by="V")
        )
        assert (Answer.NO, "Vendor", "V") == (whole.image_input, whole.tool, whole.attested_by)

    def test_signature_on_another_answer(self) -> None:
        """A signature does not attest an answer it was not made for."""
        silent = found(RECORD, Answer.NOT_RECORDED, "Signed", attested_by="S")
        assert joined(silent, found(RECORD, Answer.YES, "Other")).attested_by is None
        assert "S" == joined(silent).attested_by

    def test_named_by_a_stranger(self) -> None:
        """A tool name that the file chose is shortened in the notes, and its braces stay braces."""
        named = "{said} {0} " + "x" * 500
        whole = joined(found(SUMMARY, Answer.NO, named), found(EXECUTED, Answer.YES, "Graph"))
        for note in (whole.notes[0].en, whole.notes[0].ja):
            assert "{said} {0} xx" in note
            assert len(note) < 300

    def test_equal_records_contradict(self) -> None:
        """Equally direct records that contradict each other give not recorded; the named inputs stay."""
        yes = found(RECORD, Answer.YES, "A", inputs=(ImageInput(role=Role.INIT, name="a.png"),))
        for items in ((yes, found(RECORD, Answer.NO, "B")), (found(RECORD, Answer.NO, "B"), yes)):
            whole = joined(*items)
            assert (Mode.UNKNOWN, Answer.NOT_RECORDED) == (whole.mode, whole.image_input)
            assert "disagree" in whole.notes[0].en
            assert ["a.png"] == [item.name for item in whole.inputs]

    def test_graph_without_picture_against_parameters(self) -> None:
        """A graph in which none is found does not outweigh parameters that tell of one."""
        whole = joined(found(RECORD, Answer.YES, "Params"), found(EXECUTED, Answer.NO, "Graph"))
        assert Answer.NOT_RECORDED is whole.image_input

    def test_parameters_that_drop_a_picture(self) -> None:
        """A picture in the graph counts although the parameters leave it out."""
        whole = joined(found(RECORD, Answer.NO, "Params"), found(EXECUTED, Answer.YES, "Graph"))
        assert Answer.YES is whole.image_input

    def test_weaker_no_does_not_speak_for_silence(self) -> None:
        """A summary's "no" does not answer what a more direct record could not tell; a "yes" does."""
        silent = found(RECORD, Answer.NOT_RECORDED, "Record")
        assert Answer.NOT_RECORDED is joined(silent, found(SUMMARY, Answer.NO, "Text")).image_input
        assert Answer.YES is joined(silent, found(SUMMARY, Answer.YES, "Text")).image_input
        assert "does not tell" in joined(silent, found(SUMMARY, Answer.NO, "Text")).notes[0].en

    def test_silent_hint(self) -> None:
        """The silence of a hint takes nothing away, and its note is left out."""
        whole = joined(
            found(SUMMARY, Answer.NO),
            found(HINT, Answer.NOT_RECORDED, UNNAMED, notes=(Text(en="only XMP", ja="XMPのみ"),)),
        )
        assert (Answer.NO, "T", ()) == (whole.image_input, whole.tool, whole.notes)

    def test_unnamed_tool(self) -> None:
        """A hint that names no tool leaves the tool open."""
        assert joined(found(HINT, Answer.NOT_RECORDED, UNNAMED)).tool is None

    def test_wrapping_app_names_the_tool(self) -> None:
        """The app named first names the tool; the graph it ran decides."""
        whole = joined(
            found(RECORD, Answer.YES, "App"), found(EXECUTED, Answer.YES, "Graph", mode=Mode.CONTROLNET)
        )
        assert ("App", Mode.CONTROLNET) == (whole.tool, whole.mode)

    def test_gaps_are_filled(self) -> None:
        """Model, strength and extras come from the first that has them; a contradicting reading fills nothing."""
        whole = joined(
            found(EXECUTED, Answer.YES, "Graph", extras={"seed": 1}),
            found(RECORD, Answer.YES, "App", model="m", strength=0.5, extras={"seed": 2, "steps": 20}),
            found(SUMMARY, Answer.NO, "Text", model="other", extras={"style": "x"}),
        )
        assert ("m", 0.5, {"seed": 1, "steps": 20}) == (whole.model, whole.strength, whole.extras)

    def test_mode_gap(self) -> None:
        """An unknown mode is filled by a reading with the same answer."""
        whole = joined(
            found(EXECUTED, Answer.YES, mode=Mode.UNKNOWN), found(RECORD, Answer.YES, "B", mode=Mode.EDIT)
        )
        assert Mode.EDIT is whole.mode

    @pytest.mark.parametrize("strength", [-0.1, 1.5, float("nan")])
    def test_impossible_strength(self, strength: float) -> None:
        """A strength outside 0 to 1 is left out."""
        assert joined(found(RECORD, Answer.YES, strength=strength)).strength is None


class TestInputs:
    def test_same_input_once(self) -> None:
        """An input that two readings name is listed once, also when only the digest is shared."""
        first = (ImageInput(role=Role.INIT, name="a.png", sha256="0" * 64),)
        second = (ImageInput(role=Role.UNKNOWN, sha256="0" * 64), ImageInput(role=Role.CONTROL, name="b.png"))
        whole = joined(
            found(EXECUTED, Answer.YES, inputs=first), found(RECORD, Answer.YES, "B", inputs=second)
        )
        assert ["a.png", "b.png"] == [item.name for item in whole.inputs]

    def test_two_roles(self) -> None:
        """The same file in two roles of one reading stays twice."""
        both = (ImageInput(role=Role.INIT, name="a.png"), ImageInput(role=Role.CONTROL, name="a.png"))
        assert both == joined(found(RECORD, Answer.YES, inputs=both)).inputs

    def test_nameless_beside_named(self) -> None:
        """A nameless input adds nothing beside a reading that names the inputs; alone it stays."""
        nameless = found(RECORD, Answer.YES, "B", inputs=(ImageInput(role=Role.INIT),))
        named = found(EXECUTED, Answer.YES, inputs=(ImageInput(role=Role.INIT, name="a.png"),))
        assert 1 == len(joined(named, nameless).inputs)
        assert 1 == len(joined(nameless).inputs)

    def test_no_inputs_with_no(self) -> None:
        """With the answer "no" no input is listed."""
        loaded = (ImageInput(role=Role.UNKNOWN, name="dangling.png"),)
        assert () == joined(found(EXECUTED, Answer.NO, inputs=loaded)).inputs


class TestInspectMaterial:
    def test_names_are_modules(self) -> None:
        """Each reader is listed once, under its module's name, and after the apps that wrap it."""
        names = [reader.name for reader in READERS]
        assert len(names) == len(set(names))
        assert (
            names.index("swarmui") < names.index("comfyui") < names.index("a1111") < names.index("xmp_iptc")
        )

    def test_container(self) -> None:
        """Format, size and what was broken come from the container."""
        container = Container(format=Format.WEBP, width=3, height=4, notes=("a broken chunk",))
        whole = inspect_material(Material(container), strict=True)
        assert ("webp", 3, 4) == (whole.format, whole.width, whole.height)
        broken = Text(en="reading the file: a broken chunk", ja="ファイルの読み取り: a broken chunk")
        assert broken == whole.notes[-1]

    def test_failing_reader(self) -> None:
        """A reader that fails costs no other's answer, and the notes name it; strict lets it out."""

        def fails(_: Material) -> Reading | None:
            raise RecursionError

        def works(_: Material) -> Reading | None:
            return found(RECORD, Answer.NO).reading

        readers = (ListedReader("bad", fails, EXECUTED), ListedReader("good", works, RECORD))
        whole = inspect_material(material(), readers=readers)
        assert Answer.NO is whole.image_input
        assert "bad" in whole.notes[0].en
        with pytest.raises(RecursionError):
            inspect_material(material(), readers=readers, strict=True)

    def test_graph_and_text(self) -> None:
        """A ComfyUI graph with a loaded picture speaks, whatever text a saver node wrote beside it."""
        graph = {
            "1": {"class_type": "LoadImage", "inputs": {"image": "sketch.png"}},
            "2": {"class_type": "VAEEncode", "inputs": {"pixels": ["1", 0], "vae": ["4", 2]}},
            "3": {
                "class_type": "KSampler",
                "inputs": {"latent_image": ["2", 0], "denoise": 0.5, "model": ["4", 0]},
            },
            "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "harbour.safetensors"}},
            "5": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
            "6": {"class_type": "SaveImage", "inputs": {"images": ["5", 0]}},
        }
        text = "a harbour\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 1, Size: 64x48, Version: ComfyUI"
        whole = inspect_material(material({"prompt": graph, "parameters": text}), strict=True)
        assert ("ComfyUI", Mode.I2I, Answer.YES) == (whole.tool, whole.mode, whole.image_input)
        assert ["sketch.png"] == [item.name for item in whole.inputs]
