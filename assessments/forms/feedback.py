"""A clinician's words about a response."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments import actions
from practice.ids import uuid7

LONGEST = 4_000


class FeedbackForm(forms.Form):
    """``once`` names this comment, so that a second click sends nothing more."""

    words = forms.CharField(
        label=_("Write to them about it"),
        help_text=_("They see it in the portal as soon as you send it. It can't be taken back."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    once = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, response, by, **kwargs):
        self.response, self.by = response, by
        kwargs.setdefault("initial", {"once": uuid7()})
        super().__init__(*args, **kwargs)

    def save(self):
        return actions.give_feedback(
            self.response,
            self.cleaned_data["words"].strip(),
            once=self.cleaned_data["once"],
            by=self.by,
            now=timezone.now(),
        )
