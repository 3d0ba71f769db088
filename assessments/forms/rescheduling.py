"""Another schedule for something that is assigned already."""

from django import forms
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments import actions, schedule
from assessments.models import Assignment

from .schedules import ScheduleForm


class ChangeScheduleForm(ScheduleForm):
    """The schedule of something that is assigned, for what is to come of it."""

    # What this page has seen: a second click, or a change made meanwhile, is not overwritten.
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, assignment, by, **kwargs):
        self.assignment, self.by = assignment, by
        kwargs["initial"] = _as_it_is(assignment, now=timezone.now())
        super().__init__(*args, client=assignment.client, **kwargs)
        self.fields["times"].label = _("How many times from now on")

    @property
    def says_the_same(self) -> bool:
        """Nothing was changed; to be asked of a valid form."""
        asked = {"when", *self._asked(self.cleaned_data)}
        return self.assignment.paused_at is None and not asked.intersection(self.changed_data)

    def save(self) -> Assignment | None:
        """The assignment as it is now; None, with an error, when somebody was quicker."""
        with transaction.atomic():
            found = Assignment.objects.select_for_update(of=("self",), no_key=True).get(
                pk=self.assignment.pk
            )
            if self.cleaned_data["seen"] == _trace(found) and found.ended_at is None:
                if self.says_the_same:
                    return found
                return actions.change_schedule(
                    found, when=self.chosen, by=self.by, now=timezone.now()
                )
        if found.ended_at is None and found.schedule == self.chosen.model_dump(mode="json"):
            return found  # the first of two clicks
        self.add_error(None, _("It was changed meanwhile. Please load this page again."))
        return None


def _trace(assignment) -> str:
    paused = assignment.paused_at.isoformat() if assignment.paused_at else ""
    return f"{assignment.counts_from.isoformat()} {paused}".strip()


def _as_it_is(assignment, *, now) -> dict:
    """What the fields begin with: what is left of the schedule, from the next time on."""
    when = schedule.parse(assignment.schedule)
    fields = {"when": when.every, "seen": _trace(assignment)}
    if isinstance(when, schedule.Once):
        today = now.astimezone(assignment.client.zone).date()
        fields["starts_on"] = when.opens_on if when.opens_on and when.opens_on > today else None
        fields["due_on"] = when.due_on if when.due_on and when.due_on >= today else None
        return fields
    fields |= _ends(assignment, when, now)
    if isinstance(when, schedule.AroundSessions):
        days = "days_before" if when.side == "before" else "days_after"
        return fields | {"side": when.side, "nth": when.nth, days: when.days}
    fields |= {"at": when.at, "starts_on": _next_day(assignment, when, now)}
    if isinstance(when, schedule.Daily):
        return fields | {"every_days": when.interval}
    if isinstance(when, schedule.Monthly):
        return fields | {"every_months": when.interval, "on_day": when.on_day}
    weekdays = list(when.weekdays) or [fields["starts_on"].isoweekday()]
    return fields | {"every_weeks": when.interval, "weekdays": weekdays}


def _next_day(assignment, when, now):
    """The next day of a schedule, also when it is paused or would have ended: what has opened
    today is not asked again because of a change."""
    zone = assignment.client.zone
    for_ever = when.model_copy(update={"times": None, "until": None})
    windows = schedule.windows(for_ever, assigned_at=assignment.counts_from, zone=zone)
    ahead = next(window for window in windows if window.opens_at > now)
    return ahead.opens_at.astimezone(zone).date()


def _ends(assignment, when, now) -> dict:
    if when.until is not None:
        return {"lasts": "until", "until": when.until}
    if when.times is None:
        return {"lasts": "open"}
    opened = assignment.occurrences.filter(
        number__gte=assignment.first_number, opens_at__lte=now
    ).count()
    return {"lasts": "times", "times": max(when.times - opened, 0) or when.times}
