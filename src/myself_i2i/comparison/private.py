"""What stands on every comparison and is never left out: that it is private, what a court said, what it does not show."""

from __future__ import annotations

from myself_i2i.wording import Text

__all__ = ["CHOSEN", "KEEP", "KEEP_TITLE", "LIMITS_TITLE", "RULING", "SHARED", "SHOWS_NOT"]

KEEP_TITLE = Text(en="Keep this to yourself", ja="これは手元だけで使ってください")
RULING = Text(
    en="Tokyo District Court, 13 October 2023, Reiwa 2 (wa) 25439: that lines overlap did not by itself show tracing, because "
    "whoever scales and stretches at will can make lines overlap; publishing some 300 to 400 overlays was defamation; and the "
    "drawing said to be the copy turned out to have been made half a year earlier than the other.",
    ja="東京地裁 2023年10月13日判決・令和2年(ワ)第25439号: 線が重なるというだけでは、なぞって描いたことは示されない"
    "（拡大縮小や縦横比の変更を自由にすれば、線は重ねられる）。重ね合わせ画像 300〜400枚の公開は名誉毀損とされた。"
    "写したものだと言われた絵のほうが、実際には半年早く描かれていた。",
)
KEEP: tuple[Text, ...] = (
    Text(
        en="Dates first: find out which picture was there first before you look at any nearness.",
        ja="まず日付を確かめてください。近さを見るのは、どちらが先にあったかを確かめてからです。",
    ),
    Text(
        en="Private use: this page is for the one who made it and whoever it was made for.",
        ja="この文書は、作成した人と、上に書かれた相手が見るためのものです。",
    ),
    Text(
        en="Do not publish it, whole or in part. A court found the publishing of overlays to be defamation (see the end).",
        ja="全体でも一部でも、公開しないでください。重ね合わせ画像の公開が名誉毀損とされた判決があります（末尾を参照）。",
    ),
)
SHARED = Text(
    en="Layouts come near for many reasons: the same pose, the same template, the same photo motif, the same screen layout.",
    ja="構図は、さまざまな理由で近くなります。同じポーズ、同じテンプレート、同じ題材の写真、同じ画面レイアウトなど。",
)
CHOSEN = Text(
    en="Somebody chose these two because they look alike. The tables were measured on pairs drawn at random; among pairs that "
    "were chosen for looking alike, near ones are far commoner.",
    ja="この2枚は、似ていると思われて選ばれたものです。表の頻度は無作為に選んだ組で測ったもので、似ているから選ばれた組では、"
    "近いものがずっと多くなります。",
)
LIMITS_TITLE = Text(en="What this does not show", ja="この比較が示さないこと")
SHOWS_NOT: tuple[Text, ...] = (
    Text(
        en="How the pictures came to be near, which came first, who made either, or whether one was made from the other.",
        ja="なぜ近いのか、どちらが先か、だれが作ったのか、一方からもう一方が作られたのかどうか。",
    ),
    Text(
        en='Anything by "not near": pictures made from one another can end up far apart, and how often is in the table.',
        ja="「近くない」から言えること。一方からもう一方が作られていても、離れた結果になることがあります（頻度は表のとおり）。",
    ),
    SHARED,
    CHOSEN,
    Text(
        en="Dependence on another work (ikyosei) or similarity to one (ruijisei). Those are findings of a court; here are "
        "distances between pictures.",
        ja="依拠性や類似性。それは裁判所が判断することで、ここにあるのは画像どうしの距離だけです。",
    ),
)
"""Stands at the end of every comparison, with the ruling and the limit of every check."""
