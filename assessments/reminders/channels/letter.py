"""A reminder as a letter: plain text, no pixel, nothing to load."""

import quopri
import re
from email.header import Header
from email.utils import formatdate
from functools import lru_cache
from smtplib import quoteaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.message import sanitize_address

from assessments.reminders.messages import Outgoing

LONGEST_LINE = 990  # RFC 5322 says 998
PLAIN_ADDRESS = re.compile(
    r"(?=.{1,60}\Z)[a-z0-9_]+([.+-][a-z0-9_]+)*@[a-z0-9]+([.-][a-z0-9]+)*",
    re.ASCII | re.IGNORECASE,
)


def mail_of(outgoing: Outgoing) -> EmailMessage:
    """For Django's backends and Anymail's."""
    return EmailMessage(
        subject=outgoing.subject,
        body=outgoing.body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[outgoing.delivery.address],
        headers=headers_of(outgoing),
    )


def headers_of(outgoing: Outgoing) -> dict[str, str]:
    headers = {
        "Message-ID": outgoing.delivery.message_id,
        "Auto-Submitted": "auto-generated",
    }
    if not outgoing.stop_url:  # to the staff
        return headers
    return headers | {
        "List-Unsubscribe": f"<{outgoing.stop_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
    }


def letter_of(outgoing: Outgoing) -> tuple[str, str, bytes]:
    """Sender, recipient and the letter itself, for SMTP.

    ``mail_of`` can do the same for any letter. Ours have one part, and writing them by way of
    email's generators took a fifth of all that a reminder costs.
    Raises ValueError when the address or the subject can't be written down.
    """
    to = _address(outgoing.delivery.address)
    body, encoding = _body(outgoing.body)
    headers = {
        "Subject": _encoded(outgoing.subject),
        "From": _sender(settings.DEFAULT_FROM_EMAIL),
        "To": to,
        "Date": formatdate(),
        **headers_of(outgoing),
        "MIME-Version": "1.0",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": encoding,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return headers["From"], to, head.encode("ascii") + b"\r\n" + body


def _address(text: str) -> str:
    """Of most there is nothing to be mended, and to look would cost as much as all the rest."""
    return text if PLAIN_ADDRESS.fullmatch(text) else sanitize_address(text, "utf-8")


def envelope(address: str) -> str:
    """An address as the conversation with a server has it; the same of plain ones."""
    return f"<{address}>" if PLAIN_ADDRESS.fullmatch(address) else quoteaddr(address)


_sender = lru_cache(maxsize=8)(lambda address: sanitize_address(address, "utf-8"))


@lru_cache(maxsize=256)
def _encoded(subject: str) -> str:
    if not subject.isprintable():
        raise ValueError("A subject is one line.")
    return Header(
        subject, "us-ascii" if subject.isascii() else "utf-8", header_name="Subject"
    ).encode(linesep="\r\n")


def _body(text: str) -> tuple[bytes, str]:
    """With line ends as the protocol has them, in characters that every server takes."""
    lines = text.splitlines()
    if text.isascii() and all(len(line) < LONGEST_LINE for line in lines):
        return "".join(f"{line}\r\n" for line in lines).encode("ascii"), "7bit"
    plain = "".join(f"{line}\n" for line in lines).encode()
    return quopri.encodestring(plain).replace(b"\n", b"\r\n"), "quoted-printable"
