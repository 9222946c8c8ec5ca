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

    def input(self) -> Input:
        """Return it as one input of the record."""
        digest = self.subject.digest
        return Input(
            role=self.role,
            name=self.subject.name,
            sha256=digest.get(SHA256),
            image_data=digest.get(IMAGE_DATA),
        )


def join_inputs(
    recorded: Sequence[ImageInput], matched: Mapping[int, str], given: Sequence[GivenSource]
) -> tuple[Input, ...]:
    """Return every input of the picture.

    Args:
        recorded: What the file's metadata records.
        matched: Index into `recorded` -> sha256 of the file that a digest found among the maker's own.
        given: Files that the maker named; each stands for a recorded input without a digest of the same role, then
            for any such input, and otherwise is an input of its own.

    Raises RightsError for a recorded input (a mask excepted) that nothing identifies: which file it was, only the
    maker can say. A mask carries no picture of anybody's and may stay unnamed.
    """
    waiting = list(given)
    joined = []
    for index, item in enumerate(recorded):
        found = _recorded(item, matched.get(index))
        if found.sha256 is None:
            source = _take(waiting, item)
            if source is not None:
                named = source.input()
                found = replace(found, sha256=named.sha256, image_data=named.image_data)
            elif item.role is not Role.MASK:
                raise _which(item)
        else:
            # The maker named a file that the record already identifies: one input, not two.
            waiting = [one for one in waiting if one.subject.digest.get(SHA256) != found.sha256]
        joined.append(found)
    return (*joined, *(source.input() for source in waiting))


def _recorded(item: ImageInput, matched: str | None) -> Input:
    return Input(
        role=item.role.value,
        name=item.name,
        sha256=item.sha256 or matched,
        hashes=dict(item.hashes),
        urn=item.urn,
    )


def _take(waiting: list[GivenSource], item: ImageInput) -> GivenSource | None:
    fitting = [source for source in waiting if _may_be(source, item)]
    chosen = next((source for source in fitting if source.role == item.role.value), None)
    if chosen is None and item.role is not Role.MASK and fitting:
        chosen = fitting[0]
    if chosen is not None:
        waiting.remove(chosen)
    return chosen


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
