"""One picture as a card of the report page: the short answers in sight, the whole sentences folded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from myself_i2i.bulk.page import Card, Row
from myself_i2i.cli._words import AGREEMENTS, ANSWERS, INTEGRITY, MODES, QUESTION, ROLES, TONES, word
from myself_i2i.verification.evidence import STEPS, Step
from myself_i2i.wording import Language, Text

__all__ = ["check_card", "inspection_card"]

LABELS = {
    "tool": Text(en="tool", ja="ツール"),
    "mode": Text(en="how", ja="作り方"),
    "input": Text(en="input", ja="入力画像"),
    "note": Text(en="note", ja="注記"),
    "step": Text(en="who says so", ja="根拠の段階"),
    "intact": Text(en="file", ja="ファイル"),
    "signer": Text(en="signed by", ja="署名"),
    "source": Text(en="source", ja="元画像"),
    "other": Text(en="others add", ja="裏づけ"),
    "line": Text(en="own metadata", ja="ファイル自身の情報"),
    "means": Text(en="means", ja="意味"),
    "shows_not": Text(en="does not show", ja="示さないこと"),
}
UNREAD = Text(en="could not be read", ja="読めませんでした")
UNNAMED = Text(en="not named", ja="名前なし")
EVIDENCE = Text(en="evidence in the file", ja="ファイル内の根拠")
IN_FULL = Text(en="in full", ja="くわしく")
MOST_NOTES, MOST_EVIDENCE = 3, 12


def inspection_card(result: dict[str, Any], language: Language) -> Card:
    """Return the card of one `inspect` result."""
    title, folder = _place(result)
    if result["error"]:
        return Card(title=title, folder=folder, headline=UNREAD.in_(language), tone="error")
    rows = [
        _row("tool", result["tool"] or ANSWERS["not_recorded"].in_(language), language),
        _row("mode", word(MODES, result["mode"]).in_(language), language),
    ]
    for item in result["inputs"]:
        found = ", ".join(match["source"] for match in item["matches"] if not match["weak"])
        name = item["name"] or item["urn"] or UNNAMED.in_(language)
        role = word(ROLES, item["role"]).in_(language)
        rows.append(_row("input", f"{name} [{role}]" + (f" = {found}" if found else ""), language))
    rows += [_row("note", note[language], language) for note in result["notes"][:MOST_NOTES]]
    return Card(
        title=title,
        folder=folder,
        headline=_answer(result["image_input"], language),
        tone=TONES[result["image_input"]],
        thumbnail=result.get("thumbnail"),
        rows=rows,
        details=[Row(one["key"], one["value"]) for one in result["evidence"][:MOST_EVIDENCE]],
        fold=EVIDENCE.in_(language),
    )


def check_card(result: dict[str, Any], thumbnail: str | None, language: Language) -> Card:
    """Return the card of one `check` result."""
    title, folder = _place(result)
    claims, step = result["claims"], STEPS[Step(result["step"])]
    spoken = result["step"] not in (Step.NOT_RECORDED, Step.TAGGED)
    rows = [
        _row("step", step.name.in_(language), language),
        _row("intact", word(INTEGRITY, result["intact"]["answer"]).in_(language), language),
    ]
    if result["signer"]["answer"] != "nobody":
        rows.append(_row("signer", result["signer"]["says"][language], language))
    for one in claims["sources"]:
        name = one["name"] or UNNAMED.in_(language)
        rows.append(_row("source", f"{name}: {one['says'][language]}", language))
    if result["consistency"]["answer"] != "not_applicable":
        rows.append(_row("line", word(AGREEMENTS, result["consistency"]["answer"]).in_(language), language))
    details = [
        _row("means", step.means.in_(language), language),
        _row("shows_not", step.does_not_show.in_(language), language),
        _row("intact", result["intact"]["says"][language], language),
        *(_row("other", one["says"][language], language) for one in result["others"]),
        *(_row("line", one[language], language) for one in result["consistency"]["lines"]),
        *(_row("note", one[language], language) for one in result["notes"]),
    ]
    return Card(
        title=title,
        folder=folder,
        headline=_answer(claims["image_input"] if spoken else "not_recorded", language),
        tone=TONES[claims["image_input"]] if spoken else "unknown",
        thumbnail=thumbnail,
        rows=rows,
        details=details,
        fold=IN_FULL.in_(language),
    )


def _answer(answer: str, language: Language) -> str:
    question = QUESTION.in_(language)
    between = " " if question.endswith("?") else ": "
    return f"{question}{between}{word(ANSWERS, answer).in_(language)}"


def _row(label: str, value: str, language: Language) -> Row:
    return Row(LABELS[label].in_(language), value)


def _place(result: dict[str, Any]) -> tuple[str, str]:
    path = Path(result["file"])
    return path.name, "" if str(path.parent) == "." else str(path.parent)
