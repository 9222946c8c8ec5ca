from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.c2pa import _report
from myself_i2i.c2pa.reading import ManifestError, Standing, State

LISTS = {"urn:ours": Standing.C2PA_LIST}
SOURCE = _report.Source(lists=LISTS, embedded=True, remote_url=None, store_sha256=None)


def report(**changes: Any) -> dict[str, Any]:
    """A report of a trusted signer with a trusted time-stamp."""
    base: dict[str, Any] = {
        "active_manifest": "urn:c2pa:a",
        "manifests": {
            "urn:c2pa:a": {
                "claim_version": 2,
                "assertions": [
                    {"label": "c2pa.actions.v2", "data": {}, "created": True},
                    {"label": "org.example.said", "data": 1},
                    {"label": "org.example.said__1", "data": 2, "created": True},
                ],
                "signature_info": {"cert_serial_number": "12", "time": "2026-11-22T18:53:11+00:00"},
            }
        },
        "validation_state": "Trusted",
        "validation_results": {
            "activeManifest": {
                "success": [
                    {"code": "claimSignature.validated"},
                    {"code": "signingCredential.trusted"},
                    {"code": "timeStamp.trusted"},
                ],
                "failure": [],
                "informational": [],
            },
            "trustListUri": "urn:ours",
        },
    }
    return {**base, **changes}


def failing(*codes: str, **more: Any) -> dict[str, Any]:
    """A report with these failures."""
    active = {"failure": [{"code": code} for code in codes]}
    return report(validation_state="Invalid", validation_results={"activeManifest": active, **more})


class TestStanding:
    def test_listed(self) -> None:
        """A trusted signer on a list of ours is Trusted."""
        reading = _report.reading_from(report(), SOURCE)
        assert (State.TRUSTED, Standing.C2PA_LIST) == (reading.state, reading.standing)

    @pytest.mark.parametrize("uri", ["urn:other", "", None, 5, "user_anchors"])
    def test_other_list(self, uri: object) -> None:
        """A signer that the library trusts for any other reason is known to nobody, and not Trusted."""
        results = {**report()["validation_results"], "trustListUri": uri}
        reading = _report.reading_from(report(validation_results=results), SOURCE)
        assert (State.VALID, Standing.NOBODY) == (reading.state, reading.standing)

    def test_listed_but_not_trusted(self) -> None:
        """A list's name alone, without the library's own word, is not enough."""
        results = {"activeManifest": {"failure": []}, "trustListUri": "urn:ours"}
        reading = _report.reading_from(report(validation_results=results), SOURCE)
        assert Standing.NOBODY == reading.standing

    def test_copied_certificate(self) -> None:
        """A listed certificate whose key did not sign the claim makes nobody known: anyone can copy it."""
        active = {
            "success": [{"code": "signingCredential.trusted"}],
            "failure": [{"code": "claimSignature.mismatch"}],
        }
        results = {"activeManifest": active, "trustListUri": "urn:ours"}
        reading = _report.reading_from(report(validation_results=results), SOURCE)
        assert (False, Standing.NOBODY) == (reading.signature_holds, reading.standing)

    def test_in_words(self) -> None:
        """Every standing has its sentence in both languages."""
        assert 3 == len({one.text.ja for one in Standing})

    @pytest.mark.parametrize("state", ["", "Excellent", None, 5])
    def test_unknown_state(self, state: object) -> None:
        """A state that we do not know is Invalid."""
        assert State.INVALID == _report.reading_from(report(validation_state=state), SOURCE).state


