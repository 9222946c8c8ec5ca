from datetime import UTC, datetime, timedelta

from myself_i2i.comparison import Dated, Frame, Looks, Nearness, ask, nearest_frame, rank
from myself_i2i.fingerprint.interface import ORIGIN, PARTS, PDQ64, Fingerprint
from myself_i2i.wording import Text
from tests.comparison.scenes import looks, repainted, saved, scene

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
SAYS = Text(en="by the clock of a test", ja="テストの時計")


def frame(name: str, seed: int, hours: int) -> Frame:
    kept = looks(scene(seed)).kept
    assert kept.parts is not None
    fingerprints: dict[str, Fingerprint] = {PDQ64: kept.pdq64, ORIGIN: kept.origin[0], PARTS: kept.parts}
    return Frame(name, Dated(NOON + timedelta(hours=hours), SAYS), fingerprints)


class TestNearestFrame:
    def test_nearest(self) -> None:
        """Of several frames the one that looks like the picture is found, with how near and among how many."""
        found = nearest_frame(looks(repainted(7)), [frame("a", 1, 0), frame("b", 7, 1), frame("c", 3, 2)])
        assert found is not None
        assert ("b", 3, Nearness.NEAR) == (found.frame.name, found.looked_at, found.finding.answer)

    def test_earlier(self) -> None:
        """Of two equally near the earlier one is named, in whatever order they come."""
        theirs = Looks.of(saved(scene(7), "JPEG", quality=60))
        found = nearest_frame(theirs, [frame("later", 7, 5), frame("earlier", 7, 2)])
        assert found is not None
        assert "earlier" == found.frame.name

    def test_sealed(self) -> None:
        """Frames that cannot be opened here are not looked at; when none can, there is none."""
        sealed = Frame("sealed", Dated(NOON, SAYS), {})
        found = nearest_frame(looks(scene(7)), [sealed, frame("open", 1, 0)])
        assert found is not None
        assert ("open", 1) == (found.frame.name, found.looked_at)
        assert nearest_frame(looks(scene(7)), [sealed]) is None
        assert nearest_frame(looks(scene(7)), []) is None


class TestRank:
    def test_order(self) -> None:
        """A near answer stands before one that cannot be told, that before one that is not near."""
        mine = looks(scene(7))
        near, far = (
            min(ask(mine, looks(repainted(7)).kept), key=rank),
            min(ask(mine, looks(scene(1)).kept), key=rank),
        )
        assert rank(near) < rank(far)
