from __future__ import annotations

import os
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from myself_i2i.c2pa import labels, native
from myself_i2i.c2pa._failures import SigningError
from myself_i2i.c2pa.ingredient import Ingredient
from myself_i2i.c2pa.reading import ManifestError, ManifestReading, RemoteManifestError, Standing, State
from myself_i2i.c2pa.trust import TrustLists, load_anchors, trust_settings
from myself_i2i.errors import Error, InputError, KeyFileError, LimitError, UsageError
from tests.support.credentials import NOW, Maker, authority, maker, manifest, seeded
from tests.support.pictures import BUILDERS, png

FORMATS = tuple(BUILDERS)
MARK = {"label": labels.MARK, "kind": "Json", "data": {"version": 1, "note": "mark me"}}


def signed(form: str, someone: Maker, **overrides: Any) -> native.Signed:
    """A small picture of one format with a small manifest."""
    arguments: dict[str, Any] = {"chain_pem": someone.chain, "key": someone.pem, **overrides}
    picture = arguments.pop("picture", None) or BUILDERS[form](seed=arguments.pop("seed", 0))
    said = arguments.pop("manifest", manifest(MARK))
    return native.sign(picture, f"image/{form}", said, arguments.pop("ingredients", ()), **arguments)


def read(form: str, data: bytes, **more: Any) -> ManifestReading:
    """The reading of a file that has a manifest."""
    reading = native.read(data, f"image/{form}", **more)
    assert reading is not None
    return reading


def codes(reading: ManifestReading) -> set[str]:
    """What was altered."""
    return {one.code for one in reading.altered}


