"""Marks that are as they were made, and marks that something happened to."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from myself_i2i.declaration import parse_by_hand
from myself_i2i.image import image_data_digest, strip_generation_metadata
from myself_i2i.predicates.generation import Generation, Input, WrittenBy
from myself_i2i.verification import Step
from myself_i2i.verification.report import Agreement, Integrity, Known
from tests.support.marked import (
    AT,
    Picture,
    drawing,
    generated,
    given,
    i2i,
    mark_data,
    marked,
    person,
    plain,
    recorded,
    with_assertions,
)
from tests.support.pictures import BUILDERS, chunk, png, text_chunk
from tests.verification.checking import checked, kinds, notes

ALICE = person("alice")
FORMATS = tuple(BUILDERS)
PNG_HEADER_END = 33
SAVED = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP", "avif": "AVIF"}


def saved_again(data: bytes, form: str) -> bytes:
    """The picture as an editor saves it: decoded and encoded, metadata gone."""
    buffer = io.BytesIO()
    Image.open(io.BytesIO(data)).convert("RGB").rotate(180).save(buffer, SAVED[form])
    return buffer.getvalue()


def one_bit_changed(data: bytes) -> bytes:
    """The file with one bit of its coded picture changed, and nothing else."""
    digest = image_data_digest(data)
    start = max(data.find(word) for word in (b"IDAT", b"\xff\xda", b"VP8L", b"mdat"))
    for place in range(start + 12, len(data)):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        if image_data_digest(changed) != digest:
            return changed
    raise AssertionError(start)


@pytest.mark.parametrize("form", FORMATS)
class TestEveryFormat:
    def test_words_alone(self, form: str) -> None:
        """An untouched mark of a text-to-image picture: intact, declared, agreed with by the file itself."""
        report = checked(marked(ALICE, generated(form)).data)
        assert (Integrity.INTACT, True, Step.DECLARED) == (report.intact.answer, report.marked, report.step)
        assert (Agreement.AGREES, "no", "t2i") == (
            report.consistency.answer,
            report.claims.image_input,
            report.claims.mode,
        )
        assert report.consistent

    def test_source(self, form: str) -> None:
        """An untouched mark with a source: the source by digest and basis, the pledge, and the file agrees."""
        report = checked(i2i(ALICE, form).data)
        assert (True, Agreement.AGREES, True) == (report.marked, report.consistency.answer, report.consistent)
        (source,) = report.claims.sources
        assert ("drawing.png", "init", drawing().sha256, "own-drawing") == (
            source.name,
            source.role,
            source.sha256,
            source.basis,
        )
        assert "my own drawing" in source.says.en
        assert report.claims.pledge is not None
        assert ("1.0", "alice", True) == (
            report.claims.pledge.version,
            report.claims.pledge.handle,
            report.claims.pledge.text_known,
        )

    def test_stripped(self, form: str) -> None:
        """A file that a site stripped says nothing in any direction."""
        report = checked(BUILDERS[form](64, 64))
        assert (Integrity.NOTHING_TO_CHECK, Known.NOBODY, Step.NOT_RECORDED) == (
            report.intact.answer,
            report.signer.answer,
            report.step,
        )
        assert not report.consistent
        assert () == report.notes

    def test_saved_again(self, form: str) -> None:
        """A picture that was saved anew is like one that was stripped; the sidecar does not speak for it."""
        made = i2i(ALICE, form)
        other = saved_again(made.data, form)
        assert Integrity.NOTHING_TO_CHECK is checked(other).intact.answer
        report = checked(other, sidecar=made.manifest_store)
        assert (False, True, Integrity.CHANGED) == (report.marked, report.refused, report.intact.answer)
        assert "another picture" in notes(report)

    def test_sidecar(self, form: str) -> None:
        """Beside a stripped copy the kept store still tells what its maker declared of exactly this picture."""
        made = i2i(ALICE, form)
        report = checked(
            strip_generation_metadata(generated(form, drawing()).data), sidecar=made.manifest_store
        )
        assert (True, Integrity.CHANGED, Step.DECLARED) == (report.marked, report.intact.answer, report.step)
        assert (Agreement.SILENT, False) == (report.consistency.answer, report.consistent)
        assert "beside the picture" in report.intact.says.en

    @pytest.mark.parametrize("rest", [20, 0.3, 0.6, 0.9])
    def test_cut_short(self, form: str, rest: float) -> None:
        """A file cut short anywhere is never called intact and never raises."""
        data = i2i(ALICE, form).data
        cut = data[: int(rest if rest > 1 else len(data) * rest)]
        report = checked(cut)
        assert Integrity.INTACT is not report.intact.answer
        assert not report.consistent

    @pytest.mark.parametrize("rest", [0.3, 0.6, 0.99])
    def test_unmarked_cut_short(self, form: str, rest: float) -> None:
        """A damaged file without any mark is not said to carry one."""
        data = plain(form).data
        report = checked(data[: int(len(data) * rest)])
        assert report.intact.answer in (Integrity.NOTHING_TO_CHECK, Integrity.UNREADABLE)

    def test_picture_changed(self, form: str) -> None:
        """One changed bit in the coded picture: nothing in the mark speaks for it any more."""
        report = checked(one_bit_changed(i2i(ALICE, form).data))
        assert (Integrity.CHANGED, False, True) == (report.intact.answer, report.marked, report.refused)
        assert None is report.claims.pledge
        assert not report.consistent

    def test_marked_again(self, form: str) -> None:
        """A second mark over the first: what agrees with it is the generator's metadata, not the mark beneath."""
        first = i2i(ALICE, form)
        second = marked(ALICE, Picture("again", first.data), [ALICE.declare(drawing())])
        report = checked(second.data)
        assert (True, True, Agreement.AGREES) == (report.marked, report.consistent, report.consistency.answer)
        assert [] == kinds(report)
        bare = marked(ALICE, plain(form), by_hand=parse_by_hand("t2i"))
        again = marked(ALICE, Picture("again", bare.data), by_hand=parse_by_hand("t2i"))
        assert Agreement.SILENT is checked(bare.data).consistency.answer
        assert Agreement.SILENT is checked(again.data).consistency.answer


