"""How long records are kept, what is held, who is to be forgotten: for owners and clinicians."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clients import actions
from clients.keeping import Kept
from clients.models import ErasureRequest, LegalHold, RetentionPolicy
from clients.retention import laws
from practice.models import Erased


class RetentionForm(forms.Form):
    law = forms.ChoiceField(label=_("Whose rule do you follow?"), widget=forms.RadioSelect)
    years = forms.IntegerField(
        label=_("Years after the end of care"),
        help_text=_("Yours may be longer than the rule. Shorter needs a reason."),
        min_value=1,
        max_value=100,
    )
    why_shorter = forms.CharField(
        label=_("Why shorter than the rule"),
        help_text=_("Only where it is. It is kept sealed, for whoever asks you later."),
        max_length=1000,
        widget=forms.Textarea({"rows": 2}),
        required=False,
    )
    by_itself = forms.BooleanField(
        label=_("Erase records whose time is over without asking me"),
        help_text=_(
            "You are told half a year, a month and a week before, and at least a month goes by "
            "after the first mail. A legal hold stops it for good. Trellis knows no birth dates: "
            "where you have records of people who were under age, set a hold on each, or leave "
            "this off. Off: nothing is erased until an owner says so."
        ),
        required=False,
    )
    second_person = forms.BooleanField(
        label=_("Whoever asks for an erasure is not who does it"),
        help_text=_("For practices with two owners or more."),
        required=False,
    )
    grace_days = forms.IntegerField(
        label=_("Days in which the portal stays open after care has ended"),
        help_text=_("They can look at what is theirs and take it with them. Nothing is asked."),
        min_value=0,
        max_value=365,
    )
    FIELDS = ("law", "years", "why_shorter", "second_person", "grace_days")

    def __init__(self, *args, by, **kwargs):
        self.by, self.policy = by, RetentionPolicy.of_practice(by.practice_id)
        initial = {name: getattr(self.policy, name) for name in self.FIELDS}
        initial["by_itself"] = self.policy.by_itself_since is not None
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["law"].choices = [(law.id, _in_a_line(law)) for law in laws().values()]

    @property
    def laws(self):
        return list(laws().values())

    def clean(self):
        said = super().clean()
        law, years = laws().get(said.get("law")), said.get("years")
        if law and years and years < law.years and not said.get("why_shorter", "").strip():
            words = ngettext(
                "The rule that you chose says %(n)s year. Say why you keep records for less.",
                "The rule that you chose says %(n)s years. Say why you keep records for less.",
                law.years,
            )
            self.add_error("why_shorter", words % {"n": law.years})
        return said

    def save(self) -> RetentionPolicy:
        return actions.change_retention(
            self.by.practice, by=self.by, now=timezone.now(), **self.cleaned_data
        )


def _in_a_line(law) -> str:
    if not law.years:
        return str(law.place)
    years = ngettext("%(n)s year", "%(n)s years", law.years) % {"n": law.years}
    return f"{law.place}: {years} ({law.in_short})"


class HoldForm(forms.Form):
    reason = forms.CharField(
        label=_("Why must nothing be deleted?"),
        help_text=_("A court, a complaint, a claim: who asked for it, and when. Owners read it."),
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
    )
    look_again_on = forms.DateField(
        label=_("When to look at it again"),
        help_text=_("From that day on it stands under To decide. The hold ends when you lift it."),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )

    def __init__(self, *args, client, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.client, self.by = client, by

    def clean_look_again_on(self):
        day = self.cleaned_data["look_again_on"]
        if day and day <= timezone.localdate():
            raise ValidationError(_("Choose a day to come."))
        return day

    def save(self) -> LegalHold:
        return actions.hold(self.client, by=self.by, now=timezone.now(), **self.cleaned_data)


class AskErasureForm(forms.Form):
    why = forms.ChoiceField(
        label=_("Why?"), choices=ErasureRequest.Why.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("When and how they asked"),
        help_text=_("A line for the owner. It is erased with the rest."),
        max_length=1000,
        widget=forms.Textarea({"rows": 2}),
        required=False,
    )

    def __init__(self, *args, client, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.client, self.by = client, by

    def save(self) -> ErasureRequest:
        return actions.ask_for_erasure(
            self.client, by=self.by, now=timezone.now(), **self.cleaned_data
        )


class EraseForm(forms.Form):
    """The last question: who it is, in one's own typing, and why it may be before the time."""

    early = forms.CharField(
        label=_("Why may it be before the time is over?"),
        help_text=_("It stays after the erasure, sealed. Do not name the person."),
        max_length=1000,
        widget=forms.Textarea({"rows": 2}),
    )
    name = forms.CharField(
        label=_("Type their name as it stands above"),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, *args, kept: Kept, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.kept, self.by = kept, by
        if not kept.is_early:
            del self.fields["early"]

    def clean_name(self):
        typed = self.cleaned_data["name"]
        if not self.kept.client.is_called(typed):
            raise ValidationError(_("That is not their name. Whom did you want to erase?"))
        return typed

    def save(self) -> Erased:
        """Raises MayNot."""
        early = self.cleaned_data.get("early", "")
        return actions.erase_client(self.kept.client, early=early, by=self.by, now=timezone.now())
