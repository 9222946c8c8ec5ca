"""Who signed, known to whom: makers, vendors, lists, and those who wear somebody else's name."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator

import pytest

from myself_i2i.c2pa import _cbor, _jumbf, native
from myself_i2i.declaration import parse_by_hand
from myself_i2i.image import read_container
from myself_i2i.verification import Step
from myself_i2i.verification.report import Agreement, Integrity, Known
from tests.support.credentials import authority, manifest
from tests.support.foreign import VENDORS, ShortLived, remote, vendor
from tests.support.marked import Picture, again, drawing, generated, i2i, marked, person, plain
from tests.support.pictures import png
from tests.support.timestamps import TSA, serving
from tests.verification.checking import checked, kinds, listed, notes

ALICE = person("alice")


class TestMakers:
    def test_own_key(self) -> None:
        """A mark by one of the reader's own keys is told as theirs."""
        report = checked(i2i(ALICE).data, own=frozenset({ALICE.keyid}))
        assert (Known.SELF, ALICE.keyid, "alice") == (
            report.signer.answer,
            report.signer.keyid,
            report.signer.name,
        )

    def test_pinned(self) -> None:
        """A maker whom the reader added is named as the reader named them, not as the certificate does."""
        report = checked(i2i(ALICE).data, makers={ALICE.keyid: "my friend"})
        assert Known.PINNED is report.signer.answer
        assert "my friend" in report.signer.says.en

    def test_unknown(self) -> None:
        """Anybody else is unknown, with the name they give themselves, and the key to compare."""
        report = checked(i2i(ALICE).data)
        assert (Known.UNKNOWN, ALICE.keyid, ALICE.key.public_key.short_form) == (
            report.signer.answer,
            report.signer.keyid,
            report.signer.short_form,
        )

    def test_same_name(self) -> None:
        """Another key under a pinned maker's name is not taken for the pinned maker."""
        other = again(person("eve"), VENDORS.issue(person("eve").held.private.public_key(), name="alice"))
        report = checked(i2i(other).data, makers={ALICE.keyid: "alice"}, own=frozenset({ALICE.keyid}))
        assert (Known.UNKNOWN, "alice") == (report.signer.answer, report.signer.name)


class TestVendors:
    def test_unknown(self) -> None:
        """A vendor's mark without lists is intact, by a signer on no list known here."""
        report = checked(vendor(plain()))
        assert (Integrity.INTACT, Known.UNKNOWN, Step.DECLARED) == (
            report.intact.answer,
            report.signer.answer,
            report.step,
        )
        assert [("vendor_manifest", True)] == kinds(report)
        assert "no list known here" in report.others[0].says.en
        assert not report.marked

    def test_listed(self) -> None:
        """A signer whose issuer is on the C2PA list makes it attested."""
        report = checked(vendor(plain()), trust=listed(manifest=VENDORS))
        assert (Known.C2PA_LIST, Step.ATTESTED, True) == (
            report.signer.answer,
            report.step,
            report.consistent,
        )

    def test_private(self) -> None:
        """An issuer that the reader added is the reader's own choice, not the C2PA list's."""
        report = checked(vendor(plain()), trust=listed(private=VENDORS))
        assert (Known.PINNED, Step.DECLARED) == (report.signer.answer, report.step)
        assert "C2PA" not in report.signer.says.en

    def test_time_stamp_list(self) -> None:
        """A root known for time-stamps only vouches for no signer."""
        report = checked(vendor(plain()), trust=listed(tsa=VENDORS))
        assert (Known.UNKNOWN, Step.DECLARED) == (report.signer.answer, report.step)

    def test_changed(self) -> None:
        """A listed vendor's mark on a file that was changed attests nothing."""
        data = vendor(generated("png"))
        report = checked(data + b"x", trust=listed(manifest=VENDORS))
        assert (Integrity.CHANGED, Step.NOT_RECORDED, []) == (
            report.intact.answer,
            report.step,
            kinds(report),
        )

    def test_copied_certificate(self) -> None:
        """A listed vendor's certificate over a claim that its key did not sign names nobody as the signer."""
        data = vendor(plain())
        store = read_container(data).manifest_store
        assert store is not None
        cose = _cbor.decode(_jumbf.active_manifest(store).signature)
        signature = getattr(cose, "value", cose)[3]
        assert isinstance(signature, bytes)
        forged = data.replace(signature, bytes(reversed(signature)))
        report = checked(forged, trust=listed(manifest=VENDORS))
        assert (Integrity.CHANGED, Known.UNKNOWN, None) == (
            report.intact.answer,
            report.signer.answer,
            report.signer.name,
        )
        assert "Vendor" not in report.signer.says.en
        assert (Step.NOT_RECORDED, False) == (report.step, report.consistent)

    def test_beneath(self) -> None:
        """A vendor's manifest beneath the mark is told, but never as looked up; the mark stays the maker's."""
        below = Picture("vendor.png", vendor(plain()))
        report = checked(
            marked(ALICE, below, by_hand=parse_by_hand("t2i")).data, trust=listed(manifest=VENDORS)
        )
        assert (True, Step.DECLARED, Known.UNKNOWN) == (report.marked, report.step, report.signer.answer)
        assert [("vendor_manifest", True)] == kinds(report)
        assert Agreement.SILENT is report.consistency.answer

    def test_others_mark(self) -> None:
        """Somebody who marks a picture that carries another's mark does not hide it; one's own earlier mark is no news."""
        first = Picture("x.png", i2i(ALICE).data)
        eve = person("eve")
        report = checked(marked(eve, first, [eve.declare(drawing())]).data)
        assert (True, [("earlier_mark", True)]) == (report.marked, kinds(report))
        assert "alice" in report.others[0].says.en
        assert [] == kinds(checked(marked(ALICE, first, [ALICE.declare(drawing())]).data))

    def test_others_key_rewritten(self) -> None:
        """Rewriting the key in the mark beneath, to hide whose it was, makes that ingredient fail."""
        eve = person("eve")
        data = i2i(ALICE).data.replace(ALICE.keyid.encode(), eve.keyid.encode())
        report = checked(marked(eve, Picture("x.png", data), [eve.declare(drawing())]).data)
        assert (True, False) == (report.marked, report.consistent)
        assert "does not hold" in report.intact.ingredients[0].en

    def test_broken_beneath(self) -> None:
        """A file that was changed before it was marked: the mark is whole, the earlier signature is said not to hold."""
        below = Picture("vendor.png", vendor(generated("png")) + b"x")
        report = checked(marked(ALICE, below).data)
        assert (Integrity.INTACT, True) == (report.intact.answer, report.marked)
        assert "does not hold" in report.intact.ingredients[0].en
        assert [("vendor_manifest", False)] == kinds(report)
        assert not report.consistent

    def test_changed_beneath(self) -> None:
        """A manifest beneath the mark that was changed after marking makes the file changed."""
        below = vendor(plain())
        data = marked(ALICE, Picture("vendor.png", below), by_hand=parse_by_hand("t2i")).data
        inside = data.replace(b"compositeWith", b"x", 0)
        place = inside.index(b"trainedAlgorithmicMedia", inside.index(b"urn:c2pa"))
        report = checked(inside[:place] + b"T" + inside[place + 1 :])
        assert (Integrity.CHANGED, False) == (report.intact.answer, report.consistent)


