import re
from pathlib import Path

from myself_i2i.client.entry import Entry
from myself_i2i.predicates import Profile, read_signed
from myself_i2i.registry.standing import KINDS
from myself_i2i.tlog import leaf_hash

PAGE = (Path(__file__).parents[2] / "spec" / "registry-entry.md").read_text(encoding="utf-8")


class TestPage:
    def test_example(self) -> None:
        """The page's example is an entry, signed by the key it introduces, with the digests of the page's table."""
        found = re.search(r"```json\n(.*?)\n```", PAGE, re.DOTALL)
        assert found is not None
        entry = Entry.from_bytes(found[1].encode())
        assert isinstance(read_signed(entry.envelope).predicate, Profile)
        for value in (entry.envelope.digest, leaf_hash(entry.to_bytes()).hex()):
            assert f"`{value}`" in PAGE

    def test_kinds(self) -> None:
        """The page names every kind of statement that is taken in, and the two that are not."""
        taken, _, rest = PAGE.partition("travels inside")
        names = re.findall(r"\[(\w+)\]\(predicates/\1\.md\)", taken.partition("Kinds:")[2])
        assert [*KINDS.values(), "generation", "source"] == names
        assert rest
