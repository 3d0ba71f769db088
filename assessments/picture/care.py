"""Who is in care, what they answered of what was due, and how long it took."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from assessments.cells import Hidden, Shown, Table, is_small, shown, table
from assessments.models import Occurrence, ReminderItem, Response
from assessments.models.reminders import MAY_HAVE_ARRIVED
from clients.models import Episode
from practice.median import Median

YEAR = timedelta(days=365)
WINDOW = timedelta(days=90)
# Whatever was due had this long to be answered: what was due yesterday would have had a day.
TIME_TO_ANSWER = timedelta(days=7)


def people_in_care(practice_id: UUID, now: datetime) -> dict[str, Shown]:
    """Episodes that are open, and those that began and ended within a year.

    Who was in care a year ago, those who began since and those who ended are who is in care now: so
    where one of the numbers is hidden, both that changed it are.
    """
    began, ended = Q(opened_at__gt=now - YEAR), Q(closed_at__gt=now - YEAR)
    counts = Episode.objects.filter(practice=practice_id, opened_at__lte=now).aggregate(
        open=Count("pk", filter=Q(closed_at__isnull=True)),
        began=Count("pk", filter=began),
        began_people=Count("client", filter=began, distinct=True),
        ended=Count("pk", filter=ended),
        ended_people=Count("client", filter=ended, distinct=True),
    )
    found = {
        "in_care": shown(counts["open"]),
        "began": shown(counts["began"], counts["began_people"]),
        "ended": shown(counts["ended"], counts["ended_people"]),
    }
    if any(isinstance(each, Hidden) for each in found.values()):
        found |= {"began": Hidden.WITHHELD, "ended": Hidden.WITHHELD}
    return found


def what_was_due(practice_id: UUID, now: datetime) -> dict[str, Any]:
    """What was due between 90 and 7 days ago, and answered within 7 days of being due.

    ``rows`` are with and without a reminder if both may be shown in full; else one row for all,
    never both: the one less the other would tell what is hidden.
    """
    found = {
        (row["reminded"], row["answered"]): row
        for row in _due(practice_id, now)
        .values("reminded", "answered")
        .annotate(number=Count("pk"), people=Count("client", distinct=True))
        .order_by()
    }
    everybody = {
        row["reminded"]: row["people"]
        for row in _due(practice_id, now)
        .values("reminded")
        .annotate(people=Count("client", distinct=True))
        .order_by()
    }
    split = [_row(key, found, everybody.get(key, 0)) for key in (True, False)]
    if all(tables.is_whole for _key, tables, _people in split):
        rows = [row for row in split if row[2]]
    else:
        rows = [_all_together(practice_id, now)]
    return {
        "rows": [
            {
                "reminded": key,
                "due": tables.total,
                "people": shown(people),
                "answered": tables.parts[0],
                "not_answered": tables.parts[1],
            }
            for key, tables, people in rows
        ],
        "days": _days(practice_id, now, rows),
    }


def _due(practice_id: UUID, now: datetime) -> QuerySet:
    """Of those who have a way into the portal; what was answered on paper came by another way."""
    told = ReminderItem.objects.filter(
        occurrence=OuterRef("pk"),
        is_nudge=True,
        reminder__outcome__in=MAY_HAVE_ARRIVED,
        reminder__settled_at__lte=OuterRef("due_at") + TIME_TO_ANSWER,
    )
    on_paper = Response.objects.filter(occurrence=OuterRef("pk"), mode=Response.Mode.PAPER)
    return (
        Occurrence.objects.asked_for(now)
        .filter(
            practice=practice_id,
            due_at__gt=now - WINDOW,
            due_at__lte=now - TIME_TO_ANSWER,
            withdrawn_at__isnull=True,
            client__user__isnull=False,
        )
        .exclude(Exists(on_paper))
        .annotate(
            reminded=Exists(told),
            answered=Q(answered_at__isnull=False, answered_at__lte=F("due_at") + TIME_TO_ANSWER),
        )
    )


def _row(key: bool | None, found: dict, people: int) -> tuple[bool | None, Table, int]:
    rows = [found.get((key, answered)) for answered in (True, False)]
    numbers = [row["number"] if row else 0 for row in rows]
    behind = [row["people"] if row else 0 for row in rows]
    return key, table(numbers, behind, of=people), people


def _all_together(practice_id: UUID, now: datetime) -> tuple[None, Table, int]:
    due = _due(practice_id, now)
    found = {
        (None, row["answered"]): row
        for row in due.values("answered")
        .annotate(number=Count("pk"), people=Count("client", distinct=True))
        .order_by()
    }
    return _row(None, found, due.aggregate(people=Count("client", distinct=True))["people"])


def _days(practice_id: UUID, now: datetime, rows: list) -> dict[str, Any]:
    """Of what was answered, the median of the days from when it was there to the answer. Its n is
    what the rows show as answered; where that is hidden, nothing is said. ``people`` is None where
    the rest of those who were asked, who answered nothing, are few."""
    if any(isinstance(tables.parts[0], Hidden) for _key, tables, _people in rows):
        return {"n": Hidden.WITHHELD}
    answered = Q(answered=True)
    found = _due(practice_id, now).aggregate(
        number=Count("pk", filter=answered),
        people=Count("client", filter=answered, distinct=True),
        everybody=Count("client", distinct=True),
        median=Median(F("answered_at") - F("opens_at"), filter=answered),
    )
    if found["number"] == 0 or is_small(found["people"]):
        return {"n": shown(found["number"], found["people"])}
    return {
        "n": found["number"],
        "people": None if is_small(found["everybody"] - found["people"]) else found["people"],
        "median": round(found["median"] / timedelta(days=1), 1),
    }
