"""Questions as they stand on a page, put together once and not for everybody anew.

Of a question that is answered with a tap there are as many pictures as it has answers: they are
kept, by all that one is made of. What somebody wrote is drawn each time, and so is what needs
another look. Nothing that is kept tells whose answer it was.
"""

from collections.abc import Iterable

from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field
from django.forms.boundfield import BoundField
from django.utils.translation import get_language

from .widgets import RadioAnswers

MOST = 5_000  # some 2 kB each

_drawn: dict[tuple, str] = {}


def question(field: BoundField) -> str:
    """One field of a form, as crispy draws it."""
    if field.errors or not isinstance(field.field.widget, RadioAnswers):
        return as_crispy_field(field)
    made_of = _made_of(field)
    found = _drawn.get(made_of)
    if found is None:
        if len(_drawn) >= MOST:
            _drawn.clear()
        found = _drawn[made_of] = as_crispy_field(field)
    return found


def _made_of(field: BoundField) -> tuple:
    widget = field.field.widget
    return (
        widget.template_name,
        field.html_name,
        field.auto_id,
        str(field.label),
        str(field.help_text),
        field.field.required,
        str(field.value()),
        tuple(widget.attrs.items()),
        tuple(_words(field.field.choices)),
        get_language(),
    )


def _words(choices: Iterable) -> Iterable[tuple]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield str(value), tuple(_words(label))
        else:
            yield str(value), str(label)
