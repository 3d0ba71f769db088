"""The chain of a practice, its anchors, and what is found: for the command, the worker and the
owner's page."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from smtplib import SMTPException
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail

from practice import walls
from practice.models import AuditCheck, AuditEvent, Practice

from . import anchors
from .anchors import Anchor, Found
from .chain import Fault, Kind, walk
from .stored import end_of, rows_of

log = logging.getLogger(__name__)
CHECKED_EVERY = timedelta(hours=20)  # once a night, whenever a worker has time


@dataclass(frozen=True, slots=True)
class Checked:
    practice_id: UUID
    last: int  # up to which number it is in order
    fault: Fault | None
    anchor: Anchor | None  # the newest that was compared
    restored: AuditEvent | None = None  # says why anchors know of what is not there
    forged: int = 0  # lines of anchors that are not ours or were altered
    lost: int | None = None  # the end that the last check knew of, and no line knows any more


def check(practice_id: UUID, kept: Found) -> Checked:
    mine = sorted(kept.of(practice_id), key=lambda each: each.number)
    hashes = {each.number: each.hash for each in mine}
    with walls.inside(practice_id):
        found = walk(partial(rows_of, practice_id), anchors=hashes)
        restored = _restore_behind(practice_id, found.fault, mine) if found.fault else None
        before = last_check_of(practice_id)
    return Checked(
        practice_id,
        found.last,
        found.fault,
        mine[-1] if mine else None,
        restored,
        kept.forged,
        _lost(practice_id, before.anchored_number if before else None, kept),
    )


def _lost(practice_id: UUID, number: int | None, kept: Found) -> int | None:
    """A file that is gone is begun anew within the hour: by the newest line alone nobody sees it.
    Lines under a master key that was taken away prove nothing, and newer ones are there then."""
    there = {each.number for each in kept.of(practice_id)}
    if number is None or number in there or (kept.unknown and max(there, default=0) > number):
        return None
    aside = {each.number for each in anchors.put_aside(practice_id).anchors}
    return None if number in aside else number


def _restore_behind(practice_id: UUID, fault: Fault, mine: list[Anchor]) -> AuditEvent | None:
    """After the last anchor that holds and before the first that does not, in number and in time,
    the trail says that the database was put back. That explains a fault and proves nothing: whoever
    can cut off can also write this. So the fault stays one."""
    if fault.kind not in (Kind.CUT_OFF, Kind.REWRITTEN):
        return None
    holds = max((each.number for each in mine if each.number < fault.number), default=0)
    first = next(each for each in mine if each.number >= fault.number)
    said = AuditEvent.objects.filter(practice=practice_id, action="practice.restored")
    between = said.filter(number__gt=holds, number__lte=first.number, at__gt=first.at)
    return between.order_by("number").first()


def anchor_all(*, now: datetime) -> None:
    """The end of each chain that has grown. Of one whose file cannot be written the others are not
    held up."""
    today, there = [], [practice.pk for practice in Practice.objects.everywhere()]
    for practice_id in anchors.practices_kept() - set(there):
        log.error("audit: practice %s has anchors and is not there any more", practice_id)
    for practice_id in there:
        with walls.inside(practice_id):
            end = end_of(practice_id)
        if end is None:
            continue
        anchor = Anchor(practice_id, *end, at=now)
        try:
            before = anchors.newest_of(practice_id)
            is_new = anchors.keep(anchor)
        except OSError as error:
            kind = type(error).__name__
            log.error("audit: the anchor of practice %s is not kept: %s", practice_id, kind)
            continue
        if is_new and (before is None or before.at.date() < now.date()):
            today.append(anchor.line())
    if today and settings.AUDIT_ANCHORS_MAIL and settings.ADMINS:
        _mail("\n".join(today) + "\n")


def _mail(lines: str) -> None:
    people = [address for _name, address in settings.ADMINS]
    try:
        send_mail("Trellis: ends of the audit trail", lines, settings.SERVER_EMAIL, people)
    except (OSError, SMTPException) as error:
        log.warning("audit: the mail with anchors was not taken: %s", type(error).__name__)


def check_next(*, now: datetime) -> bool:
    """One practice whose check is due; whether there was one."""
    for practice in Practice.objects.everywhere():
        with walls.inside(practice.pk):
            before = last_check_of(practice.pk)
            if before is None or before.at <= now - CHECKED_EVERY:
                _note(check(practice.pk, anchors.kept_of(practice.pk)), now)
                return True
    return False


def _note(found: Checked, now: datetime) -> None:
    AuditCheck.objects.update_or_create(
        practice_id=found.practice_id,
        defaults={
            "at": now,
            "last": found.last,
            "bad_number": found.fault and found.fault.number,
            "fault": found.fault.kind if found.fault else "",
            "anchored_number": found.anchor and found.anchor.number,
            "anchored_at": found.anchor and found.anchor.at,
            "lines_forged": found.forged,
            "lost_number": found.lost,
        },
    )
    if found.fault:
        facts = found.practice_id, found.fault.number, found.fault.kind
        log.error("audit: practice %s is not as it was written: number %s, %s", *facts)
    if found.forged or found.lost:
        facts = found.practice_id, found.forged, found.lost
        log.error("audit: anchors of practice %s: %s lines altered, lost number: %s", *facts)


def last_check_of(practice_id: UUID) -> AuditCheck | None:
    return AuditCheck.objects.filter(practice=practice_id).first()
