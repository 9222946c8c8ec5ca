import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, ValidationError  # type: ignore[import-untyped]  # it ships no types

from myself_i2i.predicates import Source
from myself_i2i.predicates.source import Basis, Origin
from myself_i2i.story import Story, as_json, tell
from myself_i2i.wording import Text
from tests.support.chains import NOON, Desk, made, picture, went_in

SCHEMA = json.loads((Path(__file__).parents[2] / "spec" / "story.schema.json").read_text(encoding="utf-8"))
LIMIT = Text(en="limit", ja="限界")


def checked(story: Story) -> None:
    value = json.loads(json.dumps(as_json(story, file="x.png", limit=LIMIT)))
    Draft202012Validator(SCHEMA).validate(value)


class TestSchema:
    def test_a_day(self, day: Story) -> None:
        """A day's work is printed as the schema says."""
        checked(day)

    def test_odd(self, desk: Desk) -> None:
        """So are a withdrawn record, a declared origin, and a picture of which nothing is recorded."""
        origin = Origin(sha256=picture(1).sha256)
        desk.say(Source(basis=Basis.OWN_GENERATION, origin=origin, declared_at=NOON), picture(2))
        desk.withdraw(desk.say(made("i2i", went_in(picture(2))), picture(3)))
        checked(tell(desk.statements(), picture(3)))
        checked(tell(desk.statements(), picture(9)))

    def test_closed(self, day: Story) -> None:
        """The schema refuses what it does not know; an open one would check nothing."""
        value = as_json(day, file="x.png", limit=LIMIT)
        with pytest.raises(ValidationError):
            Draft202012Validator(SCHEMA).validate(value | {"verdict": "yes"})
