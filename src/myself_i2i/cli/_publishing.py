"""What `myself-i2i publish` does with one registry: register the key, send, check the receipt, keep it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from myself_i2i.attestation import Envelope, PrivateKey
from myself_i2i.cli._home import Home, now
from myself_i2i.cli._registries import Registries
from myself_i2i.cli._terminal import Terminal
from myself_i2i.client.http import Remote
from myself_i2i.client.publishing import Answered, PublicKeys, StatedMark, check_answer, send, state_mark
from myself_i2i.errors import InputError, RightsError, UsageError
from myself_i2i.inspection.files import read_bounded
from myself_i2i.ledger import EntryKind
from myself_i2i.predicates import (
    Mark,
    Permission,
    Pledge,
    Predicate,
    Profile,
    Wish,
    make_statement,
    read_signed,
)
from myself_i2i.verification.pledge import current_pledge
from myself_i2i.wording import Text

__all__ = ["Publisher", "kept"]

DIGEST = re.compile(r"[0-9a-f]{8,64}")
LATEST = "latest"
"""The newest of its kind in the ledger."""
PLEDGED = Text(en="your pledge is registered there now", ja="あなたの宣言を登録しました")
INTRODUCED = Text(
    en="your key was not known there: it introduced itself with a profile{name}",
    ja="鍵が未登録だったため、プロフィール{name}を登録しました",
)
NAMED = Text(en=" under the name {name}", ja="（名前：{name}）")
NO_NAME = Text(en="", ja="")
SEEN = Text(
    en="the mark says how its sources look, and publishing it would show that",
    ja="この目印には元画像の見た目の指紋が入っており、登録すると公開されます",
)
SEAL = Text(
    en="mark the picture again with `mark --seal-sources`, and publish that copy",
    ja="`mark --seal-sources` で目印を付けなおし、そのコピーを登録してください",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """One person's way to one registry."""

    terminal: Terminal
    """Where it is said what happens besides."""
    home: Home
    """The person's data."""
    remote: Remote
    """The registry."""
    keys: PublicKeys
    """The registry's keys."""
    key: PrivateKey
    """The person's key."""

    def mark(self, path: Path, *, seal: bool) -> tuple[Answered, Path]:
        """Publish the marked picture at `path`; return the answer and where its receipt lies.

        The statement is in the ledger before it is sent, and the same one is sent again the next time: so publishing
        twice is the same as once. Raises as `client` does, `RightsError` without a pledge, `InputError` for `seal` when
        the mark shows how a source looks.
        """
        stated = state_mark(read_bounded(path), name=path.name, keyid=self.key.keyid, published_at=now())
        if seal and stated.seen:
            raise InputError(SEEN, hint=SEAL)
        self.pledge()
        envelope = self._said_before(stated) or self._keep(stated)
        return self.send(envelope, stated.manifest)

    def statement(self, envelope: Envelope) -> tuple[Answered, Path]:
        """Publish a statement of the person's own; the key is registered first when it is not known there."""
        says = read_signed(envelope, self.key.public_key).predicate
        if not isinstance(says, Pledge | Wish | Profile):
            self.introduce(says)
        return self.send(envelope)

    def send(self, envelope: Envelope, manifest: bytes | None = None) -> tuple[Answered, Path]:
        """Send one envelope; return the answer, its receipt checked and kept."""
        data = send(self.remote, envelope, manifest, boundary=secrets.token_hex(16))
        answered = check_answer(data, envelope, self.keys.log)
        return answered, Registries(self.home.path).keep(self.remote, answered)

    def pledge(self) -> None:
        """Publish the pledge in force unless one stands there."""
        known = self._known()
        if known.get("pledge") is None or known.get("standing") == "withdrawn":
            with self.home.ledger() as ledger:
                envelope = current_pledge(ledger, self.key.public_key).envelope
            self.send(envelope)
            self.terminal.say(PLEDGED)

    def introduce(self, says: Predicate) -> None:
        """Make the key known there: by its pledge, or by a profile under the name in `says`."""
        known = self._known()
        if known and known.get("standing") != "withdrawn":
            return
        try:
            self.pledge()
        except RightsError:  # there is none: an artist need not pledge
            name = says.artist if isinstance(says, Permission) else None
            profile = Profile(public_key=self.key.public_key, display_name=name, introduced_at=now())
            envelope, _ = self.home.keep(make_statement(profile), self.key)
            self.send(envelope)
            self.terminal.say(
                INTRODUCED, name=self.terminal.text(NAMED, name=name) if name else self.terminal.text(NO_NAME)
            )

    def _known(self) -> Mapping[str, Any]:
        found = self.remote.get_json(f"/makers/{self.key.keyid}")
        return found if isinstance(found, dict) else {}

    def _said_before(self, stated: StatedMark) -> Envelope | None:
        """Return the statement that published this very manifest before, from the ledger."""
        with self.home.ledger() as ledger:
            for entry in reversed(ledger.by_image_data(stated.image_data)):
                envelope = entry.envelope
                if self.key.keyid not in envelope.keyids:
                    continue
                says = read_signed(envelope, self.key.public_key).predicate
                if isinstance(says, Mark) and says.manifest == stated.says.manifest:
                    return envelope
        return None

    def _keep(self, stated: StatedMark) -> Envelope:
        envelope, _ = self.home.keep(stated.statement, self.key)
        return envelope


def kept(home: Home, what: str, kind: type[Predicate], key: PrivateKey) -> Envelope:
    """Return the person's statement of this kind: a file, the beginning of its digest in the ledger, or "latest" there.

    Raises `UsageError` when there is not exactly one, `VerificationError` when another key signed it.
    """
    found = (
        [Envelope.from_json(read_bounded(what))] if Path(what).exists() else _in_ledger(home, what, kind, key)
    )
    if len(found) != 1 or not isinstance(read_signed(found[0], key.public_key).predicate, kind):
        raise UsageError(
            Text(
                en="{what} is neither a file nor the beginning of one digest of a {kind} in the ledger",
                ja="{what} は、ファイルでも、帳簿にある {kind} のハッシュ値のはじめの部分でもありません",
            ).format(what=what[:200], kind=kind.__name__.lower()),
            hint=Text(en="list them with `ledger show`", ja="`ledger show` で一覧できます"),
        )
    return found[0]


def _in_ledger(home: Home, what: str, kind: type[Predicate], key: PrivateKey) -> list[Envelope]:
    if what != LATEST and not DIGEST.fullmatch(what):
        return []
    with home.ledger() as ledger:
        entries = ledger.entries(EntryKind.ENVELOPE)
        if what != LATEST:
            return [one.envelope for one in entries if one.digest.startswith(what)]
        said = kind.PREDICATE_TYPE.encode()
        own = (one.envelope for one in entries if key.keyid in one.envelope.keyids)
        return [one for one in own if said in one.payload][-1:]
