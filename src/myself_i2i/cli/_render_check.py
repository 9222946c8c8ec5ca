"""A check's report for a person: four questions, the step with what it does not show, the consistency line."""

from __future__ import annotations

from typing import Any

from myself_i2i.cli._terminal import Terminal
from myself_i2i.cli._words import AGREEMENTS, ANSWERS, MODES, QUESTION, ROLES, word
from myself_i2i.verification.evidence import STEPS, Step
from myself_i2i.wording import Text

__all__ = ["render"]

INTACT = Text(en="1. Is the file intact?", ja="1. ファイルは元のまま？")
SIGNER = Text(en="2. Who signed, known to whom?", ja="2. 署名したのはだれ？　だれがその人を知っている？")
CLAIMS = Text(en="3. What is claimed?", ja="3. 何が申告されている？")
OTHERS = Text(en="4. What do others add?", ja="4. ほかの人の裏づけは？")
STEP = Text(en="Evidence", ja="根拠の段階")
MEANS = Text(en="means", ja="意味")
SHOWS_NOT = Text(en="does not show", ja="示さないこと")
LINE = Text(en="The file's own metadata against the declaration", ja="ファイル自身の情報と申告")
NOTHING = Text(en="nothing", ja="ありません")
NOTE = Text(en="note", ja="注記")
LABELS = {
    "mode": Text(en="how", ja="作り方"),
    "tool": Text(en="tool", ja="ツール"),
    "model": Text(en="model", ja="モデル"),
    "source": Text(en="source", ja="元画像"),
    "pledge": Text(en="pledge", ja="宣言"),
    "written_by": Text(en="written down by", ja="書き留めたのは"),
    "name": Text(en="name", ja="名前"),
    "key": Text(en="key", ja="鍵"),
}
WRITERS = {
    "recorder": Text(en="a recorder in the tool, when it was made", ja="生成ツールの中の記録係（生成時）"),
    "file": Text(en="read from the file's own metadata", ja="ファイル自身の情報から読み取り"),
    "hand": Text(en="typed in by the maker", ja="作り手が手で入力"),
}
PLEDGE = Text(
    en="text {version} ({language}), by {name}, {when}", ja="第{version}版（{language}）、{name}、{when}"
)
PLEDGE_UNKNOWN = Text(en="a text that this version does not carry", ja="このバージョンが知らない宣言文")


def render(terminal: Terminal, result: dict[str, Any]) -> None:
    """Write one file's report."""
    language = terminal.language
    terminal.data(result["file"], style="bold")
    _part(terminal, INTACT, [result["intact"]["says"][language]])
    for text in result["intact"]["ingredients"]:
        terminal.data(f"     {text[language]}")
    signer = result["signer"]
    _part(terminal, SIGNER, [signer["says"][language]])
    if signer["keyid"]:
        terminal.data(f"     {terminal.text(LABELS['key'])} {signer['keyid'][:16]}…")
    _claims(terminal, result["claims"])
    _part(terminal, OTHERS, [one["says"][language] for one in result["others"]] or [terminal.text(NOTHING)])
    words = STEPS[Step(result["step"])]
    terminal.data(f"  {terminal.text(STEP)}: {terminal.text(words.name)}", style="bold")
    rows = [(MEANS, words.means), (SHOWS_NOT, words.does_not_show)]
    terminal.lines([(terminal.text(label), terminal.text(text)) for label, text in rows], indent=5)
    consistency = result["consistency"]
    if consistency["answer"] != "not_applicable":
        answer = terminal.text(word(AGREEMENTS, consistency["answer"]))
        terminal.data(f"  {terminal.text(LINE)}: {answer}", style="bold")
        for line in consistency["lines"]:
            terminal.data(f"     {line[language]}")
    for note in result["notes"]:
        terminal.data(f"  {terminal.text(NOTE)}: {note[language]}")


def _part(terminal: Terminal, question: Text, lines: list[str]) -> None:
    terminal.data(f"  {terminal.text(question)}", style="bold")
    for line in lines:
        terminal.data(f"     {line}")


def _claims(terminal: Terminal, claims: dict[str, Any]) -> None:
    language = terminal.language
    terminal.data(f"  {terminal.text(CLAIMS)}", style="bold")
    rows = [(terminal.text(QUESTION), terminal.text(word(ANSWERS, claims["image_input"])))]
    if claims["mode"]:
        rows.append((terminal.text(LABELS["mode"]), terminal.text(word(MODES, claims["mode"]))))
    rows += [(terminal.text(LABELS[name]), claims[name]) for name in ("tool", "model") if claims[name]]
    if claims["written_by"]:
        rows.append((terminal.text(LABELS["written_by"]), terminal.text(word(WRITERS, claims["written_by"]))))
    for source in claims["sources"]:
        digest = f" sha256 {source['sha256'][:12]}…" if source["sha256"] else ""
        role = terminal.text(word(ROLES, source["role"]))
        rows.append(
            (
                terminal.text(LABELS["source"]),
                f"{source['name'] or '-'} [{role}]{digest}: {source['says'][language]}",
            )
        )
    if pledge := claims["pledge"]:
        said = terminal.text(
            PLEDGE,
            version=pledge["version"],
            language=pledge["language"],
            name=pledge["handle"] or "-",
            when=pledge["pledged_at"],
        )
        rows.append(
            (terminal.text(LABELS["pledge"]), said if pledge["text_known"] else terminal.text(PLEDGE_UNKNOWN))
        )
    terminal.lines(rows, indent=5)
