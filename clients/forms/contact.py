"""How a client said they may be reached: asked by the clinician, and in the portal."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clients import actions
from clients.contact_rules import can_text
from clients.models import WAYS, Channel, ChannelStop, ReminderPolicy, SafeContact, Wording

from .codes import CodeField, is_their_code, why_not
from .phone import PhoneField
from .rhythm import LABELS, choices_of

WEEKDAYS = [
    (1, _("Mon")),
    (2, _("Tue")),
    (3, _("Wed")),
    (4, _("Thu")),
    (5, _("Fri")),
    (6, _("Sat")),
    (7, _("Sun")),
]
MISSING = {
    Channel.EMAIL: ("email", _("Give an address, or choose another way.")),
    Channel.SMS: ("phone", _("Give a number, or choose another way.")),
}


def rhythm_field(name: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=LABELS[name], coerce=int, empty_value=None, required=False)


class HoursFields(forms.Form):
    """On which days, at which hours, in which words."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("On which days"),
        choices=WEEKDAYS,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    hours_from = forms.TimeField(label=_("From"), widget=forms.TimeInput({"type": "time"}, "%H:%M"))
    hours_until = forms.TimeField(
        label=_("Until"), widget=forms.TimeInput({"type": "time"}, "%H:%M")
    )
    wording = forms.ChoiceField(
        label=_("Wording"), choices=Wording.choices, widget=forms.RadioSelect
    )

    def clean(self):
        data = super().clean()
        start, end = data.get("hours_from"), data.get("hours_until")
        if start and end and start >= end:
            self.add_error("hours_until", _("Choose a time after the first one, on the same day."))
        return data


