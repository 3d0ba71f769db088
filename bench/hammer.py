"""A mail client that does nothing but send: what the sink can take at most."""

import socket
import sys
from uuid import uuid4

BODY = b"\r\n".join([b"Subject: Something is waiting for you", b"", *[b"x" * 70] * 12, b"."])


def hammer(port: int, count: int, *, pipelined: bool) -> None:
    """``count`` letters over one line; with ``pipelined``, the commands of each in one packet."""
    start = b"MAIL FROM:<a@bench.example>\r\n", b"RCPT TO:<b@bench.example>\r\n", b"DATA\r\n"
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.recv(4096)
        ask(line, b"EHLO hammer\r\n", b"250 SMTPUTF8\r\n")
        for _ in range(count):
            if pipelined:
                ask(line, b"".join(start), b"354 Go ahead\r\n")
            else:
                for command in start:
                    ask(line, command, b"\r\n")
            ask(line, b"Message-ID: <%s@hammer>\r\n%s\r\n" % (uuid4().hex.encode(), BODY), b"\r\n")
        ask(line, b"QUIT\r\n", b"\r\n")


def ask(line: socket.socket, command: bytes, end: bytes) -> None:
    line.sendall(command)
    answer = b""
    while not answer.endswith(end):
        got = line.recv(4096)
        if not got:
            raise ConnectionError("the sink hung up")
        answer += got


if __name__ == "__main__":
    hammer(int(sys.argv[1]), int(sys.argv[2]), pipelined=sys.argv[3] == "pipelined")
