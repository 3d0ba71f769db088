"""Of a form with many questions: what of it can be kept, whatever is missing beside it."""

from assessments.definitions import is_empty
from assessments.forms import AnswerForm


def fitting(request, form: AnswerForm) -> dict:
    """Of what was posted, the answers to what is asked that are right by themselves.

    keep.js names what was touched on its page, so that two tabs do not undo each other.
    """
    wrong = {name for name in form.errors if not is_needed(form, name)}
    answers = {name: answer for name, answer in form.answers().items() if name not in wrong}
    shown = {item.id for item in form.definition.shown(form.kept | answers)}
    if "touched" in request.POST:
        shown &= {name.partition("-")[0] for name in request.POST.getlist("touched")}
    return {name: answer for name, answer in answers.items() if name in shown}


def wrong_words(form: AnswerForm) -> list[str]:
    """What does not fit, and not merely: is missing."""
    return [words[0] for name, words in form.errors.items() if not is_needed(form, name)]


def is_needed(form: AnswerForm, name: str) -> bool:
    """Nothing is wrong with it but that it is empty."""
    return form.has_error(name, "required")


def says_something(form: AnswerForm, answers: dict) -> bool:
    """Something stands there now, or what came back from the entry before was taken out."""
    before = form.kept
    return any(
        answer != before.get(name) and not (is_empty(answer) and is_empty(before.get(name)))
        for name, answer in answers.items()
    )
