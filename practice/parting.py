"""Somebody who works here leaves: their roles end, and nothing opens for them any more."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied

from .actions import end_sign_ins
from .limits import mark_of
from .models import Knock, Membership, Theme, User


class NotAtWork(PermissionDenied):
    """Whoever this is about has left, or lost the role, a moment ago."""


def hold_at_work(*people: User, role: str) -> None:
    """Within a transaction: they hold ``role``, and keep it until it ends. Whoever ends a role
    takes the same lock first, so of two at once the second sees what the first has done."""
    wanted = {person.pk for person in people}
    rows = User.objects.select_for_update(no_key=True).filter(pk__in=wanted, is_active=True)
    held = Membership.objects.current().filter(user__in=wanted, role=role)
    if len(rows.order_by("pk")) < len(wanted) or held.count() < len(wanted):
        raise NotAtWork


def has_another_owner(user: User) -> bool:
    others = Membership.objects.owning().filter(practice=user.practice_id)
    return others.filter(user__is_active=True).exclude(user=user).exists()


def close_account(user: User, *, now) -> list[Membership]:
    """Every role ends, every session ends at once, and what they signed in with is gone. Who they
    were stays on what they did. The roles that ended, for the audit trail."""
    ended = list(user.memberships.current().select_for_update(no_key=True))
    for membership in ended:
        membership.ended_at = now
        membership.save(update_fields=["ended_at"])
    user.is_active = False
    user.set_unusable_password()  # a session that is being written just now hangs on the old one
    user.save(update_fields=["is_active", "password"])
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    end_sign_ins(user)
    return ended


def empty_account(user: User, *, now) -> None:
    """Of somebody who is forgotten the row stays, for the trail points at it, and nothing in it.
    What was asked or tried with their address is not waited for."""
    close_account(user, now=now)
    Knock.objects.filter(mark=mark_of(user.email)).delete()
    user.email = f"{user.pk}@erased.invalid"
    user.name, user.language, user.time_zone, user.theme = "", "en", "UTC", Theme.DEVICE
    user.last_login = user.codes_kept_at = None
    user.save()
