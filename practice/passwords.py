"""Which passwords nobody may have. Any characters will do and none are asked for: what counts is
that nobody guesses it (NIST SP 800-63B, 5.1.1.2; docs/security.md)."""

import re
from itertools import pairwise

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# What somebody who wants to get in here would try first, beside the name of the practice.
OUR_WORDS = (
    *("administrator", "admin", "clinician", "clinic", "client", "codependency", "login"),
    *("password", "portal", "practice", "secret", "supervisor", "therapist", "therapy"),
    *("trellis", "welcome"),
)
ENOUGH_OF_THEIR_OWN = 8  # characters that are left when our words are taken out
AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
WORD = re.compile(r"\w{3,}")


class NotACommonOne(CommonPasswordValidator):
    """Nor a common one with digits hung on, nor one that is typed several times. The common ones
    are mostly shorter than what we ask for: `sunshine2026!` is what people make of them then."""

    def validate(self, password, user=None):
        for guess in {password, bare(password), bare(once(password)), once(bare(password))}:
            super().validate(guess, user)
        if is_counting(password):
            raise ValidationError(self.get_error_message(), code="password_too_common")


class NotOurWords:
    """Not put together from what stands on the door."""

    def validate(self, password, user=None):
        left = password.lower()
        for word in sorted(words_around(user), key=len, reverse=True):
            left = left.replace(word, "")
        if left != password.lower() and len(bare(left)) < ENOUGH_OF_THEIR_OWN:
            raise ValidationError(self.get_help_text(), code="password_of_our_words")

    def get_help_text(self):
        return _("That is what somebody would try first here. Take words that only you think of.")


def words_around(user) -> set[str]:
    practice = user.practice if user and user.practice_id else None
    return {*OUR_WORDS, *WORD.findall(practice.name.lower() if practice else "")}


def bare(password: str) -> str:
    """Without digits and signs before and after it."""
    return AROUND.sub("", password)


def once(password: str) -> str:
    """``abcabcabc`` is ``abc``."""
    length = (password + password).find(password, 1)
    return password[:length]


def is_counting(password: str) -> bool:
    """``345678901234``, and backwards."""
    steps = {(ord(after) - ord(before)) % 10 for before, after in pairwise(password)}
    return password.isdecimal() and steps in ({1}, {9})
