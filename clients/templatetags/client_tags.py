"""What a page says about a client: who, when next, how they may be reached, and what is safe."""

from datetime import timedelta

from django import template
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.html import format_html
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _

from clients.models import Channel, Client, Cover, SafetyCheck, Wording
from practice.models import Role

register = template.Library()

# The kinds of _components/state.html.
OUTCOMES = {"attended": "done", "missed": "not-yet", "cancelled": "info", "to_come": "session"}
SAFETY = {
    SafetyCheck.Outcome.CLEAR: "done",
    SafetyCheck.Outcome.CAUTION: "partly",
    SafetyCheck.Outcome.HOLD: "worse",
}


@register.inclusion_tag("clients/_client_header.html", takes_context=True)
def client_header(context, client, tab=""):
    """Who this is, with the tabs. Five statements, however long the history."""
    request, now = context["request"], timezone.now()
    episode = client.episodes.filter(closed_at__isnull=True).first()
    return {
        "client": client,
        "week": episode.week(now) if episode else None,
        "next_session": client.sessions.to_come(now).first(),
        "contact": client.safe_contacts.current().with_age().with_address_asked(now).first(),
        "check": client.safety_checks.latest_first().with_age().first(),
        **_way_to(request.user, client),
        "elsewhere": client.time_zone != timezone.get_current_timezone_name(),
        "tabs": [_tab(request.path, client, tab, *each) for each in _tabs()],
        "csrf_token": context.get("csrf_token"),
    }


def _tabs():
    return (
        ("timeline", _("Timeline"), "assessments:timeline"),
        ("work", _("Work"), "assessments:work"),
        ("sessions", _("Sessions"), "clients:sessions"),
        ("contact", _("Contact"), "assessments:contact"),
        ("record", _("Record"), "clients:record"),
    )


def _tab(path, client, here, name, label, url_name) -> dict:
    url = reverse(url_name, args=[client.pk])
    current = ("page" if url == path else "true") if name == here else ""
    return {"label": label, "url": url, "current": current}


@register.simple_tag(takes_context=True)
def cares_for(context, client) -> bool:
    """Whether the reader looks after this client and may write; a supervisor reads only."""
    return _cares(context["request"].user, client)


def _way_to(user, client) -> dict:
    """Whether they look after this client, and in whose place."""
    mine = Client.objects.cared_for_by(user).filter(pk=client.pk).with_their_way_to(user)
    found = mine.values("covered_for", "covered_until").first()
    opened_until = _opened_until(user, client) if found is None else None
    return {"cares": found is not None, "opened_until": opened_until, **(found or {})}


def _opened_until(user, client):
    """Of a record that a clinician opened in an emergency: until when."""
    if Role.CLINICIAN not in user.roles:
        return None
    opened = client.emergency_openings.counting(timezone.now()).filter(created_by=user)
    return opened.order_by("-until_at").values_list("until_at", flat=True).first()


def _cares(user, client) -> bool:
    return Client.objects.cared_for_by(user).filter(pk=client.pk).exists()


@register.inclusion_tag("clients/_covered.html")
def covered(client):
    """“For Clara until 3 Jan”, of one who was found ``with_their_way_to`` the reader."""
    return {"covered_for": client.covered_for, "covered_until": client.covered_until}


@register.inclusion_tag("clients/_stands_in.html")
def who_reads(client):
    """In the portal: who reads what a client sends while their clinician is away, if the clinician
    wants them to know."""
    covers = Cover.objects.standing(timezone.now()).about(client.pk)
    told = covers.filter(absence__tells_clients=True)
    return {"covers": told.select_related("covering", "absence__clinician")}


@register.filter
def day_before(moment):
    """The last day of what ends at a midnight."""
    return moment - timedelta(seconds=1)


@register.simple_tag
def current_contact(client):
    return client.safe_contacts.current().first()


@register.filter
def reached(contact) -> str:
    """“E-mail only, weekdays 9 to 17, discreet.”, with a dash between the hours; “Text message,
    else e-mail, …” with a second way."""
    if contact is None:
        return _("Nobody has asked yet how they may be reached.")
    if contact.channel == Channel.NONE:
        return _("No messages.")
    return _("%(ways)s, %(when)s, %(wording)s.") % {
        "ways": _ways(contact),
        "when": _when(contact),
        "wording": _("discreet") if contact.wording == Wording.DISCREET else _("plain wording"),
    }


