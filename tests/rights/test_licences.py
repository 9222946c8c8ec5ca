import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.errors import InputError
from myself_i2i.rights import LICENCES, licence_notes, parse_licence


class TestParseLicence:
    @pytest.mark.parametrize("given_id", ["CC-BY-4.0", "cc-by-4.0", "Cc-By-4.0"])
    def test_case(self, given_id: str) -> None:
        """Identifiers match without case and come back as SPDX writes them."""
        spdx, terms = parse_licence(given_id)
        assert "CC-BY-4.0" == spdx
        assert terms is not None
        assert terms.derivatives

    @pytest.mark.parametrize("given_id", ["LicenseRef-studio-terms", "DocumentRef-a:LicenseRef-b", "Zlib"])
    def test_not_listed(self, given_id: str) -> None:
        """A well-formed identifier that is not listed is kept, with terms unknown."""
        assert (given_id, None) == parse_licence(given_id)

    @pytest.mark.parametrize(
        "given_id",
        ["", "MIT OR CC0-1.0", "https://creativecommons.org/licenses/by/4.0/", "ＣＣ０-1.0", "a\n"],
    )
    def test_malformed(self, given_id: str) -> None:
        """What cannot be an identifier is refused with examples."""
        with pytest.raises(InputError) as caught:
            parse_licence(given_id)
        assert caught.value.hint is not None
        assert "CC-BY-4.0" in caught.value.hint.en

    def test_did_you_mean(self) -> None:
        """A licence written as people write it gets the identifier as the hint."""
        with pytest.raises(InputError) as caught:
            parse_licence("CC BY-SA 4.0")
        assert caught.value.hint is not None
        assert "did you mean CC-BY-SA-4.0?" == caught.value.hint.en

    @given(st.text(max_size=120))
    def test_only_our_errors(self, text: str) -> None:
        """Any text is an identifier or an InputError."""
        with contextlib.suppress(InputError):
            parse_licence(text)


class TestLicences:
    @pytest.mark.parametrize(
        ("spdx", "derivatives", "attribution", "share_alike", "commercial"),
        [
            ("CC0-1.0", True, False, False, True),
            ("CC-BY-3.0", True, True, False, True),
            ("CC-BY-SA-4.0", True, True, True, True),
            ("CC-BY-ND-4.0", False, True, False, True),
            ("CC-BY-NC-4.0", True, True, False, False),
            ("CC-BY-NC-SA-2.5", True, True, True, False),
            ("CC-BY-NC-ND-4.0", False, True, False, False),
        ],
    )
    def test_terms(
        self, spdx: str, *, derivatives: bool, attribution: bool, share_alike: bool, commercial: bool
    ) -> None:
        """The terms of the Creative Commons family are the ones its deeds state."""
        terms = LICENCES[spdx.lower()]
        assert (derivatives, attribution, share_alike, commercial) == (
            terms.derivatives, terms.attribution, terms.share_alike, terms.commercial,
        )  # fmt: skip

    def test_keys(self) -> None:
        """Every licence stands under its own identifier in lower case."""
        assert all(key == terms.spdx.lower() for key, terms in LICENCES.items())


class TestNotes:
    def test_no_derivatives(self) -> None:
        """No-derivatives licences are pointed out."""
        notes = licence_notes(LICENCES["cc-by-nd-4.0"], attribution="H. K.")
        assert ["this licence does not allow altered versions to be shared"] == [note.en for note in notes]

    def test_attribution(self) -> None:
        """A missing name is pointed out only where a name is asked for, and only when it is missing."""
        assert 1 == len(licence_notes(LICENCES["cc-by-4.0"], attribution=None))
        assert () == licence_notes(LICENCES["cc-by-4.0"], attribution="H. K.")
        assert () == licence_notes(LICENCES["cc0-1.0"], attribution=None)

    def test_unknown(self) -> None:
        """Unknown terms are said to be unknown."""
        assert "read them yourself" in licence_notes(None, attribution=None)[0].en
