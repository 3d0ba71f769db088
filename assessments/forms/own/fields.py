"""Fields that keep whatever can be kept: what is still wrong with it is said beside them."""

from django import forms
from django.utils.translation import gettext_lazy as _

MOST = 5_000  # characters of any text
MOST_LINES = 100
LARGEST = 1_000_000
SHORT = 60

# Words run in the direction of their own script; the browser keeps no list of what was typed.
TYPED = {"autocomplete": "off", "dir": "auto"}
# A choice that decides which fields there are: own.js sends the form at once.
DECIDES = {"data-decides": ""}


def line(**attributes):
    return forms.TextInput(TYPED | attributes)


def area(rows=2, **attributes):
    return forms.Textarea(TYPED | {"rows": rows} | attributes)


class Words(forms.CharField):
    """Some words. ``needed`` only says that they are: a draft is kept without them too."""

    default_error_messages = {
        "max_length": _("This has %(show_value)s characters. At most %(limit_value)s can be kept."),
    }

    def __init__(self, *, needed=False, widget=None, **kwargs):
        kwargs = {"max_length": MOST} | kwargs
        super().__init__(required=needed, widget=widget or line(), **kwargs)

    def widget_attrs(self, widget):
        return {}

    def validate(self, value):
        pass

    def to_python(self, value):
        if isinstance(value, str):
            # Two characters for the end of a line, and NULs that some programs copy along.
            value = value.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
        return super().to_python(value)


class Lines(Words):
    """One thing on each line: gives a list."""

    def __init__(self, *, rows=4, **kwargs):
        super().__init__(widget=area(rows), **{"max_length": 4 * MOST} | kwargs)

    def prepare_value(self, value):
        return "\n".join(map(str, value)) if isinstance(value, list | tuple) else value

    def clean(self, value):
        lines = [each.strip() for each in super().clean(value).split("\n")]
        lines = [each for each in lines if each]
        if len(lines) > MOST_LINES:
            raise forms.ValidationError(_("At most %(n)s lines can be kept.") % {"n": MOST_LINES})
        return lines

    def has_changed(self, initial, data):
        return super().has_changed(self.prepare_value(initial), data)


class Whole(forms.IntegerField):
    """A whole number, or None."""

    default_error_messages = {
        "invalid": _("Type a whole number."),
        "min_value": _("This number is too small."),
        "max_value": _("This number is too large."),
    }

    def __init__(self, *, needed=False, **kwargs):
        kwargs = {"min_value": -LARGEST, "max_value": LARGEST} | kwargs
        super().__init__(required=needed, **kwargs)
        self.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}

    def widget_attrs(self, widget):
        return {}

    def validate(self, value):
        pass

    def to_python(self, value):
        if isinstance(value, str) and len(value) > 20:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class Some(forms.MultipleChoiceField):
    """Some of the choices, as the values that they stand for. What is no choice is passed over:
    the choices may have changed since the page was opened."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, values, **kwargs):
        super().__init__(choices=[(str(value), words) for value, words in values], **kwargs)
        self.values = {str(value): value for value, _words in values}

    def prepare_value(self, value):
        return [str(each) for each in value or ()]

    def clean(self, value):
        return [self.values[each] for each in dict.fromkeys(value or ()) if each in self.values]

    def has_changed(self, initial, data):
        now = {each for each in data or () if each in self.values}
        return {str(each) for each in initial or ()} != now


class OneOf(forms.ChoiceField):
    """One of the choices; what is none becomes the first of them."""

    widget = forms.Select

    def valid_value(self, value):
        return True

    def validate(self, value):
        pass

    def clean(self, value):
        offered = [str(key) for key, _words in self.choices]
        return value if value in offered else offered[0]


def brief(text: str, most: int = SHORT) -> str:
    text = " ".join(str(text).split())
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
