"""Marks and signatures that are not what they seem, and what others add."""

from __future__ import annotations

import json
from datetime import timedelta

from tests.support.credentials import NOW, YEARS
from tests.support.foreign import VENDORS, gathered, remote, vendor
from tests.support.marked import (
    AT,
    again,
    plain,
    with_assertions,
)

from myself_i2i.attestation import IMAGE_DATA
from myself_i2i.c2pa import _cbor, _jumbf
from myself_i2i.image import read_container
from myself_i2i.predicates import Signed
from myself_i2i.predicates.source import Basis
from vectors.case import (
    ALICE,
    ARTIST,
    EVE,
    FOREIGN,
    GOOD,
    HOUR,
    PICTURE,
    REFUSED,
    SOURCE,
    Case,
    data_of,
)

__all__ = ["FORGED", "OTHERS"]

PERMISSION = ARTIST.permit(SOURCE)
ENDED = ARTIST.permit(SOURCE, until=AT - HOUR)
FOR_EVE = ARTIST.permit(SOURCE, to=EVE.keyid)


def permitted(permission: Signed) -> bytes:
    """A mark that carries this permission, whether it covers the use or not."""
    source = ALICE.declare(SOURCE, Basis.PERMISSION, permission=PERMISSION.envelope.digest)
    made = data_of([PERMISSION, source])
    statement = ALICE.declare(SOURCE, Basis.PERMISSION, permission=permission.envelope.digest)
    made["sources"][0]["statement"] = json.loads(statement.envelope.to_json())
    made["sources"][0]["permission"] = json.loads(permission.envelope.to_json())
    return with_assertions(ALICE, PICTURE, made)


def bits_of_another_statement() -> bytes:
    """One character of the signed record changed, the manifest signed anew by the maker."""
    made = data_of()
    payload = made["generation"]["payload"]
    made["generation"]["payload"] = payload[:-8] + ("A" if payload[-8] != "A" else "B") + payload[-7:]
    return with_assertions(ALICE, PICTURE, made)


def other_basis() -> bytes:
    """A basis beside the statement that the statement does not give."""
    made = data_of()
    made["sources"][0]["basis"] = "own-photo"
    return with_assertions(ALICE, PICTURE, made)


def another_picture() -> bytes:
    """A maker's own statements about one picture, signed into another."""
    other = plain(seed=9)
    return with_assertions(ALICE, other, {**data_of(), "imageData": other.subject.digest[IMAGE_DATA]})


def copied_certificate() -> bytes:
    """A vendor's claim with a signature that its key never made."""
    data = vendor(plain())
    store = read_container(data).manifest_store or b""
    cose = _cbor.decode(_jumbf.active_manifest(store).signature)
    signature: bytes = getattr(cose, "value", cose)[3]
    return data.replace(signature, bytes(len(signature)))


FORGED = [
    Case(
        name="other_key_fail",
        what="Somebody else signed a manifest that carries the maker's statements about this very picture.",
        why="The certificate's key must be the statements' key; otherwise anyone could wear them.",
        make=lambda: with_assertions(EVE, PICTURE, data_of()),
        expected=REFUSED,
    ),
    Case(
        name="same_name_fail",
        what="The same under a certificate with the maker's name; the reader added the maker.",
        why="Names are free; keys are not.",
        make=lambda: with_assertions(
            again(
                EVE,
                VENDORS.issue(
                    EVE.held.private.public_key(), name="alice", end=NOW + YEARS - timedelta(days=1)
                ),
            ),
            PICTURE,
            data_of(),
        ),
        knowledge={"makers": {ALICE.keyid: "alice"}},
        expected={**REFUSED, "signer": "unknown"},
    ),
    Case(
        name="other_picture_fail",
        what="The maker's statements about one picture, signed by the maker into another.",
        why="The record must name this picture's image data digest.",
        make=another_picture,
        expected=REFUSED,
    ),
    Case(
        name="statement_changed_fail",
        what="One character of the record's signed bytes changed, the manifest validly signed anew.",
        why="Each envelope must verify by itself.",
        make=bits_of_another_statement,
        expected=REFUSED,
    ),
    Case(
        name="repeated_otherwise_fail",
        what="The basis beside a source statement is another than the statement's.",
        why="Readers that open no envelope must not be told something else.",
        make=other_basis,
        expected=REFUSED,
    ),
    Case(
        name="two_marks_fail",
        what="Two mark assertions in one manifest.",
        why="Two readers could each take another one.",
        make=lambda: with_assertions(ALICE, PICTURE, data_of(), data_of()),
        expected=REFUSED,
    ),
    Case(
        name="gathered_fail",
        what="A whole mark assertion that the signer only gathered.",
        why="A signer vouches for created assertions only.",
        make=lambda: gathered(ALICE, PICTURE, data_of()),
        expected=REFUSED,
    ),
    Case(
        name="copied_certificate_fail",
        what="A vendor's certificate, whose issuer is on the list, over a signature of zeros.",
        why="A certificate can be copied by anyone: without a signature that holds, nobody may be named.",
        make=copied_certificate,
        knowledge={"manifest_list": "vendors"},
        expected={
            "marked": False,
            "intact": "changed",
            "signer": "unknown",
            "name": None,
            "consistent": False,
        },
    ),
]

