import json
import re
from pathlib import Path

import pytest

from myself_i2i.attestation import Statement, canonical_json
from myself_i2i.predicates import PREDICATES, Pledge, make_statement, read_predicate
from myself_i2i.predicates.texts import known_pledge_text

PAGES = Path(__file__).parents[2] / "spec" / "predicates"
NAMES = sorted(path.stem for path in PAGES.glob("*.md"))


def example(name: str) -> Statement:
    """The example statement of a page."""
    found = re.search(r"```json\n(.*?)```", (PAGES / f"{name}.md").read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return Statement.parse(canonical_json(json.loads(found[1])))


class TestPages:
    def test_one_page_each(self) -> None:
        """Every predicate has its page, and every page its predicate."""
        assert sorted(uri.split("/")[-2] for uri in PREDICATES) == NAMES

    @pytest.mark.parametrize("name", NAMES)
    def test_example(self, name: str) -> None:
        """The page's example is of its type, reads, and is written again as the same bytes."""
        statement = example(name)
        assert f"https://myself-i2i.org/predicate/{name}/v1" == statement.predicate_type
        again = make_statement(read_predicate(statement), statement.subjects)
        assert statement.payload == again.payload

    @pytest.mark.parametrize("name", NAMES)
    def test_fields(self, name: str) -> None:
        """Every field in the example stands in the page's table."""
        page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
        table = " ".join(line for line in page.splitlines() if line.startswith("|"))
        for field in example(name).predicate:
            assert f"`{field}" in table

    def test_pledge_text(self) -> None:
        """The pledge in the example is to a text that was shipped."""
        pledge = read_predicate(example("pledge"))
        assert isinstance(pledge, Pledge)
        text = known_pledge_text(pledge.text_sha256)
        assert text is not None
        assert (pledge.text_version, pledge.language) == (text.version, text.language)
