"""A server that publishes a file's lines until it is stopped: `_publisher.py DATABASE FOLDER FILE`.

It prints place and digest of each after `publish` returned: what is printed was acknowledged.
"""

import base64
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from myself_i2i.errors import Error
from myself_i2i.registry.service import Registry
from myself_i2i.registry.settings import Settings


def main(database: str, folder: Path, file: Path) -> int:
    """Publish every line, one by one; 3 when the registry refuses, its message on stderr."""
    try:
        with Registry.open(Settings(home=folder, database=database)) as registry:
            for line in file.read_bytes().splitlines():
                value = json.loads(line)
                manifest = base64.b64decode(value["manifest"]) if "manifest" in value else None
                done = registry.publish(json.dumps(value["envelope"]).encode(), manifest=manifest)
                sys.stdout.write(f"{done.index} {done.digest}\n")
                sys.stdout.flush()
    except Error as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))
