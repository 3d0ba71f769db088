"""What was done about an alert; and when who hears of one, and who stands in for whom."""

from datetime import datetime, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments import actions
from assessments.models import Alert, AlertPolicy, BackUp
from assessments.phrases import phrases_in
from clients.colleagues import clinicians_of
from practice.models import User

MOST_PHRASES = 200
LONGEST_QUIET = timedelta(hours=16)


class AlertForm(forms.Form):
    """Say what was done and leave it open, or close it with a note. What was done is asked once."""

    acted = forms.ChoiceField(
        label=_("What was done"), choices=Alert.Act.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("In your words"), widget=forms.Textarea({"rows": 4}), max_length=5_000
    )

    def __init__(self, *args, alert, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.alert, self.by = alert, by
        self.stays_open = "leave_open" in self.data
        if alert.acted_at:
            del self.fields["acted"]
        elif self.stays_open:
            self.fields["note"].required = False

    def save(self):
        said, now = self.cleaned_data, timezone.now()
        if self.stays_open:
            return actions.act_on_alert(
                self.alert, by=self.by, acted=said.get("acted", ""), words=said["note"], now=now
            )
        return actions.close_alert(
            self.alert, by=self.by, note=said["note"], acted=said.get("acted", ""), now=now
        )


def _minutes(label, most):
    return forms.IntegerField(label=label, min_value=1, max_value=most)


class AlertPolicyForm(forms.Form):
    urgent_back_up = _minutes(_("Minutes until the back-up"), 24 * 60)
    urgent_owner = _minutes(_("Minutes until the owner"), 24 * 60)
    back_up = forms.FloatField(label=_("Hours until the back-up"), min_value=0.25, max_value=168)
    owner = forms.FloatField(label=_("Hours until the owner"), min_value=0.25, max_value=168)
    quiet_from = forms.TimeField(
        label=_("Quiet from"), widget=forms.TimeInput({"type": "time"}, "%H:%M")
    )
    quiet_until = forms.TimeField(
        label=_("Quiet until"), widget=forms.TimeInput({"type": "time"}, "%H:%M")
    )
    worse = forms.BooleanField(
        label=_("When somebody becomes reliably worse on a published instrument"), required=False
    )
    silence = forms.BooleanField(label=_("When somebody falls silent"), required=False)
    phrases = forms.CharField(
        label=_("Phrases, one a line"),
        widget=forms.Textarea({"rows": 6}),
        required=False,
        max_length=10_000,
    )

    def __init__(self, *args, by, **kwargs):
        self.by = by
        policy = AlertPolicy.of_practice(by.practice_id)
        kwargs["initial"] = {
            **{name: getattr(policy, name) for name in ("urgent_back_up", "urgent_owner")},
            **{name: f"{getattr(policy, name) / 60:g}" for name in ("back_up", "owner")},
            **{name: getattr(policy, name) for name in ("quiet_from", "quiet_until", "worse")},
            "silence": policy.silence_since is not None,
            "phrases": policy.phrases,
        }
        super().__init__(*args, **kwargs)

    def clean_phrases(self):
        typed = self.cleaned_data["phrases"]
        lines = [line.strip() for line in typed.splitlines() if line.strip()]
        if len(lines) > MOST_PHRASES:
            raise forms.ValidationError(
                _("At most %(most)s phrases."), params={"most": MOST_PHRASES}
            )
        for line in lines:
            if not phrases_in(line):
                raise forms.ValidationError(
                    _("“%(line)s” has no word or sign that could be found."), params={"line": line}
                )
        return "\n".join(lines)

    def clean(self):
        data = super().clean()
        for first, second in (("urgent_back_up", "urgent_owner"), ("back_up", "owner")):
            if data.get(first) and data.get(second) and data[second] < data[first]:
                self.add_error(second, _("The owner hears after the back-up, not before."))
        start, end = data.get("quiet_from"), data.get("quiet_until")
        if start and end and _length(start, end) > LONGEST_QUIET:
            self.add_error("quiet_until", _("Leave at least eight hours of the day."))
        return data

    def save(self) -> AlertPolicy:
        said = dict(self.cleaned_data)
        for name in ("back_up", "owner"):
            said[name] = round(said[name] * 60)
        return actions.change_alert_policy(self.by.practice, by=self.by, now=timezone.now(), **said)


def _length(start, end) -> timedelta:
    day = timezone.now().date()
    length = datetime.combine(day, end) - datetime.combine(day, start)
    return length % timedelta(days=1)


class BackUpForm(forms.Form):
    """Who stands in for one clinician: chosen by them, or by the owner."""

    back_up = forms.ModelChoiceField(
        label=_("Who stands in for you"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Nobody"),
    )

    def __init__(self, *args, clinician, by, **kwargs):
        self.clinician, self.by = clinician, by
        current = BackUp.objects.current().filter(clinician=clinician).first()
        kwargs["initial"] = {"back_up": current and current.back_up_id}
        super().__init__(*args, **kwargs)
        self.fields["back_up"].queryset = clinicians_of(clinician.practice_id).exclude(
            pk=clinician.pk
        )

    def save(self) -> None:
        back_up = self.cleaned_data["back_up"]
        actions.set_back_up(self.clinician, back_up, by=self.by, now=timezone.now())


class BackUpsForm(forms.Form):
    """The same for everybody of a practice: one choice for each. Three statements.

    Beside each stands what the page showed: who is left as they were on a page that has lain open
    is left as they are, although they chose somebody themselves meanwhile."""

    def __init__(self, *args, by, **kwargs):
        self.by = by
        super().__init__(*args, **kwargs)
        self.clinicians = {str(each.pk): each for each in clinicians_of(by.practice_id)}
        current = dict(
            BackUp.objects.current()
            .filter(clinician__in=self.clinicians)
            .values_list("clinician_id", "back_up_id")
        )
        for key, clinician in self.clinicians.items():
            others = [(pk, str(each)) for pk, each in self.clinicians.items() if pk != key]
            self.fields[key] = forms.ChoiceField(
                label=str(clinician),
                choices=[("", _("Nobody")), *others],
                initial=str(current.get(clinician.pk) or ""),
                required=False,
            )
            self.fields[f"shown-{key}"] = forms.CharField(
                initial=self.fields[key].initial, required=False, widget=forms.HiddenInput
            )

    def save(self) -> None:
        for key, clinician in self.clinicians.items():
            chosen = self.cleaned_data[key]
            if chosen != self.cleaned_data[f"shown-{key}"]:
                found = self.clinicians.get(chosen)
                actions.set_back_up(clinician, found, by=self.by, now=timezone.now())
