"""PDQ as ThreatExchange defines it, for interchange with those who keep such hashes; made by `pdqhash`.

For our own look-ups `pdq64` is better: of the same picture at another size this one moves by up to 46 bits.
https://github.com/facebook/ThreatExchange/tree/main/pdq
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from myself_i2i.errors import UsageError
from myself_i2i.fingerprint.interface import PDQ, Bytes, Fingerprint
from myself_i2i.wording import Text

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["pdq"]


def pdq(rgb: Bytes) -> Fingerprint:
    """Return PDQ and its quality of a colour picture, shape (height, width, 3), at the size it has.

    What others computed for a file is of the picture in full: read it so. Raises `UsageError` where `pdqhash` (the
    extra `closeness`) is not installed.
    """
    bits, quality = _pdqhash().compute(np.ascontiguousarray(rgb))
    return Fingerprint(PDQ, np.packbits(bits.astype(bool)).tobytes(), int(quality))


def _pdqhash() -> ModuleType:
    try:
        import pdqhash  # noqa: PLC0415 - an extra: only who asks for this fingerprint needs it
    except ImportError as error:
        raise UsageError(
            Text(
                en="the fingerprint pdq_v1 needs pdqhash, which is not installed",
                ja="指紋 pdq_v1 には pdqhash が必要ですが、インストールされていません",
            ),
            hint=Text(
                en="pip install 'myself-i2i[closeness]'",
                ja="pip install 'myself-i2i[closeness]' を実行してください",
            ),
        ) from error
    module: ModuleType = pdqhash
    return module
