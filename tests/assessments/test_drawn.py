"""A question that is taken from what was drawn before looks as if it had been drawn anew."""

import pytest
from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field
from django.utils import translation

from assessments.actions.library import LIBRARY
from assessments.definitions import load_library
from assessments.forms import AnswerForm, drawn

from . import made


@pytest.fixture(autouse=True)
def _nothing_drawn(monkeypatch):
    monkeypatch.setattr(drawn, "_drawn", {})


def form_of(definition, kept=None, posted=None):
    return AnswerForm(posted, definition=definition, items=definition.asked(), kept=kept)


def each_field(definition, **kept):
    return list(form_of(definition, kept=kept))


@pytest.mark.parametrize(
    "definition",
    [d for d in load_library(LIBRARY).activities if d.asked()],
    ids=lambda definition: definition.slug,
)
def test_every_question_of_the_library_twice(definition):
    for _time in range(2):
        for field in each_field(definition):
            assert drawn.question(field) == as_crispy_field(field)


@pytest.mark.parametrize("went", [None, "yes", "no"])
@pytest.mark.parametrize("dark", [None, "_declined", "_na", "unsure"])
@pytest.mark.parametrize("tired", [None, 0, 10])
def test_with_each_answer(went, dark, tired):
    kept = {"went": went, "dark": dark, "tired": tired}
    for _time in range(2):
        for field in each_field(made.walk(), **kept):
            assert drawn.question(field) == as_crispy_field(field)


def test_one_with_another_answer_is_another():
    yes, no = (drawn.question(each_field(made.walk(), went=went)[1]) for went in ("yes", "no"))
    assert yes != no


def test_in_another_language_it_is_drawn_anew():
    drawn.question(each_field(made.walk())[1])
    before = len(drawn._drawn)
    with translation.override("de"):
        drawn.question(each_field(made.walk())[1])
    assert len(drawn._drawn) == before + 1


def test_what_is_wrong_and_what_somebody_wrote_are_never_remembered():
    for field in form_of(made.walk(), posted={"tired": "12", "went": "maybe"}):
        if field.errors or field.name in ("who", "met", "why"):
            drawn.question(field)
    assert not drawn._drawn


def test_too_many_begin_anew(monkeypatch):
    monkeypatch.setattr(drawn, "MOST", 2)
    fields = [field for field in each_field(made.walk()) if field.name in ("whom", "went", "dark")]
    for field in fields:
        assert drawn.question(field) == as_crispy_field(field)
    assert len(drawn._drawn) == 1
