"""What is left of an erasure: that it was, when, by whom, what went, and what it means for backups.

It names nobody: whoever needs to know whom it is about writes the name on the paper by hand.
"""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import formats
from django.utils.translation import gettext as _

from practice.models import AuditEvent, Erased

from .kinds import in_words

FORMAT = "trellis erasure certificate 1"
# The first word is gone with a restore of an older backup; then there is this one.
DONE, AGAIN = "client.erased", "client.erased_again"


@dataclass(frozen=True)
class Certificate:
    erased: Erased
    event: AuditEvent | None

    @property
    def kinds(self) -> list[tuple[str, int]]:
        """“Session”, 12: what was deleted, in words."""
        return [(in_words(label), n) for label, n in sorted(self.erased.counts.items())]

    @property
    def total(self) -> int:
        return sum(self.erased.counts.values())

    @property
    def hash(self) -> str:
        return bytes(self.event.hash).hex() if self.event else ""

    @property
    def who(self) -> str:
        if self.erased.created_by:
            return str(self.erased.created_by)
        if self.event and self.event.action == AGAIN:
            return _("Not known any more: the records were put back from a backup since")
        return _("Trellis, by the rule that the practice switched on")

    @property
    def facts(self) -> list[tuple[str, str]]:
        erased = self.erased
        zone = erased.practice.zone
        day = formats.date_format(erased.erased_at.astimezone(zone), "j F Y, H:i")
        rows = [
            (_("Practice"), erased.practice.name),
            (_("Record"), str(erased.pk)),
            (_("When"), f"{day} ({erased.practice.time_zone})"),
            (_("Why"), str(erased.get_why_display())),
        ]
        if erased.asked_at:
            asked = formats.date_format(erased.asked_at.astimezone(zone), "j F Y")
            rows.append(
                (_("Asked for"), f"{asked}, {erased.asked_by or _('by whom is not known')}")
            )
        rows += [(_("By"), self.who), (_("Rows"), str(self.total))]
        if self.event:
            rows.append((_("In the trail"), f"{self.event.number} · {self.hash}"))
        return rows

    @property
    def statements(self) -> list[str]:
        return [
            _(
                "Every row that was about this person was deleted, and the key destroyed under "
                "which their names, answers and notes were sealed."
            ),
            _(
                "Backups that were made before hold these rows sealed. Their keys are in one file "
                "apart, of which only the newest is kept: with the next backup the key of this "
                "person is in none. A restore reads from that file, and from the database that it "
                "replaces, who was erased, and erases them again."
            ),
            _(
                "Where the practice also keeps copies of the whole database for days, to go back "
                "to a moment, or one that a restore replaced, these hold the key until they are "
                "thrown away."
            ),
            _(
                "The trail of who did what stays, with numbers in the place of names. The empty "
                "shell of their account stays too, because the trail points at it: it has no name "
                "and no address, and nobody can sign in with it."
            ),
            _(
                "Files that were downloaded, printed or sent before are out of reach. What other "
                "people wrote about this person in their own records stays with them. Figures of "
                "the whole practice hold nobody."
            ),
        ]

    def as_json(self) -> dict:
        erased, event = self.erased, self.event
        return {
            "format": FORMAT,
            "practice": erased.practice.name,
            "record": str(erased.pk),
            "erased_at": erased.erased_at,
            "why": erased.why,
            "asked_at": erased.asked_at,
            "by": str(erased.created_by_id) if erased.created_by_id else None,
            "rows": erased.counts,
            "trail": event and {"number": event.number, "at": event.at, "sha256": self.hash},
            "statements": self.statements,
        }


def erased_of(owner) -> QuerySet[Erased]:
    """With all that a certificate says of them."""
    return Erased.objects.of(owner).select_related("practice", "created_by", "asked_by")


def certificate_of(erased: Erased) -> Certificate:
    of_practice = AuditEvent.objects.filter(practice_id=erased.practice_id)
    said = of_practice.filter(action__in=[DONE, AGAIN], record_id=erased.pk)
    return Certificate(erased, said.order_by("number").first())
