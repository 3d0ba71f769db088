"""Who else may see a client's devices; and what a practice has chosen for safety in its portal."""

from urllib.parse import urlsplit

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clients import actions
from clients.helplines import countries, country_of_zone
from clients.models import SafetyPolicy

ANSWERS = [
    ("", _("No answer")),
    ("nobody", _("Only I")),
    ("somebody", _("Somebody else, too")),
    ("unsure", _("I am not sure")),
]
# In the order in which they are asked and read.
ASKED = {
    "phone": _("Who can unlock your phone or computer?"),
    "mail": _("Who can open your mailbox, or read your text messages?"),
    "account": _(
        "Who else uses your account with Apple, Google or Microsoft, or a family account?"
    ),
    "place": _("Who can see where your phone is?"),
}


class WhoSeesForm(forms.Form):
    """Always empty: what was said before is for the care team, and not for whoever looks on."""

    phone = forms.ChoiceField(label=ASKED["phone"], choices=ANSWERS, required=False)
    mail = forms.ChoiceField(label=ASKED["mail"], choices=ANSWERS, required=False)
    account = forms.ChoiceField(label=ASKED["account"], choices=ANSWERS, required=False)
    place = forms.ChoiceField(label=ASKED["place"], choices=ANSWERS, required=False)
    words = forms.CharField(
        label=_("Anything else your clinician should know about this"),
        widget=forms.Textarea({"rows": 2, "autocomplete": "off"}),
        max_length=1000,
        required=False,
    )

    def __init__(self, *args, client, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.client, self.by = client, by
        for name in ASKED:
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def clean(self):
        data = super().clean()
        if not self.errors and not any(data.values()):
            raise forms.ValidationError(_("There is nothing to keep yet. You can also leave it."))
        return data

    def save(self):
        said = {name: answer for name, answer in self.cleaned_data.items() if answer}
        return actions.say_who_sees(self.client, said=said, by=self.by, now=timezone.now())


PLACES = {
    "https://www.bbc.com/weather": _("The weather (BBC)"),
    "https://www.wikipedia.org/": _("Wikipedia"),
    "https://www.openstreetmap.org/": _("A map (OpenStreetMap)"),
}
OWN = "own"


class SafetyPolicyForm(forms.Form):
    place = forms.ChoiceField(
        label=_("What takes the place of the portal on “Leave this page”"),
        widget=forms.RadioSelect,
        help_text=_("Choose one that anybody might have open, and that opens quickly."),
    )
    own_place = forms.URLField(
        label=_("Its address"), required=False, assume_scheme="https", max_length=200
    )
    contact_weeks = forms.IntegerField(
        label=_("Weeks until clients are asked again how they may be reached"),
        help_text=_("After 26 weeks without an answer nothing is sent any more."),
        min_value=1,
        max_value=25,
    )
    check_weeks = forms.IntegerField(
        label=_("Weeks until a safety check is shown as old"), min_value=1, max_value=52
    )
    country = forms.ChoiceField(label=_("Country of the numbers under Help now"), required=False)
    hidden_help = forms.MultipleChoiceField(
        label=_("Leave these out"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args, by, **kwargs):
        self.by, self.practice = by, by.practice
        self.policy = SafetyPolicy.of_practice(by.practice_id)
        held = self.practice.leave_url
        kwargs["initial"] = {
            "place": held if held in PLACES else OWN,
            "own_place": "" if held in PLACES else held,
            "contact_weeks": self.policy.contact_weeks,
            "check_weeks": self.policy.check_weeks,
            "country": self.policy.country,
            "hidden_help": self.policy.hidden_help,
        }
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [*PLACES.items(), (OWN, _("Another page, by its address"))]
        self.fields["country"].choices = self._countries()
        self.fields["hidden_help"].choices = [
            (line.id, f"{line.name}: {', '.join(line.numbers)} ({country.name})")
            for country in countries().values()
            if country.code == self.code_now
            for line in country.lines
        ]
        if not self.fields["hidden_help"].choices:
            del self.fields["hidden_help"]

    @property
    def code_now(self) -> str:
        """Whose numbers stand in the portal now."""
        return self.policy.country or country_of_zone(self.practice.time_zone)

    def _countries(self) -> list:
        by_zone = countries().get(country_of_zone(self.practice.time_zone))
        name = by_zone.name if by_zone else gettext("none")
        own = gettext("By your time zone (%(country)s)") % {"country": name}
        return [("", own), *((each.code, each.name) for each in countries().values())]

    def clean(self):
        data = super().clean()
        if data.get("place") == OWN and "own_place" not in self.errors:
            address = data.get("own_place", "")
            if not address:
                self.add_error("own_place", _("Give an address, or choose one of the pages above."))
            elif urlsplit(address).scheme != "https":
                self.add_error("own_place", _("The address must begin with https://."))
        return data

    def _hidden(self) -> list[str]:
        """What was left out of another country's numbers stays left out."""
        field = self.fields.get("hidden_help")
        offered = {line for line, _words in field.choices} if field else set()
        return sorted(
            {*self.policy.hidden_help} - offered | {*self.cleaned_data.get("hidden_help", ())}
        )

    def save(self) -> SafetyPolicy:
        data = self.cleaned_data
        return actions.change_safety_policy(
            self.practice,
            leave_url=data["own_place"] if data["place"] == OWN else data["place"],
            contact_weeks=data["contact_weeks"],
            check_weeks=data["check_weeks"],
            country=data["country"],
            hidden_help=self._hidden(),
            by=self.by,
        )
