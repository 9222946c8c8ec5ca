import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, ValidationError  # type: ignore[import-untyped]  # it ships no types

from myself_i2i.comparison import Dated, Looks, Side, compare, comparison_json, nearest_frame
from myself_i2i.story import Told
from myself_i2i.wording import Text
from tests.comparison.scenes import flat, looks, repainted, scene
from tests.comparison.test_nearest import frame

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "spec" / "comparison.schema.json").read_text(encoding="utf-8")
)
LIMIT = Text(en="limit", ja="限界")
NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)


def value(mine: Looks, theirs: Looks, *, dated: bool = False) -> dict[str, object]:
    dates = (Dated(NOON, LIMIT),) if dated else ()
    nearest = nearest_frame(theirs, [frame("rough.png", 7, 1)]) if dated else None
    sides = Side("a.png", mine, dates), Side("b.png", theirs)
    told = Told(by="hanako" if dated else "", recipient="", made_at=NOON)
    made = comparison_json(compare(mine, theirs), *sides, told=told, limit=LIMIT, frame=nearest)
    read: dict[str, object] = json.loads(json.dumps(made, allow_nan=False))
    return read


class TestSchema:
    def test_near(self) -> None:
        """A comparison with everything in it is printed as the schema says."""
        Draft202012Validator(SCHEMA).validate(value(looks(scene(7)), looks(repainted(7)), dated=True))
        Draft202012Validator(SCHEMA).validate(
            value(looks(scene(7)), looks(scene(7).crop((40, 40, 440, 360))))
        )

    def test_flat(self) -> None:
        """So is one of which nothing can be told."""
        Draft202012Validator(SCHEMA).validate(value(looks(scene(7)), Looks.of(flat())))

    def test_closed(self) -> None:
        """The schema refuses what it does not know; an open one would check nothing."""
        made = value(looks(scene(7)), looks(scene(1)))
        with pytest.raises(ValidationError):
            Draft202012Validator(SCHEMA).validate(made | {"verdict": "yes"})
