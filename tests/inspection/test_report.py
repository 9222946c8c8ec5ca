import json
import math
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped] # it ships no types

from myself_i2i.inspection.interface import Answer, Evidence, ImageInput, Mode, Role, parse_json
from myself_i2i.inspection.report import InputMatch, Inspection, json_ready
from myself_i2i.wording import Text

SPEC = Path(__file__).parents[2] / "spec"
SCHEMA = json.loads((SPEC / "inspection.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


def strict(value: Any) -> str:
    """`value` as strict JSON that can be written as UTF-8."""
    text = json.dumps(value, allow_nan=False, ensure_ascii=False)
    assert text.encode()
    return text


def example() -> dict[str, Any]:
    """The example at the head of the spec page."""
    page = (SPEC / "inspection.md").read_text(encoding="utf-8")
    found = re.search(r"```json\n(.*?)```", page, re.DOTALL)
    assert found is not None
    value: dict[str, Any] = json.loads(found[1])
    return value


class TestSchema:
    def test_schema_is_one(self) -> None:
        """The schema is a valid schema, and names every field the JSON has, in no other way."""
        Draft202012Validator.check_schema(SCHEMA)
        assert SCHEMA["required"] == list(Inspection().to_json())
        assert set(SCHEMA["required"]) == set(SCHEMA["properties"])

    def test_example(self) -> None:
        """The example of the spec page has every field, in order, and fits the schema."""
        assert list(Inspection().to_json()) == list(example())
        VALIDATOR.validate(example())

    @pytest.mark.parametrize("name", Mode)
    def test_modes(self, name: Mode) -> None:
        """Every mode is in the schema and on the page."""
        assert name.value in SCHEMA["properties"]["mode"]["enum"]
        assert f"`{name.value}`" in (SPEC / "inspection.md").read_text(encoding="utf-8")

    def test_roles_and_answers(self) -> None:
        """Every role and answer is in the schema."""
        assert [role.value for role in Role] == SCHEMA["$defs"]["input"]["properties"]["role"]["enum"]
        assert [answer.value for answer in Answer] == SCHEMA["properties"]["image_input"]["enum"]

    @pytest.mark.parametrize(
        "inspection",
        [
            Inspection(),
            Inspection(file="x", error=Text(en="broken", ja="壊れています")),
            Inspection(
                file="x.png",
                format="png",
                tool="T",
                mode=Mode.I2I,
                image_input=Answer.YES,
                inputs=(
                    ImageInput(
                        role=Role.INIT,
                        name="a",
                        sha256="0" * 64,
                        hashes={"pixels-md5": "1"},
                        urn="urn:c2pa:x",
                        note=Text(en="clipboard", ja="貼り付け"),
                    ),
                ),
                matches=(InputMatch(input=0, source="b", by="name"),),
                strength=0.5,
                evidence=(Evidence("k", "v"),),
                notes=(Text(en="nothing told", ja="書かれていません"),),
            ),
        ],
    )
    def test_fits(self, inspection: Inspection) -> None:
        """What is printed fits the schema."""
        VALIDATOR.validate(json.loads(strict(inspection.to_json())))

    @pytest.mark.parametrize(
        "change",
        [
            {"mode": "magic"},
            {"image_input": "clean"},
            {"image_input": "no"},
            {"evidence": []},
            {"strength": 2},
            {"x": 1},
            {"notes": ["English only"]},
            {"notes": [{"en": "English only"}]},
        ],
    )
    def test_refuses(self, change: dict[str, Any]) -> None:
        """The schema refuses "no" with inputs, answers without evidence, unknown words, a sentence in one language."""
        assert not VALIDATOR.is_valid({**example(), **change})


class TestToJson:
    @given(ANYTHING, st.text(st.characters(codec=None)))
    def test_anything(self, value: Any, name: str) -> None:
        """Whatever a stranger's file held, the output is strict JSON that fits the schema."""
        said = Text(en="{name}", ja="「{name}」").format(name=name)
        inspection = Inspection(
            file=name,
            tool=name,
            model=name,
            extras={"value": value, name: value},
            inputs=(ImageInput(role=Role.INIT, name=name, hashes={name: name}, note=said),),
            image_input=Answer.YES,
            evidence=(Evidence(name, name),),
            notes=(said,),
        )
        VALIDATOR.validate(json.loads(strict(inspection.to_json())))

    def test_both_languages(self) -> None:
        """Every sentence for a person is printed in both languages."""
        said = Text(en="broken", ja="壊れています")
        printed = Inspection(
            inputs=(ImageInput(role=Role.INIT, note=said),), notes=(said,), error=said
        ).to_json()
        both = {"en": "broken", "ja": "壊れています"}
        assert [both] * 3 == [printed["inputs"][0]["note"], *printed["notes"], printed["error"]]

    def test_matches_stand_at_their_input(self) -> None:
        """A match stands beside the input it belongs to; a name alone is marked as weak."""
        inspection = Inspection(
            inputs=(ImageInput(role=Role.INIT), ImageInput(role=Role.MASK)),
            matches=(
                InputMatch(input=1, source="m.png", by="name"),
                InputMatch(input=0, source="a.png", by="sha256"),
            ),
        )
        printed = inspection.to_json()["inputs"]
        assert [{"source": "a.png", "by": "sha256", "weak": False}] == printed[0]["matches"]
        assert [{"source": "m.png", "by": "name", "weak": True}] == printed[1]["matches"]


class TestJsonReady:
    @pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
    def test_not_finite(self, value: float) -> None:
        """Numbers that JSON has no word for become null."""
        assert {"a": [None]} == json_ready({"a": [value]})

    def test_surrogate(self) -> None:
        """A lone surrogate becomes a mark that UTF-8 can carry."""
        assert ["?"] == json_ready([parse_json('"\\ud800"')])

    def test_depth(self) -> None:
        """Deep nesting is cut."""
        deep = parse_json("[" * 900 + "]" * 900)
        assert len(strict(json_ready(deep))) < 100

    def test_width(self) -> None:
        """Too many values are cut, and so is a long string."""
        assert len(strict(json_ready([1] * 1_000_000))) < 1_000_000 * 6
        assert 100_000 == len(json_ready("x" * 1_000_000))

    def test_other_values(self) -> None:
        """Sets, tuples and unknown objects become lists and text."""
        assert [[1], "1/2"] == json_ready([(1,), Path("1/2")])
