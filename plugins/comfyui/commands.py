"""The two things a person may ask for inside a graph, done by the command line as if typed: declare, mark.

The command line is asked, not the library: signing in the maker's name stays in one place, with its own sentences,
and a key or a ledger that cannot be read costs this process nothing.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from myself_i2i.attestation import SHA256
from myself_i2i.errors import Error
from myself_i2i.ledger import Ledger, default_home, ledger_path
from myself_i2i.predicates import Source
from myself_i2i.rights import LedgerStatements
from myself_i2i.wording import Text

from .files import HostFiles, stamp
from .guard import Teller, quietly
from .words import NOT_DECLARED, NOT_MARKED

__all__ = ["BASES", "DECLARED_CLASS", "Commands", "Outcome", "command_line", "is_declared"]

DECLARED_CLASS: Final = "MyselfI2iLoadDeclaredImage"
BASES: Final = ("own-drawing", "own-photo", "own-generation", "permission", "open-licence")
"""Rights bases as `myself-i2i sources add --basis` takes them."""
SECONDS: Final = 120
"""Longest that one command is waited for."""


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    """Its exit code."""
    out: str
    """What it wrote to stdout."""
    talk: str
    """What it wrote to stderr: sentences for the person."""


def command_line(arguments: Sequence[str]) -> Outcome:
    """Run `myself-i2i ARGUMENTS` with this Python and return how it ended."""
    done = subprocess.run(  # noqa: S603  # our own command; file names stand after "--" or as full paths
        [sys.executable, "-c", "from myself_i2i.cli import main; main()", *arguments],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=SECONDS,
        check=False,
    )
    return Outcome(
        done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
    )


def is_declared(path: Path, basis: str) -> bool:
    """Whether the person's ledger says this basis of this file already; False where it cannot be asked."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    place = ledger_path(default_home())
    if not place.is_file():
        return False
    try:
        with Ledger.open(place) as ledger:
            said = [signed.predicate for signed in LedgerStatements(ledger).about(SHA256, digest)]
    except Error:
        return False  # the command meets the same trouble, and has the words for it
    return any(isinstance(one, Source) and one.basis.value == basis for one in said)


class Commands:
    """Declares sources and marks pictures; what fails is told and never raised."""

    def __init__(
        self,
        files: HostFiles,
        tell: Teller,
        *,
        run: Callable[[Sequence[str]], Outcome] = command_line,
        known: Callable[[Path, str], bool] = is_declared,
    ) -> None:
        self._files = files
        self._tell = tell
        self._run = run
        self._known = known
        self._declared: set[tuple[Any, ...]] = set()

    def declare_nodes(self, prompt: Mapping[str, Any]) -> None:
        """Declare what the graph's "Declared source" nodes say, each file and basis once."""
        for entry in prompt.values():
            if isinstance(entry, Mapping) and entry.get("class_type") == DECLARED_CLASS:
                with quietly("declare", self._tell):
                    self._declare(entry.get("inputs"))

    def _declare(self, inputs: Any) -> None:
        given = {name: value for name, value in inputs.items() if isinstance(value, str)}
        path = self._files.loaded(given.get("image", ""))
        basis = given.get("basis", "")
        if path is None or basis not in BASES:
            return  # validation says so, in its own words
        options = _options(basis, given, self._files)
        key = (path, stamp(path), basis, *options)
        if key in self._declared:
            return
        if not self._known(path, basis):
            done = self._run(["sources", "add", str(path.resolve()), "--basis", basis, *options])
            if done.code != 0:
                self._tell(NOT_DECLARED.format(reason=_reason(done)))
                return
        self._declared.add(key)

    def mark(self, paths: Sequence[Path]) -> bool:
        """Mark the files where they are; False, told, when that was not possible: they stay as they were."""
        done = self._run(["mark", "--in-place", *(str(path.resolve()) for path in paths)])
        if done.code != 0:
            self._tell(NOT_MARKED.format(reason=_reason(done)))
        return done.code == 0


def _options(basis: str, given: Mapping[str, str], files: HostFiles) -> list[str]:
    options: list[str] = []
    if basis == "permission" and given.get("permission_file"):
        options += ["--permission", given["permission_file"].strip().strip('"')]
    if basis == "open-licence" and given.get("licence"):
        options += ["--licence", given["licence"].strip()]
    if basis == "own-generation" and given.get("earlier_file"):
        earlier = files.loaded(given["earlier_file"])
        options += ["--from", str(earlier or given["earlier_file"])]
    return options


def _reason(done: Outcome) -> Text:
    """What the command said, in the language it chose; a person who set none reads their system's."""
    lines = [line.strip() for line in done.talk.splitlines() if line.strip()]
    said = " ".join(lines[:4])[:600] or f"exit {done.code}"
    return Text(said, said)
