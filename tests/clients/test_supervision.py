"""A supervisor says why before a record outside their caseload opens, and it stays there."""

import html
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from assessments.actions.alerts import raise_alert
from assessments.models import Alert
from clients import actions as care
from clients.models import Client, SupervisionReason
from practice.models import AuditEvent
from tests.conftest import NOW, as_user, give, make_client, make_staff, reads, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def asks(client, then):
    query = urlencode({"next": then})
    return f"{reverse('clients:reason', args=[client.pk])}?{query}"


@pytest.fixture
def response(joined, clinician):
    return send(give(joined, "strengths-check", by=clinician).occurrences.get(), by=joined.user)


def test_every_page_of_one_client_asks_first_also_those_that_name_a_row_of_theirs(
    response, joined, clinician, supervisor
):
    session = care.book_session(joined, by=clinician, starts_at=NOW + timedelta(hours=3), now=NOW)
    browser = as_user(supervisor)
    pages = [
        reverse("assessments:timeline", args=[joined.pk]),
        reverse("clients:record", args=[joined.pk]),
        reverse("assessments:export_client", args=[joined.pk]) + "?kind=report",
        reverse("assessments:response", args=[response.pk]),
        reverse("assessments:sheet", args=[session.pk]),
        reverse("assessments:alerts") + f"?client={joined.pk}",
    ]
    wrong = {page: browser.get(page).get("Location") for page in pages}
    wrong.pop(pages[2])  # which wants a fresh sign-in before anything else
    assert wrong == {page: asks(joined, page) for page in wrong}


def test_the_reason_opens_it_for_today_and_for_nobody_else(joined, supervisor, practice, clock):
    page, browser = reverse("clients:record", args=[joined.pk]), as_user(supervisor)
    other = make_staff(practice, "Sid", "supervisor")
    sent = browser.post(asks(joined, page), {"why": "incident", "words": "A letter came"})
    assert sent.url == page
    text = browser.get(page).content.decode()
    assert "A complaint or an incident" in text
    assert "A letter came" in text
    assert as_user(other).get(page).status_code == 302
    clock.move_to(datetime(2026, 11, 18, 23, 59, tzinfo=practice.zone))
    assert list(Client.objects.of(supervisor)) == [joined]
    clock.shift(timedelta(minutes=1))
    assert not Client.objects.of(supervisor).exists()


def test_lists_name_whom_it_is_about_and_say_what_only_once_there_is_a_reason(
    response, joined, clinician, supervisor
):
    care.ask_for_address(
        joined, email="new@client.example", note_to_old=False, by=joined.user, now=NOW
    )
    raise_alert(response.occurrence, Alert.Kind.CRITICAL, by=joined.user, now=NOW)
    today, alerts = reverse("assessments:today"), reverse("assessments:alerts")
    content = [str(Alert.Kind.CRITICAL.label), response.version.definition.title]
    browser = as_user(supervisor)

    def seen(by, page):
        text = html.unescape(by.get(page).content.decode())
        return str(joined) in text, [words in text for words in content]

    assert seen(as_user(clinician), today) == (True, [True, True])
    assert seen(browser, today) == (True, [False, False])
    assert seen(as_user(clinician), alerts) == (True, [True, False])
    assert seen(browser, alerts) == (True, [False, False])
    reads(supervisor, joined)
    assert seen(browser, today) == (True, [True, True])
    assert seen(browser, alerts) == (True, [True, False])
    reasons = {each.kind: each for each in browser.get(today).context["today"].reasons}
    assert reasons.keys() == {"alert", "address", "unread"}
    assert {browser.get(each.url, follow=True).status_code for each in reasons.values()} == {200}


def test_the_clinician_reads_who_opened_the_record_and_why(joined, clinician, supervisor):
    care.give_reason(joined, why="other", words="Asked to by the court", by=supervisor, now=NOW)
    text = as_user(clinician).get(reverse("clients:record", args=[joined.pk])).content.decode()
    assert "Sue" in text
    assert "Asked to by the court" in text
    event = AuditEvent.objects.get(action="supervision.reason_given")
    assert (event.actor, event.client_id, event.detail) == (
        supervisor,
        joined.pk,
        {"why": "other"},
    )


def test_something_else_needs_a_line(joined, supervisor):
    sent = as_user(supervisor).post(asks(joined, "/"), {"why": "other", "words": " "})
    assert list(sent.context["form"].errors) == ["words"]
    assert not SupervisionReason.objects.exists()


@pytest.mark.parametrize("then", ["https://evil.example/", "//evil.example/", "javascript:x"])
def test_it_leads_to_a_page_of_ours_only(joined, supervisor, then):
    sent = as_user(supervisor).post(asks(joined, then), {"why": "session"})
    assert sent.url == joined.get_absolute_url()


def test_nobody_else_learns_that_there_is_such_a_client(joined, colleague, owner, stranger):
    page = reverse("clients:record", args=[joined.pk])
    elsewhere = make_staff(stranger.practice, "Sol", "supervisor")
    for person in (colleague, owner, stranger, elsewhere):
        browser = as_user(person)
        found = [browser.get(url).status_code for url in (page, asks(joined, page))]
        assert found == [404, 404]
        assert browser.post(asks(joined, page), {"why": "session"}).status_code == 404


def test_a_page_that_is_not_for_supervisors_asks_nothing(joined, supervisor):
    page = reverse("clients:client_change", args=[joined.pk])
    assert as_user(supervisor).get(page).status_code == 404


def test_who_looks_after_the_client_too_is_not_asked(practice):
    both = make_staff(practice, "Bea", "clinician", "supervisor")
    client = make_client(both)
    assert as_user(both).get(client.get_absolute_url()).status_code == 200


def test_a_reason_stays_as_it_was_said(joined, supervisor):
    reason = reads(supervisor, joined)
    with pytest.raises(IntegrityError), transaction.atomic():
        SupervisionReason.objects.filter(pk=reason.pk).update(why="quality")
    with pytest.raises(IntegrityError), transaction.atomic():
        reason.delete()
