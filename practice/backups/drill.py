"""From a file to a database that holds: to look whether it does, and to go on working with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings

from . import databases, erased, holding, restoring, settling
from .pruning import KEYS
from .sealing import Refused
from .taking import Say


def verify(path: Path, *, now: datetime, say: Say, into: str = "") -> None:
    """Restore it beside, look, and throw that away. Raises Refused."""
    databases.drop_left_over(now)
    scratch = into or databases.beside(databases.SCRATCH, now)
    with _empty(scratch, is_ours=not into):
        try:
            restoring.fill(scratch, path, path.with_name(KEYS), say=say)
            with databases.working_in(scratch):
                holding.look(say, is_of_one_moment=True)
        finally:
            if into:
                databases.clear(scratch)
            else:
                databases.drop(scratch)


def restore(path: Path, keys: Path, *, now: datetime, say: Say, into: str = "") -> str:
    """Put it in the place of the app's database; or only ``into`` another one, which is empty. The
    name under which the database that was there is kept, if there was one."""
    if not into:
        databases.refuse_if_in_use()
    databases.drop_left_over(now)
    new = into or databases.beside(databases.RESTORED, now)
    with _empty(new, is_ours=not into):
        try:
            since = restoring.fill(new, path, keys, say=say)
            with databases.working_in(new):
                holding.look(say)
            erased.add(new, replaced=databases.name(), keys=_newest_keys(), say=say)
            with databases.working_in(new):
                say(f"What was to be sent between {since:%Y-%m-%d %H:%M} UTC and now is unknown")
                settling.settle(since=since, now=now)
            if into:
                return ""
            before = databases.beside(databases.BEFORE, now)
            return before if databases.swap(new, keep_as=before) else ""
        except BaseException:
            if not into:
                databases.drop(new)
            raise


def settle(*, since: datetime, keys: Path | None, now: datetime, say: Say) -> None:
    """The database was put back to an earlier moment by other means."""
    databases.refuse_if_in_use()
    known = [keys] if keys else _newest_keys()
    if not known:
        say("There is no file of keys: whoever was erased since then has to be erased again.")
    erased.add(databases.name(), keys=known, say=say)
    with databases.working_in(databases.name()):
        settling.settle(since=since, now=now)


def _newest_keys() -> list[Path]:
    return [path for path in [settings.BACKUP_DIR / KEYS] if path.exists()]


@contextmanager
def _empty(database: str, *, is_ours: bool) -> Iterator[None]:
    if is_ours:
        databases.make(database)
    elif not databases.is_empty(database):
        raise Refused(f"The database {database} is not empty.")
    yield
