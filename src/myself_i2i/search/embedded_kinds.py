"""The kinds that an embedded index knows: rows of one table, and what may be changed of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from myself_i2i.errors import InputError
from myself_i2i.search.interface import Kind
from myself_i2i.wording import Text

__all__ = ["known_kinds", "take_kinds"]


def known_kinds(db: sqlite3.Connection) -> dict[str, tuple[int, Kind]]:
    """Return the kinds that the database knows, with their numbers, by name."""
    rows = db.execute("SELECT number, name, bits, radius, payload FROM kinds")
    return {row[1]: (row[0], Kind(*row[1:])) for row in rows}


def take_kinds(db: sqlite3.Connection, asked: Mapping[str, Kind]) -> dict[str, tuple[int, Kind]]:
    """Write down new kinds and new radii; raises `InputError` when bits or payload are not what they were."""
    for name, kind in asked.items():
        _, known = known_kinds(db).get(name, (0, kind))
        if (known.bits, known.payload) != (kind.bits, kind.payload):
            raise InputError(
                Text(
                    en="the index has the kind {name} with {bits} bits and a payload of {payload} bytes",
                    ja="この索引の種類 {name} は {bits} ビット、付属のベクトルは {payload} バイトです",
                ).format(name=name, bits=known.bits, payload=known.payload),
                hint=Text(en="other codes need another name", ja="別の符号には別の名前を付けてください"),
            )
        db.execute(
            "INSERT INTO kinds (name, bits, radius, payload) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (name) DO UPDATE SET radius = excluded.radius",
            (name, kind.bits, kind.radius, kind.payload),
        )
    return known_kinds(db)
