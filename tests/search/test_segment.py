import dataclasses
import json
import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from myself_i2i.search.mih import as_rows, widths
from myself_i2i.search.segment import FORMAT, HEADER_BYTES, SUFFIX, Segment, read_segment, write_segment
from tests.search.codes import code

CODES = as_rows(b"".join(code(at) for at in range(300))).reshape(-1, 4)


def write(folder: Path, name: str = "one") -> Segment:
    """Write a segment of three hundred codes."""
    return write_segment(folder, CODES, name=name, kind="plain_v1", after=0, upto=300)


@contextmanager
def small_disk(size: int) -> Iterator[None]:
    """Let no file grow past `size` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


class TestSegment:
    def test_reads_back(self, tmp_path: Path) -> None:
        """What is read has the codes written, and finds each of them."""
        tables = read_segment(tmp_path, write(tmp_path))
        assert tables is not None
        assert np.array_equal(CODES, tables.codes)
        for at in range(0, 300, 50):
            assert [at] == tables._look(CODES[at], 31, most=2**40).positions.tolist()  # type: ignore[union-attr]

    def test_same_codes_same_bytes(self, tmp_path: Path) -> None:
        """Writing the same again gives the same file, byte for byte."""
        write(tmp_path)
        first = (tmp_path / f"one{SUFFIX}").read_bytes()
        write(tmp_path)
        assert first == (tmp_path / f"one{SUFFIX}").read_bytes()

    def test_missing(self, tmp_path: Path) -> None:
        """A file that is not there is told from a damaged one."""
        segment = write(tmp_path)
        (tmp_path / f"one{SUFFIX}").unlink()
        with pytest.raises(FileNotFoundError):
            read_segment(tmp_path, segment)

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(st.data())
    def test_any_change_is_noticed(self, tmp_path: Path, data: st.DataObject) -> None:
        """A file with any byte changed, cut off or added is not used."""
        segment = write(tmp_path)
        path = tmp_path / f"one{SUFFIX}"
        whole = path.read_bytes()
        at = data.draw(st.integers(0, len(whole) - 1) | st.integers(0, HEADER_BYTES))
        damage = data.draw(st.sampled_from(["flip", "cut", "more"]))
        changed = {
            "flip": whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :],
            "cut": whole[:at],
            "more": whole + bytes(at + 1),
        }[damage]
        path.write_bytes(changed)
        assert read_segment(tmp_path, segment) is None

    def test_another_segment_in_its_place(self, tmp_path: Path) -> None:
        """A whole segment under another's name, or of another range, kind or length, is not used."""
        segment = write(tmp_path)
        (tmp_path / f"two{SUFFIX}").write_bytes((tmp_path / f"one{SUFFIX}").read_bytes())
        for other in (
            dataclasses.replace(segment, name="two"),
            dataclasses.replace(segment, kind="other_v1"),
            dataclasses.replace(segment, upto=301),
            dataclasses.replace(segment, checksum=segment.checksum ^ 1),
            dataclasses.replace(segment, count=299),
        ):
            assert read_segment(tmp_path, other) is None

    def test_full_disk_leaves_nothing(self, tmp_path: Path) -> None:
        """When the disk takes no more, the error comes out and no file stays, under any name."""
        with small_disk(20_000), pytest.raises(OSError, match="too large"):
            write(tmp_path)
        assert [] == list(tmp_path.iterdir())


class TestPage:
    def test_example_is_the_header(self) -> None:
        """The header shown on the page is, byte for byte, the one that is written for such a segment."""
        page = Path(__file__).parents[2] / "spec" / "search.md"
        (line,) = re.findall(r"^\{.*\}$", page.read_text(), re.MULTILINE)
        said = json.loads(line)
        assert FORMAT == said.pop("format")
        assert list(widths(said["bits"], said["count"])) == said.pop("widths")
        assert line == Segment(**said).header.decode().rstrip()
