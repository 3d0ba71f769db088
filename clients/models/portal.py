from django.core import signing
from django.db import models
from django.db.models import Q

from practice.models import DataClass, OftenWritten
from practice.tokens import hash_of

from .care import Client

MOST_WRONG_CODES = 5


class PortalLinkQuerySet(models.QuerySet):
    def live(self):
        """Not used and not replaced; whether its time has run out is asked with a clock."""
        return self.filter(used_at__isnull=True, replaced_at__isnull=True)

    def by_token(self, token: str):
        return self.filter(token_hash=hash_of(token))


class PortalLink(OftenWritten):
    """A link in a message. It opens nothing by itself: a personal code goes with it."""

    data_class = DataClass.PERSONAL
    kept = "90 days"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="portal_links")
    token_hash = models.BinaryField(max_length=32, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)  # a newer link was sent
    wrong_codes = models.PositiveSmallIntegerField(default=0)

    objects = PortalLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(wrong_codes__lte=MOST_WRONG_CODES), name="portal_link_tries"
            )
        ]
        indexes = [
            models.Index(
                fields=["client"],
                condition=Q(used_at__isnull=True, replaced_at__isnull=True),
                name="portal_link_live",
            )
        ]

    def is_live(self, now) -> bool:
        return (
            self.used_at is None
            and self.replaced_at is None
            and self.wrong_codes < MOST_WRONG_CODES
            and now < self.expires_at
        )


STOP_SALT = "stop messages"


def stop_token(client_id) -> str:
    """Lets the holder stop the messages to one client, and nothing else."""
    return signing.dumps(str(client_id), salt=STOP_SALT)


def client_id_to_stop(token: str) -> str | None:
    try:
        return signing.loads(token, salt=STOP_SALT)
    except signing.BadSignature:
        return None
