from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.attestation import Envelope, Signature, canonical_json
from myself_i2i.client.entry import Entry
from myself_i2i.errors import InputError, LimitError

AT = datetime(2026, 11, 3, 9, 15, tzinfo=UTC)
ENVELOPES = st.builds(
    Envelope,
    st.binary(min_size=1, max_size=200),
    st.lists(
        st.builds(
            Signature,
            st.binary(min_size=32, max_size=32).map(bytes.hex),
            st.binary(min_size=64, max_size=64),
        ),
        min_size=1,
        max_size=3,
        unique_by=lambda signature: signature.keyid,
    ).map(lambda found: tuple(sorted(found))),
)
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2999, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001  # given the zone
    lambda moment: moment.replace(microsecond=0)
)


class TestEntry:
    @given(ENVELOPES, MOMENTS)
    def test_reads_back(self, envelope: Envelope, logged_at: datetime) -> None:
        """An entry's bytes read back as the same entry, and are canonical JSON."""
        entry = Entry(envelope, logged_at)
        data = entry.to_bytes()
        assert entry == Entry.from_bytes(data)
        text = data[data.rindex(b'"loggedAt":"') + 12 : -2].decode()
        value = {"envelope": envelope._dsse().to_dict(), "loggedAt": text}
        assert canonical_json(value) == data

    @given(ENVELOPES, st.data())
    def test_one_form(self, envelope: Envelope, data: st.DataObject) -> None:
        """Bytes that an entry would not be written as are refused, whatever was changed in them."""
        right = Entry(envelope, AT).to_bytes()
        at = data.draw(st.integers(0, len(right) - 1))
        other = bytes([data.draw(st.integers(0, 255))])
        changed = right[:at] + other + right[at + data.draw(st.integers(0, 1)) :]
        try:
            read = Entry.from_bytes(changed)
        except InputError:
            return
        assert changed == read.to_bytes()

    @given(st.binary(max_size=300))
    def test_strangers_bytes(self, data: bytes) -> None:
        """Whatever the bytes, nothing but our own error comes out."""
        with pytest.raises(InputError):
            Entry.from_bytes(data)

    def test_as_long_as_a_log_takes(self) -> None:
        """An entry too long for a log is refused when it is made, and is none when it is read."""
        envelope = Envelope(bytes(60_000), (Signature("ab" * 32, bytes(64)),))
        with pytest.raises(LimitError):
            Entry(envelope, AT).to_bytes()
        with pytest.raises(InputError):
            Entry.from_bytes(b'{"envelope":%b,"loggedAt":"2026-11-03T09:15:00Z"}' % envelope.to_json())

    def test_whole_seconds(self) -> None:
        """A moment with a fraction is no entry's."""
        envelope = Envelope(b"x", (Signature("ab" * 32, bytes(64)),))
        with pytest.raises(InputError):
            Entry(envelope, AT.replace(microsecond=1)).to_bytes()
