"""What a maker declares of one picture: gathered from the recorder, the file, the ledger and the hand.

Joins the siblings inspection and rights, which do not know each other; marking then writes the result.
"""

from myself_i2i.declaration.by_hand import ByHand, parse_by_hand, parse_source
from myself_i2i.declaration.declaring import Declaration, Known, declare
from myself_i2i.declaration.inputs import GivenSource

__all__ = ["ByHand", "Declaration", "GivenSource", "Known", "declare", "parse_by_hand", "parse_source"]
