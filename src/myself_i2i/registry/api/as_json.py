"""Facts of the registry as the JSON of spec/registry-api.md: what was published, and what became of it since."""

from __future__ import annotations

from typing import Any

from myself_i2i.predicates.moments import format_moment
from myself_i2i.registry.facts import Logged, Maker, PublishedMark

__all__ = ["logged_json", "maker_json", "mark_json"]


def logged_json(logged: Logged) -> dict[str, Any]:
    """Return where a statement stands in the log, and what became of it."""
    told: dict[str, Any] = {
        "index": logged.index,
        "digest": logged.digest,
        "loggedAt": format_moment(logged.logged_at),
        "keyid": logged.keyid,
        "predicateType": logged.statement.predicate_type,
        "standing": logged.standing.value,
    }
    if logged.changed_by is not None:
        told["changedBy"] = logged.changed_by
    return told


def mark_json(mark: PublishedMark) -> dict[str, Any]:
    """Return a published mark."""
    return {
        **logged_json(mark.logged),
        "code": mark.code,
        "manifestId": mark.manifest_id,
        "imageData": mark.image_data,
        "sha256": mark.sha256,
        "maker": {"name": mark.maker_name, "standing": mark.maker_standing.value},
        "mark": mark.says.to_json(),
    }


def maker_json(maker: Maker) -> dict[str, Any]:
    """Return a registered key."""
    return {
        "keyid": maker.keyid,
        "publicKey": maker.public_key.to_pem().decode(),
        "name": maker.name,
        "accounts": list(maker.accounts),
        "registeredAt": format_moment(maker.registered_at),
        "pledgedAt": None if maker.pledged_at is None else format_moment(maker.pledged_at),
        "pledge": None if maker.pledge is None else logged_json(maker.pledge),
        "standing": maker.standing.value,
        "marks": maker.marks,
    }
