"""Asking a person before something is signed in their name."""

from __future__ import annotations

import click

from myself_i2i.cli._terminal import Terminal
from myself_i2i.errors import UsageError
from myself_i2i.wording import Text

__all__ = ["agreed"]


def agreed(terminal: Terminal, question: Text) -> bool:
    """Ask yes or no. Raises UsageError when nobody is there to answer."""
    try:
        return click.confirm(terminal.text(question), err=True)
    except click.Abort:
        terminal.say("")  # the question has no end of line yet
        raise UsageError(
            Text(en="nobody is there to read and agree", ja="読んで答える人がいません"),
            hint=Text(
                en="run it in a terminal, or give --yes after reading",
                ja="端末で実行するか、読んだうえで --yes を付けてください",
            ),
        ) from None
