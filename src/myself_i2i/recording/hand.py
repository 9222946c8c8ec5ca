"""Hand work between two files, as the maker says it: the step of a picture's making that no tool can see."""

from __future__ import annotations

from datetime import datetime

from myself_i2i.attestation import IMAGE_DATA, SHA256, Subject
from myself_i2i.predicates import Generation
from myself_i2i.predicates.generation import Input, Parent, Relation, WrittenBy
from myself_i2i.recording.draft import clean

__all__ = ["hand_work"]


def hand_work(before: Subject, *, hand: str, now: datetime) -> Generation:
    """Return the record of a file that is `before`, worked on by hand as `hand` tells.

    The earlier file is a parent and an input as well: whoever follows what went into a picture passes through hand work, so
    that a stroke of the brush does not cut off where it came from. `before` MUST have a sha256.
    """
    note = clean(hand)
    return Generation(
        written_by=WrittenBy.HAND,
        mode="unknown",
        image_input="yes",
        inputs=(
            Input(
                role="init",
                name=clean(before.name),
                sha256=before.digest[SHA256],
                image_data=before.digest.get(IMAGE_DATA),
            ),
        ),
        parents=(Parent(relation=Relation.HAND_WORK, sha256=before.digest[SHA256], note=note),),
        note=note,
        recorded_at=now,
    )
