"""RFC 3161: a time-stamp authority is asked about a digest, and what it answered is checked. The one user of rfc3161-client.

Pure: bytes in, values out; the network and the nonce are the caller's.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from cryptography import x509

from myself_i2i.errors import InputError, LimitError, UsageError, VerificationError
from myself_i2i.wording import Text

if TYPE_CHECKING:
    from rfc3161_client import TimeStampResponse

__all__ = ["NONCE_BYTES", "RESPONSE_BYTES", "Stamp", "read_stamp", "require_library", "time_stamp_request"]

NONCE_BYTES: Final = 8
"""Random bytes by which an answer is known to be to this question."""
RESPONSE_BYTES: Final = 64 * 2**10
"""Most bytes of an answer; with four certificates of RSA it has about 8,000."""

_DIGEST: Final = 32
_SHA256: Final = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")
# MessageImprint: SEQUENCE of AlgorithmIdentifier (id-sha256, NULL) and an OCTET STRING of 32 bytes.
_IMPRINT: Final = bytes.fromhex("3031300d060960864801650304020105000420")
_VERSION: Final = b"\x02\x01\x01"
_CERTIFICATES_PLEASE: Final = b"\x01\x01\xff"
_SEQUENCE: Final = 0x30
_CONTEXT_0: Final = 0xA0
_GRANTED: Final = 0


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a time-stamp over a digest says; its digest was compared, and its signature too where `known`."""

    at: datetime
    """The authority's time: the digest existed then or earlier."""
    authority: str
    """The name in the authority's certificate; without `known`, anybody may have written it."""
    known: bool
    """The signature holds and leads to an authority that the caller knows. Otherwise `at` is nobody's word."""


def time_stamp_request(digest: bytes, nonce: bytes) -> bytes:
    """Return the TimeStampReq (RFC 3161 §2.4.1) for a SHA-256 digest, certificates wanted; `nonce` is `NONCE_BYTES` random bytes."""
    if len(digest) != _DIGEST or len(nonce) != NONCE_BYTES:
        raise UsageError(
            Text(
                en="a time-stamp needs a digest of 32 bytes and a nonce of {n}",
                ja="タイムスタンプには32バイトのハッシュ値と{n}バイトの乱数が必要です",
            ).format(n=NONCE_BYTES)
        )
    number = b"\x02" + bytes([NONCE_BYTES + 1, 1]) + nonce  # led by a 1: positive, and of one length
    body = _VERSION + _IMPRINT + digest + number + _CERTIFICATES_PLEASE
    return bytes([_SEQUENCE, len(body)]) + body


def read_stamp(
    response: bytes, digest: bytes, *, roots: Sequence[x509.Certificate] = (), nonce: bytes | None = None
) -> Stamp:
    """Return what `response` says about the SHA-256 `digest`; `nonce` is the one of the request, where it is at hand.

    A signer's certificate counts when it was valid at the stated time, may sign time-stamps and leads to one of
    `roots`. Raises `InputError` for bytes that are no answer, `VerificationError` for an answer that is no grant, or
    is about something else, and `UsageError` when the library for it is not installed.
    """
    if len(response) > RESPONSE_BYTES:
        raise LimitError(
            Text(
                en="the time-stamp has {size} bytes, wanted at most {limit}",
                ja="タイムスタンプが {size} バイトあり、上限 {limit} を超えています",
            ).format(size=len(response), limit=RESPONSE_BYTES)
        )
    answer = _decoded(response)
    try:
        if answer.status != _GRANTED:
            raise _not_right(
                Text(en="the authority did not grant it", ja="タイムスタンプ局が発行を断りました")
            )
        said = answer.tst_info
        imprint = said.message_imprint
        about = imprint.hash_algorithm == _SHA256 and hmac.compare_digest(bytes(imprint.message), digest)
        if not about or (nonce is not None and said.nonce != int.from_bytes(b"\x01" + nonce)):
            raise _not_right(Text(en="it is about something else", ja="別のものに対するタイムスタンプです"))
        at = said.gen_time.astimezone(UTC) if said.gen_time.tzinfo else said.gen_time.replace(tzinfo=UTC)
        return Stamp(at, _authority(answer), known=_holds(answer, digest, roots))
    except (ValueError, TypeError, x509.ExtensionNotFound, OverflowError) as error:
        raise _no_stamp() from error


