"""A prepared question gives what its queryset gives, whoever asks and by whichever connection."""

import threading
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients.models import Client
from practice import walls
from practice.database.prepared import Prepared, PreparedUpdate, Written
from practice.models import User
from tests.conftest import join, make_client, make_practice

pytestmark = pytest.mark.django_db


def people(pk, practice):
    rows = User.objects.with_roles().select_related("practice", "client")
    return rows.filter(pk=pk, practice=practice, email__contains="%", is_active=True)


@pytest.fixture
def asked():
    return Prepared(f"asked_{uuid4().hex}", people, pk=UUID, practice=UUID)


@pytest.fixture
def joined(clinician):
    client = join(make_client(clinician), by=clinician)
    User.objects.filter(pk=client.user_id).update(email="per%cent@example.org")
    return client


def values_of(found):
    return {name: value for name, value in vars(found).items() if name != "_state"}


def test_it_is_what_the_queryset_gives(asked, joined):
    values = {"pk": joined.user_id, "practice": joined.practice_id}
    expected = people(**values).get()
    found = asked.first(**values)
    assert values_of(found) == values_of(expected)
    assert found.client == joined
    assert found.practice.name == joined.practice.name
    assert found.client.preferred_name == joined.preferred_name
    with CaptureQueriesContext(connection) as more:
        assert (found.roles, found.client.pk) == (expected.roles, joined.pk)
    assert not more


def test_other_values_find_others_or_nobody(asked, joined):
    assert asked.first(pk=joined.user_id, practice=joined.practice_id)
    assert asked.first(pk=uuid4(), practice=joined.practice_id) is None
    assert asked.all(pk=joined.user_id, practice=uuid4()) == []


def test_it_is_built_once_and_costs_one_statement(joined):
    built = []

    def rows(pk):
        built.append(pk)
        return Client.objects.filter(pk=pk)

    asked = Prepared(f"asked_{uuid4().hex}", rows, pk=UUID)
    with CaptureQueriesContext(connection) as sent:
        assert [asked.first(pk=joined.pk) for _ in range(3)] == [joined] * 3
    assert (len(built), len(sent)) == (1, 3)


def test_a_pooler_that_forgets_is_sent_the_whole_question(asked, joined, settings):
    settings.DATABASE_POOLED = True
    with CaptureQueriesContext(connection) as sent:
        found = asked.first(pk=joined.user_id, practice=joined.practice_id)
    assert found.client == joined
    assert "EXECUTE" not in sent[0]["sql"]


def test_moments_and_words_are_values_too(joined):
    now = timezone.now()
    Session.objects.create(session_key="it's %s", session_data="", expire_date=now)
    asked = Prepared(
        f"asked_{uuid4().hex}",
        lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now),
        key=str,
        now=datetime,
    )
    assert asked.first(key="it's %s", now=now - timedelta(seconds=1)).session_key == "it's %s"
    assert asked.first(key="it's %s", now=now) is None


def test_a_value_that_is_asked_for_nowhere_is_a_mistake():
    asked = Prepared("asked_for_nothing", lambda pk: Client.objects.all(), pk=UUID)
    with pytest.raises(ValueError, match="asked for nowhere"):
        asked.all(pk=uuid4())


def test_two_of_one_name_are_a_mistake(joined):
    name = f"asked_{uuid4().hex}"
    one, other = (
        Prepared(name, lambda pk, kind=kind: kind.objects.filter(pk=pk), pk=UUID)
        for kind in (Client, User)
    )
    assert one.first(pk=joined.pk) == joined
    with pytest.raises(ValueError, match="two statements"):
        other.first(pk=joined.user_id)


def test_what_is_written_says_how_many_rows_there_were(joined):
    write = PreparedUpdate(
        f"write_{uuid4().hex}",
        lambda pk, at: (Client.objects.filter(pk=pk), {"leave_page_shown_at": at}),
        pk=UUID,
        at=datetime,
    )
    now = timezone.now()
    assert [write(pk=joined.pk, at=now), write(pk=uuid4(), at=now)] == [1, 0]
    joined.refresh_from_db()
    assert joined.leave_page_shown_at == now


def test_sql_by_hand_says_how_many_rows_there_were(joined, settings):
    write = Written(
        f"write_{uuid4().hex}",
        "UPDATE clients_client SET leave_page_shown_at = %(at)s"
        " WHERE id = %(pk)s AND created_at < %(at)s AND language <> '%%'",
    )
    now = timezone.now()
    for settings.DATABASE_POOLED in (False, True):
        assert [write(pk=joined.pk, at=now), write(pk=uuid4(), at=now)] == [1, 0]
    joined.refresh_from_db()
    assert joined.leave_page_shown_at == now


@pytest.mark.django_db(transaction=True)
def test_it_outlives_what_is_undone(joined):
    asked = Prepared(f"asked_{uuid4().hex}", lambda pk: Client.objects.filter(pk=pk), pk=UUID)
    with transaction.atomic():
        assert asked.first(pk=joined.pk) == joined
        transaction.set_rollback(True)
    assert asked.first(pk=joined.pk) == joined


@pytest.mark.django_db(transaction=True)
def test_each_connection_is_told_and_each_practice_sees_its_own(clinician):
    other = make_practice("Elsewhere", email="else@where.example")
    client = join(make_client(clinician), by=clinician)
    asked = Prepared(f"asked_{uuid4().hex}", lambda pk: Client.objects.filter(pk=pk), pk=UUID)
    found = []

    def ask(practice_id):
        try:
            with walls.inside(practice_id):
                found.append(asked.first(pk=client.pk))
        finally:
            connection.close()

    with walls.inside(client.practice_id):
        assert asked.first(pk=client.pk) == client
    for practice_id in (client.practice_id, other.pk):
        thread = threading.Thread(target=ask, args=[practice_id])
        thread.start()
        thread.join()
    assert found == [client, None]
