"""Whether every word can be translated: a language that puts ⟦…⟧ around each word it is asked for.

What a page says outside of those is nobody's to translate: a name, a number, or the practice's and
the library's own texts. Anything else was not marked.
"""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf.locale import LANG_INFO
from django.utils.translation import trans_real

from assessments import coverage
from assessments.reminders import messages
from clients import helplines
from clients.keeping import certificate_of
from clients.models import Client, Episode, ErasureRequest, LegalHold
from practice import zones
from practice.models import StaffInvitation, User
from tests.conftest import freshly
from tests.pages import EVERY_PAGE, NOBODY, Rooms

ROOT = Path(__file__).resolve().parents[2]
OPEN, SHUT = "⟦", "⟧"
SAID = ("aria-label", "title", "placeholder", "alt", "aria-description")
SILENT = ("script", "style", "code", "kbd")
LETTERS = re.compile(r"[^\W\d_]{2,}")
BETWEEN = re.compile(r"[:;·,()“”/\u2013→…|\xd7=]+|\. |\.$|\d+")  # one text and the next
URL = re.compile(r"https?://\S+|\{\w+\}")
# The product, and what others call their own.
NAMES = ["Trellis", "CSV", "XLSX", "JSON", "FHIR", "REDCap", "XLSForm", "UTC", "PDF", "PHQ", "GAD"]
# Readers of files know no Django, so no gettext: what they note, and how they call it.
NOTED = ["Questions"]
ENGLISH = {
    "gallery": "only while developing",
    "assessments:import_preview": "what a reader noted",
    "assessments:import_phone": "what a reader noted",
    "clients:retention": "laws, by the names that their sources give them",
}


class Marked(trans_real.DjangoTranslation):
    """English, with every text that was asked for between brackets."""

    def gettext(self, message):
        found = str(super().gettext(message)).rpartition("\x04")[2]
        return f"{OPEN}{found}{SHUT}" if found.strip() else found

    def ngettext(self, one, many, number):
        return self.gettext(one if number == 1 else many)


def forget_what_is_made_once():
    """What a process says alike to everybody, it says again in the language that now holds."""
    messages.trellis_words.cache_clear()
    messages.how_it_works.cache_clear()


@pytest.fixture
def marked(monkeypatch):
    language = Marked("en")
    forget_what_is_made_once()
    monkeypatch.setitem(trans_real._translations, "en", language)
    monkeypatch.setattr(trans_real, "_default", language)
    trans_real.activate("en")
    yield language
    trans_real.deactivate()
    forget_what_is_made_once()


class Outside(HTMLParser):
    """All that is said, but not between brackets."""

    def __init__(self, html):
        super().__init__()
        self.depth, self.silent, self.found = 0, 0, [""]
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.silent += tag in SILENT
        self.found.append("")
        for name, value in attrs:
            if value and (name in SAID or is_for_a_script(name, value)):
                self.found += [*unmarked(value)[0], ""]
        if tag == "input" and dict(attrs).get("type") in ("submit", "button"):
            self.found += unmarked(dict(attrs).get("value", ""))[0]

    def handle_endtag(self, tag):
        self.silent -= tag in SILENT
        self.found.append("")

    def handle_data(self, data):
        if not self.silent:
            pieces, self.depth = unmarked(data, self.depth)
            self.found[-1] += " ".join(pieces)


def is_for_a_script(name, value):
    """Words that a script will say; not what it counts with."""
    return name.startswith("data-") and " " in value and value[0] not in "{["


def unmarked(text, depth=0):
    pieces = [""]
    for letter in text:
        if letter == OPEN:
            depth += 1
            pieces.append("")
        elif letter == SHUT:
            depth -= 1
            pieces.append("")
        elif depth == 0:
            pieces[-1] += letter
    return [piece for piece in pieces if LETTERS.search(piece)], max(depth, 0)


def own_texts(rooms):
    """What is the library's, the practice's and the people's; names of places and languages."""
    texts = [path.read_text("utf-8") for path in (ROOT / "assessments").rglob("*.toml")]
    lines = [line for country in helplines.countries().values() for line in country.lines]
    texts += [f"{line.name} {' '.join(line.numbers)}" for line in lines]
    texts += [*coverage.SEEDS.values(), *(name for _code, name in zones.ZONES)]
    texts += [
        language["name_local"].capitalize()
        for language in LANG_INFO.values()
        if "name_local" in language
    ]
    texts += [
        *NAMES,
        *NOTED,
        rooms.practice.name,
        rooms.practice.help_text,
        rooms.practice.leave_url,
    ]
    for client in Client.objects.filter(practice=rooms.practice):
        texts += [client.preferred_name, client.pronouns]
    texts += [row.close_reason for row in Episode.objects.all()]
    texts += [row.reason for row in LegalHold.objects.all()]
    texts += [row.words for row in ErasureRequest.objects.all()]
    texts += [rooms.erased.early, str(rooms.erased.pk), certificate_of(rooms.erased).hash]
    texts += [f"{user.name} {user.email}" for user in User.objects.all()]
    texts += StaffInvitation.objects.values_list("email", flat=True)
    texts.append(rooms.key.wrap().name)
    return " ".join(" ".join(texts).split())


@pytest.mark.parametrize("side", EVERY_PAGE)
def test_every_word_of_a_page_can_be_translated(side, db, clock, marked):
    rooms = Rooms()
    texts, wrong, browsers = own_texts(rooms), {}, {}
    for page in EVERY_PAGE[side]:
        if page.who is NOBODY or page.press or page.name in ENGLISH:
            continue
        browser = browsers.setdefault(page.who, freshly(rooms.people[page.who]))
        html = browser.get(rooms.address(page)).content.decode()
        for said in Outside(html).found:
            for each in BETWEEN.split(" ".join(URL.sub(" ", said).split())):
                if LETTERS.search(each) and each.strip() not in texts:
                    wrong.setdefault(each.strip(), str(page))
    assert wrong == {}
