"""Mails to people of the practice about how they sign in. Neutral."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage, send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

log = logging.getLogger(__name__)


def invitation(invitation, token) -> EmailMessage:
    """For a worker to send: it knows whether it may (practice/knocks.py)."""
    link = settings.SITE_URL + reverse("staff_join", args=[token])
    practice = invitation.practice
    context = {"link": link, "practice": practice, "by": invitation.created_by}
    subject, body = _words("staff_invitation", practice.language, context)
    return EmailMessage(subject, body, to=[invitation.email])


def tell_of_reset(person, *, by) -> None:
    """Both hear of it: whoever asked for it by telephone may not have been who they said."""
    link = settings.SITE_URL + reverse("account_login")
    context = {"person": person, "by": by, "link": link}
    _send("second_factor_reset", person.email, person.language, context)
    if by is not None:
        _send("second_factor_reset_done", by.email, by.language, context)


def _words(name: str, language: str, context: dict) -> tuple[str, str]:
    with translation.override(language):
        subject = render_to_string(f"practice/mail/{name}_subject.txt", context).strip()
        return subject, render_to_string(f"practice/mail/{name}.txt", context).strip() + "\n"


def _send(name: str, address: str, language: str, context: dict) -> None:
    subject, body = _words(name, language, context)
    try:
        send_mail(subject, body, None, [address])
    except (OSError, SMTPException) as error:
        log.warning("A mail (%s) was not taken: %s", name, type(error).__name__)
