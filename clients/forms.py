from datetime import time
from itertools import pairwise
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import actions
from .models import Channel, SafeContact, SafetyCheck, Wording

WEEKDAYS = [
    (1, _("Mon")),
    (2, _("Tue")),
    (3, _("Wed")),
    (4, _("Thu")),
    (5, _("Fri")),
    (6, _("Sat")),
    (7, _("Sun")),
]
ZONES = [
    (name, name.replace("_", " ")) for name in sorted(available_timezones()) if "/" in name
] + [("UTC", "UTC")]


class ContactFields(forms.Form):
    """How a client said they may be reached; asked by the clinician, and by the portal."""

    channel = forms.ChoiceField(
        label=_("Reminders by"), choices=Channel.choices, widget=forms.RadioSelect, initial="email"
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("On which days"),
        choices=WEEKDAYS,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        initial=[1, 2, 3, 4, 5, 6, 7],
        required=False,
    )
    hours_from = forms.TimeField(
        label=_("From"), widget=forms.TimeInput({"type": "time"}, "%H:%M"), initial=time(9)
    )
    hours_until = forms.TimeField(
        label=_("Until"), widget=forms.TimeInput({"type": "time"}, "%H:%M"), initial=time(20)
    )
    wording = forms.ChoiceField(
        label=_("Wording"),
        choices=Wording.choices,
        widget=forms.RadioSelect,
        initial=Wording.DISCREET,
    )
    most_reminders = forms.IntegerField(
        label=_("At most this many reminders about one thing"),
        min_value=0,
        max_value=5,
        initial=2,
    )
    spacing_days = forms.IntegerField(
        label=_("Days between them"), min_value=1, max_value=30, initial=2
    )
    others_see_device = forms.CharField(
        label=_("Who else may see the phone or the mail?"),
        help_text=_("In the client's own words. Only the care team reads this."),
        widget=forms.Textarea({"rows": 2}),
        max_length=1000,
        required=False,
    )
    CONTACT = (
        "channel",
        "weekdays",
        "hours_from",
        "hours_until",
        "wording",
        "most_reminders",
        "spacing_days",
        "others_see_device",
    )

    def clean(self):
        data = super().clean()
        start, end = data.get("hours_from"), data.get("hours_until")
        if start and end and start >= end:
            self.add_error("hours_until", _("Choose a time after the first one, on the same day."))
        if data.get("channel") != Channel.NONE and not data.get("weekdays"):
            self.add_error("weekdays", _("Choose at least one day, or choose no messages."))
        return data

    def contact(self) -> dict:
        return {name: self.cleaned_data[name] for name in self.CONTACT}


class AddClientForm(ContactFields):
    preferred_name = forms.CharField(label=_("Preferred name"), max_length=80)
    pronouns = forms.CharField(label=_("Pronouns"), max_length=40, required=False)
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("Needed for the portal. Ask first who else reads this mail."),
        required=False,
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=ZONES, help_text=_("Reminders keep to this clock.")
    )
    field_order = ["preferred_name", "pronouns", "email", "language", "time_zone"]

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        self.fields["time_zone"].initial = by.time_zone
        self.fields["language"].initial = by.language

    def clean(self):
        data = super().clean()
        is_unreachable = data.get("channel") == Channel.EMAIL and not data.get("email")
        if is_unreachable and "email" not in self.errors:
            self.add_error("email", _("Give an address, or choose no messages below."))
        return data

    def save(self):
        person = {
            name: self.cleaned_data[name]
            for name in ("preferred_name", "pronouns", "email", "language", "time_zone")
        }
        return actions.add_client(by=self.by, contact=self.contact(), now=timezone.now(), **person)


class ContactForm(ContactFields):
    paused_until = forms.DateField(
        label=_("No messages until the end of"),
        widget=forms.DateInput({"type": "date"}),
        required=False,
    )

    def __init__(self, *args, client, by, **kwargs):
        self.client, self.by = client, by
        last = client.safe_contacts.current().first() or SafeContact()
        kwargs["initial"] = {
            name: getattr(last, name) for name in (*self.CONTACT, "paused_until")
        } | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)

    def clean(self):
        data = super().clean()
        if data.get("channel") == Channel.EMAIL and not self.client.email:
            self.add_error("channel", _("There is no e-mail address for this client."))
        return data

    def save(self):
        return actions.confirm_contact(
            self.client,
            by=self.by,
            now=timezone.now(),
            paused_until=self.cleaned_data["paused_until"],
            **self.contact(),
        )


