from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from practice import keys, walls
from practice.ids import uuid7


class DataClass(StrEnum):
    """How private a row is. Every model says so, and for how long it is kept."""

    PUBLIC = "public"
    PERSONAL = "personal"
    CLINICAL = "clinical"


def is_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(_("Choose a time zone from the list."))


class PracticeQuerySet(models.QuerySet):
    def is_any(self) -> bool:
        with walls.crossing():
            return self.exists()

    def everywhere(self) -> list["Practice"]:
        """All there are, the oldest first. For what is done in each once an hour or a night; what
        is due every few seconds is found by ``walls.practices_with``."""
        with walls.crossing():
            return list(self.order_by("created_at"))


class Practice(models.Model):
    """The organisation; the tenant."""

    data_class = DataClass.PERSONAL
    kept = "as long as the practice exists"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=60, validators=[is_time_zone])
    language = models.CharField(max_length=12, default="en")
    help_text = models.TextField(
        help_text=_("Shown to clients who ask for help now: numbers that answer at any hour.")
    )
    sender_name = models.CharField(max_length=60, default="Trellis")
    leave_url = models.URLField(
        default="https://www.bbc.com/weather",
        help_text=_("The neutral page that takes the place of the portal on Leave this page."),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PracticeQuerySet.as_manager()

    def __str__(self):
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        """The moment at which ``day`` begins here."""
        return datetime.combine(day, time(), self.zone)

    @property
    def practice_id(self):
        """So that a practice is addressed like everything that belongs to one."""
        return self.pk


class TenantModel(models.Model):
    """A row of exactly one practice. The key is made before the insert: sealed fields need it."""

    data_class: DataClass
    kept: str

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True

    def key_subject(self):
        """Whose key seals this row: the client's if it is about one, else the practice's."""
        return getattr(self, "client_id", None) or self.practice_id

    def data_key(self):
        return keys.of_subject(self.practice_id, self.key_subject())

    def data_key_of(self, sealed: bytes):
        return keys.of_sealed(self.practice_id, sealed)


class OftenWritten(TenantModel):
    """A row of which sending a message writes one. It is asked for by its client or its message,
    never by its practice or its maker alone: each index less is felt in every message."""

    practice = models.ForeignKey(
        Practice, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )

    class Meta:
        abstract = True
