"""People for the tests, made through the verbs that make real ones."""

import os
from datetime import UTC, datetime, time, timedelta

import hypothesis
import pytest
import time_machine
from allauth.account.internal.flows.login import record_authentication
from django.apps import apps
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection
from django.http import HttpRequest
from django.test import Client as Browser
from django.utils import timezone

from assessments import actions, schedule
from assessments.definitions import SCORABLE, WITH_ROWS
from assessments.models import ActivityVersion
from clients import actions as care
from clients.access import CODE_GIVEN
from clients.models import PortalLink
from practice import heartbeat, keys
from practice.actions import add_staff, open_practice
from practice.actions.sign_ins import IN_SESSION
from practice.database import grants
from tests import shelf
from tests.migrated import Migrated

# Hashing is slow so that nobody can guess; here nobody does.
Argon2PasswordHasher.time_cost = 1
Argon2PasswordHasher.memory_cost = 8
Argon2PasswordHasher.parallelism = 1

# A busy machine is slow, not wrong. (With CI set, hypothesis has its own profile that says so.)
if not os.environ.get("CI"):
    hypothesis.settings.register_profile("desk", deadline=None)
    hypothesis.settings.load_profile("desk")

PASSWORD = "correct horse battery"
NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)  # a Wednesday
WHOLE_DAY = {
    "channel": "email",
    "weekdays": [1, 2, 3, 4, 5, 6, 7],
    "hours_from": time(0),
    "hours_until": time(23, 59, 59),
    "wording": "discreet",
    "most_reminders": 2,
    "spacing_days": 2,
    "others_see_device": "",
}


def pytest_generate_tests(metafunc):
    """`make test-full` meets each fault many times: once is luck."""
    times = int(os.environ.get("REPEAT") or 1)
    if times > 1 and metafunc.definition.get_closest_marker("processes"):
        metafunc.fixturenames.append("again")
        metafunc.parametrize("again", range(times))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, django_db_blocker):
    """Before the database is made."""
    migrated = Migrated()
    with django_db_blocker.unblock():
        migrated.expect()
    yield migrated
    with django_db_blocker.unblock():
        migrated.forget()


@pytest.fixture(scope="session")
def django_db_setup(django_db_modify_db_settings, django_db_setup, django_db_blocker):
    """A database in which a practice is opened quickly."""
    with django_db_blocker.unblock():
        django_db_modify_db_settings.keep()
        grants.serve(settings.APP_ROLE)
        shelf.fill()
        _let_tables_be_emptied()
    settings.HOOKS["practice_opened"] = ["tests.shelf.put_library_into"]


