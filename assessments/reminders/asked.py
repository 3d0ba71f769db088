"""Messages to a client that do not wait for the sweep: a new link, because they asked for one just
now, and a word to their addresses when one took the other's place.

They stand in the log of what was sent like all others.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from assessments import schedule
from assessments.models import Alert, Delivery, Reminder
from assessments.models.reminders import Outcome
from clients.actions import issue_links
from clients.contact_rules import may_mail
from clients.models import Agreement, Channel, Client, Consent, PortalLink
from practice import audit, knocks, walls
from practice.models import AuditEvent, Knock

from .channels import carrier_of
from .messages import Outgoing, compose, message_id, wordings_of
from .standing import STALE_AFTER, Standing, Why, standings

MOST_AN_HOUR = 3
HOUR = timedelta(hours=1)
SOON = timedelta(minutes=1)
WAITS = timedelta(days=14)
# Whoever asks is not nagged: these keep back what we would send by ourselves, and not an answer.
NO_BAR = {"", Why.ALERT_OPEN, Why.STALE, Why.NO_HOURS, Why.NO_CONSENT}


def answer(*, knock: Knock, now: datetime) -> None:
    send = send_new_link if knock.kind == Knock.Kind.LINK else send_last_word
    send(knock, now)


def send_new_link(knock: Knock, now: datetime) -> None:
    """Over the way that is safe for them. A mail may come outside their hours when they asked for
    it themself, as a code does; a text message that lights up a screen may not."""
    asked = knock.asked
    client_id = _client_of(asked)
    standing = standings([client_id], now=now).get(client_id) if client_id else None
    if standing is None or not _may_have_one(standing, now):
        return
    way = _way(standing, now, at_any_hour="client" not in asked)
    outgoing = _intend(standing, way, now)
    result = _hand_over(outgoing)
    passes = result.outcome == Outcome.FAILED and not result.is_final
    _write_down(outgoing, result, now, counts=not passes)
    if passes:  # each time after twice as long: a link for days does not fill the log
        raise knocks.NotNow(now + max(SOON, now - knock.asked_at))
    if result.outcome != Outcome.FAILED:
        knock.sent_at = now


def _client_of(asked: dict) -> UUID | None:
    if "client" in asked:
        client = walls.found(Client.objects.filter(pk=UUID(asked["client"])))
        return client and client.pk
    link = walls.found(PortalLink.objects.by_token(asked["to"]))
    return link and link.client_id


def _may_have_one(standing: Standing, now: datetime) -> bool:
    client = standing.client
    if standing.block not in NO_BAR or not standing.channels:
        return False
    if not (client.has_joined or client.invited_at):
        return False
    recent = AuditEvent.objects.filter(client_id=client.pk, action="link.asked", at__gt=now - HOUR)
    return recent.count() < MOST_AN_HOUR


def _way(standing: Standing, now: datetime, *, at_any_hour: bool) -> str:
    opens = schedule.next_allowed(standing.rules, now)
    if opens == now:
        return standing.channels[0]
    if at_any_hour and Channel.EMAIL in standing.channels:
        return Channel.EMAIL
    raise knocks.NotNow(opens or now + WAITS)


@transaction.atomic
def _intend(standing: Standing, way: str, now: datetime) -> Outgoing:
    """Written down before it leaves: until its result is known, nobody knows its fate."""
    client = Client.objects.select_related("practice").get(pk=standing.client.pk)
    kind = Reminder.Kind.NEWS if client.has_joined else Reminder.Kind.INVITATION
    reminder = Reminder.objects.create(
        practice_id=client.practice_id,
        client=client,
        kind=kind,
        planned_for=now,
        settled_at=now,
        outcome=Outcome.UNKNOWN,
        attempts=1,
    )
    delivery = Delivery.objects.create(
        practice_id=client.practice_id,
        client=client,
        reminder=reminder,
        channel=way,
        attempt=1,
        message_id=message_id(reminder, 1, way),
        address=client.email if way == Channel.EMAIL else client.phone,
        began_at=now,
    )
    token = issue_links([client], now=now)[client.pk]
    wordings = wordings_of([client.practice_id])
    return compose(reminder, delivery, client, standing.contact, token, wordings)


def _hand_over(outgoing: Outgoing):
    carrier = carrier_of(outgoing.delivery.channel)
    carrier.open()
    try:
        return carrier.hand_over(outgoing)
    finally:
        carrier.close()


@transaction.atomic
def _write_down(outgoing: Outgoing, result, now: datetime, *, counts: bool) -> None:
    """``counts``: among those of the hour. What can't have left and is tried again does not."""
    Delivery.objects.filter(pk=outgoing.delivery.pk).update(
        ended_at=now,
        outcome=result.outcome,
        error=result.error[:200],
        is_final=result.is_final,
        provider_id=result.provider_id[:200],
    )
    Reminder.objects.filter(pk=outgoing.reminder.pk).update(outcome=result.outcome)
    if counts:
        audit.record("link.asked", outgoing.reminder.client, by=None)


def address_changed(*, client: Client, old: str, may_note: bool, now: datetime) -> None:
    """A link to the new address and, where the client allowed it, a last word to the old one: at an
    hour that is safe for them, because the clinician's is not theirs."""
    knocks.write(Knock.Kind.LINK, str(client.pk), now=now, life=WAITS, client=str(client.pk))
    if may_note and old:
        pk = str(client.pk)
        knocks.write(Knock.Kind.NOTE, old, counted_by=pk, now=now, life=WAITS, client=pk)


def send_last_word(knock: Knock, now: datetime) -> None:
    """To an address that they left: it names nobody, and not where the messages go now. Or to one
    whose care has ended: until which day they can come in."""
    client_id = _client_of(knock.asked)
    standing = standings([client_id], now=now)[client_id]
    if standing.contact is None or standing.block == Why.HOLD:
        return
    last_day = knock.asked.get("last_day")
    if last_day and not _may_hear_until_when(standing, now):
        return
    opens = schedule.next_allowed(standing.rules, now)
    if opens != now:
        raise knocks.NotNow(opens or now + WAITS)
    with translation.override(standing.client.language):
        what = "until_when" if last_day else "last_word"
        context = {"last_day": last_day and date.fromisoformat(last_day)}
        subject = render_to_string(f"assessments/messages/{what}_subject.txt").strip()
        body = render_to_string(f"assessments/messages/{what}_body.txt", context)
    knocks.send(EmailMessage(subject, body, to=[knock.asked["to"]]), now=now)
    knock.sent_at = now


def _may_hear_until_when(standing: Standing, now: datetime) -> bool:
    """What keeps back all that we send by ourselves keeps this back too. (``block`` says first of
    all that they are not in care any more.)"""
    client = standing.client
    alerts = Alert.objects.that_stop_messages().filter(client=client)
    return (
        may_mail(user=client.user)
        and standing.contact.confirmed_at >= now - STALE_AFTER
        and not Consent.objects.refused(Agreement.CARE).filter(client=client).exists()
        and not alerts.exists()
    )
