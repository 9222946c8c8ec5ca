"""`myself-i2i serve`: run a registry. One process on SQLite; any number of them on PostgreSQL."""

from __future__ import annotations

import os
import signal
import socket
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from myself_i2i.cli._commands import command, option, pass_terminal
from myself_i2i.cli._terminal import Terminal
from myself_i2i.errors import UsageError
from myself_i2i.wording import Text

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from myself_i2i.registry.settings import Settings

__all__ = ["application", "serve"]

FILE = "registry.toml"
VARIABLE = "MYSELF_I2I_REGISTRY_FILE"
"""Names the settings file to worker processes, and to people who would rather not write it on the command line."""
GRACE = 20
"""Seconds that running requests have to finish after SIGTERM."""
BACKLOG = 512
NEEDED = ("starlette", "uvicorn", "sqlalchemy", "alembic", "babel", "prometheus_client", "python_multipart")
MISSING = Text(
    en="running a registry needs more packages", ja="登録所を動かすには、追加のパッケージが必要です"
)
INSTALL = Text(
    en="pip install 'myself-i2i[registry]'", ja="pip install 'myself-i2i[registry]' を実行してください"
)
NEW_KEYS = Text(
    en="made this registry's keys in {folder}; keep a copy in a safe place: without them the log cannot go on",
    ja="この登録所の鍵を {folder} に作りました。控えを安全な場所に取っておいてください。なくすとログを続けられません",
)
LISTENING = Text(
    en="the registry listens on {address}; Ctrl-C ends it",
    ja="登録所は {address} で待ち受けています。Ctrl-C で終了します",
)
SAYS = Text(en="to others it is {url}", ja="外からのアドレス: {url}")
TAKEN = Text(
    en="cannot listen on {host}, port {port}: {why}",
    ja="{host} のポート {port} で待ち受けできません（{why}）",
)
ANOTHER = Text(
    en="end the program that listens there, or choose another: --port NUMBER",
    ja="そこで待ち受けているプログラムを終了するか、--port で別のポートを指定してください",
)
ONE_PROCESS = Text(
    en="with SQLite one process serves, not {workers}",
    ja="SQLite では1プロセスだけで動きます（指定: {workers}）",
)
USE_POSTGRES = Text(
    en="for several, name a PostgreSQL database: --database postgresql+pg8000://USER@HOST/NAME",
    ja="複数にするには PostgreSQL を指定してください: --database postgresql+pg8000://ユーザー@ホスト/名前",
)


@command(
    "serve",
    Text(
        en="Run a registry: looks marks up by picture, dates statements in a public log, answers questions about them. "
        "Everything is in one folder; every setting can stand in its registry.toml or in the environment "
        "(MYSELF_I2I_REGISTRY_…). Ends when told to, after the requests that run.",
        ja="登録所を動かします。画像から目印を探し、公開ログで文書に日付をつけ、記録についての質問に答えます。"
        "データはひとつのフォルダに置かれ、設定はその中の registry.toml か環境変数（MYSELF_I2I_REGISTRY_…）に書けます。"
        "終了の合図を受けると、処理中の要求を終えてから止まります。",
    ),
    example="myself-i2i serve\nmyself-i2i serve --data /var/lib/registry --port 8087",
)
@option(
    "--data",
    "folder",
    metavar="FOLDER",
    type=click.Path(path_type=Path, file_okay=False),
    words=Text(
        en="Where everything lies; `registry` here otherwise.",
        ja="データを置くフォルダ。指定がなければここの `registry`。",
    ),
)
@option("--host", words=Text(en="Address to listen on.", ja="待ち受けるアドレス。"))
@option(
    "--port", type=click.IntRange(1, 65_535), words=Text(en="Port to listen on.", ja="待ち受けるポート。")
)
@option(
    "--url",
    words=Text(en="The address that people use (https).", ja="利用者が使うアドレス（https）。"),
)
@option(
    "--database",
    metavar="URL",
    words=Text(
        en="postgresql+pg8000://…; SQLite in the folder otherwise.",
        ja="postgresql+pg8000://…。指定がなければフォルダの中の SQLite。",
    ),
)
@option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    words=Text(en="Processes, on PostgreSQL only.", ja="プロセスの数（PostgreSQL のときだけ）。"),
)
@pass_terminal
def serve(terminal: Terminal, *, folder: Path | None, workers: int, **given: str | int | None) -> None:
    """Listen first, so that nothing is made where a registry runs already; then open everything, then serve."""
    if any(find_spec(name) is None for name in NEEDED):
        raise UsageError(MISSING, hint=INSTALL)
    _put(folder, given)
    settings = _settings()
    if workers > 1 and settings.database_url.startswith("sqlite"):
        raise UsageError(ONE_PROCESS.format(workers=workers), hint=USE_POSTGRES)
    with _listening(settings.host, settings.port) as listener:
        new = not settings.keys_folder.exists()
        # Once, before any worker: the database is brought up to date, keys are made, what was committed is published.
        _opened(settings).close()
        if new:
            terminal.say(NEW_KEYS, folder=str(settings.keys_folder.absolute()))
        address = _address(settings.host, settings.port)
        terminal.say(LISTENING, address=address)
        if settings.url != address:
            terminal.say(SAYS, url=settings.url)
        _run(settings, listener, workers)


