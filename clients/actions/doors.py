"""The ways into the portal: links in messages, and the personal code that goes with them."""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, transaction
from django.db.models import F

from clients.models import Client, PortalLink
from clients.models.portal import MOST_WRONG_CODES
from practice import audit, bulk
from practice.actions import end_sign_ins
from practice.models import AuditEvent, User
from practice.tokens import hash_of, new_token

# Wrong codes by one client, whatever way they came, before the door stays shut; then a new code
# opens it again, or the time. With so many a day a birthday is found within weeks, and not unseen.
MOST_WRONG_AN_HOUR, MOST_WRONG_A_DAY = 10, 20
HOUR, DAY = timedelta(hours=1), timedelta(hours=24)
WRONG = ("link.wrong_code", "code.wrong")
CHOSEN = "client.joined"
# Since the practice changed where their links go: until then nobody chooses a new code there.
SETTLES_IN = timedelta(hours=24)


def issue_links(clients, *, now) -> dict:
    """A new link for each client; their earlier ones die. Returns tokens by client id."""
    PortalLink.objects.live().filter(client__among=clients).update(replaced_at=now)
    tokens = {client.pk: new_token() for client in clients}
    bulk.insert(
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
    if not client.has_joined:
        return timedelta(days=settings.INVITATION_DAYS)
    return timedelta(minutes=settings.LINK_MINUTES)


def drop_links(client, *, now) -> None:
    """No link that is under way opens anything any more."""
    PortalLink.objects.live().filter(client=client).update(replaced_at=now)


def close_doors(client, *, now) -> None:
    """Every link dies, and whoever is signed in as the client is signed out."""
    drop_links(client, now=now)
    if client.user_id:
        EmailAddress.objects.filter(user=client.user_id).delete()  # allauth's copy of the old one
        Authenticator.objects.filter(user=client.user_id).delete()  # their phones are added anew
        user = client.user
        user.set_unusable_password()  # sessions hang on it: a new one ends them all
        user.save(update_fields=["password"])
        end_sign_ins(user)


def has_moved(client, *, now) -> bool:
    """Somebody else has just changed where the links of this client go, who has been in already.
    Whoever did could choose their code there, and read what they keep to themselves."""
    if client.user_id is None:
        return False
    changed = AuditEvent.objects.filter(
        client_id=client.pk,
        action__in=("client.changed", "contact.confirmed"),
        at__gt=now - SETTLES_IN,
        detail__fields__has_any_keys=["email", "phone"],
    )
    return changed.exclude(actor=client.user_id).exists()


@transaction.atomic
def accept_invitation(link, *, code, now) -> User | None:
    """The client chooses a personal code, and gets an account if they have none yet. None when
    the link is spent, or when the account can't be made because the address is somebody's."""
    client = _locked(link.client_id)
    if client.has_joined or has_moved(client, now=now) or not _use(link, now=now):
        return None
    if client.user_id is None:
        client.user = _account(client)
        if client.user is None:
            transaction.set_rollback(True)
            return None
    client.personal_code = make_password(code)
    client.save(update_fields=["user", "personal_code"])
    audit.record(CHOSEN, client, by=client.user)
    return client.user


def _account(client) -> User | None:
    try:
        with transaction.atomic():
            return User.objects.create_user(
                email=client.email,
                practice_id=client.practice_id,
                language=client.language,
                time_zone=client.time_zone,
            )
    except IntegrityError:
        return None


@transaction.atomic
def open_link(link, *, code, now) -> User | None:
    """The account behind ``link`` when ``code`` is the client's own; a wrong one is counted."""
    client = link.client
    _locked(client.pk)
    PortalLink.objects.select_for_update().get(pk=link.pk)
    if not is_own_code(client, code=code, by=client.user, now=now, action="link.wrong_code"):
        PortalLink.objects.filter(pk=link.pk, wrong_codes__lt=MOST_WRONG_CODES).update(
            wrong_codes=F("wrong_codes") + 1
        )
        return None
    if not _use(link, now=now):
        return None
    audit.record("link.opened", client, by=client.user)
    return client.user


@transaction.atomic
def is_own_code(client, *, code, by, now, action="code.wrong") -> bool:
    """Is this the client's personal code? Wrong ones are counted one after the other, so that
    trying many at once gains nothing; after too many within the hour or day none is looked at."""
    locked = _locked(client.pk)
    wrong = _wrong_codes(client, now)
    is_right = check_password(code, locked.personal_code)  # as long as it takes, also when shut
    if _are_too_many(wrong, now):
        return False
    if is_right:
        return True
    if len(wrong) + 1 == MOST_WRONG_A_DAY:
        audit.record("code.shut", client, by=None)  # whoever looks after them sees it in the record
    audit.record(action, client, by=by)
    return False


def is_code_shut(client, *, now) -> bool:
    """Too many wrong ones: for now not even the right one opens."""
    return _are_too_many(_wrong_codes(client, now), now)


def _wrong_codes(client, now) -> list[datetime]:
    """When, within the day, since they chose this code."""
    happened = AuditEvent.objects.filter(
        client_id=client.pk, action__in=(*WRONG, CHOSEN), at__gt=now - DAY
    )
    wrong: list[datetime] = []
    for action, at in happened.order_by("number").values_list("action", "at"):
        wrong = [] if action == CHOSEN else [*wrong, at]
    return wrong


def _are_too_many(wrong: list[datetime], now) -> bool:
    within_the_hour = [at for at in wrong if at > now - HOUR]
    return len(wrong) >= MOST_WRONG_A_DAY or len(within_the_hour) >= MOST_WRONG_AN_HOUR


def _locked(client_id) -> Client:
    """Always before their links, and without the key: a message that goes out meanwhile has their
    link in hand, and still has to see that the client is there before it can let go of it."""
    return Client.objects.select_for_update(of=("self",), no_key=True).get(pk=client_id)


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
