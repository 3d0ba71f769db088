"""Correcting who a client is."""

from clients import actions
from practice.models import AuditEvent
from tests.conftest import NOW

WHO = {"preferred_name": "Sam O.", "pronouns": "", "language": "en", "time_zone": "Europe/Paris"}


def test_a_client_who_joined_signs_in_with_the_new_address(joined, clinician):
    actions.change_client(joined, by=clinician, now=NOW, email="new@client.example", **WHO)
    joined.refresh_from_db()
    assert joined.email == "new@client.example"
    assert joined.user.email == "new@client.example"
    assert joined.user.time_zone == "Europe/Paris"
    assert AuditEvent.objects.filter(action="client.changed", client_id=joined.pk).count() == 1


def test_an_address_that_somebody_else_signs_in_with_is_known(joined, clinician):
    assert actions.is_taken(clinician.email, but_by=joined.user_id)
    assert not actions.is_taken(joined.email, but_by=joined.user_id)
