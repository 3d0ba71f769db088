"""How a client may be reached, and whether it is safe to ask them to try something."""

from datetime import datetime, time, timedelta
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from practice.fields import SealedTextField
from practice.models import DataClass, TenantModel

from .address import AddressChange
from .care import Client
from .safety import ASK_AGAIN_WEEKS, SafetyPolicy

EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]


def every_day() -> list[int]:
    return list(EVERY_DAY)


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("Text message (SMS)")
    NONE = "none", _("No messages")


# What a message can go over; NONE is a choice, and not a way to anybody.
WAYS = [Channel.EMAIL, Channel.SMS]


class Wording(models.TextChoices):
    DISCREET = "discreet", _("Discreet: says only that something is waiting")
    PLAIN = "plain", _("Plain: says that it is from the practice")


def sane_policy() -> Q:
    """Bounds that a slip of the finger does not pass. What is null is for others to say."""
    return Q(
        Q(most_reminders__isnull=True) | Q(most_reminders__lte=5),
        Q(spacing_days__isnull=True) | Q(spacing_days__range=(1, 30)),
        Q(first_days__isnull=True) | Q(first_days__range=(-7, 7)),
    )


def weeks_of_practice(name: str) -> Coalesce:
    """For an annotation: a number of weeks of the practice whose row it is."""
    policy = SafetyPolicy.objects.filter(practice=OuterRef("practice"))
    return Coalesce(Subquery(policy.values(name)[:1]), ASK_AGAIN_WEEKS)


class SafeContactQuerySet(models.QuerySet):
    def current(self):
        return self.filter(replaced_at__isnull=True)

    def with_age(self):
        """What ``is_old`` and ``is_theirs`` ask for, in the same statement."""
        own = SafeContact.objects.filter(
            Q(created_by=OuterRef("client__user")) | Q(created_by=None), client=OuterRef("client")
        )
        return self.annotate(weeks=weeks_of_practice("contact_weeks"), is_theirs=Exists(own))

    def with_address_asked(self, now):
        """``address_asked_at``: since when the client waits to be reached elsewhere."""
        return self.annotate(address_asked_at=AddressChange.objects.asked_by("client", now))


class SafeContact(TenantModel):
    """How a client said they may be reached. A change is a new row; the old one stays as it was."""

    data_class = DataClass.CLINICAL
    kept = "with the client"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="safe_contacts")
    channel = models.CharField(max_length=8, choices=Channel)
    # Tried in this order when a message can't be delivered over the first one.
    then_channels = ArrayField(
        models.CharField(max_length=8, choices=Channel),
        default=list,
        db_default=Value([], output_field=ArrayField(models.CharField(max_length=8))),
    )
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=every_day)  # ISO, Monday 1
    hours_from = models.TimeField(default=time(9))
    hours_until = models.TimeField(default=time(20))
    wording = models.CharField(max_length=8, choices=Wording, default=Wording.DISCREET)
    # About one item. None of these three: as the practice has it (ReminderPolicy).
    most_reminders = models.PositiveSmallIntegerField(null=True)
    spacing_days = models.PositiveSmallIntegerField(null=True)
    first_days = models.SmallIntegerField(
        null=True
    )  # from due to the first one; less than 0: before
    paused_from = models.DateField(null=True)  # without it, a pause has begun already
    paused_until = models.DateField(null=True)  # the last quiet day
    others_see_device = SealedTextField(default=str)  # who else may see it, in the client's words
    confirmed_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    objects = SafeContactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client"], condition=Q(replaced_at__isnull=True), name="safe_contact_one"
            ),
            models.CheckConstraint(
                condition=Q(hours_from__lt=F("hours_until")), name="safe_contact_hours_in_order"
            ),
            models.CheckConstraint(
                condition=Q(weekdays__contained_by=EVERY_DAY), name="safe_contact_weekdays_iso"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values), name="safe_contact_channel_known"
            ),
            models.CheckConstraint(
                condition=Q(then_channels__contained_by=WAYS)
                & (Q(then_channels=[]) | ~Q(channel=Channel.NONE)),
                name="safe_contact_then_known",
            ),
            models.CheckConstraint(condition=sane_policy(), name="safe_contact_policy_sane"),
            models.CheckConstraint(
                condition=Q(paused_from__isnull=True)
                | Q(paused_until__isnull=True)
                | Q(paused_from__lte=F("paused_until")),
                name="safe_contact_pause_in_order",
            ),
        ]

    @property
    def channels(self) -> tuple[str, ...]:
        """The ways that are safe, in order; none when they asked for no messages."""
        if self.channel == Channel.NONE:
            return ()
        return (self.channel, *(each for each in self.then_channels if each != self.channel))

    def is_old(self, now: datetime) -> bool:
        """Confirmed so long ago that the practice asks again; of a row ``with_age``."""
        return self.confirmed_at < now - timedelta(weeks=self.weeks)


