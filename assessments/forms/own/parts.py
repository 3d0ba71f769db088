"""What the form of every part of the editor can do."""

from collections.abc import Iterable
from dataclasses import dataclass

from django import forms
from django.forms.boundfield import BoundField

from assessments import authoring
from assessments.authoring import Content, History, Part, Saying


@dataclass(frozen=True)
class Row:
    """A field with what is said about it now."""

    field: BoundField
    faults: list[str]
    advice: list[str]


@dataclass(frozen=True)
class Group:
    """Fields that stand together; those with a title are folded away while nothing is in them."""

    title: str
    rows: list[Row]
    is_open: bool


class PartForm(forms.Form):
    """One part of a content. ``change`` puts what was typed into a content, which may be a newer
    one than the form was made from.

    ``groups`` are pairs of a title and the names of fields. A form is invalid only where what was
    typed cannot be kept at all; all else that is wrong is said by ``tell``.
    """

    use_required_attribute = False
    error_css_class = ""
    groups: Iterable[tuple[str, tuple[str, ...]]] = ()
    always_filled: tuple[str, ...] = ()  # fields that say nothing by having a value

    def __init__(self, *args, content: Content, part: Part, history: History, **kwargs):
        self.content, self.part, self.history = content, part, history
        super().__init__(*args, initial=self.begins(), **kwargs)
        self.fields |= self.more_fields()
        self.faults: list[Saying] = []
        self.advice: list[Saying] = []
        for name, field in self.fields.items():
            described = [f"says_{name}"]
            if field.help_text and not isinstance(field.widget, forms.CheckboxInput):
                described.insert(0, f"{self.auto_id % name}_helptext")
            field.widget.attrs["aria-describedby"] = " ".join(described)

    def more_fields(self) -> dict[str, forms.Field]:
        """Those that depend on what the part is."""
        return {}

    def begins(self) -> dict:
        """What stands in the fields: the values of the part as it was kept."""
        raise NotImplementedError

    def change(self, content: Content) -> Content:
        """``content`` with what was typed. Raises authoring.Gone."""
        return authoring.updated(content, self.part, self.values())

    def values(self) -> dict:
        return self.cleaned_data

    def tell(self, faults: Iterable[Saying], advice: Iterable[Saying]) -> None:
        self.faults = [each for each in faults if each.part == self.part]
        self.advice = [each for each in advice if each.part == self.part]

    @property
    def unplaced(self) -> list[str]:
        """What is wrong with the part and with none of the fields that it shows."""
        return [each.words for each in self.faults if each.field not in self.says_of]

    @property
    def says_of(self) -> set[str]:
        return set(self.fields)

    def row(self, name: str) -> Row:
        return Row(self[name], *self.said(name))

    def said(self, name: str) -> tuple[list[str], list[str]]:
        """Of a field: what is wrong with it, and what could be better."""
        return (
            [each.words for each in self.faults if each.field == name],
            [each.words for each in self.advice if each.field == name],
        )

    @property
    def grouped(self) -> list[Group]:
        found = []
        for title, names in self.groups:
            rows = [self.row(name) for name in names if name in self.fields]
            if rows:
                is_open = not title or any(self._speaks(row) for row in rows)
                found.append(Group(title, rows, is_open))
        return found

    def _speaks(self, row: Row) -> bool:
        is_filled = self.initial.get(row.field.name) not in (None, "", [], False)
        if row.field.name in self.always_filled:
            is_filled = False
        return bool(row.faults or row.advice or row.field.errors or is_filled)
