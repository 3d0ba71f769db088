"""A client's own plan: theirs alone, until they say otherwise."""

from datetime import timedelta

import pytest
from django.urls import reverse

from clients import actions
from clients.models import OwnPlan
from practice.ids import uuid7
from tests.conftest import NOW, as_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
PLAN, SHARE = reverse("clients:plan"), reverse("clients:plan_share")
WORDS = {"signs": "I pace", "helps": "Tea", "people": "L.", "place": "The library"}


def written(**more):
    return WORDS | {"page": str(uuid7()), "opened_at": NOW.isoformat()} | more


def test_it_is_kept_while_one_types_and_sealed(joined):
    browser = as_user(joined.user)
    assert browser.post(PLAN, written(), headers={"X-Keep": "1"}).status_code == 204
    assert OwnPlan.objects.get().helps == "Tea"
    assert b"The library" in browser.get(PLAN).content
    raw = OwnPlan.objects.values_list("signs", flat=True).get()
    assert b"pace" not in bytes(raw)


def test_nobody_but_the_client_reads_it_until_they_share_it(joined, clinician, supervisor):
    browser, record = as_user(joined.user), reverse("clients:record", args=[joined.pk])
    browser.post(PLAN, written())
    assert b"The library" not in as_user(clinician).get(record).content
    browser.post(SHARE)
    assert b"The library" in as_user(clinician).get(record).content
    assert b"The library" not in as_user(supervisor).get(record).content
    browser.post(SHARE, {"undo": "1"})
    assert b"The library" not in as_user(clinician).get(record).content


def test_an_emptied_plan_is_not_shared_any_more(joined):
    browser, page = as_user(joined.user), str(uuid7())
    browser.post(PLAN, written(page=page))
    browser.post(SHARE)
    browser.post(PLAN, dict.fromkeys(WORDS, "") | {"page": page, "opened_at": NOW.isoformat()})
    assert OwnPlan.objects.get().shared_at is None


def test_a_second_window_is_told_and_overwrites_nothing(joined):
    later = NOW + timedelta(minutes=1)
    actions.write_plan(joined, page=uuid7(), opened_at=NOW, by=joined.user, now=later, **WORDS)
    answer = as_user(joined.user).post(PLAN, written(helps="Coffee"), headers={"X-Keep": "1"})
    assert answer.status_code == 422
    assert OwnPlan.objects.get().helps == "Tea"
