"""What plug-ins call while pictures are made: `open_recorder`, and the words of `interface`.

A recorder never breaks or delays a generation; what cannot be entered in the ledger waits in the spool, and
`take_in_spool` enters it later. Page: spec/recording.md.
"""

from myself_i2i.recording.interface import Facts, Origin, Recorder, Run, Settings, Tell
from myself_i2i.recording.recorder import open_recorder
from myself_i2i.recording.settings import read_settings
from myself_i2i.recording.spool import TakenIn, take_in_spool

__all__ = [
    "Facts",
    "Origin",
    "Recorder",
    "Run",
    "Settings",
    "TakenIn",
    "Tell",
    "open_recorder",
    "read_settings",
    "take_in_spool",
]
