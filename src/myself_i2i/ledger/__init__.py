"""The person's own store: an append-only ledger of envelopes in one file, and the keys beside it.

Works with no account and no network. Clocks and random bytes are the caller's.
"""

from myself_i2i.ledger.interface import Entry, EntryKind, Head, Imported, LedgerReport
from myself_i2i.ledger.keystore import DEFAULT_KEY, HOME_VARIABLE, KeyStore, default_home, ledger_path
from myself_i2i.ledger.store import Ledger
from myself_i2i.ledger.transfer import EXPORT_FORMAT, export_lines, import_lines

__all__ = [
    "DEFAULT_KEY",
    "EXPORT_FORMAT",
    "HOME_VARIABLE",
    "Entry",
    "EntryKind",
    "Head",
    "Imported",
    "KeyStore",
    "Ledger",
    "LedgerReport",
    "default_home",
    "export_lines",
    "import_lines",
    "ledger_path",
]
