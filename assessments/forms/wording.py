"""The practice's own words for its messages, and the name that discreet ones come from."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from assessments.actions.wording import change_wording
from assessments.reminders import discretion
from assessments.reminders.messages import preview_of
from assessments.reminders.wording import Words, one_line, placeholders_in
from clients.models import Channel, Wording
from practice.actions import change_practice
from practice.names import is_one_line

MOST_PARTS = 2  # text messages for one: each costs, and phones show them as one only mostly
TOO_MUCH = _lazy("With its link this takes %(parts)s text messages. Please say it in fewer words.")


class WordingForm(forms.Form):
    subject = forms.CharField(label=_lazy("Subject"), max_length=120, validators=[is_one_line])
    body = forms.CharField(
        label=_lazy("Text"), widget=forms.Textarea({"rows": 12}), max_length=2000
    )

    def __init__(self, *args, practice, place, words, by, **kwargs):
        self.practice, self.place, self.by = practice, place, by
        self.is_mail = place["channel"] == Channel.EMAIL
        self.is_discreet = place["wording"] == Wording.DISCREET
        kwargs["initial"] = {"subject": words.subject, "body": words.body}
        super().__init__(*args, **kwargs)
        if not self.is_mail:
            del self.fields["subject"]
            self.fields["body"].widget.attrs["rows"] = 5

    def clean_subject(self):
        subject = one_line(self.cleaned_data["subject"])
        self.check_placeholders("subject", subject, ())
        return subject

    def clean_body(self):
        body = self.cleaned_data["body"].replace("\r\n", "\n").strip()
        known = ("link", "stop", "how") if self.is_mail else ("link", "stop")
        self.check_placeholders("body", body, known)
        missing = [_("{link} must stand in it once.")] if body.count("{link}") != 1 else []
        if self.is_mail and body.count("{stop}") != 1:
            missing.append(_("{stop} must stand in it once: anybody may stop the messages."))
        if glued := [each for each in ("{link}", "{stop}") if self.is_glued(each, body)]:
            missing.append(
                _("Leave a space after %(placeholder)s, or the address does not open.")
                % {"placeholder": glued[0]}
            )
        if missing:
            raise ValidationError(missing)
        return body

    @staticmethod
    def is_glued(placeholder: str, body: str) -> bool:
        _before, found, after = body.partition(placeholder)
        return bool(found) and after[:1].strip() != ""

    def check_placeholders(self, field, text, known) -> None:
        known = (*known, "sender", *(() if self.is_discreet else ("practice",)))
        for name in placeholders_in(text):
            if name == "practice" and self.is_discreet:
                self.add_error(field, _("{practice} says who sends this. Discreet words do not."))
            elif name not in known:
                self.add_error(
                    field, _("We do not know %(name)s here.") % {"name": "{" + name + "}"}
                )

    def clean(self):
        data = super().clean()
        if self.is_discreet:
            self.check_discretion()
        if not self.is_mail and data.get("body"):
            size = preview_of(self.words(), practice=self.practice, **self.place).size
            if size.parts > MOST_PARTS:
                self.add_error("body", TOO_MUCH % {"parts": size.parts})
        return data

    def check_discretion(self) -> None:
        names = discretion.names_of(self.practice)
        for field in ("subject", "body"):
            text = self.cleaned_data.get(field) or ""
            for tell in discretion.tells(text, language=self.place["language"], names=names):
                self.add_error(field, str(tell))

    def words(self) -> Words:
        return Words(self.cleaned_data.get("subject", ""), self.cleaned_data["body"])

    def typed(self) -> Words:
        """As it stands in the form, right or wrong: for the preview."""
        subject = one_line(self["subject"].value() or "")[:120] if self.is_mail else ""
        return Words(subject, (self["body"].value() or "")[:2000].replace("\r\n", "\n"))

    def save(self):
        return change_wording(
            self.practice, place=self.place, words=self.words(), by=self.by, now=timezone.now()
        )


class SenderForm(forms.Form):
    sender_name = forms.CharField(
        label=_lazy("Name that discreet mails come from"),
        help_text=_lazy("It stands where {sender} stands. It must not tell who you are."),
        max_length=60,
        validators=[is_one_line],
    )

    def __init__(self, *args, practice, by, **kwargs):
        self.practice, self.by = practice, by
        kwargs["initial"] = {"sender_name": practice.sender_name}
        super().__init__(*args, **kwargs)

    def clean_sender_name(self):
        name = one_line(self.cleaned_data["sender_name"])
        if placeholders_in(name):
            raise ValidationError(_("A name has no { and }."))
        found = discretion.tells(
            name, language=self.practice.language, names=discretion.names_of(self.practice)
        )
        if found:
            raise ValidationError([str(tell) for tell in found])
        return name

    def save(self):
        self.practice.sender_name = self.cleaned_data["sender_name"]
        return change_practice(self.practice, fields=["sender_name"], by=self.by)
