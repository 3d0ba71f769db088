"""Mails to people of the practice about how they sign in. Neutral, and sent at once."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

log = logging.getLogger(__name__)


def invite(invitation, token) -> bool:
    link = settings.SITE_URL + reverse("staff_join", args=[token])
    practice = invitation.practice
    context = {"link": link, "practice": practice, "by": invitation.created_by}
    return _send("staff_invitation", invitation.email, practice.language, context)


def tell_of_reset(person, *, by) -> None:
    """Both hear of it: whoever asked for it by telephone may not have been who they said."""
    link = settings.SITE_URL + reverse("account_login")
    context = {"person": person, "by": by, "link": link}
    _send("second_factor_reset", person.email, person.language, context)
    if by is not None:
        _send("second_factor_reset_done", by.email, by.language, context)


def _send(name: str, address: str, language: str, context: dict) -> bool:
    """Whether the mail server took it."""
    with translation.override(language):
        subject = render_to_string(f"practice/mail/{name}_subject.txt", context).strip()
        body = render_to_string(f"practice/mail/{name}.txt", context).strip() + "\n"
    try:
        send_mail(subject, body, None, [address])
    except (OSError, SMTPException) as error:
        log.warning("A mail (%s) was not taken: %s", name, type(error).__name__)
        return False
    return True
