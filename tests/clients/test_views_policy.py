"""How the practice reminds: who may say so, and whose plans it changes."""

from datetime import time, timedelta

import pytest
from django.urls import reverse

from assessments.models import Reminder
from clients import actions
from clients.models import ReminderPolicy
from practice.models import AuditEvent
from tests.conftest import NOW, as_user, give, join, make_client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
URL = reverse("clients:policy")
DAY = timedelta(days=1)
SILENT = {"most_reminders": None, "spacing_days": None, "first_days": None}
FORM = {
    "weekdays": ["1", "2"],
    "hours_from": "10:00",
    "hours_until": "18:00",
    "wording": "plain",
    "most_reminders": "3",
    "spacing_days": "4",
    "first_days": "-1",
    "missed_in_a_row": "5",
    "unread_days": "21",
}


def errors(response):
    assert response.status_code == 200
    return {name: list(found) for name, found in response.context["form"].errors.items()}


def test_the_owner_says_how_and_it_is_written_down_who_did(owner):
    response = as_user(owner).post(URL, FORM)
    assert response.url == URL
    policy = ReminderPolicy.objects.get()
    assert (policy.practice, policy.created_by) == (owner.practice, owner)
    assert (policy.weekdays, policy.hours_from, policy.hours_until) == ([1, 2], time(10), time(18))
    assert (policy.most_reminders, policy.spacing_days, policy.first_days) == (3, 4, -1)
    assert (policy.missed_in_a_row, policy.unread_days, policy.wording) == (5, 21, "plain")
    event = AuditEvent.objects.get(action="reminder_policy.changed")
    assert (event.actor, event.record_id) == (owner, policy.pk)
    assert event.detail["fields"] == sorted(FORM)


def test_a_second_word_replaces_the_first(owner):
    for most in ("3", "1"):
        as_user(owner).post(URL, FORM | {"most_reminders": most})
    assert ReminderPolicy.objects.get().most_reminders == 1
    last = AuditEvent.objects.filter(action="reminder_policy.changed").order_by("number").last()
    assert last.detail["fields"] == ["most_reminders"]


def test_before_that_it_shows_what_holds(owner):
    response = as_user(owner).get(URL)
    assert response.context["form"]["most_reminders"].value() == 2
    assert "At most 2 reminders about one thing" in response.content.decode()
    assert not ReminderPolicy.objects.exists()


@pytest.mark.parametrize("who", ["clinician", "supervisor"])
def test_nobody_else_does(who, request):
    browser = as_user(request.getfixturevalue(who))
    assert [browser.get(URL).status_code, browser.post(URL, FORM).status_code] == [404, 404]


def test_another_practice_goes_on_as_it_did(owner, stranger):
    as_user(owner).post(URL, FORM)
    assert as_user(stranger).get(URL).context["policy"].most_reminders == 2


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"weekdays": []}, "weekdays"),
        ({"hours_until": "09:00"}, "hours_until"),
        ({"most_reminders": "6"}, "most_reminders"),
        ({"most_reminders": ""}, "most_reminders"),
        ({"first_days": "-8"}, "first_days"),
        ({"missed_in_a_row": "0"}, "missed_in_a_row"),
        ({"unread_days": "91"}, "unread_days"),
        ({"wording": "loud"}, "wording"),
    ],
    ids=str,
)
def test_a_wrong_input_has_its_sentence_and_changes_nothing(owner, wrong, field):
    assert list(errors(as_user(owner).post(URL, FORM | wrong))) == [field]
    assert not ReminderPolicy.objects.exists()


def planned_for(client):
    found = Reminder.objects.planned().filter(client=client).first()
    return found and found.planned_for


@pytest.fixture
def seen(clinician):
    """In care, with something due that they have seen; how often was left to the practice."""

    def make(name, **contact):
        client = join(make_client(clinician, name, contact=SILENT | contact), by=clinician)
        client.user.last_login = NOW + timedelta(minutes=1)
        client.user.save(update_fields=["last_login"])
        give(client, "strengths-check", by=clinician, due_in_days=5)
        return client

    return make


def test_who_said_nothing_else_is_reminded_otherwise_from_now_on(owner, seen):
    silent, own = seen("Silent"), seen("Own", first_days=0)
    before = planned_for(own)
    actions.change_policy(owner.practice, by=owner, now=NOW + DAY, first_days=2)
    assert planned_for(silent) == before + 2 * DAY
    assert planned_for(own) == before
    actions.change_policy(owner.practice, by=owner, now=NOW + DAY, first_days=-2)
    assert planned_for(silent) < before - DAY
    assert planned_for(own) == before


def test_whoever_had_no_more_reminders_to_come_may_have_one_again(owner, seen):
    actions.change_policy(owner.practice, by=owner, now=NOW, most_reminders=0)
    silent = seen("Silent")
    assert planned_for(silent) is None
    actions.change_policy(owner.practice, by=owner, now=NOW + DAY, most_reminders=1)
    assert planned_for(silent) is not None
    actions.change_policy(owner.practice, by=owner, now=NOW + DAY, most_reminders=0)
    assert planned_for(silent) is None


def test_what_is_only_proposed_to_new_clients_changes_nobody(
    owner, seen, django_assert_max_num_queries
):
    silent = seen("Silent")
    before = planned_for(silent)
    with django_assert_max_num_queries(8):
        actions.change_policy(owner.practice, by=owner, now=NOW + DAY, wording="plain")
    assert planned_for(silent) == before
    assert silent.safe_contacts.get().wording == "discreet"


def test_many_plans_are_made_anew_in_a_few_statements(owner, seen, django_assert_max_num_queries):
    crowd = [seen(f"P{n} X") for n in range(4)]
    with django_assert_max_num_queries(60):
        actions.change_policy(owner.practice, by=owner, now=NOW + DAY, first_days=2)
    assert len({planned_for(client) for client in crowd}) == 1
