"""All alerts of the clients whom somebody sees in lists, and those that they were called to."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from assessments.models import Alert
from clients.models import Client

STATES = ("open", "closed", "all")


def alerts_of(
    user, *, state: str = "open", search: str = "", client: Client | None = None
) -> QuerySet[Alert]:
    """The newest first, of all or of one client. Names are sealed, so they are searched here.
    ``opens``: whether ``user`` may read it now; else it says who and when, and not what."""
    found = Alert.objects.listed_for(user)
    if client is not None:
        found = found.filter(client=client)
    if state == "open":
        found = found.open()
    elif state == "closed":
        found = found.filter(closed_at__isnull=False)
    wanted = search.strip().casefold()
    if wanted:
        named = [
            client.pk
            for client in Client.objects.listed_for(user).filter(alerts__isnull=False).distinct()
            if wanted in client.preferred_name.casefold()
        ]
        found = found.filter(client__in=named)
    return (
        found.annotate(opens=Exists(Alert.objects.open_to(user).filter(pk=OuterRef("pk"))))
        .select_related("client", "seen_by", "acted_by", "closed_by")
        .defer("note", "acted_words")
        .order_by("-raised_at", "-pk")
    )


def called_to(user) -> QuerySet[Alert]:
    """Open ones of clients whose records ``user`` does not read: they were called to them."""
    theirs = Q(client__in=Client.objects.listed_for(user))
    return (
        Alert.objects.mine(user)
        .open()
        .exclude(theirs)
        .select_related("client", "seen_by")
        .defer("note", "acted_words")
        .order_by("raised_at", "pk")
    )
