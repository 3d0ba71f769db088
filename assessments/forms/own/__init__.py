"""The editor's forms: one for each part of an own activity, kept by itself.

``parts`` is what they have in common, ``fields`` what they are made of. ``panels`` are what is
said around the questions, ``questions`` one question each, ``measures`` scales and counts.
"""

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.authoring import Content, Gone, History, Part

from .measures import MetricForm, ScaleForm
from .panels import AboutForm, CliniciansForm, FrameForm, SectionForm
from .parts import PartForm
from .questions import ItemForm

PANELS: dict[str, type[PartForm]] = {
    "about": AboutForm,
    "frame": FrameForm,
    "clinicians": CliniciansForm,
}
FORMS: dict[str, type[PartForm]] = {
    "item": ItemForm,
    "scale": ScaleForm,
    "metric": MetricForm,
    "section": SectionForm,
}


class BeginForm(forms.Form):
    """What is to be written."""

    kind = forms.ChoiceField(
        label=_("What do you want to write?"),
        choices=[
            (
                "exercise",
                _("An exercise: questions to answer once, or a log to add to as things happen"),
            ),
            ("screener", _("A screener: questions whose answers make numbers to look at together")),
            ("reading", _("A reading: something to read, in sections")),
        ],
        widget=forms.RadioSelect,
        initial="exercise",
    )


class OverForm(forms.Form):
    """That a draft takes the place of a version it does not go on from."""

    over = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    saves = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


def form_of(part: Part, data=None, *, content: Content, history: History) -> PartForm:
    """The form of one part of the editor. Raises Gone when there is no such part."""
    kind = part.partition("-")[0]
    form = PANELS.get(part) or FORMS.get(kind)
    if form is None:
        raise Gone(part)
    return form(data, content=content, part=part, history=history)


__all__ = ["BeginForm", "OverForm", "PartForm", "form_of"]