OTHERS = [
    Case(
        name="vendor_unknown",
        what="A vendor's manifest, no list at hand.",
        why="Intact, by a signer that nobody here knows.",
        make=lambda: vendor(plain()),
        expected={**FOREIGN, "signer": "unknown", "step": "declared", "others": [["vendor_manifest", True]]},
    ),
    Case(
        name="vendor_listed",
        what="The same with the vendor's issuer on the C2PA list.",
        why="Somebody else's signature covers it.",
        make=lambda: vendor(plain()),
        knowledge={"manifest_list": "vendors"},
        expected={**FOREIGN, "signer": "c2pa_list", "step": "attested"},
    ),
    Case(
        name="vendor_private",
        what="The same with the issuer added by the reader.",
        why="The reader's own choice is not the C2PA list.",
        make=lambda: vendor(plain()),
        knowledge={"private_list": "vendors"},
        expected={**FOREIGN, "signer": "pinned", "step": "declared"},
    ),
    Case(
        name="vendor_time_stamp_list",
        what="The same with the issuer on the list of time-stamp authorities only.",
        why="Who may vouch for times may not vouch for signers.",
        make=lambda: vendor(plain()),
        knowledge={"tsa_list": "vendors"},
        expected={**FOREIGN, "signer": "unknown", "step": "declared"},
    ),
    Case(
        name="remote_fail",
        what="A file that only names the address of its manifest.",
        why="A reader must not fetch what a stranger's file names.",
        make=lambda: remote(ALICE, plain(), "http://127.0.0.1:9/mark.c2pa"),
        expected={"marked": False, "intact": "nothing_to_check", "signer": "nobody", "consistent": False},
    ),
    Case(
        name="permission_holds",
        what="A mark with the artist's permission for its source.",
        why="It is for this picture and any maker, and in force when the record was made.",
        make=lambda: permitted(PERMISSION),
        expected={**GOOD, "others": [["permission", True]]},
    ),
    Case(
        name="permission_ended_fail",
        what="A mark with a permission that ended an hour before.",
        why="It does not cover this use.",
        make=lambda: permitted(ENDED),
        expected={**GOOD, "others": [["permission", False]], "consistent": False},
    ),
    Case(
        name="permission_other_maker_fail",
        what="A mark with a permission for another maker.",
        why="It does not cover this use.",
        make=lambda: permitted(FOR_EVE),
        expected={**GOOD, "others": [["permission", False]], "consistent": False},
    ),
    Case(
        name="permission_withdrawn_fail",
        what="A permission that the artist had withdrawn an hour before; only the reader's ledger knows.",
        why="What did not travel with the file counts as well.",
        make=lambda: permitted(PERMISSION),
        statements=lambda: [ARTIST.withdraw(PERMISSION, AT - HOUR)],
        expected={**GOOD, "others": [["permission", False]], "consistent": False},
    ),
    Case(
        name="permission_withdrawn_later",
        what="A permission that the artist withdrew an hour after.",
        why="A withdrawal does not reach back.",
        make=lambda: permitted(PERMISSION),
        statements=lambda: [ARTIST.withdraw(PERMISSION, AT + HOUR)],
        expected={**GOOD, "others": [["permission", True]]},
    ),
]
