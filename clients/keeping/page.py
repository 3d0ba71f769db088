"""The owner's list of records, and what an erasure would take."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from clients.models import Client, ErasureRequest, LegalHold, RetentionPolicy
from practice import keys
from practice.forgetting import counts_of
from practice.models import Practice

from .due import Kept, due_by, kept_rows, with_end
from .kinds import in_words

SOON = timedelta(days=183)
ERASED = "erased"  # of whom no record is left: the view finds their certificates
SHOWN = {
    "due": _("To decide"),
    "held": _("On hold"),
    "ended": _("Care has ended"),
    "all": _("Everybody"),
    ERASED: _("Erased"),
}


@dataclass(frozen=True)
class Records(Sequence):
    """Read a page at a time, each in a fixed number of statements."""

    found: QuerySet
    practice: Practice
    policy: RetentionPolicy
    now: datetime

    def __len__(self) -> int:
        return self.found.count()

    def __getitem__(self, place) -> list[Kept]:
        rows = list(self.found[place])
        keys.load(self.practice.pk, [row.pk for row in rows])
        return kept_rows(rows, self.practice, self.policy, self.now)


def list_of(owner, policy: RetentionPolicy, *, show: str, now: datetime) -> Records:
    practice = owner.practice
    found = with_end(Client.objects.kept_by(owner))
    holds = LegalHold.objects.standing().filter(client=OuterRef("pk"))
    if show == "due":
        asked = Exists(ErasureRequest.objects.standing().filter(client=OuterRef("pk")))
        again = Exists(holds.filter(look_again_on__lte=practice.day_of(now)))
        soon = due_by(practice, policy, practice.day_of(now + SOON))
        found = found.filter(Q(pk__in=soon.values("pk")) | asked | again)
    elif show == "held":
        found = found.filter(Exists(holds))
    elif show == "ended":
        found = found.filter(is_in_care=False)
    # Who has waited longest first; whoever is in care last.
    return Records(found.order_by("is_in_care", F("ended_at").asc(), "pk"), practice, policy, now)


def what_goes(client: Client) -> list[tuple[str, int]]:
    """“Answers”, 12: in the order of how many."""
    rows = [(in_words(label), n) for label, n in counts_of(client).items()]
    return sorted(rows, key=lambda row: -row[1])
