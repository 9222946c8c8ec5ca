from __future__ import annotations

import json
from dataclasses import replace

import pytest

from myself_i2i.c2pa import _self_test, native
from myself_i2i.c2pa._failures import REMOTE, SigningError

PORT = _self_test.Port(
    sign=native._sign_for_test,
    read=native._read_for_test,
    remote=REMOTE,
    accepts=native._accepts_for_test,
)


class TestRun:
    def test_holds(self) -> None:
        """With the installed library every setting has its effect."""
        assert None is _self_test.run(PORT)

    @pytest.mark.parametrize(
        ("old", "new", "found"),
        [
            ("trust_config", "trust_configg", "trust.trust_config"),
            ("trust_anchors", "trust_anchorss", "trust.trust_config"),
            ("anchors", "anchorz", "trust.trust_config"),
        ],
    )
    def test_misspelt_trust(self, old: str, new: str, found: str) -> None:
        """A misspelt trust setting, which the library takes without a word, is found."""

        def read(data: bytes, settings: str) -> dict[str, object] | str:
            return native._read_for_test(data, settings.replace(f'"{old}"', f'"{new}"'))

        assert found == _self_test.run(replace(PORT, read=read))

    def test_fetching(self) -> None:
        """A library that would fetch a remote manifest is found; the address is this machine's discard port."""

        def read(data: bytes, settings: str) -> dict[str, object] | str:
            asked = json.loads(settings)
            asked.pop("verify"), asked.pop("core")
            return native._read_for_test(data, json.dumps(asked))

        assert "verify.remote_manifest_fetch" == _self_test.run(replace(PORT, read=read))

    def test_gathered(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Assertions that the signer would not vouch for are found."""
        loose = json.loads(native._SIGN)
        del loose["builder"]["created_assertion_labels"]
        monkeypatch.setattr(native, "_SIGN", json.dumps(loose))
        assert "builder.created_assertion_labels" == _self_test.run(PORT)

    def test_thumbnails(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A library that adds thumbnails of its own is found."""

        def sign(*arguments: object) -> tuple[bytes, bytes]:
            data, store = native._sign_for_test(*arguments)  # type: ignore[arg-type]
            return data, store + b"c2pa.thumbnail.claim"

        monkeypatch.setattr(_self_test, "is_all_created", lambda _: True)
        assert "builder.thumbnail" == _self_test.run(replace(PORT, sign=sign))

    @pytest.mark.parametrize("key", ["core.allow_redirectz", "verify.ocsp_fetchh", "bilder.thumbnail"])
    def test_unknown_key(self, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """A key that the library does not know, which it takes without a word, is found by its name."""
        table, name = key.split(".")
        monkeypatch.setattr(_self_test, "SIGN", {table: {name: True}})
        assert key == _self_test.run(PORT)


class TestOnce:
    def test_refuses(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """When a setting has no effect nothing is signed or read, and the setting is named."""
        native._self_tested.cache_clear()
        monkeypatch.setattr(_self_test, "run", lambda _: "trust.anchors")
        with pytest.raises(SigningError, match=r"trust\.anchors"):
            native.read(b"", "image/png")
        native._self_tested.cache_clear()
