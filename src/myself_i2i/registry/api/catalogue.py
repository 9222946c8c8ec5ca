"""Everything the service answers, as one list: its routes and its OpenAPI document are made from this."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from myself_i2i.predicates.question import QUESTION_BYTES
from myself_i2i.registry.api import asking, log_files, matching, records, services, statements
from myself_i2i.registry.api.bindings import NAMES
from myself_i2i.registry.api.metrics import MEDIA_TYPE
from myself_i2i.registry.api.operations import Answer, Body, Operation, Parameter
from myself_i2i.registry.api.schemas import BINARY, TEXT, ref
from myself_i2i.registry.authority import REQUEST_BYTES
from myself_i2i.registry.settings import Settings
from myself_i2i.registry.witnessing import MOST_NOTE
from myself_i2i.tlog import MOST_ENTRY_BYTES
from myself_i2i.wording import Text

__all__ = ["operations"]

JSON: Final = "application/json"
PICTURE_COST: Final = 10.0
"""What a picture takes of an address's share: it is decoded here."""
ANSWER_COST: Final = 5.0
_SIGNED: Final = Text(en="the answer, signed by the registry's operator", ja="登録所の運営者が署名した回答")
_ALL_WELL: Final = Text(en="as asked for", ja="求められたもの")


def operations(settings: Settings) -> list[Operation]:
    """Return the operations of a registry with these settings."""
    return [
        *_queries(settings),
        *_fetches(),
        *_services(),
        *_statements(settings),
        *_log(),
        *_asking(),
        *_own(),
    ]


def _queries(settings: Settings) -> list[Operation]:
    matches = _json(
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
                _name(
                    "activeManifestId",
                    Text(en="label of the active manifest", ja="アクティブマニフェストのラベル"),
                )
            ],
            answers={200: Answer(words=_ALL_WELL, content={records.C2PA: BINARY})},
            errors=[404],
        )
    ]


def _services() -> list[Operation]:
    return [
        _plain(
            "/services/supportedAlgorithms",
            services.get_supported_algorithms,
            "getSupportedAlgorithms",
            Text(en="Which soft bindings are looked up", ja="探せるソフトバインディングの種類"),
            _json("Algorithms"),
        ),
        _plain(
            "/services/capabilities",
            services.get_capabilities,
            "getServiceCapabilities",
            Text(en="What of the C2PA API is here", ja="C2PA の API のうち、ここにあるもの"),
            _json("Capabilities"),
        ),
        _plain(
            "/services/status",
            services.get_status,
            "getServiceStatus",
            Text(en="How the service is", ja="サービスの状態"),
            _json("Status"),
        ),
        _plain(
            "/.well-known/c2pa-soft-binding-resolution",
            services.get_well_known,
            "getWellKnown",
            Text(en="Where the C2PA API is", ja="C2PA の API の場所"),
            _json("WellKnown"),
        ),
        _plain(
            "/keys",
            services.get_keys,
            "getKeys",
            Text(en="With which keys this registry signs", ja="この登録所が署名に使う鍵"),
            _json("Keys"),
        ),
    ]


def _statements(settings: Settings) -> list[Operation]:
    published = Text(
        en="it was here already; the same answer as the first time", ja="登録済み（最初と同じ回答）"
    )
    new = Text(en="it stands in the log", ja="ログに載りました")
    form = settings.manifest_bytes + 2 * MOST_ENTRY_BYTES
    return [
        Operation(
            method="POST",
            path="/statements",
            handler=statements.post_statement,
            name="postStatement",
            words=Text(
                en="Publish a signed statement; a mark comes in a form, beside its manifest",
                ja="署名した文書を登録する（目印は、マニフェストと一緒にフォームで送ります）",
            ),
            body=Body(
                content={statements.ENVELOPE: ref("Envelope"), statements.FORM: ref("Form")}, most=form
            ),
            answers=_json("Published", published) | _json("Published", new, status=201),
            errors=[403, 415],
        ),
        Operation(
            method="GET",
            path="/statements/{digest}",
            handler=statements.get_statement,
            name="getStatement",
            words=Text(en="Get a statement as it was signed", ja="署名されたままの文書を取得する"),
            parameters=[_name("digest", Text(en="the envelope's digest", ja="封筒のハッシュ値"))],
            answers=_json("Statement"),
            errors=[404],
        ),
        Operation(
            method="GET",
            path="/receipts/{index}",
            handler=statements.get_receipt,
            name="getReceipt",
            words=Text(
                en="Get the proof that an entry stands in the log (C2SP tlog-proof)",
                ja="記載がログにあることの証明を取得する（C2SP tlog-proof）",
            ),
            parameters=[_name("index", Text(en="place in the log, from 0", ja="ログの中の位置（0から）"))],
            answers={200: Answer(words=_ALL_WELL, content={"text/plain": TEXT})},
            errors=[404],
        ),
        Operation(
            method="GET",
            path="/s/{code}",
            deep=frozenset({"code"}),
            handler=records.get_mark,
            name="getMark",
            words=Text(
                en="Get the mark with this short code, manifest id or statement digest",
                ja="短いコード・マニフェストID・文書のハッシュ値から目印を取得する",
            ),
            parameters=[_name("code", Text(en="e.g. 7K3QM-2ZD8R-T", ja="例: 7K3QM-2ZD8R-T"))],
            answers=_json("Mark"),
            errors=[404],
        ),
        Operation(
            method="GET",
            path="/makers/{keyid}",
            handler=records.get_maker,
            name="getMaker",
            words=Text(en="Get a registered key and its pledge", ja="登録された鍵とその宣言を取得する"),
            parameters=[_name("keyid", Text(en="the key's id", ja="鍵のID"))],
            answers=_json("Maker"),
            errors=[404],
        ),
    ]


