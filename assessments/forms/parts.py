"""Fields of an answer that is shared out: 100 between parts, cards among groups."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.definitions import WHOLE, Definition, Item

from .cells import NOT_OFFERED, WholeField
from .widgets import Groups, Slider

BY = 5  # one move of a slider of a split; any whole number can be typed


class Split(forms.Widget):
    """A number for each part. Its value is from part to what was typed."""

    template_name = "forms/split.html"
    use_fieldset = True

    def __init__(self, options):
        super().__init__()
        self.options = options
        self.number = WholeField(low=0, high=WHOLE, required=False)

    def id_for_label(self, id_):
        return f"{id_}-{self.options[0].value}" if self.options else id_

    def value_from_datadict(self, data, files, name):
        return {option.value: data.get(f"{name}-{option.value}", "") for option in self.options}

    def get_context(self, name, value, attrs):
        context = super().get_context(name, None, attrs)
        given = value or {}
        context["widget"] |= {
            "whole": WHOLE,
            "parts": [
                self._part(option, name, given.get(option.value), context["widget"]["attrs"])
                for option in self.options
            ],
        }
        return context

    def _part(self, option, name, value, attrs):
        own_id = f"{attrs.get('id', name)}-{option.value}"
        number = Slider(question=option.label, low=0, high=WHOLE, by=BY)
        own = {"id": own_id, "class": "short-answer form-control"}
        if attrs.get("aria-invalid") and not self._is_fit(value):
            own |= {"class": "short-answer form-control is-invalid", "aria-invalid": "true"}
        widget = number.get_context(f"{name}-{option.value}", value, own)["widget"]
        return {"label": option.label, "id": own_id, "widget": widget}

    def _is_fit(self, value):
        try:
            self.number.clean(value)
        except ValidationError:
            return False
        return True


class SplitField(forms.Field):
    """100 between the parts. A part left empty holds nothing and is not stored."""

    def __init__(self, *, options, **kwargs):
        super().__init__(widget=Split(options), **kwargs)
        self.labels = {option.value: option.label for option in options}

    def clean(self, value):
        cleaned = {part: self._cleaned(part, typed) for part, typed in (value or {}).items()}
        parts = {part: number for part, number in cleaned.items() if number is not None}
        self.validate(parts)
        if parts and sum(parts.values()) != WHOLE:
            raise ValidationError(_not_the_whole(sum(parts.values())), code="not_100")
        return parts or None

    def _cleaned(self, part, typed):
        try:
            return self.widget.number.clean(typed)
        except ValidationError as fault:
            words = {"part": self.labels[part], "fault": fault.messages[0]}
            raise ValidationError(_("“%(part)s”: %(fault)s") % words, code="invalid") from None


def _not_the_whole(total: int) -> str:
    left = WHOLE - total
    if left > 0:
        words = ngettext(
            "Together this makes %(total)s. %(n)s more is to share out.",
            "Together this makes %(total)s. %(n)s more are to share out.",
            left,
        )
    else:
        words = ngettext(
            "Together this makes %(total)s. That is %(n)s more than 100.",
            "Together this makes %(total)s. That is %(n)s more than 100.",
            -left,
        )
    return words % {"total": total, "n": abs(left)}


class Sort(forms.Widget):
    """For each card the groups. Its value is from card to what was chosen."""

    template_name = "forms/sort.html"
    use_fieldset = True

    def __init__(self, cards, groups):
        super().__init__()
        self.cards, self.groups = cards, groups

    def id_for_label(self, id_):
        return f"{id_}-{self.cards[0].value}_0" if self.cards else id_

    def value_from_datadict(self, data, files, name):
        return {str(card.value): data.get(f"{name}-{card.value}", "") for card in self.cards}

    def get_context(self, name, value, attrs):
        context = super().get_context(name, None, attrs)
        given = value or {}
        own_id = context["widget"]["attrs"].get("id", name)
        context["widget"]["cards"] = [
            {
                "label": card.label,
                "widget": self._groups().get_context(
                    f"{name}-{card.value}",
                    given.get(str(card.value)),
                    {"id": f"{own_id}-{card.value}"},
                )["widget"],
            }
            for card in self.cards
        ]
        return context

    def _groups(self):
        groups = Groups(choices=[(group.value, group.label) for group in self.groups])
        groups.is_required = self.is_required
        return groups


class SortField(forms.Field):
    """Cards in groups. A card can stay where it is, unless all are needed."""

    default_error_messages = {"invalid_choice": NOT_OFFERED}

    def __init__(self, *, cards, groups, **kwargs):
        super().__init__(widget=Sort(cards, groups), **kwargs)
        self.cards = cards
        self.values = {str(group.value): group.value for group in groups}

    def clean(self, value):
        chosen = {card: group for card, group in (value or {}).items() if group}
        if any(group not in self.values for group in chosen.values()):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        self.validate(chosen)
        left = [card.label for card in self.cards if str(card.value) not in chosen]
        if self.required and left:
            words = {"cards": get_text_list([f"“{label}”" for label in left], _("and"))}
            raise ValidationError(_("Not sorted yet: %(cards)s.") % words, code="needed")
        return {card: self.values[group] for card, group in chosen.items()} or None


def split(definition: Definition, item: Item, common: dict) -> SplitField:
    return SplitField(options=definition.choices(item), **common)


def sort(definition: Definition, item: Item, common: dict) -> SortField:
    return SortField(cards=definition.choices(item), groups=definition.groups(item), **common)
