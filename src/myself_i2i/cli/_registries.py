"""The registries that a person talks to: their keys, remembered at first use, and the receipts they gave."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from myself_i2i.attestation import parse_strict
from myself_i2i.cli._files import save
from myself_i2i.cli._terminal import Terminal
from myself_i2i.client.http import Remote
from myself_i2i.client.publishing import Answered, PublicKeys, ask_keys
from myself_i2i.inspection.files import read_bounded
from myself_i2i.wording import Text

__all__ = ["REGISTRY", "VARIABLE", "Registries"]

VARIABLE = "MYSELF_I2I_REGISTRY"
REGISTRY = Text(
    en=f"The registry's address; ${VARIABLE} otherwise.",
    ja=f"登録所のアドレス。指定がなければ環境変数 {VARIABLE}。",
)
FIRST = Text(
    en="first time with {url}: its log's key is {key}, remembered from now on; compare it where the registry shows it",
    ja="{url} は初めてです。ログの鍵 {key} を、今後の確認のために覚えました。登録所が公表している鍵と見くらべてください",
)


@dataclass(frozen=True, slots=True)
class Registries:
    """`registries/` and `receipts/` in the data folder."""

    home: Path
    """The data folder."""

    def keys(self, remote: Remote, terminal: Terminal) -> PublicKeys:
        """Return the registry's keys: those remembered, or, the first time, those it tells, which is said.

        Raises as `Remote.get`, `InputError` when what is remembered or told is no such thing.
        """
        path = self.home / "registries" / f"{_name(remote)}.json"
        if path.exists():
            return PublicKeys.from_json(parse_strict(read_bounded(path), where=str(path)))
        keys = ask_keys(remote)
        save(path, json.dumps(keys.to_json()).encode() + b"\n")
        terminal.say(FIRST, url=remote.url, key=str(keys.log))
        return keys

    def log_named(self, origin: str) -> PublicKeys | None:
        """Return the remembered keys of the log with this name, None when it is not known here."""
        for path in sorted((self.home / "registries").glob("*.json")):
            keys = PublicKeys.from_json(parse_strict(read_bounded(path), where=str(path)))
            if keys.log.name == origin:
                return keys
        return None

    def keep(self, remote: Remote, answered: Answered) -> Path:
        """Keep a receipt and return its place."""
        path = self.home / "receipts" / _name(remote) / f"{answered.digest}.tlog-proof"
        save(path, answered.receipt)
        return path


def _name(remote: Remote) -> str:
    """Return the registry's place as one name of a file or folder."""
    return quote(remote.place, safe="")
