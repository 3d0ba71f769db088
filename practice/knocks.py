"""Letters that let somebody in. A page writes down who asked for one and rings; a worker finds out
whether there is anybody, and writes.

The page does the same for everybody: no look-up, one row, one ring. The intent is committed before
a letter is handed over, so that none leaves twice; what was not sent within its life is not sent.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from allauth.account import app_settings as account_settings
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from . import audit, bell, hooks, letters, walls
from .limits import been_there, mark_of
from .models import AuditEvent, Knock, StaffInvitation, User

log = logging.getLogger(__name__)

LIFE = {
    Knock.Kind.CODE: timedelta(minutes=10),
    Knock.Kind.PASSWORD: timedelta(minutes=30),
    Knock.Kind.LINK: timedelta(hours=1),
    Knock.Kind.STAFF: timedelta(hours=1),
    Knock.Kind.FAILED: timedelta(hours=23),
}
KEPT = timedelta(days=1)
HOUR = timedelta(hours=1)
AGAIN = timedelta(seconds=10)
# Letters to one address within the hour; as many again from where its owner has been before.
MOST_AN_HOUR = 6
BEEN_THERE = timedelta(days=90)
# Sign-ins that failed, of one person within the hour: so many stand in the trail one by one.
MOST_FAILED = 20


class NotNow(Exception):
    """Nothing has left yet; it may later."""

    def __init__(self, at: datetime) -> None:
        self.at = at


def write(
    kind: str,
    to: str,
    *,
    now: datetime,
    life: timedelta | None = None,
    code_mark: bytes | None = None,
    counted_by: str = "",
    **facts,
) -> Knock:
    """Write down that a letter is asked for. ``to`` is sealed with the rest, and is what it is
    counted by, unless it waits for so long that they may have another address, or be erased."""
    knock = Knock(
        kind=kind,
        mark=mark_of(counted_by or to),
        code_mark=code_mark,
        asked_at=now,
        due_at=now,
        expires_at=now + (life or LIFE[Knock.Kind(kind)]),
    )
    knock.seal({"to": to, "network": audit.address.get()} | facts)
    knock.save(force_insert=True)
    return knock


@transaction.atomic
def ask(kind: str, to: str, *, now: datetime, **facts) -> Knock:
    """The same, and somebody waits for it: a worker is called at once."""
    knock = write(kind, to, now=now, **facts)
    bell.ring("practice.tasks.answer_knocks")
    return knock


def note_failed(how: str, to: str, *, now: datetime) -> None:
    """Somebody could not sign in. One row, known or not, and nobody waits: beat rings soon."""
    write(Knock.Kind.FAILED, to, now=now, how=how)


def answer_all(clock: Callable[[], datetime] = timezone.now) -> int:
    """Answer what is due, the oldest first: how many. Any number of these may run at once."""
    count = 0
    while (knock := _claim(clock())) is not None:
        _answer(knock, clock)
        count += 1
    now = clock()
    Knock.objects.over(now).update(sealed=b"")
    Knock.objects.filter(asked_at__lt=now - KEPT, expires_at__lt=now).delete()
    return count


@transaction.atomic
def _claim(now: datetime) -> Knock | None:
    due = Knock.objects.due(now).select_for_update(skip_locked=True).order_by("asked_at", "pk")
    knock = due.first()
    if knock is not None:
        knock.began_at = now
        knock.save(update_fields=["began_at"])
    return knock


def _answer(knock: Knock, clock: Callable[[], datetime]) -> None:
    try:
        with walls.nowhere():  # the one before may have been of another practice
            ANSWERS[Knock.Kind(knock.kind)](knock, clock())
    except NotNow as wait:
        Knock.objects.filter(pk=knock.pk).update(began_at=None, due_at=wait.at)
        return
    except Exception as error:  # noqa: BLE001 - nobody knows how far it had come
        # Its kind and no more: a mail server's refusal says whom the letter was for.
        log.warning("knock %s: answering went wrong: %s", knock.pk, type(error).__name__)
    knock.ended_at, knock.sealed = clock(), b""
    knock.save(update_fields=["ended_at", "sealed", "sent_at", "from_known"])


def _send_code(knock: Knock, now: datetime) -> None:
    """To clients alone: who works here has a password and a second factor."""
    user = _user(knock)
    if user is None or user.roles or not hooks.ask("may_mail_client", user=user):
        return
    if _is_enough(knock, user, now):
        return
    code = knock.asked["code"]
    context = {"code": f"{code[:4]} {code[4:]}"}
    _mail(knock, user, "account/email/login_code", context, now)


def _send_password_link(knock: Knock, now: datetime) -> None:
    """To those who sign in with a password; a client's account never has one."""
    user = _user(knock)
    if user is None or not user.roles or not user.has_usable_password():
        return
    if _is_enough(knock, user, now):
        return
    token = account_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    args = [user_pk_to_url_str(user), token]
    url = settings.SITE_URL + reverse("account_reset_password_from_key", args=args)
    _mail(knock, user, "account/email/password_reset_key", {"password_reset_url": url}, now)


