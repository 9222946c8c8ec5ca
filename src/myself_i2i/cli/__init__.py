"""The command line: parse, call one function, render.

Exit codes: 0 done (check: a signature is there, it holds, and nothing contradicts it), 1 not (check: anything else,
files without a mark included; mark: nothing was marked; ledger: it does not hold), 2 misuse, 130 stopped by Ctrl-C.
"""

from myself_i2i.cli._main import main

__all__ = ["main"]