class TestAroundThePicture:
    """Metadata changed after marking: the picture is still the one that the statements name."""

    @pytest.mark.parametrize(
        "change",
        [
            lambda data: data[:PNG_HEADER_END] + text_chunk("Comment", "hello") + data[PNG_HEADER_END:],
            lambda data: data + b"trailing",
            lambda data: data.replace(b"Myself_i2i</rdf:li>", b"Myself_i2j</rdf:li>"),
        ],
        ids=["text", "trailing", "xmp"],
    )
    def test_changed(self, change: object) -> None:
        """The file is changed and not consistent; the statements still name its picture and are used."""
        data = i2i(ALICE).data
        report = checked(change(data))  # type: ignore[operator]  # one of the functions above
        assert data != change(data)  # type: ignore[operator]  # the same
        assert (Integrity.CHANGED, True, False) == (report.intact.answer, report.marked, report.consistent)
        assert "beside the picture" in report.intact.says.en
        assert ("assertion.dataHash.mismatch", "signingCredential.untrusted") == report.intact.codes

    def test_moved(self) -> None:
        """A mark taken out of one picture and put into another is not used."""
        store = i2i(ALICE).manifest_store
        report = checked(png(64, 64, seed=3, chunks=[chunk(b"caBX", store)]))
        assert (Integrity.CHANGED, False, True) == (report.intact.answer, report.marked, report.refused)
        assert "another picture" in notes(report)

    def test_two_stores(self) -> None:
        """With two manifest stores in one file nothing is called intact."""
        made = i2i(ALICE)
        data = made.data[:PNG_HEADER_END] + chunk(b"caBX", made.manifest_store) + made.data[PNG_HEADER_END:]
        report = checked(data)
        assert (Integrity.CHANGED, False) == (report.intact.answer, report.consistent)

    def test_mark_changed(self) -> None:
        """A mark assertion that is not the one the signer signed is not used, though each statement in it holds."""
        data = i2i(ALICE).data
        report = checked(data.replace(b'"roles":["init"]', b'"roles":["mask"]'))
        assert (False, True) == (report.marked, report.refused)
        assert "does not stand behind" in notes(report)

    def test_no_picture(self) -> None:
        """A sidecar beside something that is no picture does not raise."""
        report = checked(b"no picture", sidecar=i2i(ALICE).manifest_store)
        assert (Integrity.UNREADABLE, False) == (report.intact.answer, report.consistent)

    @pytest.mark.parametrize("store", [b"", b"garbage", b"\0\0\0\x10jumb" + bytes(8)])
    def test_broken_sidecar(self, store: bytes) -> None:
        """A sidecar that cannot be read is said to be that."""
        report = checked(plain().data, sidecar=store)
        assert (Integrity.CHANGED, False) == (report.intact.answer, report.marked)
        assert "cannot be read" in report.intact.says.en


class TestConsistency:
    """The file's own metadata against the declaration."""

    def test_source_swapped(self) -> None:
        """A declared source other than the one whose digest stands in the file contradicts."""
        used, told = drawing(5, "used.png"), drawing(6, "told.png")
        picture = generated("png", used)
        record = Generation(
            written_by=WrittenBy.HAND,
            mode="i2i",
            image_input="yes",
            inputs=(Input(role="init", name="told.png", sha256=told.sha256),),
            recorded_at=AT,
        )
        data = mark_data(recorded(record, picture, ALICE), picture.subject.digest["imageData/v1"])
        report = checked(with_assertions(ALICE, picture, data))
        assert (True, Agreement.CONTRADICTS, False) == (
            report.marked,
            report.consistency.answer,
            report.consistent,
        )
        assert any(used.sha256[:12] in line.en for line in report.consistency.lines)

    def test_words_alone_declared(self) -> None:
        """Declared as text-to-image while the file records an input: both are shown, and they contradict."""
        report = checked(
            marked(ALICE, generated("png", drawing()), by_hand=parse_by_hand("t2i"), insist=True).data
        )
        assert (Integrity.INTACT, True) == (report.intact.answer, report.marked)
        assert (Agreement.CONTRADICTS, False) == (report.consistency.answer, report.consistent)

    def test_input_declared(self) -> None:
        """Declared with a source while the file records none contradicts too."""
        source = drawing()
        made = marked(
            ALICE,
            generated("png"),
            [ALICE.declare(source)],
            by_hand=parse_by_hand("i2i drawing.png"),
            given=[given("init", source)],
            insist=True,
        )
        assert Agreement.CONTRADICTS is checked(made.data).consistency.answer

    def test_silent(self) -> None:
        """A file that says nothing about its making is silent, and that is no fault."""
        source = drawing()
        made = marked(
            ALICE,
            plain(),
            [ALICE.declare(source)],
            by_hand=parse_by_hand("i2i drawing.png"),
            given=[given("init", source)],
        )
        report = checked(made.data)
        assert (Agreement.SILENT, True) == (report.consistency.answer, report.consistent)
        assert "hand" == report.claims.written_by

    def test_prompts_left_out(self) -> None:
        """A mark over a copy without generator metadata is silent: its own XMP does not confirm it."""
        made = marked(ALICE, generated("png"), strip=True)
        assert b"trainedAlgorithmicMedia" in made.data
        assert Agreement.SILENT is checked(made.data).consistency.answer
