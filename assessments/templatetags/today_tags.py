"""Today's counts and choices, each with the address that keeps the others."""

from urllib.parse import urlencode

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.today import EVERYBODY, MINE

register = template.Library()

WORDS = {
    "alert": lambda n: ngettext("alert", "alerts", n),
    "worse": lambda n: _("worse"),
    "review": lambda n: _("to review"),
    "undelivered": lambda n: _("not sent"),
    "address": lambda n: ngettext("new address", "new addresses", n),
    "silent": lambda n: _("silent"),
    "unread": lambda n: _("to read"),
    "session": lambda n: ngettext("session", "sessions", n),
}


@register.simple_tag
def counts_of(today, only, words="") -> list:
    """For _components/counts.html: all of Today, and each kind of reason."""
    everything = {
        "url": _address(clinician=today.whose, q=words),
        "number": len(today.reasons),
        "word": _("all"),
        "current": not only,
    }
    return [everything] + [
        {
            "url": _address(only=kind, clinician=today.whose, q=words),
            "number": number,
            "word": WORDS[kind](number),
            "kind": kind,
            "current": kind == only,
        }
        for kind, number in today.counts.items()
    ]


@register.simple_tag
def caseloads_of(today, only, words="") -> list:
    """For _components/counts.html: the practice, one's own caseload, and those of the others."""
    return [
        {
            "url": _address(only=only, clinician=choice.key, q=words),
            "number": number,
            "word": _chosen_word(choice),
            "current": choice.key == today.whose,
        }
        for choice, number in today.choices
    ]


def _chosen_word(choice):
    named = {EVERYBODY: _("the practice"), MINE: _("my caseload")}
    return named.get(choice.key) or choice.clinician


@register.simple_tag
def show_all(stretch, group, today, words="") -> dict:
    """Where the rest of a folded stretch stands: all of its kind, of its clinician."""
    whose = str(group.clinician.pk) if group.clinician else today.whose
    known = {choice.key for choice, _number in today.choices}
    number = len(stretch.rows)
    return {
        "url": _address(only=stretch.kind, clinician=whose if whose in known else "", q=words),
        "number": number,
        "word": WORDS[stretch.kind](number),
    }


def _address(**chosen) -> str:
    return "?" + urlencode({name: value for name, value in chosen.items() if value})
