"""Time to mark against a bare c2pa-python sign of the same file: `python benchmarks/mark.py [ROUNDS]`.

Bare = one `Builder.sign` with a reused context, thumbnails off, one action, the same key and certificate. Mark = all
that `myself-i2i mark` does once a file's bytes and statements are at hand: container, digest, XMP, manifest with
pledge, record and three sources, signature, digest again. Runs alternate, so a busy machine slows both.
"""

from __future__ import annotations

import hashlib
import io
import json
import secrets
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

import c2pa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from PIL import Image

from myself_i2i.c2pa import certificate, labels, native
from myself_i2i.marking.content_credentials import Signing, mark
from myself_i2i.marking.manifest import MarkContent, MarkSource
from myself_i2i.marking.xmp import XmpFacts

GOAL = 1.5
SIDE = 1024


def picture(form: str) -> bytes:
    """Return a picture of 1024 x 1024 with enough noise to weigh about 2 MB as a PNG."""
    smooth = Image.linear_gradient("L").resize((SIDE, SIDE))
    bands = [Image.blend(smooth, Image.effect_noise((SIDE, SIDE), 40 + 10 * i), 0.3) for i in range(3)]
    output = io.BytesIO()
    Image.merge("RGB", bands).save(output, form, **({"quality": 90} if form != "PNG" else {}))
    return output.getvalue()


def envelope(name: str) -> bytes:
    """Return an envelope of the size of a real one."""
    text = json.dumps({"name": name, "text": "x" * 900})
    return json.dumps(
        {"payload": text.encode().hex(), "payloadType": "application/vnd.in-toto+json"}
    ).encode()


def content(keyid: str) -> MarkContent:
    """Return an i2i mark with three sources."""
    sources = tuple(
        MarkSource(
            sha256=hashlib.sha256(bytes([i])).hexdigest(),
            mime="image/png",
            basis="own-drawing",
            statement=envelope(f"source {i}"),
        )
        for i in range(3)
    )
    return MarkContent(
        keyid=keyid,
        generator_version="benchmark",
        mode="i2i",
        image_input="yes",
        pledge=envelope("pledge"),
        generation=envelope("generation"),
        sources=sources,
    )


def bare_sign(data: bytes, mime: str, chain: bytes, key: bytes, context: c2pa.Context) -> bytes:
    """Sign with c2pa-python alone."""
    manifest = {
        "claim_generator_info": [{"name": "bare", "version": "0"}],
        "assertions": [
            {
                "label": labels.ACTIONS,
                "data": {
                    "actions": [
                        {
                            "action": labels.ACTION_CREATED,
                            "digitalSourceType": labels.TRAINED_ALGORITHMIC_MEDIA,
                        }
                    ]
                },
            }
        ],
    }
    output = io.BytesIO()
    info = c2pa.C2paSignerInfo(c2pa.C2paSigningAlg.ED25519, chain, key, None)
    with c2pa.Signer.from_info(info) as signer, c2pa.Builder(manifest, context=context) as builder:
        builder.sign(signer, mime, io.BytesIO(data), output)
    return output.getvalue()


def alternate(
    first: Callable[[], object], second: Callable[[], object], rounds: int
) -> tuple[float, float, float]:
    """Return the median milliseconds of both, and the median ratio of neighbouring runs, second over first."""
    first(), second()
    times: list[tuple[float, float]] = []
    for _ in range(rounds):
        pair = []
        for action in (first, second):
            started = time.perf_counter()
            action()
            pair.append((time.perf_counter() - started) * 1000)
        times.append((pair[0], pair[1]))
    ratio = statistics.median(b / a for a, b in times)
    return statistics.median(a for a, _ in times), statistics.median(b for _, b in times), ratio


def main() -> int:
    """Print the table; 0 when the PNG ratio meets the goal."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    private = Ed25519PrivateKey.generate()
    key = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    issued = certificate.issue(
        private.public_key(), "benchmark", now=datetime.now(UTC), random=secrets.token_bytes
    )
    signing = Signing(chain_pem=issued.chain_pem, key=key)
    off = c2pa.Context.from_dict({"builder": {"thumbnail": {"enabled": False}}})
    default = c2pa.Context()
    native.self_test()
    said, facts = content(issued.keyid), XmpFacts(system="ComfyUI")
    ratios = {}
    print(
        f"{'file':12} {'bytes':>9} {'bare ms':>8} {'mark ms':>8} {'ratio':>6} {'bare, default thumbnails ms':>28}"
    )
    for form in ("PNG", "JPEG", "WEBP", "AVIF"):
        data, mime = picture(form), f"image/{form.lower()}"
        bare, ours, ratios[form] = alternate(
            lambda data=data, mime=mime: bare_sign(data, mime, issued.chain_pem, key, off),
            lambda data=data: mark(data, said, signing, facts=facts),
            rounds,
        )
        started = time.perf_counter()
        bare_sign(data, mime, issued.chain_pem, key, default)
        thumbnails = (time.perf_counter() - started) * 1000
        print(f"{form:12} {len(data):9,} {bare:8.2f} {ours:8.2f} {ratios[form]:6.2f} {thumbnails:28.1f}")
    print(f"goal: at most {GOAL} for the PNG")
    return 0 if ratios["PNG"] <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
