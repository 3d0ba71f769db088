"""Whoever answers for a record is told before its time is over; and what a practice has switched
on to go by itself goes, a month after that at the earliest."""

import logging
from collections import Counter
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from clients.actions.erasing import MayNot, erase_client
from clients.models import CareTeam, RetentionNotice, RetentionPolicy
from practice.models import Erased, Membership, Practice, Role, User

from .due import Kept, due_by, kept_rows

log = logging.getLogger(__name__)

Stage = RetentionNotice.Stage
DAYS_BEFORE = {Stage.DUE: 0, Stage.WEEK: 7, Stage.MONTH: 30, Stage.HALF_YEAR: 183}
NOTICE = timedelta(days=30)  # between the first word and what goes by itself


def look_at(practice_id, *, now: datetime) -> None:
    practice = Practice.objects.get(pk=practice_id)
    policy = RetentionPolicy.of_practice(practice_id)
    free = _free(practice, policy, now)
    tell(_news(free, practice.day_of(now), now), practice)
    if policy.by_itself_since and policy.by_itself_since <= now - NOTICE:
        _let_go(free, now)


def _free(practice: Practice, policy: RetentionPolicy, now: datetime) -> list[Kept]:
    ahead = practice.day_of(now) + timedelta(days=DAYS_BEFORE[Stage.HALF_YEAR])
    rows = kept_rows(due_by(practice, policy, ahead), practice, policy, now)
    return [kept for kept in rows if kept.hold is None]


def _news(rows: list[Kept], today: date, now: datetime) -> list[Kept]:
    """Once for each stage: whoever writes it down tells it."""
    given = RetentionNotice.objects.filter(client__in=[kept.client.pk for kept in rows])
    known = set(given.values_list("client", "due_on", "stage"))
    return [
        kept
        for kept in rows
        if (kept.client.pk, kept.due_on, (stage := _stage(kept, today))) not in known
        and _write_down(kept, stage, now)
    ]


def _stage(kept: Kept, today: date) -> Stage:
    left = (kept.due_on - today).days
    return next(stage for stage, days in DAYS_BEFORE.items() if left <= days)


def _write_down(kept: Kept, stage: Stage, now: datetime) -> bool:
    """Whether nobody else did meanwhile."""
    shared = {"practice_id": kept.client.practice_id, "client": kept.client}
    return RetentionNotice.objects.get_or_create(
        **shared, due_on=kept.due_on, stage=stage, defaults={"told_at": now}
    )[1]


def tell(rows: list[Kept], practice: Practice) -> int:
    """One mail a person, with a number and no name: the page says who. A mail that is lost is not
    sent again."""
    if not rows:
        return 0
    owning = Membership.objects.current().filter(practice=practice, role=Role.OWNER)
    owners = User.objects.filter(memberships__in=owning, is_active=True).distinct()
    sent = sum(_mail(owner, len(rows), reverse("clients:keeping")) for owner in owners)
    leading = CareTeam.objects.current().filter(
        client__in=[kept.client.pk for kept in rows], is_primary=True, clinician__is_active=True
    )
    others = leading.exclude(clinician__in=owners).select_related("clinician")
    counted = Counter(row.clinician for row in others)
    return sent + sum(
        _mail(person, n, reverse("clients:caseload")) for person, n in counted.items()
    )


def _mail(person: User, n: int, page: str) -> int:
    context = {"n": n, "link": settings.SITE_URL + page}
    with translation.override(person.language):
        subject = render_to_string("clients/retention_subject.txt", context).strip()
        body = render_to_string("clients/retention_mail.txt", context).strip() + "\n"
    try:
        return send_mail(subject, body, None, [person.email])
    except OSError as error:  # its kind and no more: a refusal says to whom
        log.warning("a retention notice was not taken: %s", type(error).__name__)
        return 0


def _let_go(rows: list[Kept], now: datetime) -> None:
    for kept in rows:
        told = kept.client.retention_notices.filter(due_on=kept.due_on, told_at__lte=now - NOTICE)
        if kept.why == Erased.Why.OVER and told.exists():
            try:
                erase_client(kept.client, by=None, now=now)
            except (MayNot, IntegrityError) as error:  # somebody was quicker, or set a hold
                log.info("client %s stays: %s", kept.client.pk, type(error).__name__)


def restored(*, practice: Practice, since: datetime, now: datetime) -> None:
    """What is due to be told may have been told since the backup: it counts as told, today."""
    policy = RetentionPolicy.of_practice(practice.pk)
    _news(_free(practice, policy, now), practice.day_of(now), now)
