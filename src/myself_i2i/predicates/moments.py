"""Moments on the wire: RFC 3339 in UTC with "Z", e.g. "2026-11-03T09:15:00Z".

Times in statements are what their signer says. Comparing them is honest only among what that signer says;
a time others can trust needs a time-stamp or a log.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from myself_i2i.errors import InputError, UsageError
from myself_i2i.wording import Text

__all__ = ["format_moment", "parse_moment"]

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z", re.ASCII)


def parse_moment(text: str, *, where: str = "time") -> datetime:
    """Return the moment in `text`, aware, in UTC. Raises `InputError` for any other form or a day that never was."""
    try:
        if _MOMENT.fullmatch(text):
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    raise InputError(
        Text(
            en='{where} is "{got}", wanted a UTC time such as 2026-11-03T09:15:00Z',
            ja="{where} が「{got}」です（UTC の日時が必要です。例: 2026-11-03T09:15:00Z）",
        ).format(where=where, got=text[:40])
    )


def format_moment(moment: datetime) -> str:
    """Return `moment` in UTC; fractions are written only when there are any. Raises `UsageError` without a zone."""
    if moment.tzinfo is None:
        raise UsageError(
            Text(en="a time without a time zone cannot be signed", ja="時間帯のない日時には署名できません")
        )
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
