"""`near` as data; what it says is in tests/cli/scripts/near.txt."""

import json
from pathlib import Path

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types

from tests.comparison.scenes import flat, repainted, saved, scene
from tests.support.sessions import Step, run

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "spec" / "comparison.schema.json").read_text(encoding="utf-8")
)


class TestNear:
    def test_lines(self, tmp_path: Path) -> None:
        """Each file is one line as the schema says, in the order given, whatever is in it; near ones name the reference."""
        references = tmp_path / "references"
        references.mkdir()
        for number in (1, 2, 3):
            (references / f"{number}.png").write_bytes(saved(scene(number)))
        (references / "flat.png").write_bytes(flat())
        files = {
            "again.jpg": saved(scene(2), "JPEG", quality=70),
            "painted.png": saved(repainted(3)),
            "other.png": saved(scene(90)),
            "broken.png": saved(scene(1))[:900],
            "flat.png": flat(),
        }
        for name, data in files.items():
            (tmp_path / name).write_bytes(data)
        code, lines = run(Step(f"myself-i2i near references {' '.join(files)} --json 2> /dev/null"), tmp_path)
        found = [json.loads(line) for line in lines]
        for one in found:
            Draft202012Validator(SCHEMA).validate(one)
        assert 1 == code
        assert list(files) == [one["file"] for one in found]
        assert [4, 4, 4, 0, 4] == [one["compared"] for one in found]
        again, painted, other, _, blank = found
        assert "references/2.png" == again["nearest"][0]["reference"]
        assert "references/3.png" == painted["nearest"][0]["reference"]
        assert not other["near"]
        assert ["references/flat.png"] == [one["reference"] for one in blank["nearest"]]

    def test_nothing_near(self, tmp_path: Path) -> None:
        """When nothing is near the exit code is 0, and a file that lies in the folder is not held against itself."""
        references = tmp_path / "references"
        references.mkdir()
        for number in (1, 2):
            (references / f"{number}.png").write_bytes(saved(scene(number)))
        code, lines = run(Step("myself-i2i near references references/1.png --json 2> /dev/null"), tmp_path)
        assert (0, 1) == (code, json.loads(lines[0])["compared"])
