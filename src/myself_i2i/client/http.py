"""One registry over HTTP: bounded, without redirects, https or this machine only."""

from __future__ import annotations

import http.client
import ipaddress
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from myself_i2i import __version__
from myself_i2i.attestation import parse_strict
from myself_i2i.errors import InputError, RegistryError, UsageError
from myself_i2i.wording import Text

__all__ = ["MOST_BYTES", "AnsweredError", "Remote", "form"]

MOST_BYTES: Final = 4 * 2**20
"""Largest answer that is read, unless the caller says otherwise."""
SECONDS: Final = 60.0
_TOLD: Final = 600
"""Characters that are shown of a registry's own words."""
NOT_FOUND: Final = 404
TOO_MANY: Final = 429
UNABLE: Final = 500


class AnsweredError(InputError):
    """The registry refused what was sent, with these words."""

    def __init__(self, status: int, message: Text, *, hint: Text | None = None) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        """The HTTP status."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """What is sent goes to the address that the person named, and nowhere else."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Follow nothing: the redirect itself is then the (failed) answer."""


@dataclass(frozen=True, slots=True)
class Remote:
    """A registry's address; make one with `at`."""

    url: str
    """The address, without a slash at its end."""
    seconds: float = SECONDS
    """How long one answer may take to begin, and each of its pieces to come."""

    @classmethod
    def at(cls, url: str, *, seconds: float = SECONDS) -> Remote:
        """Return the registry at `url`. Raises `UsageError` unless it is https, or http on this machine."""
        try:
            parts = urlsplit(url)
            port_is_one = parts.port is None or parts.port > 0
        except ValueError:
            raise _no_address(url) from None
        secure = parts.scheme == "https" or (parts.scheme == "http" and is_here(parts.hostname or ""))
        plain = not (parts.query or parts.fragment or parts.username or parts.password)
        if not (parts.hostname and secure and plain and port_is_one and url.isascii() and url.isprintable()):
            raise _no_address(url)
        return cls(url.rstrip("/"), seconds)

    @property
    def place(self) -> str:
        """Host, port and path: the registry's name in files."""
        return self.url.partition("://")[2].lower()

    def get(self, path: str, *, most: int = MOST_BYTES) -> bytes | None:
        """Return what is at `path` (which begins with a slash), None when there is nothing (404).

        Raises `RegistryError` when the registry cannot be reached or cannot answer, `AnsweredError` when it refuses,
        `InputError` when the answer is larger than `most` bytes.
        """
        try:
            return self._ask(urllib.request.Request(self.url + path), most)  # noqa: S310  # checked by `at`
        except AnsweredError as error:
            if error.status == NOT_FOUND:
                return None
            raise

    def get_json(self, path: str, *, most: int = MOST_BYTES) -> Any:
        """Return the JSON at `path`, None when there is nothing; raises as `get`."""
        data = self.get(path, most=most)
        return None if data is None else parse_strict(data, where=_ANSWER, limit=most)

    def post(self, path: str, body: bytes, content_type: str, *, most: int = MOST_BYTES) -> bytes:
        """Send `body` to `path` and return the answer; raises as `get`, also for 404."""
        request = urllib.request.Request(  # noqa: S310  # checked by `at`
            self.url + path, data=body, headers={"Content-Type": content_type}, method="POST"
        )
        return self._ask(request, most)

    def _ask(self, request: urllib.request.Request, most: int) -> bytes:
        request.add_header("User-Agent", f"myself-i2i/{__version__}")
        request.add_header("Accept", "application/json, */*;q=0.5")
        handlers: list[Any] = [_NoRedirects()]
        if is_here(urlsplit(self.url).hostname or ""):
            handlers.append(urllib.request.ProxyHandler({}))  # this machine is not asked through another
        try:
            with urllib.request.build_opener(*handlers).open(request, timeout=self.seconds) as answer:
                data: bytes = answer.read(most + 1)
                missing = answer.length or 0
        except urllib.error.HTTPError as error:
            with error:
                raise _refusal(error) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = getattr(error, "reason", error)
            why = getattr(reason, "strerror", None) or str(reason) or type(error).__name__
            raise RegistryError(_UNREACHABLE.format(url=self.url, why=why[:200])) from error
        if len(data) > most:
            raise InputError(_TOO_LARGE.format(most=most))
        if missing:
            raise RegistryError(_BROKEN_OFF.format(url=self.url))
        return data


def is_here(host: str) -> bool:
    """Return whether a host is this machine: its name or address is the loopback's."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def form(parts: Mapping[str, bytes], *, boundary: str) -> tuple[bytes, str]:
    """Return `multipart/form-data` of the parts (RFC 7578) and its content type.

    `boundary` MUST NOT stand in any part: 32 random hex digits do not.
    """
    body = b"".join(
        b'--%b\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n'
        % (boundary.encode(), name.encode(), data)
        for name, data in parts.items()
    )
    return body + b"--%b--\r\n" % boundary.encode(), f"multipart/form-data; boundary={boundary}"


def _refusal(error: urllib.error.HTTPError) -> AnsweredError | RegistryError:
    try:
        told = json.loads(error.read(64 * 1024))["error"]
        message, hint = _text(told["message"]), _text(told["hint"]) if "hint" in told else None
    except (OSError, http.client.HTTPException, ValueError, TypeError, KeyError, RecursionError):
        message, hint = _STATUS.format(status=error.code), None
    if error.code >= UNABLE or error.code == TOO_MANY or error.code < 400:  # noqa: PLR2004  # redirects
        return RegistryError(message, hint=hint)
    return AnsweredError(error.code, message, hint=hint)


def _text(value: Any) -> Text:
    en, ja = value["en"], value["ja"]
    if not (isinstance(en, str) and isinstance(ja, str)):
        raise TypeError
    return Text(en=en[:_TOLD], ja=ja[:_TOLD])


def _no_address(url: str) -> UsageError:
    return UsageError(
        Text(
            en="got {url}, wanted the address of a registry: https, or http on this machine",
            ja="{url} は登録所のアドレスとして使えません（https、このマシンの中だけなら http）",
        ).format(url=url[:200]),
        hint=Text(
            en="e.g. --registry https://registry.example", ja="例: --registry https://registry.example"
        ),
    )


_ANSWER = Text(en="the registry's answer", ja="登録所の回答")
_STATUS = Text(en="the registry answered with status {status}", ja="登録所の回答がステータス {status} でした")
_UNREACHABLE = Text(
    en="the registry at {url} cannot be reached: {why}", ja="登録所 {url} に接続できません：{why}"
)
_BROKEN_OFF = Text(
    en="the answer of the registry at {url} broke off", ja="登録所 {url} の回答が途中で切れました"
)
_TOO_LARGE = Text(
    en="the registry's answer is larger than {most} bytes",
    ja="登録所の回答が {most} バイトを超えています",
)
