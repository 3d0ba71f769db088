"""The mail to whoever is away and whoever covers: days and names of colleagues, no client."""

import logging

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from practice import walls

from .models import Absence

log = logging.getLogger(__name__)


def tell_of_absences(*, now) -> int:
    """Of what is new, and of what ended early after it was told. Each once: whoever claims it
    tells it, and a mail that is lost is not sent again (the page says the same)."""
    new = Absence.objects.not_over(now).filter(told_at__isnull=True)
    to_tell = new | Absence.objects.filter(ended_at__gt=F("told_at"))
    told = 0
    for practice_id in walls.practices_with(to_tell):
        with walls.inside(practice_id):
            told += _tell_of(to_tell.select_related("clinician", "practice"), now)
    return told


def _tell_of(absences, now) -> int:
    told = 0
    for absence in absences:
        seen = Absence.objects.filter(pk=absence.pk, told_at=absence.told_at)
        if seen.update(told_at=now):
            told += _tell(absence)
    return told


def _tell(absence: Absence) -> int:
    covers = absence.covers.valid().select_related("covering")
    people = {absence.clinician, *(cover.covering for cover in covers)}
    context = {
        "absence": absence,
        "covering": sorted({str(cover.covering) for cover in covers}),
        "link": settings.SITE_URL + reverse("clients:absences"),
    }
    return sum(_mail(person, context) for person in people if person.is_active)


def _mail(person, context) -> int:
    with translation.override(person.language):
        subject = render_to_string("clients/absence_subject.txt", context).strip()
        body = render_to_string("clients/absence_mail.txt", context).strip() + "\n"
    try:
        return send_mail(subject, body, None, [person.email])
    except OSError as error:  # its kind and no more: a refusal says to whom
        kind = type(error).__name__
        log.warning("absence %s: the mail was not taken: %s", context["absence"].pk, kind)
        return 0
