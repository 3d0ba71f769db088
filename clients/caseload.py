"""The caseload as a list: who is in care, with what every row of it needs."""

from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from .models import CareTeam, Client, Episode, SafeContact, Session


@dataclass(frozen=True)
class Row:
    client: Client
    week: int | None  # of the open episode; None when there is none
    next_session_at: object
    clinician: object
    contact: SafeContact | None


def caseload_of(user, *, search: str = "", now) -> list[Row]:
    """Rows in the order of names. Names are sealed, so they are searched and sorted here; a
    caseload is some dozens, a supervised practice some hundreds."""
    to_come = Session.objects.to_come(now).filter(client=OuterRef("pk")).order_by("starts_at")
    opened = Episode.objects.filter(client=OuterRef("pk"), closed_at__isnull=True)
    clients = (
        Client.objects.listed_for(user)
        .with_their_way_to(user)
        .annotate(
            opened_at=Subquery(opened.values("opened_at")[:1]),
            next_session_at=Subquery(to_come.values("starts_at")[:1]),
        )
    )
    wanted = search.strip().casefold()
    found = [
        client
        for client in clients
        if not wanted
        or wanted in client.preferred_name.casefold()
        or wanted in client.email.casefold()
    ]
    primary = {
        row.client_id: row.clinician
        for row in CareTeam.objects.current()
        .filter(client__among=found, is_primary=True)
        .select_related("clinician")
    }
    contacts = {
        row.client_id: row for row in SafeContact.objects.current().filter(client__among=found)
    }
    return [
        Row(
            client=client,
            week=(now - client.opened_at).days // 7 + 1 if client.opened_at else None,
            next_session_at=client.next_session_at,
            clinician=primary.get(client.pk),
            contact=contacts.get(client.pk),
        )
        for client in sorted(found, key=lambda client: client.preferred_name.casefold())
    ]
