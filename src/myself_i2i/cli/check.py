"""`myself-i2i check`: who says what about this picture, and what that does not show."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import click
from cryptography.hazmat.primitives.serialization import Encoding

from myself_i2i.c2pa.trust import TrustSettings
from myself_i2i.cli._bulk import Plan, thumbnail, work_through
from myself_i2i.cli._commands import argument, command, option, pass_terminal
from myself_i2i.cli._files import expand
from myself_i2i.cli._home import Home, now
from myself_i2i.cli._overview import Overview
from myself_i2i.cli._render_check import render
from myself_i2i.cli._terminal import Terminal
from myself_i2i.cli._trust import TrustFolder
from myself_i2i.cli.inspect import bulk_options, settings_digest
from myself_i2i.errors import Error, InputError, UsageError
from myself_i2i.inspection.files import read_bounded
from myself_i2i.ledger import Ledger, ledger_path
from myself_i2i.predicates.moments import format_moment
from myself_i2i.rights import LedgerStatements
from myself_i2i.verification import LIMIT, Knowledge, answers
from myself_i2i.verification import check as check_picture
from myself_i2i.wording import Text

__all__ = ["check", "check_one"]


@dataclass(frozen=True, slots=True)
class Setting:
    """What a check needs to know; picklable, so that worker processes get the same."""

    trust: TrustSettings
    """The lists."""
    own: frozenset[str]
    """The person's own key ids."""
    makers: tuple[tuple[str, str], ...]
    """Pinned makers."""
    ledger: Path | None
    """The person's ledger, or None."""
    registries: tuple[bytes, ...] = ()
    """Roots of registries that the person added."""
    sidecar: Path | None = None
    """A `.c2pa` store to use instead of the embedded one."""


def check_one(path: Path, *, setting: Setting, preview: bool = False) -> dict[str, Any]:
    """Check one file; what runs in a worker process. Returns the JSON of spec/check.md (and a preview)."""
    data = read_bounded(path)
    sidecar = None if setting.sidecar is None else read_bounded(setting.sidecar)
    ledger = None if setting.ledger is None else Ledger.open(setting.ledger, create=False)
    try:
        knowledge = Knowledge(
            trust=setting.trust,
            own=setting.own,
            makers=dict(setting.makers),
            registries=setting.registries,
            statements=None if ledger is None else LedgerStatements(ledger),
        )
        report = check_picture(data, name=str(path), checked_at=now(), knowledge=knowledge, sidecar=sidecar)
    finally:
        if ledger is not None:
            ledger.close()
    result = report.to_json()
    if preview:
        result["thumbnail"] = thumbnail(data)
    return result


@command(
    "check",
    Text(
        en="Who says what about a picture? Four separate answers: is the file intact, who signed, what is claimed, what do "
        "others add. Never a verdict on a person.",
        ja="画像について、だれが何を言っているかを確かめます。ファイルは元のままか、署名したのはだれか、何が申告されているか、"
        "ほかの人の裏づけはあるか。四つを別々に答え、人についての判断はしません。",
    ),
    example="myself-i2i check marked/picture.png\nmyself-i2i check pictures/ --html report.html",
)
@argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@option(
    "--sidecar",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    words=Text(
        en="A .c2pa file kept beside the picture, for a copy that lost its mark.",
        ja="画像と別に取っておいた .c2pa ファイル。目印が取り除かれた画像を確かめるときに使います。",
    ),
)
@bulk_options
@pass_terminal
@click.pass_context
def check(
    context: click.Context,
    terminal: Terminal,
    *,
    paths: tuple[Path, ...],
    sidecar: Path | None,
    html: Path | None,
    resume: Path | None,
    jobs: int | None,
    as_json: bool,
) -> None:
    """Check every file; exit 1 unless all are signed, intact and consistent."""
    files = expand(paths)
    if any(path.suffix == ".c2pa" for path in files):
        raise UsageError(
            Text(
                en="a .c2pa file is a sidecar, not a picture",
                ja=".c2pa ファイルは画像ではなく、控えの目印です",
            ),
            hint=Text(
                en="name the picture and give it with --sidecar",
                ja="画像を指定し、--sidecar でこのファイルを渡してください",
            ),
        )
    if sidecar is not None and len(files) != 1:
        raise UsageError(
            Text(
                en="--sidecar belongs to one picture, got {n}",
                ja="--sidecar は画像1枚のときに使います（{n} 枚あります）",
            ).format(n=len(files))
        )
    home = Home(terminal)
    setting = knowledge_of(home, sidecar)
    digest = settings_digest("check", home, setting.trust, setting.makers, sorted(setting.own), html)
    plan = Plan(jobs=jobs, resume=resume, settings=digest)
    overview = Overview(terminal, html, what="check")
    consistent = True
    work = partial(check_one, setting=setting, preview=html is not None)
    for done in work_through(files, work, plan, terminal):
        result = done.result
        if result is None:
            error: Error = InputError(done.failure or answers.NOTHING_TO_CHECK)
            result = answers.unreadable(str(done.path), format_moment(now()), error).to_json()
        consistent = consistent and result["consistent"]
        overview.add_check(result, result.pop("thumbnail", None))
        if as_json:
            terminal.json(result)
        elif terminal.is_short(len(files)):
            render(terminal, result)
    overview.finish(as_json=as_json, files=len(files))
    if not as_json:
        terminal.data(LIMIT)
    context.exit(0 if consistent else 1)


def knowledge_of(home: Home, sidecar: Path | None = None) -> Setting:
    """Return what the person knows: lists, pinned makers, own keys, ledger."""
    folder = TrustFolder(home.path / "trust")
    ledger = ledger_path(home.path)
    return Setting(
        trust=folder.settings(),
        own=home.own_keyids(),
        makers=tuple(folder.makers().items()),
        registries=tuple(one.public_bytes(Encoding.DER) for one in folder.registries()),
        ledger=ledger if ledger.exists() else None,
        sidecar=sidecar,
    )
