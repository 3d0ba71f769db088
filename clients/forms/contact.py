"""How a client said they may be reached: asked by the clinician, and in the portal."""

from datetime import time

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients import actions
from clients.models import Channel, SafeContact, Wording

WEEKDAYS = [
    (1, _("Mon")),
    (2, _("Tue")),
    (3, _("Wed")),
    (4, _("Thu")),
    (5, _("Fri")),
    (6, _("Sat")),
    (7, _("Sun")),
]


class ContactFields(forms.Form):
    """How a client said they may be reached; asked by the clinician, and by the portal."""

    channel = forms.ChoiceField(
        label=_("Reminders by"), choices=Channel.choices, widget=forms.RadioSelect
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("On which days"),
        choices=WEEKDAYS,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Needed when there are messages. Only what they named counts as safe."),
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
        self.fields["weekdays"].help_text = _("Needed when there are messages.")
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
