"""The Contact page: what was sent to a client, what will be, and why not."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from .models import Delivery, Occurrence, Reminder
from .reminders import Why, standings


@dataclass(frozen=True)
class ContactPage:
    planned: Reminder | None
    why_not: str  # in words, when nothing is planned
    sent: list[Reminder]
    contact: object  # the current SafeContact
    has_noted: bool


def contact_of(client, *, now: datetime) -> ContactPage:
    planned = Reminder.objects.planned().filter(client=client).first()
    standing = standings([client.pk], now=now)[client.pk]
    reminders = list(
        Reminder.objects.filter(client=client, settled_at__isnull=False).order_by("-settled_at")[
            :50
        ]
    )
    deliveries: dict = {reminder.pk: [] for reminder in reminders}
    for delivery in Delivery.objects.filter(reminder__in=reminders).order_by("attempt"):
        deliveries[delivery.reminder_id].append(delivery)
    for reminder in reminders:
        reminder.attempts_made = deliveries[reminder.pk]
        reminder.why_words = Why(reminder.why).label if reminder.why else ""
    why_not = "" if planned else _why_not(standing)
    return ContactPage(
        planned=planned,
        why_not=why_not,
        sent=reminders,
        contact=standing.contact,
        has_noted=Occurrence.objects.waiting()
        .filter(client=client, noted_at__isnull=False)
        .exists(),
    )


def _why_not(standing) -> str:
    if standing.block:
        return Why(standing.block).label
    if not standing.items:
        return Why.NOTHING_OPEN.label
    due = [item for item in standing.items if item.due_at]
    if not due:
        return _("They know about it, and nothing is due.")
    if all(item.nudges >= standing.contact.most_reminders for item in due):
        return _("They have been told and reminded as often as was agreed.")
    return _("No hour that they allow falls between when it is due and when it ends.")