def _invite_staff(knock: Knock, now: datetime) -> None:
    """To nobody who signs in with this address already, here as a client or elsewhere."""
    token = knock.asked["token"]
    rows = StaffInvitation.objects.by_token(token).select_related("practice", "created_by")
    found = walls.found(rows)
    if found is None or not found.is_live(now) or User.objects.signs_in(found.email):
        return
    send(letters.invitation(found, token), now=now)
    knock.sent_at = now


def _ask_above(knock: Knock, now: datetime) -> None:
    """What hangs on a client's record is for the floors above."""
    hooks.call("client_knocked", knock=knock, now=now)


def _note_failed(knock: Knock, now: datetime) -> None:
    """Into the audit trail of whose address it was. Nobody's belongs to no practice: it goes into
    the log, as a mark that is the same for the same address and says nothing else."""
    how = knock.asked["how"]
    people = User.objects.with_roles()
    user = walls.found(people.filter(email=knock.asked["to"].strip().lower()))
    if user is None:
        log.info("sign-in failed (%s), nobody's address: %s", how, bytes(knock.mark).hex()[:16])
        return
    earlier = Knock.objects.filter(kind=Knock.Kind.FAILED, mark=bytes(knock.mark))
    count = earlier.filter(ended_at__isnull=False, asked_at__gt=now - HOUR).count()
    if count > MOST_FAILED:
        return
    action = "sign_in.failed" if count < MOST_FAILED else "sign_in.failed_often"
    token = audit.address.set(knock.asked["network"])
    try:
        detail = {"how": how, "at": knock.asked_at.isoformat(timespec="seconds")}
        audit.record(action, user, by=None, detail=detail)
    finally:
        audit.address.reset(token)


ANSWERS: dict[str, Callable[[Knock, datetime], None]] = {
    Knock.Kind.CODE: _send_code,
    Knock.Kind.PASSWORD: _send_password_link,
    Knock.Kind.LINK: _ask_above,
    Knock.Kind.STAFF: _invite_staff,
    Knock.Kind.NOTE: _ask_above,
    Knock.Kind.FAILED: _note_failed,
}


def _user(knock: Knock) -> User | None:
    people = User.objects.select_related("client")
    return walls.found(people.filter(email=knock.asked["to"].strip().lower(), is_active=True))


def _is_enough(knock: Knock, user: User, now: datetime) -> bool:
    """A mailbox is not flooded. Strangers who use up the number leave the owner theirs."""
    mark = been_there(user, knock.asked["network"])
    signed_in = AuditEvent.objects.filter(actor=user, action="sign_in.began", detail__network=mark)
    knock.from_known = bool(mark) and signed_in.filter(at__gt=now - BEEN_THERE).exists()
    sent = Knock.objects.filter(mark=bytes(knock.mark), sent_at__gt=now - HOUR)
    return sent.filter(from_known=knock.from_known).count() >= MOST_AN_HOUR


def _mail(knock: Knock, user: User, template: str, context: dict, now: datetime) -> None:
    with translation.override(user.language):
        subject = render_to_string(f"{template}_subject.txt", context).strip()
        body = render_to_string(f"{template}_message.txt", context)
    send(EmailMessage(subject, body, to=[user.email]), now=now)
    knock.sent_at = now


def send(letter: EmailMessage, *, now: datetime) -> None:
    """Over a line that was opened first: as long as there is none, nothing can have left."""
    letter.extra_headers["Auto-Submitted"] = "auto-generated"
    line = get_connection()
    try:
        line.open()
    except OSError as error:
        raise NotNow(now + AGAIN) from error
    try:
        line.send_messages([letter])
    finally:
        line.close()