def require_library() -> None:
    """Raise `UsageError`, saying what to install, when time-stamps cannot be read here."""
    try:
        import rfc3161_client  # noqa: F401, PLC0415  # an extra: base installations do without
    except ImportError as error:
        raise UsageError(
            Text(
                en="time-stamps need the library rfc3161-client",
                ja="タイムスタンプには rfc3161-client が必要です",
            ),
            hint=Text(
                en="pip install 'myself-i2i[timestamps]'",
                ja="`pip install 'myself-i2i[timestamps]'` で入れられます",
            ),
        ) from error


def _decoded(response: bytes) -> TimeStampResponse:
    require_library()
    from rfc3161_client import decode_timestamp_response  # noqa: PLC0415  # as above

    try:
        return decode_timestamp_response(_in_der_order(response))
    except ValueError as error:
        raise _no_stamp() from error


def _holds(answer: TimeStampResponse, digest: bytes, roots: Sequence[x509.Certificate]) -> bool:
    from rfc3161_client import VerificationError as NotVerified  # noqa: PLC0415  # as above
    from rfc3161_client import VerifierBuilder  # noqa: PLC0415  # as above

    if not roots:
        return False
    builder = VerifierBuilder(roots=list(dict.fromkeys(roots)))
    try:
        return builder.build().verify(answer, digest)
    except (NotVerified, ValueError):
        return False


def _authority(answer: TimeStampResponse) -> str:
    """Return the name of the certificate that the signature names."""
    certificates = [x509.load_der_x509_certificate(one) for one in answer.signed_data.certificates]
    for signer in answer.signed_data.signer_infos:
        for one in certificates:
            if (one.issuer, one.serial_number) == (signer.issuer, signer.serial_number):
                names = one.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
                return str(names[0].value if names else one.subject.rfc4514_string())[:200]
    return "-"


def _in_der_order(response: bytes) -> bytes:
    """Return the answer with its certificates in the order of DER, where they stand in another.

    OpenSSL's own server, and so many authorities, write them as they come; the library takes DER only. They are not
    covered by the signature, so this changes nothing that is signed. Raises ValueError for bytes of another shape.
    """
    whole = _parts(response, 0, len(response))
    if len(whole) != 1:
        raise ValueError(response[:1])
    answer = _parts(response, *whole[0][1:])
    if len(answer) < 2:  # noqa: PLR2004  # a refusal has a status and no token
        return response
    content = _parts(response, *answer[1][1:])[-1]
    signed = _parts(response, *content[1:])[0]
    for tag, start, end in _parts(response, *signed[1:]):
        if tag == _CONTEXT_0:
            inner = _parts(response, start, end)
            begins = [start, *(stop for _, _, stop in inner)]
            pieces = sorted(response[one:after] for one, after in pairwise(begins))
            return response[:start] + b"".join(pieces) + response[end:]
    return response


def _parts(data: bytes, start: int, end: int) -> list[tuple[int, int, int]]:
    """Return tag, start and end of content of each DER element between two places. Raises ValueError."""
    found = []
    while start < end:
        tag, size, start = data[start], data[start + 1] if start + 1 < end else 0x80, start + 2
        if size & 0x80:
            octets = size & 0x7F
            size, start = int.from_bytes(data[start : start + octets]), start + octets
            if not octets:
                raise ValueError(tag)  # the indefinite lengths of BER
        if start + size > end:
            raise ValueError(tag)
        found.append((tag, start, start + size))
        start += size
    if not found:
        raise ValueError(start)
    return found


def _no_stamp() -> InputError:
    return InputError(
        Text(en="this is not an RFC 3161 time-stamp", ja="RFC 3161 のタイムスタンプではありません")
    )


def _not_right(why: Text) -> VerificationError:
    return VerificationError(
        Text(en="the time-stamp does not hold: {why}", ja="タイムスタンプが合いません: {why}").format(why=why)
    )
