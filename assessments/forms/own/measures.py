"""What becomes of the answers: the scales of a screener, and the counts of an exercise."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from assessments import authoring
from assessments.authoring import Content
from assessments.definitions import SCORABLE, WITH_ROWS, ItemKind

from .conditions import answers_of
from .fields import DECIDES, OneOf, Some, Whole, Words, brief
from .parts import PartForm


class ScaleForm(PartForm):
    title = Words(
        label=_lazy("What the client sees it called"),
        help_text=_lazy("For example: Room for my needs."),
        needed=True,
    )
    construct = Words(
        label=_lazy("What it is about"), help_text=_lazy("For clinicians."), needed=True
    )
    method = forms.ChoiceField(
        label=_lazy("How its number is made"),
        choices=[
            ("mean", _lazy("The average of the answers")),
            ("sum", _lazy("The total of the answers")),
        ],
        widget=forms.RadioSelect,
    )
    higher_is = forms.ChoiceField(
        label=_lazy("A higher number is"),
        choices=[("worse", _lazy("harder for the client")), ("better", _lazy("going better"))],
        widget=forms.RadioSelect,
    )
    max_missing = Whole(
        label=_lazy("Answers that may be missing"),
        help_text=_lazy(
            "With 0 there is no number unless all are answered: nothing is ever made up. "
            "With more, what is missing is estimated from the rest, and the page says so."
        ),
        min_value=0,
        needed=True,
    )
    groups = [
        ("", ("title", "construct", "items", "method", "higher_is", "max_missing")),
        (_lazy("Turned-round questions"), ("reverse",)),
    ]

    def begins(self):
        scale = authoring.piece_of(self.content, self.part)
        keys = ("title", "construct", "method", "higher_is", "max_missing", "items", "reverse")
        return {key: scale.get(key) for key in keys}

    def more_fields(self):
        if self.initial["method"] not in ("mean", "sum"):
            del self.fields["method"]  # weighted, or by a rule: kept as it is
            return {}
        questions = [
            (item["id"], _numbered(place, item))
            for place, item in enumerate(authoring.asked_items(self.content), start=1)
            if item["kind"] in SCORABLE
        ]
        return {
            "items": Some(
                label=_("Its questions"),
                help_text="" if questions else _("No question has a number as its answer yet."),
                values=questions,
            ),
            "reverse": Some(
                label=_("Questions that count the other way round"),
                help_text=_("Turned wording confuses more than it helps. Best is to have none."),
                values=questions,
                required=False,
            ),
        }

    def values(self):
        found = dict(self.cleaned_data)
        if "reverse" in found:
            found["reverse"] = [each for each in found["reverse"] if each in found["items"]]
        return found


def _numbered(place: int, item: dict) -> str:
    words = {"n": place, "question": brief(item.get("text") or _("no words yet"))}
    return _("%(n)s. %(question)s") % words


KINDS = {
    "count": _lazy("How many entries there are"),
    "tally": _lazy("How often each answer was given"),
    "share": _lazy("How many entries in a hundred have certain answers"),
    "mean": _lazy("The average of a number"),
    "sum": _lazy("The total of a number"),
    "most": _lazy("The highest of a number"),
    "change": _lazy("How a number changed from before to after"),
    "rows": _lazy("How many rows were filled in"),
}
OF_ANSWERS = ("tally", "share")
WITH_ANSWERS = (ItemKind.SCALE, ItemKind.CHOICE, ItemKind.CHOICES)


class MetricForm(PartForm):
    kind = OneOf(
        label=_lazy("What is counted"), choices=KINDS.items(), widget=forms.Select(DECIDES)
    )
    title = Words(
        label=_lazy("What it is called"),
        help_text=_lazy("For example: Limits I kept."),
        needed=True,
    )
    unit = Words(label=_lazy("What stands after the number"), help_text=_lazy("Such as minutes."))
    groups = [("", ("kind", "item", "after", "of", "title", "unit"))]

    def begins(self):
        metric = authoring.piece_of(self.content, self.part)
        keys = ("kind", "title", "unit", "item", "after", "of")
        return {key: metric.get(key) or "" for key in keys[:5]} | {"of": metric.get("of") or []}

    def more_fields(self):
        kind = self.data.get("kind") if self.is_bound else self.initial["kind"]
        if kind not in KINDS or kind == "count":
            return {}
        paths = [("", _("Choose a question")), *_paths(self.content, kind)]
        found: dict[str, forms.Field] = {
            "item": OneOf(
                label=_("Before") if kind == "change" else _("The question"),
                choices=paths,
                widget=forms.Select(DECIDES if kind == "share" else {}),
            )
        }
        if kind == "change":
            found["after"] = OneOf(label=_("After"), choices=paths)
        if kind == "share":
            item = self.data.get("item", "") if self.is_bound else self.initial["item"]
            found["of"] = Some(
                label=_("The answers that count"), values=_answers_at(self.content, item)
            )
        return found

    def values(self):
        typed = self.cleaned_data
        return {
            "kind": typed["kind"],
            "title": typed["title"],
            "unit": typed["unit"],
            "item": typed.get("item") or None,
            "after": typed.get("after") or None,
            "of": typed.get("of", []),
        }


def _paths(content: Content, kind: str) -> list[tuple[str, str]]:
    """Whatever this can be counted from: questions, columns, and the parts of what is shared."""
    found = []
    for place, item in enumerate(authoring.asked_items(content), start=1):
        words = _numbered(place, item)
        if _can_be_counted(item["kind"], kind):
            found.append((item["id"], words))
        for column in item.get("columns") or ():
            if kind != "rows" and _can_be_counted(column["kind"], kind):
                name = f"{item['id']}.{column['id']}"
                found.append((name, f"{words}: {brief(column.get('text') or '…')}"))
        if item["kind"] == ItemKind.SPLIT and kind not in (*OF_ANSWERS, "rows"):
            for option in authoring.options_of(content, item):
                found.append((f"{item['id']}.{option['value']}", f"{words}: {option['label']}"))
    return found


def _can_be_counted(answered: str, kind: str) -> bool:
    if kind == "rows":
        return answered in WITH_ROWS
    return answered in (WITH_ANSWERS if kind in OF_ANSWERS else SCORABLE)


def _answers_at(content: Content, path: str) -> list[tuple[int | str, str]]:
    item_id, dot, column_id = path.partition(".")
    if not dot:
        return answers_of(content, item_id)
    try:
        item = authoring.piece_of(content, f"item-{item_id}")
    except authoring.Gone:
        return []
    for column in item.get("columns") or ():
        if column["id"] == column_id:
            options = authoring.options_of(content, column)
            return [(option["value"], option["label"]) for option in options]
    return []
