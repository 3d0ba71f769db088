"""The forms with which a practice brings the words of an instrument."""

from django import forms
from django.core.validators import RegexValidator
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments import interop
from assessments.actions import imports
from assessments.models import TextPermission

NOT_SCORED = "none"


class _BringForm(forms.Form):
    """What a file and pasted words have in common."""

    into = forms.ChoiceField(
        label=_("Which questionnaire is it?"),
        help_text=_(
            "A published one keeps its scoring. Where there are no codes, its questions are "
            "matched by their order."
        ),
        required=False,
    )
    title = forms.CharField(
        label=_("Title for the client"),
        help_text=_("Neutral is safer: others may see the screen. Empty: as the file says."),
        max_length=80,
        required=False,
    )
    language = forms.CharField(
        label=_("Language"),
        help_text=_("Two letters, such as en or de. Empty: as the file says."),
        max_length=6,
        validators=[RegexValidator(r"^[a-z]{2,3}(-[A-Z]{2})?$", _("Two letters, such as de."))],
        required=False,
    )

    unsaid: tuple = ()  # choices for whoever does not say which one it is

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        self.skeletons = imports.skeletons_of(by.practice)
        published = [
            (each.slug, each.title)
            for each in self.skeletons
            if each.provenance.licence.kind != "DATA_ONLY"
        ]
        self.fields["into"].choices = [
            *self.unsaid,
            (interop.AS_OWN, _("One of our own")),
            (_("Published"), published),
        ]

    def clean(self):
        """Read it here, so that what cannot be read is said beside the form."""
        data = super().clean()
        if self.errors:
            return data
        try:
            self.reading = self.read(data)
            interop.propose(self.reading, skeletons=self.skeletons, into=data["into"] or None)
        except interop.Unreadable as error:
            raise forms.ValidationError(error.reason) from error
        return data

    def read(self, data) -> interop.Reading:
        raise NotImplementedError

    def save(self):
        return imports.draft_import(
            self.reading,
            by=self.by,
            now=timezone.now(),
            into=self.cleaned_data["into"] or None,
        )


class FileForm(_BringForm):
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "FHIR R4 Questionnaire (JSON), REDCap data dictionary (CSV) or instrument zip, "
            "XLSForm (xlsx), or plain text. At most 5 MB."
        ),
    )
    response = forms.FileField(
        label=_("A response to it"),
        help_text=_(
            "Only for FHIR: its stored total is compared with ours. No answer of it is kept."
        ),
        required=False,
    )
    form = forms.CharField(
        label=_("Which form"),
        help_text=_("Only for a REDCap data dictionary with several forms: the name of one."),
        max_length=100,
        required=False,
    )
    unsaid = (("", _("Find out from its codes")),)
    field_order = ["file", "into", "title", "language", "form", "response"]
    forgets = True  # a browser does not keep a file that was chosen

    def clean_file(self):
        return _small(self.cleaned_data["file"])

    def clean_response(self):
        return _small(self.cleaned_data["response"])

    def read(self, data):
        files = [data["file"], data["response"]]
        return interop.read(
            [interop.Source(each.name, each.read()) for each in files if each],
            language=data["language"] or None,
            form=data["form"] or None,
            title=data["title"],
        )


def _small(file):
    if file and file.size > interop.LARGEST_FILE:
        size, most = filesizeformat(file.size), filesizeformat(interop.LARGEST_FILE)
        raise forms.ValidationError(
            _("This file has %(size)s. %(most)s is the most that is read.")
            % {"size": size, "most": most}
        )
    return file


