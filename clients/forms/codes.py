"""The personal code that goes with a link."""

from itertools import pairwise

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients import actions

DIGITS = {"inputmode": "numeric", "autocomplete": "off", "pattern": "[0-9]*", "maxlength": 8}


class CodeField(forms.CharField):
    def __init__(self, *, leads="go", **kwargs):
        """``leads``: what the phone writes on its last key."""
        super().__init__(
            widget=forms.PasswordInput(DIGITS | {"enterkeyhint": leads}),
            max_length=20,
            error_messages={"required": _("Please type the digits here.")},
            **kwargs,
        )


class PersonalCodeForm(forms.Form):
    forgets = True  # codes are not shown again after a mistake
    code = CodeField(label=_("Your code"))


class OwnCodeForm(PersonalCodeForm):
    """Once more, from whoever is signed in: a page that was left open is not the client."""

    def __init__(self, *args, client, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.client, self.by = client, by

    def clean(self):
        """The code last: with a slip in another field, no wrong one is counted."""
        data = super().clean()
        if not self.errors and not is_their_code(self, data["code"]):
            self.add_error("code", why_not(self.client))
        return data


def why_not(client) -> str:
    """The words after a code that did not open."""
    if actions.is_code_shut(client, now=timezone.now()):
        return _(
            "Too many wrong codes. Please wait an hour. After 20 in a day, wait until tomorrow, or "
            "ask your clinician for a new one."
        )
    return _("That is not the code. Please try again.")


def is_their_code(form, code: str) -> bool:
    """Of a form with ``client`` and ``by``. A wrong one is counted."""
    now = timezone.now()
    return actions.is_own_code(form.client, code=code.strip(), by=form.by, now=now)


class NewPersonalCodeForm(forms.Form):
    forgets = True
    code = CodeField(
        label=_("Choose a code of 4 to 8 digits"),
        help_text=_("You will type it when you open a link from us. Not a birthday, please."),
        leads="next",
    )
    again = CodeField(label=_("The same code again"))

    def clean_code(self):
        code = self.cleaned_data["code"].strip()
        if not code.isdecimal() or not code.isascii() or not 4 <= len(code) <= 8:
            raise ValidationError(_("Use 4 to 8 digits, nothing else."))
        steps = {int(b) - int(a) for a, b in pairwise(code)}
        if steps <= {0} or steps <= {1} or steps <= {-1}:
            raise ValidationError(_("This one is easy to guess. Mix the digits a little."))
        return code

    def clean(self):
        data = super().clean()
        if data.get("code") and data.get("again") and data["code"] != data["again"].strip():
            self.add_error("again", _("The two codes are not the same."))
        return data
