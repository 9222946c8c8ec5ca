"""From what is known of a picture to what its maker declares: one record, every source with its basis.

1. A record that a recorder wrote when the picture was made is taken as it is.
2. Otherwise what the file records, joined with what the maker typed.
3. What the maker typed may fill gaps; where it contradicts the file, nothing is declared unless the maker insists.
4. Every source needs a rights basis; without one nothing is declared, and each missing one is named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from myself_i2i.declaration.by_hand import ByHand
from myself_i2i.declaration.inputs import GivenSource, join_inputs
from myself_i2i.errors import RightsError
from myself_i2i.inspection.interface import Answer, Mode
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
    names: Mapping[str, str] = field(default_factory=dict)
    """sha256 of a matched file -> how the person knows it, for inputs that the file does not name."""
    given: Sequence[GivenSource] = ()
    """Sources that the maker named, those in `by_hand` included: only the caller opens files."""
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
    # 4. every source has a basis, at the time when it was used as far as that is known
    wanted = [item for item in generation.inputs if item.role not in FREE_ROLES]
    if generation.image_input == "yes" and not wanted:
        raise _no_source()
    files = _files(wanted, known.names)
    report = check_sources(statements, files, maker=maker, used_at=generation.recorded_at)
    if report.missing:
        raise _missing(report.missing)
    # A mask needs no basis; where it has one, the mark carries it. The same file may be both mask and source.
    known_files = {file.digests()[:1] for file in files}
    masks = [file for file in _files(generation.inputs, known.names) if file.digests()[:1] not in known_files]
    held = (*report.held, *check_sources(statements, masks, maker=maker, used_at=generation.recorded_at).held)
    if known.recorded is not None:
        return Declaration(generation, held)
    statement_of = {one.file.sha256: one.declaration.signed.envelope.digest for one in held}
    inputs = tuple(replace(item, basis=statement_of.get(item.sha256)) for item in generation.inputs)
    return Declaration(replace(generation, inputs=inputs), held)


def _files(inputs: Sequence[Input], names: Mapping[str, str]) -> list[SourceFile]:
    """Return each file among the inputs once; raises RightsError for one that nothing identifies, masks excepted."""
    files: dict[tuple[tuple[str, str], ...], SourceFile] = {}
    for item in inputs:
        file = _source_file(item, names)
        if file.digests():
            files.setdefault(file.digests()[:1], file)
        elif item.role not in FREE_ROLES:
            raise _no_source()
    return list(files.values())


def _from_file_and_hand(known: Known, *, writer: str, now: datetime) -> Generation:
    found, typed, insist = known.inspection, known.by_hand, known.insist
    if typed is None and found.image_input is Answer.NOT_RECORDED and not known.given:
        raise _not_recorded()
    answer = found.image_input if typed is None else Answer(typed.image_input)
    if known.given and answer is not Answer.YES:
        if typed is not None:
            raise _named_for_none(typed.mode)
        answer = Answer.YES
    if not insist and Answer.NOT_RECORDED is not found.image_input is not answer:
        raise _contradiction(found.image_input.value, typed=answer.value)
    recorded = found.inputs if answer is Answer.YES and found.image_input is not Answer.NO else ()
    inputs = join_inputs(recorded, known.matched, known.given) if answer is Answer.YES else ()
    agrees = answer is found.image_input
    loras = found.extras.get("loras")
    return Generation(
        written_by=WrittenBy.FILE if typed is None and not known.given else WrittenBy.HAND,
        writer=writer,
        tool=found.tool,
        tool_version=found.tool_version,
        mode=_mode(known, answer),
        image_input=answer.value,
        model=found.model,
        strength=found.strength if agrees else None,
        loras=tuple(str(name)[:200] for name in loras)[:100] if isinstance(loras, list | tuple) else (),
        inputs=inputs,
        recorded_at=now,
    )


def _mode(known: Known, answer: Answer) -> str:
    if known.by_hand is not None:
        return known.by_hand.mode
    # A file that records no input, where the maker names one all the same, does not say how that was used.
    overruled = known.inspection.image_input is Answer.NO and answer is Answer.YES
    return (Mode.UNKNOWN if overruled else known.inspection.mode).value


def _source_file(item: Input, names: Mapping[str, str]) -> SourceFile:
    name = item.name or names.get(item.sha256 or "") or item.role
    return SourceFile(name=name, sha256=item.sha256, image_data=item.image_data)


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


def _named_for_none(mode: str) -> RightsError:
    return RightsError(
        Text(
            en="{mode} without a source was declared, but a source was named",
            ja="元画像のない {mode} と申告していますが、元画像が指定されています",
        ).format(mode=mode),
        hint=Text(
            en='say how it went in: --as "i2i FILE", or leave --source out',
            ja='使い方も申告してください: --as "i2i ファイル"。使っていない場合は --source を外してください',
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
            en="an image went in, but which one is not recorded",
            ja="画像が入力されていますが、どの画像かが記録されていません",
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
