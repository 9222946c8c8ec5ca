"""Which files went in: what the file records, joined with what the maker has and names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from myself_i2i.attestation import IMAGE_DATA, SHA256, Subject
from myself_i2i.errors import RightsError
from myself_i2i.inspection.interface import ImageInput, Role
from myself_i2i.inspection.matching import PIXELS_MD5
from myself_i2i.predicates.generation import Input
from myself_i2i.wording import Text

__all__ = ["GivenSource", "join_inputs"]


@dataclass(frozen=True, slots=True)
class GivenSource:
    """A source file named by the maker for this picture."""

    role: str
    """What it was used for."""
    subject: Subject
    """The file by its digests."""

    @property
    def sha256(self) -> str | None:
        """The digest of its bytes."""
        return self.subject.digest.get(SHA256)

    def input(self) -> Input:
        """Return it as one input of the record."""
        digest = self.subject.digest
        return Input(
            role=self.role,
            name=self.subject.name,
            sha256=self.sha256,
            image_data=digest.get(IMAGE_DATA),
        )


def join_inputs(
    recorded: Sequence[ImageInput], matched: Mapping[int, str], given: Sequence[GivenSource]
) -> tuple[Input, ...]:
    """Return every input of the picture.

    Args:
        recorded: What the file's metadata records.
        matched: Index into `recorded` -> sha256 of the file that a digest found among the maker's own.
        given: Files that the maker named; each stands for a recorded input without a digest, of the same role first,
            then of any (a mask only for a mask), and otherwise is an input of its own.

    Raises RightsError for a recorded input (a mask excepted) that nothing identifies: which file it was, only the
    maker can say. A mask carries no picture of anybody's and may stay unnamed.
    """
    joined = [_recorded(item, matched.get(index)) for index, item in enumerate(recorded)]
    known = {one.sha256 for one in joined if one.sha256}
    # A file that the record already identifies is one input, not two; a file named twice in one role is one as well.
    waiting = list({(one.role, one.sha256): one for one in given if one.sha256 not in known}.values())
    nameless = [index for index, one in enumerate(joined) if one.sha256 is None]
    for exact in (True, False):
        for index in nameless:
            source = next((one for one in waiting if _fits(one, recorded[index], exact=exact)), None)
            if source is not None and joined[index].sha256 is None:
                named = source.input()
                joined[index] = replace(joined[index], sha256=named.sha256, image_data=named.image_data)
                waiting.remove(source)
    for index in nameless:
        if joined[index].sha256 is None and recorded[index].role is not Role.MASK:
            raise _which(recorded[index])
    return (*joined, *(source.input() for source in waiting))


def _recorded(item: ImageInput, matched: str | None) -> Input:
    return Input(
        role=item.role.value,
        name=item.name,
        sha256=item.sha256 or matched,
        hashes=dict(item.hashes),
        urn=item.urn,
    )


def _fits(source: GivenSource, item: ImageInput, *, exact: bool) -> bool:
    """Whether the file may stand for a recorded input; `exact` asks for the same role."""
    masks = Role.MASK.value in (source.role, item.role.value)
    same = source.role == item.role.value
    return (same or not (exact or masks)) and _may_be(source, item)


def _may_be(source: GivenSource, item: ImageInput) -> bool:
    """Whether the file may be the recorded input: a pixel digest that the file gives must not speak against it."""
    wanted = item.hashes.get(PIXELS_MD5)
    if wanted is None:
        return True
    has = [value for name, value in source.subject.digest.items() if name.startswith(f"{PIXELS_MD5}/")]
    return not has or wanted in has


def _which(item: ImageInput) -> RightsError:
    if item.name:
        message = Text(
            en="the file records the input {name}, and none of your files was found to be it",
            ja="ファイルには入力画像 {name} が記録されていますが、手元のどのファイルか分かりません",
        ).format(name=item.name[:200])
    elif item.hashes:
        kind, digest = next(iter(item.hashes.items()))
        message = Text(
            en="the file records an input by a digest only ({kind} {digest}), and none of the files named or found has it",
            ja="ファイルには入力画像がハッシュ値だけで記録されています（{kind} {digest}）。指定・検索したどのファイルとも一致しません",
        ).format(kind=kind, digest=digest[:40])
    else:
        message = Text(
            en="the file records that an image went in ({role}), but not which one",
            ja="ファイルには画像の入力（{role}）が記録されていますが、どの画像かは記録されていません",
        ).format(role=item.role.value)
    return RightsError(
        message,
        hint=Text(
            en="name it: --source {role}=FILE, or let it be looked for: --sources FOLDER",
            ja="--source {role}=ファイル で指定するか、--sources フォルダ で探させてください",
        ).format(role=item.role.value),
    )
