"""What is to be taken out, and in which form."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments import actions
from assessments.exports import FORMATS
from assessments.models import Export
from practice.forms.days import is_in_our_time
from practice.ids import uuid7

MOST_WAITING = 5  # of one person: few are made at a time, and others wait too
PSEUDONYMS = _("In each of them a pseudonym stands for every name.")
WITH_REPORT = _(
    "The report is for reading: it has the name, and the whole of the episode. In the others a "
    "pseudonym stands for every name."
)


class ExportForm(forms.Form):
    """Of ``client``, or of the whole caseload of ``by``. ``once`` names what is asked for, so that
    a second click makes nothing more."""

    kind = forms.ChoiceField(label=_("In which form"), widget=forms.RadioSelect)
    from_day = forms.DateField(
        label=_("Sent from"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        validators=[is_in_our_time],
    )
    until_day = forms.DateField(
        label=_("Sent until"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        validators=[is_in_our_time],
    )
    with_words = forms.BooleanField(
        label=_("Put in what was written in own words"),
        help_text=_(
            "Own words can name people and places: whoever reads the file may then know who wrote "
            "it. Leave them out unless the reader needs them."
        ),
        required=False,
    )
    once = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, client, by, again: Export | None = None, kind: str = "", **kwargs):
        self.client, self.by = client, by
        kwargs["initial"] = _initial(again, kind) | {"once": uuid7()}
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [
            (kind.value, kind.label)
            for kind, made in FORMATS.items()
            if not (made.is_own or made.is_all) and (client is not None or made.of_many)
        ]
        self.fields["kind"].help_text = WITH_REPORT if client else PSEUDONYMS

    def clean(self):
        said = super().clean()
        first, last = said.get("from_day"), said.get("until_day")
        if first and last and last < first:
            self.add_error("until_day", _("This is before the first day."))
        waiting = Export.objects.mine(self.by).to_make().exclude(pk=said.get("once"))
        if waiting.count() >= MOST_WAITING:
            raise forms.ValidationError(
                _("You have asked for %(n)s files that are still being made. Wait for one of them.")
                % {"n": MOST_WAITING}
            )
        if said.get("kind") == Export.Kind.REPORT and (first or last):
            day = "from_day" if first else "until_day"
            self.add_error(day, _("A report is of the whole episode: leave the days empty."))
        return said

    def save(self) -> Export:
        return actions.ask_for_export(
            self.client, by=self.by, now=timezone.now(), **self.cleaned_data
        )


def _initial(again: Export | None, kind: str) -> dict:
    """What was asked for before; own words have to be chosen each time."""
    if again is None:
        return {"kind": kind if kind in Export.Kind.values else Export.Kind.TABLES}
    return {"kind": again.kind, "from_day": again.from_day, "until_day": again.until_day}


class ArchiveForm(forms.Form):
    """Everything about one client. ``once`` names it, so that a second click makes nothing more."""

    once = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, client, by, **kwargs):
        self.client, self.by = client, by
        super().__init__(*args, initial={"once": uuid7()}, **kwargs)

    def save(self) -> Export:
        """One at a time: what is being made already is what they wait for."""
        waiting = (
            Export.objects.mine(self.by)
            .to_make()
            .filter(client=self.client, kind=Export.Kind.ARCHIVE)
        )
        return waiting.first() or actions.ask_for_export(
            self.client,
            kind=Export.Kind.ARCHIVE,
            with_words=True,
            by=self.by,
            now=timezone.now(),
            **self.cleaned_data,
        )


class OwnFileForm(forms.Form):
    """A client's own answers, as a file for themselves."""

    kind = forms.ChoiceField(
        label=_("In which form"),
        choices=[(kind.value, kind.label) for kind in Export.OWN],
        initial=Export.Kind.OWN_TO_READ,
        widget=forms.RadioSelect,
    )
    once = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, client, by, **kwargs):
        self.client, self.by = client, by
        super().__init__(*args, initial={"once": uuid7()}, **kwargs)

    def save(self) -> Export:
        """One at a time: what is being made already is what they wait for."""
        waiting = Export.objects.mine(self.by).to_make().first()
        return waiting or actions.ask_for_export(
            self.client, by=self.by, now=timezone.now(), with_words=True, **self.cleaned_data
        )
