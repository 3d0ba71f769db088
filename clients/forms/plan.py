"""A client's own plan for a hard hour."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients import actions
from practice.ids import uuid7

LONGEST = 2000


def _lines(label, help_text):
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 3}),
    )


class PlanForm(forms.Form):
    """``page`` and ``opened_at`` tell two open pages apart."""

    signs = _lines(
        _("How I notice that it gets hard"), _("A thought, a feeling, something in your body.")
    )
    helps = _lines(
        _("What helps me for a while"), _("Small things count: a walk, music, cold water, a task.")
    )
    people = _lines(
        _("Who I can be with or call"), _("A name or a letter is enough. You know who it is.")
    )
    place = _lines(_("Where I feel at ease"), _("A room, a café, a friend's home, a bench."))
    page = forms.UUIDField(widget=forms.HiddenInput)
    opened_at = forms.DateTimeField(widget=forms.HiddenInput)

    def __init__(self, *args, client, plan, by, **kwargs):
        self.client, self.by = client, by
        words = {part: getattr(plan, part) for part in plan.PARTS} if plan else {}
        opened = {"page": uuid7(), "opened_at": timezone.now().isoformat()}
        super().__init__(*args, initial=words | opened, **kwargs)

    def clean(self):
        """Lines end as they do everywhere else."""
        return {
            name: "\n".join(said.splitlines()) if isinstance(said, str) else said
            for name, said in super().clean().items()
        }

    def save(self) -> None:
        actions.write_plan(self.client, by=self.by, now=timezone.now(), **self.cleaned_data)
