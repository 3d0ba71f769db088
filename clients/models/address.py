from datetime import timedelta
from functools import reduce
from itertools import combinations
from operator import and_

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery

from practice.fields import SealedTextField
from practice.models import DataClass, TenantModel

from .care import Client

OPEN_FOR = timedelta(days=14)
NOT_SETTLED = Q(taken_back_at__isnull=True, confirmed_at__isnull=True, declined_at__isnull=True)


def at_most_one(*facts: str) -> Q:
    pairs = (
        Q(**{f"{a}__isnull": True}) | Q(**{f"{b}__isnull": True}) for a, b in combinations(facts, 2)
    )
    return reduce(and_, pairs)


class AddressChangeQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(client__in=Client.objects.of(user))

    def unsettled(self):
        return self.filter(NOT_SETTLED)

    def open(self, now):
        return self.unsettled().filter(asked_at__gt=now - OPEN_FOR)

    def asked_by(self, client_id: str, now):
        """For an annotation: since when the client whom ``client_id`` names waits for an answer."""
        return Subquery(self.open(now).filter(client=OuterRef(client_id)).values("asked_at")[:1])


class AddressChange(TenantModel):
    """A client asks to be reached at a new address. Nothing changes until their clinician has
    talked with them: whoever holds the phone for a minute could ask for it too."""

    data_class = DataClass.CLINICAL
    kept = "with the client"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="address_changes")
    email = SealedTextField()
    note_to_old = models.BooleanField(default=False)  # one last word there is safe
    asked_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)  # by the client, or by asking anew
    confirmed_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = AddressChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client"], condition=NOT_SETTLED, name="address_change_one_open"
            ),
            models.CheckConstraint(
                condition=at_most_one("taken_back_at", "confirmed_at", "declined_at"),
                name="address_change_one_end",
            ),
        ]
