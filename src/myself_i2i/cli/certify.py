"""`myself-i2i certify`: a certificate for your key from a registry, for the marks you make from now on."""

from __future__ import annotations

from myself_i2i.cli._commands import command, option, pass_terminal
from myself_i2i.cli._home import Home, now
from myself_i2i.cli._registries import REGISTRY, VARIABLE, Registries
from myself_i2i.cli._terminal import Terminal
from myself_i2i.client.certifying import ask_authority, ask_certificate, check_certificate, make_request
from myself_i2i.client.http import Remote
from myself_i2i.verification.pledge import current_pledge
from myself_i2i.verification.registries import name_of
from myself_i2i.wording import Text

__all__ = ["certify"]

DONE = Text(
    en="{path}: issued by {registry} to {name}, valid until {until}; your marks carry it from now on",
    ja="{path}: 発行 {registry}、名義 {name}、有効期限 {until}。これからの目印に使われます",
)
NOT_C2PA = Text(
    en="this is the registry's own authority, on no C2PA list: other viewers go on saying that the signer is not recognised",
    ja="これは登録所独自の認証局で、C2PAのリストには載っていません。ほかの閲覧ツールでは、これまでどおり未確認の署名者と表示されます",
)
OTHERS = Text(
    en="others see that the registry knows you once they run: myself-i2i trust registry {url}",
    ja="ほかの人の端末では、次を実行すると、登録所が知っている署名者だと表示されます: myself-i2i trust registry {url}",
)


@command(
    "certify",
    Text(
        en="Get a certificate for your pledged key from a registry. Marks made from now on carry it, so that whoever added the "
        "registry sees that it knows their signer. Your pledge must stand there.",
        ja="登録所から、宣言した鍵の証明書を受け取ります。これからの目印に入り、その登録所を登録している人には「登録所が知っている署名者」"
        "と表示されます。先に宣言を登録しておく必要があります。",
    ),
    example="myself-i2i certify --registry https://registry.example",
)
@option("--registry", "url", metavar="URL", envvar=VARIABLE, required=True, words=REGISTRY)
@pass_terminal
def certify(terminal: Terminal, *, url: str) -> None:
    """Ask, check what comes back, keep it."""
    remote, home = Remote.at(url), Home(terminal)
    key = home.key()
    with home.ledger() as ledger:
        pledge = current_pledge(ledger, key.public_key).pledge
    Registries(home.path).keys(remote, terminal)
    root = ask_authority(remote)
    chain = ask_certificate(remote, make_request(key, pledge.display_name or key.public_key.short_form))
    found = check_certificate(chain, key, root, now=now())
    path = home.keep_certificate(key, chain)
    terminal.say(
        DONE,
        path=str(path),
        registry=name_of(root),
        name=name_of(found),
        until=f"{found.not_valid_after_utc:%Y-%m-%d}",
    )
    terminal.say(NOT_C2PA)
    terminal.say(OTHERS, url=remote.url)
