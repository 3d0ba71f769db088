from datetime import datetime

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from .people import User
from .tenant import DataClass, OftenWritten


class SignInQuerySet(models.QuerySet):
    def of(self, user):
        """Where ``user`` is signed in: their own and nobody else's."""
        return self.filter(user=user)

    def live(self, now):
        """Not yet over by themselves. Whoever ended theirs has no row any more."""
        return self.filter(
            acted_at__gt=now - settings.IDLE, created_at__gt=now - settings.SIGNED_IN_AT_MOST
        )

    def past(self, now):
        """Over for so long that no cookie remembers them either."""
        return self.filter(created_at__lte=now - settings.SIGNED_IN_AT_MOST)


class SignIn(OftenWritten):
    """One place where somebody is signed in, since ``created_at``. A session without its row is
    over; so ending it is taking the row away, and no list of somebody's devices stays behind."""

    data_class = DataClass.PERSONAL
    kept = "until that sign-in ends"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="sign_ins")
    created_at = models.DateTimeField()
    acted_at = models.DateTimeField()  # when a person last did something, not a page by itself
    browser = models.CharField(max_length=30, blank=True)  # in words; the header itself is not kept
    system = models.CharField(max_length=30, blank=True)
    address = models.GenericIPAddressField(null=True)  # of staff only

    objects = SignInQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(acted_at__gte=F("created_at")), name="sign_in_acted_after_it_began"
            ),
        ]

    def __str__(self):
        return str(self.pk)

    @property
    def device(self) -> str:
        if self.browser and self.system:
            return _("%(browser)s on %(system)s") % {
                "browser": self.browser,
                "system": self.system,
            }
        return self.browser or self.system or _("A browser")

    def ends_at(self) -> datetime:
        return min(self.acted_at + settings.IDLE, self.created_at + settings.SIGNED_IN_AT_MOST)


def standing() -> ArraySubquery:
    """The sign-ins of each user of a statement that reads users."""
    rows = SignIn.objects.filter(user=models.OuterRef("pk"))
    return ArraySubquery(
        rows.values(row=JSONObject(pk="pk", created_at="created_at", acted_at="acted_at"))
    )
