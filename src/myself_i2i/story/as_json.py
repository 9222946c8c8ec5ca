"""A story as JSON: spec/story.schema.json."""

from __future__ import annotations

from typing import Any

from myself_i2i.predicates.moments import format_moment
from myself_i2i.story.values import Picture, Step, Story
from myself_i2i.wording import Text

__all__ = ["as_json"]

VERSION = 1


def as_json(story: Story, *, file: str, limit: Text) -> dict[str, Any]:
    """Return `story` as JSON values; its shape does not change within one version."""
    return {
        "version": VERSION,
        "file": file,
        "recorded": bool(story.steps),
        "pictures": [_picture(one) for one in story.pictures],
        "steps": [_step(one) for one in story.steps],
        "notes": [_both(note) for note in story.notes],
        "limit": _both(limit),
    }


def _picture(picture: Picture) -> dict[str, Any]:
    standing = picture.standing
    return {
        "id": picture.id,
        "name": picture.name,
        "sha256": list(picture.sha256s),
        "image_data": list(picture.image_data),
        "standing": standing.kind.value,
        "basis": standing.basis.value if standing.basis else None,
        "says": [_both(text) for text in standing.says],
        "notes": [_both(text) for text in standing.notes],
    }


def _step(step: Step) -> dict[str, Any]:
    record = step.generation
    return {
        "picture": step.picture,
        "statement": step.statement,
        "keyid": step.keyid,
        "at": format_moment(step.at),
        "at_is": "making" if step.timed else "writing_down",
        "withdrawn_at": format_moment(step.withdrawal.withdrawn_at) if step.withdrawal else None,
        "uses": [{"picture": use.picture, "how": use.how, "note": use.note} for use in step.uses],
        "record": record.to_json() if record else None,
    }


def _both(text: Text) -> dict[str, str]:
    return {"en": text.en, "ja": text.ja}
