"""How a client stands with what they are asked to agree to."""

from dataclasses import dataclass
from enum import Enum, auto

from django.db.models import F, OuterRef, Subquery

from .models import Agreement, Client, Consent, ConsentWording


class Standing(Enum):
    """Of all agreements together, for the portal's first page."""

    ASK_FIRST = auto()  # nothing goes on before they agree that their care team reads
    ASK_ANEW = auto()  # there are words that they have not answered: in their own time
    SETTLED = auto()


@dataclass(frozen=True)
class Asked:
    """One thing to agree to: the words as they are now, and what the client said last."""

    wording: ConsentWording
    consent: Consent | None

    @property
    def kind(self) -> Agreement:
        return Agreement(self.wording.kind)

    @property
    def is_given(self) -> bool:
        return self.consent is not None and self.consent.is_given

    @property
    def is_new(self) -> bool:
        """Not answered, in these words."""
        return self.consent is None or self.consent.wording.number != self.wording.number


def asked_of(client: Client) -> list[Asked]:
    """In two statements."""
    said = {
        row.kind: row for row in client.consents.standing().select_related("wording", "created_by")
    }
    current = ConsentWording.current_of(client.practice)
    return [Asked(current[kind], said.get(kind)) for kind in Agreement]


def standing_of(client: Client) -> Standing:
    """In one statement: it is asked with every first page."""
    newest = ConsentWording.objects.filter(
        practice=OuterRef("practice"), kind=OuterRef("kind")
    ).order_by("-number")
    rows = client.consents.standing().annotate(
        answered=F("wording__number"), newest=Subquery(newest.values("number")[:1])
    )
    if not any(row.kind == Agreement.CARE and row.is_given for row in rows):
        return Standing.ASK_FIRST
    answered = {row.kind for row in rows if row.answered == row.newest}
    return Standing.SETTLED if answered == set(Agreement) else Standing.ASK_ANEW
