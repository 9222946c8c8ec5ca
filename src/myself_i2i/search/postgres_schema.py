"""The tables of an index in PostgreSQL, and what is asked of them: SQL of version 14, no extension. Pure.

One table of codes for each kind. A word of a code is an expression with a B-tree of its own and not a column: what the
database computes itself cannot disagree with the code, and takes no room in the rows. The names of tables are made of
numbers that the index gave; whatever comes from a caller travels as a parameter.
"""

from __future__ import annotations

from string import Template
from typing import Final

from myself_i2i.search.postgres_words import WORD, word_count

__all__ = ["SCHEMA_VERSION", "TABLES", "Table"]

SCHEMA_VERSION: Final = 1
"""Kept in the database; a program refuses an index of another version."""

TABLES: Final = (
    # One row. `seq` counts what was added and deleted; whoever writes holds this row until the commit, so sequence
    # numbers become visible in their order, and whoever sees `seq` sees everything that came before it.
    """CREATE TABLE state (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    version integer NOT NULL,
    seq bigint NOT NULL
) WITH (fillfactor = 10)""",
    """CREATE TABLE kinds (
    number integer PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE,
    bits integer NOT NULL,
    payload integer NOT NULL
)""",
    Template("INSERT INTO state (version, seq) VALUES ($version, 0)").substitute(version=SCHEMA_VERSION),
)
"""What makes an empty index, in order."""

_INDEX: Final = Template("CREATE INDEX IF NOT EXISTS ${codes}_w$place ON $codes (($word))")
_WORD: Final = Template("CAST(substring(code FROM $first FOR $length) AS int4)")
# The "C" collation orders ids byte by byte, which in UTF-8 is how Python orders them. The code stands before whatever has no
# fixed length, so that the server finds it in a row without reading the rest.
_CODES: Final = Template("""CREATE TABLE $codes (
    seq bigint PRIMARY KEY,
    code bit($bits) NOT NULL,
    id text COLLATE "C" NOT NULL UNIQUE,
    payload bytea NOT NULL
)""")
_GIVEN: Final = Template("""json_to_recordset(CAST(:given AS json))
    AS given (n int8, id text, code bit($bits), payload bytea)""")
_CONFLICT: Final = Template("""SELECT given.n FROM $given JOIN $codes AS kept USING (id)
WHERE given.code <> kept.code OR given.payload <> kept.payload ORDER BY given.n LIMIT 1""")
_INSERT: Final = Template("""WITH new AS (
    INSERT INTO $codes (seq, id, code, payload)
    SELECT :base + given.n, given.id, given.code, given.payload FROM $given
    WHERE NOT EXISTS (SELECT FROM $codes AS kept WHERE kept.id = given.id)
    ORDER BY given.n RETURNING seq
) SELECT max(seq) FROM new""")
_DELETE: Final = Template("""WITH gone AS (
    DELETE FROM $codes WHERE id IN (SELECT json_array_elements_text(CAST(:ids AS json))) RETURNING seq
) SELECT count(*) FROM gone""")
_NEAR: Final = Template("""SELECT state.seq, near.distance, near.id, near.payload FROM state LEFT JOIN LATERAL (
    SELECT CAST(bit_count(code # CAST(:code AS bit($bits))) AS int4) AS distance, id, payload FROM $codes
    WHERE bit_count(code # CAST(:code AS bit($bits))) <= :radius $probed
    ORDER BY distance, id LIMIT :most
) AS near ON true ORDER BY near.distance, near.id""")
_ROWS: Final = Template("(SELECT seq, '$name' AS kind, id, code, payload FROM $codes WHERE $which)")
_COUNT: Final = Template("""SELECT count(*), pg_total_relation_size('$codes'),
    (SELECT count(*) FROM pg_index WHERE indrelid = CAST('$codes' AS regclass) AND indisvalid) FROM $codes""")


class Table:
    """The table of one kind, and what is asked of it."""

    def __init__(self, number: int, name: str, bits: int, payload: int) -> None:
        self.kind = name
        """The kind's name."""
        self.shape = (bits, payload)
        """What a code and a payload measure, in bits and in bytes."""
        self.name = f"codes_{number}"
        """The table's name."""
        names = {"codes": self.name, "name": name, "bits": str(bits)}
        names["given"] = _GIVEN.substitute(names)
        self._names = names
        self._words = [
            _WORD.substitute(first=WORD * place + 1, length=WORD) for place in range(word_count(bits))
        ]
        self.indexes = tuple(
            _INDEX.substitute(names, place=place, word=word) for place, word in enumerate(self._words)
        )
        """Make the indexes of the words that are not there."""
        self.create = (_CODES.substitute(names), *self.indexes)
        """Make the table and its indexes."""
        self.conflict = _CONFLICT.substitute(names)
        """`:given` -> the place of the first given record whose id is kept with another code or payload, if any."""
        self.insert = _INSERT.substitute(names)
        """`:given`, `:base` -> the sequence number of the last new record, NULL when all were kept already."""
        self.delete = _DELETE.substitute(names)
        """`:ids` -> how many records went."""
        self.under_id = _ROWS.substitute(names, which="id = :id")
        """`:id` -> sequence number, kind, id, code and payload."""
        self.after = _ROWS.substitute(names, which="seq > :after ORDER BY seq LIMIT :most")
        """`:after`, `:most` -> the same, of the next records."""
        self.count = _COUNT.substitute(names)
        """-> records, bytes on disk, indexes that can be used: one for each word and two more."""

    @property
    def words(self) -> int:
        """How many words of a code are indexed."""
        return len(self._words)

    def near(self, words: int | None) -> str:
        """`:code`, `:radius`, `:most` -> sequence number seen, distance, id and payload of the nearest, in one snapshot.

        `words`: how many of the first words have values to look up, given as `:w0`, `:w1` ...; None: every code is
        read. There is at least one row, so that the sequence number is always there.
        """
        probes = [f"{word} = ANY (CAST(:w{at} AS int4[]))" for at, word in enumerate(self._words[:words])]
        probed = "" if words is None else f"AND ({' OR '.join(probes)})"
        return _NEAR.substitute(self._names, probed=probed)
