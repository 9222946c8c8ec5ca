"""What the file itself says against what was declared: agrees, contradicts, or is silent.

Only facts that cannot differ by accident count as a contradiction: whether an image went in, the digest of an input,
the strength. Names do not: people rename files. A contradiction is a fact about two records, never about a person;
the reading of the file may be wrong, and the report says so.
"""

from __future__ import annotations

from myself_i2i.inspection.interface import Answer, ImageInput
from myself_i2i.inspection.report import Inspection
from myself_i2i.predicates.generation import Generation, Input
from myself_i2i.verification.report import Agreement, Consistency
from myself_i2i.wording import Text

__all__ = ["compare"]

STRENGTH_TOLERANCE = 0.011
"""Tools print a strength with two digits; a difference within one unit of that is rounding."""

BOTH_NO = Text(
    en="the file's own metadata also records that no image went in",
    ja="ファイル自身の情報にも、画像の入力はなかったと記録されています",
)
BOTH_YES = Text(
    en="the file's own metadata also records that an image went in",
    ja="ファイル自身の情報にも、画像が入力されたと記録されています",
)
FILE_SAYS_YES = Text(
    en="the file's own metadata records an image input; the declaration says there was none",
    ja="ファイル自身の情報には画像の入力が記録されていますが、申告では「なし」となっています",
)
FILE_SAYS_NO = Text(
    en="the file's own metadata records no image input; the declaration names one",
    ja="ファイル自身の情報では画像の入力は「なし」ですが、申告では「あり」となっています",
)
INPUT_AGREES = Text(
    en="an input recorded in the file is among the declared sources ({digest}…)",
    ja="ファイルに記録された入力画像は、申告された元画像に含まれています（{digest}…）",
)
INPUT_MISSING = Text(
    en="the file records an input {name} ({digest}…) that is not among the declared sources",
    ja="ファイルに記録された入力画像 {name}（{digest}…）が、申告された元画像の中にありません",
)
STRENGTH_DIFFERS = Text(
    en="the file records a strength of {file:g}, the declaration says {declared:g}",
    ja="ファイルに記録された強度は {file:g}、申告では {declared:g} です",
)
SILENT = Text(
    en="the file's own metadata does not say whether an image went in",
    ja="ファイル自身の情報からは、画像が入力されたかどうか分かりません",
)
UNNAMED = Text(en="without a name", ja="（名前なし）")


def compare(inspection: Inspection, generation: Generation) -> Consistency:
    """Return how what `inspection` found in the file stands to what `generation` declares.

    The caller MUST have kept what the mark itself wrote out of `inspection`: a mark cannot confirm itself.
    """
    lines: list[Text] = []
    against = False
    found = inspection.image_input
    if found is Answer.NOT_RECORDED and not inspection.inputs:
        return Consistency(Agreement.SILENT, (SILENT,))
    if found is Answer.YES and generation.image_input == "no":
        lines.append(FILE_SAYS_YES)
        against = True
    elif found is Answer.NO and generation.image_input == "yes":
        lines.append(FILE_SAYS_NO)
        against = True
    elif found.value == generation.image_input:
        lines.append(BOTH_YES if found is Answer.YES else BOTH_NO)
    for item in inspection.inputs:
        said = _look_up(item, generation.inputs)
        if said is not None:
            agrees, text = said
            lines.append(text)
            against = against or not agrees
    file, declared = inspection.strength, generation.strength
    if file is not None and declared is not None and abs(file - declared) > STRENGTH_TOLERANCE:
        lines.append(STRENGTH_DIFFERS.format(file=file, declared=declared))
        against = True
    if against:
        return Consistency(Agreement.CONTRADICTS, tuple(lines))
    return Consistency(Agreement.AGREES, tuple(lines)) if lines else Consistency(Agreement.SILENT, (SILENT,))


def _look_up(item: ImageInput, declared: tuple[Input, ...]) -> tuple[bool, Text] | None:
    """Whether a digest that the file gives for `item` is among the declared inputs; None when neither can tell."""
    if item.sha256 is not None:
        digests = {one.sha256 for one in declared if one.sha256}
        return _said(item, item.sha256, agrees=item.sha256 in digests)
    for kind, digest in item.hashes.items():
        others = [one.hashes[kind] for one in declared if kind in one.hashes]
        if others and len(others) == len(declared):
            return _said(item, digest, agrees=digest in others)
    if item.urn is not None and any(one.urn for one in declared):
        return _said(item, item.urn, agrees=item.urn in {one.urn for one in declared})
    return None


def _said(item: ImageInput, digest: str, *, agrees: bool) -> tuple[bool, Text]:
    short = digest[:12]
    if agrees:
        return True, INPUT_AGREES.format(digest=short)
    return False, INPUT_MISSING.format(name=item.name or UNNAMED, digest=short)
