"""Ways not to answer that are kept apart from an answer left empty."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from assessments.review import SKIP_WORDS

SKIP = tuple(SKIP_WORDS.items())


def is_blank(typed) -> bool:
    """Whether nothing was typed or chosen, whatever the shape of the widget's value."""
    if isinstance(typed, dict):
        return all(is_blank(each) for each in typed.values())
    if isinstance(typed, str):
        return not typed.strip()
    return not typed


def is_code(answer) -> bool:
    return isinstance(answer, str) and answer in SKIP_WORDS


class SkipRows(forms.RadioSelect):
    template_name = "forms/skip.html"


class OrSkip(forms.Widget):
    """Another widget, and under it a quiet pair of ways not to answer, which can be taken back.

    Its value is a pair: what stands in the other widget, and the code of the way ("" for none).
    """

    template_name = "forms/or_skip.html"

    def __init__(self, inner):
        super().__init__()
        self.inner = inner
        self.skip = SkipRows(choices=(*SKIP, ("", _("Neither of these"))))

    @property
    def use_fieldset(self):
        return self.inner.use_fieldset

    def use_required_attribute(self, initial):
        return False

    def id_for_label(self, id_):
        return self.inner.id_for_label(id_)

    def value_from_datadict(self, data, files, name):
        code = data.get(f"{name}-skip", "")
        answer = self.inner.value_from_datadict(data, files, name)
        return answer, code if is_code(code) else ""

    def get_context(self, name, value, attrs):
        answer, code = value
        context = super().get_context(name, None, attrs)
        attrs = context["widget"]["attrs"]
        if self.inner.use_fieldset:
            attrs.pop("class", None)
        elif "class" in attrs:
            attrs["class"] = f"{self.inner.attrs.get('class', '')} {attrs['class']}".strip()
        inner = self.inner.get_context(name, answer, attrs)["widget"]
        skip = self.skip.get_context(f"{name}-skip", code, {"id": f"{attrs.get('id', name)}-skip"})
        context["widget"] |= {"inner": inner, "skip": skip["widget"]}
        return context


class SkippableField(forms.Field):
    """Either an answer of ``inner`` or the code of a way not to answer; never both."""

    default_error_messages = {
        "both": _("There is an answer here, and also “%(words)s”. Keep one of them.")
    }

    def __init__(self, inner, *, kept=None):
        super().__init__(
            required=inner.required,
            widget=OrSkip(inner.widget),
            label=inner.label,
            help_text=inner.help_text,
            error_messages={"required": inner.error_messages["required"]},
        )
        self.inner = inner
        self.kept = kept

    def prepare_value(self, value):
        if isinstance(value, tuple):  # as it was posted
            answer, code = value
        else:
            answer, code = (None, value) if is_code(value) else (value, "")
        return self.inner.prepare_value(answer), code

    def clean(self, value):
        """Where both stand there, what the client did last is meant: the one that is new."""
        typed, code = value
        if not code:
            return self.inner.clean(typed)
        if is_blank(typed) or self._is_kept(typed):
            return code
        if code == self.kept:
            return self.inner.clean(typed)
        raise ValidationError(
            self.error_messages["both"], code="both", params={"words": SKIP_WORDS[code]}
        )

    def _is_kept(self, typed) -> bool:
        try:
            return self.kept is not None and self.inner.clean(typed) == self.kept
        except ValidationError:
            return False
