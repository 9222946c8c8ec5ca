"""Look-up of fingerprints: what an index promises, and what stores one.

`PostgresIndex` and `MilvusIndex` need an extra and are imported from their own modules.
"""

from myself_i2i.search.embedded import EmbeddedIndex
from myself_i2i.search.exhaustive import ExhaustiveIndex
from myself_i2i.search.interface import Answer, Audit, Hit, Index, Kind, Query, Record, Stats

__all__ = [
    "Answer",
    "Audit",
    "EmbeddedIndex",
    "ExhaustiveIndex",
    "Hit",
    "Index",
    "Kind",
    "Query",
    "Record",
    "Stats",
]
