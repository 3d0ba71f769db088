"""Whose: the same reasons by the clinician who is first responsible, for who reads several."""

from collections import defaultdict
from dataclasses import dataclass

from clients.models import CareTeam
from practice.models import Role, User

from .reason import Reason

EVERYBODY, MINE = "", "mine"


@dataclass(frozen=True)
class Caseload:
    """The clients of one clinician, as far as there is a reason; ``clinician`` is None where
    nobody is first responsible."""

    clinician: User | None
    reasons: list[Reason]


@dataclass(frozen=True)
class Choice:
    """One way to narrow Today to somebody's clients: ``key`` stands in the address."""

    key: str
    clinician: User | None  # None for everybody, and for one's own
    client_ids: frozenset


class Teams:
    """Who looks after whom, for somebody who reads the whole practice. Two statements: hundreds of
    clients are of a few clinicians, and each of these is read once."""

    def __init__(self, user, clients):
        self.user, self.clients = user, clients
        self.primary: dict = {}
        self.mine: set = set()
        if Role.SUPERVISOR not in user.roles:
            return
        rows = list(
            CareTeam.objects.current()
            .filter(client__among=clients)
            .values_list("client_id", "clinician_id", "is_primary")
        )
        people = User.objects.in_bulk({clinician_id for _, clinician_id, _ in rows})
        for client_id, clinician_id, is_primary in rows:
            if is_primary:
                self.primary[client_id] = people[clinician_id]
            if clinician_id == user.pk:
                self.mine.add(client_id)
        self.mine.update(pk for pk, client in clients.items() if client.covered_until)

    def choices(self) -> list[Choice]:
        """Everybody, one's own, then each clinician by name; nothing to choose for one caseload."""
        if Role.SUPERVISOR not in self.user.roles:
            return []
        found = [Choice(EVERYBODY, None, frozenset(self.clients))]
        if self.mine:
            found.append(Choice(MINE, None, frozenset(self.mine)))
        theirs = defaultdict(set)
        for client_id, clinician in self.primary.items():
            theirs[clinician].add(client_id)
        theirs.pop(self.user, None)
        return found + [
            Choice(str(clinician.pk), clinician, frozenset(ids))
            for clinician, ids in sorted(theirs.items(), key=lambda pair: _name(pair[0]))
        ]

    def grouped(self, reasons: list[Reason]) -> list[Caseload]:
        """The reader's own first, then by name; last those for whom nobody is responsible."""
        rows = defaultdict(list)
        for reason in reasons:
            rows[self.primary.get(reason.client.pk)].append(reason)
        return [
            Caseload(clinician, found)
            for clinician, found in sorted(rows.items(), key=lambda pair: self._place(pair[0]))
        ]

    def _place(self, clinician):
        if clinician is None:
            return (2, "")
        return (clinician != self.user, _name(clinician))


def _name(user) -> str:
    return str(user).casefold()