class TestRemote:
    @pytest.fixture
    def port(self) -> Iterator[socket.socket]:
        """A port of this machine that would be asked."""
        with socket.create_server(("127.0.0.1", 0)) as listening:
            listening.setblocking(False)  # noqa: FBT003 - the standard library's own argument
            yield listening

    def test_not_fetched(self, port: socket.socket) -> None:
        """A manifest that lies elsewhere stays there: the address is told, nobody is asked."""
        url = f"http://127.0.0.1:{port.getsockname()[1]}/mark.c2pa"
        report = checked(remote(ALICE, plain(), url))
        assert (Integrity.NOTHING_TO_CHECK, False) == (report.intact.answer, report.consistent)
        assert url in notes(report)
        with pytest.raises(BlockingIOError):
            port.accept()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a time-stamp server."""
    with serving(tmp_path_factory.mktemp("tsa")) as url:
        yield url


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl on this machine")
class TestTime:
    def test_time_stamp(self, server: str) -> None:
        """A time-stamp is told as known or unknown, by the list it chains to."""
        held = ALICE.held
        data = native.sign(
            png(), "image/png", manifest(), chain_pem=held.chain, key=held.pem, tsa_url=server
        ).data
        known = checked(data, trust=listed(tsa=TSA))
        assert ("time_stamp", True) in kinds(known)
        assert "known here says" in known.others[0].says.en
        assert "on no list known here" in checked(data).others[0].says.en

    def test_expired(self, server: str) -> None:
        """An expired certificate can no longer be told from a late one, unless a known time-stamp says when."""
        short = ShortLived(ALICE)
        plainly = marked(short.person, generated("png")).data
        held = short.person.held
        stamped = native.sign(
            png(), "image/png", manifest(), chain_pem=held.chain, key=held.pem, tsa_url=server
        ).data
        short.wait()
        report = checked(plainly, trust=listed(manifest=VENDORS))
        assert (Integrity.EXPIRED, True, False) == (report.intact.answer, report.marked, report.consistent)
        assert "signingCredential.expired" in report.intact.codes
        kept = checked(stamped, trust=listed(manifest=VENDORS, tsa=TSA))
        assert (Integrity.INTACT, Known.C2PA_LIST) == (kept.intact.answer, kept.signer.answer)
        lost = checked(stamped, trust=listed(manifest=VENDORS))
        assert Integrity.EXPIRED is lost.intact.answer
        assert ("vendor_manifest", False) in kinds(lost)


class TestLists:
    def test_no_cross_talk(self) -> None:
        """Lists of other issuers make nobody known."""
        other = authority("somebody else")
        report = checked(vendor(plain()), trust=listed(manifest=other, private=other, tsa=other))
        assert Known.UNKNOWN is report.signer.answer

    def test_mark_on_list(self) -> None:
        """A maker's mark under a listed issuer is still the maker's declaration, not somebody else's word."""
        held = again(ALICE, VENDORS.issue(ALICE.held.private.public_key(), name="alice"))
        report = checked(i2i(held, source=drawing()).data, trust=listed(manifest=VENDORS))
        assert (Known.C2PA_LIST, Step.DECLARED, True) == (report.signer.answer, report.step, report.marked)
