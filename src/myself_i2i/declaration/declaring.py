"""From what is known of a picture to what its maker declares: one record, every source with its basis.

1. A record that a recorder wrote when the picture was made is taken as it is.
2. Otherwise what the file records, joined with what the maker typed.
3. What the maker typed may fill gaps; where it contradicts the file, nothing is declared unless the maker insists.
4. Every source needs a rights basis; without one nothing is declared, and each missing one is named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from myself_i2i.declaration.by_hand import ByHand
from myself_i2i.declaration.inputs import GivenSource, join_inputs
from myself_i2i.errors import RightsError
from myself_i2i.inspection.interface import Answer
from myself_i2i.inspection.report import Inspection
from myself_i2i.predicates.generation import Generation, Input, WrittenBy
from myself_i2i.rights import MissingBasis, RightsBasis, SourceFile, Statements, check_sources
from myself_i2i.wording import Text

__all__ = ["Declaration", "Known", "declare"]

FREE_ROLES = frozenset({"mask"})
"""Roles that need no basis: a mask says where, not what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All that is known of one picture and its maker."""

    inspection: Inspection
    """What the file records."""
    matched: Mapping[int, str]
    """Index of a recorded input -> sha256 of the maker's file that it is."""
    given: Sequence[GivenSource] = ()
    """Sources that the maker named."""
    by_hand: ByHand | None = None
    """What the maker typed of the way it was made."""
    recorded: Generation | None = None
    """The recorder's record, when there is one."""
    insist: bool = False
    """Declare although the file says otherwise; a check will show that the two differ."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What the maker declares of one picture; nothing is signed yet."""

    generation: Generation
    """The record."""
    bases: tuple[RightsBasis, ...]
    """The rights basis of each source, each file once."""


def declare(known: Known, statements: Statements, *, maker: str, writer: str, now: datetime) -> Declaration:
    """Return what `maker` (keyid) declares of the picture at `now`.

    Raises RightsError, with the way out as its hint, when the file does not say how it was made and neither does
    the maker, when they contradict each other, when a source is not identified, or when one has no rights basis.
    """
    # 1. a recorder's record
    generation = known.recorded
    if generation is None:
        # 2. and 3. the file and the hand
        generation = _from_file_and_hand(known, writer=writer, now=now)
    # 4. every source has a basis
    wanted = [item for item in generation.inputs if item.role not in FREE_ROLES or item.sha256]
    files = {item.sha256: _source_file(item) for item in wanted if item.sha256}
    report = check_sources(statements, files.values(), maker=maker, used_at=now)
    free = {item.sha256 for item in wanted if item.role in FREE_ROLES}
    missing = [one for one in report.missing if one.file.sha256 not in free]
    if missing:
        raise _missing(missing)
    if known.recorded is not None:
        return Declaration(generation, report.held)
    statement_of = {held.file.sha256: held.declaration.signed.envelope.digest for held in report.held}
    inputs = tuple(replace(item, basis=statement_of.get(item.sha256)) for item in generation.inputs)
    return Declaration(replace(generation, inputs=inputs), report.held)


def _from_file_and_hand(known: Known, *, writer: str, now: datetime) -> Generation:
    found, typed = known.inspection, known.by_hand
    if typed is None and found.image_input is Answer.NOT_RECORDED and not known.given:
        raise _not_recorded()
    if typed is not None and not known.insist:
        _agree(found, typed)
    mode = found.mode.value if typed is None else typed.mode
    answer = found.image_input.value if typed is None else typed.image_input
    recorded = found.inputs if found.image_input is not Answer.NO and answer == "yes" else ()
    inputs = join_inputs(recorded, known.matched, known.given)
    if answer == "yes" and not any(item.role not in FREE_ROLES for item in inputs):
        raise _no_source()
    if inputs and answer != "yes":
        if found.image_input is Answer.NO and not known.insist:
            raise _contradiction(found.image_input.value, typed="yes")
        answer = "yes"
    loras = found.extras.get("loras")
    return Generation(
        written_by=WrittenBy.FILE if typed is None and not known.given else WrittenBy.HAND,
        writer=writer,
        tool=found.tool,
        tool_version=found.tool_version,
        mode=mode,
        image_input=answer,
        model=found.model,
        strength=found.strength if answer == found.image_input.value else None,
        loras=tuple(str(name)[:200] for name in loras)[:100] if isinstance(loras, list | tuple) else (),
        inputs=inputs,
        recorded_at=now,
    )


def _source_file(item: Input) -> SourceFile:
    return SourceFile(name=item.name or item.role, sha256=item.sha256, image_data=item.image_data)


def _agree(found: Inspection, typed: ByHand) -> None:
    if found.image_input is not Answer.NOT_RECORDED and found.image_input.value != typed.image_input:
        raise _contradiction(found.image_input.value, typed=typed.image_input)


def _contradiction(file: str, *, typed: str) -> RightsError:
    words = {
        "yes": Text(en="an image went in", ja="画像の入力あり"),
        "no": Text(en="no image went in", ja="画像の入力なし"),
    }
    return RightsError(
        Text(
            en=f"the file itself records that {words[file].en}, but you say that {words[typed].en}",
            ja=f"ファイル自身には「{words[file].ja}」と記録されていますが、指定は「{words[typed].ja}」です",
        ),
        hint=Text(
            en="if the reading is wrong, add --insist: a check will show that the two differ",
            ja="読み取りの方が誤っている場合は --insist を付けてください。確認のときに食い違いとして表示されます",
        ),
    )


def _not_recorded() -> RightsError:
    return RightsError(
        Text(
            en="the file does not record how it was made",
            ja="このファイルには、どう作られたかが記録されていません",
        ),
        hint=Text(
            en='say it yourself: --as t2i, or --as "i2i SOURCE-FILE"',
            ja='ご自分で申告してください: --as t2i、または --as "i2i 元画像のファイル"',
        ),
    )


def _no_source() -> RightsError:
    return RightsError(
        Text(
            en="the file records that an image went in, but not which one",
            ja="ファイルには画像の入力が記録されていますが、どの画像かは記録されていません",
        ),
        hint=Text(
            en="name it: --source FILE (or --source control=FILE, reference=FILE)",
            ja="--source ファイル で指定してください（--source control=ファイル、reference=ファイル のように役割も書けます）",
        ),
    )


def _missing(missing: Sequence[MissingBasis]) -> RightsError:
    if len(missing) == 1:
        return missing[0].error
    names = ", ".join(f"{one.file.name} (sha256 {(one.file.sha256 or '')[:16]}…)" for one in missing)
    return RightsError(
        Text(
            en="{count} sources have no rights basis yet: {names}",
            ja="使ってよい根拠がまだない元画像が{count}枚あります: {names}",
        ).format(count=len(missing), names=names),
        hint=missing[0].error.hint,
    )
