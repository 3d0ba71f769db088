"""The mail to one of the staff: initials and a link; no answer, and not what it is about."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from assessments.models import AlertCall
from assessments.reminders.messages import Outgoing
from assessments.reminders.wording import one_line


def letter_of(call: AlertCall) -> Outgoing:
    person, alert = call.person, call.alert
    context = {
        "call": call,
        "initials": alert.client.initials,
        "is_urgent": alert.is_urgent,
        "raised_at": alert.raised_at,
        "link": settings.SITE_URL + reverse("assessments:alert", args=[alert.pk]),
    }
    with translation.override(person.language), timezone.override(person.time_zone):
        subject = render_to_string("assessments/calls/subject.txt", context)
        body = render_to_string("assessments/calls/body.txt", context)
    return Outgoing(None, call, one_line(subject), body.strip() + "\n", stop_url="")
