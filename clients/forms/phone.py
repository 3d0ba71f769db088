"""A number that a text message can be sent to."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# E.164: a country code and what follows it, 8 to 15 digits. Whether somebody has that number, only
# a message shows; a table of all the world's numbering plans (such as the `phonenumbers` library
# brings) knows it no better, is out of date within months, and would refuse numbers that work.
NUMBER = re.compile(r"\+[1-9]\d{7,14}")
WRITTEN_IN = re.compile(r"\(0\)|[\s().\-/\u2010-\u2015]")


def plain_number(typed: str) -> str:
    """``+49 (0)30 123-4567`` and ``0049 30 1234567`` are both +49301234567; ValidationError."""
    number = WRITTEN_IN.sub("", typed)
    if number.startswith("00"):
        number = f"+{number[2:]}"
    if number and not (number.isascii() and NUMBER.fullmatch(number)):
        raise ValidationError(
            _("Write it with the code of the country first, for example +49 170 1234567.")
        )
    return number


class PhoneField(forms.CharField):
    widget = forms.TextInput({"type": "tel", "autocomplete": "off", "inputmode": "tel"})

    def __init__(self, **kwargs):
        super().__init__(max_length=40, **kwargs)

    def clean(self, value):
        return plain_number(super().clean(value))
