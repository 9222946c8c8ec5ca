"""Which files a command means: files as named, folders walked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from myself_i2i.errors import UsageError
from myself_i2i.wording import Text

__all__ = ["KIT", "PICTURES", "expand", "save"]

PICTURES = frozenset({".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".avif", ".apng"})
"""Names that are picked up inside a folder; a file that is named itself is read whatever its name."""


KIT = "post-kit"
"""The folder beside marked pictures that holds badges and texts; its badges are no pictures of anybody's."""


def expand(paths: Iterable[Path], *, skip: frozenset[str] = frozenset()) -> list[Path]:
    """Return the files meant by `paths`: each file as it is, each folder's pictures in order of name, once each.

    Hidden files and folders, post kits and folders named in `skip` are left out; links to folders are not followed (a loop would never end).
    Raises UsageError for a path that does not exist or when there is no picture at all.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found.update(dict.fromkeys(_walk(path, skip | {KIT})))
        elif path.exists():
            found[path] = None
        else:
            raise UsageError(
                Text(en="there is no {path}", ja="{path} がありません").format(path=path),
                hint=Text(en="check the spelling of the path", ja="パスのつづりを確かめてください"),
            )
    if not found:
        raise UsageError(
            Text(
                en="no png, jpeg, webp or avif picture was found",
                ja="PNG・JPEG・WebP・AVIF の画像が見つかりません",
            ),
            hint=Text(
                en="name a picture or a folder of pictures",
                ja="画像か、画像の入ったフォルダを指定してください",
            ),
        )
    return list(found)


def _walk(folder: Path, skip: frozenset[str]) -> Iterator[Path]:
    pending = [folder]
    while pending:
        here = pending.pop()
        try:
            entries = sorted(here.iterdir(), key=lambda entry: entry.name)
        except OSError:
            continue  # a folder that may not be read is like an empty one; its files are not lost, only not seen
        inside = []
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                if not entry.is_symlink() and entry.name not in skip:
                    inside.append(entry)
            elif entry.suffix.lower() in PICTURES:
                yield entry
        pending.extend(reversed(inside))


def save(path: Path, data: bytes, *, new: bool = False) -> None:
    """Write `data` to `path` whole or not at all, its folder made when needed.

    With `new` a file that is already there is never replaced. Raises UsageError when the place cannot be written.
    """
    if new and path.exists():
        raise UsageError(
            Text(en="there is a file {path} already", ja="{path} はすでにあります").format(path=path),
            hint=Text(en="choose another name with --out", ja="--out で別の名前を指定してください"),
        )
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.write_bytes(data)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(
            Text(en="cannot write {path}: {why}", ja="{path} に書き込めません: {why}").format(
                path=path, why=error.strerror or type(error).__name__
            ),
            hint=Text(en="choose another place with --out", ja="--out で別の場所を指定してください"),
        ) from error
