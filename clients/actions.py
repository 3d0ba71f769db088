"""Verbs about people in care. Each is one transaction, with its line in the audit trail."""

from contextlib import contextmanager
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, transaction
from django.db.models import F

from practice import audit, hooks
from practice.models import User

from .models import CareTeam, Client, Episode, PortalLink, SafeContact, SafetyCheck, Session
from .models.portal import MOST_WRONG_CODES, hash_of, new_token


class AddressTaken(Exception):
    """Somebody else signs in with this address already."""


class TimeTaken(Exception):
    """There is another session with this client at this time."""


@transaction.atomic
def add_client(
    *, by, preferred_name, pronouns, email, language, time_zone, contact: dict, now
) -> Client:
    """Take a person into care: client, care team, episode and how they may be reached."""
    client = Client.objects.create(
        practice_id=by.practice_id,
        created_by=by,
        preferred_name=preferred_name,
        pronouns=pronouns,
        email=email.strip().lower(),
        language=language,
        time_zone=time_zone,
    )
    shared = {"practice_id": by.practice_id, "client": client, "created_by": by}
    CareTeam.objects.create(**shared, clinician=by, since=now)
    Episode.objects.create(**shared, opened_at=now)
    SafeContact.objects.create(**shared, **contact, confirmed_at=now)
    audit.record("client.added", client, by=by)
    return client


def is_taken(email, *, but_by) -> bool:
    return User.objects.filter(email=email).exclude(pk=but_by).exists()


@transaction.atomic
def change_client(client, *, by, now, **person) -> Client:
    """Correct who they are. A client who has joined signs in with the new address from now on."""
    for name, value in person.items():
        setattr(client, name, value)
    client.save(update_fields=list(person))
    if client.user_id:
        user = client.user
        user.email, user.language, user.time_zone = (
            client.email,
            client.language,
            client.time_zone,
        )
        user.save(update_fields=["email", "language", "time_zone"])
        EmailAddress.objects.filter(user=user).delete()  # allauth's copy of the old one
    audit.record("client.changed", client, by=by, detail={"fields": sorted(person)})
    hooks.call("contact_changed", client=client, now=now)
    return client


@transaction.atomic
def confirm_contact(client, *, by, now, **how) -> SafeContact:
    """The client said how they may be reached. The earlier word is kept as history."""
    Client.objects.select_for_update(of=("self",)).get(pk=client.pk)
    client.safe_contacts.current().update(replaced_at=now)
    contact = SafeContact.objects.create(
        practice_id=client.practice_id, client=client, created_by=by, confirmed_at=now, **how
    )
    hooks.call("contact_changed", client=client, now=now)
    audit.record("contact.confirmed", contact, by=by, detail={"channel": contact.channel})
    return contact


def stop_messages(client, *, by, now) -> SafeContact:
    """The client wants no messages; everything else they said stays."""
    last = client.safe_contacts.current().get()
    kept = (
        "weekdays",
        "hours_from",
        "hours_until",
        "wording",
        "most_reminders",
        "spacing_days",
        "paused_until",
        "others_see_device",
    )
    return confirm_contact(
        client,
        by=by,
        now=now,
        channel="none",
        **{name: getattr(last, name) for name in kept},
    )


@transaction.atomic
def record_safety_check(client, *, by, outcome, note, now) -> SafetyCheck:
    check = SafetyCheck.objects.create(
        practice_id=client.practice_id,
        client=client,
        created_by=by,
        outcome=outcome,
        note=note,
        checked_at=now,
    )
    hooks.call("contact_changed", client=client, now=now)
    audit.record("safety_check.recorded", check, by=by)
    return check


@transaction.atomic
def invite(client, *, by, now) -> Client:
    """Ask the client into the portal; the message leaves at an hour that is safe for them."""
    client.invited_at = now
    client.save(update_fields=["invited_at"])
    hooks.call("contact_changed", client=client, now=now)
    audit.record("client.invited", client, by=by)
    return client


@transaction.atomic
def book_session(client, *, by, starts_at, minutes=50) -> Session:
    episode = client.episodes.get(closed_at__isnull=True)
    with _at_a_free_time():
        session = Session.objects.create(
            practice_id=client.practice_id,
            client=client,
            episode=episode,
            clinician=by,
            created_by=by,
            starts_at=starts_at,
            minutes=minutes,
        )
    audit.record("session.booked", session, by=by)
    return session


@transaction.atomic
def settle_session(session, *, outcome, by, now) -> Session:
    """Say what became of it: attended, missed or cancelled. Saying it again corrects it."""
    for name in ("attended", "missed", "cancelled"):
        setattr(session, f"{name}_at", now if name == outcome else None)
    with _at_a_free_time():
        session.save(update_fields=["attended_at", "missed_at", "cancelled_at"])
    audit.record(f"session.{outcome}", session, by=by)
    return session


@contextmanager
def _at_a_free_time():
    """The database decides, also between two clicks; what else it refuses stays a fault."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "session_once_per_time" in str(error):
            raise TimeTaken from error
        raise


def issue_links(clients, *, now) -> dict:
    """A new link for each client; their earlier ones die. Returns tokens by client id."""
    PortalLink.objects.filter(
        client__in=[client.pk for client in clients], used_at__isnull=True, replaced_at__isnull=True
    ).update(replaced_at=now)
    tokens = {client.pk: new_token() for client in clients}
    PortalLink.objects.bulk_create(
        PortalLink(
            practice_id=client.practice_id,
            client=client,
            token_hash=hash_of(tokens[client.pk]),
            expires_at=now + link_life(client),
        )
        for client in clients
    )
    return tokens


def link_life(client) -> timedelta:
    if client.user_id is None:
        return timedelta(days=settings.INVITATION_DAYS)
    return timedelta(hours=settings.LINK_HOURS)


@transaction.atomic
def accept_invitation(link, *, code, now) -> User | None:
    """The client sets a personal code and gets an account. None when the link is spent."""
    client = link.client
    if client.user_id is not None or not _use(link, now=now):
        return None
    if User.objects.filter(email=client.email).exists():
        raise AddressTaken
    user = User.objects.create_user(
        email=client.email,
        practice_id=client.practice_id,
        language=client.language,
        time_zone=client.time_zone,
    )
    client.user = user
    client.personal_code = make_password(code)
    client.save(update_fields=["user", "personal_code"])
    audit.record("client.joined", client, by=user)
    return user


@transaction.atomic
def open_link(link, *, code, now) -> User | None:
    """The account behind ``link`` when ``code`` is the client's own; a wrong one is counted."""
    client = link.client
    PortalLink.objects.select_for_update().get(pk=link.pk)
    if not check_password(code, client.personal_code):
        PortalLink.objects.filter(pk=link.pk, wrong_codes__lt=MOST_WRONG_CODES).update(
            wrong_codes=F("wrong_codes") + 1
        )
        audit.record("link.wrong_code", client, by=None)
        return None
    if not _use(link, now=now):
        return None
    audit.record("link.opened", client, by=client.user)
    return client.user


def _use(link, *, now) -> bool:
    """Claim the link: of two tabs with the same one, one gets in."""
    return (
        PortalLink.objects.filter(
            pk=link.pk,
            used_at__isnull=True,
            replaced_at__isnull=True,
            expires_at__gt=now,
            wrong_codes__lt=MOST_WRONG_CODES,
        ).update(used_at=now)
        == 1
    )
