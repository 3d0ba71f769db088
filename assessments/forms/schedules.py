"""When something is asked of a client: the fields, and the schedule that they mean.

Only what belongs to the choice counts. The other fields may be hidden and may hold anything.
"""

from datetime import time, timedelta

from django import forms
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext_lazy as _

from assessments import schedule

REPEATED = {"starts_on", "at", "lasts", "times", "until"}
BELONGS = {
    "once": {"starts_on", "due_on"},
    "day": {"every_days", *REPEATED},
    "week": {"every_weeks", "weekdays", *REPEATED},
    "month": {"every_months", "on_day", *REPEATED},
    "session": {"side", "nth", "days_before", "days_after", "lasts", "times", "until"},
}
FOLDED = ("starts_on", "every_weeks", "every_months", "at")  # behind “More”
YEAR = timedelta(days=366)
MOST_TIMES, MOST_DAYS = 52, 366  # about a year; who wants more names a day, or none


class Number(forms.IntegerField):
    """A whole number, with what may be wrong about it in our words."""

    default_error_messages = {
        "invalid": _("Write a whole number."),
        "min_value": _("At least %(limit_value)s."),
        "max_value": _("At most %(limit_value)s."),
    }


class Date(forms.DateField):
    widget = forms.DateInput({"type": "date"})
    default_error_messages = {"invalid": _("Choose a day.")}


