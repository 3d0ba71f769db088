"""What is open and what a message will be about, in sentences for the clinician."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext as _

from assessments.reminders.standing import INVITATION
from clients.models import Client

from .ahead import Message
from .coming import Coming

AT_MOST = 6  # things that are named in one sentence


def sentence_of(message: Message, titles: dict, zone: ZoneInfo) -> str:
    """“Limit log has been due since Mon 23 Nov; Weekly check is new.” What made it leave first."""
    contact = message.contact
    wished = [*contact.announces, *contact.nudges]
    keys = [*wished, *(key for key in contact.mentions if key not in wished)]
    counted = Counter(_phrase(key, message, titles, zone) for key in keys)
    parts = [
        phrase if n == 1 else _("%(what)s (%(n)s times)") % {"what": phrase, "n": n}
        for phrase, n in counted.items()
    ]
    if len(parts) > AT_MOST:
        more = len(parts) - AT_MOST + 1
        parts = [*parts[: AT_MOST - 1], _("and %(n)s more are open") % {"n": more}]
    return "; ".join(parts) + "."


def _phrase(key, message: Message, titles: dict, zone: ZoneInfo) -> str:
    if key == INVITATION:
        return _("The invitation to the portal")
    names = {"title": titles[key]}
    if key in message.contact.announces:
        return _("%(title)s is new") % names
    item = message.items[key]
    if key not in message.contact.nudges:
        return _("%(title)s is open") % names
    at = message.contact.at
    if item.asked_for_at is not None and item.asked_for_at <= at:
        if item.asked_by_client:
            return _("%(title)s, as they asked") % names
        return _("%(title)s, because a reminder was asked for") % names
    names["day"] = day_of(item.due_at, zone)
    if item.due_at > at:
        return _("%(title)s is due on %(day)s") % names
    if names["day"] == day_of(at, zone):
        return _("%(title)s is due") % names
    return _("%(title)s has been due since %(day)s") % names


@dataclass(frozen=True)
class OpenNow:
    title: str
    words: str


def open_now(coming: list[Coming], now: datetime, client: Client) -> list[OpenNow]:
    return [
        OpenNow(each.title, _state_of(each, now, client)) for each in coming if each.opens_at <= now
    ]


def _state_of(each: Coming, now: datetime, client: Client) -> str:
    zone = client.zone
    parts = [_("open since %(day)s") % {"day": day_of(each.opens_at, zone)}]
    if each.due_at:
        words = _("due on %(day)s") if each.due_at > now else _("was due on %(day)s")
        parts.append(words % {"day": day_of(each.due_at, zone)})
    if each.ends_at:
        parts.append(_("ends on %(day)s") % {"day": day_of(each.ends_at, zone)})
    if each.row.remind_at and each.row.remind_at > now and each.row.remind_by_id == client.user_id:
        wall = each.row.remind_at.astimezone(zone)
        parts.append(
            _("they asked to be reminded on %(day)s at %(time)s")
            % {"day": day_of(wall, zone), "time": formats.date_format(wall, "H:i")}
        )
    return ", ".join(parts)


def day_of(moment: datetime, zone: ZoneInfo) -> str:
    return formats.date_format(moment.astimezone(zone), "D j M")
