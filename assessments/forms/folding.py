"""Which fields of a page stand open, and which are folded away until somebody wants them."""

from assessments.definitions import is_empty
from assessments.way import sections

from .answers import AnswerForm


def parts_of(form: AnswerForm) -> list:
    """(whether it stands open, [(heading, fields)]): a log opens on what matters. Folded away is
    what is neither needed nor filled in, with what depends on it."""
    definition = form.definition
    items = [item for item in definition.asked() if item.id in form.fields]
    folded = _folded(items, form) if definition.as_log else set()
    return [
        (
            is_open,
            [
                (heading, [form[item.id] for item in part])
                for heading, part in sections(
                    definition, [item for item in items if (item.id not in folded) == is_open]
                )
            ],
        )
        for is_open in (True, False)
    ]


def _folded(items, form: AnswerForm) -> set[str]:
    if form.is_bound and form.is_only_shaping:
        return set()  # the button that was pressed must not be folded away
    filled = form.initial | (form.cleaned_data if form.is_bound else {})
    folded: set[str] = set()
    for item in items[1:]:
        depends_on = item.show_if.item if item.show_if else None
        if depends_on in folded or (
            depends_on is None
            and not item.required
            and is_empty(filled.get(item.id))
            and not form.errors.get(item.id)
        ):
            folded.add(item.id)
    return folded