def _log() -> list[Operation]:
    return [
        _plain(
            "/checkpoint",
            log_files.get_checkpoint,
            "getCheckpoint",
            Text(en="The head of the log (C2SP checkpoint)", ja="ログの先頭（C2SP checkpoint）"),
            {200: Answer(words=_ALL_WELL, content={"text/plain": TEXT})},
        ),
        Operation(
            method="GET",
            path="/tile/{path}",
            deep=frozenset({"path"}),
            handler=log_files.get_tile,
            name="getTile",
            words=Text(en="A tile of the log (C2SP tlog-tiles)", ja="ログのタイル（C2SP tlog-tiles）"),
            parameters=[_name("path", Text(en="e.g. 0/000.p/5", ja="例: 0/000.p/5"))],
            answers={200: Answer(words=_ALL_WELL, content={"application/octet-stream": BINARY})},
            errors=[404],
        ),
    ]


def _asking() -> list[Operation]:
    return [
        Operation(
            method="POST",
            path="/answers",
            handler=asking.post_answer,
            name="postAnswer",
            words=Text(
                en="Ask whether a picture is near to what was recorded; only fingerprints are sent",
                ja="画像が記録されたものに近いかを尋ねる（送るのは指紋だけです）",
            ),
            body=Body(content={JSON: {"type": "object"}}, most=QUESTION_BYTES),
            answers={200: Answer(words=_SIGNED, content={statements.ENVELOPE: ref("Envelope")})},
            errors=[415],
            cost=ANSWER_COST,
        ),
        Operation(
            method="POST",
            path="/certificates",
            handler=asking.post_certificate,
            name="postCertificate",
            words=Text(
                en="Get a certificate for a pledged key (PKCS #10)",
                ja="宣言した鍵の証明書を申請する（PKCS #10）",
            ),
            body=Body(content={asking.REQUEST: BINARY}, most=REQUEST_BYTES),
            answers={200: Answer(words=_ALL_WELL, content={asking.CHAIN: TEXT})},
            errors=[403, 415],
        ),
        Operation(
            method="POST",
            path="/cosignatures",
            handler=asking.post_cosignature,
            name="postCosignature",
            words=Text(
                en="Give back a head of the log with a cosignature (C2SP tlog-cosignature) of a witness that is known here",
                ja="ここで知られている証人の副署（C2SP tlog-cosignature）が付いたログの先頭を届ける",
            ),
            body=Body(content={asking.NOTE: TEXT}, most=MOST_NOTE),
            answers={200: Answer(words=_ALL_WELL, content={asking.NOTE: TEXT})},
            errors=[403, 415],
        ),
        _plain(
            "/authority.pem",
            asking.get_authority,
            "getAuthority",
            Text(
                en="The certificate of this registry's authority, a private anchor",
                ja="この登録所の認証局の証明書（私的な信頼の起点）",
            ),
            {200: Answer(words=_ALL_WELL, content={asking.CHAIN: TEXT})},
        ),
    ]


def _own() -> list[Operation]:
    return [
        _plain(
            "/openapi.json",
            services.get_openapi,
            "getOpenapi",
            Text(en="This document", ja="この文書"),
            {200: Answer(words=_ALL_WELL, content={JSON: {"type": "object"}})},
        ),
        _plain(
            "/healthz",
            services.get_health,
            "getHealth",
            Text(en="Whether requests can be served", ja="要求に応えられるか"),
            _json("Status"),
        ),
        _plain(
            "/metrics",
            services.get_metrics,
            "getMetrics",
            Text(en="Numbers for Prometheus", ja="Prometheus 用の数値"),
            {200: Answer(words=_ALL_WELL, content={MEDIA_TYPE.partition(";")[0]: TEXT})},
        ),
    ]


def _plain(path: str, handler: Any, name: str, words: Text, answers: Mapping[int, Answer]) -> Operation:
    return Operation(method="GET", path=path, handler=handler, name=name, words=words, answers=answers)


def _json(schema: str, words: Text = _ALL_WELL, *, status: int = 200) -> dict[int, Answer]:
    return {status: Answer(words=words, content={JSON: ref(schema)})}


def _name(name: str, words: Text) -> Parameter:
    return Parameter(name=name, words=words, schema={"type": "string", "minLength": 1})


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
