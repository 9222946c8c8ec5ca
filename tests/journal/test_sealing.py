import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.attestation import PrivateKey, canonical_json, parse_strict
from myself_i2i.errors import InputError
from myself_i2i.journal.sealing import Salted, Sealed, salted
from tests.journal.conftest import work_file

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner),
)


def sealed(key: PrivateKey, random: Callable[[int], bytes], number: int = 1) -> Sealed:
    return Sealed.of(
        work_file(number), keyid=key.keyid, frame=number, work=salted("Autumn", random), randomness=random
    )


class TestSealed:
    def test_kept_and_read(self, key: PrivateKey, random: Callable[[int], bytes]) -> None:
        """What is kept reads back as the same frame, with or without looks, work, or a name that is no UTF-8."""
        whole = sealed(key, random)
        for frame in (
            whole,
            Sealed.of(work_file(2, looks=False), keyid=key.keyid, frame=9, work=None, randomness=random),
        ):
            assert frame == Sealed.from_json(parse_strict(canonical_json(frame.to_json()), where="kept"))

    def test_own_salts(self, key: PrivateKey, random: Callable[[int], bytes]) -> None:
        """Every value has a salt of its own, and the entry tells none of them, nor any value."""
        frame = sealed(key, random)
        salts = [frame.file.salt, *(one.salt for one in frame.fingerprints.values())]
        assert frame.work is not None
        assert len({*salts, frame.work.salt}) == len(salts) + 1
        told = canonical_json(frame.entry().to_json()).decode()
        secret = [frame.file, frame.work, *frame.fingerprints.values()]
        assert [] == [one for one in secret if one.value in told or one.salt.hex() in told]

    def test_same_file_twice(self, key: PrivateKey, random: Callable[[int], bytes]) -> None:
        """The same file sealed twice shows as two that have nothing in common."""
        one, two = (sealed(key, random).entry() for _ in range(2))
        assert one.file != two.file
        assert set(one.fingerprints.values()).isdisjoint(two.fingerprints.values())

    def test_repr(self, key: PrivateKey, random: Callable[[int], bytes]) -> None:
        """A salt is never printed by accident."""
        frame = sealed(key, random)
        assert repr(frame.file.salt) not in repr(frame)

    @given(st.data())
    def test_mutated(self, data: st.DataObject) -> None:
        """A kept frame with anything in the place of a field is read or refused with InputError."""
        key = PrivateKey.generate(bytes(32))
        fields: dict[str, Any] = sealed(key, bytes).to_json()
        fields[data.draw(st.sampled_from(sorted(fields)))] = data.draw(JUNK)
        with contextlib.suppress(InputError):
            Sealed.from_json(fields)


class TestSalted:
    @pytest.mark.parametrize(
        "value",
        [
            None,
            {},
            {"salt": "00" * 32},
            {"salt": "00" * 31, "sha256": "x"},
            {"salt": "AB" * 32, "sha256": "x"},
            {"salt": " " + "ab" * 32, "sha256": "x"},
            {"salt": "zz" * 32, "sha256": "x"},
        ],
    )
    def test_refused(self, value: object) -> None:
        """A salt has one spelling and one length."""
        with pytest.raises(InputError, match=r"salt|sha256"):
            Salted.from_json(value, "sha256")
