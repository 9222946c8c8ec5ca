"""What the service offers of the C2PA Soft Binding Resolution API 2.4; names and parameters are its own."""

from __future__ import annotations

from typing import Final

from myself_i2i.registry.api import matching, records, services
from myself_i2i.registry.api.bindings import NAMES
from myself_i2i.registry.api.offering import ALL_WELL, JSON, in_json, named, plain
from myself_i2i.registry.api.operations import Answer, Body, Operation, Parameter
from myself_i2i.registry.api.schemas import BINARY, ref
from myself_i2i.registry.settings import Settings
from myself_i2i.wording import Text

__all__ = ["c2pa_operations"]

PICTURE_COST: Final = 10.0
"""What a picture takes of an address's share: it is decoded here."""


def c2pa_operations(settings: Settings) -> list[Operation]:
    """Return the operations of that API."""
    return [*_queries(settings), *_fetches(), *_services()]


def _queries(settings: Settings) -> list[Operation]:
    matches = in_json(
        "Matches", Text(en="marks that look near, nearest first", ja="見た目が近い目印（近い順）")
    )
    return [
        Operation(
            method="GET",
            path="/matches/byBinding",
            handler=matching.get_matches_by_binding,
            name="getMatchesByBinding",
            words=Text(
                en="Find manifests by a soft binding", ja="ソフトバインディングからマニフェストを探す"
            ),
            parameters=[_VALUE, _ALG, _MOST],
            answers=matches,
            errors=[400, 414],
        ),
        Operation(
            method="POST",
            path="/matches/byBinding",
            handler=matching.post_matches_by_binding,
            name="postMatchesByBinding",
            words=Text(
                en="Find manifests by a soft binding, sent as a body",
                ja="本文で送ったソフトバインディングからマニフェストを探す",
            ),
            parameters=[_MOST],
            body=Body(content={JSON: ref("Binding")}, most=matching.BINDING_BYTES),
            answers=matches,
            errors=[415],
        ),
        Operation(
            method="POST",
            path="/matches/byContent",
            handler=matching.post_matches_by_content,
            name="getMatchesByContent",
            words=Text(
                en="Find manifests by a picture, which is read in memory and not kept",
                ja="画像からマニフェストを探す（画像はメモリ上で読み、保存しません）",
            ),
            parameters=[_OPTIONAL_ALG, _HINT_ALG, _HINT_VALUE, _MOST],
            body=Body(content=dict.fromkeys(matching.PICTURES, BINARY), most=settings.picture_bytes),
            answers=matches,
            errors=[415],
            cost=PICTURE_COST,
        ),
    ]


def _fetches() -> list[Operation]:
    return [
        Operation(
            method="GET",
            path="/manifests/{activeManifestId}",
            deep=frozenset({"activeManifestId"}),
            handler=records.get_manifest,
            name="getManifest",
            words=Text(en="Get a manifest store", ja="マニフェストストアを取得する"),
            parameters=[
                named(
                    "activeManifestId",
                    Text(en="label of the active manifest", ja="アクティブマニフェストのラベル"),
                )
            ],
            answers={200: Answer(words=ALL_WELL, content={records.C2PA: BINARY})},
            errors=[404],
        )
    ]


def _services() -> list[Operation]:
    return [
        plain(
            "/services/supportedAlgorithms",
            services.get_supported_algorithms,
            "getSupportedAlgorithms",
            Text(en="Which soft bindings are looked up", ja="探せるソフトバインディングの種類"),
            in_json("Algorithms"),
        ),
        plain(
            "/services/capabilities",
            services.get_capabilities,
            "getServiceCapabilities",
            Text(en="What of the C2PA API is here", ja="C2PA の API のうち、ここにあるもの"),
            in_json("Capabilities"),
        ),
        plain(
            "/services/status",
            services.get_status,
            "getServiceStatus",
            Text(en="How the service is", ja="サービスの状態"),
            in_json("Status"),
        ),
        plain(
            "/.well-known/c2pa-soft-binding-resolution",
            services.get_well_known,
            "getWellKnown",
            Text(en="Where the C2PA API is", ja="C2PA の API の場所"),
            in_json("WellKnown"),
        ),
        plain(
            "/keys",
            services.get_keys,
            "getKeys",
            Text(en="With which keys this registry signs", ja="この登録所が署名に使う鍵"),
            in_json("Keys"),
        ),
    ]


_BASE64: Final = {"type": "string", "pattern": "^[A-Za-z0-9+/_-]+={0,2}$", "contentEncoding": "base64"}
_ALGORITHMS: Final = {"type": "string", "enum": list(NAMES)}
_VALUE: Final = Parameter(
    name="value", words=Text(en="its value, in base64", ja="その値（base64）"), schema=_BASE64
)
_ALG: Final = Parameter(name="alg", words=Text(en="the algorithm", ja="アルゴリズム"), schema=_ALGORITHMS)
_OPTIONAL_ALG: Final = Parameter(
    name="alg",
    words=Text(en="look the picture up by this one only", ja="このアルゴリズムだけで探す"),
    schema=_ALGORITHMS,
    required=False,
)
_HINT_ALG: Final = Parameter(
    name="hintAlg",
    words=Text(
        en="algorithm of a binding that the client has already", ja="クライアントが持つ値のアルゴリズム"
    ),
    schema=_ALGORITHMS,
    required=False,
)
_HINT_VALUE: Final = Parameter(
    name="hintValue",
    words=Text(en="value of that binding, in base64", ja="その値（base64）"),
    schema=_BASE64,
    required=False,
)
_MOST: Final = Parameter(
    name="maxResults",
    words=Text(en="most matches wanted", ja="ほしい一致の最大数"),
    schema={"type": "integer", "minimum": 1, "default": matching.DEFAULT_RESULTS},
    required=False,
)
