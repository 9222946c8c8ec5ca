"""Myself_i2i: a mark for AI pictures that can be checked.

The library never prints, never exits, and reaches no network unless a caller hands it a fetcher.
"""

__all__ = ["__version__"]

__version__ = "0.1.0"
