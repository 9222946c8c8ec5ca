from dataclasses import fields
from pathlib import Path

import pytest

from myself_i2i.errors import UsageError
from myself_i2i.registry.settings import OPTIONS, PREFIX, Settings


class TestSettings:
    def test_defaults_serve_on_one_machine(self) -> None:
        """Without anything set, everything lies in one folder and only this machine is served."""
        made = Settings.read({})
        assert Settings() == made
        assert ("127.0.0.1", "http://127.0.0.1:8087", "127.0.0.1:8087", "127.0.0.1") == (
            made.host,
            made.url,
            made.log_origin,
            made.title,
        )
        assert "sqlite:///registry/registry.sqlite" == made.database_url
        assert [Path("registry") / name for name in ("log", "index", "keys")] == [
            made.log_folder,
            made.index_folder,
            made.keys_folder,
        ]

    def test_every_option_is_explained(self) -> None:
        """Each option has words in both languages, and nothing else has."""
        assert [one.name for one in fields(Settings)] == list(OPTIONS)
        assert all(text.en and text.ja for text in OPTIONS.values())

    def test_environment_wins(self) -> None:
        """An option stands in the file or in the environment, which wins; what is not ours is left alone."""
        file = b'url = "https://registry.example/"\nport = 80\nname = "A"\nper_key_per_day = 5'
        made = Settings.read({f"{PREFIX}PORT": "81", f"{PREFIX}NAME": "B", "PORT": "82"}, file)
        assert (81, "B", 5, "registry.example") == (
            made.port,
            made.name,
            made.per_key_per_day,
            made.log_origin,
        )
        assert "http://[::1]:8087" == Settings.read({f"{PREFIX}HOST": "::1"}).url

    def test_places_of_their_own(self) -> None:
        """Database, log, index and keys can lie anywhere."""
        made = Settings.read(
            {}, b'database = "postgresql+pg8000://x/y"\nlog = "/a"\nindex = "/b"\nkeys = "/c"'
        )
        assert ("postgresql+pg8000://x/y", Path("/a"), Path("/b"), Path("/c")) == (
            made.database_url,
            made.log_folder,
            made.index_folder,
            made.keys_folder,
        )

    @pytest.mark.parametrize(
        ("file", "told"),
        [
            (b"colour = 1", "colour"),
            (b"port = 0", "port"),
            (b"port = true", "port"),
            (b"port = 1.5", "port"),
            (b'port = "x"', "port"),
            (b"name = 3", "name"),
            (b'url = "http://registry.example"', "url"),
            (b'url = "registry"', "url"),
            (b'url = "ftp://127.0.0.1"', "url"),
            (b"= nonsense", "TOML"),
            (b"\xff", "TOML"),
        ],
    )
    def test_refused(self, file: bytes, told: str) -> None:
        """An option that is unknown or not right is told by its name."""
        with pytest.raises(UsageError, match=told):
            Settings.read({}, file)
