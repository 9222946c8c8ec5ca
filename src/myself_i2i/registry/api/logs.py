"""Logs as one JSON object a line. No address, no path, no query, no key: an operation's name, a status, a time.

What an exception says may quote what was sent, so of an unexpected one only its type and places are written.
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any, Final

__all__ = ["LOGGER", "JsonFormatter", "configuration"]

LOGGER: Final = logging.getLogger("myself_i2i.registry")
_FRAMES: Final = 12


class JsonFormatter(logging.Formatter):
    """Writes `at`, `level`, `event`, the fields given as `extra={"fields": {...}}`, and places of an exception."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
            line["error"] = type(error).__name__
            line["places"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return json.dumps(line, ensure_ascii=False)


def configuration() -> dict[str, Any]:
    """Return a configuration for `logging` that sends ours and uvicorn's lines to stderr, as JSON.

    uvicorn's own access log is silent: it writes addresses and whole queries.
    """
    silent = {"handlers": [], "level": "CRITICAL", "propagate": False}
    quiet = {"handlers": ["stderr"], "level": "WARNING", "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonFormatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "loggers": {
            LOGGER.name: {"handlers": ["stderr"], "level": "INFO", "propagate": False},
            "uvicorn": quiet,
            "uvicorn.access": silent,
            "python_multipart": silent,  # says which byte of a broken form was odd
        },
    }
