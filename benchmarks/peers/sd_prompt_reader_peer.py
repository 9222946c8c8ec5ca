"""Reads the files named on stdin with sd-prompt-reader and prints the seconds it took; run in the peer's environment."""

import contextlib
import json
import sys
import time

from sd_prompt_reader.image_data_reader import ImageDataReader

files = [line.rstrip("\n") for line in sys.stdin]
read = 0
start = time.perf_counter()
for file in files:
    with contextlib.suppress(Exception):  # a peer may fail on a file; the clock goes on
        read += ImageDataReader(file).status.name == "READ_SUCCESS"
print(json.dumps({"seconds": time.perf_counter() - start, "read": read}))