class TestFailures:
    def test_kinds(self) -> None:
        """What is wrong with the content and what is wrong with the credential never mix."""
        codes = ("assertion.dataHash.mismatch", "signingCredential.expired", "timeStamp.untrusted")
        reading = _report.reading_from(failing(*codes), SOURCE)
        assert ["assertion.dataHash.mismatch"] == [one.code for one in reading.altered]
        assert list(codes[1:]) == [one.code for one in reading.credential_failures]

    @pytest.mark.parametrize(
        ("code", "holds"),
        [
            ("assertion.dataHash.mismatch", True),
            ("assertion.bmffHash.mismatch", True),
            ("assertion.hashedURI.mismatch", False),
            ("claimSignature.mismatch", False),
            ("something.new", False),
        ],
    )
    def test_claim_holds(self, code: str, holds: bool) -> None:  # noqa: FBT001 - a table
        """Only a broken binding to the file's bytes leaves the claim itself standing."""
        assert holds == _report.reading_from(failing(code), SOURCE).claim_holds

    def test_deltas(self) -> None:
        """What the library finds wrong with an ingredient now counts as altered, and names the ingredient."""
        uri = "self#jumbf=/c2pa/urn:c2pa:a/c2pa.assertions/c2pa.ingredient.v3"
        delta = {
            "ingredientAssertionURI": uri,
            "validationDeltas": {"failure": [{"code": "ingredient.manifest.mismatch"}]},
        }
        made = failing(ingredientDeltas=[delta])
        made["manifests"]["urn:c2pa:a"]["ingredients"] = [{"label": "c2pa.ingredient.v3"}]
        reading = _report.reading_from(made, SOURCE)
        assert ["ingredient.manifest.mismatch"] == [one.code for one in reading.altered]
        assert reading.ingredients == reading.altered_ingredients

    def test_old_ingredients(self) -> None:
        """Older ingredients list successes beside failures; only the failures count."""
        made = report()
        status = [{"code": "assertion.hashedURI.match"}, {"code": "assertion.dataHash.mismatch"}]
        made["manifests"]["urn:c2pa:a"]["ingredients"] = [{"label": "i", "validation_status": status}]
        found = _report.reading_from(made, SOURCE).ingredients[0]
        assert ["assertion.dataHash.mismatch"] == [one.code for one in found.failures]


class TestAssertions:
    def test_created(self) -> None:
        """Only what the signer vouches for is given out as theirs."""
        reading = _report.reading_from(report(), SOURCE)
        assert [2] == [one.data for one in reading.created("org.example.said")]

    def test_first_claims(self) -> None:
        """Claims of version 1 know no difference: all of it is the signer's."""
        made = report()
        made["manifests"]["urn:c2pa:a"]["claim_version"] = 1
        assert all(one.created for one in _report.reading_from(made, SOURCE).assertions)


class TestSigner:
    def test_time(self) -> None:
        """A time-stamp's time comes with whether anyone known here vouches for it."""
        reading = _report.reading_from(report(), SOURCE)
        assert ("2026-11-22T18:53:11+00:00", True) == (
            str(reading.signer.signed_at).replace(" ", "T"),
            reading.signer.signed_at_trusted,
        )
        assert not _report.reading_from(failing(), SOURCE).signer.signed_at_trusted

    @pytest.mark.parametrize("time", ["yesterday", 5, None, ""])
    def test_no_time(self, time: object) -> None:
        """A time that is none is none."""
        made = report()
        made["manifests"]["urn:c2pa:a"]["signature_info"] = {"time": time}
        assert None is _report.reading_from(made, SOURCE).signer.signed_at

    @pytest.mark.parametrize(
        ("serial", "found"), [("12", 12), ("", None), ("x", None), ("1" * 61, None), (None, None)]
    )
    def test_serial(self, serial: object, found: int | None) -> None:
        """A serial number is a number of at most 20 bytes or it is none."""
        made = report()
        made["manifests"]["urn:c2pa:a"]["signature_info"] = {"cert_serial_number": serial}
        assert found == _report.reading_from(made, SOURCE).signer.serial


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


class TestShapes:
    @pytest.mark.parametrize(
        "made", [{}, {"active_manifest": "x"}, {"manifests": []}, {"active_manifest": None}]
    )
    def test_none_active(self, made: dict[str, Any]) -> None:
        """A report without an active manifest is our error."""
        with pytest.raises(ManifestError):
            _report.reading_from(made, SOURCE)

    @given(key=st.sampled_from(["claim_version", "assertions", "ingredients", "signature_info"]), value=JSON)
    def test_manifest(self, key: str, value: object) -> None:
        """Any shape in a manifest is read as absent, never as an exception."""
        made = report()
        made["manifests"]["urn:c2pa:a"][key] = value
        _report.reading_from(made, SOURCE)

    @given(JSON)
    def test_results(self, value: object) -> None:
        """Nor does any shape of the results make one."""
        _report.reading_from(report(validation_results=value), SOURCE)
        _report.reading_from(
            report(validation_results={"activeManifest": value, "ingredientDeltas": value}), SOURCE
        )

    def test_loop(self) -> None:
        """Manifests that name each other as ingredients are walked once each."""
        made = report()
        for one, other in (("urn:c2pa:a", "urn:c2pa:b"), ("urn:c2pa:b", "urn:c2pa:a")):
            manifest = made["manifests"].setdefault(one, {})
            manifest["ingredients"] = [{"label": "i", "active_manifest": other}]
        assert ["urn:c2pa:a", "urn:c2pa:b"] == [
            one.of for one in _report.reading_from(made, SOURCE).ingredients
        ]
