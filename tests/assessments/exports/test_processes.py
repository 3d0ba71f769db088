"""A real worker, killed while it makes a file."""

import pytest
from django.db import connection, transaction
from django.utils import timezone

from assessments import actions
from assessments.models import Export
from practice.models import AuditEvent
from tests.conftest import make_client, make_practice, make_staff, measure
from tests.workers import crew, until

from .helpers import ask, rows_of, unpacked

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

QUICK = {"EXPORT_LEASE_SECONDS": "4", "EXPORTS_SECONDS": "0.5"}


def test_another_worker_begins_again_what_a_killed_one_had_in_hand():
    """kill -9 while it waits for the responses; nobody rings but beat."""
    now = timezone.now()
    clinician = make_staff(make_practice(also_clinician=False), "Clara", "clinician")
    client = make_client(clinician, now=now)
    measure(client, 9, by=clinician, days_ago=3, now=now)
    export = ask(clinician, client, now=now)
    with crew("dummymail://", **QUICK) as people:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE assessments_response IN ACCESS EXCLUSIVE MODE")
            worker = people.worker()
            people.ready(worker, people.beat())
            until(lambda: Export.objects.get().claim is not None, "it is claimed")
            people.kill(worker)
        people.ready(people.worker())
        until(lambda: Export.objects.get().done_at is not None, "it is made")
    export.refresh_from_db()
    assert export.begun == 2
    file = actions.take_export(export, by=clinician, now=timezone.now())
    assert [row["activity"] for row in rows_of(unpacked(file)["responses.csv"])] == ["phq-9"]
    assert AuditEvent.objects.filter(action="export.made").count() == 1
