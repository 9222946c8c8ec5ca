"""The parts that the story page and the authorship report have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from myself_i2i.predicates.generation import PromptPolicy
from myself_i2i.story.document import Block, Chart, Heading, Limit, Paragraph, Table
from myself_i2i.story.draw import Look, draw
from myself_i2i.story.values import Picture, Step, Story, Use
from myself_i2i.story.words import (
    DOES_NOT_SHOW,
    WITHDRAWN,
    WRITTEN_BY,
    basis_words,
    called,
    clock,
    how_words,
    made_words,
    short_digest,
    when,
)
from myself_i2i.wording import Text

__all__ = ["MOST_ROWS", "cell", "drawing", "limits", "more", "running", "sources", "steps", "zone_words"]

MOST_ROWS = 400
"""Most rows of a table; how many more there are is said below it."""
MOST_LINES = 12
MOST_IN_LINE = 240
MOST_IN_CELL = 640
MOST_RUNNING = 1_200
"""A row must fit on one page of paper, whatever somebody wrote into a record; the record itself has it whole."""

THE_WAY = Text(en="The way to this picture", ja="この画像ができるまで")
READ_IT = Text(
    en="Read it from top to bottom: sources stand on top, this picture at the foot. A broken frame means that no rights basis "
    "is declared or that the record was withdrawn; blue lines are hand work.",
    ja="上から下へ読みます。いちばん上が元画像、いちばん下がこの画像です。破線の枠は、根拠が未申告か、記録が取り下げられたもの。"
    "青い線は加筆修正です。",
)
STEPS = Text(en="Steps", ja="工程")
NO_STEPS = Text(
    en="No record of how this picture was made was found. That says nothing about the picture, in either direction.",
    ja="この画像の作り方の記録は見つかりませんでした（記録なし）。これは、どちらの方向についても何も示しません。",
)
STEP_HEADS = (
    Text(en="when", ja="日時"),
    Text(en="picture and how", ja="画像と作り方"),
    Text(en="made from", ja="もとになったもの"),
    Text(en="who says so", ja="だれの記録か"),
)
SOURCES = Text(en="Sources and why they may be used", ja="元画像と、使ってよい根拠")
NO_SOURCES = Text(en="No source picture is recorded.", ja="元画像の記録はありません。")
SOURCE_HEADS = (
    Text(en="source", ja="元画像"),
    Text(en="rights basis", ja="根拠"),
    Text(en="who says so, and what else there is to know", ja="だれの申告か、ほかに知っておくこと"),
)
KEY = Text(en="key {key}", ja="鍵 {key}")
RECORD = Text(en="record {digest}…", ja="記録 {digest}…")
PROMPT = Text(en="prompt: {text}", ja="プロンプト: {text}")
PROMPT_SEALED = Text(
    en="prompt: kept back, its salted digest is in the record",
    ja="プロンプト: 非公開（ソルト付きハッシュ値を記録）",
)
MORE = Text(en="and {count} more", ja="ほか {count} 件")
LIMITS = Text(en="What this does not show", ja="この記録が示さないこと")
NOTHING = "–"


def drawing(story: Story, look: Look) -> Iterator[Block]:
    """Yield the drawing with its heading, and what is odd about the records."""
    yield Heading(look.say(THE_WAY))
    yield Paragraph(look.say(READ_IT), small=True)
    yield Chart(draw(story, look))
    for note in story.notes:
        yield Paragraph(look.say(note))


def steps(story: Story, look: Look) -> Iterator[Block]:
    """Yield every record as a table, oldest first."""
    yield Heading(look.say(STEPS))
    if not story.steps:
        yield Paragraph(look.say(NO_STEPS))
        return
    rows = [_step_row(story, step, look) for step in story.steps[-MOST_ROWS:]]
    yield Table([look.say(head) for head in STEP_HEADS], rows, (0.18, 0.3, 0.28, 0.24))
    yield from more(len(story.steps) - len(rows), look)


def _step_row(story: Story, step: Step, look: Look) -> tuple[str, str, str, str]:
    record = step.generation
    made = [look.say(called(story.pictures[step.picture])), look.say(made_words(step))]
    says = [look.say(KEY.format(key=step.key)), look.say(RECORD.format(digest=step.statement[:12]))]
    if record is not None:
        made += [text for text in (record.model, record.note, _prompt(step, look)) if text]
        says.insert(0, look.say(WRITTEN_BY[record.written_by]))
    if step.withdrawal is not None:
        says.insert(0, f"[{look.say(WITHDRAWN)} {clock(step.withdrawal.withdrawn_at, look.zone)}]")
    strength = record.strength if record else None
    uses = [_use(story, use, strength, look) for use in step.uses]
    return look.say(when(step, look.zone)), cell(made, look), cell(uses, look) or NOTHING, cell(says, look)


def _prompt(step: Step, look: Look) -> str:
    record = step.generation
    if record is None or record.prompt.policy is PromptPolicy.NONE:
        return ""
    if record.prompt.text is None:
        return look.say(PROMPT_SEALED)
    return look.say(PROMPT.format(text=record.prompt.text[: MOST_IN_LINE + 1]))


def _use(story: Story, use: Use, strength: float | None, look: Look) -> str:
    name = look.say(called(story.pictures[use.picture]))
    note = f" ({use.note})" if use.note else ""
    return f"{look.say(how_words(use, strength))}: {name}{note}"


def sources(story: Story, look: Look) -> Iterator[Block]:
    """Yield every source with its rights basis."""
    yield Heading(look.say(SOURCES))
    found: Sequence[Picture] = story.sources
    if not found:
        yield Paragraph(look.say(NO_SOURCES))
        return
    rows = []
    for one in found[:MOST_ROWS]:
        said = [look.say(text) for text in (*one.standing.says, *one.standing.notes)]
        name = cell([look.say(called(one)), short_digest(one)], look)
        rows.append((name, look.say(basis_words(one.standing)), cell(said, look) or NOTHING))
    yield Table([look.say(head) for head in SOURCE_HEADS], rows, (0.28, 0.22, 0.5))
    yield from more(len(found) - len(rows), look)


def cell(lines: Sequence[str], look: Look) -> str:
    """Return the lines of one cell, shortened to what fits on a page; what was cut is said."""
    shown: list[str] = []
    room = MOST_IN_CELL
    for line in lines:
        text = " ".join(line[: 4 * MOST_IN_LINE].split())
        text = text if len(text) <= MOST_IN_LINE else text[:MOST_IN_LINE] + "…"
        room -= len(text)
        if shown and (room < 0 or len(shown) == MOST_LINES):
            shown.append(look.say(MORE.format(count=len(lines) - len(shown))))
            break
        shown.append(text)
    return "\n".join(line for line in shown if line)


def running(text: str) -> str:
    """Return a long text for one cell, white space and line ends made single spaces, shortened to fit on a page."""
    text = " ".join(text[: 4 * MOST_RUNNING].split())
    return text if len(text) <= MOST_RUNNING else text[:MOST_RUNNING] + "…"


def more(count: int, look: Look) -> Iterator[Block]:
    """Yield a line that says how many rows were left out, if any."""
    if count > 0:
        yield Paragraph(look.say(MORE.format(count=count)), small=True)


def limits(look: Look, limit: Text, *further: Text) -> Block:
    """Return what no page of a story may leave out; `limit` is the limit of every check."""
    return Limit(look.say(LIMITS), [look.say(text) for text in (*further, *DOES_NOT_SHOW, limit)])


def zone_words(story: Story, look: Look) -> str:
    """Return the name of the time zone in which the moments are written, e.g. "UTC+09:00"."""
    when = story.steps[-1].at if story.steps else None
    offset = look.zone.utcoffset(None if when is None else when.astimezone(look.zone))
    if not offset:
        return "UTC"
    minutes = int(offset.total_seconds() // 60)
    return f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
