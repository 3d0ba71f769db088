"""For a demo and for developers: the mail that was sent, and who can sign in how.

There is no such page outside DEVELOPMENT: it would hand out everybody's codes.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

SHOWN = 50


@dataclass(frozen=True)
class Letter:
    sent: datetime
    to: str
    subject: str
    text: str


@login_not_required
@require_safe
def outbox(request):
    if not (settings.DEVELOPMENT and settings.MAILBOX_DIR):
        raise Http404
    letters = [*newest(Path(settings.MAILBOX_DIR)), *texts(settings.SMS_DIR)]
    letters = sorted(letters, key=lambda letter: letter.sent, reverse=True)[:SHOWN]
    accounts = sign_ins(settings.DATA_DIR / "demo.json")
    return render(request, "dev/outbox.html", {"letters": letters, "accounts": accounts})


def newest(folder: Path) -> Iterator[Letter]:
    """A Maildir: a file per letter, in `new` until some program claims to have seen it."""
    files = [*folder.glob("new/*"), *folder.glob("cur/*")]
    for file in sorted(files, key=lambda file: file.stat().st_mtime_ns, reverse=True)[:SHOWN]:
        yield read(file)


def read(file: Path) -> Letter:
    parser = BytesParser(EmailMessage, policy=policy.default)
    with file.open("rb") as content:
        message = parser.parse(content)
    body = message.get_body(("plain", "html"))
    return Letter(
        sent=datetime.fromtimestamp(file.stat().st_mtime, UTC),
        to=str(message["To"] or message["X-RcptTo"] or ""),
        subject=str(message["Subject"] or ""),
        text=body.get_content() if body else "",
    )


def texts(folder: str) -> Iterator[Letter]:
    """Text messages, a file each, as ``assessments.reminders.channels.sms`` keeps them."""
    for file in Path(folder).glob("*.json") if folder else ():
        sent = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        kept = json.loads(file.read_text())
        yield Letter(sent=sent, to=kept["to"], subject="SMS", text=kept["text"])


def sign_ins(file: Path) -> list[dict[str, Any]]:
    """The accounts of the demo, with the code that an authenticator would show just now."""
    if not file.exists():
        return []
    accounts: list[dict[str, Any]] = json.loads(file.read_text())["accounts"]
    for account in accounts:
        if secret := account["sign_in"].get("totp_secret"):
            account["code"] = format_hotp_value(hotp_value(secret, counter_now()))
    return accounts


def counter_now() -> int:
    return int(time.time()) // int(mfa_settings.TOTP_PERIOD)
