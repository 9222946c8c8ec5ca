"""The collections of an index in Milvus: one for each kind, and a row that says how far writing has come.

Milvus has no transactions. What stands in for them: every record carries its sequence number, and nobody looks at records
whose number is higher than the one in that row. The next such row is the commit.
"""

from __future__ import annotations

import contextlib
import importlib
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from myself_i2i.errors import SearchError, UsageError
from myself_i2i.search.interface import Kind
from myself_i2i.wording import Text

__all__ = ["MOST", "Collections"]

MOST: Final = 16_384
"""The most rows that Milvus gives for one question."""
_VERSION: Final = "myself-i2i index, version 1"
_STRONG: Final = "Strong"
_SECONDS: Final = 60.0
_BATCH: Final = 1_000
_SIGNS: Final = {"_": "__", ".": "_d", "-": "_h"}
_LETTERS: Final = {written: sign for sign, written in _SIGNS.items()}


class Collections:
    """What is asked of a Milvus server; whatever it refuses comes out as `SearchError`."""

    def __init__(self, uri: str, token: str, name: str) -> None:
        """Connect; `name` goes before the names of all collections."""
        self._uri = uri
        self._name = name
        self._pymilvus = _pymilvus()
        # grpc comes with pymilvus, which lets some of its errors through.
        self._errors = (self._pymilvus.MilvusException, importlib.import_module("grpc").RpcError, OSError)
        with self._explained():
            self._client = self._pymilvus.MilvusClient(uri=uri, token=token, timeout=_SECONDS)

    def close(self) -> None:
        """Let the connection go."""
        with self._explained():
            self._client.close()

    def prepare(self, kinds: Sequence[Kind]) -> None:
        """Make the collections that are missing; raises `SearchError` when one is not what this program can use."""
        with self._explained():
            self._make(self._state, _VERSION, bits=8, payload=0)
            if not self._client.query(self._state, filter="seq >= 0", consistency_level=_STRONG):
                self.commit(0)
            for kind in kinds:
                self._make(
                    self._collection(kind.name), _shape(kind), bits=kind.bits, payload=_letters(kind.payload)
                )

    def kinds(self) -> list[str]:
        """Return the names of all kinds in the index, sorted, also of those that other programs brought."""
        prefix = f"{self._name}_k_"
        with self._explained():
            names = self._client.list_collections()
        written = [name.removeprefix(prefix) for name in names if name.startswith(prefix)]
        return sorted(re.sub("_.", lambda match: _LETTERS[match[0]], name) for name in written)

    def last(self) -> int:
        """Return the sequence number up to which everything is committed."""
        with self._explained():
            rows = self._client.query(
                self._state, filter="seq >= 0", output_fields=["seq"], consistency_level=_STRONG
            )
        if not rows:
            raise SearchError(
                Text(
                    en="the index has lost how far it was written: {name}",
                    ja="どこまで書き込んだかの記録が失われています: {name}",
                ).format(name=self._state),
                hint=Text(
                    en="restore the collection from a copy",
                    ja="コレクションを控えから戻してください",
                ),
            )
        return max(int(row["seq"]) for row in rows)

    def commit(self, seq: int, *, before: int | None = None) -> None:
        """Let everything up to `seq` be seen, where it was up to `before`."""
        # A new row, and the old one goes: while a row is changed in place, a reader may be given its first value again.
        row = {"pk": _state_key(seq), "seq": seq, "code": b"\0", "payload": ""}
        with self._explained():
            self._client.insert(self._state, [row], timeout=_SECONDS)
            if before is not None:
                self._client.delete(self._state, ids=[_state_key(before)], timeout=_SECONDS)

    def insert(self, kind: str, rows: list[dict[str, Any]]) -> None:
        """Store rows whose keys are not there."""
        with self._explained():
            for start in range(0, len(rows), _BATCH):
                self._client.insert(self._collection(kind), rows[start : start + _BATCH], timeout=_SECONDS)

    def forget(self, kind: str, keys: list[str]) -> None:
        """Delete rows by their keys."""
        with self._explained():
            for start in range(0, len(keys), _BATCH):
                self._client.delete(
                    self._collection(kind), ids=keys[start : start + _BATCH], timeout=_SECONDS
                )

    def rows(self, kind: str, condition: str) -> list[dict[str, Any]]:
        """Return all rows for which the condition holds; it must hold for fewer than `MOST`."""
        with self._explained():
            return list(
                self._client.query(
                    self._collection(kind),
                    filter=condition,
                    output_fields=["pk", "seq", "code", "payload"],
                    consistency_level=_STRONG,
                    timeout=_SECONDS,
                )
            )

    def keyed(self, kind: str, keys: list[str], condition: str) -> list[dict[str, Any]]:
        """Return those of the rows with these keys for which the condition holds."""
        parts = [keys[start : start + _BATCH] for start in range(0, len(keys), _BATCH)]
        # Keys are hexadecimal: there is nothing in them to escape.
        quoted = [", ".join(f'"{key}"' for key in part) for part in parts]
        return [row for some in quoted for row in self.rows(kind, f"pk in [{some}] and {condition}")]

    def count(self, kind: str, condition: str) -> int:
        """Return for how many rows the condition holds."""
        with self._explained():
            rows = self._client.query(
                self._collection(kind),
                filter=condition,
                output_fields=["count(*)"],
                consistency_level=_STRONG,
                timeout=_SECONDS,
            )
        return int(rows[0]["count(*)"])

    def near(
        self, kind: str, codes: list[bytes], condition: str, *, least: int, most: int, limit: int
    ) -> list[list[tuple[int, str, str]]]:
        """Return, for each code, the `limit` nearest from `least` to `most` bits away: distance, key, payload.

        Where more than `limit` are there, those at the largest distance given are any of those at that distance.
        """
        bounds: dict[str, int] = {"radius": most + 1}
        if least:
            bounds["range_filter"] = least
        with self._explained():
            found = self._client.search(
                self._collection(kind),
                codes,
                filter=condition,
                limit=limit,
                output_fields=["payload"],
                search_params={"metric_type": "HAMMING", "params": bounds},
                anns_field="code",
                consistency_level=_STRONG,
                timeout=_SECONDS,
            )
        return [
            [(int(hit["distance"]), hit["id"], hit["entity"]["payload"]) for hit in hits] for hits in found
        ]

    def drop(self) -> None:
        """Throw the whole index away."""
        with self._explained():
            for collection in [self._state, *map(self._collection, self.kinds())]:
                self._client.drop_collection(collection)

    @property
    def _state(self) -> str:
        return f"{self._name}_state"

    def _collection(self, kind: str) -> str:
        return f"{self._name}_k_{''.join(_SIGNS.get(letter, letter) for letter in kind)}"

    def _make(self, collection: str, description: str, *, bits: int, payload: int) -> None:
        if not self._client.has_collection(collection):
            milvus = self._pymilvus
            fields = [
                milvus.FieldSchema("pk", milvus.DataType.VARCHAR, is_primary=True, max_length=1_600),
                milvus.FieldSchema("seq", milvus.DataType.INT64),
                milvus.FieldSchema("code", milvus.DataType.BINARY_VECTOR, dim=bits),
                milvus.FieldSchema("payload", milvus.DataType.VARCHAR, max_length=max(1, payload)),
            ]
            scheme = milvus.CollectionSchema(fields, description=description)
            index = milvus.MilvusClient.prepare_index_params()
            index.add_index(field_name="code", index_type="BIN_FLAT", metric_type="HAMMING")
            self._client.create_collection(
                collection, schema=scheme, index_params=index, consistency_level=_STRONG, timeout=_SECONDS
            )
        got = self._client.describe_collection(collection)["description"]
        if got != description:
            raise SearchError(
                Text(
                    en="the collection {name} says {got!r}, this needs {want!r}",
                    ja="コレクション {name} の内容は「{got}」ですが、「{want}」が必要です",
                ).format(name=collection, got=str(got)[:80], want=description),
                hint=Text(
                    en="use another name, or the program that made the index",
                    ja="別の名前を使うか、この索引を作ったプログラムを使ってください",
                ),
            )

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Let our own errors pass, and say what the server's mean."""
        try:
            yield
        except self._errors as error:
            raise SearchError(
                Text(
                    en="the Milvus server could not do this: {uri} ({said})",
                    ja="Milvus のサーバーで処理できませんでした: {uri}（{said}）",
                ).format(uri=self._uri, said=str(error)[:200]),
                hint=Text(
                    en="check that it runs, and the address; what was acknowledged is safe",
                    ja="サーバーが動いているか、場所が正しいかを確かめてください。登録済みのものは失われていません",
                ),
            ) from error


def _shape(kind: Kind) -> str:
    return f"{_VERSION}: {kind.bits} bits and {kind.payload} bytes"


def _state_key(seq: int) -> str:
    return f"{seq:x}"


def _letters(payload: int) -> int:
    """Return how many letters a payload takes in base64."""
    return 4 * -(-payload // 3)


def _pymilvus() -> Any:
    try:
        import pymilvus  # noqa: PLC0415 - an extra: most people run no Milvus
    except ImportError as error:
        raise UsageError(
            Text(
                en="Milvus needs the package pymilvus", ja="Milvus を使うには pymilvus パッケージが必要です"
            ),
            hint=Text(
                en="pip install 'myself-i2i[milvus]'",
                ja="pip install 'myself-i2i[milvus]' を実行してください",
            ),
        ) from error
    return pymilvus
