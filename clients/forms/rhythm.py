"""How often, and from when: the choices that clients and practices have in common."""

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

MOST = range(6)
SPACING = (1, 2, 3, 4, 5, 6, 7, 10, 14, 21, 30)
FIRST = range(-7, 8)


def most_in_words(n: int) -> str:
    return ngettext("%(n)s reminder", "%(n)s reminders", n) % {"n": n} if n else gettext("none")


def spacing_in_words(days: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def first_in_words(days: int) -> str:
    if days == 0:
        return gettext("when it is due")
    if days < 0:
        return ngettext("%(n)s day before it is due", "%(n)s days before it is due", -days) % {
            "n": -days
        }
    return ngettext("%(n)s day after it was due", "%(n)s days after it was due", days) % {"n": days}


LABELS = {
    "most_reminders": _("Reminders about one thing, at most"),
    "spacing_days": _("Days between them, at least"),
    "first_days": _("The first one"),
}
IN_WORDS = {
    "most_reminders": most_in_words,
    "spacing_days": spacing_in_words,
    "first_days": first_in_words,
}
OFFERED = {"most_reminders": MOST, "spacing_days": SPACING, "first_days": FIRST}


def choices_of(name: str, *, as_practice: int | None = None, held: int | None = None) -> list:
    """Every number that is offered, in words. ``as_practice`` puts before them that nothing is said
    about it, with what the practice does then; ``held`` is what is there now, offered or not."""
    words = IN_WORDS[name]
    numbers = sorted({*OFFERED[name]} | ({held} - {None}))
    offered = [(number, words(number)) for number in numbers]
    if as_practice is None:
        return offered
    said = gettext("As usual (%(how)s)") % {"how": words(as_practice)}
    return [("", said), *offered]
