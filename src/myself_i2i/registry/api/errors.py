"""From what went wrong to a response: a status and words in both languages, and nothing else of the inside."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from myself_i2i.errors import Error, InputError, LimitError, UsageError, VerificationError
from myself_i2i.registry.admission import Reason, RefusedError
from myself_i2i.registry.api.negotiation import language_of, media_type_of
from myself_i2i.wording import Text

__all__ = ["CODES", "HttpError", "not_found", "render", "require_type", "status_of"]

JSON: Final = "application/json"
PLAIN: Final = "text/plain"
RETRY: Final = {429: 3_600, 503: 5}
"""After how many seconds to try again where nothing else is said: a key's count of the day falls all the time."""


class HttpError(Error):
    """A refusal with a status of its own."""

    def __init__(
        self,
        status: int,
        message: Text,
        *,
        hint: Text | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        """The HTTP status."""
        self.headers = dict(headers or {})
        """Headers of the response."""


CODES: Final[dict[int, Text]] = {
    400: Text(en="the request is not understood", ja="リクエストを解釈できません"),
    403: Text(en="this is not accepted", ja="受け付けられません"),
    404: Text(en="nothing is recorded here under this name", ja="この名前の記録はありません"),
    405: Text(en="this address does not take this method", ja="このアドレスではこのメソッドを使えません"),
    408: Text(en="the request took too long to arrive", ja="リクエストが届くまでに時間がかかりすぎました"),
    413: Text(
        en="the request is larger than this registry takes", ja="リクエストが大きすぎて受け付けられません"
    ),
    414: Text(en="the value is too long for a query string", ja="value が長すぎてクエリ文字列に入りません"),
    415: Text(en="this type of content is not read here", ja="この種類の内容は、ここでは読めません"),
    429: Text(
        en="too many requests from this address for now", ja="このアドレスからのリクエストが多すぎます"
    ),
    500: Text(en="something went wrong in the registry itself", ja="登録所の中で問題が起きました"),
    503: Text(en="the registry cannot do this right now", ja="登録所は今これを処理できません"),
}
"""What each status says when there is no more to say."""

REFUSED: Final = {
    Reason.UNKNOWN_KEY: 403,
    Reason.NOT_STANDING: 403,
    Reason.SUSPENDED: 403,
    Reason.OPERATOR_ONLY: 403,
    Reason.TOO_MANY: 429,
}
"""Refusals that are about the key; all others are about what was sent."""


def not_found() -> HttpError:
    """Return the error for what is not recorded: an absence, and nothing more."""
    return HttpError(404, CODES[404])


def require_type(request: Request, wanted: Sequence[str]) -> None:
    """Raise a 415 unless the request carries one of the `wanted` media types."""
    got = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if got not in wanted:
        named = Text(en="wanted {wanted}", ja="使えるもの: {wanted}").format(wanted=", ".join(wanted))
        raise HttpError(415, CODES[415], hint=named)


def status_of(error: Error) -> int:
    """Return the status of an error of ours: whose problem it is decides."""
    if isinstance(error, HttpError):
        return error.status
    if isinstance(error, RefusedError):
        return REFUSED.get(error.reason, 400)
    if isinstance(error, LimitError):
        return 413
    if isinstance(error, InputError | UsageError | VerificationError):
        return 400
    return 503


def render(error: Error, headers: Headers) -> Response:
    """Return the response for an error: JSON in both languages, or text in one where the client wants text more.

    Of a 503 nothing of the inside is told: what the registry cannot do is its keeper's to read in the log.
    """
    status = status_of(error)
    message, hint = error.message, error.hint
    extra = dict(error.headers) if isinstance(error, HttpError) else {}
    if status == 503:  # noqa: PLR2004 - of our own codes
        message, hint = CODES[503], None
    if status in RETRY:
        extra.setdefault("retry-after", str(RETRY[status]))
    wanted = media_type_of(headers.get("accept", ""), (JSON, PLAIN, "text/html"))
    if wanted == JSON:
        reason = error.reason if isinstance(error, RefusedError) else None
        return Response(_json(message, hint, reason), status, extra, media_type=JSON)
    language = language_of(headers.get("accept-language", ""))
    lines = [message.in_(language), *([hint.in_(language)] if hint else [])]
    extra |= {"content-language": language, "vary": "accept, accept-language"}
    return PlainTextResponse("\n".join(lines) + "\n", status, extra)


def _json(message: Text, hint: Text | None, reason: str | None) -> bytes:
    told: dict[str, Any] = {"message": {"en": message.en, "ja": message.ja}}
    if hint is not None:
        told["hint"] = {"en": hint.en, "ja": hint.ja}
    if reason is not None:
        told["reason"] = reason
    return json.dumps({"error": told}, ensure_ascii=False).encode("utf-8", "backslashreplace")
