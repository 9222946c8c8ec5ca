from __future__ import annotations

import json
import socket

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from myself_i2i.client.http import AnsweredError, Remote, form, is_here
from myself_i2i.errors import Error, InputError, RegistryError, UsageError
from tests.client.serving import Reply, serving


class TestAt:
    @pytest.mark.parametrize(
        "url",
        [
            "https://registry.example",
            "https://registry.example:8443/some/path",
            "http://127.0.0.1:8087",
            "http://localhost/",
            "http://[::1]:80",
        ],
    )
    def test_taken(self, url: str) -> None:
        """An https address, or http on this machine, is taken; a slash at the end makes no other place."""
        assert Remote.at(url) == Remote.at(url.rstrip("/"))

    @pytest.mark.parametrize(
        "url",
        [
            "",
            "registry.example",
            "http://registry.example",
            "http://127.0.0.1.example",
            "http://localhost.example",
            "ftp://localhost",
            "file:///etc/passwd",
            "https://",
            "https://me:secret@registry.example",
            "https://registry.example?x=1",
            "https://registry.example#x",
            "https://registry.example:port",
            "https://registry.example:99999",
            "https://registry.exam\nple",
            "https://レジストリ.example",
        ],
    )
    def test_refused(self, url: str) -> None:
        """Anything else is refused before a byte is sent."""
        with pytest.raises(UsageError):
            Remote.at(url)

    @pytest.mark.parametrize(("host", "here"), [("127.0.0.2", True), ("::1", True), ("10.0.0.1", False)])
    def test_this_machine(self, host: str, *, here: bool) -> None:
        """This machine is its own name and its loopback addresses."""
        assert here == is_here(host)


class TestAsking:
    def test_what_is_there(self) -> None:
        """A body comes back as it is, JSON as its value, and what is not there as None."""
        pages = {"/a": Reply(body=b"\x00\xff"), "/b": Reply(body=b'{"x": 1}')}
        with serving(lambda asked: pages.get(asked.path, Reply(404))) as (url, asked):
            remote = Remote.at(url)
            assert (b"\x00\xff", {"x": 1}, None, None) == (
                remote.get("/a"),
                remote.get_json("/b"),
                remote.get("/c"),
                remote.get_json("/c"),
            )
        assert asked[0].headers["user-agent"].startswith("myself-i2i/")

    def test_what_is_sent(self) -> None:
        """A form arrives with its parts, bytes untouched."""
        with serving(lambda _: Reply(201, b"ok")) as (url, asked):
            body, kind = form({"envelope": b"{}", "manifest": b"\r\n--\x00"}, boundary="ab" * 16)
            assert b"ok" == Remote.at(url).post("/statements", body, kind)
        assert ("POST", "/statements", body) == (asked[0].method, asked[0].path, asked[0].body)
        assert "multipart/form-data; boundary=" + "ab" * 16 == asked[0].headers["content-type"]
        assert b'name="manifest"\r\n\r\n\r\n--\x00\r\n--' in body

    def test_a_refusal_is_told_in_both_languages(self) -> None:
        """What the registry says of a refusal is said on, shortened where it is endless."""
        told = {"error": {"message": {"en": "no" * 999, "ja": "いいえ"}, "hint": {"en": "try", "ja": "次"}}}
        reply = Reply(400, json.dumps(told).encode())
        with serving(lambda _: reply) as (url, _), pytest.raises(AnsweredError) as error:
            Remote.at(url).post("/statements", b"", "text/plain")
        assert (400, "いいえ", "次") == (
            error.value.status,
            error.value.message.ja,
            error.value.hint.ja if error.value.hint else None,
        )
        assert 600 == len(error.value.message.en)

    @pytest.mark.parametrize("status", [429, 500, 503])
    def test_unable(self, status: int) -> None:
        """A registry that cannot answer now is told so: not the fault of what was sent."""
        with serving(lambda _: Reply(status)) as (url, _), pytest.raises(RegistryError, match=str(status)):
            Remote.at(url).get("/")

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_no_redirects(self, status: int) -> None:
        """What is sent goes to the address that was named, and nowhere else."""
        with serving(lambda _: Reply(200)) as (other, elsewhere):
            reply = Reply(status, headers={"location": other + "/x"})
            with serving(lambda _: reply) as (url, _):
                with pytest.raises(RegistryError):
                    Remote.at(url).get("/")
                with pytest.raises(RegistryError):
                    Remote.at(url).post("/", b"x", "text/plain")
        assert [] == elsewhere

    def test_bounded(self) -> None:
        """An answer larger than expected is refused, and not read to its end."""
        with serving(lambda _: Reply(body=bytes(1_000))) as (url, _):
            assert 1_000 == len(Remote.at(url).get("/", most=1_000) or b"")
            with pytest.raises(InputError):
                Remote.at(url).get("/", most=999)

    def test_nobody_there(self) -> None:
        """A registry that is not there, or breaks off, is our error, with its address."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        with pytest.raises(RegistryError, match=str(port)):
            Remote.at(f"http://127.0.0.1:{port}").get("/")
        with serving(lambda _: Reply(body=b"x", length=1_000)) as (url, _), pytest.raises(RegistryError):
            Remote.at(url).get("/")

    def test_too_slow(self) -> None:
        """A registry that does not answer in time is given up."""
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            with pytest.raises(RegistryError):
                Remote.at(f"http://127.0.0.1:{port}", seconds=0.2).get("/")

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.sampled_from([200, 400, 404, 418, 500]), st.binary(max_size=200) | st.just(b'{"error": {}}'))
    def test_strangers_bytes(self, status: int, body: bytes) -> None:
        """Whatever a registry answers, nothing but our own errors comes out."""
        with serving(lambda _: Reply(status, body)) as (url, _):
            try:
                Remote.at(url).get_json("/")
            except Error as error:
                assert error.message.ja  # noqa: PT017  # any of ours will do
