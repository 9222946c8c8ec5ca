from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from myself_i2i.attestation import IMAGE_DATA, SHA256, sign
from myself_i2i.client.http import Remote
from myself_i2i.client.publishing import PublicKeys, ask_keys, check_answer, send, state_mark
from myself_i2i.errors import Error, InputError, VerificationError
from myself_i2i.fingerprint import ISCC, ORIGIN, PDQ64
from myself_i2i.predicates.moments import format_moment
from myself_i2i.registry.api.multipart import read_parts
from myself_i2i.registry.service import Registry
from myself_i2i.tlog import NoteKey
from tests.client.serving import Asked, Reply, serving
from tests.registry.support import NOW, made, open_registry, person, picture, pledge
from tests.support import marked as making
from tests.support.pictures import png

MAKER, OTHER = person("maker"), person("other")
SOURCE = picture(7, name="source.png")
ONE = made(MAKER, 1, source=SOURCE)
KEY = NoteKey("registry.example", bytes(32))


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    with open_registry(tmp_path) as opened:
        yield opened


def answering(registry: Registry, asked: Asked) -> Reply:
    """What the service answers to a write, and who it is."""
    if asked.path == "/keys":
        return Reply(body=json.dumps(registry.public_keys().to_json()).encode())
    envelope, manifest = asked.body, None
    if asked.headers["content-type"].startswith("multipart/"):
        parts = read_parts(asked.body, asked.headers["content-type"])
        envelope, manifest = parts["envelope"], parts["manifest"]
    done = registry.publish(envelope, manifest=manifest)
    told = {
        "index": done.index,
        "digest": done.digest,
        "loggedAt": format_moment(done.logged_at),
        "receipt": registry.receipt(done.index).decode(),
        **({"code": done.code} if done.code else {}),
    }
    return Reply(201, json.dumps(told).encode())


class TestStateMark:
    def test_says_what_the_mark_says(self) -> None:
        """What is published of a marked file is its mark again, with how the picture looks."""
        stated = state_mark(ONE.marked.data, name="out.png", keyid=MAKER.keyid, published_at=NOW)
        assert {PDQ64, ISCC, ORIGIN} == set(stated.says.fingerprints)
        assert (ONE.says.sources, ONE.says.manifest, ONE.says.mode) == (
            stated.says.sources,
            stated.says.manifest,
            stated.says.mode,
        )
        assert (ONE.manifest, ONE.marked.image_data, True) == (
            stated.manifest,
            stated.image_data,
            stated.seen,
        )
        (subject,) = stated.statement.subjects
        assert ONE.marked.image_data == subject.digest[IMAGE_DATA]
        assert SHA256 in subject.digest

    def test_sealed_stays_sealed(self) -> None:
        """A sealed source is published as sealed."""
        sealed = made(MAKER, 1, source=SOURCE, seal=True)
        stated = state_mark(sealed.marked.data, name="x", keyid=MAKER.keyid, published_at=NOW)
        assert (True, {}, False) == (
            stated.says.sources[0].sealed,
            dict(stated.says.sources[0].fingerprints),
            stated.seen,
        )

    @pytest.mark.parametrize("form", ["png", "jpeg", "webp", "avif"])
    def test_every_format(self, registry: Registry, form: str) -> None:
        """What is stated of a marked file of any format is taken by a registry."""
        done = making.i2i(MAKER, form)
        stated = state_mark(done.data, name="x", keyid=MAKER.keyid, published_at=NOW)
        pledge(registry, MAKER)
        envelope = sign(stated.statement, MAKER.key)
        assert done.code == registry.publish(envelope.to_json(), manifest=stated.manifest).code

    def test_a_flat_picture_has_no_looks(self) -> None:
        """A picture too flat to be told from others is published without fingerprints."""
        flat = making.Picture("flat.png", png(image=Image.new("RGB", (64, 64), "white")))
        one = made(MAKER, output=flat)
        stated = state_mark(one.marked.data, name="x", keyid=MAKER.keyid, published_at=NOW)
        assert {} == dict(stated.says.fingerprints)

    def test_without_a_mark(self) -> None:
        """A file without a mark, or with another's, or changed since, is refused with the way out where there is one."""
        with pytest.raises(InputError, match="no mark") as told:
            state_mark(picture().data, name="x", keyid=MAKER.keyid, published_at=NOW)
        assert told.value.hint is not None
        with pytest.raises(VerificationError, match="another key"):
            state_mark(ONE.marked.data, name="x", keyid=OTHER.keyid, published_at=NOW)
        changed = bytearray(ONE.marked.data)
        at = changed.index(b'"basis":"own-drawing"') + 9
        changed[at : at + 11] = b"own-photo\x20\x20"
        with pytest.raises(Error):
            state_mark(bytes(changed), name="x", keyid=MAKER.keyid, published_at=NOW)


class TestSend:
    def test_there_and_back(self, registry: Registry) -> None:
        """A pledge and a mark are sent, and their receipts hold under the key that the registry tells."""
        with serving(lambda asked: answering(registry, asked)) as (url, _):
            remote = Remote.at(url)
            keys = ask_keys(remote)
            assert registry.public_keys() == keys
            said = MAKER.pledge().envelope
            first = check_answer(send(remote, said, boundary="ab" * 16), said, keys.log)
            data = send(remote, ONE.envelope, ONE.manifest, boundary="ab" * 16)
            answered = check_answer(data, ONE.envelope, keys.log)
        assert (0, 1, None, ONE.marked.code) == (first.index, answered.index, first.code, answered.code)
        assert (ONE.envelope.digest, NOW) == (answered.digest, answered.logged_at)

    def test_a_receipt_that_does_not_hold(self, registry: Registry) -> None:
        """A receipt of another log, for another statement, or of another time is refused."""
        said, other = MAKER.pledge().envelope, OTHER.pledge().envelope
        with serving(lambda asked: answering(registry, asked)) as (url, _):
            data = send(Remote.at(url), said, boundary="ab" * 16)
        key = registry.log.key
        with pytest.raises(VerificationError):
            check_answer(data, other, key)
        with pytest.raises(VerificationError):
            check_answer(data, said, type(key)(key.name, bytes(32)))
        told = json.loads(data) | {"loggedAt": "2020-01-01T00:00:00Z"}
        with pytest.raises(VerificationError):
            check_answer(json.dumps(told).encode(), said, key)

    @given(
        st.dictionaries(
            st.sampled_from(["index", "loggedAt", "receipt", "code", "x"]),
            st.none() | st.integers() | st.text(max_size=30) | st.lists(st.integers(), max_size=2),
        )
        | st.integers()
    )
    def test_strangers_answers(self, value: object) -> None:
        """Whatever JSON comes back, nothing but our own errors comes out."""
        with pytest.raises(Error):
            check_answer(json.dumps(value).encode(), ONE.envelope, KEY)

    @pytest.mark.parametrize(
        "value", [None, [], {}, {"log": 1, "operator": 2}, {"log": "x", "operator": "y"}]
    )
    def test_no_keys(self, value: object) -> None:
        """Keys that are none are refused."""
        with pytest.raises(InputError):
            PublicKeys.from_json(value)
