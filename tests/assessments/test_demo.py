"""The demo's practice: believable, and made through the verbs that make a real one."""

import pytest
from django.db.models import Count
from django.utils import timezone

from assessments.demo import make_practice
from assessments.demo.people import people
from assessments.models import Alert, Reminder, Response, Score
from assessments.progress import moves_of
from clients.models import Client, Session
from practice.models import AuditEvent, Membership

pytestmark = pytest.mark.django_db


def test_the_same_seed_gives_the_same_people():
    assert people() == people()
    assert len({person.email for person in people()}) == 40


def test_a_practice_that_one_can_believe(mailoutbox):
    make_practice(now=timezone.now(), password="quiet-river-stone")
    roles = Membership.objects.values_list("role").annotate(n=Count("pk"))
    assert dict(roles) == {"owner": 1, "clinician": 2, "supervisor": 1}
    clients = {client.preferred_name: client for client in Client.objects.all()}
    assert len(clients) == 40
    assert Alert.objects.open().count() == 1
    assert Session.objects.filter(attended_at__isnull=False).count() > 150
    assert Session.objects.filter(missed_at__isnull=False).exists()
    assert Response.objects.submitted().count() > 200
    assert Response.objects.unread().exists()
    assert Score.objects.filter(value__isnull=True).exists()  # people leave things out
    assert mailoutbox == []  # its past is not mailed again

    silent = clients["Dara Finn"]
    assert silent.user is None
    assert silent.reminders.filter(outcome="sent").exists()
    quiet = clients["Aino Berg"]
    assert quiet.safe_contacts.current().get().channel == "none"
    assert not quiet.reminders.filter(outcome="sent").exists()
    assert not Reminder.objects.filter(outcome__in=["failed", "unknown"]).exists()

    worse = Score.objects.filter(
        client=clients["Maya Klein"], response__version__activity__slug="patterns-check"
    ).exclude(value=None)
    taken = sorted(set(worse.values_list("taken_at", flat=True)))
    means = [
        sum(values) / len(values)
        for at in taken
        if (values := worse.filter(taken_at=at).values_list("value", flat=True))
    ]
    assert len(means) >= 3
    assert means[-1] > means[0]

    sam = clients["Sam Ortega"]
    assert sam.responses.brought().count() == 1
    assert sam.shared_progress.standing().count() == 2

    sent = AuditEvent.objects.filter(action__in=["response.submitted", "response.entered"]).count()
    assert sent == Response.objects.submitted().count()

    moves = moves_of({client.pk: client for client in clients.values()})
    verdicts = {
        move.client.preferred_name: str(move.change.verdict) if move.is_two else "one"
        for found in moves.values()
        for move in found
    }
    assert verdicts == {
        "Sam Ortega": "recovered",
        "Maya Klein": "deteriorated",
        "Tomas Novak": "improved",
        "Kofi Mensah": "no_reliable_change",
        "Hana Sato": "not_computable",
        "Ines Costa": "one",
    }
