"""`myself-i2i trust`: which signers are known here."""

from __future__ import annotations

import urllib.request
from pathlib import Path

import click

from myself_i2i.attestation import Envelope
from myself_i2i.c2pa.trust import Anchors, fetch, load_anchors
from myself_i2i.cli._commands import argument, command, group, option, pass_terminal
from myself_i2i.cli._files import save
from myself_i2i.cli._home import Home
from myself_i2i.cli._terminal import Terminal, visible
from myself_i2i.cli._trust import C2PA_LIST, TSA_LIST, TrustFolder
from myself_i2i.client.certifying import ask_authority
from myself_i2i.client.http import Remote
from myself_i2i.errors import InputError, UsageError
from myself_i2i.inspection.files import read_bounded
from myself_i2i.verification.pledge import verified_pledge
from myself_i2i.verification.registries import is_registry, name_of
from myself_i2i.wording import Text

__all__ = ["trust"]

LIST_BYTES = 4 * 2**20
SECONDS = 30
NONE = Text(en="none", ja="なし")
LISTS = {
    "c2pa": Text(en="C2PA trust list", ja="C2PAトラストリスト"),
    "tsa": Text(en="time-stamp authorities", ja="タイムスタンプ局"),
    "private": Text(en="issuers added by you", ja="自分で登録した発行元"),
    "makers": Text(en="makers added by you", ja="自分で登録した作り手"),
}
REGISTRIES = Text(en="of these a registry", ja="そのうち登録所")
ADDED = Text(en="{what}: {n} certificates", ja="{what}: 証明書 {n} 件")
ADDED_MAKER = Text(en="added the maker {name} ({short})", ja="作り手 {name}（{short}）を登録しました")
ADDED_REGISTRY = Text(
    en="added the registry {name}; its authority's sha256 is {digest}: compare it where the registry shows it",
    ja="登録所 {name} を登録しました。認証局の sha256 は {digest} です。登録所が公表しているものと見くらべてください",
)
FETCHING = Text(en="asking {url}", ja="{url} に問い合わせます")


@group(
    "trust",
    Text(
        en="Which signers are known here. The official C2PA lists, issuers and makers you add. With none, a vendor's mark is "
        "shown as intact, signer not on a list known here.",
        ja="どの署名者を知っているかを管理します。公式のC2PAリストと、自分で登録した発行元・作り手です。何もなければ、"
        "「元のまま。署名者はここで知られているリストにない」と表示します。",
    ),
    example="myself-i2i trust add pledge-of-a-friend.json",
)
def trust() -> None:
    """Trust."""


@command("show", Text(en="Show what is known here.", ja="登録されているものを表示します。"), parent=trust)
@pass_terminal
def show(terminal: Terminal) -> None:
    """Print counts and makers."""
    folder = TrustFolder(Home(terminal).path / "trust")
    lists = folder.lists()
    counts = {"c2pa": lists.manifest, "tsa": lists.tsa, "private": lists.private}
    registries = [name_of(one) for one in folder.registries()]
    rows = [(terminal.text(LISTS[name]), str(len(anchors.certificates))) for name, anchors in counts.items()]
    makers = [f"{name}  {keyid[:16]}…" for keyid, name in folder.makers().items()] or [terminal.text(NONE)]
    rows += [(terminal.text(REGISTRIES), visible(name)) for name in registries]
    terminal.lines([*rows, *((terminal.text(LISTS["makers"]), maker) for maker in makers)], indent=0)


