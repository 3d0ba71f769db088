"""A ledger outside the application: what must arrive is written down before a fault begins.

It is a file. Afterwards it is held against what the mail server has (the judge of "once") and
against what the application says about itself.
"""

import json
import logging
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from assessments.models import Delivery, Reminder
from assessments.models.reminders import Outcome
from clients.models import Client
from tests.conftest import as_user
from tests.smtp import Sink

log = logging.getLogger(__name__)

CONTACT_SAYS = {
    Outcome.UNKNOWN: "Not known whether it arrived",
    Outcome.FAILED: "Could not be delivered",
}
TODAY_SAYS = {
    Outcome.UNKNOWN: "It is not known whether the last message arrived",
    Outcome.FAILED: "The last message could not be delivered",
}


@dataclass(frozen=True)
class Verdict:
    """Addresses, but for ``strange``: Message-IDs of which one side knows nothing."""

    letters: int
    lost: list[str]  # may be written to, has got nothing, and no page says so
    twice: list[str]
    against_will: list[str]  # must not be written to now, and was
    unknown: list[str]
    failed: list[str]
    hidden: list[str]  # unknown or failed, and Contact or Today do not say so
    strange: list[str]

    def __str__(self) -> str:
        return ", ".join(
            f"{name} {value if isinstance(value, int) else len(value)}"
            for name, value in vars(self).items()
        )


class Ledger:
    def __init__(self, path: Path, sink: Sink) -> None:
        self.path = path
        self.sink = sink

    def expect(self, *clients: Client, allowed: bool = True) -> None:
        """One letter to each; none when it is not allowed now."""
        with self.path.open("a") as file:
            for client in clients:
                line = {"client": str(client.pk), "address": client.email, "allowed": allowed}
                file.write(json.dumps(line) + "\n")

    def lines(self) -> list[dict]:
        return [json.loads(line) for line in self.path.read_text().splitlines()]

    def judge(self, name: str, *, by) -> Verdict:
        """Lost 0, twice 0, what is not certain is shown; or the test fails. ``by`` may see all."""
        lines, got = self.lines(), self.sink.counts()
        owed = Counter(line["address"] for line in lines if line["allowed"])
        ends = _ends([line["client"] for line in lines])
        uncertain = {
            line["address"]: line["client"]
            for line in lines
            if ends.get(line["client"]) in CONTACT_SAYS
        }
        verdict = Verdict(
            letters=sum(got.values()),
            lost=sorted(a for a in owed if got[a] < owed[a] and a not in uncertain),
            twice=sorted(a for a in got if got[a] > max(owed[a], 1)) + self._twice_named(),
            against_will=sorted(a for a in got if not owed[a]),
            unknown=[a for a, pk in uncertain.items() if ends[pk] == Outcome.UNKNOWN],
            failed=[a for a, pk in uncertain.items() if ends[pk] == Outcome.FAILED],
            hidden=_hidden(uncertain, ends, by),
            strange=self._strange(),
        )
        log.info("%s: owed %d, %s", name, sum(owed.values()), verdict)
        wrong = (verdict.lost, verdict.twice, verdict.against_will, verdict.hidden, verdict.strange)
        assert not any(wrong), f"{name}: {vars(verdict)}"
        return verdict

    def _twice_named(self) -> list[str]:
        names = Counter(letter.message_id for letter in list(self.sink.letters))
        return [name for name, count in names.items() if count > 1]

    def _strange(self) -> list[str]:
        """A letter of which no delivery knows; a delivery that says "sent" and left no letter."""
        came = {letter.message_id for letter in list(self.sink.letters)}
        known = dict(Delivery.objects.values_list("message_id", "outcome"))
        sent = {name for name, outcome in known.items() if outcome == Outcome.SENT}
        return sorted((came - known.keys()) | (sent - came))


def _ends(client_ids: list[str]) -> dict[str, str]:
    """How the last message to each client ended."""
    last = (
        Reminder.objects.filter(client__in=client_ids, settled_at__isnull=False)
        .order_by("client_id", "-settled_at")
        .distinct("client_id")
    )
    return {str(pk): outcome for pk, outcome in last.values_list("client_id", "outcome")}


def _hidden(uncertain: dict[str, str], ends: dict[str, str], by) -> list[str]:
    if not uncertain:
        return []
    browser = as_user(by)

    def page(path: str) -> str:
        return browser.get(path, secure=True).content.decode()

    today, found = page("/today/"), []
    for address, pk in uncertain.items():
        on_contact = CONTACT_SAYS[ends[pk]] in page(f"/clients/{pk}/contact/")
        on_today = TODAY_SAYS[ends[pk]] in today and f"/clients/{pk}/contact/" in today
        if not (on_contact and on_today):
            found.append(address)
    return found
