"""What a name may be made of."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

NOT_IN_A_NAME = {"Cc", "Zl", "Zp"}  # control characters, and what breaks a line


def is_one_line(name: str) -> None:
    if any(unicodedata.category(character) in NOT_IN_A_NAME for character in name):
        raise ValidationError(
            _("A name stands on one line: please leave out line breaks and control characters.")
        )
