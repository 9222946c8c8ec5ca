"""Journals: dated proof that work in progress existed, made as the work is done, without showing it to anyone.

`Watcher` finds saved files, `read_work_file` reads one, `Notebook` notes them; `frames` lists what was noted and who says
when it existed; `opening_of` and `open_entry` show and check one frame. The format is spec/predicates/journal.md. A
journal shows that bytes existed at a time; it does not show who made them.
"""

from myself_i2i.journal.batches import Batch, ask_for_stamp
from myself_i2i.journal.keeping import Keeper, KeptStamp
from myself_i2i.journal.noting import Notebook
from myself_i2i.journal.opening import Opened, Opening, open_entry
from myself_i2i.journal.reading import picture_in, read_work_file
from myself_i2i.journal.sealing import Sealed, WorkFile
from myself_i2i.journal.showing import DOES_NOT_SHOW, Dating, Frame, clock, frames, opening_of, unstamped
from myself_i2i.journal.timestamp import RESPONSE_BYTES, Stamp, require_library
from myself_i2i.journal.watching import Watcher

__all__ = [
    "DOES_NOT_SHOW",
    "RESPONSE_BYTES",
    "Batch",
    "Dating",
    "Frame",
    "Keeper",
    "KeptStamp",
    "Notebook",
    "Opened",
    "Opening",
    "Sealed",
    "Stamp",
    "Watcher",
    "WorkFile",
    "ask_for_stamp",
    "clock",
    "frames",
    "open_entry",
    "opening_of",
    "picture_in",
    "read_work_file",
    "require_library",
    "unstamped",
]
