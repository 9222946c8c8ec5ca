"""Numbers about the service for Prometheus: counts and seconds by operation, nothing about anybody.

Each process counts for itself; with several workers behind one socket a scrape reads whichever answers.
"""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

__all__ = ["MEDIA_TYPE", "Metrics"]

MEDIA_TYPE: Final = CONTENT_TYPE_LATEST
BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_PREFIX: Final = "myself_i2i_registry"


class Metrics:
    """The numbers of one app."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._seconds = Histogram(
            "request_seconds",
            "How long requests took, by operation",
            ["operation"],
            namespace=_PREFIX,
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._requests = Counter(
            "requests",
            "Requests answered, by operation and status",
            ["operation", "status"],
            namespace=_PREFIX,
            registry=self._registry,
        )
        self.running = Gauge(
            "running_requests", "Requests in work now", namespace=_PREFIX, registry=self._registry
        )
        """Requests in work."""
        self._entries = Gauge(
            "log_entries",
            "Entries under the published checkpoint",
            namespace=_PREFIX,
            registry=self._registry,
        )

    def answered(self, operation: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._requests.labels(operation, str(status)).inc()
        self._seconds.labels(operation).observe(seconds)

    def text(self, *, entries: int) -> bytes:
        """Return all numbers in the format of Prometheus, with how long the log is now."""
        self._entries.set(entries)
        return generate_latest(self._registry)
