"""Inspects the files named on stdin, C2PA included, and prints the seconds it took."""

import json
import sys
import time

from myself_i2i.c2pa.native import self_test
from myself_i2i.inspection.files import inspect_file
from myself_i2i.inspection.manifests import manifest_reader

files = [line.rstrip("\n") for line in sys.stdin]
reader = manifest_reader()
self_test()
read = 0
start = time.perf_counter()
for file in files:
    read += inspect_file(file, manifest_reader=reader).tool is not None
print(json.dumps({"seconds": time.perf_counter() - start, "read": read}))
