"""A reminder in words. Discreet ones name nothing that a stranger may not read."""

from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from assessments.models import Delivery, Reminder
from clients.models import Client, SafeContact
from clients.models.portal import stop_token


@dataclass(frozen=True)
class Outgoing:
    """One message that is ready to be handed over."""

    reminder: Reminder
    delivery: Delivery
    mail: EmailMessage


def message_id(reminder: Reminder, attempt: int) -> str:
    """Derived from the reminder: the same attempt has the same id, whoever makes it."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{reminder.pk}.{attempt}@{domain}>"


def compose(
    reminder: Reminder, delivery: Delivery, client: Client, contact: SafeContact, token: str
) -> Outgoing:
    """The mail for one delivery: one sentence, one link, how to stop, no names."""
    context = {
        "kind": reminder.kind,
        "is_joining": not client.has_joined,
        "invitation_days": settings.INVITATION_DAYS,
        "link_hours": settings.LINK_HOURS,
        "wording": contact.wording,
        "practice": client.practice,
        "link": settings.SITE_URL + reverse("clients:link", args=[token]),
        "stop": settings.SITE_URL + reverse("clients:stop", args=[stop_token(client.pk)]),
    }
    with translation.override(client.language):
        subject = render_to_string("assessments/messages/subject.txt", context)
        body = render_to_string("assessments/messages/body.txt", context).strip() + "\n"
    mail = EmailMessage(
        subject=" ".join(subject.split()),  # a practice's name may hold a line break
        body=body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[delivery.address],
        headers={
            "Message-ID": delivery.message_id,
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{context['stop']}>",
        },
    )
    return Outgoing(reminder, delivery, mail)
