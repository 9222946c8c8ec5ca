"""Which frame `journal open` means, and whether a file is what `journal check` was given the opening of."""

from __future__ import annotations

import hashlib
from pathlib import Path

from myself_i2i.errors import UsageError
from myself_i2i.fingerprint.taking import take
from myself_i2i.inspection.files import read_bounded
from myself_i2i.journal import Frame, Opened, picture_in
from myself_i2i.journal.reading import kind_of
from myself_i2i.wording import Text

__all__ = ["IS_NOT", "compare", "not_to_open", "pick"]

IS_FILE = Text(en="is the noted file, byte for byte", ja="記録されたファイルと、1バイトも違いません")
IS_LOOKS = Text(en="looks as noted: the same {names}", ja="記録された絵柄と同じです（{names}）")
IS_NOT = Text(en="is not what was opened", ja="開示されたものとは違います")


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
