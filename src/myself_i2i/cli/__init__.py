"""The command line: parse, call one function, render.

Exit codes: 0 done (check: a signature is there, it holds, and nothing contradicts it), 1 not (check: anything else,
files without a mark included; mark: nothing was marked; ledger: it does not hold), 2 misuse, 130 stopped by Ctrl-C.
"""

import os

# Before numpy is loaded: our products of matrices are small, and threads that wait for each other by spinning make a
# busy machine many times slower.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from myself_i2i.cli._main import main

__all__ = ["main"]
