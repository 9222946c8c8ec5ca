from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from myself_i2i.fingerprint import PDQ64, Fingerprint
from myself_i2i.registry.importing import BATCH, Imported, Left, import_lines, longest_line
from myself_i2i.registry.service import Registry
from tests.registry.support import journal, line, lines, made, open_registry, person, picture, profile
from tests.registry.test_service import suspension, tables

MAKER, ARTIST, STRANGER = person("maker"), person("artist"), person("stranger")


@pytest.fixture
def registry(database_url: str, tmp_path: Path) -> Iterator[Registry]:
    with open_registry(tmp_path / "registry", database=database_url) as opened:
        yield opened


class TestImportLines:
    def test_everything_is_taken_in_order(self, registry: Registry) -> None:
        """Lines are logged in their order, checked against what earlier lines said, and found."""
        given = lines(MAKER, marks=2, journals=3)
        done = import_lines(given, registry, jobs=2)
        assert Imported(lines=6, new=6) == done
        for number, each in enumerate(given):
            assert json.loads(each)["envelope"] == json.loads(registry.entry(number).envelope.to_json())
        one = made(MAKER, 1)
        value = Fingerprint.from_text(PDQ64, one.says.fingerprints[PDQ64]).value
        (hit, *_) = registry.near(PDQ64, [value], radius=0, limit=5).hits
        assert registry.manifest(hit.mark.manifest_id) is not None

    def test_again_is_nothing(self, registry: Registry) -> None:
        """The same file again changes nothing, and a longer one goes on behind it."""
        given = lines(MAKER, marks=1, journals=2)
        import_lines(given, registry, jobs=1)
        before = tables(registry)
        assert Imported(lines=4, known=4) == import_lines(given, registry, jobs=1)
        assert before == tables(registry)
        more = [*given, line(journal(MAKER, 9)), given[0]]
        assert Imported(lines=6, new=1, known=5) == import_lines(more, registry, jobs=1)

    def test_what_is_wrong_is_left(self, registry: Registry) -> None:
        """A line that is refused is told with its number and why; all others are taken in."""
        forged = json.loads(line(journal(MAKER, 5)))
        forged["envelope"]["signatures"][0]["sig"] = "A" * 86 + "=="
        one, other = made(MAKER, 1), made(MAKER, 2)
        given = [
            line(MAKER.pledge().envelope.to_json()),
            b"not json\n",
            b"\n",
            b'{"envelope": 1}\n',
            json.dumps(forged).encode(),
            line(journal(STRANGER)),
            line(one.envelope.to_json()),
            line(one.envelope.to_json(), other.manifest),
            line(MAKER.declare(picture()).envelope.to_json()),
            b'{"envelope": %b, "manifest": "*"}' % one.envelope.to_json(),
            b'{"envelope": %b, "manifest": 3}' % one.envelope.to_json(),
            line(one.envelope.to_json(), one.manifest),
        ]
        told: list[Left] = []
        done = import_lines(given, registry, jobs=1, tell=told.append)
        assert Imported(lines=12, new=2, left=10) == done
        assert list(range(2, 12)) == sorted(left.line for left in told)
        assert all(left.why.ja for left in told)

    def test_what_stands_is_asked(self, registry: Registry) -> None:
        """A suspended key's lines are left out, in the middle of a batch of others'."""
        registry.publish(profile(STRANGER))
        registry.suspend(suspension(registry, keyid=STRANGER.keyid))
        given = [line(profile(ARTIST)), *(line(journal(ARTIST, number)) for number in range(1, 6))]
        given.insert(3, line(journal(STRANGER)))
        told: list[Left] = []
        assert Imported(lines=7, new=6, left=1) == import_lines(given, registry, jobs=1, tell=told.append)
        assert [4] == [left.line for left in told]

    def test_marks_without_manifests(self, registry: Registry) -> None:
        """An operator who knows that marks were held against their manifests takes them without."""
        one, two = made(MAKER, 1), made(STRANGER, 2)
        pledge = line(MAKER.pledge().envelope.to_json())
        bad = made(MAKER, 3, fingerprints={"pdq64_v1": "00"})
        given = [
            pledge,
            line(one.envelope.to_json()),
            line(two.envelope.to_json()),
            line(bad.envelope.to_json()),
        ]
        assert Imported(lines=4, new=1, left=3) == import_lines(given, registry, jobs=1)
        assert Imported(lines=4, new=1, known=1, left=2) == import_lines(
            given, registry, jobs=1, held_elsewhere=True
        )
        assert registry.mark(one.marked.code) is not None
        assert registry.manifest(one.says.manifest.id) is None

    def test_progress_by_batches(self, registry: Registry) -> None:
        """More than a batch goes in batches, each told; stopped between two, the file goes on where it was."""
        given = [line(profile(ARTIST)), *(line(journal(ARTIST, number)) for number in range(1, BATCH + 50))]
        seen: list[Imported] = []

        class StopError(Exception):
            pass

        def stop(so_far: Imported) -> None:
            seen.append(so_far)
            raise StopError

        with pytest.raises(StopError):
            import_lines(given, registry, jobs=2, observe=stop)
        assert [Imported(lines=BATCH, new=BATCH)] == seen
        seen.clear()
        import_lines(given, registry, jobs=2, observe=seen.append)
        assert [BATCH, BATCH + 50] == [one.lines for one in seen]
        assert BATCH + 50 == len(given) == registry.near(PDQ64, [bytes(32)], radius=0, limit=1).as_of

    def test_a_line_has_its_bound(self, registry: Registry) -> None:
        """The longest line that is read holds the largest envelope and manifest there are."""
        assert longest_line(registry) > 2 * 2**20 + registry.settings.manifest_bytes * 4 / 3
