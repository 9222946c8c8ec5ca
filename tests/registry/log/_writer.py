"""A server that appends until it is stopped: `_writer.py FOLDER SEED`.

It prints place and entry of each after `append` returned: what is printed was acknowledged.
"""

import sys
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from myself_i2i.errors import Error
from myself_i2i.registry.log import FolderFiles, Log
from myself_i2i.registry.store import open_database
from tests.registry.log.checking import ORIGIN, PRIVATE, candidate


def main(folder: Path, seed: int) -> int:
    """Append entries that nobody else has; 3 when the registry refuses, its message on stderr."""
    try:
        engine = open_database(f"sqlite:///{folder / 'registry.sqlite'}")
        log = Log.open(engine, FolderFiles(folder / "log"), origin=ORIGIN, private=PRIVATE)
        for number in count():
            for placed in log.append([candidate(f"{seed} {number} {'x' * 300}".encode())]):
                sys.stdout.write(f"{placed.index} {placed.entry.decode()}\n")
            sys.stdout.flush()
    except Error as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
