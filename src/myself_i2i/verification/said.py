"""Questions 3 and 4 of a check: what is claimed, and what others add to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from myself_i2i.c2pa.reading import ManifestReading
from myself_i2i.errors import RightsError
from myself_i2i.inspection.interface import ImageInput
from myself_i2i.inspection.report import Inspection
from myself_i2i.predicates import Permission, Pledge, Signed
from myself_i2i.predicates.generation import Input
from myself_i2i.predicates.moments import format_moment
from myself_i2i.predicates.texts import known_pledge_text
from myself_i2i.rights import BASIS_WORDS, Statements, StatementSet, check_permission, withdrawal_of
from myself_i2i.verification.mark import MarkedSource, SignedMark, Verified
from myself_i2i.verification.own_metadata import earlier_manifest, others_marks
from myself_i2i.verification.report import Claims, Integrity, Other, PledgeClaim, SourceClaim
from myself_i2i.wording import Text

__all__ = ["claims", "others", "withdrawn"]

DECLARED = Text(en="the maker declares: {basis}", ja="作り手の申告: {basis}")
WITHOUT_PERMISSION = Text(
    en="the maker declares: {basis} (the permission itself did not come with the mark)",
    ja="作り手の申告: {basis}（許可そのものは目印に入っていません）",
)
NO_BASIS = Text(
    en="named by the maker without a rights basis",
    ja="作り手が挙げていますが、使ってよい根拠の申告はありません",
)
RECORDED = Text(
    en="recorded in the file's own metadata; nobody declared a rights basis",
    ja="ファイル自身の情報に書かれています。使ってよい根拠の申告はありません",
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
GENERATOR_SIGNED = Text(
    en="{who} signed the pixels and what kind of request they came from; not who asked, nor where any image came from",
    ja="{who} が、画素と生成の種類に署名しています。だれが頼んだか、入力画像がどこから来たかは対象外です",
)
VENDOR = Text(
    en="a manifest signed by {who} ({standing}); it covers what that manifest says and no more",
    ja="{who} が署名したマニフェスト（{standing}）。対象は、そこに書かれていることだけです",
)
BENEATH = Text(
    en="beneath the mark lies an earlier manifest signed by {who}; that signer was not looked up in any list",
    ja="目印の下に、{who} が署名した以前のマニフェストがあります。この署名者は、リストとは照合していません",
)
EARLIER_MARK = Text(
    en="beneath this mark lies an earlier one by another key, with the name {who}; what it says was not checked here",
    ja="この目印の下に、別の鍵（名前: {who}）による以前の目印があります。その内容は、ここでは確かめていません",
)
WITHDRAWN = Text(
    en="the maker took back {what} on {when}, as your ledger has it",
    ja="あなたの帳簿によると、作り手は{what}を {when} に取り下げています",
)
THE_PLEDGE = Text(en="the pledge", ja="宣言")
THE_RECORD = Text(en="the record of this picture", ja="この画像の記録")
A_SOURCE = Text(en="the declaration about {name}", ja="{name} についての申告")


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
    record = mark.record.says
    return Claims(
        mode=record.mode,
        image_input=record.image_input,
        tool=record.tool,
        model=record.model,
        written_by=record.written_by.value,
        sources=tuple(_declared(item, mark) for item in record.inputs),
        pledge=_pledge(mark.pledge.says),
    )


def _pledge(said: Pledge) -> PledgeClaim:
    return PledgeClaim(
        version=said.text_version,
        language=said.language,
        text_known=known_pledge_text(said.text_sha256) is not None,
        handle=said.display_name or "",
        accounts=said.accounts,
        pledged_at=format_moment(said.pledged_at),
    )


def _declared(item: Input, mark: SignedMark) -> SourceClaim:
    source = next((one for one in mark.sources if one.is_(item)), None)
    if source is None:
        return SourceClaim(name=item.name, role=item.role, sha256=item.sha256, basis=None, says=NO_BASIS)
    said = source.statement.says
    lacking = said.permission is not None and source.permission is None
    words = (WITHOUT_PERMISSION if lacking else DECLARED).format(basis=BASIS_WORDS[said.basis])
    return SourceClaim(
        name=item.name or source.file.name,
        role=item.role,
        sha256=item.sha256,
        basis=said.basis.value,
        says=words,
    )


def _recorded(item: ImageInput) -> SourceClaim:
    return SourceClaim(
        name=item.name or item.urn, role=item.role.value, sha256=item.sha256, basis=None, says=RECORDED
    )


def others(
    reading: ManifestReading | None,
    mark: SignedMark | None,
    inspection: Inspection,
    *,
    intact: Integrity,
    known: Statements | None,
) -> tuple[Other, ...]:
    """Return what others add: time-stamps, permissions, a generator's or vendor's signature."""
    found: list[Other] = []
    # A time-stamp covers the signature, so it speaks for a file whose metadata was changed too.
    if reading is not None and reading.signature_holds and reading.signer.signed_at is not None:
        trusted = reading.signer.signed_at_trusted
        says = (TIME_TRUSTED if trusted else TIME_UNKNOWN).format(when=reading.signer.signed_at.isoformat())
        found.append(Other("time_stamp", says, holds=True))
    vendor = None
    if mark is not None:
        found += [_permission(one, one.permission, mark, known) for one in mark.sources if one.permission]
        found += _beneath(reading, mark)
    elif reading is not None and intact in (Integrity.INTACT, Integrity.EXPIRED):
        vendor = reading.signer.issuer
        who = reading.signer.common_name or vendor or "-"
        says = VENDOR.format(who=who, standing=reading.standing.text)
        found.append(Other("vendor_manifest", says, holds=intact is Integrity.INTACT))
    # A vendor's own manifest is told above, in the words for it.
    if inspection.attested_by is not None and inspection.attested_by != vendor:
        says = GENERATOR_SIGNED.format(who=inspection.attested_by)
        found.append(Other("generator_signature", says, holds=True))
    return tuple(found)


def _beneath(reading: ManifestReading | None, mark: SignedMark) -> Iterator[Other]:
    # Somebody who marks a marked picture of another's cannot do so unseen, as long as the first mark was not removed.
    for one in others_marks(reading, mark.key.keyid):
        holds = one.ingredient is not None and not one.ingredient.failures
        yield Other("earlier_mark", EARLIER_MARK.format(who=one.name), holds=holds)
    vendor = earlier_manifest(reading)
    if vendor is not None and vendor.ingredient is not None:
        yield Other("vendor_manifest", BENEATH.format(who=vendor.name), holds=not vendor.ingredient.failures)


def _permission(
    source: MarkedSource, permission: Verified[Permission], mark: SignedMark, known: Statements | None
) -> Other:
    signed = permission.signed
    try:
        use = check_permission(
            _Both(StatementSet([signed]), known),
            signed.envelope.digest,
            source.file,
            maker=mark.key.keyid,
            used_at=mark.record.says.recorded_at,
        )
    except RightsError as error:
        return Other("permission", error.message, holds=False)
    says = PERMITTED.format(key=signed.public_key.short_form, name=source.file.name)
    for asked in use.notes[1:]:  # the first says whose key it is, as `PERMITTED` does
        says = Text(en=f"{says.en}; {asked.en}", ja=f"{says.ja}。{asked.ja}")
    return Other("permission", says, holds=True)


def withdrawn(mark: SignedMark, known: Statements) -> Iterator[Text]:
    """Yield which of the mark's statements their maker took back later, as far as the person's own ledger has it."""
    said = [(THE_PLEDGE, mark.pledge.signed), (THE_RECORD, mark.record.signed)]
    said += [(A_SOURCE.format(name=one.file.name), one.statement.signed) for one in mark.sources]
    for what, signed in said:
        withdrawal = withdrawal_of(known, signed)
        if withdrawal is not None:
            yield WITHDRAWN.format(what=what, when=format_moment(withdrawal.withdrawn_at))
