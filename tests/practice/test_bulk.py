"""Many rows at once: the same as Django does one by one, in one parameter."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from assessments.models import ActivityVersion, Delivery, Occurrence, Reminder
from assessments.reminders import plan
from clients.models import Client, PortalLink
from practice import bulk
from tests.conftest import NOW, give, make_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd(clinician):
    return [make_client(clinician, f"Person{n} X") for n in range(4)]


class TestAmong:
    @pytest.mark.parametrize("count", [1, 3])
    def test_it_finds_what_in_finds(self, crowd, clinician, count):
        for client in crowd:
            give(client, "strengths-check", by=clinician)
        some = crowd[:count]
        ids = [client.pk for client in some]
        assert set(Client.objects.filter(pk__among=ids)) == set(some)
        found = Occurrence.objects.filter(client__among=ids)
        assert set(found) == set(Occurrence.objects.filter(client__in=ids))
        assert len(found) == count

    def test_rows_are_as_good_as_their_ids(self, crowd):
        assert set(Client.objects.filter(pk__among=crowd[:2])) == set(crowd[:2])

    def test_the_statement_is_the_same_however_many_they_are(self, crowd):
        with CaptureQueriesContext(connection) as asked:
            for count in (1, 4):
                list(Client.objects.filter(pk__among=crowd[:count]).values_list("pk"))
        one, four = (each["sql"].split("ANY(")[0] for each in asked)
        assert one == four

    def test_among_nobody_nobody_is_asked_for(self, crowd):
        with CaptureQueriesContext(connection) as asked:
            assert list(Client.objects.filter(pk__among=[])) == []
            assert Client.objects.filter(pk__among=[]).update(language="de") == 0
        assert len(asked) == 0
        assert set(Client.objects.exclude(pk__among=[])) == set(crowd)

    def test_what_is_no_id_is_refused(self):
        with pytest.raises(AttributeError):
            Client.objects.filter(pk__among=["x') OR true --"])


def a_delivery(client, reminder, number=1) -> Delivery:
    return Delivery(
        practice_id=client.practice_id,
        client=client,
        reminder=reminder,
        channel="email",
        attempt=number,
        message_id=f"<{number}'\\\"{{}}%s☃@x>",
        address="grüße+'\\\"%s\u202e@client.example",
    )


@pytest.fixture
def reminder(crowd, clinician):
    give(crowd[0], "strengths-check", by=clinician)
    Client.objects.filter(pk=crowd[0].pk).update(invited_at=NOW)
    plan([crowd[0].pk], now=NOW)
    return Reminder.objects.get(client=crowd[0])


class TestInsert:
    def test_what_is_written_can_be_read(self, crowd, reminder):
        wanted = [a_delivery(crowd[0], reminder, number) for number in (1, 2)]
        assert bulk.insert(iter(wanted)) == wanted
        for delivery in wanted:
            there = Delivery.objects.get(pk=delivery.pk)
            for field in Delivery._meta.concrete_fields:
                name = field.attname
                expected = "" if name == "provider_id" else getattr(delivery, name)
                assert getattr(there, name) == expected, name
            there.delete()

    def test_they_are_not_new_any_more(self, crowd, reminder):
        [delivery] = bulk.insert([a_delivery(crowd[0], reminder)])
        delivery.error = "later"
        delivery.save(update_fields=["error"])
        assert Delivery.objects.get().error == "later"

    def test_some_say_what_others_leave_to_the_database(self, crowd, reminder):
        silent, outspoken = (a_delivery(crowd[0], reminder, number) for number in (1, 2))
        outspoken.provider_id = "abc"
        with pytest.raises(TypeError, match="DatabaseDefault"):
            bulk.insert([silent, outspoken])
        assert bulk.insert([outspoken])
        assert Delivery.objects.get().provider_id == "abc"

    def test_moments_and_octets(self, crowd):
        links = [
            PortalLink(
                practice_id=client.practice_id,
                client=client,
                token_hash=bytes(range(number, number + 32)),
                expires_at=NOW + timedelta(microseconds=number),
            )
            for number, client in enumerate(crowd)
        ]
        bulk.insert(links)
        for link in links:
            there = PortalLink.objects.get(pk=link.pk)
            assert bytes(there.token_hash) == link.token_hash
            assert there.expires_at == link.expires_at

    def test_one_that_may_not_be_there_keeps_out_all(self, crowd, reminder):
        good, bad = (a_delivery(crowd[0], reminder, number) for number in (1, 1))
        with pytest.raises(IntegrityError), transaction.atomic():
            bulk.insert([good, bad])
        assert not Delivery.objects.exists()

    def test_nothing_is_asked_for_none(self):
        with CaptureQueriesContext(connection) as asked:
            assert bulk.insert([]) == []
        assert len(asked) == 0

    def test_what_it_does_not_know_it_does_not_write(self, clinician):
        version = ActivityVersion.objects.filter(practice=clinician.practice_id).first()
        version.pk = uuid4()
        with pytest.raises(TypeError, match="not written as JSON"):
            bulk.insert([version])