def _let_tables_be_emptied():
    """Between tests that commit, the tables are emptied at one stroke: the trail refuses that."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE practice_auditevent DISABLE TRIGGER audit_not_emptied")


@pytest.fixture(autouse=True)
def _fresh_keys():
    """Keys of rows that were rolled back must not be met again."""
    keys.forget()


@pytest.fixture(autouse=True)
def _it_rings():
    """A page asks every fifteen seconds whether anything rings; tests count what it asks."""
    heartbeat.remember(None, seconds=float("inf"))


@pytest.fixture
def now():
    return NOW


def make_practice(name="At the Mill", email="owner@practice.example", also_clinician=True):
    return open_practice(
        name=name,
        time_zone="Europe/Berlin",
        language="en",
        help_text="Call 112 at any hour.",
        owner_name="Olga Owner",
        owner_email=email,
        password=PASSWORD,
        also_clinician=also_clinician,
    )


def make_staff(practice, name, *roles):
    email = f"{name.lower()}@{practice.pk}.example"
    return add_staff(practice, name=name, email=email, password=PASSWORD, roles=roles, by=None)


def make_client(by, name="Sam Ortega", *, now=NOW, contact=None, email=None, zone="UTC"):
    return care.add_client(
        by=by,
        preferred_name=name,
        pronouns="they/them",
        email=email if email is not None else f"{name.split()[0].lower()}-{by.pk}@client.example",
        language="en",
        time_zone=zone,
        contact=WHOLE_DAY | (contact or {}),
        now=now,
    )


def join(client, *, by, now=NOW, code="2580"):
    """Invited, and in: the client has an account, and has agreed that their care team reads."""
    care.invite(client, by=by, now=now)
    token = care.issue_links([client], now=now)[client.pk]
    link = PortalLink.objects.by_token(token).select_related("client").get()
    care.accept_invitation(link, code=code, now=now)
    client.refresh_from_db()
    agree(client, now=now)
    return client


def reads(supervisor, client, *, now=None):
    """Has said today why they open this record."""
    now = now or timezone.now()
    return care.give_reason(client, why="session", words="", by=supervisor, now=now)


def agree(client, *, now=NOW, counts=False):
    """On the page of the first visit."""
    for kind, agrees in (("care", True), ("picture", counts)):
        care.answer_consent(client, kind, number=1, agrees=agrees, by=client.user, now=now)


def clear(client, *, by, outcome="clear", now=NOW):
    return care.record_safety_check(client, by=by, outcome=outcome, note="asked", now=now)


def give(client, slug, *, by, now=NOW, times=None, due_in_days=2, acknowledged=False):
    version = (
        ActivityVersion.objects.filter(practice=client.practice_id, activity__slug=slug)
        .newest()
        .select_related("activity")
        .get()
    )
    today = now.astimezone(client.zone).date()
    when = (
        schedule.Weekly(starts_on=today, times=times)
        if times
        else schedule.Once(due_on=today + timedelta(days=due_in_days))
    )
    return actions.assign(
        client,
        version.activity,
        when=when,
        definition=version.definition,
        by=by,
        now=now,
        acknowledged=acknowledged,
    )


def as_user(user):
    """A browser in which ``user`` is signed in, second factor done, but not just now."""
    browser = Browser()
    browser.force_login(user)
    a_while_ago = timezone.now() - 2 * timedelta(seconds=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)
    user.sign_ins.filter(pk=browser.session[IN_SESSION]).update(created_at=a_while_ago)
    session = browser.session
    session["second_factor"] = True
    session[CODE_GIVEN] = True
    session.save()
    return browser


def freshly(user):
    """A browser in which ``user`` has just given the password once more."""
    browser = as_user(user)
    request = HttpRequest()
    request.session = browser.session
    record_authentication(request, user, method="password", reauthenticated=True)
    request.session.save()
    return browser


@pytest.fixture
def practice(db):
    return make_practice(also_clinician=False)


@pytest.fixture
def owner(practice):
    return practice.users.get(email="owner@practice.example")


@pytest.fixture
def clinician(practice):
    return make_staff(practice, "Clara", "clinician")


@pytest.fixture
def colleague(practice):
    return make_staff(practice, "Carl", "clinician")


@pytest.fixture
def supervisor(practice):
    return make_staff(practice, "Sue", "supervisor")


@pytest.fixture
def stranger(db):
    """A clinician of another practice."""
    return make_practice("Elsewhere", "other@elsewhere.example").users.get()


@pytest.fixture
def client_in_care(clinician):
    return make_client(clinician)


@pytest.fixture
def joined(client_in_care, clinician):
    clear(client_in_care, by=clinician)
    return join(client_in_care, by=clinician)


@pytest.fixture
def clock():
    """For pages, which ask the clock themselves: it starts at NOW and goes on."""
    with time_machine.travel(NOW) as traveller:
        yield traveller


def answer_all(version, value=2):
    """An answer for everything that is asked; ``value`` wherever a number is."""
    definition, answers = version.definition, {}
    for item in definition.asked():
        if item in definition.shown(answers):
            answers[item.id] = an_answer(definition, item, value)
    return answers


def an_answer(definition, item, value=2):
    """One that the item takes; ``value`` where it is a number within its range."""
    kind, options = item.kind, definition.choices(item)
    if kind in SCORABLE:
        low, high = definition.range_of(item)
        return min(max(value - value % item.step, low), high)
    if kind in WITH_ROWS:
        row = {column.id: an_answer(definition, column, value) for column in item.columns}
        return [row] * max(item.minimum, 1)
    return {
        "choice": lambda: options[0].value,
        "choices": lambda: [options[0].value],
        "split": lambda: {options[0].value: 100},
        "sort": lambda: {str(o.value): definition.groups(item)[0].value for o in options},
        "date": lambda: NOW.date().isoformat(),
        "time": lambda: "18:30",
    }.get(str(kind), lambda: "A short line")()


def send(occurrence, *, by, now=NOW, value=2):
    """Everything answered and sent, through the verbs."""
    answers = answer_all(actions.current_version(occurrence), value)
    actions.keep(occurrence, answers, by=by, now=now)
    return actions.submit(occurrence, by=by, now=now)


def phq9(total):
    """Answers of the PHQ-9 with this total; none to item 9, which is about self-harm, but 0."""
    answers, left = {}, total
    for number in range(1, 9):
        answers[f"phq9_{number}"] = min(3, left)
        left -= answers[f"phq9_{number}"]
    assert left == 0
    return answers | {"phq9_9": 0, "phq9_difficulty": 1}


def measure(client, total, *, by, days_ago, now=NOW):
    """A PHQ-9 from a paper copy of that day."""
    version = ActivityVersion.objects.filter(
        practice=client.practice_id, activity__slug="phq-9"
    ).newest()
    filled_on = (now - timedelta(days=days_ago)).astimezone(client.zone).date()
    return actions.enter_paper(
        client, version.get(), phq9(total), filled_on=filled_on, by=by, now=now
    )


ENTRY = {"limit": "No calls after nine", "said": "yes", "kept": "partly"}


def without_trigger(table, name):
    """For the rest of the test's transaction: to see what lies behind the first wall."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")


def constraints_of(app):
    """The names of all constraints that the models of an app state."""
    return {
        constraint.name
        for model in apps.get_app_config(app).get_models()
        for constraint in model._meta.constraints
    }
