from __future__ import annotations

import json

from myself_i2i.registry.api.bindings import NAMES
from tests.registry.api.served import Served


class TestServices:
    def test_algorithms(self, served: Served) -> None:
        """The kinds of soft bindings are those that `byBinding` takes."""
        told = served.client.get("/services/supportedAlgorithms").json()
        assert {"watermarks": [], "fingerprints": [{"alg": name} for name in NAMES]} == told

    def test_discovery(self, served: Served) -> None:
        """From the well-known address a client finds the API, its state and what it can do."""
        told = served.client.get("/.well-known/c2pa-soft-binding-resolution").json()
        assert "http://127.0.0.1:8087" == told["apiEndpoint"]
        assert "ok" == served.client.get(told["statusEndpoint"]).json()["status"]
        assert "2.4.0" == served.client.get(told["capabilitiesEndpoint"]).json()["c2paSpecificationVersion"]

    def test_health(self, served: Served) -> None:
        """A registry that works says so."""
        assert (200, {"status": "ok"}) == (
            (answer := served.client.get("/healthz")).status_code,
            answer.json(),
        )

    def test_openapi(self, served: Served) -> None:
        """The document is there in both languages, alike but for its sentences."""
        told = [
            json.loads(served.client.get("/openapi.json", headers={"accept-language": language}).content)
            for language in ("en", "ja")
        ]
        assert told[0]["info"]["title"] != told[1]["info"]["title"]
        assert list(told[0]["paths"]) == list(told[1]["paths"])

    def test_metrics(self, served: Served) -> None:
        """The numbers name operations and statuses, never an address or a path."""
        served.client.get("/nowhere/at/all")
        text = served.client.get("/metrics").text
        assert 'myself_i2i_registry_requests_total{operation="unknown",status="404"}' in text
        assert "myself_i2i_registry_log_entries" in text
        assert not any(word in text for word in ("nowhere", "192.0.2"))
