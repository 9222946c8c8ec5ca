import struct
import sys

import pg8000.native
import pytest

from myself_i2i.errors import UsageError
from myself_i2i.search.postgres_errors import driver, driver_errors, explained, lost


def said(state: str) -> Exception:
    """Return an error as the driver raises it for a SQLSTATE."""
    error: Exception = pg8000.native.DatabaseError({"C": state, "M": "the server's own words"})
    return error


class TestExplained:
    @pytest.mark.parametrize(
        ("state", "message"),
        [
            ("08006", "cannot be reached"),
            ("57P03", "cannot be reached"),
            ("28P01", "does not let this user in"),
            ("3D000", "does not exist"),
            ("25006", "read-only"),
            ("42501", "may not do this"),
            ("53100", "out of disk"),
            ("40P01", "in use by another writer"),
            ("55P03", "in use by another writer"),
            ("XX001", "is damaged"),
            ("42P01", "could not do this"),
            ("", "could not do this"),
        ],
    )
    def test_by_state(self, state: str, message: str) -> None:
        """Each state of the server's is said in our words with the server's beside them, and a way out."""
        error = explained(said(state), "base @ host:5432")
        assert message in error.message.en
        assert "base @ host:5432 (the server's own words)" in error.message.en
        assert error.hint is not None

    @pytest.mark.parametrize("error", [OSError("no route"), pg8000.native.InterfaceError("network error")])
    def test_without_a_word(self, error: Exception) -> None:
        """Where the server said nothing, it could not be reached."""
        assert "cannot be reached" in explained(error, "base").message.en


class TestLost:
    def test_lost(self) -> None:
        """A connection is lost when the line broke or the server goes down, not when it refuses something."""
        for gone in (
            OSError(),
            struct.error(),
            pg8000.native.InterfaceError("x"),
            said("57P01"),
            said("08003"),
        ):
            assert lost(gone)
        for there in (said("23505"), said("57014"), said("42501")):
            assert not lost(there)


class TestDriver:
    def test_not_installed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without the driver the error says what to install."""
        monkeypatch.setitem(sys.modules, "pg8000", None)
        monkeypatch.setitem(sys.modules, "pg8000.native", None)
        with pytest.raises(UsageError) as raised:
            driver()
        assert raised.value.hint is not None
        assert "myself-i2i[postgres]" in raised.value.hint.en

    def test_errors(self) -> None:
        """Whatever the driver raises for a server's failure is among its errors."""
        assert isinstance(said("08006"), driver_errors())
