"""Who looks after a client from now on; and who takes over from somebody who leaves."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients import actions
from clients.colleagues import clinicians_of
from clients.models import CareTeam
from practice import hooks


class HandOverForm(forms.Form):
    to = forms.ModelChoiceField(
        label=_("Who is first responsible from now on"), queryset=None, empty_label=_("Choose")
    )
    stays = forms.BooleanField(
        label=_("Whoever is first responsible now stays on the team"),
        help_text=_("If not, their sessions to come go to the new one, and they read no more."),
        required=False,
    )

    def __init__(self, *args, client, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.client, self.by = client, by
        first = client.care_team.current().filter(is_primary=True).values("clinician")
        self.fields["to"].queryset = clinicians_of(client.practice_id).exclude(pk__in=first)

    def save(self) -> CareTeam | None:
        said = self.cleaned_data
        return actions.hand_over(
            self.client, to=said["to"], stays=said["stays"], by=self.by, now=timezone.now()
        )


class JoinForm(forms.Form):
    member = forms.ModelChoiceField(label=_("Colleague"), queryset=None, empty_label=_("Choose"))

    def __init__(self, *args, client, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.client, self.by = client, by
        there = client.care_team.current().values("clinician")
        self.fields["member"].queryset = clinicians_of(client.practice_id).exclude(pk__in=there)

    def save(self) -> CareTeam:
        return actions.join_team(
            self.client, member=self.cleaned_data["member"], by=self.by, now=timezone.now()
        )


class LeavingForm(forms.Form):
    """``heir`` takes everything; beside a client stands who takes them instead, if anybody."""

    heir = forms.ModelChoiceField(
        label=_("Who takes over"),
        queryset=None,
        empty_label=_("Choose"),
        error_messages={"required": _("Choose who takes over: somebody has to be there for them.")},
    )

    def __init__(self, *args, person, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.person, self.by = person, by
        self.colleagues = {
            str(each.pk): each for each in clinicians_of(by.practice_id).exclude(pk=person.pk)
        }
        self.fields["heir"].queryset = clinicians_of(by.practice_id).exclude(pk=person.pk)
        rows = CareTeam.objects.current().filter(clinician=person).select_related("client")
        self.rows = sorted(rows, key=lambda row: row.client.preferred_name.casefold())
        self.fields["heir"].required = bool(self.rows) or not hooks.ask(
            "needs_no_heir", person=person
        )
        choices = [("", _("As above")), *((pk, str(each)) for pk, each in self.colleagues.items())]
        for row in self.rows:
            if row.is_primary:
                self.fields[str(row.client_id)] = forms.ChoiceField(
                    label=row.client.preferred_name, choices=choices, required=False
                )

    def choices_of_clients(self):
        return [self[str(row.client_id)] for row in self.rows if row.is_primary]

    def save(self) -> actions.Parting:
        said = self.cleaned_data
        heir = said["heir"]
        takers = {
            row.client_id: self.colleagues.get(said[str(row.client_id)], heir)
            for row in self.rows
            if row.is_primary
        }
        return actions.leave_practice(
            self.person,
            takers=takers,
            heir=heir,
            by=self.by,
            now=timezone.now(),
        )
