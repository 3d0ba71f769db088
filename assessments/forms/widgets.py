"""How one answer is given: rows to touch, steps, faces, a slider, a few words."""

from django import forms

# The browser keeps no list of what was typed before: others may use the same device.
UNREMEMBERED = {"autocomplete": "off"}
# Words run in the direction of their own script, whatever the page's.
WORDS = UNREMEMBERED | {"dir": "auto", "autocapitalize": "sentences"}


class RadioAnswers(forms.RadioSelect):
    """Radio buttons, and beside them the ways not to answer: the choices of a named group.

    A choice that is not needed can be taken back; the button for it needs JavaScript, because a
    radio button cannot be let go of without it.
    """

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        groups = context["widget"]["optgroups"]
        context["widget"] |= {
            "optgroups": [group for group in groups if group[0] is None],
            "ways_out": [group for group in groups if group[0] is not None],
            "can_clear": not self.is_required,
        }
        return context


class ChoiceRows(RadioAnswers):
    template_name = "forms/choice_rows.html"


class ManyChoiceRows(forms.CheckboxSelectMultiple):
    template_name = "forms/choice_rows.html"

    def value_from_datadict(self, data, files, name):
        """Each once, and no more of them than one too many to be right."""
        posted = super().value_from_datadict(data, files, name) or []
        return list(dict.fromkeys(posted))[: len(self.choices) + 1]


class Rating(RadioAnswers):
    template_name = "forms/rating.html"


class Mood(RadioAnswers):
    template_name = "forms/mood.html"


class Groups(RadioAnswers):
    """The groups for one card of a sort."""

    template_name = "forms/groups.html"


class Words(forms.TextInput):
    def __init__(self):
        super().__init__(WORDS)


class ManyWords(forms.Textarea):
    def __init__(self):
        super().__init__(WORDS | {"rows": 4})


class Number(forms.TextInput):
    """A number is typed as text: what a number input cannot read it sends as nothing at all.

    ``low`` is the lowest number: some keyboards of a phone have no minus.
    """

    def __init__(self, low):
        keys = {"inputmode": "numeric"} if low >= 0 else {}
        super().__init__(UNREMEMBERED | keys | {"class": "short-answer"})


class Slider(Number):
    """A number that carries the answer, empty until it is touched; fields.js adds the slider.

    ``question`` names it for those who do not see it; ``by`` is how far one move of it goes.
    """

    template_name = "forms/slider.html"

    def __init__(self, *, question, low, high, by, words=("", "")):
        super().__init__(low)
        self.question, self.words = question, words
        self.low, self.high, self.by = low, high, by

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        own = context["widget"]["attrs"]
        own_id = own.get("id", name)
        low_words, high_words = self.words
        if low_words or high_words:
            said = own.get("aria-describedby", "")
            own["aria-describedby"] = f"{said} {own_id}_low {own_id}_high".strip()
        context["widget"] |= {
            "id": own_id,
            "question": self.question,
            "low": self.low,
            "high": self.high,
            "by": self.by,
            "low_words": low_words,
            "high_words": high_words,
        }
        return context
