"""What every index asks of kinds, records and queries before it does anything with them.

An id must be text that every store keeps and orders alike: UTF-8, no control characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from myself_i2i.errors import InputError
from myself_i2i.search.interface import Kind, Query, Record
from myself_i2i.wording import Text

__all__ = [
    "LIMIT",
    "SAMPLE",
    "check_ids",
    "check_kinds",
    "check_records",
    "check_sample",
    "check_search",
]

LIMIT: Final = 10_000
"""The most hits one answer may hold."""
SAMPLE: Final = 10_000
"""The most stored codes one audit may ask for."""

_WORD: Final = 64
_BITS: Final = 4096
_PAYLOAD: Final = 2**16
_NAME: Final = re.compile(r"[a-z0-9_.-]{1,64}")
# No control characters, and no lone surrogates: those have no UTF-8.
_ID: Final = re.compile("[^\x00-\x1f\x7f-\x9f\ud800-\udfff]{1,200}")
_RADIUS: Final = Text(en="radius", ja="半径")


def check_kinds(kinds: Iterable[Kind]) -> dict[str, Kind]:
    """Return the kinds by name; raises `InputError` for one that is not well-formed, or a name given twice."""
    known: dict[str, Kind] = {}
    for kind in kinds:
        if not _NAME.fullmatch(kind.name):
            raise InputError(
                Text(
                    en="a kind's name is 1 to 64 of a-z, 0-9, '_', '.', '-', not {name!r}",
                    ja="種類の名前は a-z、0-9、「_」「.」「-」の 1〜64 文字です（{name!r} は使えません）",
                ).format(name=kind.name[:80])
            )
        if kind.name in known:
            raise InputError(
                Text(en="the kind {name} is given twice", ja="種類 {name} が重なっています").format(
                    name=kind.name
                )
            )
        if kind.bits not in range(_WORD, _BITS + 1, _WORD):
            raise InputError(
                Text(
                    en="a code has {least} to {most} bits, a multiple of {least}, not {bits}",
                    ja="符号の長さは {least}〜{most} ビット（{least} の倍数）です（{bits} は使えません）",
                ).format(least=_WORD, most=_BITS, bits=kind.bits)
            )
        _check_range(kind.radius, _RADIUS, most=kind.bits)
        _check_range(kind.payload, Text(en="payload", ja="付属のベクトルの長さ"), most=_PAYLOAD)
        known[kind.name] = kind
    return known


def check_records(kinds: Mapping[str, Kind], records: Iterable[Record]) -> None:
    """Raise `InputError` for the first record that does not fit its kind."""
    for record in records:
        kind = _known(kinds, record.kind)
        if not _ID.fullmatch(record.id):
            raise InputError(
                Text(
                    en="an id is 1 to 200 characters without control characters, not {id!r}",
                    ja="ID は制御文字を含まない 1〜200 文字です（{id!r} は使えません）",
                ).format(id=record.id[:80])
            )
        if len(record.code) != kind.bits // 8 or len(record.payload) != kind.payload:
            raise _unfit(kind, record.code, record.payload)


def check_search(
    kinds: Mapping[str, Kind], name: str, queries: Sequence[Query], *, radius: int | None, limit: int
) -> Kind:
    """Return the kind called `name`; raises `InputError` when it is not known, or anything asked does not fit it."""
    kind = _known(kinds, name)
    if radius is not None:
        _check_range(radius, _RADIUS, most=kind.bits)
    _check_range(limit, Text(en="limit", ja="件数"), least=1, most=LIMIT)
    for query in queries:
        if len(query.code) != kind.bits // 8 or len(query.payload) != kind.payload:
            raise _unfit(kind, query.code, query.payload)
    return kind


def check_ids(ids: Iterable[str]) -> list[str]:
    """Return those of `ids` that some record could have, each once, in their order.

    Raises `InputError` for one text in the place of many: its letters would be taken for ids.
    """
    if isinstance(ids, str):
        raise InputError(
            Text(en="the ids are a list of texts, not one text", ja="ID は文字列の並びで渡してください")
        )
    return [id_ for id_ in dict.fromkeys(ids) if _ID.fullmatch(id_)]


def check_sample(sample: int) -> None:
    """Raise `InputError` when an audit cannot ask for so many."""
    _check_range(sample, Text(en="sample", ja="標本の数"), most=SAMPLE)


def _known(kinds: Mapping[str, Kind], name: str) -> Kind:
    kind = kinds.get(name)
    if kind is None:
        raise InputError(
            Text(en="the index has no kind {name!r}", ja="この索引に種類 {name!r} はありません").format(
                name=name[:80]
            )
        )
    return kind


def _check_range(value: int, what: Text, *, least: int = 0, most: int) -> None:
    if not least <= value <= most:
        raise InputError(
            Text(
                en="the {what} is {least} to {most}, not {value}",
                ja="{what}は {least}〜{most} です（{value} は使えません）",
            ).format(what=what, least=least, most=most, value=value)
        )


def _unfit(kind: Kind, code: bytes, payload: bytes) -> InputError:
    return InputError(
        Text(
            en="the kind {name} has codes of {code} bytes with payloads of {payload}, not {got} and {got_payload}",
            ja="種類 {name} の符号は {code} バイト、付属のベクトルは {payload} バイトです"
            "（{got} バイトと {got_payload} バイトでした）",
        ).format(
            name=kind.name, code=kind.bits // 8, payload=kind.payload, got=len(code), got_payload=len(payload)
        )
    )
