"""Which frame `journal open` means, and what `journal check` finds: the opening, the file beside it, a log's receipt."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from cryptography.x509 import Certificate

from myself_i2i.attestation import Envelope
from myself_i2i.cli._home import Home
from myself_i2i.cli._registries import Registries
from myself_i2i.client.receipts import origin_of, read_receipt
from myself_i2i.errors import UsageError
from myself_i2i.fingerprint.taking import take
from myself_i2i.inspection.files import read_bounded
from myself_i2i.journal import Frame, Opened, Opening, open_entry, picture_in
from myself_i2i.journal.reading import kind_of
from myself_i2i.tlog import NoteKey
from myself_i2i.wording import Text

__all__ = ["IS_NOT", "LOG_KEY_WORDS", "RECEIPT_WORDS", "compare", "in_log", "not_to_open", "pick", "verified"]

IS_FILE = Text(en="is the noted file, byte for byte", ja="記録されたファイルと、1バイトも違いません")
IS_LOOKS = Text(en="looks as noted: the same {names}", ja="記録された絵柄と同じです（{names}）")
IS_NOT = Text(en="is not what was opened", ja="開示されたものとは違います")
RECEIPT_WORDS = Text(
    en="A registry's receipt for it: since when its public log has it.",
    ja="登録所の受領証。公開ログにいつから載っているかを確かめます。",
)
LOG_KEY_WORDS = Text(
    en="The log's verifier key; that remembered of the registry otherwise.",
    ja="ログの検証鍵。省略時は、その登録所について覚えているもの。",
)
IN_LOG = Text(
    en="entry {index} of the log {origin}, taken in at {at} by the registry's clock",
    ja="ログ {origin} の {index} 番（登録所の時計で {at} に記載）",
)
UNKNOWN_LOG = Text(
    en="the key of the log {origin} is not known here", ja="ログ {origin} の検証鍵がここにありません"
)
LOG_HINT = Text(
    en="give it with --log-key, as the registry shows it at /keys",
    ja="登録所が /keys で公表している鍵を --log-key で指定してください",
)


def compare(opened: Opened, file: Path) -> Text:
    """Return whether `file` is what was opened: by its bytes, or else by its looks."""
    data = read_bounded(file)
    if opened.sha256 is not None:
        return IS_FILE if hashlib.sha256(data).hexdigest() == opened.sha256 else IS_NOT
    picture = picture_in(data, kind_of(data[:128], file.name))
    looks = {found.algorithm: found.value for found in (take(picture)[0] if picture else ())}
    same = [name for name, one in opened.fingerprints.items() if looks.get(name) == one.value]
    return IS_LOOKS.format(names=", ".join(sorted(same))) if same else IS_NOT


def pick(found: list[Frame], which: str) -> Frame:
    """Return the one frame meant by a file or a number. Raises UsageError when it is none, or not one."""
    path = Path(which)
    if path.exists():
        sha256 = hashlib.sha256(read_bounded(path)).hexdigest()
        matching = [frame for frame in found if frame.sha256 == sha256]
    else:
        matching = [frame for frame in found if which == str(frame.number)]
    if len({frame.work for frame in matching}) == 1:
        return matching[0]
    if matching:
        raise UsageError(
            Text(en="several works have a frame {which}", ja="コマ {which} は複数の作品にあります").format(
                which=which
            ),
            hint=Text(en="name the work with --work", ja="--work で作品を指定してください"),
        )
    raise UsageError(
        Text(en="{which} was not noted", ja="{which} は記録されていません").format(which=which[:200]),
        hint=Text(
            en="`journal show` lists what was; a file that changed since is another file",
            ja="`journal show` で一覧できます。その後変更したファイルは、別のファイルです",
        ),
    )


def not_to_open(frame: Frame) -> UsageError:
    return UsageError(
        Text(
            en="frame {n} has nothing of that kind to open", ja="コマ {n} には、開けるものがありません"
        ).format(n=frame.number),
        hint=Text(
            en="its picture could not be read when it was noted, or the data folder that noted it is another one",
            ja="記録のときに画像を読めなかったか、記録したデータフォルダが別のものです",
        ),
    )


def verified(opening: Opening, roots: list[Certificate]) -> tuple[Opened, Text | None]:
    """Return what the opening shows; where time-stamps cannot be read here, all else, and why."""
    try:
        return open_entry(opening, roots=roots), None
    except UsageError as error:
        return open_entry(replace(opening, stamp=None)), error.message


def in_log(home: Home, receipt: Path, envelope: Envelope, key: str | None) -> Text:
    """Say what a registry's receipt shows of the opened envelope; raises `VerificationError` when it does not hold.

    Raises `UsageError` when the log's key is neither given nor remembered.
    """
    data = read_bounded(receipt)
    origin = origin_of(data)
    remembered = Registries(home.path).log_named(origin)
    if key is not None:
        log = NoteKey.parse(key)
    elif remembered is not None:
        log = remembered.log
    else:
        raise UsageError(UNKNOWN_LOG.format(origin=origin), hint=LOG_HINT)
    found = read_receipt(data, envelope, log)
    return IN_LOG.format(
        index=found.index, origin=found.origin, at=f"{found.logged_at:%Y-%m-%d %H:%M:%S} UTC"
    )
