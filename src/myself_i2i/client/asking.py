"""Asking a registry whether a picture is near to what was recorded: fingerprints go out, a signed answer comes back.

1. `question_of`: the fingerprints are taken here; the picture goes nowhere.
2. `ask`: the question goes to the registry.
3. `read_answer`: the answer is believed only as the registry's own, to this question, at a head of its log.
"""

from __future__ import annotations

from datetime import datetime

from myself_i2i.attestation import Envelope
from myself_i2i.client.http import Remote
from myself_i2i.client.publishing import PublicKeys
from myself_i2i.errors import InputError, VerificationError
from myself_i2i.fingerprint.origin import variants
from myself_i2i.fingerprint.pdq64 import LEAST_QUALITY, read_orientations
from myself_i2i.fingerprint.reading import read_colour
from myself_i2i.fingerprint.taking import LAYOUT_SIDE
from myself_i2i.predicates import Answer, Question, read_signed
from myself_i2i.predicates.question import EVERYONE, LAYOUT, SAME
from myself_i2i.tlog import open_checkpoint
from myself_i2i.wording import Text

__all__ = ["MOST_ANSWER", "ask", "question_of", "read_answer"]

MOST_ANSWER = 2 * 2**20
"""Largest answer that is read: an envelope."""


def question_of(
    data: bytes,
    *,
    maker: str = EVERYONE,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Question:
    """Return the question of the picture file `data`: in all 8 orientations, its layout as is, mirrored and cropped.

    Raises `InputError` for anything that is no whole picture, and for one too flat to be told from others; `LimitError`
    past `image.LIMITS`.
    """
    turned = read_orientations(data)
    if turned[0].quality < LEAST_QUALITY:
        raise InputError(_FLAT, hint=_FLAT_HINT)
    views = variants(read_colour(data, side=LAYOUT_SIDE))
    return Question(
        fingerprints={
            SAME: tuple(one.text for one in turned),
            LAYOUT: tuple(one.fingerprint.text for one in views),
        },
        maker=maker,
        since=since,
        until=until,
    )


def ask(remote: Remote, question: Question) -> bytes:
    """Send the question and return the answer's bytes for `read_answer`; raises as `Remote.post`."""
    return remote.post("/answers", question.to_bytes(), "application/json", most=MOST_ANSWER)


def read_answer(data: bytes, keys: PublicKeys, question: Question | None = None) -> Answer:
    """Return the answer in a signed envelope, to `question` when one is given.

    That it says what the log says is not checked here: `audit` does that. Raises `VerificationError` when another key
    signed, or when it is the answer to another question or of another log; `InputError` when it is no answer.
    """
    signed = read_signed(Envelope.from_json(data), keys.operator)
    answer = signed.predicate
    if not isinstance(answer, Answer):
        raise InputError(_NO_ANSWER)
    if question is not None and answer.question != question:
        raise VerificationError(_ANOTHER)
    open_checkpoint(answer.checkpoint.encode(), keys.log)
    return answer


_FLAT = Text(
    en="this picture has too little structure to be told from others by how it looks",
    ja="この画像には、見た目で探すための手がかりになる構造が少なすぎます",
)
_FLAT_HINT = Text(en="ask with a picture that has more in it", ja="もっと描き込みのある画像でお試しください")
_NO_ANSWER = Text(en="the registry signed something that is no answer", ja="登録所の回答ではない文書です")
_ANOTHER = Text(
    en="the registry answered another question than was asked", ja="お尋ねした内容とは別の質問への回答です"
)
