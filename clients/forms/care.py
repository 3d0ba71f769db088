"""Safety checks, sessions, and the end of an episode of care."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients import actions
from clients.models import SafetyCheck


class SafetyCheckForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=SafetyCheck.Outcome.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("Note"),
        help_text=_("What you asked and heard. Only the care team reads this."),
        widget=forms.Textarea({"rows": 4}),
        max_length=5000,
        required=False,
    )

    sure = forms.BooleanField(
        label=_("Yes, hold: hide what is named above, and send nothing"), required=False
    )

    def __init__(self, *args, client, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.client, self.by = client, by
        if self.data.get("outcome") != SafetyCheck.Outcome.HOLD:
            del self.fields["sure"]

    def clean_sure(self):
        """Asked once, of those who choose it: hold stops everything, also what was agreed."""
        if not self.cleaned_data["sure"]:
            raise ValidationError(_("Please read what hold does today, and confirm it here."))
        return True

    def clean(self):
        data = super().clean()
        if data.get("outcome") in ("caution", "hold") and not data.get("note", "").strip():
            self.add_error("note", _("Say why, for whoever reads this after you."))
        return data

    def save(self):
        return actions.record_safety_check(
            self.client,
            by=self.by,
            now=timezone.now(),
            outcome=self.cleaned_data["outcome"],
            note=self.cleaned_data["note"],
        )


TIME_TAKEN = _("There is a session at this time already.")


class SessionForm(forms.Form):
    day = forms.DateField(label=_("Day"), widget=forms.DateInput({"type": "date"}))
    at = forms.TimeField(label=_("At"), widget=forms.TimeInput({"type": "time"}, "%H:%M"))
    minutes = forms.IntegerField(label=_("Minutes"), min_value=5, max_value=480, initial=50)

    def __init__(self, *args, client, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.client, self.by = client, by

    def clean_day(self):
        day = self.cleaned_data["day"]
        if not 2000 <= day.year < 2200:
            raise ValidationError(_("Please check the year."))
        return day

    def clean(self):
        data = super().clean()
        if not self.client.episodes.filter(closed_at__isnull=True).exists():
            raise ValidationError(_("No episode of care is open: open one first."))
        if data.get("day") and data.get("at"):
            wall = timezone.datetime.combine(data["day"], data["at"])
            data["starts_at"] = timezone.make_aware(wall)
        return data

    def save(self):
        """The session, or None with an error at its time when that is taken."""
        try:
            return self.keep(
                by=self.by,
                starts_at=self.cleaned_data["starts_at"],
                minutes=self.cleaned_data["minutes"],
                now=timezone.now(),
            )
        except actions.TimeTaken:
            self.add_error("at", TIME_TAKEN)
            return None

    def keep(self, **when):
        return actions.book_session(self.client, **when)


class MoveSessionForm(SessionForm):
    """The same for one that is booked; it begins with when that is now."""

    def __init__(self, *args, session, **kwargs):
        local = timezone.localtime(session.starts_at)
        initial = {"day": local.date(), "at": local.time(), "minutes": session.minutes}
        super().__init__(*args, initial=initial, **kwargs)
        self.session = session

    def keep(self, **when):
        return actions.move_session(self.session, **when)


class CloseEpisodeForm(forms.Form):
    reason = forms.CharField(
        label=_("Why does it end?"),
        help_text=_("A line for whoever reads the record later. The client does not see it."),
        max_length=300,
    )

    def __init__(self, *args, client, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.client, self.by = client, by

    def save(self):
        """Raises Episode.DoesNotExist when none is open any more."""
        return actions.close_episode(
            self.client, by=self.by, reason=self.cleaned_data["reason"], now=timezone.now()
        )
