"""Who is in care, and who they are."""

from datetime import datetime, time, timedelta

from django.db import IntegrityError, transaction

from clients.models import CareTeam, Channel, Client, Episode, RetentionPolicy, SafeContact
from practice import audit, hooks, knocks, walls
from practice.models import Erased, Knock, Role, User
from practice.parting import hold_at_work

from .contact import lift_bounce, number_changed
from .doors import close_doors, has_moved

SECOND_CLICK = timedelta(minutes=1)


class AddressTaken(Exception):
    """Somebody else signs in with this address already."""


class HasMoved(Exception):
    """Where their links go was changed less than a day ago."""


class AlreadyAdded(Exception):
    """This very form was sent before: a second click, or a second tab."""


def add_client(*, pk=None, by, now, contact: dict, **person) -> Client:
    """Take a person into care: client, care team, episode and how they may be reached.

    ``pk`` is the identity that the form was given; the same form sent twice raises AlreadyAdded.
    """
    try:
        with transaction.atomic():
            return _add(pk, by=by, now=now, contact=contact, person=person)
    except IntegrityError as error:
        with walls.crossing():  # the name of somebody of another practice is taken too
            is_there = pk is not None and Client.objects.filter(pk=pk).exists()
        if is_there:
            raise AlreadyAdded from error
        raise


def _add(pk, *, by, now, contact, person) -> Client:
    hold_at_work(by, role=Role.CLINICIAN)  # who leaves just now takes nobody into care any more
    identity = {"pk": pk} if pk else {}
    client = Client(**identity, practice_id=by.practice_id, created_by=by, **person)
    client.email = client.email.strip().lower()
    client.save(force_insert=True)
    # The form may be older than their erasure: its name must not come back (after a restore whoever
    # has it is erased again). Asked with the row in hand, so that no erasure is under way.
    if pk and Erased.objects.filter(pk=pk).exists():
        raise AlreadyAdded
    shared = {"practice_id": by.practice_id, "client": client, "created_by": by}
    CareTeam.objects.create(**shared, clinician=by, since=now)
    Episode.objects.create(**shared, opened_at=now)
    SafeContact.objects.create(**shared, **contact, confirmed_at=now)
    audit.record("client.added", client, by=by)
    return client


def is_taken(email, *, but_by=None) -> bool:
    """Does somebody else sign in with this address?"""
    return bool(email) and User.objects.signs_in(email, but_by=but_by)


@transaction.atomic
def change_client(client, *, by, now, **person) -> Client:
    """Correct who they are. With another address or number, whatever the old one could open is
    closed, and that the old one failed is forgotten."""
    before = Client.objects.select_for_update(of=("self",), no_key=True).get(pk=client.pk)
    for name, value in person.items():
        setattr(client, name, value)
    client.save(update_fields=list(person))
    if client.user_id:
        _follow(client)
    if client.email != before.email:
        close_doors(client, now=now)
        lift_bounce(client, Channel.EMAIL, now=now)
    if client.phone != before.phone:
        number_changed(client, before=before.phone, now=now)
    if client.time_zone != before.time_zone:
        hooks.call("zone_changed", client=client, before=before.zone, now=now)
    hooks.call("contact_changed", client=client, now=now)
    changed = sorted(name for name, value in person.items() if getattr(before, name) != value)
    audit.record("client.changed", client, by=by, detail={"fields": changed})
    return client


def _follow(client) -> None:
    """The account of a client who has joined says what the record says."""
    user = client.user
    user.email, user.language, user.time_zone = client.email, client.language, client.time_zone
    try:
        with transaction.atomic():
            user.save(update_fields=["email", "language", "time_zone"])
    except IntegrityError as error:
        raise AddressTaken from error


@transaction.atomic
def invite(client, *, by, now) -> Client:
    """Ask the client into the portal; the message leaves at an hour that is safe for them."""
    if is_taken(client.email, but_by=client.user_id):
        raise AddressTaken
    if _has_just_been_invited(client, now):
        return client
    client.invited_at = now
    client.save(update_fields=["invited_at"])
    hooks.call("contact_changed", client=client, now=now)
    audit.record("client.invited", client, by=by)
    return client


def _has_just_been_invited(client, now) -> bool:
    """A second click: the message of the first has left, and its link opens."""
    since = client.invited_at and now - client.invited_at
    is_fresh = since is not None and timedelta(0) <= since < SECOND_CLICK
    return is_fresh and client.portal_links.live().exists()


@transaction.atomic
def forget_code(client, *, by, now) -> Client:
    """They forgot their personal code: everything that is open closes, and a new link leaves.
    Raises HasMoved."""
    if has_moved(client, now=now):
        raise HasMoved
    if not client.personal_code and _has_just_been_invited(client, now):
        return client
    client.personal_code = ""
    client.invited_at = now
    client.save(update_fields=["personal_code", "invited_at"])
    close_doors(client, now=now)
    hooks.call("contact_changed", client=client, now=now)
    audit.record("client.code_forgotten", client, by=by)
    return client


@transaction.atomic
def close_episode(client, *, by, reason, now) -> Episode:
    """Care ends: nothing is asked any more, and no message leaves but one that says until when the
    portal is open. The record stays."""
    episode = client.episodes.select_for_update().get(closed_at__isnull=True)
    episode.closed_at, episode.close_reason = now, reason
    episode.save(update_fields=["closed_at", "close_reason"])
    client.portal_closes_at = closes_at(client, now=now)
    client.save(update_fields=["portal_closes_at"])
    hooks.call("episode_closed", client=client, by=by, now=now)
    if client.user_id and client.email and client.portal_closes_at > now:
        _say_until_when(client, now)
    audit.record("episode.closed", episode, by=by)
    return episode


def closes_at(client, *, now: datetime) -> datetime:
    """The end of their last day in the portal, when care ends now."""
    days = RetentionPolicy.of_practice(client.practice_id).grace_days
    if not days:
        return now
    last = client.local_day(now) + timedelta(days=days)
    return datetime.combine(last + timedelta(days=1), time(), client.zone)


def _say_until_when(client, now) -> None:
    """By mail, at an hour that is safe for them, where a mail is. The clinician tells the rest."""
    pk, life = str(client.pk), timedelta(days=14)
    facts = {"client": pk, "last_day": client.portal_last_day.isoformat()}
    knocks.write(Knock.Kind.NOTE, client.email, counted_by=pk, now=now, life=life, **facts)
