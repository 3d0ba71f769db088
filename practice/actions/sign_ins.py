"""Where people are signed in: begun, gone on with, and ended."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from practice import audit, devices, limits
from practice.database.prepared import PreparedUpdate
from practice.models import SignIn

IN_SESSION = "sign_in"
WRITTEN_EVERY = timedelta(seconds=30)  # so an idle one may end that much early, and never late


@transaction.atomic
def begin_sign_in(user, *, agent: str, now) -> SignIn:
    """``agent`` is the header of the browser; only what it is in words is kept. Where a client
    signs in from is kept nowhere: it would say where they live. A mark stays, by which a worker
    knows that they have been there (practice/knocks.py)."""
    user.sign_ins.exclude(pk__in=user.sign_ins.live(now)).delete()
    browser, system = devices.in_words(agent)
    sign_in = SignIn.objects.create(
        practice_id=user.practice_id,
        user=user,
        created_at=now,
        acted_at=now,
        browser=browser,
        system=system,
        address=audit.address.get() if user.roles else None,
    )
    mark = limits.been_there(user, audit.address.get())
    audit.record("sign_in.began", sign_in, by=user, detail={"network": mark} if mark else {})
    return sign_in


def _acted(pk, now):
    return SignIn.objects.filter(pk=pk, acted_at__lt=now), {"acted_at": now}


_write_act = PreparedUpdate("sign_in_acted", _acted, pk=UUID, now=datetime)


def go_on(sign_in, *, now) -> None:
    """A person did something. Written at most every so often, and never back in time."""
    if now - sign_in.acted_at >= WRITTEN_EVERY:
        _write_act(pk=sign_in.pk, now=now)
        sign_in.acted_at = now


@transaction.atomic
def end_sign_in(sign_in, *, by) -> None:
    """From now on that browser sees nothing."""
    deleted, _rows = SignIn.objects.filter(pk=sign_in.pk).delete()
    if deleted:
        audit.record("sign_in.ended", sign_in, by=by)


@transaction.atomic
def end_others(user, *, but, by) -> int:
    """Everywhere except here; how many that were."""
    ended, _rows = user.sign_ins.exclude(pk=but).delete()
    audit.record("sign_in.others_ended", user, by=by, detail={"ended": ended})
    return ended


def end_sign_ins(user, *, but=None) -> None:
    """Part of what ended them: another password, no second factor, no work here any more."""
    user.sign_ins.exclude(pk=but).delete()
