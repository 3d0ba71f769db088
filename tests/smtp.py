"""A mail server that keeps what it was given and can be told to fail in every way there is.

It is the judge of "once": a letter is kept from the moment its last line has come in, whatever is
answered then, because from that moment on it may reach somebody.
"""

import asyncio
import email
import email.policy
import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage

from aiosmtpd.controller import Controller


@dataclass(frozen=True)
class Letter:
    to: str
    mail: EmailMessage

    @property
    def message_id(self) -> str:
        return self.mail["Message-ID"]

    @property
    def subject(self) -> str:
        return self.mail["Subject"]

    @property
    def text(self) -> str:
        return self.mail.get_content()


@dataclass
class Hold:
    """The server takes the whole letter and then says nothing until it is released."""

    number: int
    reached: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)


class Sink:
    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.refuse_recipient = ""  # an answer: "550 No such person"
        self.refuse_letter = ""
        self.refuse_letters = 0  # "451" to so many letters, and then no more
        self.delay = 0.0  # seconds before each answer to a letter
        self.drop_after = 0  # the number of a letter: it is taken, and the line goes dead
        self.drop_letters = 0  # so many letters are taken, and the line goes dead
        self.drop_at_recipient = 0  # the line goes dead at so many recipients, before any letter
        self.goodbye_at_sender = 0  # "421" to so many senders, and the line is closed
        self.on_letter = None  # called with the number of each letter that has come in
        self.holding: Hold | None = None
        self.port = 0
        self.is_open = False
        self._server = _Server(self)

    def __enter__(self) -> "Sink":
        self._server.start()
        self.is_open = True
        self.port = self._server.port
        return self

    def __exit__(self, *error) -> None:
        if self.holding:
            self.holding.released.set()
        self.close_door()

    def close_door(self) -> None:
        """From now on nobody listens at the port: a connection is refused."""
        self.is_open = False
        self._server.stop(no_assert=True)

    def open_door(self) -> None:
        """At the same port as before."""
        self._server = _Server(self, self.port)
        self._server.start()
        self.is_open = True

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def hold(self, number: int) -> Hold:
        self.holding = Hold(number)
        return self.holding

    def to(self, address: str) -> list[Letter]:
        return [letter for letter in list(self.letters) if letter.to == address]

    def counts(self) -> Counter:
        """How many letters each person has got."""
        return Counter(letter.to for letter in list(self.letters))

    # -- what aiosmtpd calls --------------------------------------------------------------------
    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        if self.goodbye_at_sender:
            self.goodbye_at_sender -= 1
            return "421 Too many letters over this line"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.drop_at_recipient:
            self.drop_at_recipient -= 1
            server.transport.abort()
        if self.refuse_recipient:
            return self.refuse_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.refuse_letter:
            return self.refuse_letter
        if self.refuse_letters:
            self.refuse_letters -= 1
            return "451 Come again later"
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.letters += [Letter(to, mail) for to in envelope.rcpt_tos]
        number = len(self.letters)
        if self.on_letter:
            await asyncio.get_running_loop().run_in_executor(None, self.on_letter, number)
        if self.holding and self.holding.number == number:
            self.holding.reached.set()
            while not self.holding.released.is_set():
                await asyncio.sleep(0.01)
        await asyncio.sleep(self.delay)
        if self.drop_letters or self.drop_after == number:
            self.drop_letters = max(self.drop_letters - 1, 0)
            server.transport.abort()
        return "250 Kept"


class _Server(Controller):
    """On a port that the system chooses, known once the server listens; later on the same one."""

    def __init__(self, sink: Sink, port: int = 0) -> None:
        super().__init__(sink, hostname="127.0.0.1", port=port, ready_timeout=10)

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_goes_to(settings, port: int):
    """This process hands its mail to that port; Django's tests would keep it in memory."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_TIMEOUT = 5
    yield
