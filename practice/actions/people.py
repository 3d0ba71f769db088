"""Who works here: asked in, in which roles, and how they get in again without their phone."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import IntegrityError, transaction

from practice import audit, hooks
from practice.models import Membership, Practice, Role, StaffInvitation, User
from practice.tokens import hash_of, new_token

from .practices import add_staff
from .sign_ins import end_sign_ins


class WorksHere(Exception):
    """Whoever has this address is one of the staff already."""


class AnOwnerIsNeeded(Exception):
    """A practice without an owner could not be looked after by anybody."""


class HandOverFirst(Exception):
    """Something hangs on this role that somebody else has to take over before it ends."""


@transaction.atomic
def invite_staff(practice, *, email, roles, by, now) -> tuple[StaffInvitation, str]:
    """Ask somebody to work here; with the token for the link.

    Whether anybody signs in with this address already, here as a client or elsewhere, is not asked
    here: a worker finds out, for this must not be a way to ask who is in care.
    """
    _hold(practice)
    staff = Membership.objects.current().filter(practice=practice, user__email=email)
    if staff.exists():
        raise WorksHere
    open_one = StaffInvitation.objects.open().filter(practice=practice, email=email).first()
    invitation = open_one or StaffInvitation(practice=practice, email=email)
    invitation.roles = sorted(roles)
    token = _renew(invitation, by=by, now=now)
    invitation.save()
    audit.record("staff_invitation.sent", invitation, by=by, detail={"roles": invitation.roles})
    return invitation, token


@transaction.atomic
def send_staff_invitation_again(invitation, *, by, now) -> str | None:
    """A new link; the earlier one opens nothing any more."""
    invitation = _locked(invitation)
    if not invitation.is_open:
        return None
    token = _renew(invitation, by=by, now=now)
    invitation.save(update_fields=["created_by", "token_hash", "sent_at", "expires_at"])
    audit.record("staff_invitation.sent", invitation, by=by, detail={"roles": invitation.roles})
    return token


@transaction.atomic
def withdraw_staff_invitation(invitation, *, by, now) -> None:
    invitation = _locked(invitation)
    if invitation.is_open:
        invitation.withdrawn_at = now
        invitation.save(update_fields=["withdrawn_at"])
        audit.record("staff_invitation.withdrawn", invitation, by=by)


def withdraw_invitations_of(person, *, now) -> list[StaffInvitation]:
    """Part of what ends their being an owner: what they sent and nobody has used. For the trail of
    whoever ends it."""
    theirs = StaffInvitation.objects.of(person).open().filter(created_by=person)
    invitations = list(theirs.select_for_update(no_key=True).order_by("pk"))
    for invitation in invitations:
        invitation.withdrawn_at = now
        invitation.save(update_fields=["withdrawn_at"])
    return invitations


@transaction.atomic
def accept_staff_invitation(invitation, *, name, time_zone, password, now) -> User | None:
    """Whoever holds the link works here now. None when it is spent, also a moment ago, and when
    whoever sent it could not send it today."""
    practice = _hold(invitation.practice)
    offered, invitation = invitation.token_hash, _locked(invitation)
    if not invitation.is_live(now) or bytes(offered) != bytes(invitation.token_hash):
        return None
    if not _owning(practice).filter(user=invitation.created_by, user__is_active=True).exists():
        return None
    try:
        invitation.user = add_staff(
            invitation.practice,
            name=name,
            email=invitation.email,
            password=password,
            roles=invitation.roles,
            by=invitation.created_by,
            time_zone=time_zone,
        )
    except IntegrityError:  # somebody else came to sign in with that address
        return None
    invitation.used_at = now
    invitation.save(update_fields=["user", "used_at"])
    audit.record("staff_invitation.accepted", invitation, by=invitation.user)
    return invitation.user


@transaction.atomic
def change_roles(person, *, roles, by, now) -> None:
    """From now on these, at least one. To leave the practice altogether is another matter."""
    practice = _hold(person.practice)
    held = {member.role: member for member in person.memberships.current()}
    ended, begun = sorted(held.keys() - set(roles)), sorted(set(roles) - held.keys())
    owners = practice.users.filter(is_active=True, memberships__in=_owning(practice))
    if Role.OWNER in ended and not owners.exclude(pk=person.pk).exists():
        raise AnOwnerIsNeeded
    if not all(hooks.ask("may_end_role", user=person, role=role, now=now) for role in ended):
        raise HandOverFirst
    changed = [held[role] for role in ended]
    for member in changed:
        member.ended_at = now
        member.save(update_fields=["ended_at"])
    withdrawn = withdraw_invitations_of(person, now=now) if Role.OWNER in ended else []
    new = {"practice": practice, "user": person, "created_by": by}
    changed += [Membership.objects.create(**new, role=role) for role in begun]
    for member in changed:
        what = "ended" if member.ended_at else "began"
        audit.record(f"membership.{what}", member, by=by, detail={"role": member.role})
    for invitation in withdrawn:
        audit.record("staff_invitation.withdrawn", invitation, by=by)


@transaction.atomic
def reset_second_factor(person, *, by) -> None:
    """They have lost it: from now on the password lets them in to set up another one, and nowhere
    else. Whoever is signed in as them is signed out."""
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    Authenticator.objects.filter(user=person).delete()
    end_sign_ins(person)
    audit.record("second_factor.reset", person, by=by)


def keep_codes(person, *, now) -> None:
    """They have put their spare codes away."""
    person.codes_kept_at = now
    person.save(update_fields=["codes_kept_at"])


def _hold(practice) -> Practice:
    """Two owners at once: one after the other."""
    return Practice.objects.select_for_update(no_key=True).get(pk=practice.pk)


def _owning(practice):
    return Membership.objects.owning().filter(practice=practice)


def _locked(invitation) -> StaffInvitation:
    found = StaffInvitation.objects.select_for_update(of=("self",))
    return found.select_related("practice", "created_by").get(pk=invitation.pk)


def _renew(invitation, *, by, now) -> str:
    """Whoever sent it last answers for it."""
    token = new_token()
    invitation.created_by = by
    invitation.token_hash = hash_of(token)
    invitation.sent_at = now
    invitation.expires_at = now + settings.STAFF_INVITATION_LIFE
    return token
