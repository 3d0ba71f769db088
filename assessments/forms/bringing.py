"""The switch beside what a client writes: who is to see it."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.actions import may_stay_private
from assessments.definitions import Definition
from assessments.models import Sharing

from .widgets import ChoiceRows


class SharingForm(forms.Form):
    """What is to become of it. Its name is one that no question may have (TAKEN)."""

    NAME = "for_session"

    for_session = forms.ChoiceField(label=gettext_lazy("Who sees this?"), widget=ChoiceRows())

    def __init__(self, *, definition: Definition, chosen: str, reader: str = ""):
        super().__init__(initial={self.NAME: chosen})
        own = [Sharing.MYSELF] if may_stay_private(definition) else []
        words = {
            Sharing.SEND: _("Send it: %(name)s can read it"),
            Sharing.BRING: _("Bring this to my session: it stands first there"),
            Sharing.MYSELF: _("Keep it to myself: nobody else reads it"),
        }
        name = {"name": reader or _("your clinician")}
        self.fields[self.NAME].choices = [
            (choice, words[choice] % name) for choice in (Sharing.SEND, Sharing.BRING, *own)
        ]
        self.fields[self.NAME].help_text = _hint(definition, **name) if own else ""


def _hint(definition: Definition, name: str) -> str:
    seen = _(
        "If you keep it to yourself, %(name)s sees only that this is done. You can share it later."
    )
    told = _("An answer that makes us worry about you today is told to %(name)s all the same.")
    is_watched = any(item.critical for item in definition.asked())
    return " ".join([seen, told] if is_watched else [seen]) % {"name": name}
