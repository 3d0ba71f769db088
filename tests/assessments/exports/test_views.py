"""The pages around a file: asked for and taken after a fresh sign-in, by nobody else."""

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from assessments import exports
from assessments.models import Export
from clients import actions as care
from practice.ids import uuid7
from practice.models import AuditEvent
from tests.conftest import NOW, PASSWORD, as_user, freshly, make_staff, measure

from .helpers import ask, make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def measured(joined, clinician):
    measure(joined, 9, by=clinician, days_ago=3)
    return joined


def page(browser, name, *args):
    return browser.get(reverse(f"assessments:{name}", args=args))


def url(name, row):
    return reverse(f"assessments:{name}", args=[row.pk])


def test_from_the_record_to_the_file(measured, clinician):
    browser = freshly(clinician)
    assert (
        url("export_client", measured)
        in browser.get(reverse("clients:record", args=[measured.pk])).content.decode()
    )
    form = page(browser, "export_client", measured.pk).context["form"]
    sent = {"kind": "workbook", "once": form["once"].value()}
    for _ in range(2):
        answer = browser.post(url("export_client", measured), sent)
    export = Export.objects.get()  # one, although it was clicked twice
    assert answer.url == export.get_absolute_url()
    assert "Being made" in browser.get(answer.url).content.decode()
    assert exports.make_next()
    assert "Download" in browser.get(answer.url).content.decode()
    taken = browser.post(url("export_take", export))
    assert taken.content[:2] == b"PK"
    assert taken["Content-Disposition"].startswith('attachment; filename="data-2026')
    assert "Sam" not in taken["Content-Disposition"]
    assert taken["Cache-Control"] == "no-store"
    assert AuditEvent.objects.filter(action="export.taken", client_id=measured.pk).count() == 1


def test_who_has_not_just_signed_in_is_asked_to_do_so_again(measured, clinician):
    browser = as_user(clinician)
    again = reverse("account_reauthenticate")
    for method in (browser.get, browser.post):
        for address in (url("export_client", measured), reverse("assessments:export_caseload")):
            assert method(address).url.startswith(again)
    export = make(clinician, measured)
    answer = browser.post(url("export_take", export))
    assert answer.url.startswith(again)
    assert not AuditEvent.objects.filter(action="export.taken").exists()
    back = browser.post(answer.url, {"password": PASSWORD})
    assert back.url == export.get_absolute_url()
    assert browser.post(url("export_take", export)).content[:2] == b"PK"


def test_a_form_that_was_left_open_too_long_is_not_lost(measured, clinician, clock):
    browser = freshly(clinician)
    page(browser, "export_client", measured.pk)
    clock.shift(600)
    form = {"kind": "fhir", "once": "01a222da-527d-75e3-88bd-000000000001"}
    asked = browser.post(url("export_client", measured), form)
    assert asked.url == Export.objects.get().get_absolute_url()
    assert Export.objects.get().client == measured


def test_the_file_of_another_is_not_there_not_even_for_the_owner(measured, clinician):
    export = make(clinician, measured)
    practice = measured.practice
    others = [
        make_staff(practice, "Cleo", "clinician", "owner", "supervisor"),
        make_staff(practice, "Sue", "supervisor"),
        practice.users.get(email="owner@practice.example"),
    ]
    for other in others:
        browser = freshly(other)
        statuses = {
            browser.get(url("export", export)).status_code,
            browser.get(url("export_progress", export)).status_code,
            browser.post(url("export_take", export)).status_code,
            browser.post(url("export_delete", export)).status_code,
        }
        assert statuses == {404}
    export.refresh_from_db()
    assert export.state == "ready"


def test_the_bar_keeps_no_session_alive(measured, clinician, clock):
    export, browser = ask(clinician, measured), freshly(clinician)
    before = Session.objects.values_list("expire_date", "session_data").get()
    clock.shift(600)
    answer = page(browser, "export_progress", export.pk)
    assert answer.json() == {"value": 0, "max": 0, "words": "0 of 0", "over": False}
    assert not answer.cookies
    assert Session.objects.values_list("expire_date", "session_data").get() == before
    exports.make_next()
    assert page(browser, "export_progress", export.pk).json()["over"]


def test_deleted_now_it_is_gone_and_can_be_asked_for_again(measured, clinician):
    export, browser = make(clinician, measured, kind="fhir"), freshly(clinician)
    browser.post(url("export_delete", export))
    shown = page(browser, "export", export.pk).content.decode()
    assert "Download" not in shown
    assert f"?again={export.pk}" in shown
    asked = browser.get(url("export_client", measured), {"again": str(export.pk)})
    assert asked.context["form"]["kind"].value() == "fhir"
    taken = browser.post(url("export_take", export), follow=True)
    assert "no longer there" in taken.content.decode()


def test_of_somebody_who_left_the_page_says_why_there_is_nothing(measured, clinician):
    export, browser = make(clinician, measured), freshly(clinician)
    other = make_staff(measured.practice, "Zoe", "clinician")
    care.hand_over(measured, to=other, stays=False, by=clinician, now=NOW)
    shown = page(browser, "export", export.pk).content.decode()
    assert "may no longer read" in shown
    assert "Download" not in shown
    assert "Ortega" not in shown


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"kind": "poem"}, "kind"),
        ({"from_day": "2026-11-02", "until_day": "2026-11-01"}, "until_day"),
        ({"once": "x"}, "once"),
    ],
)
def test_what_cannot_be_made_is_refused(measured, clinician, sent, field):
    form = {"kind": "tables", "once": "01a222da-527d-75e3-88bd-000000000001"} | sent
    answer = freshly(clinician).post(url("export_client", measured), form)
    assert set(answer.context["form"].errors) == {field}
    assert not Export.objects.exists()


def test_own_words_are_never_chosen_beforehand(measured, clinician):
    export, browser = make(clinician, measured, with_words=True), freshly(clinician)
    asked = browser.get(url("export_client", measured), {"again": str(export.pk)})
    assert not asked.context["form"]["with_words"].value()


@pytest.mark.parametrize("times", [1, 3])
def test_the_pages_ask_the_same_whatever_there_is(
    measured, clinician, times, django_assert_num_queries
):
    for _ in range(times):
        export = make(clinician)
    browser = freshly(clinician)
    with django_assert_num_queries(10):  # three keep that this page was opened by somebody fresh
        page(browser, "export_caseload")
    with django_assert_num_queries(4):
        page(browser, "export", export.pk)
    with django_assert_num_queries(3):
        page(browser, "export_progress", export.pk)


def test_one_person_does_not_keep_all_the_others_waiting(measured, clinician):
    browser = freshly(clinician)
    for _ in range(5):
        ask(clinician, measured)
    sent = {"kind": "tables", "once": str(uuid7())}
    refused = browser.post(url("export_client", measured), sent)
    assert "still being made" in refused.content.decode()
    assert exports.make_next()
    assert browser.post(url("export_client", measured), sent).status_code == 302
    again = browser.post(url("export_client", measured), sent)  # a second click
    assert again.url == Export.objects.get(pk=sent["once"]).get_absolute_url()


def test_a_day_after_the_last_one_is_a_slip(measured, clinician):
    """A worker would look for the day after it."""
    form = {"kind": "fhir", "once": str(uuid7()), "until_day": "9999-12-31"}
    answer = freshly(clinician).post(url("export_client", measured), form)
    assert list(answer.context["form"].errors) == ["until_day"]
    assert not Export.objects.exists()