@pytest.mark.parametrize("form", FORMATS)
class TestSign:
    def test_valid(self, form: str, someone: Maker) -> None:
        """A signed picture reads as Valid, intact, by a signer on no list, under the maker's name."""
        reading = read(form, signed(form, someone).data)
        assert (State.VALID, Standing.NOBODY) == (reading.state, reading.standing)
        assert () == reading.altered
        assert {"signingCredential.untrusted"} == {one.code for one in reading.credential_failures}
        assert ("someone", "Ed25519") == (reading.signer.common_name, reading.signer.algorithm)
        assert reading.embedded

    def test_created(self, form: str, someone: Maker) -> None:
        """The signer vouches for every assertion, ingredients included."""
        source = Ingredient(
            {"title": "s", "format": "image/png", "relationship": labels.INPUT_TO, "label": "s0"}, png(seed=3)
        )
        said = manifest(MARK, ingredients=("s0",))
        reading = read(form, signed(form, someone, manifest=said, ingredients=(source,)).data)
        assert all(one.created for one in reading.assertions)
        assert ({"version": 1, "note": "mark me"},) == tuple(one.data for one in reading.created(labels.MARK))

    def test_no_thumbnail(self, form: str, someone: Maker) -> None:
        """No thumbnail is written, and a bare mark stays under 4 kB."""
        store = signed(form, someone).manifest_store
        assert b"c2pa.thumbnail" not in store
        assert len(store) < 4_000

    def test_sidecar(self, form: str, someone: Maker) -> None:
        """The store alone validates beside the signed file."""
        mark = signed(form, someone)
        reading = read(form, mark.data, manifest_store=mark.manifest_store)
        assert (State.VALID, (), False) == (reading.state, reading.altered, reading.embedded)

    def test_truncated(self, form: str, someone: Maker) -> None:
        """A file cut off anywhere is altered, unreadable, or has no manifest, never intact."""
        data = signed(form, someone).data
        for end in (len(data) - 1, len(data) - 20, len(data) * 3 // 4, len(data) // 2, 60, 1):
            try:
                reading = native.read(data[:end], f"image/{form}")
            except InputError:
                continue
            assert reading is None or reading.altered

    def test_trailing(self, form: str, someone: Maker) -> None:
        """Bytes added after signing are noticed, and the claim itself still holds."""
        reading = read(form, signed(form, someone).data + b"x")
        assert State.INVALID == reading.state
        assert codes(reading) <= {"assertion.dataHash.mismatch", "assertion.bmffHash.mismatch"}
        assert reading.altered
        assert reading.claim_holds

    def test_moved(self, form: str, someone: Maker) -> None:
        """A mark beside another picture is not intact."""
        other = signed(form, someone, seed=5)
        reading = read(form, other.data, manifest_store=signed(form, someone).manifest_store)
        assert codes(reading) <= {"assertion.dataHash.mismatch", "assertion.bmffHash.mismatch"}
        assert reading.altered

    def test_assertion_changed(self, form: str, someone: Maker) -> None:
        """A changed word in an assertion is noticed, and the claim no longer holds."""
        data = signed(form, someone).data
        assert 1 == data.count(b"mark me")
        reading = read(form, data.replace(b"mark me", b"mark ye"))
        assert {"assertion.hashedURI.mismatch"} == codes(reading)
        assert not reading.claim_holds

    def test_tampered_ingredient(self, form: str, someone: Maker) -> None:
        """An ingredient that was already altered when it was used is named, though the state stays silent."""
        bad = signed(form, someone).data.replace(b"mark me", b"mark ye")
        mime = f"image/{form}"
        one = Ingredient({"title": "s", "format": mime, "relationship": labels.INPUT_TO, "label": "s0"}, bad)
        said = manifest(ingredients=("s0",))
        reading = read(form, signed(form, someone, manifest=said, ingredients=(one,)).data)
        assert (State.VALID, ()) == (reading.state, reading.altered)
        assert ["c2pa.ingredient.v3"] == [found.label for found in reading.altered_ingredients]

    def test_ingredient_altered_later(self, form: str, someone: Maker) -> None:
        """An ingredient's manifest that is altered after signing makes the file not intact."""
        mime = f"image/{form}"
        good = signed(form, someone).data
        one = Ingredient({"title": "s", "format": mime, "relationship": labels.INPUT_TO, "label": "s0"}, good)
        data = signed(form, someone, manifest=manifest(ingredients=("s0",)), ingredients=(one,)).data
        reading = read(form, data.replace(b"mark me", b"mark ye"))
        assert "ingredient.manifest.mismatch" in codes(reading)
        assert reading.altered_ingredients


class TestFormatsAlike:
    def test_pixel(self, someone: Maker) -> None:
        """One bit of one pixel is enough to be noticed."""
        data = bytearray(signed("png", someone).data)
        data[data.index(b"IDAT") + 20] ^= 1
        assert {"assertion.dataHash.mismatch"} == codes(read("png", bytes(data)))

    def test_two_stores(self, someone: Maker) -> None:
        """Two manifest chunks in one file are refused, not chosen between."""
        data = signed("png", someone).data
        start = data.index(b"caBX") - 4
        size = int.from_bytes(data[start : start + 4], "big") + 12
        with pytest.raises(ManifestError):
            native.read(data[:start] + data[start : start + size] * 2 + data[start + size :], "image/png")

    def test_wrong_mime(self, someone: Maker) -> None:
        """A file under a wrong media type is read as what it is."""
        assert State.VALID == read("gif", signed("png", someone).data).state

    @pytest.mark.parametrize("form", FORMATS)
    def test_no_manifest(self, form: str) -> None:
        """A picture without a manifest has none, which is no error."""
        assert None is native.read(BUILDERS[form](), f"image/{form}")

    @pytest.mark.parametrize("data", [b"", b"hello", bytes(10_000), b"\x89PNG\r\n\x1a\n" + bytes(40)])
    def test_garbage(self, data: bytes) -> None:
        """What is no picture is our error or no manifest."""
        try:
            reading = native.read(data, "image/png")
        except ManifestError:
            reading = None
        assert None is reading

    def test_garbage_store(self) -> None:
        """A sidecar that is no store is our error."""
        with pytest.raises(ManifestError):
            native.read(png(), "image/png", manifest_store=b"not a store")

    def test_large(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A file or store past the bound is refused before the library sees it."""
        monkeypatch.setattr(native, "MAX_ASSET", 10)
        with pytest.raises(LimitError):
            native.read(png(), "image/png")
        with pytest.raises(LimitError):
            native.sign(png(), "image/png", {}, chain_pem=b"", key=b"")
        monkeypatch.setattr(native, "MAX_STORE", 3)
        with pytest.raises(LimitError):
            native.read(b"x", "image/png", manifest_store=b"four")


class TestRefusals:
    def test_function_signs(self, someone: Maker) -> None:
        """A function may sign in place of a key, so a key can stay elsewhere."""
        assert State.VALID == read("png", signed("png", someone, key=someone.private.sign).data).state

    @pytest.mark.parametrize(
        ("change", "error"),
        [
            ({"key": maker("other").pem}, KeyFileError),
            ({"key": b"no key"}, KeyFileError),
            ({"chain_pem": b"no chain"}, KeyFileError),
            ({"picture": b"no picture"}, InputError),
            ({"manifest": {"claim_generator_info": [{"name": "x"}]}}, SigningError),
            ({"alg": "rot13"}, UsageError),
            ({"tsa_url": "http://127.0.0.1:9/"}, SigningError),
        ],
    )
    def test_reasons(self, change: dict[str, Any], error: type[Error], someone: Maker) -> None:
        """Each refusal is the error of whoever can mend it."""
        with pytest.raises(error):
            signed("png", someone, **change)

    def test_mime(self, someone: Maker) -> None:
        """A format in which no second verifier was found to agree is not signed."""
        with pytest.raises(UsageError, match="image/tiff"):
            native.sign(png(), "image/tiff", manifest(), chain_pem=someone.chain, key=someone.pem)

    def test_expired(self) -> None:
        """A certificate past its end signs nothing, and the hint says what to do."""
        old = maker("old", now=NOW.replace(year=NOW.year - 11))
        with pytest.raises(KeyFileError) as caught:
            signed("png", old)
        assert caught.value.hint is not None

    def test_function_fails(self, someone: Maker, capfd: pytest.CaptureFixture[str]) -> None:
        """What a signing function raises is told to the caller and printed nowhere."""

        def locked(_: bytes) -> bytes:
            reason = "the token is locked"
            raise OSError(reason)

        with pytest.raises(KeyFileError, match="the token is locked"):
            signed("png", someone, key=locked)
        assert ("", "") == tuple(capfd.readouterr())

    def test_gathered(self, someone: Maker) -> None:
        """An assertion that the signature would not vouch for is refused, not written in silence."""
        with pytest.raises(SigningError, match="does not vouch"):
            signed("png", someone, manifest=manifest({"label": "org.example.other", "data": {"a": 1}}))


class TestOffline:
    def test_remote(self, someone: Maker) -> None:
        """A file that names an address for its manifest is reported with it, and nobody is asked."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(0.2)
            url = f"http://127.0.0.1:{server.getsockname()[1]}/mark.c2pa"
            data, _ = native._sign_for_test(png(), manifest(), someone.chain, someone.pem, url)
            with pytest.raises(RemoteManifestError) as caught:
                native.read(data, "image/png")
            with pytest.raises(TimeoutError):
                server.accept()
        assert url == caught.value.url

    def test_remote_ingredient(self, someone: Maker) -> None:
        """Signing over a source that names an address asks nobody either."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(0.2)
            url = f"http://127.0.0.1:{server.getsockname()[1]}/mark.c2pa"
            source, _ = native._sign_for_test(png(), manifest(), someone.chain, someone.pem, url)
            one = Ingredient({"format": "image/png", "relationship": labels.INPUT_TO, "label": "s0"}, source)
            signed("png", someone, manifest=manifest(ingredients=("s0",)), ingredients=(one,))
            with pytest.raises(TimeoutError):
                server.accept()

    def test_python_sockets(self, someone: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
        """Signing and reading open no socket from Python."""

        def forbidden(*_: object, **__: object) -> None:
            pytest.fail("a socket was opened")

        monkeypatch.setattr(socket, "socket", forbidden)
        assert State.VALID == read("png", signed("png", someone).data).state


class TestProcesses:
    @pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
    def test_fork(self, someone: Maker) -> None:
        """A forked worker signs and reads although its parent had already done both."""
        data = signed("png", someone).data
        read("png", data)
        out, into = os.pipe()
        child = os.fork()
        if child == 0:
            code = 1
            try:
                code = 0 if read("png", signed("png", someone, seed=2).data).state is State.VALID else 2
            finally:
                os.write(into, bytes([code]))
                os._exit(code)
        os.close(into)
        answer = os.read(out, 1)
        os.close(out)
        os.waitpid(child, 0)
        assert b"\0" == answer

    def test_threads(self, someone: Maker) -> None:
        """Threads share the library without harm."""
        barrier = threading.Barrier(4)

        def work(seed: int) -> State:
            barrier.wait(5)
            return read("jpeg", signed("jpeg", someone, seed=seed).data).state

        with ThreadPoolExecutor(4) as pool:
            assert [State.VALID] * 4 == list(pool.map(work, range(4)))


class TestTrust:
    def test_private_anchor(self, someone: Maker) -> None:
        """Whoever adds a maker's one-time issuer knows that maker and nobody else."""
        trust = trust_settings(TrustLists(private=load_anchors(someone.certificate.issuer_pem)))
        assert Standing.PRIVATE_ANCHOR == read("png", signed("png", someone).data, trust=trust).standing
        other = maker("somebody else")
        assert Standing.NOBODY == read("png", signed("png", other).data, trust=trust).standing

    def test_c2pa_list(self) -> None:
        """A signer under the C2PA list is Trusted, with the key usage of that programme."""
        vendor, issuer = maker("vendor"), authority()
        chain = issuer.issue(vendor.private.public_key(), usage=labels.EKU_C2PA)
        data = signed("png", vendor, chain_pem=chain).data
        trust = trust_settings(TrustLists(manifest=load_anchors(issuer.pem)))
        reading = read("png", data, trust=trust)
        assert (State.TRUSTED, Standing.C2PA_LIST) == (reading.state, reading.standing)

    def test_no_list(self) -> None:
        """Without any list a vendor's file is intact and its signer unknown, not Invalid."""
        vendor, issuer = maker("vendor"), authority()
        chain = issuer.issue(vendor.private.public_key(), usage=labels.EKU_C2PA)
        reading = read("png", signed("png", vendor, chain_pem=chain).data)
        assert (State.VALID, Standing.NOBODY, ()) == (reading.state, reading.standing, reading.altered)

    def test_tsa_root_is_no_signer(self) -> None:
        """A root known for time-stamps only does not make a claim signer known."""
        vendor, issuer = maker("vendor"), authority()
        data = signed("png", vendor, chain_pem=issuer.issue(vendor.private.public_key())).data
        trust = trust_settings(TrustLists(tsa=load_anchors(issuer.pem)))
        reading = read("png", data, trust=trust)
        assert "Trusted" == reading.json["validation_state"]
        assert (State.VALID, Standing.NOBODY) == (reading.state, reading.standing)

    def test_root_in_both(self) -> None:
        """A root on both official lists is known for what it signs, as the first list says."""
        vendor, issuer = maker("vendor"), authority()
        data = signed("png", vendor, chain_pem=issuer.issue(vendor.private.public_key())).data
        both = load_anchors(issuer.pem)
        reading = read("png", data, trust=trust_settings(TrustLists(manifest=both, tsa=both)))
        assert Standing.C2PA_LIST == reading.standing


@pytest.mark.parametrize("form", FORMATS)
class TestFuzz:
    @settings(max_examples=60, deadline=2000, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(choice=st.data())
    def test_mutated(self, form: str, someone: Maker, choice: st.DataObject) -> None:
        """Any change to a marked file gives a reading, no manifest, or our error, within two seconds."""
        read_mutated(form, someone, choice)

    @pytest.mark.slow
    @settings(max_examples=750, deadline=2000, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(choice=st.data())
    def test_mutated_often(self, form: str, someone: Maker, choice: st.DataObject) -> None:
        """The same, for thousands of files."""
        read_mutated(form, someone, choice)


def read_mutated(form: str, someone: Maker, choice: st.DataObject) -> None:
    """Read a marked file with a few bytes changed, taken out or put in."""
    data = bytearray(_sample(form, someone))
    for _ in range(choice.draw(st.integers(1, 4))):
        at = choice.draw(st.integers(0, len(data) - 1))
        data[at : at + choice.draw(st.integers(0, 3))] = choice.draw(st.binary(max_size=4))
    try:
        native.read(bytes(data), f"image/{form}")
    except Error:
        return


_SAMPLES: dict[str, bytes] = {}


def _sample(form: str, someone: Maker) -> bytes:
    if form not in _SAMPLES:
        _SAMPLES[form] = signed(form, someone).data
    return _SAMPLES[form]


def test_seeded_is_stable() -> None:
    """The tests' own source of bytes repeats itself, so a failure can be seen again."""
    assert seeded("a")(8) == seeded("a")(8)
