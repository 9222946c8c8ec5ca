"""Picture files as bytes: what they say about themselves, what decides their pixels, and safe changes to both.

Bytes in, values out: nothing here opens a file, a socket or a clock. Strangers' bytes raise only
`myself_i2i.errors.InputError` and its child `LimitError`.
"""

from myself_i2i.image.container import read_container, sniff
from myself_i2i.image.decoding import decode
from myself_i2i.image.digest import ALGORITHM, image_data_digest
from myself_i2i.image.insertion import insert_xmp
from myself_i2i.image.interface import LIMITS, Container, Format, Limits, TextEntry
from myself_i2i.image.pixel_hashes import PixelHashes, pixel_hashes, rgb_bytes
from myself_i2i.image.stealth import read_stealth
from myself_i2i.image.stealth_probe import may_hide_text
from myself_i2i.image.stripping import hidden_text_possible, strip_generation_metadata
from myself_i2i.image.xmp import Xmp, read_xmp
from myself_i2i.image.xmp_writing import Properties, merge_xmp, write_xmp

__all__ = [
    "ALGORITHM",
    "LIMITS",
    "Container",
    "Format",
    "Limits",
    "PixelHashes",
    "Properties",
    "TextEntry",
    "Xmp",
    "decode",
    "hidden_text_possible",
    "image_data_digest",
    "insert_xmp",
    "may_hide_text",
    "merge_xmp",
    "pixel_hashes",
    "read_container",
    "read_stealth",
    "read_xmp",
    "rgb_bytes",
    "sniff",
    "strip_generation_metadata",
    "write_xmp",
]
