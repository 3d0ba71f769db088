"""What a practice proposes to new clients, and does where a client has said nothing else."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients import actions
from clients.models import ReminderPolicy

from .contact import HoursFields, rhythm_field
from .rhythm import LABELS, choices_of


class PolicyForm(HoursFields):
    most_reminders = rhythm_field("most_reminders")
    spacing_days = rhythm_field("spacing_days")
    first_days = rhythm_field("first_days")
    missed_in_a_row = forms.IntegerField(label=_("Missed in a row"), min_value=1, max_value=20)
    unread_days = forms.IntegerField(
        label=_("Days in which they have not been in the portal after a message"),
        min_value=1,
        max_value=90,
    )
    POLICY = (
        "weekdays",
        "hours_from",
        "hours_until",
        "wording",
        "most_reminders",
        "spacing_days",
        "first_days",
        "missed_in_a_row",
        "unread_days",
    )

    def __init__(self, *args, by, **kwargs):
        self.by = by
        self.policy = ReminderPolicy.of_practice(by.practice_id)
        kwargs["initial"] = {name: getattr(self.policy, name) for name in self.POLICY}
        super().__init__(*args, **kwargs)
        for name in LABELS:
            self.fields[name].required = True
            self.fields[name].choices = choices_of(name, held=getattr(self.policy, name))
        self.fields["weekdays"].required = True

    def save(self) -> ReminderPolicy:
        said = {name: self.cleaned_data[name] for name in self.POLICY}
        return actions.change_policy(self.by.practice, by=self.by, now=timezone.now(), **said)
