"""A process that appends until it is stopped: `_writer.py LEDGER SEED COUNT`.

It prints each envelope's digest after `append` returned: what is printed was acknowledged.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from myself_i2i.attestation import PrivateKey, Subject, sign
from myself_i2i.errors import Error
from myself_i2i.ledger import Ledger
from myself_i2i.predicates import Source, make_statement
from myself_i2i.predicates.source import Basis

NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)


def main(path: Path, seed: int, count: int) -> int:
    """Append `count` envelopes whose files nobody else has; 3 when the ledger refuses, its message on stderr."""
    key = PrivateKey.generate(seed.to_bytes(32))
    try:
        with Ledger.open(path) as ledger:
            for number in range(count):
                subject = Subject("x" * 500, {"sha256": f"{seed:032x}{number:032x}"})
                statement = make_statement(Source(basis=Basis.OWN_PHOTO, declared_at=NOON), [subject])
                entry = ledger.append(sign(statement, key), appended_at=NOON, public_key=key.public_key)
                sys.stdout.write(f"{entry.digest}\n")
                sys.stdout.flush()
    except Error as error:
        hint = error.hint.en if error.hint else ""
        sys.stderr.write(f"{type(error).__name__}: {error}\n{hint}\n")
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
