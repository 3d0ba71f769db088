"""Bounces that come as mail: delivery reports (RFC 3464) and complaints (RFC 5965) in a mailbox.

Whose message it was says the Message-ID in what the report gives back. It holds the id of a
reminder, which nobody can guess, so that a forged report finds nothing.
"""

import logging
import mailbox
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from pathlib import Path

from clients.models import Channel, ChannelStop
from practice import walls

from .channels.refusals import is_dead_address
from .returns import NotYet, arrived, came_back, find_delivery, unwanted

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Report:
    """What one mail says about one of ours."""

    message_id: str
    action: str  # of RFC 3464, or "complaint"
    is_dead: bool = False


def read_mailbox(path: Path, *, now: datetime) -> int:
    """Heed what has not been read yet: how many mails. Each is marked as read when it has had its
    effect; broken off anywhere, it is simply read again."""
    if not path.exists():
        return 0
    return _read_maildir(path, now) if path.is_dir() else _read_mbox(path, now)


def _read_maildir(path: Path, now: datetime) -> int:
    """What was read moves from ``new`` to ``cur``, as with every mail program."""
    count = 0
    for file in sorted((path / "new").iterdir()):
        with suppress(FileNotFoundError):  # another reader was there first
            if _heed(_parsed(file.read_bytes()), now):
                file.rename(path / "cur" / f"{file.name}:2,S")
                count += 1
    return count


def _read_mbox(path: Path, now: datetime) -> int:
    box, count = mailbox.mbox(path, create=False), 0
    try:
        box.lock()
    except mailbox.ExternalClashError:
        return 0  # mail is coming in just now, or another reader is at it
    try:
        for key in box.iterkeys():
            with suppress(RecursionError, UnicodeError):  # can't be read, or not written again
                mail = box[key]
                if "R" not in mail.get_flags() and _heed(mail, now):
                    count += 1
                    mail.set_flags("RO")
                    box[key] = mail
        box.flush()
    finally:
        box.unlock()
        box.close()
    return count


def _parsed(content: bytes) -> Message:
    """One that nobody can take apart is an empty one: it is not a report."""
    try:
        return message_from_bytes(content)
    except RecursionError:
        return Message()


def _heed(mail: Message, now: datetime) -> bool:
    """False when it is to be read again: it is too early, or something went wrong."""
    try:
        for report in reports_in(mail):
            with walls.nowhere():  # the one before may have been of another practice
                _heed_report(report, now)
    except NotYet:
        return False
    except Exception:
        log.exception("a mail in the mailbox of returns can't be read")
        return False
    return True


def _heed_report(report: Report, now: datetime) -> None:
    delivery = find_delivery(Channel.EMAIL, message_id=report.message_id)
    if delivery is None:
        return
    if report.action == "failed":
        came_back(delivery, is_dead=report.is_dead, now=now)
    elif report.action == "delivered":
        arrived(delivery, now=now)
    elif report.action == "complaint":
        unwanted(delivery, why=ChannelStop.Why.COMPLAINED, now=now)


def reports_in(mail: Message) -> Iterator[Report]:
    """At most one report for each recipient; none for mail that is no report."""
    message_id = _of_what(mail) if mail.get_content_type() == "multipart/report" else ""
    if not message_id:
        return
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            yield from _reports(part, message_id)
        elif part.get_content_type() == "message/feedback-report":
            yield Report(message_id, "complaint")


def _reports(part: Message, message_id: str) -> Iterator[Report]:
    """The first block speaks of the mail, each further one of a recipient."""
    blocks = part.get_payload()
    for block in blocks if isinstance(blocks, list) else ():
        action = str(block.get("Action", "")).strip().lower()
        status = str(block.get("Status", "")).split()
        if action and status:
            said = f"{status[0]} {block.get('Diagnostic-Code', '')}"
            code = {"5": 550, "4": 450}.get(status[0][:1], 0)
            yield Report(message_id, action, is_dead=is_dead_address(code, said))


def _of_what(mail: Message) -> str:
    """The Message-ID of the mail that is given back, whole or only its head."""
    for part in mail.walk():
        kind, payload = part.get_content_type(), part.get_payload()
        if kind == "message/rfc822" and isinstance(payload, list) and payload:
            returned = payload[0]
        elif kind == "text/rfc822-headers":
            returned = message_from_bytes(part.get_payload(decode=True) or b"")
        else:
            continue
        if found := str(returned.get("Message-ID", "")).strip():
            return found
    last = str(mail.get("In-Reply-To") or mail.get("References") or "").split()
    return last[-1] if last else ""
