"""JSON Schemas of what the service takes and gives: the components of its OpenAPI document."""

from __future__ import annotations

from typing import Any, Final

__all__ = ["BINARY", "SCHEMAS", "TEXT", "ref"]


def ref(name: str) -> dict[str, str]:
    """Return a reference to one of `SCHEMAS`."""
    return {"$ref": f"#/components/schemas/{name}"}


def _object(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": required | (optional or {}),
        "required": list(required),
    }


TEXT: Final = {"type": "string"}
BINARY: Final = {"type": "string", "format": "binary"}
_INDEX: Final = {"type": "integer", "minimum": 0}
_DIGEST: Final = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_MOMENT: Final = {"type": "string", "format": "date-time"}
_STANDING: Final = {"enum": ["stands", "withdrawn", "suspended"]}
_CODE: Final = {"type": "string", "pattern": "^[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]$"}
_NAME: Final = {"type": ["string", "null"]}
_VERSION: Final = {"type": "string", "pattern": r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$"}
_BOTH: Final = _object({"en": TEXT, "ja": TEXT})
_LOGGED: Final = {
    "index": _INDEX,
    "digest": _DIGEST,
    "loggedAt": _MOMENT,
    "keyid": _DIGEST,
    "predicateType": TEXT,
    "standing": _STANDING,
}

SCHEMAS: Final[dict[str, Any]] = {
    "Error": _object({"error": _object({"message": _BOTH}, {"hint": _BOTH, "reason": TEXT})}),
    "Envelope": _object(
        {
            "payloadType": {"const": "application/vnd.in-toto+json"},
            "payload": {"type": "string", "contentEncoding": "base64"},
            "signatures": {
                "type": "array",
                "minItems": 1,
                "items": _object({"keyid": _DIGEST, "sig": {"type": "string", "contentEncoding": "base64"}}),
            },
        }
    ),
    "Form": _object({"envelope": TEXT}, {"manifest": BINARY}),
    "Published": _object(
        {"index": _INDEX, "digest": _DIGEST, "loggedAt": _MOMENT, "receipt": TEXT}, {"code": _CODE}
    ),
    "Statement": _object(
        {"index": _INDEX, "digest": _DIGEST, "loggedAt": _MOMENT, "envelope": ref("Envelope")}
    ),
    "Logged": _object(_LOGGED, {"changedBy": _INDEX}),
    "Mark": _object(
        _LOGGED
        | {
            "code": _CODE,
            "manifestId": TEXT,
            "imageData": _DIGEST,
            "sha256": {"anyOf": [_DIGEST, {"type": "null"}]},
            "maker": _object({"name": _NAME, "standing": _STANDING}),
            "mark": {"type": "object"},
        },
        {"changedBy": _INDEX},
    ),
    "Maker": _object(
        {
            "keyid": _DIGEST,
            "publicKey": TEXT,
            "name": _NAME,
            "accounts": {"type": "array", "items": TEXT},
            "registeredAt": _MOMENT,
            "pledgedAt": {"anyOf": [_MOMENT, {"type": "null"}]},
            "pledge": {"anyOf": [ref("Logged"), {"type": "null"}]},
            "standing": _STANDING,
            "marks": _INDEX,
        }
    ),
    "Binding": _object(
        {
            "alg": TEXT,
            "value": {"type": "string", "pattern": "^[A-Za-z0-9+/_-]+={0,2}$", "contentEncoding": "base64"},
        }
    ),
    "Matches": _object(
        {
            "matches": {
                "type": "array",
                "items": _object(
                    {"manifestId": TEXT, "similarityScore": {"type": "integer", "minimum": 0, "maximum": 100}}
                ),
            }
        }
    ),
    "Algorithms": _object(
        {name: {"type": "array", "items": _object({"alg": TEXT})} for name in ("watermarks", "fingerprints")}
    ),
    "Capabilities": _object(
        {"c2paSpecificationVersion": _VERSION, "supportedCapabilities": {"type": "array", "items": TEXT}}
    ),
    "Status": _object({"status": {"enum": ["ok", "degraded", "down"]}}, {"timestamp": _MOMENT}),
    "Keys": _object({"log": TEXT, "operator": TEXT}),
    "WellKnown": _object(
        {"apiEndpoint": TEXT, "c2paSpecificationVersion": _VERSION},
        {"capabilitiesEndpoint": TEXT, "statusEndpoint": TEXT},
    ),
}
