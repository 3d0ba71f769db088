"""A reminder in words. Discreet ones name nothing that a stranger may not read."""

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import parseaddr
from functools import cache
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from assessments.models import AlertCall, Delivery, MessageWording, Reminder
from clients.models import Channel, Client, SafeContact, Wording
from clients.models.portal import stop_token
from practice.models import Practice

from .wording import SmsSize, Words, fill, one_line, sms_size

SAMPLE = "this-is-a-preview-and-opens-none"  # as long as the token of a link
SHORTEST_NAME = 8  # a practice's name is not cut below this to fit into a text message


@dataclass(frozen=True)
class Outgoing:
    """One message that is ready to be handed over: by which channel and to whom, its delivery
    says. ``stop_url`` needs no signing in; one to the staff has none, and no reminder."""

    reminder: Reminder | None
    delivery: Delivery | AlertCall
    subject: str  # one line; empty for a text message
    body: str
    stop_url: str


@dataclass(frozen=True)
class Wordings:
    """The practices' own words for a batch."""

    rows: dict[tuple, Words]

    def of(self, practice_id, language, channel, wording, kind) -> Words:
        """The practice's own, or else Trellis's."""
        own = self.rows.get((practice_id, language, channel, wording, kind))
        return own or trellis_words(language, channel, wording, kind)


def wordings_of(practice_ids: Iterable[UUID]) -> Wordings:
    """One statement, however many practices there are in a batch."""
    found = MessageWording.objects.filter(practice__in=set(practice_ids))
    return Wordings(
        {
            (row.practice_id, row.language, row.channel, row.wording, row.kind): Words(
                row.subject, row.body
            )
            for row in found
        }
    )


def own_words(practice: Practice) -> dict[tuple, MessageWording]:
    """What the practice wrote itself, by (language, channel, wording, kind). One statement."""
    rows = MessageWording.objects.filter(practice=practice).select_related("created_by")
    return {(row.language, row.channel, row.wording, row.kind): row for row in rows}


@cache
def trellis_words(language: str, channel: str, wording: str, kind: str) -> Words:
    """What holds until a practice writes something else. The same for everybody, so it is made
    once a process."""
    context = {"wording": wording, "kind": kind}
    with translation.override(language):
        if channel == Channel.SMS:
            return Words("", render_to_string("assessments/messages/sms.txt", context).strip())
        subject = render_to_string("assessments/messages/subject.txt", context).strip()
        body = render_to_string("assessments/messages/body.txt", context).strip()
    return Words(subject, body)


@cache
def how_it_works(language: str, is_joining: bool) -> str:
    """For how long the link works, and which code it asks for."""
    context = {
        "is_joining": is_joining,
        "invitation_days": settings.INVITATION_DAYS,
        "link_minutes": settings.LINK_MINUTES,
    }
    with translation.override(language):
        return render_to_string("assessments/messages/how.txt", context).strip()


def address_of(page: str, token: str) -> str:
    return settings.SITE_URL + _path_of(page).replace(SAMPLE, token)


@cache
def _path_of(page: str) -> str:
    """Found once a process: for two links a message it would be a tenth of composing it."""
    return reverse(page, args=[SAMPLE])


def message_id(reminder: Reminder, attempt: int, channel: str = Channel.EMAIL) -> str:
    """Derived from the reminder: the same attempt has the same id, whoever makes it. It is also
    what a provider is given to know a message by that it was handed twice."""
    by = "" if channel == Channel.EMAIL else f".{channel}"
    return f"<{reminder.pk}.{attempt}{by}@{_domain(settings.DEFAULT_FROM_EMAIL)}>"


@cache
def _domain(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"


def compose(
    reminder: Reminder,
    delivery: Delivery,
    client: Client,
    contact: SafeContact,
    token: str,
    wordings: Wordings,
) -> Outgoing:
    """One delivery in words: one sentence, one link, how to stop; never the client's name."""
    words = wordings.of(
        client.practice_id, client.language, delivery.channel, contact.wording, reminder.kind
    )
    # The page behind the link of a text message also stops: a longer address would not fit, and
    # many senders of text messages have no number that could be answered.
    to_stop = token if delivery.channel == Channel.SMS else stop_token(client.pk)
    link, stop = address_of("clients:link", token), address_of("clients:stop", to_stop)
    subject, body = in_words(
        words,
        practice=client.practice,
        channel=delivery.channel,
        wording=contact.wording,
        link=link,
        stop=stop,
        how=how_it_works(client.language, not client.has_joined),
    )
    return Outgoing(reminder, delivery, subject, body, stop)


def in_words(
    words: Words, *, practice: Practice, channel: str, wording: str, link: str, stop: str, how: str
) -> tuple[str, str]:
    """Subject and body with everything put in. Discreet words have no place for the practice."""
    values = {"link": link, "stop": stop, "how": how, "sender": practice.sender_name}
    if wording == Wording.PLAIN:
        values["practice"] = one_line(practice.name)
    if channel != Channel.SMS:
        return one_line(fill(words.subject, values)), fill(words.body, values).strip() + "\n"
    if wording == Wording.PLAIN:
        rest = sms_size(fill(words.body, values | {"practice": ""})).characters
        values["practice"] = _cut(values["practice"], max(160 - rest, SHORTEST_NAME))
    return "", fill(words.body, values).strip()


@dataclass(frozen=True)
class Preview:
    """A message as its reader would see it, with links that lead nowhere."""

    subject: str
    body: str
    size: SmsSize


def preview_of(
    words: Words, *, practice: Practice, language: str, channel: str, wording: str, kind: str
) -> Preview:
    to_stop = SAMPLE if channel == Channel.SMS else stop_token(practice.pk)
    subject, body = in_words(
        words,
        practice=practice,
        channel=channel,
        wording=wording,
        link=address_of("clients:link", SAMPLE),
        stop=address_of("clients:stop", to_stop),
        how=how_it_works(language, kind == Reminder.Kind.INVITATION),
    )
    return Preview(subject, body, sms_size(body))


def _cut(name: str, room: int) -> str:
    """As many whole words of a name as there is room for."""
    return textwrap.shorten(name, room, placeholder="") or name[:room]
