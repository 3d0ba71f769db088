"""The columns of a table that the client fills: what each asks, and how it is answered."""

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments import authoring
from assessments.authoring import KINDS, Content
from assessments.definitions import IN_A_ROW, ItemKind

from .fields import Lines, OneOf, Whole, Words

MOST_COLUMNS = 8
BY_NUMBERS = (ItemKind.RATING, ItemKind.SLIDER, ItemKind.NUMBER)


class ColumnForm(forms.Form):
    """One column. An empty name means that there is none."""

    use_required_attribute = False
    id = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)
    text = Words(label=_("What is asked"), needed=True)
    kind = OneOf(
        label=_("How it is answered"),
        choices=[(str(kind), words.name) for kind, words in KINDS.items() if kind in IN_A_ROW],
        initial=str(ItemKind.LINE),
    )
    answers = Lines(label=_("Its answers, one on each line"), rows=2)
    lowest = Whole(label=_("Smallest"))
    highest = Whole(label=_("Largest"))
    needed = forms.BooleanField(label=_("Must be filled in"), required=False)
    away = forms.BooleanField(label=_("Take this column away"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.is_more = not self.initial.get("text")
        if self.is_more:
            del self.fields["away"]

    def column(self, content: Content, before: dict) -> dict:
        """As a content holds it; ``before`` is the column as it was kept, or {}."""
        typed = self.cleaned_data
        column = {"id": typed["id"], "text": typed["text"], "kind": typed["kind"]}
        column["required"] = typed["needed"]
        if typed["kind"] in BY_NUMBERS:
            column |= {"minimum": _or(typed["lowest"], 0), "maximum": _or(typed["highest"], 10)}
        if typed["kind"] == ItemKind.CHOICE:
            column["answers"] = authoring.options_from(
                "\n".join(typed["answers"]),
                kept=authoring.options_of(content, before),
                numbered=False,
            )
        return column


def _or(number, otherwise):
    return otherwise if number is None else number


class _Columns(forms.BaseFormSet):
    def columns(self, content: Content, item: dict) -> list[dict]:
        """The columns that are wanted, in their order."""
        before = {column["id"]: column for column in item.get("columns") or ()}
        return [
            form.column(content, before.get(form.cleaned_data["id"], {}))
            for form in self.forms
            if form.cleaned_data.get("text") and not form.cleaned_data.get("away")
        ]


ColumnFormSet = forms.formset_factory(
    ColumnForm, formset=_Columns, extra=0, max_num=MOST_COLUMNS, absolute_max=MOST_COLUMNS + 2
)


def column_forms(data, *, content: Content, item: dict) -> _Columns:
    """The columns as they were kept, and an empty one as long as there is room for it."""
    rows = [_begins(content, column) for column in item.get("columns") or ()]
    if len(rows) < MOST_COLUMNS:
        rows.append({"id": authoring.fresh(content), "kind": str(ItemKind.LINE)})
    return ColumnFormSet(data, initial=rows, prefix="columns")


def _begins(content: Content, column: dict) -> dict:
    is_number = column["kind"] in BY_NUMBERS
    options = authoring.options_of(content, column)
    return {
        "id": column["id"],
        "text": column.get("text") or "",
        "kind": column["kind"],
        "answers": [option["label"] for option in options],
        "lowest": column.get("minimum", 0) if is_number else None,
        "highest": column.get("maximum", 10) if is_number else None,
        "needed": bool(column.get("required")),
    }