@register.filter
def reached_in_short(contact) -> str:
    """The same for a row of a table."""
    if contact is None:
        return _("Not asked yet")
    if contact.channel == Channel.NONE:
        return _("No messages")
    paused = paused_until(contact)
    if paused:
        return _("Paused until %(day)s") % {"day": formats.date_format(paused, "j M")}
    return _("%(channel)s, %(when)s") % {
        "channel": _way(contact.channel),
        "when": _when(contact),
    }


@register.filter
def paused_until(contact):
    """The last quiet day, while it lasts."""
    if contact is None or contact.channel == Channel.NONE or not contact.paused_until:
        return None
    today = timezone.localdate()
    if contact.paused_from and contact.paused_from > today:
        return None
    return contact.paused_until if contact.paused_until >= today else None


@register.filter
def pause_to_come(contact):
    """The first quiet day of a pause that has not begun."""
    if contact is None or contact.channel == Channel.NONE or not contact.paused_from:
        return None
    return contact.paused_from if contact.paused_from > timezone.localdate() else None


def _way(channel) -> str:
    return {Channel.EMAIL: _("E-mail"), Channel.SMS: _("Text message")}[channel]


def _other_way(channel) -> str:
    """Within a sentence: not every language makes it of the other by small letters."""
    return {Channel.EMAIL: _("e-mail"), Channel.SMS: _("text message")}[channel]


def _ways(contact) -> str:
    first, *others = contact.channels
    if not others:
        return _("%(channel)s only") % {"channel": _way(first)}
    return _("%(channel)s, else %(other)s") % {
        "channel": _way(first),
        "other": _other_way(others[0]),
    }


def _when(contact) -> str:
    days = _days(sorted(contact.weekdays))
    if contact.hours_from.hour == 0 and contact.hours_until.hour == 23:
        return _("%(days)s at any hour") % {"days": days}
    return _("%(days)s %(start)s\u2013%(end)s") % {
        "days": days,
        "start": _clock(contact.hours_from),
        "end": _clock(contact.hours_until),
    }


def _days(days) -> str:
    if not days:
        return _("on no day")
    named = {
        (1, 2, 3, 4, 5, 6, 7): _("any day"),
        (1, 2, 3, 4, 5): _("weekdays"),
        (6, 7): _("weekends"),
    }
    if tuple(days) in named:
        return named[tuple(days)]
    first, last = str(WEEKDAYS_ABBR[days[0] - 1]), str(WEEKDAYS_ABBR[days[-1] - 1])
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"{first}\u2013{last}"
    return ", ".join(str(WEEKDAYS_ABBR[day - 1]) for day in days)


def _clock(moment) -> str:
    return formats.time_format(moment, "G:i" if moment.minute else "G")


@register.filter
def ago(moment):
    """How long since a moment, in words; the full date on demand."""
    if not moment:
        return ""
    local = timezone.localtime(moment)
    words = _days_ago((timezone.localdate() - local.date()).days)
    full = formats.date_format(local, "l j F Y, H:i")
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(), full, words)


def _days_ago(days: int) -> str:
    if days < 1:
        return _("today")
    if days == 1:
        return _("yesterday")
    if days < 14:
        return ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": days}
    if days < 70:
        return ngettext("%(n)s week ago", "%(n)s weeks ago", days // 7) % {"n": days // 7}
    return ngettext("%(n)s month ago", "%(n)s months ago", days // 30) % {"n": days // 30}


@register.filter
def safety_kind(check) -> str:
    return SAFETY[check.outcome]


@register.filter
def session_kind(session) -> str:
    return OUTCOMES[session.outcome]


@register.simple_tag
def sessions_by_time(sessions, now) -> dict:
    """Those to come (the next one first), those nobody has settled yet, and the rest."""
    rows = list(sessions)
    open_ones = [session for session in rows if session.outcome == "to_come"]
    return {
        "ahead": [session for session in reversed(open_ones) if session.starts_at >= now],
        "unsettled": [session for session in open_ones if session.starts_at < now],
        "settled": [session for session in rows if session.outcome != "to_come"],
    }


@register.simple_tag
def details_of(client) -> list:
    """Pairs for _components/definition_list.html."""
    return [
        (_("Preferred name"), client.preferred_name),
        (_("Pronouns"), client.pronouns),
        (_("E-mail"), client.email),
        *([(_("Mobile number"), client.phone)] if client.phone else []),
        (_("Language"), get_language_info(client.language)["name_translated"]),
        (_("Time zone"), client.time_zone.replace("_", " ")),
    ]