def application() -> Starlette:
    """Return the service, opened with the settings of the environment: what each process serves."""
    from myself_i2i.registry.api import create_app  # noqa: PLC0415 - the extra `registry`
    from myself_i2i.web import pages  # noqa: PLC0415

    registry = _opened(_settings())
    return create_app(registry, extra_routes=pages(registry))


def _run(settings: Settings, listener: socket.socket, workers: int) -> None:
    import uvicorn  # noqa: PLC0415 - the extra `registry`
    from uvicorn.supervisors import Multiprocess  # noqa: PLC0415

    from myself_i2i.registry.api.logs import configuration  # noqa: PLC0415

    config = uvicorn.Config(
        f"{__name__}:application",
        factory=True,
        workers=workers,
        log_config=configuration(),
        access_log=False,
        server_header=False,
        ws="none",
        lifespan="on",
        timeout_graceful_shutdown=GRACE,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=settings.proxies or None,
    )
    # uvicorn ends well and then raises the signal again for whoever listened before it: an orderly end is no failure.
    signal.signal(signal.SIGTERM, lambda *_: None)
    if workers == 1:
        uvicorn.Server(config).run(sockets=[listener])
    else:
        Multiprocess(config, sockets=[listener]).run()


def _put(folder: Path | None, given: dict[str, str | int | None]) -> None:
    """Put what the command line says into the environment, where the settings and every worker process read it."""
    from myself_i2i.registry.settings import PREFIX  # noqa: PLC0415 - the extra `registry`

    for name, value in {"home": folder, **given}.items():
        if value is not None:
            os.environ[PREFIX + name.upper()] = str(value)
    home = Path(os.environ.get(f"{PREFIX}HOME", "registry"))
    if VARIABLE not in os.environ and (home / FILE).exists():
        os.environ[VARIABLE] = str((home / FILE).absolute())


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _settings() -> Settings:
    from myself_i2i.registry.settings import Settings  # noqa: PLC0415 - the extra `registry`

    named = os.environ.get(VARIABLE)
    return Settings.read(os.environ, Path(named).read_bytes() if named else None)


def _opened(settings: Settings) -> Any:
    from myself_i2i.registry.service import Registry  # noqa: PLC0415 - the extra `registry`

    return Registry.open(settings)


def _listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens; raises `UsageError` when the place is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Said to be TCP, or asyncio leaves Nagle's delay on: 40 ms for every answer in two pieces.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        why = error.strerror or type(error).__name__
        raise UsageError(TAKEN.format(host=host, port=port, why=why), hint=ANOTHER) from error
    listener.set_inheritable(True)
    return listener
