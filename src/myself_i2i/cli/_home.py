"""The person's data folder, opened for one command: key, ledger, certificate.

The only place where a command takes the time, random bytes or a passphrase.
"""

from __future__ import annotations

import os
import secrets
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from myself_i2i.attestation import Envelope, PrivateKey, Statement, sign
from myself_i2i.attestation.keys import RANDOM_BYTES, SEED_BYTES
from myself_i2i.c2pa.certificate import issue
from myself_i2i.cli._terminal import Terminal
from myself_i2i.errors import KeyFileError, UsageError
from myself_i2i.ledger import DEFAULT_KEY, Entry, KeyStore, Ledger, default_home, ledger_path
from myself_i2i.recording.own_keys import own_keyids, protected
from myself_i2i.recording.spool import SPOOL, spool_is_empty, take_in_spool
from myself_i2i.wording import Text

__all__ = ["PASSPHRASE_VARIABLE", "Home", "ask_passphrase", "now", "protected"]

PASSPHRASE_VARIABLE = "MYSELF_I2I_PASSPHRASE"  # noqa: S105  # the name of a variable, not a passphrase
ASK_PASSPHRASE = Text(en="Passphrase of your key", ja="鍵のパスフレーズ")
NEW_KEY = Text(
    en="made a new key {short} in {path}; keep a copy: myself-i2i keys export FILE",
    ja="新しい鍵 {short} を {path} に作りました。控えを取っておいてください: myself-i2i keys export FILE",
)


TAKEN_IN = Text(
    en="{count} waiting records of your recorder were entered in the ledger",
    ja="待っていた生成の記録 {count} 件を帳簿に入れました",
)
LEFT = Text(
    en="{count} waiting records were left in {folder}: {why}",
    ja="待機中の記録 {count} 件は {folder} に残しました: {why}",
)


def now() -> datetime:
    """Return this moment, UTC, whole seconds: what statements carry."""
    return datetime.now(UTC).replace(microsecond=0)


class Home:
    """One person's data folder."""

    def __init__(self, terminal: Terminal, path: Path | None = None) -> None:
        self.path = path or default_home()
        self.keys = KeyStore(self.path)
        self._terminal = terminal

    def make(self) -> None:
        """Make the data folder for its owner alone, when there is none yet."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def ledger(self) -> Ledger:
        """Open the ledger, made on first use, with what waited in the spool; the caller closes it."""
        self.make()
        self._take_in()
        return Ledger.open(ledger_path(self.path))

    def key(self) -> PrivateKey:
        """Return the person's key, asking for its passphrase when it has one.

        Raises KeyFileError, with the way out, when there is none or it does not open.
        """
        key = self._open_key()
        self._take_in(key)
        return key

    def key_or_new(self, *, passphrase: str | None = None) -> PrivateKey:
        """Return the person's key; make the first one when there is none, and say so."""
        if self.keys.path().exists():
            return self.key()
        self.make()
        key = PrivateKey.generate(secrets.token_bytes(SEED_BYTES))
        randomness = secrets.token_bytes(RANDOM_BYTES) if passphrase else b""
        path = self.keys.save(key, DEFAULT_KEY, passphrase=passphrase, randomness=randomness)
        self._terminal.say(NEW_KEY, short=key.public_key.short_form, path=str(path))
        self._take_in(key)
        return key

    def own_keyids(self) -> frozenset[str]:
        """Return the key ids of this person's keys that can be told without a passphrase."""
        return own_keyids(self.path)

    def certificate(self, key: PrivateKey, handle: str) -> bytes:
        """Return the certificate chain (PEM) for the person's marks, issued on first use and kept."""
        path = self.path / "certificates" / f"{key.keyid}.pem"
        if path.exists():
            return path.read_bytes()
        public = load_der_public_key(key.public_key.der)
        if not isinstance(public, Ed25519PublicKey):
            raise TypeError(type(public))  # `PublicKey` holds nothing else
        made = issue(public, handle, now=now(), random=secrets.token_bytes)
        self.keep_certificate(key, made.chain_pem)
        return made.chain_pem

    def keep_certificate(self, key: PrivateKey, chain_pem: bytes) -> Path:
        """Keep the certificate for the person's marks from now on, in place of the one before; return its place."""
        path = self.path / "certificates" / f"{key.keyid}.pem"
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_bytes(chain_pem)
        part.replace(path)
        return path

    def keep(self, statement: Statement, key: PrivateKey) -> tuple[Envelope, Entry]:
        """Sign a statement and put it into the ledger; on disk when this returns."""
        envelope = sign(statement, key)
        with self.ledger() as ledger:
            return envelope, ledger.append(envelope, appended_at=now(), public_key=key.public_key)

    def _open_key(self) -> PrivateKey:
        try:
            return self.keys.load(passphrase=os.environ.get(PASSPHRASE_VARIABLE))
        except KeyFileError:
            if not protected(self.keys.path()) or PASSPHRASE_VARIABLE in os.environ:
                raise
        return self.keys.load(passphrase=ask_passphrase(self._terminal))

    def _take_in(self, key: PrivateKey | None = None) -> None:
        """Enter what a recorder left waiting, with the key at hand; a command never fails, or asks, for that."""
        if spool_is_empty(self.path):
            return
        if key is None:
            try:
                key = self.keys.load()
            except KeyFileError:
                return  # protected, or none yet: what waits is entered when a command opens it
        done = take_in_spool(self.path, key, now=now())
        if done.entered:
            self._terminal.say(TAKEN_IN, count=done.entered)
        for why, count in Counter(why for _, why in done.left).items():
            self._terminal.warn(
                LEFT, count=count, folder=str(self.path / SPOOL), why=self._terminal.text(why)
            )


def ask_passphrase(terminal: Terminal, *, confirm: bool = False) -> str:
    """Ask on the terminal; raises UsageError when there is nobody to ask."""
    prompt: Callable[..., str] = click.prompt
    try:
        return prompt(terminal.text(ASK_PASSPHRASE), hide_input=True, confirmation_prompt=confirm, err=True)
    except click.Abort:
        raise UsageError(
            Text(
                en="the key has a passphrase and there is no terminal to ask for it",
                ja="鍵にパスフレーズがありますが、入力を求める端末がありません",
            ),
            hint=Text(
                en=f"set {PASSPHRASE_VARIABLE} for this one command",
                ja=f"このコマンドに環境変数 {PASSPHRASE_VARIABLE} を渡してください",
            ),
        ) from None