@command(
    "add",
    Text(
        en="Add from a file: a maker's pledge (pins that maker's key), or certificates in PEM.",
        ja="ファイルから登録します。作り手の宣言（その鍵を登録）か、PEM形式の証明書を指定してください。",
    ),
    parent=trust,
)
@argument("file", type=click.Path(path_type=Path))
@option(
    "--list",
    "which",
    type=click.Choice(["c2pa", "tsa", "private"]),
    default="private",
    show_default=True,
    words=Text(
        en="What a PEM file is: the official C2PA list, the official time-stamp list, or issuers of your own choice.",
        ja="PEMファイルの種類。公式のC2PAリスト、公式のタイムスタンプ局リスト、または自分で選んだ発行元。",
    ),
)
@pass_terminal
def add(terminal: Terminal, *, file: Path, which: str) -> None:
    """Check what it is, then keep it."""
    data = read_bounded(file)
    folder = Home(terminal).path / "trust"
    if data.lstrip()[:1] == b"{":
        envelope = Envelope.from_json(data)
        key = verified_pledge(envelope)
        save(folder / "makers" / f"{key.public_key.keyid}.json", envelope.to_json())
        terminal.say(ADDED_MAKER, name=key.display_name or "-", short=key.public_key.short_form)
        return
    anchors = load_anchors(data)
    names = {
        "c2pa": Path(C2PA_LIST),
        "tsa": Path(TSA_LIST),
        "private": Path("private") / f"{anchors.digests[0][:32]}.pem",
    }
    save(folder / names[which], anchors.to_pem())
    terminal.say(ADDED, what=terminal.text(LISTS[which]), n=len(anchors.certificates))


@command(
    "registry",
    Text(
        en="Add a registry's authority: signers to whom it issued a certificate are then told as known to that registry. A "
        "private list of yours, never mixed with the C2PA lists.",
        ja="登録所の認証局を登録します。その登録所が証明書を発行した署名者を「登録所が知っている」と表示するようになります。"
        "自分だけの一覧で、C2PAのリストとは混ざりません。",
    ),
    example="myself-i2i trust registry https://registry.example",
    parent=trust,
)
@argument("url")
@pass_terminal
def registry(terminal: Terminal, *, url: str) -> None:
    """Fetch the root, check that it is one, keep it."""
    root = ask_authority(Remote.at(url))
    if not is_registry(root):
        raise InputError(
            Text(
                en="what is at {url} is not a registry's authority",
                ja="{url} にあるのは登録所の認証局ではありません",
            ).format(url=url[:200])
        )
    anchors = Anchors((root,))
    save(Home(terminal).path / "trust" / "private" / f"{anchors.digests[0][:32]}.pem", anchors.to_pem())
    terminal.say(ADDED_REGISTRY, name=name_of(root), digest=anchors.digests[0])


@command(
    "update",
    Text(
        en="Bring the official C2PA lists from their place on the internet. Nothing else is fetched unless you ask for a "
        "time-stamp with mark --tsa.",
        ja="公式のC2PAリストをインターネットから取得します。ほかに通信するのは、mark --tsa でタイムスタンプを頼んだときだけです。",
    ),
    parent=trust,
)
@pass_terminal
def update(terminal: Terminal) -> None:
    """Fetch both lists, check them, keep them; the old ones stay when anything fails."""

    def fetcher(url: str) -> bytes:
        terminal.say(FETCHING, url=url)
        try:
            with urllib.request.urlopen(url, timeout=SECONDS) as answer:  # noqa: S310  # two constant https addresses
                body: bytes = answer.read(LIST_BYTES + 1)
        except OSError as error:
            raise InputError(
                Text(en="could not fetch {url}: {why}", ja="{url} を取得できません: {why}").format(
                    url=url, why=error
                ),
                hint=Text(
                    en="fetch it another way and use `trust add FILE --list c2pa`",
                    ja="別の方法で取得して `trust add FILE --list c2pa` で登録できます",
                ),
            ) from error
        if len(body) > LIST_BYTES:
            raise UsageError(
                Text(en="the list at {url} is too large", ja="{url} のリストが大きすぎます").format(url=url)
            )
        return body

    manifest, tsa = fetch(fetcher)
    folder = Home(terminal).path / "trust"
    for name, file, anchors in (("c2pa", C2PA_LIST, manifest), ("tsa", TSA_LIST, tsa)):
        save(folder / file, anchors.to_pem())
        terminal.say(ADDED, what=terminal.text(LISTS[name]), n=len(anchors.certificates))
