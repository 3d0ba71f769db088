"""What pages say about reminders: what became of them, and asking for one."""

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.contact import BOUNCED
from assessments.models.reminders import Outcome
from assessments.snooze import Snooze, snooze_of

register = template.Library()

KINDS = {
    Outcome.SENT: "done",
    Outcome.FAILED: "worse",
    Outcome.SUPPRESSED: "info",
    Outcome.UNKNOWN: "partly",
}


@register.simple_tag
def counts_of_log(counts, only) -> list:
    """For _components/counts.html: everything, and each outcome that there is."""
    filters = [{"url": "?", "number": counts["all"], "word": _("all"), "current": not only}]
    words = {**{each: each.label for each in Outcome}, BOUNCED: _("Came back")}
    return filters + [
        {
            "url": f"?only={name}",
            "number": counts[name],
            "word": word,
            "kind": KINDS.get(name, "worse"),
            "current": name == only,
        }
        for name, word in words.items()
        if counts[name] or name == only
    ]


@register.simple_tag
def may_snooze(client) -> Snooze:
    """Whether this client may ask to be reminded later, and when that would be. One statement."""
    return snooze_of(client, now=timezone.now())


@register.simple_tag
def snoozed(snooze, task) -> str:
    """When they asked to be reminded of it, in words; empty when they did not."""
    return snooze.standing_for(task.occurrence)


@register.simple_tag
def ways_to_snooze(snooze, task) -> list:
    """What can be chosen for it: pairs of a name and its words."""
    return snooze.ways_for(task.occurrence)
