from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.errors import InputError, UsageError
from myself_i2i.predicates.moments import format_moment, parse_moment


class TestMoments:
    @given(st.datetimes(timezones=st.timezones()))
    def test_round_trip(self, moment: datetime) -> None:
        """Any moment in any zone reads back as the same moment, in UTC."""
        try:
            text = format_moment(moment)
        except OverflowError:
            return  # the first and last hours of the calendar have no UTC
        assert moment.astimezone(UTC) == parse_moment(text)

    def test_form(self) -> None:
        """Fractions are written only when there are any, and Japan's time becomes UTC."""
        japan = timezone(timedelta(hours=9))
        assert "2026-11-03T03:00:00Z" == format_moment(datetime(2026, 11, 3, 12, tzinfo=japan))
        assert "2026-11-03T03:00:00.250000Z" == format_moment(datetime(2026, 11, 3, 3, 0, 0, 250_000, UTC))

    @pytest.mark.parametrize(
        "text",
        [
            "2026-11-03", "2026-11-03T03:00:00", "2026-11-03T03:00:00+09:00", "2026-02-30T00:00:00Z",
            "2026-11-03t03:00:00z", "2026-11-03 03:00:00Z", "２０２６-11-03T03:00:00Z", "", "Z",
        ],
    )  # fmt: skip
    def test_refused(self, text: str) -> None:
        """Other forms, other zones and days that never were are refused."""
        with pytest.raises(InputError, match="UTC"):
            parse_moment(text)

    def test_naive(self) -> None:
        """A time without a zone cannot be signed: nobody could know which moment it was."""
        with pytest.raises(UsageError):
            format_moment(datetime(2026, 11, 3))  # noqa: DTZ001  # naive on purpose
