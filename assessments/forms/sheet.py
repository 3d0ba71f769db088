"""What a clinician writes on a session sheet, and chooses to assign from there."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.browsing import TITLES, Card, Shelf
from clients import actions

LONGEST = 20_000


class SheetForm(forms.Form):
    """``page`` and ``opened_at`` tell two open pages of one session apart."""

    points = forms.CharField(
        label=_("To raise"),
        help_text=_("One point a line. Others of the care team see them."),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    note = forms.CharField(
        label=_("My private note"),
        help_text=_("Only you see it. It is in no report and no export."),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    page = forms.UUIDField(widget=forms.HiddenInput)
    opened_at = forms.DateTimeField(widget=forms.HiddenInput)

    def __init__(self, *args, session, by, **kwargs):
        self.session, self.by = session, by
        super().__init__(*args, **kwargs)
        if session.note_owner_id != by.pk:
            del self.fields["note"]

    def clean(self):
        """Lines end as they do everywhere else."""
        said = super().clean()
        for name in ("points", "note"):
            if name in said:
                said[name] = "\n".join(said[name].splitlines())
        return said

    def save(self) -> None:
        said = dict(self.cleaned_data)
        page, opened_at = said.pop("page"), said.pop("opened_at")
        actions.write_on_session(
            self.session, page=page, opened_at=opened_at, by=self.by, now=timezone.now(), **said
        )


class NextForm(forms.Form):
    """One thing of the library, chosen on the sheet; the next page asks when."""

    what = forms.ChoiceField(
        label=_("Next assignment"), widget=forms.Select({"class": "form-select"})
    )

    def __init__(self, *args, shelf: Shelf, **kwargs):
        super().__init__(*args, **kwargs)
        self.cards = {_key(card): card for cards in shelf.shown.values() for card in cards}
        self.fields["what"].choices = [
            (TITLES[section], [(_key(card), card.definition.title) for card in cards])
            for section, cards in shelf.shown.items()
        ]

    def card(self) -> Card | None:
        return self.cards[self.cleaned_data["what"]] if self.is_valid() else None


def _key(card: Card) -> str:
    """A program and an activity may share a slug."""
    return f"program:{card.definition.slug}" if card.is_program else card.definition.slug
