"""Why a client is not contacted, whatever is waiting for them."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from assessments.models import Alert
from clients.contact_rules import can_text
from clients.models import (
    Agreement,
    Channel,
    ChannelStop,
    Client,
    Consent,
    Episode,
    SafeContact,
    SafetyCheck,
)

STALE_AFTER = timedelta(days=180)


class Why(models.TextChoices):
    """Why a client is not contacted, in words for their clinician."""

    NO_MESSAGES = "no_messages", _("They asked for no messages.")
    NO_ADDRESS = "no_address", _("There is no address or number for the ways that they named.")
    STOPPED = "stopped", _("Nothing arrives any more over the ways that they named.")
    NOT_INVITED = "not_invited", _("They have not been invited to the portal yet.")
    NOT_IN_CARE = "not_in_care", _("Their episode of care is closed.")
    ALERT_OPEN = "alert_open", _("An alert is open: nobody is nagged meanwhile.")
    NO_CONSENT = "no_consent", _("They do not agree that their care team reads what they send.")
    HOLD = "hold", _("The safety check says hold.")
    STALE = "stale", _("How they may be reached was last confirmed over six months ago.")
    NO_HOURS = "no_hours", _("No hour is allowed.")
    NOTHING_OPEN = "nothing_open", _("Nothing is waiting for them.")
    RESTORED = "restored", _("The records were put back from a copy that is older than this.")


@dataclass(frozen=True)
class Barred:
    """Of many clients, those whom something keeps from being contacted; and who is in care."""

    in_care: set[UUID]
    refusing: set[UUID]  # that their care team reads
    alerted: set[UUID]
    held: set[UUID]
    stopped: dict[UUID, set[str]]  # channels

    @classmethod
    def among(cls, ids: list[UUID]) -> "Barred":
        refused = Consent.objects.refused(Agreement.CARE).filter(client=OuterRef("client"))
        episodes = Episode.objects.filter(client__among=ids, closed_at__isnull=True)
        in_care = dict(episodes.values_list("client_id", Exists(refused)))
        open_alerts = Alert.objects.that_stop_messages().filter(client__among=ids)
        checks = (
            SafetyCheck.objects.filter(client__among=ids)
            .order_by("client_id", "-checked_at", "-id")
            .distinct("client_id")
            .values_list("client_id", "outcome")
        )
        stops = ChannelStop.objects.standing().filter(client__among=ids)
        stopped = defaultdict(set)
        for pk, channel in stops.values_list("client_id", "channel"):
            stopped[pk].add(channel)
        return cls(
            in_care=set(in_care),
            refusing={pk for pk, refuses in in_care.items() if refuses},
            alerted=set(open_alerts.values_list("client_id", flat=True)),
            held={pk for pk, outcome in checks if outcome == SafetyCheck.Outcome.HOLD},
            stopped=stopped,
        )

    def why(
        self,
        client: Client,
        contact: SafeContact | None,
        *,
        channels: Collection[str],
        now: datetime,
    ) -> str:
        """A Why, or empty; ``channels`` are those that are usable."""
        if client.pk not in self.in_care:
            return Why.NOT_IN_CARE
        if contact is None or contact.channel == Channel.NONE:
            return Why.NO_MESSAGES
        if client.pk in self.refusing:
            return Why.NO_CONSENT
        if client.pk in self.held:
            return Why.HOLD
        if client.pk in self.alerted:
            return Why.ALERT_OPEN
        if contact.confirmed_at < now - STALE_AFTER:
            return Why.STALE
        if not channels:
            return Why.STOPPED if self.stopped.get(client.pk) else Why.NO_ADDRESS
        if client.user_id is None and client.invited_at is None:
            return Why.NOT_INVITED
        if not contact.weekdays:
            return Why.NO_HOURS
        return ""


def usable_channels(client, contact, stopped=()) -> tuple[str, ...]:
    """The ways that the client named as safe, that lead somewhere, and that are not stopped."""
    if contact is None:
        return ()
    addresses = {Channel.EMAIL: client.email, Channel.SMS: client.phone if can_text() else ""}
    return tuple(each for each in contact.channels if addresses.get(each) and each not in stopped)
