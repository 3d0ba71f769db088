"""Owners and whoever is first responsible are told before the time of a record is over; and what a
practice has switched on to go by itself goes, a month after they were told so at the earliest."""

import logging
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone

from clients.actions.erasing import MayNot, erase_client
from clients.models import CareTeam, RetentionNotice, RetentionPolicy
from practice import letters
from practice.models import Membership, Practice, User

from .due import Kept, due_by, kept_rows

log = logging.getLogger(__name__)

Stage = RetentionNotice.Stage
DAYS_BEFORE = {Stage.DUE: 0, Stage.WEEK: 7, Stage.MONTH: 30, Stage.HALF_YEAR: 183}
NOTICE = timedelta(days=30)  # between the first word and what goes by itself


@dataclass(frozen=True)
class Coming:
    """A record whose time is over soon, and what was said of it."""

    kept: Kept
    stage: Stage  # of today
    is_news: bool
    goes_at: datetime | None  # by itself, at the earliest; none: only an owner erases it


def look_at(practice_id, *, now: datetime) -> None:
    practice = Practice.objects.get(pk=practice_id)
    policy = RetentionPolicy.of_practice(practice_id)
    rows = _coming(practice, policy, now)
    news = [row for row in rows if row.is_news]
    with timezone.override(practice.zone):
        if news and _tell(news, practice):
            _write_down(news, now)
    _let_go([row for row in rows if not row.is_news and row.goes_at and row.goes_at <= now], now)


def _coming(practice: Practice, policy: RetentionPolicy, now: datetime) -> list[Coming]:
    """Those without a hold whose time is over, or will be within half a year. Where records go by
    themselves, what was said before that was switched on does not count: it did not say so."""
    today = practice.day_of(now)
    ahead = today + timedelta(days=DAYS_BEFORE[Stage.HALF_YEAR])
    rows = kept_rows(due_by(practice, policy, ahead), practice, policy, now)
    notices = RetentionNotice.objects.filter(client__in=[kept.client for kept in rows])
    if policy.by_itself_since:
        notices = notices.filter(told_at__gte=policy.by_itself_since)
    given: dict = defaultdict(dict)
    for notice in notices:
        given[notice.client_id, notice.due_on][notice.stage] = notice.told_at
    found = []
    for kept in [kept for kept in rows if kept.hold is None]:
        said, stage = given[kept.client.pk, kept.due_on], _stage(kept, today)
        goes_at = None
        if policy.by_itself_since and not kept.was_kept:
            first = min(said.values(), default=now)
            goes_at = max(practice.midnight(kept.due_on), first + NOTICE)
        found.append(Coming(kept, stage, stage not in said, goes_at))
    return found


def _stage(kept: Kept, today: date) -> Stage:
    left = (kept.due_on - today).days
    return next(stage for stage, days in DAYS_BEFORE.items() if left <= days)


def _write_down(rows: list[Coming], now: datetime) -> None:
    """After the mail was taken: what nobody took is said again in the next hour."""
    RetentionNotice.objects.bulk_create(
        [
            RetentionNotice(
                practice_id=row.kept.client.practice_id,
                client=row.kept.client,
                due_on=row.kept.due_on,
                stage=row.stage,
                told_at=now,
            )
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["client", "due_on", "stage"],
        update_fields=["told_at"],
    )


def _tell(rows: list[Coming], practice: Practice) -> bool:
    """One mail a person, with a number and no name: the page says who. Whether an owner got it;
    whoever is first responsible gets theirs only then, so that they hear of it once."""
    owning = Membership.objects.owning().filter(practice=practice)
    owners = User.objects.filter(memberships__in=owning, is_active=True).distinct()
    if not sum(_mail(owner, rows, is_owner=True) for owner in owners):
        log.warning("no owner could be told that records are over: %s", len(rows))
        return False
    by_client = {row.kept.client.pk: row for row in rows}
    leading = CareTeam.objects.current().filter(
        client__in=list(by_client), is_primary=True, clinician__is_active=True
    )
    theirs = defaultdict(list)
    for member in leading.exclude(clinician__in=owners).select_related("clinician"):
        theirs[member.clinician].append(by_client[member.client_id])
    for person, of_them in theirs.items():
        _mail(person, of_them, is_owner=False)
    return True


def _mail(person: User, rows: list[Coming], *, is_owner: bool) -> int:
    first = min((row.goes_at for row in rows if row.goes_at), default=None)
    link = settings.SITE_URL + reverse("clients:keeping" if is_owner else "clients:caseload")
    context = {"n": len(rows), "first": first, "link": link, "is_owner": is_owner}
    return letters.tell("clients/retention", [person], context)


def _let_go(rows: list[Coming], now: datetime) -> None:
    for row in rows:
        client = row.kept.client
        try:
            erase_client(client, by=None, now=now)
        except (MayNot, DatabaseError) as error:
            # Somebody was quicker, set a hold, or was in the way (a deadlock): the others go on,
            # and what is left is tried again in an hour.
            log.info("client %s stays: %s", client.pk, type(error).__name__)


def restored(*, practice: Practice, since: datetime, now: datetime) -> None:
    """What is due to be told may have been told since the backup: it counts as told, today. Not so
    where records go by themselves: there somebody has to know, and rather hears of it twice."""
    policy = RetentionPolicy.of_practice(practice.pk)
    if policy.by_itself_since is None:
        _write_down([row for row in _coming(practice, policy, now) if row.is_news], now)
