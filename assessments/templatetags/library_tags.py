"""What the pages of the library say about activities, programs, numbers and sources."""

from urllib.parse import urlencode

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from assessments import browsing, coverage
from assessments.definitions import CONSTRUCTS, SCORABLE
from assessments.forms.paper import what_it_takes

from .assessment_tags import item_numbers

register = template.Library()

POINT_KINDS = {
    "sign": _lazy("Signs of codependency"),
    "impact": _lazy("What it can do to someone"),
    "strength": _lazy("What interdependence looks like"),
    "contrast": _lazy("Contrasts"),
    "tip": _lazy("Tips"),
    "step": _lazy("Steps"),
    "root": _lazy("Roots"),
    "therapy": _lazy("Therapies"),
    "caution": _lazy("To keep in mind"),
}


@register.simple_tag(takes_context=True)
def sections_of(context, shelf) -> list:
    """For _components/counts.html: the whole library, and each of its sections."""
    given = context["request"].GET.items()
    asked = {key: value for key, value in given if value and key != "section"}

    def address(section):
        return "?" + urlencode(asked | ({"section": section} if section else {}))

    everything = {
        "url": address(""),
        "number": sum(shelf.counts.values()),
        "word": _("all"),
        "current": not shelf.wanted.section,
    }
    return [everything] + [
        {
            "url": address(section),
            "number": number,
            "word": browsing.SECTIONS[section],
            "current": section == shelf.wanted.section,
        }
        for section, number in shelf.counts.items()
    ]


@register.filter
def section_title(section) -> str:
    return browsing.TITLES[section]


@register.filter
def how_long(card) -> str:
    """What it takes of the client: minutes of an activity, weeks of a program."""
    if card.minutes is None:
        n = card.definition.weeks
        return ngettext("%(n)s week", "%(n)s weeks", n) % {"n": n}
    return ngettext("%(n)s minute", "%(n)s minutes", card.minutes) % {"n": card.minutes}


@register.filter
def theme_names(definition) -> str:
    return ", ".join(str(browsing.THEMES[theme]) for theme in definition.themes)


@register.filter
def construct_names(codes) -> list:
    """A construct with its code and name; a code that is not ours stands as it is."""
    names = [(code, CONSTRUCTS.get(code, "")) for code in codes]
    return [f"{code} {name}".strip() if code.isupper() else name or code for code, name in names]


@register.filter
def seed_names(seeds) -> list:
    return [f"{seed}: {coverage.SEEDS[seed]}" for seed in seeds]


@register.filter
def point_kind(kind) -> str:
    return POINT_KINDS[kind]


@register.filter
def band_range(band) -> str:
    """Whole numbers as a source prints them: from the start to the last below the next band."""
    if band.start % 1 or band.below % 1:
        return _("%(start)s to below %(below)s") % {"start": band.start, "below": band.below}
    last = band.below - 1
    return f"{band.start}" if last == band.start else f"{band.start}–{last}"  # noqa: RUF001


@register.filter
def numbers_of(definition, item) -> str:
    """What an item without its words can be answered with."""
    return what_it_takes(definition, item) if item.kind in SCORABLE else ""


@register.filter
def missing_rule(scale, definition) -> str:
    """What is done about answers that are missing, of this scale."""
    if not scale.max_missing:
        return _("no score when an answer is missing")
    if scale.method == "rule":
        return _("a score as long as what is missing cannot change it")
    rule = ngettext(
        "estimated from the rest when %(n)s answer is missing",
        "estimated from the rest when up to %(n)s answers are missing",
        scale.max_missing,
    ) % {"n": scale.max_missing}
    if not scale.never_impute:
        return rule
    return ngettext(
        "%(rule)s, but never item %(items)s",
        "%(rule)s, but never items %(items)s",
        len(scale.never_impute),
    ) % {"rule": rule, "items": item_numbers(definition, scale.never_impute)}


@register.filter
def change_facts(change) -> list:
    """The parameters of a change with their names, those that are known."""
    kinds = {"alpha": _("alpha"), "retest": _("test-retest")}
    named = [
        (_("Points"), change.threshold),
        (_("Standard deviation"), change.sd),
        (_("Reliability"), change.reliability),
        (_("Kind of reliability"), kinds.get(change.reliability_type)),
        ("z", change.z if change.kind == "reliable" else None),
        (_("Cut-off"), change.cutoff),
        (_("Clinical mean"), change.clinical_mean),
        (_("Clinical standard deviation"), change.clinical_sd),
        (_("Non-clinical mean"), change.functional_mean),
        (_("Non-clinical standard deviation"), change.functional_sd),
    ]
    return [(name, value) for name, value in named if value is not None]


@register.filter
def rule_in_words(step) -> str:
    """When a step of a program comes."""
    if step.rule == "after_delay":
        return ngettext(
            "%(n)s day after the step before", "%(n)s days after the step before", step.days
        ) % {"n": step.days}
    if step.rule == "every":
        return _("Every %(days)s days, %(times)s times") % {"days": step.days, "times": step.times}
    return {
        "at_once": _("At once"),
        "after_previous": _("After the step before"),
        "before_each_session": _("Before each session"),
        "after_feedback": _("After your feedback on the step before"),
    }[step.rule]


@register.filter
def may_be_adapted(definition) -> bool:
    """Own texts under an open licence; a published instrument is not ours to reword."""
    return not definition.is_validated and definition.provenance.licence.kind == "OPEN"
