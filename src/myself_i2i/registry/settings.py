"""Everything that can be set about a registry: one object, from the environment and a TOML file. Pure.

An option `name` stands in the file as `name = …` and in the environment as `MYSELF_I2I_REGISTRY_NAME`; the environment
wins. Options not given have the defaults here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import urlsplit

from myself_i2i.errors import UsageError
from myself_i2i.wording import Text

__all__ = ["OPTIONS", "PREFIX", "Settings"]

PREFIX: Final = "MYSELF_I2I_REGISTRY_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one registry; sizes in bytes, times in seconds. `OPTIONS` says each in both languages."""

    home: Path = Path("registry")
    """Folder of everything that has no place of its own below."""
    url: str = "http://127.0.0.1:8087"
    """The address that people use: https, or http on this machine; `read` makes it of host and port when it is not given."""
    name: str = ""
    """What the registry is called on its pages and in its authority's certificate; the host of `url` otherwise."""
    contact: str = ""
    """How its operator is reached: shown to people."""
    origin: str = ""
    """The log's origin line (C2SP checkpoint) for a new registry, which keeps it; `url` without scheme otherwise."""
    database: str = ""
    """`sqlite:///FILE` or `postgresql+pg8000://…`; a file in `home` otherwise."""
    log: str = ""
    """Folder of the log's public files; `home/log` otherwise."""
    index: str = ""
    """Folder of the fingerprint index beside SQLite; `home/index` otherwise. PostgreSQL has it in the database."""
    keys: str = ""
    """Folder of the registry's keys; `home/keys` otherwise."""
    host: str = "127.0.0.1"
    """Where the service listens."""
    port: int = 8087
    """The port."""
    proxies: str = ""
    """Addresses of the proxies whose `Forwarded` headers count, with commas between; none otherwise."""
    per_key_per_day: int = 2_000
    """Most statements of one key in 24 hours."""
    per_address_per_minute: int = 120
    """Most requests of one address in a minute."""
    manifest_bytes: int = 4 * 2**20
    """Largest manifest store that is taken."""
    picture_bytes: int = 32 * 2**20
    """Largest picture that is looked up by its content."""
    picture_pixels: int = 50_000_000
    """Most pixels of such a picture."""
    most_matches: int = 100
    """Most matches in one answer."""
    request_seconds: int = 30
    """How long one request may take."""
    witnesses: str = ""
    """Verifier keys of the witnesses whose cosignatures are taken (C2SP, `name+id+key`), with commas between; none otherwise."""
    clock_skew_seconds: int = 600
    """How far ahead of the registry's clock a stated time may be."""
    follow_seconds: int = 1
    """How long the index may be behind what other processes logged."""

    @classmethod
    def read(cls, environment: Mapping[str, str], file: bytes | None = None) -> Self:
        """Return the settings. Raises `UsageError` naming an option that is unknown or not right."""
        given = _table(file)
        unknown = sorted(set(given) - set(OPTIONS))
        if unknown:
            raise _wrong(unknown[0], Text(en="there is no such option", ja="この設定項目はありません"))
        for name in OPTIONS:
            if PREFIX + name.upper() in environment:
                given[name] = environment[PREFIX + name.upper()]
        kinds = {one.name: type(one.default) for one in fields(cls)}
        made = cls(**{name: _value(name, kinds[name], value) for name, value in given.items()})
        if "url" not in given:
            host = f"[{made.host}]" if ":" in made.host else made.host
            made = replace(made, url=f"http://{host}:{made.port}")
        else:
            _check_address(made.url)
        return made

    @property
    def title(self) -> str:
        """What the registry is called."""
        return self.name or urlsplit(self.url).hostname or "registry"

    @property
    def log_origin(self) -> str:
        """The origin line of a new log; that of an old one is kept with its keys."""
        return self.origin or self.url.partition("://")[2].rstrip("/")

    @property
    def database_url(self) -> str:
        """Where the database is."""
        return self.database or f"sqlite:///{self.home / 'registry.sqlite'}"

    @property
    def log_folder(self) -> Path:
        """Where the log's files lie."""
        return Path(self.log) if self.log else self.home / "log"

    @property
    def index_folder(self) -> Path:
        """Where the index lies, beside SQLite."""
        return Path(self.index) if self.index else self.home / "index"

    @property
    def keys_folder(self) -> Path:
        """Where the keys lie."""
        return Path(self.keys) if self.keys else self.home / "keys"


