"""What is said around the questions; and the sections of a reading."""

from django import forms
from django.conf import global_settings
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from assessments import authoring
from assessments.browsing import THEMES

from .fields import Lines, OneOf, Some, Whole, Words, area
from .parts import PartForm

PICTURES = {
    "path": _lazy("A path"),
    "trees": _lazy("Two trees"),
    "gate": _lazy("A gate"),
    "seesaw": _lazy("A seesaw"),
    "houses": _lazy("Two houses"),
    "roots": _lazy("Roots"),
    "seedling": _lazy("A seedling"),
    "steps": _lazy("Steps"),
    "cups": _lazy("Two cups"),
    "bridge": _lazy("A bridge"),
    "chairs": _lazy("Chairs"),
    "lamp": _lazy("A lamp"),
    "bench": _lazy("A bench"),
}
SEPARATOR = "|"  # between the cells of a row


class AboutForm(PartForm):
    title = Words(
        label=_lazy("Title"),
        help_text=_lazy(
            "The client sees it, and perhaps somebody who looks over their shoulder. "
            "Nothing clinical."
        ),
        needed=True,
    )
    summary = Words(
        label=_lazy("What it is, in a sentence or two"),
        help_text=_lazy("The client reads this before they begin."),
        widget=area(2),
        needed=True,
    )
    way = forms.ChoiceField(label=_lazy("How it is done"), widget=forms.RadioSelect)
    minutes = Whole(label=_lazy("Minutes it takes, honestly"), needed=True)
    gated = forms.BooleanField(
        label=_lazy("It needs a safety check first"),
        help_text=_lazy(
            "Tick this when it asks about saying no or speaking up, or when it is tried with a "
            "real person. Then it can be assigned only after a safety check, and the client is "
            "asked whether now is a safe time."
        ),
        required=False,
    )
    language = OneOf(label=_lazy("The language it is written in"))
    groups = [("", ("title", "summary", "way", "minutes", "gated", "language"))]

    WAYS = {
        "steps": _lazy("Once, one question at a time"),
        "page": _lazy("Once, all questions on one page"),
        "log": _lazy("As a log: the client adds an entry whenever something happens"),
    }
    OF_KIND = {"exercise": ("steps", "page", "log"), "screener": ("steps", "page")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        ways = self.OF_KIND.get(self.content["kind"])
        if ways is None:
            del self.fields["way"], self.fields["gated"]
        else:
            self.fields["way"].choices = [(way, self.WAYS[way]) for way in ways]
        self.fields["language"].choices = _languages(self.initial["language"])

    def begins(self):
        content = self.content
        way = "page" if content.get("layout") == "page" else "steps"
        return {
            **{key: content.get(key) for key in ("title", "summary", "minutes", "gated")},
            "language": content.get("language") or "en",
            "way": "log" if content.get("as_log") else way,
        }

    def values(self):
        found = dict(self.cleaned_data)
        if way := found.pop("way", ""):
            found |= {"as_log": way == "log", "layout": "steps" if way == "steps" else "page"}
        return found


def _languages(kept: str) -> list[tuple[str, str]]:
    """Each in its own words; the kept one too, whatever it is."""
    codes = {code for code, _name in global_settings.LANGUAGES if "-" not in code} | {kept}
    return sorted(((code, _name_of(code)) for code in codes), key=lambda pair: pair[1].casefold())


def _name_of(code: str) -> str:
    try:
        return get_language_info(code)["name_local"].capitalize()
    except KeyError:
        return code


class FrameForm(PartForm):
    intro = Words(
        label=_lazy("Before the first question"),
        help_text=_lazy(
            "What it is for, and that they can stop at any time. "
            "A blank line begins a new paragraph."
        ),
        widget=area(6),
    )
    thanks = Words(
        label=_lazy("After sending"),
        help_text=_lazy(
            "Thank them, and say what happens next. The last paragraph is for whoever is afraid "
            "of someone: please leave it there."
        ),
        widget=area(8),
    )
    groups = [("", ("intro", "thanks"))]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.content["kind"] == "reading":
            self.fields["intro"].label = _("Before the text")
            self.fields["thanks"].label = _("After they have read it")

    def begins(self):
        return {key: self.content.get(key) or "" for key in ("intro", "thanks")}


class CliniciansForm(PartForm):
    for_clinicians = Words(
        label=_lazy("What it is for, and how to read it"),
        help_text=_lazy("Your colleagues read this in the library. No client sees it."),
        widget=area(4),
        needed=True,
    )
    caution = Words(
        label=_lazy("To read before it is assigned"),
        help_text=_lazy("Whom it is not for, and what can go wrong."),
        widget=area(2),
    )
    prompts = Lines(
        label=_lazy("Questions to ask about it in session"),
        help_text=_lazy("One on each line."),
    )
    themes = Some(values=list(THEMES.items()), label=_lazy("What it is about"), required=False)
    groups = [("", ("for_clinicians", "caution", "prompts", "themes"))]

    def begins(self):
        content = self.content
        texts = {key: content.get(key) or "" for key in ("for_clinicians", "caution")}
        lists = {key: list(content.get(key) or ()) for key in ("prompts", "themes")}
        return texts | lists


class SectionForm(PartForm):
    heading = Words(label=_lazy("Heading"))
    body = Words(
        label=_lazy("What it says"),
        help_text=_lazy("A blank line begins a new paragraph."),
        widget=area(8),
        needed=True,
    )
    points = Lines(label=_lazy("Points below it"), help_text=_lazy("One on each line."))
    table = Words(
        label=_lazy("A table below that"),
        help_text=_lazy(
            "One row on each line, its cells apart by | signs. The first line names the columns. "
            "On a phone two columns are good."
        ),
        widget=area(4),
    )
    picture = OneOf(label=_lazy("A quiet drawing"))
    groups = [("", ("heading", "body")), (_lazy("More in it"), ("points", "table", "picture"))]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["picture"].choices = [("", _("None")), *PICTURES.items()]

    def begins(self):
        section = authoring.piece_of(self.content, self.part)
        return {
            "heading": section.get("heading") or "",
            "body": section.get("body") or "",
            "points": list(section.get("points") or ()),
            "table": _as_text(section.get("table")),
            "picture": section.get("picture") or "",
        }

    def values(self):
        return self.cleaned_data | {"table": _as_table(self.cleaned_data["table"])}


def _as_text(table) -> str:
    if not table:
        return ""
    rows = [table["columns"], *table["rows"]]
    return "\n".join(f" {SEPARATOR} ".join(row) for row in rows)


def _as_table(text: str) -> dict | None:
    rows = [line for line in text.split("\n") if line.strip()]
    cells = [[cell.strip() for cell in row.split(SEPARATOR)] for row in rows]
    return {"columns": cells[0], "rows": cells[1:]} if cells else None
