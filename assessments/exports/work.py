"""One export while it is made: what it is of, how far it is, and that it is still ours."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings

from assessments.models import Export

from .scope import NotMade, Scope

LARGEST = 100 * 1024 * 1024  # bytes of a file: it is sealed in one piece
LONGEST = 600  # seconds; Celery's limit for the task is above it


class Lost(Exception):
    """Somebody deleted it, or another worker took it over after our lease had run out."""


def lease(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.EXPORT_LEASE_SECONDS)


@dataclass
class Work:
    export: Export
    scope: Scope
    out: object  # the file that grows
    clock: Callable[[], datetime]
    began: float = field(default_factory=time.monotonic)
    done: int = 0
    total: int = 0

    def begin(self, total: int) -> None:
        """Raises NotMade when there is nothing."""
        if not total:
            raise NotMade(Export.Why.NOTHING)
        self.total = total
        self._note(total=total)

    def step(self, more: int) -> None:
        """So many more are written. Committed at once: pages see it, and the lease goes on.

        Raises Lost, and NotMade when the file or the time for it has grown too large.
        """
        self.done = min(self.done + more, self.total)
        if self.out.tell() > LARGEST or time.monotonic() - self.began > LONGEST:
            raise NotMade(Export.Why.TOO_MUCH)
        self._note(done=self.done)

    def _note(self, **facts) -> None:
        ours = Export.objects.to_make().filter(pk=self.export.pk, claim=self.export.claim)
        if not ours.update(lease_until=lease(self.clock()), **facts):
            raise Lost
