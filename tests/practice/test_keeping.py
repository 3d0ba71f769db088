"""What a page is told that keeps its form in the background, and whose records it may write."""

import pytest
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse

from assessments.models import Response
from clients import actions as care
from clients.access import CODE_GIVEN
from tests.conftest import NOW, as_user, give, join, make_client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TYPED = {"item": "giving_1", "giving_1": "3", "touched": "giving_1"}


def page_of(user, **more):
    """The headers of a page that was made for ``user``."""
    return {"X-Who": str(user.pk), **more}


@pytest.fixture
def step(joined, clinician):
    occurrence = give(joined, "patterns-check", by=clinician).occurrences.get()
    return reverse("assessments:step", args=[occurrence.pk, 1])


def told(browser, url, user, data=TYPED, **more):
    response = browser.post(url, data, headers=page_of(user, **more))
    assert response["X-Keep"] == "1"  # it comes from us
    assert "no-store" in response["Cache-Control"]
    return response


def keep(browser, url, user):
    return told(browser, url, user, **{"X-Keep": "1"}).status_code


def test_kept_signed_out_and_kept_again_after_signing_in(joined, step):
    browser = as_user(joined.user)
    assert keep(browser, step, joined.user) == 204
    browser.logout()
    assert keep(browser, step, joined.user) == 401
    assert keep(as_user(joined.user), step, joined.user) == 204


def test_without_the_personal_code_one_is_not_in_yet(joined, step):
    browser = as_user(joined.user)
    session = browser.session
    del session[CODE_GIVEN]
    session.save()
    assert keep(browser, step, joined.user) == 401
    assert told(browser, step, joined.user).status_code == 401
    assert not Response.objects.exists()


def test_nothing_goes_into_the_records_of_whoever_signed_in_meanwhile(joined, clinician, step):
    other = join(make_client(clinician, "Toni"), by=clinician)
    assert keep(as_user(other.user), step, joined.user) == 412
    assert told(as_user(other.user), step, joined.user).status_code == 412
    assert not Response.objects.exists()


def test_nor_where_both_may_write(joined, clinician, colleague):
    """Two clinicians of one client: the address alone would let the second one in."""
    joined.care_team.create(
        practice=joined.practice, clinician=colleague, is_primary=False, since=NOW
    )
    session = care.book_session(joined, by=clinician, starts_at=NOW, now=NOW)
    url = reverse("assessments:sheet", args=[session.pk])
    page = as_user(clinician).get(url).context["form"]
    words = {"page": page["page"].value(), "opened_at": page["opened_at"].value()}
    words |= {"points": "Mine alone", "note": ""}
    assert told(as_user(colleague), url, clinician, words).status_code == 412
    session.refresh_from_db()
    assert session.points == ""
    assert told(as_user(clinician), url, clinician, words).status_code == 204
    session.refresh_from_db()
    assert session.points == "Mine alone"


def test_a_form_that_was_sent_says_where_it_leads(joined, step):
    response = told(as_user(joined.user), step, joined.user)
    assert (response.status_code, response["X-Then"]) == (204, step.replace("/1/", "/2/"))
    assert Response.objects.get().answers == {"giving_1": 3}


def test_what_is_wrong_with_it_is_for_the_form_to_show(joined, step):
    wrong = TYPED | {"giving_1": "99"}
    assert told(as_user(joined.user), step, joined.user, wrong).status_code == 200


def test_an_old_token_is_refused_whoever_is_signed_in(joined, step):
    strict = Browser(enforce_csrf_checks=True)
    strict.cookies = as_user(joined.user).cookies
    assert keep(strict, step, joined.user) == 403


def test_a_plain_form_is_answered_as_ever(joined, step):
    response = as_user(joined.user).post(step, TYPED)
    assert response.status_code == 302
    assert "X-Keep" not in response


def test_what_is_committed_is_on_the_disk():
    """A server that is told to be fast all the same does not answer before that."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",)
