"""What was refused is written down, and no script can fill the trail with it."""

import pytest
from django.urls import reverse

from clients import actions as care
from practice.ids import uuid7
from practice.models import AuditEvent
from tests.conftest import NOW, as_user, give, join, make_client, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def denied():
    return AuditEvent.objects.filter(action="access.denied")


def test_who_asked_for_whom_and_for_what_page(joined, colleague, stranger):
    page = reverse("clients:record", args=[joined.pk])
    as_user(colleague).get(page)
    as_user(stranger).get(page)
    inside, outside = denied().order_by("at", "pk")
    assert (inside.actor, inside.client_id, inside.practice_id) == (
        *(colleague, joined.pk),
        joined.practice_id,
    )
    said = {"page": "clients:record", "method": "GET", "client_id": str(joined.pk)}
    assert inside.detail == outside.detail == said
    # In their own practice's trail; of another's client it only has the id that was asked for.
    assert (outside.actor, outside.client_id, outside.practice_id) == (
        *(stranger, None),
        stranger.practice_id,
    )


def test_a_page_for_another_role_and_a_client_who_tries_another_ones(
    joined, clinician, practice, owner
):
    as_user(make_staff(practice, "Ada", "assistant")).get(reverse("practice"))
    assert denied().get().detail == {"page": "practice", "method": "GET"}
    other = join(make_client(clinician, "Other"), by=clinician)
    theirs = give(other, "strengths-check", by=clinician).occurrences.get()
    as_user(joined.user).get(reverse("assessments:begin", args=[theirs.pk]))
    last = denied().order_by("number").last()
    assert (last.actor, last.record_id, last.address) == (joined.user, joined.user_id, None)
    assert last.client_id is None  # in the other's record nobody reads who this was


def test_what_is_left_of_somebody_erased_is_of_no_client_any_more(client_in_care, clinician, owner):
    care.close_episode(client_in_care, by=clinician, reason="Over", now=NOW)
    care.ask_for_erasure(client_in_care, why="mistake", words="", by=clinician, now=NOW)
    erased = care.erase_client(client_in_care, early="Nobody", by=owner, now=NOW)
    page = reverse("clients:erased", args=[erased.pk])
    assert as_user(clinician).get(page).status_code == 404
    assert denied().get().client_id is None


def test_what_is_nowhere_is_no_denial(joined, clinician):
    browser = as_user(clinician)
    browser.get("/nowhere/")
    browser.get(reverse("account_signup"))
    assert not denied().exists()


def test_who_was_erased_is_no_client_whose_record_may_be_asked_for(practice, clinician, owner):
    client = make_client(clinician)
    care.close_episode(client, by=clinician, reason="", now=NOW)
    care.ask_for_erasure(client, why="wish", words="", by=clinician, now=NOW)
    care.erase_client(client, early="They insist", by=owner, now=NOW)
    page = reverse("clients:erased", args=[client.pk])
    for role in ("supervisor", "clinician"):
        person = make_staff(practice, role.title(), role)
        assert as_user(person).get(page).status_code == 404
        said = denied().order_by("number").last()
        assert (said.actor, said.client_id) == (person, None)


def test_a_script_fills_twenty_lines_and_one(colleague):
    browser = as_user(colleague)
    for _ in range(30):
        browser.get(reverse("clients:record", args=[uuid7()]))
    assert denied().count() == 20
    assert AuditEvent.objects.filter(action="access.denied_often").count() == 1
