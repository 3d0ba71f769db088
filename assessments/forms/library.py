"""The form by which the library is searched and filtered; it is sent by GET and saves nothing."""

from django import forms
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from assessments.browsing import GATES, MINUTES, SECTIONS, THEMES, Card, Wanted, languages_of


class LibraryForm(forms.Form):
    """What is looked for among ``cards``. What cannot be read is passed over: a list that
    somebody typed an address for is better whole than refused."""

    q = forms.CharField(label=_("Search the library"), max_length=200, required=False)
    section = forms.ChoiceField(choices=SECTIONS.items, required=False)
    theme = forms.ChoiceField(
        label=_("About"), choices=[("", _("Anything")), *THEMES.items()], required=False
    )
    minutes = forms.ChoiceField(
        label=_("Takes"), choices=[("", _("Any time")), *MINUTES.items()], required=False
    )
    gate = forms.ChoiceField(
        label=_("Safety check"), choices=[("", _("Either")), *GATES.items()], required=False
    )
    language = forms.ChoiceField(label=_("Language"), required=False)
    own = forms.BooleanField(label=_("Only what we made ourselves"), required=False)

    def __init__(self, *args, cards: list[Card], **kwargs):
        super().__init__(*args, **kwargs)
        languages = [(code, _in_itself(code)) for code in languages_of(cards)]
        self.fields["language"].choices = [("", _("Any language")), *languages]
        for name in ("theme", "minutes", "gate", "language"):
            self.fields[name].widget.attrs["class"] = "form-select"
        self.fields["q"].widget = forms.TextInput({"type": "search", "class": "form-control"})
        self.fields["own"].widget.attrs["class"] = "form-check-input"
        if len(languages) < 2:
            del self.fields["language"]
        if not any(card.is_own for card in cards):
            del self.fields["own"]

    @property
    def narrowing(self):
        """The choices beside the words. The section is chosen by the counts."""
        names = ("theme", "minutes", "gate", "language")
        return [self[name] for name in names if name in self.fields]

    def wanted(self) -> Wanted:
        self.is_valid()
        found = {key: value for key, value in self.cleaned_data.items() if value}
        return Wanted(words=found.pop("q", ""), **found)


def _in_itself(code: str) -> str:
    """What a language calls itself; its code where Django does not know it."""
    try:
        return get_language_info(code)["name_local"]
    except KeyError:
        return code
