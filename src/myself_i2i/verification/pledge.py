"""Pledges: the one in force of a key, and whether one that was handed to us holds."""

from __future__ import annotations

from dataclasses import dataclass

from myself_i2i.attestation import SHA256, Envelope, PublicKey, Statement
from myself_i2i.errors import InputError, RightsError, VerificationError
from myself_i2i.ledger import Ledger
from myself_i2i.predicates.pledge import Pledge
from myself_i2i.predicates.withdrawal import Withdrawal
from myself_i2i.wording import Text

__all__ = ["KeptPledge", "current_pledge", "latest_pledge", "verified_pledge"]

HINT_PLEDGE = Text(en="make one with `myself-i2i pledge`", ja="`myself-i2i pledge` で宣言できます")


@dataclass(frozen=True, slots=True)
class KeptPledge:
    """A pledge in the ledger."""

    envelope: Envelope
    """Its envelope."""
    pledge: Pledge
    """What it says."""
    withdrawal: Withdrawal | None
    """The withdrawal by the same key, or None while it is in force."""


def latest_pledge(ledger: Ledger, key: PublicKey) -> KeptPledge:
    """Return the latest pledge of `key`, withdrawn or not. Raises RightsError when there is none."""
    made = [
        e.envelope for e in ledger.by_predicate_type(Pledge.PREDICATE_TYPE) if key.keyid in e.envelope.keyids
    ]
    if not made:
        raise RightsError(
            Text(en="there is no pledge by your key yet", ja="この鍵による宣言がまだありません"),
            hint=HINT_PLEDGE,
        )
    envelope = made[-1]
    pledge = Pledge.from_json(envelope.verify(key).predicate)
    withdrawals = (
        Withdrawal.from_json(entry.envelope.verify(key).predicate)
        for entry in ledger.by_predicate_type(Withdrawal.PREDICATE_TYPE)
        if key.keyid in entry.envelope.keyids
    )
    taken = next((one for one in withdrawals if one.statement == envelope.payload_digest), None)
    return KeptPledge(envelope, pledge, taken)


def current_pledge(ledger: Ledger, key: PublicKey) -> KeptPledge:
    """Return the pledge of `key` that is in force. Raises RightsError, with the way out, when there is none."""
    kept = latest_pledge(ledger, key)
    if kept.withdrawal is not None:
        raise RightsError(
            Text(en="your pledge was withdrawn", ja="宣言は取り下げられています"), hint=HINT_PLEDGE
        )
    return kept


def verified_pledge(envelope: Envelope) -> Pledge:
    """Return the pledge in `envelope`, its signature checked against the key that it introduces.

    That key may be anybody's: whose it is, the caller MUST know by other means. Raises InputError when it is no
    pledge, VerificationError when it does not hold.
    """
    claimed = Statement.parse(envelope.payload)
    if claimed.predicate_type != Pledge.PREDICATE_TYPE:
        raise InputError(
            Text(
                en="this is a statement of type {kind}, wanted a pledge",
                ja="宣言ではなく、別の種類（{kind}）の声明です",
            ).format(kind=claimed.predicate_type[:200])
        )
    pledge = Pledge.from_json(claimed.predicate)
    statement = envelope.verify(pledge.public_key)
    if pledge.text_sha256 not in statement.digests(SHA256):
        raise VerificationError(
            Text(
                en="the pledge names another text than the one it is about",
                ja="宣言に書かれた宣言文と、署名の対象になっている文が異なります",
            )
        )
    return pledge
