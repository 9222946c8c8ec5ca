"""Colours that can be read: WCAG 2.2, 1.4.3 and 1.4.11, computed from the style sheet itself."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

STYLE = (files("myself_i2i.web") / "static" / "style.css").read_text(encoding="utf-8")
TEXT, PARTS = 4.5, 3.0
READ = [
    (ink, paper)
    for ink in ("ink", "soft", "accent")
    for paper in ("paper", "card", "wash")
]  # fmt: skip
READ.append(("on-accent", "accent"))
SEEN = [("edge", "paper"), ("edge", "card"), ("accent", "paper"), ("accent", "card")]
"""Borders of what can be pressed or filled in, and the ring around what has the focus."""


def schemes() -> dict[str, dict[str, str]]:
    """The colours of both schemes."""
    light, dark = (
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
        for block in re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    )
    return {"light": light, "dark": light | dark}


def luminance(colour: str) -> float:
    """WCAG's relative luminance."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    darker, lighter = sorted((luminance(a), luminance(b)))
    return (lighter + 0.05) / (darker + 0.05)


class TestColours:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_text(self, scheme: str) -> None:
        """Text stands out from what is behind it by 4.5 to 1 or more."""
        colours = schemes()[scheme]
        faint = [pair for pair in READ if contrast(colours[pair[0]], colours[pair[1]]) < TEXT]
        assert [] == faint

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_parts(self, scheme: str) -> None:
        """Fields, buttons and the ring of the focus stand out by 3 to 1 or more."""
        colours = schemes()[scheme]
        assert [] == [pair for pair in SEEN if contrast(colours[pair[0]], colours[pair[1]]) < PARTS]

    def test_both_schemes(self) -> None:
        """Who likes it dark gets every colour in dark."""
        light, dark = schemes().values()
        assert [] == [name for name in light if light[name] == dark[name]]

    def test_no_other_colours(self) -> None:
        """Every colour is one of these, so that the tests above see all of them."""
        rules = re.sub(r":root \{.*?\}", "", STYLE, flags=re.DOTALL)
        assert [] == re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(", rules)

    def test_formula(self) -> None:
        """Black on white is 21 to 1, as WCAG says."""
        assert 21 == round(contrast("#000000", "#ffffff"), 6)


class TestWeight:
    def test_small(self) -> None:
        """The whole style is one small file without a font or a picture."""
        assert len(STYLE) < 12_000
        assert [] == re.findall(r"url\(|@import|@font-face", STYLE)
