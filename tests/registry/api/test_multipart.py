import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.errors import InputError
from myself_i2i.registry.api.multipart import PARTS, read_parts

TYPE = "multipart/form-data; boundary=xx"


def form(*parts: tuple[str, bytes], end: bytes = b"--xx--\r\n") -> bytes:
    written = b"".join(
        b'--xx\r\nContent-Disposition: form-data; name="%b"; filename="f"\r\n\r\n%b\r\n'
        % (name.encode(), data)
        for name, data in parts
    )
    return written + end


class TestReadParts:
    @given(st.binary(max_size=200).filter(lambda data: b"\r\n--xx" not in data), st.binary(max_size=20))
    def test_parts(self, first: bytes, second: bytes) -> None:
        """Each part's bytes under its name, whatever they are."""
        assert {"a": first, "b": second} == read_parts(form(("a", first), ("b", second)), TYPE)

    @pytest.mark.parametrize(
        ("body", "kind"),
        [
            (form(("a", b"1")), "application/json"),
            (form(("a", b"1")), "multipart/form-data"),
            (form(("a", b"1")), "multipart/form-data; boundary=" + "x" * 300),
            (form(("a", b"1"), end=b""), TYPE),
            (form(("a", b"1"), ("a", b"2")), TYPE),
            (form(*((str(at), b"") for at in range(PARTS + 1))), TYPE),
            (b'--xx\r\nContent-Disposition: form-data; filename="f"\r\n\r\n1\r\n--xx--\r\n', TYPE),
            (b"--xx\r\nA: " + b"b" * 10_000, TYPE),
            (b"", TYPE),
            (b"nonsense", TYPE),
        ],
    )
    def test_refused(self, body: bytes, kind: str) -> None:
        """What is no whole form of few parts, each name once, is refused."""
        with pytest.raises(InputError):
            read_parts(body, kind)

    @given(st.binary(max_size=300), st.text(max_size=60))
    def test_anything(self, body: bytes, kind: str) -> None:
        """Any bytes under any type give parts or our own error."""
        for given_type in (kind, TYPE):
            try:
                read_parts(body, given_type)
            except InputError:
                continue
