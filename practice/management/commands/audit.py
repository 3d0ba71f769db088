"""`manage.py audit verify`: is the audit trail as it was written?"""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from practice.auditing import anchors, checking
from practice.auditing.anchors import Found
from practice.auditing.chain import Kind
from practice.auditing.checking import Checked
from practice.models import AuditEvent, Practice

WORDS = {
    Kind.ALTERED: "this row was altered after it was written.",
    Kind.REMOVED: "the row that was written here was removed.",
    Kind.REORDERED: "the row that was written here stands somewhere else.",
    Kind.INSERTED: "a row was put in here that was not written here.",
    Kind.CUT_OFF: "the end was cut off from here on; an anchor knows that there was more.",
    Kind.REWRITTEN: "somewhere from here on everything was written anew; an anchor knows better.",
}


class Command(BaseCommand):
    help = (
        "Walk the audit trail of each practice and compare it with its anchors. Names the first "
        "bad number and what is wrong with it; ends with 1 when anything is."
    )

    def add_arguments(self, parser):
        parser.add_argument("what", choices=["verify"])
        parser.add_argument("--practice", type=UUID, metavar="ID", help="only this one")
        parser.add_argument(
            "--from-anchor",
            type=Path,
            metavar="FILE",
            help="a copy of anchors, or their lines out of mails, instead of AUDIT_ANCHORS",
        )

    def handle(self, *args, practice, from_anchor, **options):
        there = {each.pk for each in Practice.objects.everywhere()}
        given = _read(from_anchor) if from_anchor else None
        known = there | ({each.practice_id for each in given.anchors} if given else set())
        known |= set() if given else anchors.practices_kept()
        chosen = known & {practice} if practice else known
        if practice and not chosen:
            raise CommandError("There is no such practice.")
        wrong = self._tell_of_lines(given) if given else False
        for practice_id in sorted(chosen):
            found = given or anchors.kept_of(practice_id)
            checked = checking.check(practice_id, found)
            wrong |= self._tell(checked)
            wrong |= False if given else self._tell_of_lines(found, checked.lost)
        if wrong:
            raise CommandError("The audit trail is not as it was written, or its anchors are not.")

    def _tell(self, checked: Checked) -> bool:
        """Whether something is wrong."""
        fault = checked.fault
        if fault:
            said = f"number {fault.number} is wrong ({fault.kind}): {WORDS[fault.kind]}"
        else:
            said = f"{checked.last} rows, all as written."
        self.stdout.write(f"{checked.practice_id}: {said}")
        self.stdout.write(f"  {_in_words(checked)}")
        if checked.restored:
            self.stdout.write(f"  {_of_a_restore(checked.restored)}")
        return fault is not None

    def _tell_of_lines(self, found: Found, lost: int | None = None) -> bool:
        """Whether one of them was altered or is gone. One under an old key proves nothing, and is
        no fault, nor is one in which a machine died."""
        if found.forged:
            self.stdout.write(f"  {found.forged} lines of anchors were altered or are not ours.")
        if found.unknown:
            words = "are signed with a key that is not in FIELD_KEYS any more: not compared."
            self.stdout.write(f"  {found.unknown} lines of anchors {words}")
        if found.torn:
            self.stdout.write(f"  {found.torn} lines of anchors were begun and never ended.")
        if lost:
            self.stdout.write(f"  The last check knew an anchor at number {lost}: it is gone.")
        return bool(found.forged or lost)


def _read(path: Path) -> Found:
    try:
        return anchors.read(path.read_text(encoding="utf-8").splitlines())
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


def _in_words(checked: Checked) -> str:
    anchor = checked.anchor
    if anchor is None:
        return "There is no anchor: nobody could tell if the end had been cut off."
    since = max(checked.last - anchor.number, 0)
    when = f"{anchor.at:%Y-%m-%d %H:%M} UTC"
    return f"The last anchor is at number {anchor.number}, of {when}; {since} rows since."


def _of_a_restore(event: AuditEvent) -> str:
    since = datetime.fromisoformat(event.detail["since"]).astimezone(UTC)
    return (
        f"Number {event.number} says that on {event.at:%Y-%m-%d %H:%M} UTC everything was put back "
        f"to how it was at {since:%Y-%m-%d %H:%M} UTC. If you know of that "
        "restore, this is why, and docs/audit.md says what to do. If not, somebody wrote it."
    )
