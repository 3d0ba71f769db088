"""Which rules bring a change to Today."""

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments import actions
from assessments.models import ReviewRules


class ReviewRulesForm(forms.ModelForm):
    class Meta:
        model = ReviewRules
        fields = ("worse", "no_gain", "by_session", "lost", "missed")
        labels = {
            "worse": _("R1: reliably worse than at the start of the episode"),
            "no_gain": _("R2: no reliable improvement by a session, while not below the cut-off"),
            "by_session": _("By which session"),
            "lost": _("R3: reliably worse than at its best"),
            "missed": _("R4: two measures missed"),
        }

    by_session = forms.IntegerField(label=_("By which session"), min_value=2, max_value=50)

    def __init__(self, *args, by, **kwargs):
        self.by = by
        super().__init__(*args, instance=ReviewRules.of_practice(by.practice_id), **kwargs)

    def save(self) -> ReviewRules:
        return actions.change_rules(self.by.practice, by=self.by, **self.cleaned_data)
