"""Who is away from when until when, and who covers."""

from datetime import timedelta

from django import forms
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _

from clients import actions
from clients.colleagues import clinicians_of
from clients.models import Absence, CareTeam

A_DAY = timedelta(days=1)
LONGEST_DAYS = 366
DAY = {"type": "date"}


class AbsenceForm(forms.Form):
    """``covering`` has the caseload; beside a client of one's own stands who has them instead."""

    first_day = forms.DateField(label=_("First day away"), widget=forms.DateInput(DAY, "%Y-%m-%d"))
    last_day = forms.DateField(label=_("Last day away"), widget=forms.DateInput(DAY, "%Y-%m-%d"))
    covering = forms.ModelChoiceField(
        label=_("Who covers"),
        help_text=_("They have the caseload as their own on these days, and hear of alerts."),
        queryset=None,
        required=False,
        empty_label=_("Nobody"),
    )
    tells_clients = forms.BooleanField(
        label=_("Clients see in the portal who reads what they send"),
        required=False,
        initial=True,
    )

    def __init__(self, *args, person, by, absence: Absence | None = None, **kwargs):
        self.person, self.by, self.absence = person, by, absence
        chosen = _chosen(absence)
        kwargs["initial"] = _initial(absence, chosen)
        super().__init__(*args, **kwargs)
        others = clinicians_of(person.practice_id).exclude(pk=person.pk)
        self.colleagues = {str(each.pk): each for each in others}
        self.fields["covering"].queryset = others
        self.chosen = chosen
        self.clients = _clients_of(person) if person == by else []
        choices = [("", _("As above")), *((pk, str(each)) for pk, each in self.colleagues.items())]
        for client in self.clients:
            self.fields[str(client.pk)] = forms.ChoiceField(
                label=str(client),
                choices=choices,
                required=False,
                initial=chosen.get(client.pk, ""),
            )

    def choices_of_clients(self):
        return [self[str(client.pk)] for client in self.clients]

    def clean(self):
        said = super().clean()
        first, last = said.get("first_day"), said.get("last_day")
        if not first or not last:
            return said
        today = self.person.practice.day_of(timezone.now())
        began = self.absence and self.absence.first_day
        if last < first:
            self.add_error("last_day", _("This is before the first day."))
        elif (last - first).days > LONGEST_DAYS:
            self.add_error("last_day", _("At most a year. Please check the year."))
        elif last < today:
            self.add_error("last_day", _("This is over."))
        elif first < today and first != began:
            self.add_error("first_day", _("From today on: nobody can cover what is past."))
        else:
            self._refuse_who_is_away(said)
        return said

    def _refuse_who_is_away(self, said) -> None:
        """Nobody covers through somebody who is away too: whoever chooses is told at once."""
        chosen = {
            str(client.pk): self.colleagues.get(said.get(str(client.pk))) for client in self.clients
        }
        chosen["covering"] = said.get("covering")
        away = self._away({each for each in chosen.values() if each}, said)
        for name, colleague in chosen.items():
            if colleague and colleague.pk in away:
                self.add_error(name, _is_away(colleague, away[colleague.pk]))

    def _away(self, people, said) -> dict:
        """Of those, by id, the first absence within these days. One statement for all of them."""
        practice = self.person.practice
        begins_at = practice.midnight(said["first_day"])
        found = Absence.objects.between(begins_at, practice.midnight(said["last_day"] + A_DAY))
        rows = found.filter(clinician__in=people).select_related("practice").order_by("-starts_at")
        return {absence.clinician_id: absence for absence in rows}

    def _named(self, said) -> dict:
        """Who has which client. An owner who is no clinician of theirs reads no names here: what
        was chosen for single clients stays as it was."""
        if self.person != self.by:
            kept = {pk: self.colleagues.get(str(each)) for pk, each in self.chosen.items() if pk}
            return {pk: each for pk, each in kept.items() if each}
        chosen = {client.pk: said[str(client.pk)] for client in self.clients}
        return {pk: self.colleagues[each] for pk, each in chosen.items() if each}

    def save(self) -> Absence | None:
        """What was kept; or None with an error at its days."""
        said = self.cleaned_data
        covers = self._named(said)
        if said["covering"]:
            covers[None] = said["covering"]
        try:
            return actions.take_absence(
                self.person,
                first_day=said["first_day"],
                last_day=said["last_day"],
                covers=covers,
                tells_clients=said["tells_clients"],
                instead_of=self.absence,
                by=self.by,
                now=timezone.now(),
            )
        except actions.Overlaps:
            self.add_error("first_day", _("There are days away within this time already."))
            return None


def _clients_of(person) -> list:
    rows = CareTeam.objects.current().filter(clinician=person).select_related("client")
    return sorted((row.client for row in rows), key=lambda client: str(client).casefold())


def _chosen(absence) -> dict:
    if absence is None:
        return {}
    return dict(absence.covers.valid().values_list("client_id", "covering_id"))


def _initial(absence, chosen) -> dict:
    if absence is None:
        return {}
    return {
        "first_day": absence.first_day,
        "last_day": absence.last_day,
        "tells_clients": absence.tells_clients,
        "covering": chosen.get(None),
    }


def _is_away(colleague, absence):
    return _("%(name)s is away too, from %(first)s to %(last)s.") % {
        "name": colleague,
        "first": formats.date_format(absence.first_day, "j M"),
        "last": formats.date_format(absence.last_day, "j M"),
    }
