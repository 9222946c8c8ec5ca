"""A process that notes until it is stopped: `_noter.py HOME FIRST COUNT [before|after]`.

It prints each frame's commitment after `note` returned: what is printed was acknowledged. With "before" it dies by kill -9
when the salts are on disk and the ledger would be written; with "after" right behind that, before anybody is told.
"""

import os
import secrets
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from myself_i2i.attestation import PrivateKey
from myself_i2i.errors import Error
from myself_i2i.journal import Notebook
from myself_i2i.ledger import Entry, Ledger, ledger_path
from tests.journal.conftest import work_file

NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)


class DiesBefore(Ledger):
    """A ledger whose machine stops when it is to be written."""

    def append(self, *_: Any, **__: Any) -> Entry:
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


class DiesAfter(Ledger):
    """A ledger whose machine stops when it was written."""

    def append(self, *given: Any, **named: Any) -> Entry:
        super().append(*given, **named)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


def main(home: Path, first: int, count: int, moment: str) -> int:
    """Note `count` files that nobody noted yet; 3 when disk or ledger refuses, the message on stderr."""
    kind = {"": Ledger, "before": DiesBefore, "after": DiesAfter}[moment]
    try:
        with kind.open(ledger_path(home)) as ledger:
            key = PrivateKey.generate(bytes(range(32)))
            notebook = Notebook(ledger, home, key, work="Autumn", randomness=secrets.token_bytes)
            for number in range(first, first + count):
                for frame in notebook.note([work_file(number)], now=NOON):
                    sys.stdout.write(f"{frame.commitment}\n")
                    sys.stdout.flush()
    except Error as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), "".join(sys.argv[4:])))
