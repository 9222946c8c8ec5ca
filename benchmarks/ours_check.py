"""Checks the files named on stdin (most carry no mark: what a stranger's folder is like) and prints the seconds it took."""

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from myself_i2i.c2pa.native import self_test
from myself_i2i.verification import check

files = [line.rstrip("\n") for line in sys.stdin]
now = datetime.now(UTC)
self_test()
read = 0
start = time.perf_counter()
for file in files:
    read += check(Path(file).read_bytes(), name=file, checked_at=now).claims.tool is not None
print(json.dumps({"seconds": time.perf_counter() - start, "read": read}))