class OwnContactForm(ContactForm):
    """The same, asked of the client. Who else may see the phone is never shown again: that person
    may be the one who is looking."""

    def __init__(self, *args, client, by, **kwargs):
        super().__init__(*args, client=client, by=by, **kwargs)
        self.known_others = self.initial.pop("others_see_device", "")
        field = self.fields["others_see_device"]
        field.label = _("Who else may see your phone or your mail?")
        field.help_text = _("Only your clinician reads this. It is not shown here again.")

    def clean_channel(self):
        channel = self.cleaned_data["channel"]
        if channel == Channel.EMAIL and not self.client.email:
            raise ValidationError(_("We have no address of yours. Please ask your clinician."))
        return channel

    def contact(self) -> dict:
        said = self.cleaned_data["others_see_device"] or self.known_others
        return super().contact() | {"others_see_device": said}


class SafetyCheckForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=SafetyCheck.Outcome.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("Note"),
        help_text=_("What you asked and heard. Only the care team reads this."),
        widget=forms.Textarea({"rows": 4}),
        max_length=5000,
        required=False,
    )

    def __init__(self, *args, client, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.client, self.by = client, by

    def clean(self):
        data = super().clean()
        if data.get("outcome") in ("caution", "hold") and not data.get("note", "").strip():
            self.add_error("note", _("Say why, for whoever reads this after you."))
        return data

    def save(self):
        return actions.record_safety_check(
            self.client, by=self.by, now=timezone.now(), **self.cleaned_data
        )


TIME_TAKEN = _("There is a session at this time already.")


class SessionForm(forms.Form):
    day = forms.DateField(label=_("Day"), widget=forms.DateInput({"type": "date"}))
    at = forms.TimeField(label=_("At"), widget=forms.TimeInput({"type": "time"}, "%H:%M"))
    minutes = forms.IntegerField(label=_("Minutes"), min_value=5, max_value=480, initial=50)

    def __init__(self, *args, client, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.client, self.by = client, by

    def clean_day(self):
        day = self.cleaned_data["day"]
        if not 2000 <= day.year < 2200:
            raise ValidationError(_("Please check the year."))
        return day

    def clean(self):
        data = super().clean()
        if data.get("day") and data.get("at"):
            wall = timezone.datetime.combine(data["day"], data["at"])
            data["starts_at"] = timezone.make_aware(wall)
        return data

    def save(self):
        """The booked session, or None with an error at its time when that is taken."""
        try:
            return actions.book_session(
                self.client,
                by=self.by,
                starts_at=self.cleaned_data["starts_at"],
                minutes=self.cleaned_data["minutes"],
            )
        except actions.TimeTaken:
            self.add_error("at", TIME_TAKEN)
            return None


CODE = {"inputmode": "numeric", "autocomplete": "off", "pattern": "[0-9]*", "maxlength": 8}


NEEDED = {"required": _("Please type the digits here.")}


class PersonalCodeForm(forms.Form):
    forgets = True  # codes are not shown again after a mistake
    code = forms.CharField(
        label=_("Your code"),
        widget=forms.PasswordInput(CODE),
        max_length=20,
        error_messages=NEEDED,
    )


class NewPersonalCodeForm(forms.Form):
    forgets = True
    code = forms.CharField(
        label=_("Choose a code of 4 to 8 digits"),
        help_text=_("You will type it when you open a link from us. Not a birthday, please."),
        widget=forms.PasswordInput(CODE),
        max_length=20,
        error_messages=NEEDED,
    )
    again = forms.CharField(
        label=_("The same code again"),
        widget=forms.PasswordInput(CODE),
        max_length=20,
        error_messages=NEEDED,
    )

    def clean_code(self):
        code = self.cleaned_data["code"].strip()
        if not code.isdecimal() or not code.isascii() or not 4 <= len(code) <= 8:
            raise ValidationError(_("Use 4 to 8 digits, nothing else."))
        steps = {int(b) - int(a) for a, b in pairwise(code)}
        if steps <= {0} or steps <= {1} or steps <= {-1}:
            raise ValidationError(_("This one is easy to guess. Mix the digits a little."))
        return code

    def clean(self):
        data = super().clean()
        if data.get("code") and data.get("again") and data["code"] != data["again"].strip():
            self.add_error("again", _("The two codes are not the same."))
        return data
