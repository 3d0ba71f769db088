"""Mails to colleagues: who is away and who covers (days and names of colleagues, no client), and
that a record was opened in an emergency (initials and a link)."""

from django.conf import settings
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from practice import letters, walls
from practice.models import Membership

from .models import Absence, EmergencyOpening


def tell_of_absences(*, now) -> int:
    """Of what is new, and of what ended early after it was told. Each once: whoever claims it
    tells it, and a mail that is lost is not sent again (the page says the same)."""
    new = Absence.objects.not_over(now).filter(told_at__isnull=True)
    to_tell = new | Absence.objects.filter(ended_at__gt=F("told_at"))
    theirs = to_tell.select_related("clinician", "practice")
    return walls.in_each(
        walls.practices_with(to_tell),
        lambda practice_id: _tell_each(theirs.filter(practice=practice_id), now),
    )


def _tell_each(absences, now) -> int:
    told = 0
    for absence in absences:
        seen = Absence.objects.filter(pk=absence.pk, told_at=absence.told_at)
        if seen.update(told_at=now):
            told += _tell(absence)
    return told


def tell_of_emergencies(*, now) -> int:
    """Each once, to the owners and to whoever looks after the client: the same claim as above. One
    that no mail server took for anybody is tried again: what was opened is not to be overlooked."""
    untold = EmergencyOpening.objects.filter(told_at__isnull=True)
    theirs = untold.order_by("opened_at").select_related("client", "created_by", "practice")
    return walls.in_each(
        walls.practices_with(untold),
        lambda practice_id: _tell_of_each(theirs.filter(practice=practice_id), now),
    )


def _tell_of_each(openings, now) -> int:
    told = 0
    for opening in openings:
        claimed = EmergencyOpening.objects.filter(pk=opening.pk)
        if claimed.filter(told_at__isnull=True).update(told_at=now):
            taken = 0
            try:
                taken = _tell_of(opening)
            finally:
                if not taken:
                    claimed.filter(told_at=now).update(told_at=None)
            told += taken
    return told


def _tell_of(opening: EmergencyOpening) -> int:
    owners = Membership.objects.owning().filter(practice=opening.practice_id)
    people = {member.user for member in owners.select_related("user")}
    team = opening.client.care_team.current().select_related("clinician")
    link = settings.SITE_URL + reverse("clients:who_saw", args=[opening.client_id])
    context = {"opening": opening, "link": link}
    with timezone.override(opening.practice.zone):
        return letters.tell("clients/emergency", people | {row.clinician for row in team}, context)


def _tell(absence: Absence) -> int:
    covers = absence.covers.valid().select_related("covering")
    people = {absence.clinician, *(cover.covering for cover in covers)}
    context = {
        "absence": absence,
        "covering": sorted({str(cover.covering) for cover in covers}),
        "link": settings.SITE_URL + reverse("clients:absences"),
    }
    return letters.tell("clients/absence", people, context)
