"""Questions 3 and 4 of a check: what is claimed, and what others add to it."""

from __future__ import annotations

from collections.abc import Sequence

from myself_i2i.c2pa.reading import ManifestReading
from myself_i2i.errors import RightsError
from myself_i2i.inspection.interface import ImageInput
from myself_i2i.inspection.report import Inspection
from myself_i2i.predicates import Generation, Permission, Pledge, Signed, Source
from myself_i2i.predicates.moments import format_moment
from myself_i2i.predicates.texts import known_pledge_text
from myself_i2i.rights import BASIS_WORDS, SourceFile, Statements, StatementSet, check_permission
from myself_i2i.verification.mark import MarkedSource, SignedMark
from myself_i2i.verification.report import Claims, Other, PledgeClaim, SourceClaim
from myself_i2i.wording import Text

__all__ = ["claims", "others"]

DECLARED = Text(en="the maker declares: {basis}", ja="作り手の申告: {basis}")
NO_BASIS = Text(
    en="named by the maker without a rights basis",
    ja="作り手が挙げていますが、使ってよい根拠の申告はありません",
)
WITHOUT_PERMISSION = Text(
    en="the permission itself did not come with the mark", ja="許可そのものは目印に入っていません"
)
RECORDED = Text(
    en="recorded in the file's own metadata; nobody signed that",
    ja="ファイル自身の情報に書かれています（署名なし）",
)
TIME_TRUSTED = Text(
    en="a time-stamp authority known here says: signed by {when}",
    ja="ここで知られているタイムスタンプ局によると、{when} までに署名されています",
)
TIME_UNKNOWN = Text(
    en="a time-stamp says {when}, by an authority that is on no list known here",
    ja="タイムスタンプに {when} とありますが、発行した局はここで知られているリストにありません",
)
PERMITTED = Text(
    en="key {key} signed a permission to use {name} as AI input; whose key it is, you must know by other means",
    ja="鍵 {key} が、{name} をAIの入力に使うことを許可しています。だれの鍵かは、別の方法で確かめてください",
)
NOT_COVERED = Text(
    en="the permission for {name} does not cover this use: {why}",
    ja="{name} の許可は、この使い方に当てはまりません: {why}",
)
GENERATOR_SIGNED = Text(
    en="{who} signed the pixels and what kind of request they came from; not who asked, nor where any image came from",
    ja="{who} が、画素と生成の種類に署名しています。だれが頼んだか、入力画像がどこから来たかは対象外です",
)
VENDOR = Text(
    en="a manifest signed by {who} ({standing}); it covers what that manifest says and no more",
    ja="{who} が署名したマニフェスト（{standing}）。対象は、そこに書かれていることだけです",
)


class _Both:
    """Statements that came with the file, and those the person has."""

    def __init__(self, first: Statements, second: Statements | None) -> None:
        self._all = [first, *([second] if second is not None else [])]

    def about(self, algorithm: str, digest: str) -> Sequence[Signed]:
        found = {one.envelope.digest: one for held in self._all for one in held.about(algorithm, digest)}
        return tuple(found.values())

    def get(self, digest: str) -> Signed | None:
        return next((found for held in self._all if (found := held.get(digest)) is not None), None)


def claims(mark: SignedMark | None, inspection: Inspection) -> Claims:
    """Return what is claimed: by the mark when there is one, otherwise by the file's own metadata."""
    if mark is None:
        return Claims(
            mode=inspection.mode.value if inspection.tool else None,
            image_input=inspection.image_input.value,
            tool=inspection.tool,
            model=inspection.model,
            written_by="file" if inspection.tool else None,
            sources=tuple(_recorded(item) for item in inspection.inputs),
        )
    record = mark.generation.predicate
    if not isinstance(record, Generation):
        raise TypeError(type(record))  # `read_mark` lets nothing else through
    return Claims(
        mode=record.mode,
        image_input=record.image_input,
        tool=record.tool,
        model=record.model,
        written_by=record.written_by.value,
        sources=_sources(mark, record),
        pledge=_pledge(mark.pledge),
    )


