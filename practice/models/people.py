from functools import cached_property

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from practice import walls
from practice.ids import uuid7

from .tenant import DataClass, Practice, TenantModel, is_time_zone


class UserQuerySet(models.QuerySet):
    def with_roles(self):
        """Users who need not ask for their roles: they come along in the same statement."""
        held = Membership.objects.current().filter(user=models.OuterRef("pk")).values("role")
        return self.annotate(held_roles=ArraySubquery(held))

    def signs_in(self, email: str, *, but_by=None) -> bool:
        """Does somebody, in whatever practice? An address signs in to one of them."""
        with walls.crossing():
            return self.filter(email=email).exclude(pk=but_by).exists()

    def staff_of(self, user):
        """Who works in the practice of ``user`` today."""
        held = Membership.objects.current().filter(user=models.OuterRef("pk"))
        return self.filter(models.Exists(held), practice=user.practice_id).with_roles()


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def create_user(self, *, email, password=None, **fields):
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class Theme(models.TextChoices):
    DEVICE = "device", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class User(AbstractBaseUser):
    """A person who signs in: staff of a practice, or a client with a portal account."""

    data_class = DataClass.PERSONAL
    kept = "as long as the person works or is in care there, then until erased"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="users")
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=80, blank=True)  # empty for clients: theirs is sealed
    language = models.CharField(max_length=12, default="en")
    time_zone = models.CharField(max_length=60, validators=[is_time_zone])
    theme = models.CharField(
        max_length=6, choices=Theme, default=Theme.DEVICE, db_default=Theme.DEVICE
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # When they said that they have put their spare codes away; the list may be older or newer.
    codes_kept_at = models.DateTimeField(null=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_lower"),
            models.CheckConstraint(condition=Q(theme__in=Theme.values), name="user_theme_known"),
        ]

    def __str__(self):
        return self.name or self.email

    @property
    def first_name(self) -> str:
        return self.name.split(" ")[0]

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles this user holds today; empty for a client."""
        if self.pk is None:
            return frozenset()
        if hasattr(self, "held_roles"):
            return frozenset(self.held_roles)
        return frozenset(self.memberships.current().values_list("role", flat=True))


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    CLINICIAN = "clinician", _("Clinician")
    SUPERVISOR = "supervisor", _("Supervisor")
    ASSISTANT = "assistant", _("Assistant")


class MembershipQuerySet(models.QuerySet):
    def current(self):
        return self.filter(ended_at__isnull=True)

    def owning(self):
        """Of those who own their practice today; whether they can sign in is another matter."""
        return self.current().filter(role=Role.OWNER)


class Membership(TenantModel):
    """A user's role in a practice, from when to when. A solo therapist holds two."""

    data_class = DataClass.PERSONAL
    kept = "as long as the practice exists"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=Q(ended_at__isnull=True),
                name="membership_once_per_role",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self):
        return f"{self.user_id} {self.role}"