OPTIONS: Final[Mapping[str, Text]] = {
    "home": Text(
        en="folder of everything that has no place of its own", ja="個別の指定がないものをすべて置くフォルダ"
    ),
    "url": Text(
        en="the address that people use, https (http on this machine only)",
        ja="利用者が使うアドレス（https。このマシンの中だけなら http も可）",
    ),
    "name": Text(en="what the registry is called", ja="登録所の名前"),
    "contact": Text(
        en="how its operator is reached; shown to people", ja="運営者への連絡先（利用者に表示されます）"
    ),
    "origin": Text(
        en="the log's origin line, for a new registry: it is kept with the keys and never changes",
        ja="新しい登録所のログの origin 行。鍵とともに保存され、あとから変わることはありません",
    ),
    "database": Text(
        en="sqlite:///FILE or postgresql+pg8000://USER@HOST/NAME",
        ja="sqlite:///ファイル または postgresql+pg8000://ユーザー@ホスト/名前",
    ),
    "log": Text(
        en="folder of the log's public files; any web server may show it",
        ja="ログの公開ファイルを置くフォルダ。どのWebサーバーからでも配信できます",
    ),
    "index": Text(
        en="folder of the fingerprint index (with SQLite)", ja="指紋の索引を置くフォルダ（SQLite のとき）"
    ),
    "keys": Text(
        en="folder of the registry's keys; keep a copy in a safe place",
        ja="登録所の鍵を置くフォルダ。控えを安全な場所に取っておいてください",
    ),
    "host": Text(en="address to listen on", ja="待ち受けるアドレス"),
    "port": Text(en="port to listen on", ja="待ち受けるポート"),
    "proxies": Text(
        en="addresses of proxies whose forwarded headers count, with commas between",
        ja="転送ヘッダーを信用するプロキシのアドレス（コンマ区切り）",
    ),
    "per_key_per_day": Text(
        en="most statements of one key in 24 hours", ja="ひとつの鍵が24時間に登録できる文書の数"
    ),
    "per_address_per_minute": Text(
        en="most requests of one address in a minute", ja="ひとつのアドレスから1分間に受け付ける要求の数"
    ),
    "manifest_bytes": Text(en="largest manifest, in bytes", ja="マニフェストの最大の大きさ（バイト）"),
    "picture_bytes": Text(
        en="largest picture that is looked up by its content, in bytes",
        ja="画像そのもので探すときの、画像の最大の大きさ（バイト）",
    ),
    "picture_pixels": Text(en="most pixels of such a picture", ja="その画像の最大の画素数"),
    "most_matches": Text(en="most matches in one answer", ja="ひとつの回答に入れる一致の最大数"),
    "request_seconds": Text(
        en="how long one request may take, in seconds", ja="ひとつの要求にかけてよい時間（秒）"
    ),
    "witnesses": Text(
        en="verifier keys of the witnesses whose cosignatures are taken, with commas between",
        ja="副署を受け付ける証人の検証鍵（コンマ区切り）",
    ),
    "clock_skew_seconds": Text(
        en="how far ahead of this clock a stated time may be, in seconds",
        ja="文書に書かれた日時が、この時計より先でもよい幅（秒）",
    ),
    "follow_seconds": Text(
        en="how long the index may be behind other processes, in seconds",
        ja="索引が、ほかのプロセスの記録に遅れてもよい時間（秒）",
    ),
}
"""Every option, in the order in which a person would set them."""


def _table(file: bytes | None) -> dict[str, Any]:
    try:
        return {} if file is None else tomllib.loads(file.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(
            Text(
                en="the settings cannot be read as TOML: {why}", ja="設定を TOML として読めません：{why}"
            ).format(why=str(error)[:200])
        ) from error


def _value(name: str, kind: type, value: Any) -> Any:
    if kind is int:
        if isinstance(value, str) and value.strip().isdecimal() and len(value) < 20:  # noqa: PLR2004 - as long as any number here
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value < 2**40:
            raise _wrong(name, Text(en="wanted a whole number, 1 or more", ja="1以上の整数が必要です"))
        return value
    if not isinstance(value, str):
        raise _wrong(name, Text(en="wanted a text", ja="文字列が必要です"))
    return kind(value)


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    here = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and here)):
        why = Text(
            en="wanted an https address, or http on this machine",
            ja="https のアドレス（このマシンの中だけなら http）が必要です",
        )
        raise _wrong("url", why)  # noqa: EM101  # the option's name


def _wrong(name: str, why: Text) -> UsageError:
    return UsageError(
        Text(en="the setting {name}: {why}", ja="設定 {name}：{why}").format(name=name[:60], why=why)
    )
