"""A dry run: what a client would hear about work that has not been assigned yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice
from math import inf
from typing import Protocol

from .clocks import utc
from .contact import Contact, ContactRules, OpenItem, next_contact

LONGEST_FORECAST = 4000  # occurrences; a client who is never contacted is not followed for ever


class Asked(Protocol):
    """A window, or an occurrence that was made of one."""

    @property
    def number(self) -> int: ...
    @property
    def opens_at(self) -> datetime: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def expires_at(self) -> datetime | None: ...


def forecast(
    occurrences: Iterable[Asked],
    rules: ContactRules,
    *,
    now: datetime,
    last_contact_at: datetime | None = None,
    is_told: bool = False,
    answers: bool = False,
    silent_after: int | None = None,
    most: int = 200,
) -> list[Contact]:
    """The messages that would come of ``occurrences`` if none was answered; at most ``most``.

    ``occurrences`` come in order of opening, endless if need be; in the messages they are their
    numbers. The first is news to the client unless ``is_told``. With ``answers``, each is answered
    before the client would be reminded of it: that is all they hear. After as many missed as
    ``silent_after`` the reminders stop.
    """
    asked = islice(occurrences, 1 if answers else LONGEST_FORECAST)
    messages = _messages(
        asked,
        rules,
        now=utc(now),
        last_contact_at=last_contact_at,
        is_news=not is_told,
        is_silent=answers or rules.most == 0,
        silent_after=inf if silent_after is None else silent_after,
    )
    return list(islice(messages, most))


def _messages(
    asked: Iterator[Asked],
    rules: ContactRules,
    *,
    now: datetime,
    last_contact_at: datetime | None,
    is_news: bool,
    is_silent: bool,
    silent_after: float,
) -> Iterator[Contact]:
    upcoming = next(asked, None)
    items: list[OpenItem] = []
    due: list[datetime] = []
    while True:
        contact = next_contact(
            items, rules, now=now, last_contact_at=last_contact_at, is_silent=is_silent
        )
        if contact is None and (upcoming is None or (is_silent and not is_news)):
            return
        if upcoming is not None and (contact is None or upcoming.opens_at <= contact.at):
            now = max(now, utc(upcoming.opens_at))  # until then they hear nothing
            items = [item for item in items if not item.is_over(now)]
            items.append(_unheard_of(upcoming, is_news))
            due += _counts(upcoming, rules)
            is_news, upcoming = False, next(asked, None)
        elif contact is not None and not is_silent and _missed(due, contact.at) >= silent_after:
            is_silent = True
        elif contact is not None:
            yield contact
            now = last_contact_at = contact.at
            items = [_heard_of(item, contact) for item in items]


def _counts(occurrence: Asked, rules: ContactRules) -> list[datetime]:
    """When it is due, unless that is within a pause: a break that was agreed is no silence."""
    if occurrence.due_at is None:
        return []
    is_quiet = rules.is_quiet(occurrence.due_at.astimezone(rules.zone).date())
    return [] if is_quiet else [occurrence.due_at]


def _missed(due: list[datetime], moment: datetime) -> int:
    return sum(due_at < moment for due_at in due)


def _unheard_of(occurrence: Asked, announce: bool) -> OpenItem:
    return OpenItem(
        key=occurrence.number,
        opens_at=occurrence.opens_at,
        due_at=occurrence.due_at,
        expires_at=occurrence.expires_at,
        announce=announce,
        nudges=0,
        last_nudge_at=None,
    )


def _heard_of(item: OpenItem, contact: Contact) -> OpenItem:
    if item.key in contact.nudges:
        return replace(item, nudges=item.nudges + 1, last_nudge_at=contact.at)
    return replace(item, announce=item.announce and item.key not in contact.announces)
