"""A process to be killed: works on an index and says what was acknowledged. Arguments: folder, seed, number of rounds."""

import sys
from pathlib import Path

from myself_i2i.errors import Error
from myself_i2i.search.embedded import EmbeddedIndex
from tests.search.codes import PLAIN, away, chance, code, plain


def say(*words: str) -> None:
    """Write one line, at once."""
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Add, delete, fold, compact and rebuild; after each call that returned, say so on standard output."""
    folder, seed, rounds = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    dice = chance(seed)
    with EmbeddedIndex.open(folder, [PLAIN], tail=25) as index:
        for at in range(rounds):
            ids = [f"{seed}-{at}-{number}" for number in range(10)]
            index.add(
                [
                    plain(id_, away(code(dice.randrange(40)), dice.randrange(40), dice.randrange(99)))
                    for id_ in ids
                ]
            )
            say("added", *ids)
            if dice.random() < 0.2:
                say("deleting", ids[0])
                index.delete(ids[:1])
                say("deleted", ids[0])
            if dice.random() < 0.2:
                dice.choice([index.compact, index.rebuild])()


if __name__ == "__main__":
    try:
        main()
    except Error as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        sys.exit(3)
