import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.errors import InputError
from myself_i2i.fingerprint.interface import ORIGIN, PARTS, PDQ64
from myself_i2i.fingerprint.origin import origin
from myself_i2i.fingerprint.parts import KEPT_SIDE, parts
from myself_i2i.fingerprint.pdq64 import read_pdq64
from myself_i2i.fingerprint.reading import read_colour, read_grey
from myself_i2i.fingerprint.taking import LAYOUT_SIDE, algorithms
from myself_i2i.indexing.taking import Taken, take
from myself_i2i.wording import Text
from tests.indexing.drawn import drawing, saved


class TestTake:
    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
    @pytest.mark.parametrize("mode", ["RGB", "L"])
    def test_as_each_alone(self, kind: str, mode: str) -> None:
        """Taken together, the fingerprints are those that each algorithm reads from the file alone."""
        data = saved(drawing(1, (700, 600)).convert(mode), kind)
        expected = (
            read_pdq64(data),
            origin(read_colour(data, side=LAYOUT_SIDE)),
            parts(read_grey(data, side=KEPT_SIDE)),
        )
        assert expected == take(data).fingerprints

    def test_named(self) -> None:
        """There is one fingerprint of each algorithm that is announced, found by its name."""
        taken = take(saved(drawing(2)))
        assert ((PDQ64, ORIGIN, PARTS), None) == (algorithms(), taken.of("other_v1"))
        assert [PDQ64, ORIGIN, PARTS] == [one.algorithm for one in map(taken.of, algorithms()) if one]

    @given(st.binary(max_size=200))
    def test_strangers(self, data: bytes) -> None:
        """Whatever the bytes are, only our own error comes out."""
        with pytest.raises(InputError):
            take(data)

    def test_picklable(self) -> None:
        """The function travels by name, and what it made comes back whole."""
        taken = pickle.loads(pickle.dumps(take))(saved(drawing(3)))  # noqa: S301  # our own
        assert taken == Taken.from_json(taken.to_json())


class TestJson:
    def test_failure(self) -> None:
        """A failure keeps its words in both languages, and whether it lasts."""
        taken = Taken(failure=Text(en="no", ja="いいえ"), lasting=False)
        assert taken == Taken.from_json(taken.to_json())

    @given(
        st.recursive(
            st.none() | st.text() | st.integers(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        )
    )
    def test_strange(self, value: object) -> None:
        """JSON of any other shape is refused with our error."""
        with pytest.raises(InputError):
            Taken.from_json(json.dumps(value))

    def test_not_json(self) -> None:
        """What is no JSON is refused with our error."""
        with pytest.raises(InputError):
            Taken.from_json(b"\xff{")
