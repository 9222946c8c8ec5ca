"""Bring the catalogues of the pages in line with the templates: `python scripts/catalogues.py [--check]`.

Each key that a template or a page uses gets a place in both catalogues, in the order in which it is used, with where
it stands; a key that nothing uses any more goes. With `--check` nothing is written, and what would change is told.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from myself_i2i.web.catalogue import DOMAIN
from myself_i2i.wording import LANGUAGES

WEB = Path(__file__).parents[1] / "src" / "myself_i2i" / "web"
METHODS = [("**.py", "python"), ("**.j2", "jinja2.ext:babel_extract")]
KEYWORDS = {"_": None, "raw": None, "say": (2,)}
"""`_("key")` and `raw("key")` in templates; `self.say(request, "key")` in Python."""


def used() -> Iterator[tuple[str, str]]:
    """Yield each key with the file that uses it, once a file."""
    found = extract_from_dir(WEB, METHODS, keywords=KEYWORDS)
    places = sorted((name, line, str(message)) for name, line, message, _, _ in found)
    yield from dict.fromkeys((message, name) for name, _, message in places)


def updated(old: Catalog, language: str) -> bytes:
    """Return a catalogue's file with the sentences of `old` under the keys that are used now."""
    new = Catalog(locale=language, domain=DOMAIN, fuzzy=False)
    for key, name in used():
        known = old.get(key)
        new.add(key, known.string if known else "", locations=[(name, 0)])
    out = io.BytesIO()
    write_po(out, new, width=0, omit_header=True, include_lineno=False)
    return HEADER.format(language=language).encode() + out.getvalue()


HEADER = """\
# The words of a registry's pages. Keys are names; each language is an original, not a translation.
msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def main() -> int:
    """Update both catalogues, or say which are out of date."""
    stale = 0
    for language in LANGUAGES:
        path = WEB / "locale" / language / "LC_MESSAGES" / f"{DOMAIN}.po"
        data = path.read_bytes()
        wanted = updated(read_po(io.BytesIO(data), locale=language), language)
        if wanted != data:
            stale = 1
            print(f"{path.name} ({language}) is out of date")
            if "--check" not in sys.argv:
                path.write_bytes(wanted)
    return stale if "--check" in sys.argv else 0


if __name__ == "__main__":
    raise SystemExit(main())