class PasteForm(_BringForm):
    text = forms.CharField(
        label=_("The questions"),
        help_text=_("One on each line, or numbered. What stands before them is the introduction."),
        widget=forms.Textarea({"rows": 10}),
        max_length=100_000,
    )
    answers = forms.CharField(
        label=_("The answers to choose from"),
        help_text=_("On one line, with what each counts: 0 Not yet | 1 Now and then | 2 Often"),
        max_length=2_000,
        required=False,
    )
    field_order = ["text", "answers", "into", "title", "language"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Pasted words say neither.
        self.fields["title"].help_text = _("Neutral is safer: others may see the screen.")
        self.fields["language"].help_text = _("Two letters, such as en or de. Empty: en.")

    def read(self, data):
        return interop.read_paste(
            data["text"],
            answers=data["answers"],
            title=data["title"],
            language=data["language"] or None,
        )


class PermissionForm(forms.Form):
    """By what right, and for an activity of its own what no file says. Publishing needs both."""

    title = forms.CharField(
        label=_("Title for the client"),
        help_text=_("Neutral is safer: others may see the screen."),
        max_length=80,
    )
    summary = forms.CharField(
        label=_("What the client reads before starting"),
        max_length=300,
        widget=forms.Textarea({"rows": 2}),
    )
    higher_is = forms.ChoiceField(
        label=_("What does a higher sum mean?"),
        choices=[
            ("worse", _("It is harder for the client")),
            ("better", _("It is better for the client")),
            (NOT_SCORED, _("Do not add it up")),
        ],
        widget=forms.RadioSelect,
    )
    gated = forms.BooleanField(
        label=_("Ask for a safety check before it is assigned"),
        help_text=_("Tick this when it asks about conflict, fear, or somebody close."),
        required=False,
    )
    in_order = forms.BooleanField(
        label=_("I have compared the questions with my copy, one by one"),
        help_text=_("They were matched by their order, and some may count the other way round."),
        error_messages={"required": _("Please compare them, then tick this.")},
    )
    basis = forms.ChoiceField(
        label=_("By what right do you use these words?"),
        choices=TextPermission.Basis.choices,
        widget=forms.RadioSelect,
    )
    holder = forms.CharField(label=_("Whose words are they?"), max_length=200)
    words = forms.CharField(
        label=_("What allows it"),
        help_text=_("The licence, or what the owner wrote to you, word for word."),
        widget=forms.Textarea({"rows": 4}),
        max_length=5_000,
    )
    evidence = forms.CharField(
        label=_("Where that can be read"),
        help_text=_("An address on the web, or where you keep the letter."),
        max_length=500,
        required=False,
    )
    checked_on = forms.DateField(
        label=_("Checked on"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    expires_on = forms.DateField(
        label=_("Holds until"),
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        required=False,
    )
    non_commercial = forms.BooleanField(
        label=_("We use it for nothing commercial"),
        help_text=_("Its licence asks for that. If clients pay you, ask the owner first."),
        error_messages={"required": _("Without this, its licence does not allow it.")},
    )

    def __init__(self, *args, draft, onto, by, **kwargs):
        """``onto`` is the skeleton that the words are for, or None."""
        super().__init__(*args, **kwargs)
        self.draft, self.by = draft, by
        self._only_what_applies(onto)
        self.fields["checked_on"].initial = timezone.localdate
        self.fields["summary"].initial = draft.content["summary"]
        if onto is None:
            self.fields["title"].initial = draft.content["title"]
            return
        licence = onto.provenance.licence
        self.fields["basis"].choices = [
            choice for choice in TextPermission.Basis.choices if choice[0] != "own"
        ]
        self.fields["holder"].initial = licence.holder
        if licence.kind == "OPEN":
            self.fields["basis"].initial = TextPermission.Basis.FREE
            self.fields["words"].initial = licence.text
            self.fields["evidence"].initial = licence.evidence

    def _only_what_applies(self, onto):
        applies = {
            "title": onto is None,
            "gated": onto is None,
            "higher_is": bool(self.draft.source["sums"]),
            "in_order": self.draft.source["in_order"],
            "non_commercial": onto is not None
            and onto.provenance.licence.kind in imports.NON_COMMERCIAL,
        }
        for name, is_so in applies.items():
            if not is_so:
                del self.fields[name]

    def clean(self):
        data = super().clean()
        checked, expires = data.get("checked_on"), data.get("expires_on")
        if checked and checked > timezone.localdate():
            self.add_error("checked_on", _("Choose today or a day before."))
        if expires and expires < timezone.localdate():
            self.add_error("expires_on", _("This permission has run out."))
        return data

    def save(self):
        """Raises imports.NotImported."""
        data = self.cleaned_data
        higher_is = data.get("higher_is", "")
        return imports.publish_import(
            self.draft,
            permission=imports.Permission(
                basis=data["basis"],
                holder=data["holder"],
                words=data["words"],
                checked_on=data["checked_on"],
                evidence=data["evidence"],
                expires_on=data["expires_on"],
                non_commercial=data.get("non_commercial", False),
            ),
            frame=imports.Frame(
                title=data.get("title", ""),
                summary=data.get("summary", ""),
                higher_is="" if higher_is == NOT_SCORED else higher_is,
                gated=data.get("gated", False),
            ),
            by=self.by,
            now=timezone.now(),
        )