def _pledge(signed: Signed) -> PledgeClaim | None:
    said = signed.predicate
    if not isinstance(said, Pledge):
        return None
    return PledgeClaim(
        version=said.text_version,
        language=said.language,
        text_known=known_pledge_text(said.text_sha256) is not None,
        handle=said.display_name or "",
        accounts=said.accounts,
        pledged_at=format_moment(said.pledged_at),
    )


def _sources(mark: SignedMark, record: Generation) -> tuple[SourceClaim, ...]:
    declared = {one.sha256: one for one in mark.sources}
    found = []
    for item in record.inputs:
        source = declared.get(item.sha256 or "")
        predicate = source.statement.predicate if source else None
        said = predicate if isinstance(predicate, Source) else None
        found.append(
            SourceClaim(
                name=item.name or (source.name if source else None),
                role=item.role,
                sha256=item.sha256,
                basis=said.basis.value if said else None,
                says=_says(source, said),
            )
        )
    return tuple(found)


def _says(source: MarkedSource | None, said: Source | None) -> Text:
    if source is None or said is None:
        return NO_BASIS
    words = _declared(basis_words=BASIS_WORDS[said.basis])
    if said.permission is None or source.permission is not None:
        return words
    return Text(en=f"{words.en} ({WITHOUT_PERMISSION.en})", ja=f"{words.ja}（{WITHOUT_PERMISSION.ja}）")


def _declared(*, basis_words: Text) -> Text:
    return Text(en=DECLARED.en.format(basis=basis_words.en), ja=DECLARED.ja.format(basis=basis_words.ja))


def _recorded(item: ImageInput) -> SourceClaim:
    return SourceClaim(
        name=item.name or item.urn, role=item.role.value, sha256=item.sha256, basis=None, says=RECORDED
    )


def others(
    reading: ManifestReading | None, mark: SignedMark | None, inspection: Inspection, known: Statements | None
) -> tuple[Other, ...]:
    """Return what others add: time-stamps, permissions, a generator's or vendor's signature."""
    found: list[Other] = []
    if reading is not None and reading.signer.signed_at is not None:
        trusted = reading.signer.signed_at_trusted
        says = (TIME_TRUSTED if trusted else TIME_UNKNOWN).format(when=reading.signer.signed_at.isoformat())
        found.append(Other("time_stamp", says, holds=True))
    if mark is not None:
        found += [_permission(one, mark, known) for one in mark.sources if one.permission is not None]
    if reading is not None and mark is None and not reading.altered:
        found.append(Other("vendor_manifest", _vendor(reading), holds=True))
    elif inspection.attested_by is not None:
        found.append(
            Other("generator_signature", GENERATOR_SIGNED.format(who=inspection.attested_by), holds=True)
        )
    return tuple(found)


def _vendor(reading: ManifestReading) -> Text:
    who = reading.signer.common_name or reading.signer.issuer or "-"
    standing = reading.standing.text
    return Text(
        en=VENDOR.en.format(who=who, standing=standing.en), ja=VENDOR.ja.format(who=who, standing=standing.ja)
    )


def _permission(source: MarkedSource, mark: SignedMark, known: Statements | None) -> Other:
    permission = source.permission
    record = mark.generation.predicate
    if (
        permission is None
        or not isinstance(record, Generation)
        or not isinstance(permission.predicate, Permission)
    ):
        raise TypeError(type(record))  # asked only for sources that carry a permission
    carried = [
        one for marked in mark.sources for one in (marked.statement, marked.permission) if one is not None
    ]
    statements = _Both(StatementSet(carried), known)
    file = SourceFile(name=source.name, sha256=source.sha256, image_data=source.image_data)
    key = permission.public_key.short_form
    try:
        check_permission(
            statements, permission.envelope.digest, file, maker=mark.key.keyid, used_at=record.recorded_at
        )
    except RightsError as error:
        why = error.message
        says = Text(
            en=NOT_COVERED.en.format(name=source.name, why=why.en),
            ja=NOT_COVERED.ja.format(name=source.name, why=why.ja),
        )
        return Other("permission", says, holds=False)
    return Other("permission", PERMITTED.format(key=key, name=source.name), holds=True)
