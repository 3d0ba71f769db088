"""A mail server that is fast enough not to be what is measured, as a process of its own.

It takes every letter, remembers its Message-ID, and says on request what has come in. It speaks
just enough SMTP for that, and three words of its own: XCOUNT, XIDS, XRESET.
"""

import re
import select
import socket
import sys
import time
from collections import Counter

MESSAGE_ID = re.compile(rb"^message-id:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
GREETING = b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"
OK, GO_AHEAD, BYE, WHAT = b"250 OK\r\n", b"354 Go ahead\r\n", b"221 Bye\r\n", b"500 What?\r\n"
END = b"\r\n.\r\n"


class Letters:
    """All that has come in since the last XRESET."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.ids: Counter[bytes] = Counter()
        self.count = 0
        self.octets = 0
        self.first = self.last = 0.0

    def take(self, letter: bytes) -> None:
        self.last = time.monotonic()
        self.first = self.first or self.last
        self.count += 1
        self.octets += len(letter)
        found = MESSAGE_ID.search(letter, 0, (letter.find(b"\r\n\r\n") + 1) or len(letter))
        self.ids[found[1] if found else b""] += 1

    def summary(self) -> bytes:
        """Letters, distinct ids, octets, and when the first and the last came (monotonic)."""
        distinct = len(self.ids) - (b"" in self.ids)
        return f"250 {self.count} {distinct} {self.octets} {self.first} {self.last}\r\n".encode()


LETTERS = Letters()


class Conversation:
    """One client. Commands may come in one packet (RFC 2920), and are answered in one."""

    def __init__(self, line: socket.socket) -> None:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.line = line
        self.heard = b""
        self.is_letter = False
        self.say(b"220 sink\r\n")

    def say(self, answer: bytes) -> None:
        self.line.sendall(answer)

    def listen(self) -> bool:
        """Take what has come in and answer it; False when the line is at its end."""
        try:
            data = self.line.recv(262_144)
            self.heard = self.heard + data if self.heard else data
            answers = []
            while (answer := self._next()) is not None:
                answers.append(answer)
            if answers:
                self.say(b"".join(answers))
        except OSError:  # hung up in the middle
            return False
        return bool(data) and answers[-1:] != [BYE]

    def _next(self) -> bytes | None:
        """The answer to what has come in whole; None while there is nothing of that kind."""
        end = END if self.is_letter else b"\r\n"
        at = self.heard.find(end)
        if at < 0:
            return None
        said, self.heard = self.heard[:at], self.heard[at + len(end) :]
        if self.is_letter:
            self.is_letter = False
            LETTERS.take(said)
            return OK
        return self._answer(said)

    def _answer(self, command: bytes) -> bytes:
        word = command[:4].upper()
        if word in (b"MAIL", b"RCPT", b"RSET", b"NOOP"):
            return OK
        if word == b"DATA":
            self.is_letter = True
            return GO_AHEAD
        if word in (b"EHLO", b"HELO"):
            return GREETING
        if word == b"QUIT":
            return BYE
        return self._own(command)

    def _own(self, command: bytes) -> bytes:
        match command:
            case b"XCOUNT":
                return LETTERS.summary()
            case b"XIDS":
                lines = [b"%s %d" % pair for pair in LETTERS.ids.items()]
                return b"\r\n".join([*lines, b"250 that is all\r\n"])
            case b"XRESET":
                LETTERS.forget()
                return OK
        return WHAT


def serve(port: int) -> None:
    """One thread and the system's own list of who has said something: the least work a letter."""
    lines: dict[int, Conversation] = {}
    with socket.create_server(("127.0.0.1", port), backlog=128) as door, select.epoll() as poll:
        poll.register(door, select.EPOLLIN)
        print(door.getsockname()[1], flush=True)
        while True:
            for number, _event in poll.poll():
                if number == door.fileno():
                    line, _address = door.accept()
                    lines[line.fileno()] = Conversation(line)
                    poll.register(line, select.EPOLLIN)
                elif not lines[number].listen():
                    poll.unregister(number)
                    lines.pop(number).line.close()


if __name__ == "__main__":
    serve(int(sys.argv[1]) if sys.argv[1:] else 0)
