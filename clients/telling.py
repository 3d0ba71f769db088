"""Mails to colleagues: who is away and who covers (days and names of colleagues, no client), and
that a record was opened in an emergency (initials and a link)."""

import logging

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from practice import walls
from practice.models import Membership, Role

from .models import Absence, EmergencyOpening

log = logging.getLogger(__name__)


def tell_of_absences(*, now) -> int:
    """Of what is new, and of what ended early after it was told. Each once: whoever claims it
    tells it, and a mail that is lost is not sent again (the page says the same)."""
    new = Absence.objects.not_over(now).filter(told_at__isnull=True)
    to_tell = new | Absence.objects.filter(ended_at__gt=F("told_at"))
    told = 0
    for practice_id in walls.practices_with(to_tell):
        with walls.inside(practice_id):
            told += _tell_each(to_tell.select_related("clinician", "practice"), now)
    return told


def _tell_each(absences, now) -> int:
    told = 0
    for absence in absences:
        seen = Absence.objects.filter(pk=absence.pk, told_at=absence.told_at)
        if seen.update(told_at=now):
            told += _tell(absence)
    return told


def tell_of_emergencies(*, now) -> int:
    """Each once, to the owners and to whoever looks after the client: the same claim as above."""
    untold = EmergencyOpening.objects.filter(told_at__isnull=True)
    told = 0
    for practice_id in walls.practices_with(untold):
        with walls.inside(practice_id):
            mine = untold.filter(practice=practice_id).order_by("opened_at")
            for opening in mine.select_related("client", "created_by", "practice"):
                if untold.filter(pk=opening.pk).update(told_at=now):
                    told += _tell_of(opening)
    return told


def _tell_of(opening: EmergencyOpening) -> int:
    owners = Membership.objects.current().filter(practice=opening.practice_id, role=Role.OWNER)
    people = {member.user for member in owners.select_related("user")}
    team = opening.client.care_team.current().select_related("clinician")
    link = settings.SITE_URL + reverse("clients:who_saw", args=[opening.client_id])
    context = {"opening": opening, "link": link}
    with timezone.override(opening.practice.zone):
        return _send("emergency", people | {row.clinician for row in team}, context)


def _tell(absence: Absence) -> int:
    covers = absence.covers.valid().select_related("covering")
    people = {absence.clinician, *(cover.covering for cover in covers)}
    context = {
        "absence": absence,
        "covering": sorted({str(cover.covering) for cover in covers}),
        "link": settings.SITE_URL + reverse("clients:absences"),
    }
    return _send("absence", people, context)


def _send(about: str, people, context) -> int:
    return sum(_mail(about, person, context) for person in people if person.is_active)


def _mail(about: str, person, context) -> int:
    with translation.override(person.language):
        subject = render_to_string(f"clients/{about}_subject.txt", context).strip()
        body = render_to_string(f"clients/{about}_mail.txt", context).strip() + "\n"
    try:
        return send_mail(subject, body, None, [person.email])
    except OSError as error:  # its kind and no more: a refusal says to whom
        kind = type(error).__name__
        log.warning("%s: the mail was not taken: %s", about, kind)
        return 0
