from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from practice.tokens import hash_of

from .people import Role, User
from .tenant import DataClass, TenantModel


class StaffInvitationQuerySet(models.QuerySet):
    def of(self, user):
        """Those of the practice of ``user``."""
        return self.filter(practice=user.practice_id)

    def open(self):
        """Neither used nor withdrawn; whether the link still opens is asked with a clock."""
        return self.filter(used_at__isnull=True, withdrawn_at__isnull=True)

    def by_token(self, token: str):
        return self.filter(token_hash=hash_of(token))


class StaffInvitation(TenantModel):
    """Somebody is asked to work here. Only the link that was sent last opens it, once."""

    data_class = DataClass.PERSONAL
    kept = "as long as the practice exists"

    email = models.EmailField()
    roles = ArrayField(models.CharField(max_length=12, choices=Role))
    token_hash = models.BinaryField(max_length=32, unique=True)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    user = models.OneToOneField(
        User, null=True, on_delete=models.PROTECT, related_name="staff_invitation"
    )

    objects = StaffInvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "email"],
                condition=Q(used_at__isnull=True, withdrawn_at__isnull=True),
                name="staff_invitation_one_open",
            ),
            models.CheckConstraint(
                condition=Q(roles__contained_by=Role.values, roles__len__gt=0),
                name="staff_invitation_roles_known",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="staff_invitation_used_or_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True, user__isnull=True)
                | Q(used_at__isnull=False, user__isnull=False),
                name="staff_invitation_used_by_somebody",
            ),
        ]

    def __str__(self):
        return str(self.pk)

    @property
    def is_open(self) -> bool:
        return self.used_at is None and self.withdrawn_at is None

    def is_live(self, now) -> bool:
        return self.is_open and now < self.expires_at
