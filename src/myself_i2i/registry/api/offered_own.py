"""What the service offers of its own: statements, records, the log, what it signs, what operators ask for."""

from __future__ import annotations

from typing import Final

from myself_i2i.predicates.question import QUESTION_BYTES
from myself_i2i.registry.api import asking, log_files, records, services, statements
from myself_i2i.registry.api.metrics import MEDIA_TYPE
from myself_i2i.registry.api.offering import ALL_WELL, JSON, in_json, named, plain
from myself_i2i.registry.api.operations import Answer, Body, Operation
from myself_i2i.registry.api.schemas import BINARY, TEXT, ref
from myself_i2i.registry.authority import REQUEST_BYTES
from myself_i2i.registry.settings import Settings
from myself_i2i.registry.witnessing import MOST_NOTE
from myself_i2i.tlog import MOST_ENTRY_BYTES
from myself_i2i.wording import Text

__all__ = ["own_operations"]

ANSWER_COST: Final = 5.0
"""What a question takes of an address's share."""
_SIGNED: Final = Text(en="the answer, signed by the registry's operator", ja="登録所の運営者が署名した回答")


def own_operations(settings: Settings) -> list[Operation]:
    """Return the operations that are no part of the C2PA API."""
    return [*_statements(settings), *_log(), *_asking(), *_own()]


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
            answers=in_json("Published", published) | in_json("Published", new, status=201),
            errors=[403, 415],
        ),
        Operation(
            method="GET",
            path="/statements/{digest}",
            handler=statements.get_statement,
            name="getStatement",
            words=Text(en="Get a statement as it was signed", ja="署名されたままの文書を取得する"),
            parameters=[named("digest", Text(en="the envelope's digest", ja="封筒のハッシュ値"))],
            answers=in_json("Statement"),
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
            parameters=[named("index", Text(en="place in the log, from 0", ja="ログの中の位置（0から）"))],
            answers={200: Answer(words=ALL_WELL, content={"text/plain": TEXT})},
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
            parameters=[named("code", Text(en="e.g. 7K3QM-2ZD8R-T", ja="例: 7K3QM-2ZD8R-T"))],
            answers=in_json("Mark"),
            errors=[404],
        ),
        Operation(
            method="GET",
            path="/makers/{keyid}",
            handler=records.get_maker,
            name="getMaker",
            words=Text(en="Get a registered key and its pledge", ja="登録された鍵とその宣言を取得する"),
            parameters=[named("keyid", Text(en="the key's id", ja="鍵のID"))],
            answers=in_json("Maker"),
            errors=[404],
        ),
    ]


def _log() -> list[Operation]:
    return [
        plain(
            "/checkpoint",
            log_files.get_checkpoint,
            "getCheckpoint",
            Text(en="The head of the log (C2SP checkpoint)", ja="ログの先頭（C2SP checkpoint）"),
            {200: Answer(words=ALL_WELL, content={"text/plain": TEXT})},
        ),
        Operation(
            method="GET",
            path="/tile/{path}",
            deep=frozenset({"path"}),
            handler=log_files.get_tile,
            name="getTile",
            words=Text(en="A tile of the log (C2SP tlog-tiles)", ja="ログのタイル（C2SP tlog-tiles）"),
            parameters=[named("path", Text(en="e.g. 0/000.p/5", ja="例: 0/000.p/5"))],
            answers={200: Answer(words=ALL_WELL, content={"application/octet-stream": BINARY})},
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
            answers={200: Answer(words=ALL_WELL, content={asking.CHAIN: TEXT})},
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
            answers={200: Answer(words=ALL_WELL, content={asking.NOTE: TEXT})},
            errors=[403, 415],
        ),
        plain(
            "/authority.pem",
            asking.get_authority,
            "getAuthority",
            Text(
                en="The certificate of this registry's authority, a private anchor",
                ja="この登録所の認証局の証明書（私的な信頼の起点）",
            ),
            {200: Answer(words=ALL_WELL, content={asking.CHAIN: TEXT})},
        ),
    ]


def _own() -> list[Operation]:
    return [
        plain(
            "/openapi.json",
            services.get_openapi,
            "getOpenapi",
            Text(en="This document", ja="この文書"),
            {200: Answer(words=ALL_WELL, content={JSON: {"type": "object"}})},
        ),
        plain(
            "/healthz",
            services.get_health,
            "getHealth",
            Text(en="Whether requests can be served", ja="要求に応えられるか"),
            in_json("Status"),
        ),
        plain(
            "/metrics",
            services.get_metrics,
            "getMetrics",
            Text(en="Numbers for Prometheus", ja="Prometheus 用の数値"),
            {200: Answer(words=ALL_WELL, content={MEDIA_TYPE.partition(";")[0]: TEXT})},
        ),
    ]
