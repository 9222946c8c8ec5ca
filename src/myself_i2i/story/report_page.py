"""The authorship report as a page or paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from myself_i2i.predicates.generation import PromptPolicy
from myself_i2i.story._sections import MOST_ROWS, cell, drawing, limits, more, running, sources, steps
from myself_i2i.story.document import (
    Block,
    Bullets,
    Chart,
    Document,
    Facts,
    Heading,
    Paragraph,
    Table,
)
from myself_i2i.story.draw import Look
from myself_i2i.story.pages import about
from myself_i2i.story.prompts import PromptTrial
from myself_i2i.story.report import KeptPledge, Report
from myself_i2i.story.timeline import timeline
from myself_i2i.story.trials import SITTING, Belonging
from myself_i2i.story.values import Picture, StandingKind
from myself_i2i.story.words import T2I_AND_I2I, called, clock, when
from myself_i2i.wording import Text

__all__ = ["report_document"]

TITLE = Text(en="Record of making: {name}", ja="制作の記録: {name}")
INTRO = Text(
    en="This report gathers what signed records in the maker's own ledger say about how this picture was made: prompts and "
    "trials over time, what was chosen, work by hand, sources. It is a record, not a finding about rights.",
    ja="この報告書は、作り手自身の帳簿にある署名つきの記録から、この画像がどう作られたか（プロンプトと試行の経過、選択、加筆修正、"
    "元画像）をまとめたものです。記録であって、権利についての判断ではありません。",
)
BY = Text(en="made by", ja="作成者")
FOR = Text(en="made for", ja="提出先")
ON = Text(en="made on", ja="作成日時")
KEYS = Text(en="maker's key", ja="作り手の鍵")
NOT_NAMED = Text(en="not named", ja="記載なし")

SHORT = Text(en="In short", ja="概要")
PERIOD = Text(
    en="Recorded from {first} to {last}.",
    ja="記録の期間: {first} 〜 {last}。",
)
MADE = Text(
    en="Pictures made on the way: {made}. Led to this picture: {way}; share a source or a step with it: {shared}; made in the "
    "same sitting: {session}.",
    ja="途中で作られた画像は {made} 枚。うち、この画像につながったもの {way} 枚、元画像か途中の工程を共有するもの {shared} 枚、"
    "同じ作業時間に作られたもの {session} 枚。",
)
PROMPTS_TRIED = Text(
    en="Different prompts on record: {count}.", ja="記録に残っている異なるプロンプトは {count} 種類。"
)
BY_HAND = Text(en="Work by hand: {count}.", ja="加筆修正 {count} 回。")
FROM_SOURCES = Text(
    en="Source pictures: {count}; with a declared rights basis: {declared}.",
    ja="元画像 {count} 枚、うち使ってよい根拠が申告されているもの {declared} 枚。",
)

PLEDGE = Text(en="Pledge", ja="宣言")
NO_PLEDGE = Text(en="No pledge by this key is in the ledger.", ja="この鍵による宣言は、帳簿にありません。")
PLEDGED = Text(
    en="Key {key} pledged on {when} to text {version} ({language}) of the Myself_i2i pledge: other people's pictures are not "
    "used as image-to-image material without permission.",
    ja="鍵 {key} が、{when} に Myself_i2i の宣言 第{version}版（{language}）に署名しています。他の人の絵や写真を、許可なく i2i の素材に使わない、"
    "という宣言です。",
)
PLEDGE_WITHDRAWN = Text(en="It was withdrawn on {when}.", ja="この宣言は {when} に取り下げられています。")

OVER_TIME = Text(en="Over time", ja="制作の経過")
NO_TIMES = Text(
    en="When the pictures were made is not recorded.", ja="いつ作られたかは記録されていません（記録なし）。"
)
PROMPTS = Text(en="Prompts and trials", ja="プロンプトと試行")
NO_PROMPTS = Text(
    en="No prompt is kept whole in the records.", ja="プロンプトの全文が残っている記録はありません。"
)
SEALED = Text(
    en="Trials whose prompt is kept as a salted digest only: {count}.",
    ja="プロンプトをソルト付きハッシュ値だけで残した試行: {count} 件。",
)
UNKEPT = Text(
    en="Trials of whose prompt nothing is kept: {count}.", ja="プロンプトを何も残していない試行: {count} 件。"
)
PROMPT_HEADS = (
    Text(en="first tried", ja="初めて使った日時"),
    Text(en="prompt", ja="プロンプト"),
    Text(en="changed from the one before", ja="直前からの変更"),
    Text(en="pictures", ja="枚数"),
)
ADDED = Text(en="added: {parts}", ja="追加: {parts}")
REMOVED = Text(en="removed: {parts}", ja="削除: {parts}")
REORDERED = Text(en="order or wording", ja="順序や書き方")
LED_ON = Text(en="{count} ({way} led on)", ja="{count}（つながったもの {way}）")

SELECTION = Text(en="Selection", ja="選択")
CHOSEN = Text(
    en="Pictures made: {made}. Chosen for the way to this one: {way}.",
    ja="作られた {made} 枚のうち、この画像につながるものとして選ばれたのは {way} 枚です。",
)
KEPT = Text(
    en="Still in the folders looked through: {kept}. Of these, with a mark: {marked}.",
    ja="確認したフォルダに今もあるものは {kept} 枚、うち目印の付いたものは {marked} 枚です。",
)
HAND_WORK = Text(en="Work by hand", ja="加筆修正")
NO_HAND_WORK = Text(en="No work by hand is recorded.", ja="加筆修正の記録はありません。")
HAND_HEADS = (
    Text(en="when", ja="日時"),
    Text(en="from", ja="加筆前"),
    Text(en="to", ja="加筆後"),
    Text(en="what was done, in the maker's words", ja="内容（作り手の言葉）"),
)

HOW_COUNTED = Text(en="How this was counted", ja="数え方")
COUNTING: tuple[Text, ...] = (
    Text(
        en="A trial is one picture with a generation record in the ledger, by a key that signed a record of this picture, not "
        "withdrawn, not later than this picture, and no work by hand.",
        ja="試行とは、この画像の記録に署名した鍵による生成の記録が帳簿にあり、取り下げられておらず、この画像より後でなく、加筆修正でもない"
        "画像のことです。1枚を1回と数えます。",
    ),
    Text(
        en='"Led to this picture": one of the steps shown here. "Shares a source or a step": a picture shown here went into it.',
        ja="「この画像につながったもの」は、ここに示した工程の画像。「元画像か途中の工程を共有するもの」は、ここに示した画像のどれかが"
        "入力された別の画像です。",
    ),
    Text(
        en='"Same sitting": same tool as one of the steps, with no pause over {minutes} minutes between neighbouring records. A '
        "person may have made other things at one sitting, so this number is an upper bound.",
        ja="「同じ作業時間」は、工程のどれかと同じツールで、前後の記録との間が {minutes} 分以内で続いているもの。同じ時間に別のものを作っていた"
        "可能性もあるため、この数は上限です。",
    ).format(minutes=int(SITTING.total_seconds() // 60)),
    Text(en="Pictures that no record tells of are not counted.", ja="記録のない画像は数えていません。"),
)
VERIFY = Text(
    en='Each record is a signed statement in the maker\'s ledger: "myself-i2i ledger verify" checks that none was changed, and '
    '"myself-i2i ledger show --digest" prints one whole. Somebody who wants to check them asks the maker for "ledger export".',
    ja="それぞれの記録は、作り手の帳簿にある署名つきの文書です。「myself-i2i ledger verify」で改変がないことを確かめられ、"
    "「myself-i2i ledger show --digest」で1件をそのまま表示できます。確かめたい人は、作り手から「ledger export」の書き出しを受け取ってください。",
)
BY_THE_MAKER = Text(
    en="That anybody but its maker checked it. The report was put together by the person named above from their own records.",
    ja="作成者以外の人が内容を確かめたこと。この報告書は、上に名前のある人が自分の記録からまとめたものです。",
)


def report_document(report: Report, look: Look, *, limit: Text) -> Document:
    """Return the authorship report as a document; limit is the limit of every check, printed on it."""
    return Document(
        language=look.language,
        title=look.say(TITLE.format(name=called(report.story.picture))),
        author=report.told.by,
        blocks=[*_blocks(report, look), limits(look, limit, BY_THE_MAKER)],
    )


def _blocks(report: Report, look: Look) -> Iterator[Block]:
    yield Paragraph(look.say(INTRO))
    yield from about(report.story, look)
    yield _people(report, look)
    yield Heading(look.say(SHORT))
    yield Bullets(list(_short(report, look)))
    yield Paragraph(look.say(T2I_AND_I2I), small=True)
    yield from _pledge(report.pledge, look)
    if report.story.steps:
        yield from drawing(report.story, look)
    yield Heading(look.say(OVER_TIME))
    chart = timeline(report.trials, report.hand_work, look)
    yield Paragraph(look.say(NO_TIMES)) if chart is None else Chart(chart)
    yield from _prompts(report, look)
    yield from _selection(report, look)
    yield from _hand_work(report, look)
    yield from sources(report.story, look)
    yield from steps(report.story, look)
    yield Heading(look.say(HOW_COUNTED))
    yield Bullets([look.say(text) for text in COUNTING])
    yield Paragraph(look.say(VERIFY), small=True)


def _people(report: Report, look: Look) -> Facts:
    told = report.told
    keys = dict.fromkeys(step.key for step in report.story.steps if step.keyid in report.story.makers)
    return Facts(
        [
            (look.say(BY), told.by or look.say(NOT_NAMED)),
            (look.say(FOR), told.recipient or look.say(NOT_NAMED)),
            (look.say(ON), clock(told.made_at, look.zone)),
            (look.say(KEYS), ", ".join(keys) or look.say(NOT_NAMED)),
        ]
    )


def _short(report: Report, look: Look) -> Iterator[str]:
    moments = [step.at for step in report.story.steps] + [trial.at for trial in report.trials]
    if moments:
        yield look.say(
            PERIOD.format(first=clock(min(moments), look.zone), last=clock(max(moments), look.zone))
        )
    yield look.say(MADE.format(made=f"{len(report.trials):,}", **_counts(report)))
    yield look.say(PROMPTS_TRIED.format(count=f"{len(report.prompts):,}"))
    yield look.say(BY_HAND.format(count=len(report.hand_work)))
    found: Sequence[Picture] = report.story.sources
    declared = sum(one.standing.kind is StandingKind.DECLARED for one in found)
    yield look.say(FROM_SOURCES.format(count=len(found), declared=declared))


def _counts(report: Report) -> dict[str, str]:
    return {
        "way": f"{report.count(Belonging.WAY):,}",
        "shared": f"{report.count(Belonging.SHARED):,}",
        "session": f"{report.count(Belonging.SESSION):,}",
    }


def _pledge(kept: KeptPledge | None, look: Look) -> Iterator[Block]:
    yield Heading(look.say(PLEDGE))
    if kept is None:
        yield Paragraph(look.say(NO_PLEDGE))
        return
    pledge = kept.pledge
    said = PLEDGED.format(
        key=kept.key,
        when=clock(pledge.pledged_at, look.zone),
        version=pledge.text_version,
        language=pledge.language,
    )
    yield Paragraph(look.say(said))
    if kept.withdrawal is not None:
        when = clock(kept.withdrawal.withdrawn_at, look.zone)
        yield Paragraph(look.say(PLEDGE_WITHDRAWN.format(when=when)))


def _prompts(report: Report, look: Look) -> Iterator[Block]:
    yield Heading(look.say(PROMPTS))
    if report.prompts:
        rows = [_prompt_row(one, look, first=place == 0) for place, one in enumerate(report.prompts)]
        yield Table([look.say(head) for head in PROMPT_HEADS], rows[:MOST_ROWS], (0.19, 0.39, 0.26, 0.16))
        yield from more(len(rows) - MOST_ROWS, look)
    else:
        yield Paragraph(look.say(NO_PROMPTS))
    policies = [trial.policy for trial in report.trials]
    for policy, words in ((PromptPolicy.SALTED_DIGEST, SEALED), (PromptPolicy.NONE, UNKEPT)):
        if count := policies.count(policy):
            yield Paragraph(look.say(words.format(count=f"{count:,}")), small=True)


def _prompt_row(one: PromptTrial, look: Look, *, first: bool) -> tuple[str, str, str, str]:
    changes = [
        look.say(words.format(parts=", ".join(parts)))
        for words, parts in ((ADDED, one.added), (REMOVED, one.removed))
        if parts
    ]
    if not changes:
        changes = ["–" if first else look.say(REORDERED)]
    pictures = f"{one.pictures:,}"
    if one.on_the_way:
        pictures = look.say(LED_ON.format(count=pictures, way=one.on_the_way))
    return clock(one.first_at, look.zone), running(one.text), cell(changes, look), pictures


def _selection(report: Report, look: Look) -> Iterator[Block]:
    yield Heading(look.say(SELECTION))
    counts = _counts(report)
    yield Paragraph(look.say(CHOSEN.format(made=f"{len(report.trials):,}", way=counts["way"])))
    if report.kept is not None:
        yield Paragraph(look.say(KEPT.format(kept=report.kept.kept, marked=report.kept.marked)))


def _hand_work(report: Report, look: Look) -> Iterator[Block]:
    yield Heading(look.say(HAND_WORK))
    rows = [
        (
            look.say(when(step, look.zone)),
            cell([look.say(called(report.story.pictures[use.picture]))], look),
            cell([look.say(called(report.story.pictures[step.picture]))], look),
            running(use.note or "–"),
        )
        for step in report.hand_work
        for use in step.hand_work
    ]
    if rows:
        yield Table([look.say(head) for head in HAND_HEADS], rows[:MOST_ROWS], (0.2, 0.2, 0.2, 0.4))
        yield from more(len(rows) - MOST_ROWS, look)
    else:
        yield Paragraph(look.say(NO_HAND_WORK))
