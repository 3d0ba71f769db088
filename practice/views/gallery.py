"""Every shared part of a page, with little and with much in it. Only while developing."""

import re
from pathlib import Path

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from practice.models import SignIn, Theme

MUCH = (
    "Answered most days to an item about safety, has not opened the last three activities "
    "and wrote in the limit log that Saturday was harder than any day since September"
)
FREQUENCY = [
    (0, "Not at all"),
    (1, "Several days"),
    (2, "More than half the days"),
    (3, "Nearly every day"),
]


class SampleForm(forms.Form):
    what_happened = forms.CharField(help_text="One short line is enough.")
    more = forms.CharField(label="Anything else", required=False, widget=forms.Textarea)
    day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))
    with_whom = forms.ChoiceField(choices=[("", "Choose"), ("friend", "A friend")])
    how_often = forms.TypedChoiceField(
        label="How often did you say yes while you meant no?",
        choices=FREQUENCY,
        coerce=int,
        help_text="Think of the last two weeks.",
    )
    urge = forms.TypedChoiceField(
        label="How strong was the urge to give in?",
        choices=[(n, n) for n in range(11)],
        coerce=int,
    )
    tell = forms.BooleanField(label="Bring this to my session", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        rows = forms.RadioSelect(choices=FREQUENCY)
        rows.template_name = "forms/choice_rows.html"
        self.fields["how_often"].widget = rows
        rating = forms.RadioSelect(
            choices=self.fields["urge"].choices,
            attrs={"data-low": "not at all", "data-high": "as strong as it can be"},
        )
        rating.template_name = "forms/rating.html"
        self.fields["urge"].widget = rating


def rows():
    now = timezone.now()
    for kind, word, action in (
        ("alert", "Alert", "Open alert"),
        ("worse", "Worse", "Timeline"),
        ("silent", "Silent", "What was sent"),
        ("unread", "To read", "Read"),
        ("session", "Session", "Session sheet"),
    ):
        yield {
            "kind": kind,
            "word": word,
            "name": "M. K.",
            "reason": MUCH if kind == "alert" else "Three of four kept; a note for you.",
            "when": now,
            "action": action,
        }


def sign_ins():
    now = timezone.now()
    for browser, system, address in (("Firefox", "Windows", "192.0.2.7"), ("Safari", "iPhone", "")):
        yield SignIn(created_at=now, acted_at=now, browser=browser, system=system, address=address)


def text_of(name):
    return Path(finders.find(f"trellis/{name}")).read_text()


def swatches(source):
    return re.findall(r"(--trellis-[\w-]+): (#\w+);", source)


def notes():
    """A message of each kind, as Django would carry it."""
    return [
        Message(constants.SUCCESS, "Kept."),
        Message(constants.INFO, MUCH),
        Message(constants.WARNING, "Kept. One address could not be read."),
        Message(constants.ERROR, "This was not kept."),
    ]


@login_not_required
@require_GET
def gallery(request):
    if not settings.DEVELOPMENT:
        raise Http404
    source = text_of("tokens.css")
    unsent = SampleForm(initial={"how_often": 1, "urge": 7}, prefix="unsent")
    return render(
        request,
        "gallery.html",
        {
            "much": MUCH,
            "rows": list(rows()),
            "counts": [
                {"url": "?", "number": 3, "word": "alerts", "kind": "alert", "current": True},
                {"url": "?", "number": 2, "word": "worse", "kind": "worse"},
                {"url": "?", "number": 128, "word": "to read", "kind": "unread"},
            ],
            "states": [
                ("alert", "alert"),
                ("worse", "worse"),
                ("silent", "silent"),
                ("unread", "to read"),
                ("session", "in 2 hours"),
                ("done", "kept"),
                ("partly", "partly"),
                ("not-yet", "not yet"),
            ],
            "facts": [("Preferred name", "Sam"), ("Pronouns", None), ("Reason", MUCH)],
            "page": Paginator(range(128), 25).page(2),
            "small_page": Paginator(range(3), 25).page(1),
            "form": SampleForm({"urge": "4"}),
            "unsent": unsent,
            "sign_ins": list(sign_ins()),
            "notes": notes(),
            "kept": [("kept", "Kept"), ("again", "Not kept yet. We try again."), ("", "")],
            "drawings": re.findall(r'<symbol id="(\w+)"', text_of("drawings.svg")),
            "themes": Theme.choices,
            "swatches": swatches(source),
            "source": source + text_of("dark.css"),
        },
    )
