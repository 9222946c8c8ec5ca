"""Inspects the files named on stdin, C2PA included, and prints the seconds it took."""

import json
import sys
import time

from myself_i2i.c2pa import manifest_json
from myself_i2i.inspection.files import inspect_file

files = [line.rstrip("\n") for line in sys.stdin]
read = 0
start = time.perf_counter()
for file in files:
    read += inspect_file(file, manifest_reader=manifest_json).tool is not None
print(json.dumps({"seconds": time.perf_counter() - start, "read": read}))
