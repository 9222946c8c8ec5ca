"""Write vectors/verify, vectors/trust and vectors/fuzz anew: `python -m vectors.make`, from the root of the repository.

Keys and pictures come from fixed names. Certificates begin when this runs, and the C2PA library gives every manifest a
random name, so a second run makes other bytes of the same cases; the answers in vectors/cases.py stay. Fails when a
check of what was written does not give them.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from tests.test_vectors import answer

from vectors.case import AUTHORITIES, Case
from vectors.cases import CASES
from vectors.cases_fuzz import FOUND

HERE = Path(__file__).parent
README = """# {name}

**What:** {what}

**Answer:** {answer}. {why}

**Made by:** `vectors/make.py`, case `{name}`.
"""


FUZZ = """# Found

Files that once were answered wrongly, slowly or not at all. Every test run tries them: none may raise, take two seconds, or
make anything be printed that is no JSON.

"""


def write(case: Case, folder: Path) -> None:
    """Write one case."""
    folder.mkdir(parents=True)
    picture = f"picture.{case.suffix}"
    (folder / picture).write_bytes(case.make())
    known = dict(case.knowledge)
    if case.sidecar is not None:
        (folder / f"{picture}.c2pa").write_bytes(case.sidecar())
    if case.statements is not None:
        envelopes = [signed.envelope.to_json() for signed in case.statements()]
        lines = b",\n".join(envelopes)
        (folder / "statements.json").write_bytes(b"[\n" + lines + b"\n]\n")
        keys = [signed.public_key.to_base64() for signed in case.statements()]
        known |= {"statements": "statements.json", "keys": sorted(set(keys))}
    told = {
        "picture": picture,
        "sidecar": f"{picture}.c2pa" if case.sidecar is not None else None,
        "knowledge": known,
        "report": dict(case.expected),
    }
    (folder / "expected.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    verdict = "must not end with 0" if case.name.endswith("_fail") else "must end with 0"
    text = README.format(name=case.name, what=case.what, why=case.why, answer=f"a check {verdict}")
    (folder / "README.md").write_text(text, encoding="utf-8")


def main() -> None:
    """Write everything."""
    for name in ("verify", "trust", "fuzz"):
        shutil.rmtree(HERE / name, ignore_errors=True)
    (HERE / "trust").mkdir()
    (HERE / "fuzz").mkdir()
    lines = [f"- `{name}`: {said}" for name, (said, _) in FOUND.items()]
    (HERE / "fuzz" / "README.md").write_text(FUZZ + "\n".join(lines) + "\n", encoding="utf-8")
    for name, (_, made) in FOUND.items():
        (HERE / "fuzz" / name).write_bytes(made())
    for name, issuer in AUTHORITIES.items():
        (HERE / "trust" / f"{name}.pem").write_bytes(issuer.pem)
    for case in CASES:
        folder = HERE / "verify" / case.name
        write(case, folder)
        told, found = answer(folder)
        if told != found:
            sys.exit(f"{case.name}: wanted {told}, got {found}")


if __name__ == "__main__":
    main()