class ContactFields(HoursFields):
    """How a client said they may be reached; asked by the clinician, and by the portal."""

    channel = forms.ChoiceField(label=_("Reminders by"), widget=forms.RadioSelect)
    then_channels = forms.MultipleChoiceField(
        label=_("If that does not arrive, also by"),
        help_text=_("Only ways that are safe for them, too."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    phone = PhoneField(
        label=_("Mobile number"),
        help_text=_("For text messages. Ask first who else reads them."),
        required=False,
    )
    most_reminders = rhythm_field("most_reminders")
    spacing_days = rhythm_field("spacing_days")
    first_days = rhythm_field("first_days")
    others_see_device = forms.CharField(
        label=_("Who else may see the phone or the mail?"),
        help_text=_("In the client's own words. Only the care team reads this."),
        widget=forms.Textarea({"rows": 2}),
        max_length=1000,
        required=False,
    )
    CONTACT = (
        "channel",
        "then_channels",
        "weekdays",
        "hours_from",
        "hours_until",
        "wording",
        "most_reminders",
        "spacing_days",
        "first_days",
        "others_see_device",
    )
    DAYS_HELP = _("Needed when there are messages. Only what they named counts as safe.")

    def offer(self, policy: ReminderPolicy, last: SafeContact | None = None) -> None:
        """What there is to choose from: the ways that this installation has or the client named,
        and for the rhythm what the practice does when nothing is said."""
        named = last.channels if last else ()
        ways = [way for way in WAYS if way != Channel.SMS or can_text() or way in named]
        labels = {way: way.label for way in ways}
        self.fields["channel"].choices = [*labels.items(), (Channel.NONE, Channel.NONE.label)]
        self.fields["then_channels"].choices = list(labels.items())
        if len(ways) == 1:
            del self.fields["then_channels"], self.fields["phone"]
        self.fields["weekdays"].help_text = self.DAYS_HELP
        for name in LABELS:
            self.fields[name].choices = choices_of(
                name,
                as_practice=getattr(policy, name),
                held=getattr(last, name) if last else None,
            )

    def clean(self):
        data = super().clean()
        channel = data.get("channel")
        # The order is that of the list; the first way is not tried twice.
        others = [way for way in data.get("then_channels", []) if way != channel]
        data["then_channels"] = [] if channel in (None, Channel.NONE) else others
        if channel != Channel.NONE and not data.get("weekdays"):
            self.add_error("weekdays", _("Choose at least one day, or choose no messages."))
        for way in self.ways():
            self.check_way(way)
        return data

    def ways(self) -> list[str]:
        """The ways that were chosen, in order."""
        channel = self.cleaned_data.get("channel")
        if channel in (None, Channel.NONE):
            return []
        return [channel, *self.cleaned_data["then_channels"]]

    def check_way(self, way: str) -> None:
        """A way leads somewhere; the field where it is missing gets the error."""
        field, sentence = MISSING[way]
        if field not in self.errors and not self.cleaned_data.get(field):
            self.add_error(field, sentence)

    def contact(self) -> dict:
        return {name: self.cleaned_data[name] for name in self.CONTACT}


class ContactForm(ContactFields):
    paused_from = forms.DateField(
        label=_("No messages from"), widget=forms.DateInput({"type": "date"}), required=False
    )
    paused_until = forms.DateField(
        label=_("until the end of"), widget=forms.DateInput({"type": "date"}), required=False
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)  # how it stood on this page
    asked_again = forms.BooleanField(label=_("They asked for these messages again"), required=False)
    CONTACT = (*ContactFields.CONTACT, "paused_from", "paused_until")
    NO_EMAIL = _("There is no e-mail address for this client.")
    CHANGED = _("This was changed meanwhile. Open this page again to see how it stands now.")
    OPTED_OUT = _(
        "They answered that they want no more of these. Choose another way, or tick below that "
        "they asked for them again."
    )

    def __init__(self, *args, client, by, **kwargs):
        self.client, self.by = client, by
        last = client.safe_contacts.current().first()
        policy = ReminderPolicy.of_practice(client.practice_id)
        self.stops = list(client.channel_stops.standing().order_by("channel"))
        said = {name: getattr(last or beginning(policy), name) for name in self.CONTACT}
        if said["paused_until"] and said["paused_until"] < timezone.localdate():
            said["paused_from"] = said["paused_until"] = None
        self.last = last
        said["seen"] = self.stands
        kwargs["initial"] = said | {"phone": client.phone} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.offer(policy, last)
        self.opted_out = {
            stop.channel for stop in self.stops if stop.why == ChannelStop.Why.OPTED_OUT
        }
        if not self.opted_out:
            del self.fields["asked_again"]

    @property
    def stands(self) -> str:
        return str(self.last.pk) if self.last else "nothing yet"

    def check_way(self, way):
        if way == Channel.EMAIL:
            if not self.client.email:
                self.add_error(self.asked_in(way), self.NO_EMAIL)
        else:
            super().check_way(way)
        if way in self.opted_out and not self.cleaned_data.get("asked_again"):
            self.add_error(self.asked_in(way), self.OPTED_OUT)

    def asked_in(self, way) -> str:
        return "channel" if way == self.cleaned_data["channel"] else "then_channels"

    def clean(self):
        data = super().clean()
        # Whoever stopped the messages meanwhile has the last word; a second click says nothing new.
        if data.get("seen") not in ("", self.stands) and not self._is_as_it_stands(data):
            self.add_error(None, self.CHANGED)
        start, end = data.get("paused_from"), data.get("paused_until")
        if start and not end and "paused_until" not in self.errors:
            self.add_error("paused_until", _("Say until when, or choose no messages."))
        elif start and end and start > end:
            self.add_error("paused_until", _("Choose a day that is not before the first one."))
        return data

    def _is_as_it_stands(self, data) -> bool:
        told = [name for name in self.CONTACT if name != "others_see_device"]
        return bool(self.last) and all(data.get(n) == getattr(self.last, n) for n in told)

    def save(self):
        return actions.confirm_contact(
            self.client,
            by=self.by,
            now=timezone.now(),
            phone=self.cleaned_data.get("phone"),
            asked_again=self.cleaned_data.get("asked_again", False),
            **self.contact(),
        )


def beginning(policy: ReminderPolicy) -> SafeContact:
    """What the form holds when nothing was said yet: what the practice proposes."""
    return SafeContact(
        weekdays=policy.weekdays,
        hours_from=policy.hours_from,
        hours_until=policy.hours_until,
        wording=policy.wording,
    )


class OwnContactForm(ContactForm):
    """The same, asked of the client. Who else may see the phone is asked on a page of its own, and
    never shown again: that person may be the one who is looking. What they name themself, they ask
    for.

    Whoever holds an open page may ask for less; what reaches further needs the personal code.
    """

    code = CodeField(
        label=_("Your code"),
        help_text=_("So that nobody else chooses a way to reach you."),
        required=False,
    )

    DAYS_HELP = _("Needed when there are messages.")
    NO_EMAIL = _("We have no address of yours. Please ask your clinician.")

    def __init__(self, *args, client, by, has_given_code=False, **kwargs):
        super().__init__(*args, client=client, by=by, **kwargs)
        self.has_given_code, self.asks_code = has_given_code, False
        self.opted_out = set()
        self.fields.pop("asked_again", None)
        self.known_others = self.initial.pop("others_see_device", "")
        del self.fields["others_see_device"]
        if "phone" in self.fields:
            self.fields["phone"].label = _("Your mobile number")
            self.fields["phone"].help_text = _("For text messages.")
            self.fields["then_channels"].help_text = gettext("Only ways that are safe for you.")

    def clean(self):
        self.cleaned_data["others_see_device"] = self.known_others
        data = super().clean()
        self.asks_code = not self.has_given_code and self._reaches_further(data)
        if self.asks_code:
            self.fields["code"].required = True  # as the page then says
            if not data["code"]:
                self.add_error("code", _("This reaches you in a new way. Type your code for it."))
            elif not is_their_code(self, data["code"]):
                self.add_error("code", why_not(self.client))
        return data

    def _reaches_further(self, data) -> bool:
        """Another way or number, on more days, at more hours, or in words that say more."""
        ways, last = set(self.ways()), self.last
        if not ways or self.errors:
            return False
        return (
            last is None
            or not ways <= set(last.channels)
            or data.get("phone", "") not in ("", self.client.phone)
            or not set(data["weekdays"]) <= set(last.weekdays)
            or data["hours_from"] < last.hours_from
            or data["hours_until"] > last.hours_until
            or data["wording"] not in (last.wording, Wording.DISCREET)
        )

    def save(self):
        self.cleaned_data["asked_again"] = True
        return super().save()