class ScheduleForm(forms.Form):
    """When, how often, and for how long. After ``is_valid``, ``chosen`` is the schedule."""

    when = forms.ChoiceField(
        label=_("When"),
        choices=[
            ("once", _("Once, from now or from a day")),
            ("day", _("Every day, or every few days")),
            ("week", _("Every week, or every few weeks")),
            ("month", _("Every month")),
            ("session", _("Before or after sessions")),
        ],
        widget=forms.RadioSelect,
        initial="once",
        error_messages={"required": _("Choose when.")},
    )
    due_on = Date(label=_("Due by the evening of"), required=False)
    every_days = Number(
        label=_("Days from one to the next"),
        min_value=1,
        max_value=90,
        initial=1,
        required=False,
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("On which days"),
        choices=[(day + 1, name) for day, name in WEEKDAYS_ABBR.items()],
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    on_day = Number(
        label=_("On which day of the month"),
        help_text=_("In a shorter month: its last day."),
        min_value=1,
        max_value=31,
        required=False,
    )
    side = forms.ChoiceField(
        label=_("Before or after"),
        choices=[("before", _("Before")), ("after", _("After"))],
        widget=forms.RadioSelect,
        initial="before",
        required=False,
    )
    nth = forms.TypedChoiceField(
        label=_("Which sessions"),
        choices=[(1, _("Each session")), (2, _("Every other session"))],
        coerce=int,
        empty_value=1,
        initial=1,
        required=False,
    )
    days_before = Number(
        label=_("There from how many days before"),
        min_value=1,
        max_value=14,
        initial=2,
        required=False,
    )
    days_after = Number(
        label=_("Due how many days after"),
        help_text=_("0: the same evening."),
        min_value=0,
        max_value=14,
        initial=1,
        required=False,
    )
    lasts = forms.ChoiceField(
        label=_("How long"),
        choices=[
            ("times", _("A number of times")),
            ("until", _("Until a day")),
            ("open", _("Until care ends")),
        ],
        widget=forms.RadioSelect,
        initial="times",
        required=False,
    )
    times = Number(label=_("How many times"), min_value=1, initial=4, required=False)
    until = Date(label=_("Until"), required=False)
    starts_on = Date(label=_("From"), help_text=_("Empty: from now on."), required=False)
    every_weeks = Number(
        label=_("Weeks from one to the next"),
        min_value=1,
        max_value=12,
        initial=1,
        required=False,
    )
    every_months = Number(
        label=_("Months from one to the next"),
        min_value=1,
        max_value=12,
        initial=1,
        required=False,
    )
    at = forms.TimeField(
        label=_("It opens at"),
        widget=forms.TimeInput({"type": "time"}, "%H:%M"),
        input_formats=["%H:%M"],
        initial=schedule.OPEN_TIME,
        required=False,
        error_messages={"invalid": _("Write hours and minutes, such as 6:30.")},
    )

    def __init__(self, *args, client, **kwargs):
        super().__init__(*args, **kwargs)
        self.client = client
        self.chosen: schedule.Schedule | None = None
        self.today = timezone.localdate(timezone=client.zone)
        self.fields["due_on"].initial = self.today + timedelta(
            days=(4 - self.today.weekday()) % 7 or 7  # Friday
        )
        self.fields["weekdays"].initial = [self.today.isoweekday()]
        self.fields["on_day"].initial = self.today.day

    @property
    def is_unfolded(self) -> bool:
        """Whether something behind “More” is not what it begins with, or is wrong."""
        usual = {"at": time(6), "starts_on": None, "every_weeks": 1, "every_months": 1}
        return any(
            self[name].errors
            or self.fields[name].has_changed(usual[name], self[name].value() or usual[name])
            for name in FOLDED
        )

    def as_it_stands(self) -> "ScheduleForm":
        """Only these fields, filled in as they are now: a valid form or one that says why not."""
        data = self.data
        if not self.is_bound:
            names = ScheduleForm.base_fields
            data = {name: self.get_initial_for_field(self.fields[name], name) for name in names}
        form = ScheduleForm(data, client=self.client)
        form.is_valid()
        return form

    def clean_starts_on(self):
        return self._day_to_come("starts_on", YEAR)

    def clean_due_on(self):
        return self._day_to_come("due_on", 3 * YEAR)

    def clean_until(self):
        return self._day_to_come("until", 3 * YEAR)

    def _day_to_come(self, name, farthest):
        day = self.cleaned_data[name]
        if day and day < self.today:
            raise forms.ValidationError(_("Choose today or a day to come."))
        if day and day > self.today + farthest:
            raise forms.ValidationError(_("That is a long time from now: please check the year."))
        return day

    def clean(self):
        data = super().clean()
        kind = data.get("when")
        if kind is None:
            return data
        for name in set().union(*BELONGS.values()) - self._asked(data):
            self.errors.pop(name, None)
        self._check(kind, data)
        if not self.errors.keys() & {"when", *BELONGS[kind]}:
            self._choose(kind, data)
        return data

    def _asked(self, data) -> set[str]:
        """The fields that belong to what is chosen; the others may hold anything."""
        kind = data["when"]
        unasked = {"times", "until"} - {data.get("lasts") or "times"}
        if kind == "session":
            unasked.add("days_after" if data.get("side") != "after" else "days_before")
        return BELONGS[kind] - unasked

    def _check(self, kind, data):
        """What has to be said, and what does not go together."""
        needed = {
            "weekdays": _("Choose at least one day."),
            "on_day": _("Say on which day."),
            "times": _("Say how many times."),
            "until": _("Say until which day."),
        }
        for name in needed.keys() & self._asked(data):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, needed[name])
        most = _most_times(kind, data)
        if (data.get("times") or 0) > most and "times" in self._asked(data):
            self.add_error("times", _("At most %(n)s times.") % {"n": most})
        opens, due = data.get("starts_on"), data.get("due_on")
        if kind == "once" and opens and due and due < opens:
            self.add_error("due_on", _("Choose the day from which it is there, or a later one."))

    def _choose(self, kind, data):
        try:
            chosen = schedule.parse(self._stored(kind, data))
        except ValueError:
            # A bound that these fields do not know: better said once too often than not at all.
            self.add_error(None, _("This cannot be asked: please check the days and numbers."))
            return
        if kind in ("day", "week", "month") and not self._asks_anything(chosen):
            self.add_error("until", _("No day comes until then: choose a later one."))
            return
        self.chosen = chosen

    def _asks_anything(self, chosen) -> bool:
        now, zone = timezone.now(), self.client.zone
        return next(schedule.windows(chosen, assigned_at=now, zone=zone), None) is not None

    def _stored(self, kind, data) -> dict:
        """As ``schedule.parse`` reads it; what was left empty is what a field begins with."""
        said = lambda name: data.get(name) or self.base_fields[name].initial  # noqa: E731
        opens = data.get("starts_on")
        if kind == "once":
            later = opens if opens and opens > self.today else None
            return {"every": "once", "opens_on": later, "due_on": data.get("due_on")}
        lasts = said("lasts")
        ends = {lasts: data[lasts]} if lasts != "open" else {}
        if kind == "session":
            side = said("side")
            days = data.get("days_after") if side == "after" else data.get("days_before")
            around = {"side": side, "nth": said("nth")}
            if days is not None:
                around["days"] = days
            return {"every": "session", **around, **ends}
        every = {
            "day": lambda: {"interval": said("every_days")},
            "week": lambda: {"interval": said("every_weeks"), "weekdays": tuple(data["weekdays"])},
            "month": lambda: {"interval": said("every_months"), "on_day": data["on_day"]},
        }[kind]()
        return {
            "every": kind,
            "starts_on": opens or self.today,
            "at": data.get("at") or schedule.OPEN_TIME,
            **every,
            **ends,
        }


def _most_times(kind, data) -> int:
    if kind == "day":
        return MOST_DAYS
    return MOST_TIMES * (len(data.get("weekdays") or [1]) if kind == "week" else 1)
