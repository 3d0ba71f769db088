"""Who works here: the owner's page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from practice import actions, knocks, letters, walls
from practice.access import fresh, fresh_to_act, let_in, staff
from practice.forms import InviteForm, JoinForm, RolesForm
from practice.models import Knock, Role, StaffInvitation, User
from practice.people import colleagues_of


@staff(Role.OWNER)
@require_safe
def people(request):
    now = timezone.now()
    invitations = StaffInvitation.objects.of(request.user).open().order_by("email")
    context = {
        "people": colleagues_of(request.user),
        "invitations": [(each, each.is_live(now)) for each in invitations],
    }
    return render(request, "practice/people.html", context)


@staff(Role.OWNER)
@fresh
@require_http_methods(["GET", "POST"])
def staff_invite(request):
    form = InviteForm(request.POST or None, by=request.user)
    if form.is_valid():
        invitation, token = form.save()
        _send(request, invitation, token)
        return redirect("people")
    return render(request, "practice/staff_invite.html", {"form": form})


@staff(Role.OWNER)
@fresh_to_act
@require_POST
def staff_invitation_again(request, invitation_id):
    invitation = _invitation(request, invitation_id)
    token = actions.send_staff_invitation_again(invitation, by=request.user, now=timezone.now())
    _send(request, invitation, token)
    return redirect("people")


@staff(Role.OWNER)
@fresh_to_act
@require_POST
def staff_invitation_withdraw(request, invitation_id):
    invitation = _invitation(request, invitation_id)
    actions.withdraw_staff_invitation(invitation, by=request.user, now=timezone.now())
    messages.success(request, _("Withdrawn. The link opens nothing any more."))
    return redirect("people")


def _invitation(request, invitation_id) -> StaffInvitation:
    return get_object_or_404(StaffInvitation.objects.of(request.user).open(), pk=invitation_id)


def _send(request, invitation, token):
    """A worker finds out whether a mail may leave. Neither the words of this page nor how long it
    takes are a way to ask who is in care."""
    if token is not None:
        knocks.ask(Knock.Kind.STAFF, invitation.email, now=timezone.now(), token=token)
    messages.success(request, _("Invited. The link is good for three days."))


@staff(Role.OWNER)
@fresh
@require_http_methods(["GET", "POST"])
def person(request, person_id):
    """What one of them may do, and the ways back in."""
    found = _person(request, person_id)
    form = RolesForm(request.POST or None, person=found, by=request.user)
    if form.is_valid() and form.save():
        messages.success(request, _("Kept."))
        may_see = found != request.user or Role.OWNER in form.cleaned_data["roles"]
        return redirect("people" if may_see else "home")
    return render(request, "practice/person.html", {"person": found, "form": form})


@staff(Role.OWNER)
@fresh
@require_http_methods(["GET", "POST"])
def second_factor_reset(request, person_id):
    """They have lost it and have no spare code left."""
    found = _person(request, person_id)
    if found == request.user or not found.has_second_factor:
        return redirect("person", found.pk)
    if request.method == "POST":
        actions.reset_second_factor(found, by=request.user)
        letters.tell_of_reset(found, by=request.user)
        words = _("Done. %(name)s signs in with the password and sets up a new one at once.")
        messages.success(request, words % {"name": found})
        return redirect("person", found.pk)
    return render(request, "practice/second_factor_reset.html", {"person": found})


def _person(request, person_id) -> User:
    return get_object_or_404(colleagues_of(request.user), pk=person_id)


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def staff_join(request, token):
    """The link of an invitation. Mail scanners open links: only sending the form uses it up."""
    now = timezone.now()
    invitation = walls.found(StaffInvitation.objects.by_token(token).select_related("practice"))
    if invitation is None or not invitation.is_live(now):
        return _spent(request)
    form = JoinForm(request.POST or None, invitation=invitation)
    if form.is_valid():
        user = form.save(now=now)
        if user is None:
            return _spent(request)
        let_in(request, user)
        return redirect("home")
    return render(request, "practice/staff_join.html", {"form": form, "invitation": invitation})


def _spent(request):
    return render(request, "practice/staff_join_gone.html", status=410)


@staff()
@require_POST
def codes_kept(request):
    """They say that they have put their spare codes away."""
    actions.keep_codes(request.user, now=timezone.now())
    return redirect("home")
