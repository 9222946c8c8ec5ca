"""Whole marks, and what stands beside them in the file."""

from __future__ import annotations

from tests.support.foreign import vendor
from tests.support.marked import (
    AT,
    Picture,
    drawing,
    generated,
    i2i,
    mark_data,
    marked,
    plain,
    recorded,
    with_assertions,
)
from tests.support.pictures import png, xmp_packet

from myself_i2i.attestation import IMAGE_DATA
from myself_i2i.declaration import parse_by_hand
from myself_i2i.predicates.generation import Generation, Input, WrittenBy
from vectors.case import (
    ALICE,
    EVE,
    GOOD,
    PICTURE,
    SOURCE,
    Case,
)

__all__ = ["COMPARED", "MARKS"]


def other_source() -> bytes:
    """A mark that names another source than the file records."""
    told = drawing(6, "told.png")
    record = Generation(
        written_by=WrittenBy.HAND,
        mode="i2i",
        image_input="yes",
        inputs=(Input(role="init", name=told.name, sha256=told.sha256),),
        recorded_at=AT,
    )
    made = mark_data(recorded(record, PICTURE, ALICE), PICTURE.subject.digest[IMAGE_DATA])
    return with_assertions(ALICE, PICTURE, made)


def over_vendor(change: bytes) -> bytes:
    """A mark over a vendor's file, to which `change` was appended before."""
    return marked(ALICE, Picture("vendor.png", vendor(generated("png")) + change)).data


def recorder() -> bytes:
    """A mark with a recorder's record."""
    record = Generation(
        written_by=WrittenBy.RECORDER, mode="t2i", image_input="no", recorded_at=AT, tool="ComfyUI"
    )
    return marked(ALICE, generated("png"), recorded=record).data


def tagged(word: str) -> bytes:
    """Nothing but a keyword."""
    return png(xmp=xmp_packet(f"<dc:subject><rdf:Bag><rdf:li>{word}</rdf:li></rdf:Bag></dc:subject>"))


MARKS = [
    Case(
        name=f"mark_i2i_{form}",
        what="A picture made by i2i from the maker's own drawing, marked.",
        why="Nothing was changed, the file's own metadata names the same source, and the statements are the signer's.",
        make=lambda form=form: i2i(ALICE, form).data,  # type: ignore[misc]  # a default binds the loop's value
        suffix=form,
        expected={**GOOD, "consistency": "agrees", "signer": "unknown", "others": []},
    )
    for form in ("png", "jpeg", "webp", "avif")
] + [
    Case(
        name="mark_t2i",
        what="A picture made from words alone, marked.",
        why="The file's own metadata records no input either.",
        make=lambda: marked(ALICE, generated("png")).data,
        expected={**GOOD, "consistency": "agrees"},
    ),
    Case(
        name="mark_silent",
        what="A picture without metadata; its maker typed how it was made.",
        why="Silence of the file is no contradiction.",
        make=lambda: marked(ALICE, plain(), by_hand=parse_by_hand("t2i")).data,
        expected={**GOOD, "consistency": "silent"},
    ),
    Case(
        name="mark_recorder",
        what="A mark whose record was written by a recorder when the picture was made.",
        why="The record says so, under the maker's key.",
        make=recorder,
        expected={**GOOD, "step": "recorded"},
    ),
    Case(
        name="mark_own_key",
        what="A mark checked by its maker.",
        why="The key that signed the claim is one of the reader's.",
        make=lambda: i2i(ALICE).data,
        knowledge={"own": [ALICE.keyid]},
        expected={**GOOD, "signer": "self"},
    ),
    Case(
        name="mark_pinned",
        what="A mark checked by somebody who added the maker.",
        why="The key is the one that was added; the name in the certificate plays no part.",
        make=lambda: i2i(ALICE).data,
        knowledge={"makers": {ALICE.keyid: "a friend"}},
        expected={**GOOD, "signer": "pinned"},
    ),
    Case(
        name="mark_over_mark",
        what="A marked picture that was marked again.",
        why="What agrees is the generator's metadata; the mark beneath is left out of the comparison.",
        make=lambda: marked(ALICE, Picture("x", i2i(ALICE).data), [ALICE.declare(SOURCE)]).data,
        expected={**GOOD, "consistency": "agrees", "others": []},
    ),
    Case(
        name="mark_over_others_mark",
        what="A picture that carries one maker's mark, marked by somebody else.",
        why="The new mark holds; that another's lies beneath it is told.",
        make=lambda: marked(EVE, Picture("x", i2i(ALICE).data), [EVE.declare(SOURCE)]).data,
        expected={**GOOD, "others": [["earlier_mark", True]]},
    ),
    Case(
        name="mark_over_own_xmp",
        what="A picture without metadata, marked twice.",
        why="The XMP and the manifest of the first mark must not confirm the second.",
        make=lambda: (
            marked(
                ALICE,
                Picture("x", marked(ALICE, plain(), by_hand=parse_by_hand("t2i")).data),
                by_hand=parse_by_hand("t2i"),
            ).data
        ),
        expected={**GOOD, "consistency": "silent"},
    ),
    Case(
        name="mark_over_vendor",
        what="A vendor's file, marked; the vendor's issuer is on the reader's list.",
        why="The mark is the maker's; a signer beneath it is never taken as looked up.",
        make=lambda: over_vendor(b""),
        knowledge={"manifest_list": "vendors"},
        expected={**GOOD, "signer": "unknown", "others": [["vendor_manifest", True]]},
    ),
    Case(
        name="mark_over_broken_vendor_fail",
        what="A vendor's file that was changed, then marked.",
        why="The mark is whole, but the signature of its ingredient does not hold, and the top-level state is silent about that.",
        make=lambda: over_vendor(b"x"),
        expected={**GOOD, "others": [["vendor_manifest", False]], "consistent": False},
    ),
]

COMPARED = [
    Case(
        name="source_swapped_fail",
        what="The mark names another source than the one whose digest stands in the file.",
        why="A digest cannot differ by accident.",
        make=other_source,
        expected={**GOOD, "consistency": "contradicts", "consistent": False},
    ),
    Case(
        name="input_left_out_fail",
        what="Declared as text-to-image; the file records an input.",
        why="Both cannot be so; the report says which is which and judges neither.",
        make=lambda: marked(ALICE, PICTURE, by_hand=parse_by_hand("t2i"), insist=True).data,
        expected={**GOOD, "consistency": "contradicts", "consistent": False},
    ),
    Case(
        name="tag_fail",
        what="The tag as a keyword, and nothing else.",
        why="Nobody signed anything.",
        make=lambda: tagged("Myself_i2i"),
        expected={"marked": False, "step": "tagged", "intact": "nothing_to_check", "consistent": False},
    ),
    Case(
        name="tag_before_fail",
        what="The campaign's earlier tag.",
        why="It still counts as carrying the tag.",
        make=lambda: tagged("#Noi2i"),
        expected={"marked": False, "step": "tagged", "consistent": False},
    ),
    Case(
        name="metadata_only_fail",
        what="A generator's own metadata, unsigned.",
        why="It is a lead and no more.",
        make=lambda: PICTURE.data,
        expected={
            "marked": False,
            "step": "not_recorded",
            "intact": "nothing_to_check",
            "image_input": "yes",
            "consistent": False,
        },
    ),
]
