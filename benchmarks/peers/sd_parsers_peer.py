"""Reads the files named on stdin with sd-parsers and prints the seconds it took; run in the peer's environment."""

import contextlib
import json
import sys
import time

from sd_parsers import ParserManager

files = [line.rstrip("\n") for line in sys.stdin]
manager = ParserManager()
read = 0
start = time.perf_counter()
for file in files:
    with contextlib.suppress(Exception):  # a peer may fail on a file; the clock goes on
        read += manager.parse(file) is not None
print(json.dumps({"seconds": time.perf_counter() - start, "read": read}))
