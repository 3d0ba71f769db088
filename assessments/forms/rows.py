"""Rows: a small table that the client fills row by row, and a ladder whose order means something.

What is posted for an item ``steps`` with a column ``ask``::

    steps-row=0  steps-0-ask=…  steps-row=3  steps-3-ask=…  [steps-shape=add]

``steps-row`` names the rows in their order; the numbers only keep them apart. ``steps-shape`` is
one of ``add``, ``remove-3``, ``up-3`` and ``down-3``: buttons that work without JavaScript.
"""

from dataclasses import dataclass, field

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.definitions import Definition, Item, ItemKind

from .cells import cell, common_of, short_choice
from .widgets import UNREMEMBERED

MOST_ROWS = 40  # that are looked at: twice as many as any definition asks for
BLANK = "__row__"  # stands for the number of a row that JavaScript adds


class RowForm(forms.Form):
    """One row. One in which nothing stands is no row, whatever its columns need."""

    use_required_attribute = False

    def __init__(self, *args, definition: Definition, item: Item, **kwargs):
        super().__init__(*args, empty_permitted=True, **kwargs)
        for column in item.columns:
            self.fields[column.id] = _field(definition, column)

    def answers(self) -> dict:
        given = self.cleaned_data.items()
        return {column: answer for column, answer in given if answer is not None}

    def typed(self) -> dict:
        return {name: self[name].data for name in self.fields}


def _field(definition, column):
    common = common_of(definition, column)
    if column.kind is ItemKind.CHOICE:
        return short_choice(definition, column, common)
    return cell(definition, column, common)


@dataclass
class Posted:
    """The rows of a request, by the number that keeps them apart."""

    forms: dict[str, RowForm] = field(default_factory=dict)
    touched: str | None = None  # the row that was added or moved by a button


class Rows(forms.Widget):
    template_name = "forms/rows.html"
    use_fieldset = True

    def __init__(self, definition: Definition, item: Item):
        super().__init__()
        self.definition, self.item = definition, item

    def id_for_label(self, id_):
        return id_

    def row(self, name, number, **kwargs):
        return RowForm(
            definition=self.definition, item=self.item, prefix=f"{name}-{number}", **kwargs
        )

    def value_from_datadict(self, data, files, name):
        numbers, touched = _shaped(
            _numbers(data, f"{name}-row"), data.get(f"{name}-shape", ""), self.item.maximum
        )
        return Posted({number: self.row(name, number, data=data) for number in numbers}, touched)

    def get_context(self, name, value, attrs):
        context = super().get_context(name, None, attrs)
        is_faulty = "aria-invalid" in context["widget"]["attrs"]
        touched = value.touched if isinstance(value, Posted) else None
        rows = self._posted(name, value, is_faulty) if isinstance(value, Posted) else None
        if not rows:
            rows = self._kept(name, value if isinstance(value, list) else [])
        context["widget"] |= {
            "rows": [
                self._drawn(name, number, form, place) | {"is_touched": number == touched}
                for place, (number, form) in enumerate(rows.items(), start=1)
            ],
            "blank": self._drawn(name, BLANK, self.row(name, BLANK), "{n}"),
            "fewest": max(self.item.minimum, 1),
            "most": self.item.maximum,
            "is_full": len(rows) >= self.item.maximum,
            "is_ladder": self.item.kind is ItemKind.LADDER,
            "is_all_optional": not any(column.required for column in self.item.columns),
        }
        return context

    def _drawn(self, name, number, form, place) -> dict:
        is_step = self.item.kind is ItemKind.LADDER
        return {
            "number": number,
            "called": (_("Step %(n)s") if is_step else _("Row %(n)s")) % {"n": place},
            "order": forms.HiddenInput(UNREMEMBERED).render(f"{name}-row", number),
            "form": form,
        }

    def _posted(self, name, value, is_faulty):
        """As they were sent; without their faults where the whole field has none to show."""
        if is_faulty:
            return value.forms
        return {
            number: self.row(name, number, initial=form.typed())
            for number, form in value.forms.items()
        }

    def _kept(self, name, kept):
        """The kept rows and an empty one, as long as there is room for it."""
        wanted = max(min(len(kept) + 1, self.item.maximum), self.item.minimum, 1)
        filled = [*kept, *[{}] * (wanted - len(kept))]
        return {
            str(number): self.row(name, number, initial=row) for number, row in enumerate(filled)
        }


class RowsField(forms.Field):
    """A list of rows in the client's order; empty ones fall away."""

    def __init__(self, definition: Definition, item: Item):
        super().__init__(widget=Rows(definition, item), **common_of(definition, item))
        self.item = item

    def clean(self, value):
        rows, faults = [], []
        for place, form in enumerate(value.forms.values(), start=1):
            if not form.is_valid():
                labels = [f"“{form.fields[column].label}”" for column in form.errors]
                words = {"n": place, "columns": get_text_list(labels, _("and"))}
                faults.append(self._fault() % words)
            elif answers := form.answers():
                rows.append(answers)
        if faults:
            raise ValidationError(faults, code="invalid")
        self.validate(rows)
        if rows:
            self._check_number(len(rows))
        return rows or None

    def _fault(self):
        if self.item.kind is ItemKind.LADDER:
            return _("Step %(n)s needs another look: %(columns)s")
        return _("Row %(n)s needs another look: %(columns)s")

    def _check_number(self, number):
        most, fewest = self.item.maximum, self.item.minimum
        if number > most:
            words = ngettext("At most %(n)s row fits here.", "At most %(n)s rows fit here.", most)
            raise ValidationError(words % {"n": most}, code="out_of_range")
        if number < fewest:
            words = ngettext(
                "Fill in at least %(n)s row, or leave all of it empty.",
                "Fill in at least %(n)s rows, or leave all of them empty.",
                fewest,
            )
            raise ValidationError(words % {"n": fewest}, code="out_of_range")


def _numbers(data, name) -> list[str]:
    posted = data.getlist(name) if hasattr(data, "getlist") else [data[name]] * (name in data)
    few = (str(each) for each in posted[: 2 * MOST_ROWS])
    numbers = dict.fromkeys(each for each in few if each.isdecimal() and len(each) <= 3)
    return list(numbers)[:MOST_ROWS]


def _shaped(numbers: list[str], shape: str, most: int) -> tuple[list[str], str | None]:
    """The rows after a button was pressed, and the one it was about."""
    what, _dash, number = shape.partition("-")
    if what == "add" and len(numbers) < most:
        added = str(max((int(each) for each in numbers), default=-1) + 1)
        return [*numbers, added], added
    if number not in numbers:
        return numbers, None
    place = numbers.index(number)
    rest = [each for each in numbers if each != number]
    if what == "remove":
        return rest, None
    moved = {"up": max(place - 1, 0), "down": place + 1}.get(what, place)
    return [*rest[:moved], number, *rest[moved:]], number
