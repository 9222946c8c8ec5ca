"""The vocabulary of the walk: what is asked of a node, and what a loaded picture was used for.

Whole numbers underneath, because the walk puts them into sets some hundred thousand times.
"""

from __future__ import annotations

from enum import IntEnum, auto

__all__ = ["ASIDE", "PICTURES", "PIXELS", "Kind", "Want"]


class Want(IntEnum):
    """What the node downstream takes from this one: the type of the link walked back."""

    IMAGE = auto()
    """Pixels, or an embedding made of pixels."""
    MASK = auto()
    LATENT = auto()
    COND = auto()
    """Conditioning or a guider."""
    MODEL = auto()
    CLIP = auto()
    TEXT = auto()
    NUMBER = auto()
    BUNDLE = auto()
    """A pipe, context or stack: several of the above in one link."""
    ASSET = auto()
    """Weights, schedules, seeds: no picture can come this way."""
    ANY = auto()
    """Not known; taken as whatever the node downstream wanted."""


PICTURES = frozenset({Want.IMAGE, Want.MASK, Want.LATENT, Want.BUNDLE, Want.ANY})
"""What a node that reads a file can give."""


class Kind(IntEnum):
    """What a picture at this point of the walk is used for."""

    OUTPUT = auto()
    """It is the output, or is pasted into it, with no sampler between."""
    INIT = auto()
    """A sampler starts from it."""
    INPAINT = auto()
    OUTPAINT = auto()
    ENLARGE = auto()
    """It is enlarged (tile by tile, or by a restoring model)."""
    CONTROL = auto()
    """It says where things go: ControlNet and its kin."""
    REFERENCE = auto()
    """It says what things look like: IP-Adapter, unCLIP, face packs."""
    STYLE = auto()
    EDIT = auto()
    """An edit model sees it beside the instruction."""
    MASK = auto()
    """It says which part of another picture is changed."""
    REGION = auto()
    """A mask that says where a piece of conditioning holds."""
    GUIDE = auto()
    """It reaches the conditioning or the model in a way no rule names."""
    TEXT = auto()
    """Only words made from it (caption, tags) go on."""
    SIZE = auto()
    """Only numbers made from it (width, height) go on."""


PIXELS = frozenset({Kind.OUTPUT, Kind.INIT, Kind.INPAINT, Kind.OUTPAINT, Kind.ENLARGE})
"""Uses in which the picture's own pixels go on."""
ASIDE = frozenset({Kind.TEXT, Kind.SIZE})
"""Uses that leave the pixels behind: the picture did not go in."""
