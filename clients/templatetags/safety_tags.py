"""Asking again, whom to call, and what a client said of who may look."""

from datetime import timedelta

from django import template
from django.utils import timezone

from clients.forms.safety import ANSWERS, ASKED
from clients.helplines import KINDS, VIOLENCE, countries, country_of_languages, country_of_zone
from clients.models import SafetyPolicy

register = template.Library()

# Whoever said "later" is asked again after that many days.
LATER_DAYS = 7


@register.inclusion_tag("clients/_contact_still.html", takes_context=True)
def contact_still(context, client):
    """The card "Is this still right for you?"; nothing when it need not be asked. One statement."""
    now = timezone.now()
    contact = client.safe_contacts.current().with_age().first()
    is_asked = contact is not None and (not contact.is_theirs or contact.is_old(now))
    first = client.leave_page_shown_at
    if first is None or first > now - timedelta(days=1):
        is_asked = False  # on the first day they have enough to read
    later = client.contact_later_at
    if later and later > now - timedelta(days=LATER_DAYS):
        is_asked = False
    return {"contact": contact if is_asked else None, "csrf_token": context.get("csrf_token")}


@register.filter
def is_old(row) -> bool:
    """Of how a client may be reached, or of a safety check: time to ask again."""
    return row.is_old(timezone.now())


@register.inclusion_tag("clients/_helplines.html", takes_context=True)
def helplines(context):
    """The numbers of the practice's country, or of the one that was chosen on the page."""
    request, practice = context["request"], context.get("practice")
    policy = SafetyPolicy.of_practice(practice.pk) if practice else SafetyPolicy()
    code = request.GET.get("in", "").upper()
    if code not in countries():
        code = _usual_country(request, practice, policy)
    country = countries().get(code)
    lines = country.shown(policy.hidden_help) if country else []
    return {
        "country": country,
        "lines": [
            line for kind in KINDS if kind != VIOLENCE for line in lines if line.kind == kind
        ],
        "folded": [line for line in lines if line.kind == VIOLENCE],
        "others": [each for each in countries().values() if each is not country],
    }


def _usual_country(request, practice, policy) -> str:
    if practice:
        return policy.country or country_of_zone(practice.time_zone)
    return country_of_languages(request.headers.get("Accept-Language", ""))


@register.filter
def dial(number: str) -> str:
    return "".join(each for each in number if each.isdigit() or each == "+")


@register.inclusion_tag("clients/_who_sees.html")
def who_sees(client):
    """What the client said last of who may look; for the care team alone. One statement."""
    said = client.who_sees.order_by("-said_at", "-pk").first()
    words = dict(ANSWERS)
    answers = [
        (label, words[said.said[name]])
        for name, label in ASKED.items()
        if said and name in said.said
    ]
    return {"said": said, "answers": answers}
