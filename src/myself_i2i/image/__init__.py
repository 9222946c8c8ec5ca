"""Picture files as bytes: what they say about themselves, what decides their pixels, and safe changes to both.

Bytes in, values out: nothing here opens a file, a socket or a clock. Strangers' bytes raise only
`myself_i2i.errors.InputError` and its child `LimitError`.
"""

from myself_i2i.image.container import read_container, sniff
from myself_i2i.image.interface import LIMITS, Container, Format, Limits, TextEntry

__all__ = ["LIMITS", "Container", "Format", "Limits", "TextEntry", "read_container", "sniff"]
