"""Reads the files named on stdin with sd-prompt-reader and prints the seconds it took; run in the peer's environment."""

import json
import sys
import time

from sd_prompt_reader.image_data_reader import ImageDataReader

files = [line.rstrip("\n") for line in sys.stdin]
read = 0
start = time.perf_counter()
for file in files:
    try:
        read += ImageDataReader(file).status.name == "READ_SUCCESS"
    except Exception:  # noqa: BLE001, S110  # a peer may fail on a file; the clock goes on
        pass
print(json.dumps({"seconds": time.perf_counter() - start, "read": read}))
