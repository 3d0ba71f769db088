"""The server itself, with nothing of ours behind it: where one request ends and the next begins.

Whatever stands in front must not be made to see another end than we do (request smuggling).
"""

import contextlib
import socket
import subprocess
import sys
import time

import pytest

from practice.launch.place import free_port

from .production import ROOT

HOST = b"Host: 127.0.0.1\r\n"
POST = b"POST / HTTP/1.1\r\n" + HOST
GET = b"GET /second HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"


def app(environ, start_response):
    """Says what it was asked for, and how much came with it."""
    body = environ["wsgi.input"].read()
    said = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} {len(body)}".encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(said)))])
    return [said]


@pytest.fixture(scope="module")
def port():
    """As the Dockerfile starts it."""
    number = free_port()
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"),
        *("--host", "127.0.0.1", "--port", str(number), "tests.security.test_wire:app"),
    ]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until and server.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", number), 1):
                break
        yield number
    finally:
        server.terminate()
        server.wait(20)


def says(port, sent: bytes) -> bytes:
    """Everything that comes back on one line, until it is silent or shut."""
    with socket.create_connection(("127.0.0.1", port), 20) as line:
        line.sendall(sent)
        line.settimeout(20)
        came = b""
        with contextlib.suppress(ConnectionResetError, TimeoutError):
            while more := line.recv(65536):
                came += more
    return came


@pytest.mark.processes
class TestWhereARequestEnds:
    def test_two_in_a_row_are_two(self, port):
        came = says(port, POST + b"Content-Length: 4\r\n\r\nabcd" + GET)
        assert came.count(b"HTTP/1.1 200") == 2
        assert b"POST / 4" in came
        assert b"GET /second 0" in came

    def test_with_chunks_no_length_is_looked_at(self, port):
        head = POST + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n"
        came = says(port, head + b"0\r\n\r\n" + GET)
        assert b"POST / 6" not in came
        assert b"POST / 0" in came or b"HTTP/1.1 400" in came

    @pytest.mark.parametrize(
        "head",
        [
            b"Content-Length: 6\r\nContent-Length: 0\r\n",
            b"Content-Length: +4\r\n",
            b"Content-Length: -1\r\n",
            b"Transfer-Encoding : chunked\r\n",
            b"Transfer-Encoding: xchunked\r\n",
            b"Transfer-Encoding: identity, chunked, identity\r\n",
            b"X: a\r\n Folded: b\r\n",
            b"X\x00: a\r\n",
        ],
    )
    def test_what_can_be_read_in_two_ways_is_refused(self, port, head):
        came = says(port, POST + head + b"\r\n" + GET)
        assert came.startswith(b"HTTP/1.1 400")
        assert came.count(b"HTTP/1.1") == 1

    def test_a_head_without_end_is_refused(self, port):
        came = says(port, b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 900_000 + b"\r\n\r\n")
        assert came.startswith(b"HTTP/1.1 431")
