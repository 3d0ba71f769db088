"""Mails to people of the practice: about how they sign in, and what the floors above tell them.
Neutral."""

import logging
from collections.abc import Iterable

from django.conf import settings
from django.core.mail import EmailMessage, send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from .models import User

log = logging.getLogger(__name__)


def invitation(invitation, token) -> EmailMessage:
    """For a worker to send: it knows whether it may (practice/knocks.py)."""
    link = settings.SITE_URL + reverse("staff_join", args=[token])
    practice = invitation.practice
    context = {"link": link, "practice": practice, "by": invitation.created_by}
    subject, body = _words("practice/mail/staff_invitation", practice.language, context)
    return EmailMessage(subject, body, to=[invitation.email])


def tell_of_reset(person, *, by) -> None:
    """Both hear of it: whoever asked for it by telephone may not have been who they said."""
    link = settings.SITE_URL + reverse("account_login")
    context = {"person": person, "by": by, "link": link}
    tell("practice/mail/second_factor_reset", [person], context)
    if by is not None:
        tell("practice/mail/second_factor_reset_done", [by], context)


def tell(about: str, people: Iterable[User], context: dict) -> int:
    """Each in their own language: how many mails were taken. One that was not is not sent again.
    ``about`` begins the names of two templates."""
    return sum(_tell(about, person, context) for person in people if person.is_active)


def _tell(about: str, person: User, context: dict) -> int:
    subject, body = _words(about, person.language, context)
    try:
        return send_mail(subject, body, None, [person.email])
    except OSError as error:  # its kind and no more: a refusal says to whom
        log.warning("%s: the mail was not taken: %s", about, type(error).__name__)
        return 0


def _words(about: str, language: str, context: dict) -> tuple[str, str]:
    with translation.override(language):
        subject = render_to_string(f"{about}_subject.txt", context).strip()
        return subject, render_to_string(f"{about}_mail.txt", context).strip() + "\n"
