"""Who is away, and who looks after whose clients meanwhile.

It begins and ends by the clock alone: nothing has to run for it. Days are the practice's; what is
stored are the moments at which they begin and end.
"""

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from practice.models import DataClass, Membership, Role, TenantModel


class AbsenceQuerySet(models.QuerySet):
    def of(self, user):
        """Their own; the owner sees everybody's."""
        found = self.filter(practice=user.practice_id)
        return found if Role.OWNER in user.roles else found.filter(clinician=user)

    def valid(self):
        """Not taken back, and not ended early."""
        return self.filter(ended_at__isnull=True)

    def lasting(self, now):
        return self.valid().filter(starts_at__lte=now, ends_at__gt=now)

    def not_over(self, now):
        return self.valid().filter(ends_at__gt=now)

    def between(self, starts_at, ends_at):
        """Those that share a moment with this time."""
        return self.valid().filter(starts_at__lt=ends_at, ends_at__gt=starts_at)


class Absence(TenantModel):
    """A clinician is away, from when until when. A change ends it and makes another one."""

    data_class = DataClass.PERSONAL
    kept = "as long as the practice exists"

    clinician = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="absences"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()  # the first moment at which they are back
    tells_clients = models.BooleanField(default=True)  # one line in the portal, meanwhile
    ended_at = models.DateTimeField(null=True)  # early, or before it began
    told_at = models.DateTimeField(null=True)  # who is away and who covers had their mail

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")), name="absence_ends_after_start"
            ),
        ]

    @property
    def first_day(self) -> date:
        return self.starts_at.astimezone(self.practice.zone).date()

    @property
    def last_day(self) -> date:
        return (self.ends_at - timedelta(seconds=1)).astimezone(self.practice.zone).date()


class CoverQuerySet(models.QuerySet):
    def mine(self, user):
        """What ``user`` covers, or will."""
        return self.valid().filter(covering=user, practice=user.practice_id)

    def valid(self):
        return self.filter(ended_at__isnull=True)

    def not_over(self, now):
        return self.valid().filter(absence__ended_at__isnull=True, absence__ends_at__gt=now)

    def between(self, starts_at, ends_at):
        """Of somebody who is away at some moment of this time."""
        return self.not_over(starts_at).filter(absence__starts_at__lt=ends_at)

    def standing(self, now):
        """Those that count now: somebody is away, and who covers works here and is not away."""
        at_work = Membership.objects.current().filter(
            user=OuterRef("covering"), role=Role.CLINICIAN
        )
        away = Absence.objects.lasting(now).filter(clinician=OuterRef("covering"))
        return self.valid().filter(
            Exists(at_work),
            ~Exists(away),
            covering__is_active=True,
            absence__ended_at__isnull=True,
            absence__starts_at__lte=now,
            absence__ends_at__gt=now,
        )

    def about(self, client):
        """Those that hold for one client: for the ``client``, or inside another query for whom
        its column of that name says. One that names them goes before the one for all."""
        if isinstance(client, str):
            client = OuterRef(client)
            named_in = OuterRef(client)
        else:
            named_in = client
        named = Cover.objects.valid().filter(absence=OuterRef("absence"), client=named_in)
        return self.filter(
            Q(client=client) | Q(client__isnull=True) & ~Exists(named),
            absence__clinician__caseload__client=client,
            absence__clinician__caseload__until__isnull=True,
        )

    def clients(self):
        """The ids of all for whom these hold, found from the cover and not from the client: of
        whom ``about`` asks the same."""
        whose = "absence__clinician__caseload__client"
        named = Cover.objects.valid().filter(absence=OuterRef("absence"), client=OuterRef(whose))
        return self.filter(
            Q(client=F(whose)) | Q(client__isnull=True) & ~Exists(named),
            absence__clinician__caseload__until__isnull=True,
        ).values(whose)


class Cover(TenantModel):
    """Somebody has the caseload of a clinician who is away; or, with ``client``, one of it."""

    data_class = DataClass.CLINICAL
    kept = "as long as the practice exists"

    absence = models.ForeignKey(Absence, on_delete=models.PROTECT, related_name="covers")
    client = models.ForeignKey(
        "clients.Client", null=True, on_delete=models.PROTECT, related_name="+"
    )  # none: all who have no cover of their own
    covering = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="covers"
    )
    ended_at = models.DateTimeField(null=True)

    objects = CoverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["absence"],
                condition=Q(client__isnull=True, ended_at__isnull=True),
                name="cover_one_for_all",
            ),
            models.UniqueConstraint(
                fields=["absence", "client"],
                condition=Q(client__isnull=False, ended_at__isnull=True),
                name="cover_one_per_client",
            ),
        ]