class ReminderPolicy(TenantModel):
    """How a practice reminds, where a client has said nothing else; at most one row a practice.

    The first half fills in the form of a new client; the second half holds for all whose own word
    is silent about it.
    """

    data_class = DataClass.PUBLIC
    kept = "as long as the practice exists"

    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=every_day)
    hours_from = models.TimeField(default=time(9))
    hours_until = models.TimeField(default=time(20))
    wording = models.CharField(max_length=8, choices=Wording, default=Wording.DISCREET)

    most_reminders = models.PositiveSmallIntegerField(default=2)
    spacing_days = models.PositiveSmallIntegerField(default=2)
    first_days = models.SmallIntegerField(default=0)
    missed_in_a_row = models.PositiveSmallIntegerField(default=3)  # then the clinician is told
    unread_days = models.PositiveSmallIntegerField(default=14)  # days out of the portal; the same

    class Meta:
        verbose_name_plural = "reminder policies"
        constraints = [
            models.UniqueConstraint(fields=["practice"], name="reminder_policy_one"),
            models.CheckConstraint(
                condition=Q(hours_from__lt=F("hours_until"), weekdays__contained_by=EVERY_DAY),
                name="reminder_policy_hours",
            ),
            models.CheckConstraint(
                condition=sane_policy()
                & Q(missed_in_a_row__range=(1, 20), unread_days__range=(1, 90)),
                name="reminder_policy_sane",
            ),
        ]

    @classmethod
    def of_practice(cls, practice_id) -> Self:
        """The practice's own, or what holds until it has one."""
        return cls.objects.filter(practice=practice_id).first() or cls(practice_id=practice_id)


class ChannelStopQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(lifted_at__isnull=True)


class ChannelStop(TenantModel):
    """Nothing goes to this client over this channel until they say anew how they are reached."""

    class Why(models.TextChoices):
        BOUNCED = "bounced", _("The address does not exist or takes no mail.")
        COMPLAINED = "complained", _("A message was marked as unwanted.")
        OPTED_OUT = "opted_out", _("They answered that they want no more of these.")

    data_class = DataClass.CLINICAL
    kept = "with the client"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="channel_stops")
    channel = models.CharField(max_length=8, choices=Channel)
    why = models.CharField(max_length=12, choices=Why)
    stopped_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    objects = ChannelStopQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client", "channel"],
                condition=Q(lifted_at__isnull=True),
                name="channel_stop_one_standing",
            ),
            models.CheckConstraint(
                condition=Q(channel__in=WAYS, why__in=["bounced", "complained", "opted_out"]),
                name="channel_stop_known",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True) | Q(lifted_at__gte=F("stopped_at")),
                name="channel_stop_lifted_after",
            ),
        ]


class SafetyCheckQuerySet(models.QuerySet):
    def latest_first(self):
        return self.order_by("-checked_at", "-id")

    def with_age(self):
        """What ``is_old`` asks for, in the same statement."""
        return self.annotate(weeks=weeks_of_practice("check_weeks"))

    def newest_outcome_of(self, client_id: str):
        """For an annotation: the outcome that counts, of the client whom ``client_id`` names."""
        of_client = self.filter(client=OuterRef(client_id)).latest_first()
        return Subquery(of_client.values("outcome")[:1])


class SafetyCheck(TenantModel):
    """A clinician's private gate. Append-only: the newest one counts."""

    class Outcome(models.TextChoices):
        CLEAR = "clear", _("Clear")
        CAUTION = "caution", _("Caution")
        HOLD = "hold", _("Hold")

    data_class = DataClass.CLINICAL
    kept = "with the client, readable only by the care team"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="safety_checks")
    outcome = models.CharField(max_length=8, choices=Outcome)
    checked_at = models.DateTimeField()
    note = SealedTextField(default=str)

    objects = SafetyCheckQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["clear", "caution", "hold"]), name="safety_check_known"
            )
        ]
        indexes = [models.Index(fields=["client", "-checked_at"], name="safety_check_newest")]

    def is_old(self, now: datetime) -> bool:
        """Made so long ago that the practice wants a new one; of a row ``with_age``."""
        return self.checked_at < now - timedelta(weeks=self.weeks)
