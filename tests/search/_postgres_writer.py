"""A process that adds until it is stopped: `_postgres_writer.py URL NAME BATCHES SIZE`.

It prints the number of each batch after `add` returned: what is printed was acknowledged.
"""

import random
import sys

from myself_i2i.search.interface import Record
from myself_i2i.search.postgres import PostgresIndex
from tests.search.codes import PLAIN


def batch(name: str, number: int, size: int) -> list[Record]:
    """Return the records of one batch; the same again for the same arguments."""
    chance = random.Random(f"{name}-{number}")  # noqa: S311 - no secret
    return [Record(f"{name}-{number}-{at}", PLAIN.name, chance.randbytes(32)) for at in range(size)]


def main(url: str, name: str, batches: int, size: int) -> None:
    """Add the batches one by one."""
    with PostgresIndex.open(url, [PLAIN]) as index:
        for number in range(batches):
            index.add(batch(name, number, size))
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
