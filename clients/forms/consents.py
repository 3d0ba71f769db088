"""What a client says to the words that they are asked to agree to."""

from django import forms
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients import actions
from clients.models import Agreement, ConsentWording


class AgreeForm(forms.Form):
    """On the first visit, and when there is something new. ``care`` and ``picture`` number the
    words that this page shows; what it does not show is not answered."""

    care = forms.IntegerField(widget=forms.HiddenInput)
    picture = forms.IntegerField(widget=forms.HiddenInput)
    counts = forms.BooleanField(
        label=_("Yes, my numbers may be counted without my name"), required=False
    )

    def __init__(self, *args, client, asked, by, **kwargs):
        self.client, self.by = client, by
        numbers = {each.wording.kind: each.wording.number for each in asked}
        # A yes to other words ticks nothing: a tick that stands there already is no yes.
        counts = any(
            each.kind == Agreement.PICTURE and each.is_given and not each.is_new for each in asked
        )
        super().__init__(*args, initial={**numbers, "counts": counts}, **kwargs)
        for kind in set(Agreement) - numbers.keys():
            del self.fields[kind]
        if Agreement.PICTURE not in numbers:
            del self.fields["counts"]

    @transaction.atomic
    def save(self) -> None:
        """All of it, or nothing. Raises WordsChanged when these are not the newest any more."""
        said, now = self.cleaned_data, timezone.now()
        for kind, agrees in ((Agreement.CARE, True), (Agreement.PICTURE, said.get("counts"))):
            if kind in said:
                actions.answer_consent(
                    self.client, kind, number=said[kind], agrees=agrees, by=self.by, now=now
                )


class SaidForm(forms.Form):
    """One yes, no, or taking back: by the client, or written down by their clinician."""

    kind = forms.ChoiceField(choices=Agreement)
    number = forms.IntegerField(required=False)
    said = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no"), ("back", "back")])

    def __init__(self, *args, client, by, **kwargs):
        self.client, self.by = client, by
        super().__init__(*args, **kwargs)

    def clean(self):
        said = super().clean()
        if said.get("said") in ("yes", "no") and not said.get("number"):
            self.add_error("number", _("Please try again."))
        return said

    def save(self) -> None:
        """Raises WordsChanged when the words are not the newest any more."""
        kind, said, now = self.cleaned_data["kind"], self.cleaned_data["said"], timezone.now()
        if said == "back":
            actions.withdraw_consent(self.client, kind, by=self.by, now=now)
            return
        actions.answer_consent(
            self.client,
            kind,
            number=self.cleaned_data["number"],
            agrees=said == "yes",
            by=self.by,
            now=now,
        )


class AgreementsForm(forms.Form):
    """The words of a practice, for its owner."""

    care = forms.CharField(
        label=_("That the care team reads what a client sends"),
        help_text=_("Needed to be asked anything in the portal."),
        max_length=2000,
        widget=forms.Textarea({"rows": 5}),
    )
    picture = forms.CharField(
        label=_("That numbers are counted in the practice picture"),
        help_text=_("A free choice: whoever says no is left out of it, and nothing else changes."),
        max_length=2000,
        widget=forms.Textarea({"rows": 6}),
    )

    def __init__(self, *args, practice, by, **kwargs):
        self.practice, self.by = practice, by
        self.current = ConsentWording.current_of(practice)
        words = {kind: row.words for kind, row in self.current.items()}
        super().__init__(*args, initial=words, **kwargs)

    def save(self) -> bool:
        """Whether anything is other than before."""
        now, changed = timezone.now(), False
        for kind, before in self.current.items():
            words = "\n".join(self.cleaned_data[kind].split("\r\n")).strip()
            if words != before.words:
                actions.publish_wording(self.practice, kind, words, by=self.by, now=now)
                changed = True
        return changed
