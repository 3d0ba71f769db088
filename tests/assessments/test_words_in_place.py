"""Words that have to stand where they are needed: cautions, thanks, and what raised an alert."""

import html
import re

import pytest
from django.urls import reverse

from assessments import actions
from tests.conftest import NOW, as_user, give

pytestmark = pytest.mark.django_db


def text_of(response):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


@pytest.fixture
def added(joined, clinician, clock):
    """A browser in which a client is about to add an entry to a log that is not gated."""
    log = give(joined, "warmth-to-self", by=clinician).occurrences.get()
    return as_user(joined.user), log


def test_a_log_says_its_words_of_thanks_right_after_an_entry(added):
    browser, log = added
    definition = actions.current_version(log).definition
    answers = dict(definition.example.answers) | {"number": "1"}
    page = browser.post(reverse("assessments:entry", args=[log.pk]), answers, follow=True)
    said = text_of(page)
    last = definition.thanks.split("\n\n")[0].strip()[:40]
    assert last in said
    assert "People to talk to now" in said
    later = text_of(browser.get(reverse("assessments:entries", args=[log.pk])))
    assert "People to talk to now" not in later


def test_a_caution_stands_where_one_assigns(joined, clinician):
    url = reverse("assessments:assignment_create", args=[joined.pk, "wellbeing-and-safety"])
    assert "Before you assign it:" in text_of(as_user(clinician).get(url))


def test_the_answer_that_raised_an_alert_is_marked(joined, clinician):
    week = give(joined, "wellbeing-and-safety", by=clinician).occurrences.get()
    actions.keep(week, {"living": "often", "unsafe": "no"}, by=joined.user, now=NOW)
    sent = actions.submit(week, by=joined.user, now=NOW)
    page = as_user(clinician).get(reverse("assessments:response", args=[sent.pk]))
    assert text_of(page).count("This answer raised an alert.") == 1
