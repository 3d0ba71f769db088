"""How often a client is reminded, and over which ways nothing goes to them any more, in words."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from clients.forms.rhythm import first_in_words, most_in_words, spacing_in_words
from clients.models import Channel, ChannelStop, ReminderPolicy

register = template.Library()

_MANY = {Channel.EMAIL: _lazy("e-mails"), Channel.SMS: _lazy("text messages")}
_STOPS = {
    ChannelStop.Why.BOUNCED: _lazy(
        "The address or number does not exist, or takes no messages. Ask for one that works. "
        "It starts again when that changes, or when they confirm that this one is right."
    ),
    ChannelStop.Why.COMPLAINED: _lazy(
        "One was marked as unwanted. It starts again when they confirm that they want them."
    ),
    ChannelStop.Why.OPTED_OUT: _lazy(
        "They answered that they want no more of these. It starts again only when they ask for it."
    ),
}
_OWN_STOPS = {
    ChannelStop.Why.BOUNCED: _lazy("Ours did not arrive. If you choose it here, we try again."),
    ChannelStop.Why.COMPLAINED: _lazy(
        "One was marked as unwanted. If you choose it here, they start again."
    ),
    ChannelStop.Why.OPTED_OUT: _lazy(
        "You answered that you want no more. If you choose it here, they start again."
    ),
}


@register.simple_tag
def reminded(contact) -> str:
    """How often, in a sentence: their own word, or as their practice does it."""
    policy = ReminderPolicy.of_practice(contact.practice_id)
    return _rhythm(
        **{
            name: getattr(policy if getattr(contact, name) is None else contact, name)
            for name in ("most_reminders", "spacing_days", "first_days")
        }
    )


@register.filter
def policy_in_words(policy) -> str:
    """“Unless they asked for something else, clients get at most 2 reminders …”"""
    how = _rhythm(policy.most_reminders, policy.spacing_days, policy.first_days)
    return _("%(how)s This holds for every client who did not ask for something else.") % {
        "how": how
    }


def _rhythm(most_reminders, spacing_days, first_days) -> str:
    if most_reminders == 0:
        return _("No reminders: only a message that something is new.")
    first = first_in_words(first_days)
    if most_reminders == 1:
        return _("At most one reminder about one thing, %(first)s.") % {"first": first}
    return _(
        "At most %(most)s about one thing: the first one %(first)s, and at least %(days)s from "
        "one to the next."
    ) % {
        "most": most_in_words(most_reminders),
        "first": first,
        "days": spacing_in_words(spacing_days),
    }


@register.simple_tag
def channel_stops(client) -> list[ChannelStop]:
    """The ways that are stopped, for clients/_stops.html. One statement."""
    return list(client.channel_stops.standing().order_by("channel"))


@register.filter
def stopped_way(stop) -> str:
    return _("No more %(way)s:") % {"way": _MANY[stop.channel]}


@register.simple_tag
def stopped_why(stop, is_own=False) -> str:
    """Why nothing goes over this way, and what starts it again."""
    sentences = _OWN_STOPS if is_own else _STOPS
    return sentences[stop.why]
