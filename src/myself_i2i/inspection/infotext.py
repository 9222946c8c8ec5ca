"""The generation text that AUTOMATIC1111 began and many tools write: a pure parser.

    masterpiece, a lighthouse
    Negative prompt: lowres
    Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 512x512, Lora hashes: "a: 1234, b: 5678", Version: v1.10.1

The text was never specified. The rules here are what the writers do: values that hold a comma, a colon or a line
break are JSON strings (`modules/infotext_utils.py: quote`), Civitai and `Hashes` put bare JSON there, and builds of
2022 wrote lists without quotes. The last line that starts with "Steps:" holds the settings, because everything
before it is the person's own text.

Time and memory are linear in the text: each character is looked at a fixed number of times, and no regular
expression here can backtrack over more than one key.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from myself_i2i.image.interface import LIMITS

__all__ = ["Infotext", "lora_tags", "parse", "parse_pairs"]

MAX_SETTINGS = 2**20
"""Most characters of settings that are looked at; the longest real ones hold a few thousand."""
MAX_FIELDS = 2_000
"""Most settings kept of one text."""
MAX_TOKENS = 20_000
"""Most comma-separated parts looked at in one text."""
MAX_PROMPT_SCANNED = 200_000
"""Most characters of a prompt searched for LoRA tags."""
MAX_LORA_TAGS = 500
"""Most LoRA tags kept of one prompt."""
MAX_BROKEN_JSON = 2
"""Most unclosed brackets tried before all further ones are read as plain text: the bound that keeps time linear."""

_STEPS_LINE = re.compile(r"^[ \t]*Steps:[ \t]*(?=\S)", re.MULTILINE)
_STEPS_INLINE = re.compile(r"(?:^|(?<=\s))Steps: (?=\d{1,6},)")
_NEGATIVE_LINE = re.compile(r"^[ \t]*Negative prompt:[ \t]*", re.MULTILINE)
_NEGATIVE_INLINE = re.compile(r"(?:^|(?<=\s))Negative prompt: ")
_EXTRAS_ONLY = re.compile(r"^Postprocess [^:\n]{1,80}: ")
_KEY = re.compile(r"(\w[^:,\"\n{}\[\]]{0,99}):[ \t]*")
_SEPARATORS = re.compile(r"[\s,]+")
_PLAIN = re.compile(r"[^,\n]*")
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_AFTER_VALUE = re.compile(r"[ \t]*(?=[,\n]|\Z)")
# The closing quote is optional: else a text of escaped quotes would be searched to its end from each of them.
_BRACKETS = re.compile(r'[{}\[\]]|"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_LORA = re.compile(r"<(?:lora|lyco|lycoris|loha|locon):([^:<>\n]{1,200})(?::[^<>\n]{0,100})?>", re.IGNORECASE)


@dataclass(frozen=True)
class Infotext:
    """One generation text, taken apart."""

    prompt: str
    """Everything before the negative prompt, stripped; may be empty."""
    negative_prompt: str | None
    """The negative prompt, stripped, or None when the text has no such line."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """The settings in their order, key as written, quoted values opened; of a key given twice, the first."""
    footer: str = ""
    """What stands on the lines after the settings (templates, warnings), stripped."""

    @functools.cached_property
    def _folded(self) -> dict[str, str]:
        folded: dict[str, str] = {}
        for key in self.fields:
            folded.setdefault(key.casefold(), key)
        return folded

    def key(self, *names: str) -> str | None:
        """Return the first of `names` that is there, spelled as the text spells it, compared without case."""
        return next(
            (self._folded[name.casefold()] for name in names if name.casefold() in self._folded), None
        )

    def get(self, *names: str) -> str | None:
        """Return the value of the first of `names` that is there, compared without case, or None."""
        key = self.key(*names)
        return None if key is None else self.fields[key]

    def number(self, *names: str) -> float | None:
        """Return `get(*names)` as a finite number, or None."""
        try:
            value = float(self.get(*names) or "")
        except ValueError:
            return None
        return value if abs(value) < float("inf") else None

    def size(self, *names: str) -> tuple[int, int] | None:
        """Return `get(*names)`, written "WIDTHxHEIGHT", as two numbers, or None."""
        match = re.match(r"(\d{1,6}) ?[x×] ?(\d{1,6})\b", self.get(*names) or "")
        return (int(match[1]), int(match[2])) if match else None

    def starting(self, *prefixes: str) -> tuple[str, ...]:
        """Return the keys that start with one of `prefixes`, compared without case, in order."""
        folded = tuple(prefix.casefold() for prefix in prefixes)
        return tuple(key for key in self.fields if key.casefold().startswith(folded))


def parse(text: str | None) -> Infotext | None:
    """Return `text` taken apart, or None when it is no generation text. Never raises.

    A text is one when a line starts with "Steps:", or, where a site turned the line breaks into blanks, when
    "Steps: NUMBER," stands inside it, or when it consists of the settings of the Extras tab alone.
    """
    return None if text is None or len(text) > LIMITS.text else _parse(text)


# Five readers ask about the same text one after the other; the cache is small, so that a folder of thousands of
# files does not gather their texts.
@functools.lru_cache(maxsize=4)
def _parse(text: str) -> Infotext | None:
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip("\ufeff\0 \t\n")
    start = _settings_start(text)
    if start is None:
        return None
    settings = text[start : start + MAX_SETTINGS]
    pairs, end = _pairs(settings)
    fields: dict[str, str] = {}
    for key, value in pairs:
        fields.setdefault(key, value)
    prompt, negative = _prompts(text[:start])
    return Infotext(prompt=prompt, negative_prompt=negative, fields=fields, footer=settings[end:].strip())


def parse_pairs(text: str) -> dict[str, str]:
    """Return the "key: value, key: value" settings in `text`, such as one ControlNet unit. Never raises."""
    fields: dict[str, str] = {}
    for key, value in _pairs(text[:MAX_SETTINGS])[0]:
        fields.setdefault(key, value)
    return fields


def lora_tags(prompt: str) -> list[str]:
    """Return the names in `<lora:NAME:WEIGHT>` tags of `prompt`, each once, in order."""
    names: dict[str, None] = {}
    for match in _LORA.finditer(prompt[:MAX_PROMPT_SCANNED]):
        names.setdefault(match[1].strip())
        if len(names) >= MAX_LORA_TAGS:
            break
    return list(names)


def _settings_start(text: str) -> int | None:
    start = None
    for match in _STEPS_LINE.finditer(text):
        start = match.end() - len(match[0].lstrip())
    if start is not None:
        return start
    if text[:1] in "{[":  # some other tool's JSON; its strings may hold anything
        return None
    for match in _STEPS_INLINE.finditer(text):
        start = match.start()
    if start is None and _EXTRAS_ONLY.match(text):
        return 0
    return start


def _prompts(head: str) -> tuple[str, str | None]:
    # A1111 reads the first such line; a person's text may hold the words again further down.
    match = _NEGATIVE_LINE.search(head) or _NEGATIVE_INLINE.search(head)
    if match is None:
        return head.strip(), None
    return head[: match.start()].strip(), head[match.end() :].strip()


def _pairs(text: str) -> tuple[list[tuple[str, str]], int]:
    """Return the settings of the first line of `text` (JSON may run over lines), and where they end."""
    scanner = _Scanner(text)
    found = list(scanner.pairs())
    return found, scanner.position


class _Scanner:
    """Walks over settings once, left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._broken = 0
        self.position = 0

    def pairs(self) -> Iterator[tuple[str, str]]:
        pending: tuple[str, list[str]] | None = None
        count = 0
        for _ in range(MAX_TOKENS):
            if not self._more():
                break
            match = _KEY.match(self._text, self.position)
            if match is None:
                # No key: a list without quotes goes on ("X Values: 1, 2"), as builds of 2022 wrote it.
                part = self._plain()
                if pending is not None and part:
                    pending[1].append(part)
                continue
            if pending is not None:
                yield pending[0], ", ".join(pending[1])
                count += 1
                if count >= MAX_FIELDS:
                    return
            self.position = match.end()
            pending = (match[1].strip(), [self._value()])
        if pending is not None:
            yield pending[0], ", ".join(pending[1])

    def _more(self) -> bool:
        """Step over separators; False at the end of the text or of the settings' line."""
        match = _SEPARATORS.match(self._text, self.position)
        if match is not None:
            if "\n" in match[0]:
                return False
            self.position = match.end()
        return self.position < len(self._text)

    def _plain(self) -> str:
        match = _PLAIN.match(self._text, self.position)
        self.position = match.end() if match else len(self._text)
        return match[0].strip() if match else ""

    def _value(self) -> str:
        first = self._text[self.position : self.position + 1]
        if first == '"':
            return self._quoted()
        if first and first in "{[" and self._broken < MAX_BROKEN_JSON:
            return self._bracketed()
        return self._plain()

    def _quoted(self) -> str:
        match = _STRING.match(self._text, self.position)
        if match is None or _AFTER_VALUE.match(self._text, match.end()) is None:
            return self._plain()
        self.position = match.end()
        try:
            return str(json.loads(match[0], strict=False))
        except ValueError:
            return match[0][1:-1]

    def _bracketed(self) -> str:
        depth = 0
        for match in _BRACKETS.finditer(self._text, self.position):
            depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(match[0], 0)
            if depth == 0:
                value = self._text[self.position : match.end()]
                self.position = match.end()
                return value + self._rest()
        self._broken += 1
        return self._plain()

    def _rest(self) -> str:
        """What stands between a closing bracket and the next comma: part of a plain value such as "[a] b"."""
        rest = self._plain()
        return f" {rest}" if rest else ""
