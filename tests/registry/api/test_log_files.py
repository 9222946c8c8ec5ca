from __future__ import annotations

import pytest

from myself_i2i.registry.api.log_files import FOREVER
from myself_i2i.tlog import Checkpoint, Note, Tile, replay, tiles_of
from tests.registry.api.served import Served


class TestLogFiles:
    def test_replay(self, served: Served) -> None:
        """From what is served anybody can make the whole log again."""
        answer = served.client.get("/checkpoint")
        head = Checkpoint.parse(Note.parse(answer.content).verify(served.registry.log.key))
        found = {tile: served.client.get(f"/{tile.path}") for tile in tiles_of(head.size)}
        assert {200} == {one.status_code for one in found.values()}
        assert {FOREVER} == {one.headers["cache-control"] for one in found.values()}
        assert "no-cache" == answer.headers["cache-control"]
        assert head.size == len(list(replay(head, lambda tile: found[tile].content)))

    @pytest.mark.parametrize(
        "path",
        [
            "0/999",
            "0/000.p/0",
            "0/000.p/999",
            "%2e%2e/checkpoint",
            "0/..%2f..%2fkeys/log.pem",
            "",
            "entries/000.p/01",
            "-1/000",
        ],
    )
    def test_absent(self, served: Served, path: str) -> None:
        """Only tiles are served, whatever the path looks like."""
        assert 404 == served.client.get(f"/tile/{path}").status_code

    def test_name(self) -> None:
        """The path of a tile is what C2SP says."""
        assert "tile/0/000" == Tile(0, 0).path
