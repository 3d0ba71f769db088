"""Tags of the frame around every page. They are built in: no {% load %} is needed."""

import re

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import conditional_escape, format_html, urlize
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from practice import passkeys
from practice.models import Practice

register = template.Library()

# A state is a shape and a word, never a colour alone.
SHAPES = {
    "alert": "triangle",
    "undelivered": "letter",
    "address": "letter",
    "worse": "disc",
    "review": "half",
    "silent": "ring",
    "unread": "square",
    "session": "clock",
    "done": "check",
    "partly": "half",
    "not-yet": "ring",
    "info": "ring",
}


@register.simple_tag
def icon(name):
    """One drawing of icons.svg; the word beside it carries the meaning."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("trellis/icons.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def passkeys_are_possible(context):
    return passkeys.are_possible(context["request"])


@register.simple_tag
def drawing(name):
    """A quiet line drawing: one of drawings.svg."""
    return format_html(
        '<svg class="drawing" viewBox="0 0 240 120" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"></use></svg>',
        static("trellis/drawings.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def leave_target(context):
    """The neutral page that takes this one's place; of whom nobody knows yet, the usual one."""
    practice = context.get("practice")
    return practice.leave_url if practice else Practice._meta.get_field("leave_url").default


@register.filter
def shape(kind):
    return SHAPES.get(kind, "ring")


@register.simple_tag(takes_context=True)
def current(context, url_name):
    """`aria-current` for a link in the navigation: this page, or a page below it."""
    request, url = context.get("request"), reverse(url_name)
    if request is None or not request.path.startswith(url):
        return ""
    if request.path == url:
        return format_html(' aria-current="{}"', "page")
    return format_html(' aria-current="{}"', "true") if url != "/" else ""


@register.filter
def near(moment):
    """A date or time in words when it is near, with the full one on demand."""
    if not moment:
        return ""
    timed = hasattr(moment, "hour")
    local = timezone.localtime(moment) if timed else moment
    full = formats.date_format(local, "l j F Y, H:i" if timed else "l j F Y")
    words = day_in_words(local.date() if timed else local, timezone.localdate())
    if timed:
        words = _("%(day)s, %(time)s") % {
            "day": words,
            "time": formats.date_format(local, "H:i"),
        }
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(), full, words)


def day_in_words(day, today):
    distance = (day - today).days
    if -1 <= distance <= 1:
        return (_("yesterday"), _("today"), _("tomorrow"))[distance + 1]
    if 1 < distance < 7:
        return formats.date_format(day, "l")
    return formats.date_format(day, "j M" if day.year == today.year else "j M Y")


@register.filter
def at(mapping, key):
    """A value whose key is no name, such as `data-low`."""
    return mapping.get(key, "")


PHONE = re.compile(r"(?<![\w.])\+?\d(?:[ ()/-]{0,2}\d){2,14}(?!\w|\.\d)")


@register.filter
def reachable(text):
    """A practice's help text with its addresses and phone numbers to touch."""

    def dial(found):
        number = re.sub(r"[^\d+]", "", found[0])
        return f'<a href="tel:{number}">{found[0]}</a>'

    parts = re.split(r"(<a .*?</a>)", urlize(conditional_escape(text)))
    # Every second part is a link already; the rest is escaped text with nothing but digits to mark.
    return mark_safe(  # noqa: S308 # nosec B308 B703 # 2026-11-29: escaped two lines above
        "".join(part if i % 2 else PHONE.sub(dial, part) for i, part in enumerate(parts))
    )
