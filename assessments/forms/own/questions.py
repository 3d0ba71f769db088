"""One question: its words, its answers, when it is shown, and which answers reach the clinician."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from assessments import authoring
from assessments.authoring import KINDS, Content
from assessments.definitions import WITH_OPTIONS, WITH_ROWS, ItemKind

from .columns import column_forms
from .conditions import answers_of, earlier_questions, is_a_number
from .fields import DECIDES, Lines, OneOf, Some, Whole, Words, area
from .parts import PartForm

NUMBERS = (ItemKind.RATING, ItemKind.SLIDER, ItemKind.NUMBER)
WITH_ENDS = (ItemKind.RATING, ItemKind.SLIDER)
CHOSEN = (ItemKind.CHOICE, ItemKind.CHOICES)
REACHING = (ItemKind.SCALE, ItemKind.CHOICE)
# What a field holds, where a content calls it something else.
KEYS = {"lowest": "minimum", "highest": "maximum"}
PLAIN = (
    *("text", "hint", "heading", "low", "high", "required", "can_skip", "remembered"),
    *("lowest", "highest", "step", "alerts", "critical"),
)


class ItemForm(PartForm):
    """The fields that a question of its kind has. Of a table, ``columns`` is a formset beside."""

    text = Words(label=_lazy("The question"), widget=area(2), needed=True)
    hint = Words(label=_lazy("A hint below it"), widget=area(2))
    required = forms.BooleanField(label=_lazy("It must be answered"), required=False)
    heading = Words(label=_lazy("A new section begins here"), help_text=_lazy("Its heading."))
    groups = [
        ("", ("text", "hint", "answers", "same_answers", "groups")),
        ("", ("lowest", "highest", "step", "low", "high")),
        ("", ("required", "can_skip", "remembered", "is_about")),
        (_lazy("Show it only sometimes"), ("show_on", "show_values", "at_least", "at_most")),
        (_lazy("Answers that should reach you"), ("alerts", "critical")),
        (_lazy("A new section, or another kind of answer"), ("heading", "kind")),
    ]

    always_filled = ("kind",)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.columns = None
        if self.kind in WITH_ROWS:
            data = self.data if self.is_bound else None
            self.columns = column_forms(data, content=self.content, item=self.item)

    @cached_property
    def item(self) -> dict:
        return authoring.piece_of(self.content, self.part)

    @property
    def kind(self) -> ItemKind:
        return ItemKind(self.item["kind"])

    @cached_property
    def before(self):
        """The question as it was last published, or None."""
        return self.history.item(self.item["id"])

    @property
    def says_of(self):
        return super().says_of | ({"columns"} if self.columns is not None else set())

    @property
    def about_columns(self) -> list[str]:
        return [each.words for each in self.faults if each.field == "columns"]

    # -- what stands in the fields ----------------------------------------------------------------

    def begins(self):
        item, is_scale = self.item, self.kind is ItemKind.SCALE
        condition = item.get("show_if") or {}
        answers = authoring.options_of(self.content, item)
        groups = authoring.options_of(self.content, item, "groups")
        return {
            **{name: item.get(KEYS.get(name, name)) for name in PLAIN},
            "answers": authoring.lines_of(answers, numbered=is_scale).split("\n"),
            "groups": authoring.lines_of(groups, numbered=False).split("\n"),
            "same_answers": True,
            "kind": str(self.kind),
            "is_about": self.content.get("index_item") == item["id"],
            "show_on": condition.get("item") or "",
            "show_values": list(condition.get("equals") or ()),
            "at_least": condition.get("at_least"),
            "at_most": condition.get("at_most"),
        }

    def more_fields(self):
        found = self._answers() | self._numbers() | self._ways() | self._condition_fields()
        found |= self._reaching()
        if self.before is None:
            found["kind"] = OneOf(
                label=_("How it is answered"),
                choices=[(str(kind), words.name) for kind, words in KINDS.items()],
                widget=forms.Select(DECIDES),
            )
        return found

    def _answers(self):
        found: dict[str, forms.Field] = {}
        if self.kind not in WITH_OPTIONS:
            return found
        is_scale = self.kind is ItemKind.SCALE
        found["answers"] = Lines(
            label=_("Cards, one on each line")
            if self.kind is ItemKind.SORT
            else _("Answers, one on each line"),
            help_text=_("Each with its number: 0 = Never") if is_scale else "",
            rows=6,
            needed=True,
        )
        if others := authoring.sharing(self.content, self.item["id"]):
            words = ngettext(
                "%(n)s other question has these answers: change them there too",
                "%(n)s other questions have these answers: change them there too",
                others,
            )
            found["same_answers"] = forms.BooleanField(label=words % {"n": others}, required=False)
        if self.kind is ItemKind.SORT:
            found["groups"] = Lines(label=_("Groups, one on each line"), needed=True)
        return found

    def _numbers(self):
        found: dict[str, forms.Field] = {}
        if self.kind in WITH_ROWS:
            found["lowest"] = Whole(label=_("Rows, at least"), needed=True)
            found["highest"] = Whole(label=_("Rows, at most"), needed=True)
        if self.kind in NUMBERS:
            is_fixed = {"disabled": self.before is not None}
            found["lowest"] = Whole(label=_("Smallest number"), needed=True, **is_fixed)
            found["highest"] = Whole(label=_("Largest number"), needed=True, **is_fixed)
            if self.kind is ItemKind.SLIDER:
                found["step"] = Whole(label=_("In steps of"), needed=True, **is_fixed)
        if self.kind in WITH_ENDS:
            found["low"] = Words(label=_("Words at the small end"))
            found["high"] = Words(label=_("Words at the large end"))
        return found

    def _ways(self):
        found: dict[str, forms.Field] = {}
        if self.kind not in WITH_ROWS:
            found["can_skip"] = forms.BooleanField(
                label=_("Offer “Does not apply” and “I'd rather not say”"), required=False
            )
        if self.kind in CHOSEN and self.content.get("as_log"):
            found["remembered"] = forms.BooleanField(
                label=_("Fill in what was chosen in the entry before"), required=False
            )
        if self.kind is ItemKind.CHOICE and self.content["kind"] == "screener":
            found["is_about"] = forms.BooleanField(
                label=_("All answers are about whoever is chosen here"),
                help_text=_("Then answers about one person are compared only with each other."),
                required=False,
            )
        return found

    def _condition_fields(self):
        earlier = earlier_questions(self.content, self.item)
        if not earlier:
            return {}
        on = self.data.get("show_on", "") if self.is_bound else self.initial["show_on"]
        found: dict[str, forms.Field] = {
            "show_on": OneOf(
                label=_("Only after a certain answer to"),
                choices=[("", _("It is always shown")), *earlier],
                widget=forms.Select(DECIDES),
            )
        }
        if values := answers_of(self.content, on):
            label = _("It is shown when the answer is one of these")
            found["show_values"] = Some(label=label, values=values)
        elif is_a_number(self.content, on):
            found["at_least"] = Whole(label=_("It is shown from this number"))
            found["at_most"] = Whole(label=_("It is shown up to this number"))
        return found

    def _reaching(self):
        values = answers_of(self.content, self.item["id"])
        if self.kind not in REACHING or not values:
            return {}
        return {
            "alerts": Some(
                label=_("An alert for you, when one of these is sent"),
                help_text=_("It stands on Today until somebody closes it. Nobody is woken by it."),
                values=values,
                required=False,
            ),
            "critical": Some(
                label=_("Help for the client at once, and an alert for you"),
                help_text=_(
                    "The page shows your practice's help text as soon as one of these is chosen."
                ),
                values=values,
                required=False,
            ),
        }

    # -- what was typed ---------------------------------------------------------------------------

    def is_valid(self):
        is_whole = self.columns is None or self.columns.is_valid()
        return super().is_valid() and is_whole

    def clean(self):
        if self.columns is not None and not self.columns.is_valid():
            raise ValidationError(_("A column needs another look."))
        return super().clean()

    def values(self):
        typed = self.cleaned_data
        found = {KEYS.get(name, name): typed[name] for name in PLAIN if name in typed}
        if {"show_on", "show_values", "at_least", "at_most"} & set(self.changed_data):
            found["show_if"] = self._condition()
        return found

    def _condition(self):
        typed = self.cleaned_data
        if not typed["show_on"]:
            return None
        return {
            "item": typed["show_on"],
            "equals": typed.get("show_values", []),
            "at_least": typed.get("at_least"),
            "at_most": typed.get("at_most"),
        }

    def change(self, content: Content) -> Content:
        typed, named = self.cleaned_data, self.item["id"]
        changed = super().change(content)
        if "answers" in self.changed_data:
            options = self._options(typed["answers"], "options", self.kind is ItemKind.SCALE)
            alone = not typed.get("same_answers", True)
            changed = authoring.with_options(changed, named, options, alone=alone)
        if "groups" in self.changed_data:
            groups = self._options(typed["groups"], "groups", False)
            changed = authoring.with_options(changed, named, groups, key="groups", alone=True)
        if self.columns is not None and self.columns.has_changed():
            columns = self.columns.columns(self.content, self.item)
            changed = authoring.with_columns(changed, named, columns)
        if "is_about" in self.changed_data:
            changed["index_item"] = named if typed["is_about"] else None
        if "kind" in self.changed_data:
            changed = authoring.with_kind(changed, named, typed["kind"])
        return changed

    def _options(self, lines, key, numbered):
        published = ()
        if self.before is not None:
            newest = self.history.newest
            lists = newest.choices if key == "options" else newest.groups
            published = [each.model_dump() for each in lists(self.before)]
        return authoring.options_from(
            "\n".join(lines),
            kept=authoring.options_of(self.content, self.item, key),
            published=published,
            numbered=numbered,
        )
