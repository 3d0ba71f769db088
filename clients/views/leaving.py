"""Somebody leaves the practice."""

from django.contrib import messages
from django.contrib.auth import logout
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from clients import actions
from clients.forms import LeavingForm
from clients.models import Absence, Cover, Session
from practice import audit
from practice.access import fresh, staff
from practice.models import Role
from practice.parting import NotAtWork, has_another_owner


@staff(Role.OWNER)
@fresh
@require_http_methods(["GET", "POST"])
def staff_leave(request, person_id):
    """What hangs on them, who takes it, and then all of it at once."""
    staff_here = request.user.practice.users.filter(is_active=True, memberships__ended_at=None)
    person = get_object_or_404(staff_here.exclude(memberships=None).distinct(), pk=person_id)
    form = LeavingForm(request.POST or None, person=person, by=request.user)
    if form.is_valid() and (done := _leave(request, form)):
        return done
    # Names of clients whom the owner may not look after: to choose who takes them, and no further.
    audit.record("caseload.shown_to_owner", person, by=request.user)
    now = timezone.now()
    context = {
        "person": person,
        "form": form,
        "is_last_owner": not has_another_owner(person),
        "sessions": Session.objects.to_come(now).filter(clinician=person).select_related("client"),
        "absences": Absence.objects.not_over(now)
        .filter(clinician=person)
        .select_related("practice"),
        "covers": Cover.objects.mine(person)
        .not_over(now)
        .select_related("absence__clinician", "absence__practice"),
    }
    return render(request, "clients/staff_leave.html", context)


def _leave(request, form):
    """Where to go when it is done; None when the page says why it is not."""
    try:
        parting = form.save()
    except actions.LastOwner:
        return None  # the page says so
    except actions.NobodyTakes:
        form.add_error(None, _("The caseload has grown meanwhile. Please look at it once more."))
        return None
    except NotAtWork:
        form.add_error(None, _("Somebody here has left meanwhile. Please look at it once more."))
        return None
    if form.person == request.user:
        logout(request)
        return redirect("account_login")
    messages.success(request, _said(form.person, parting))
    for session in parting.clashes:
        messages.warning(request, _clash(session))
    return redirect("people")


def _said(person, parting) -> str:
    """Each number in a sentence of its own: both are singular or plural by themselves."""
    clients = ngettext(
        "%(n)s client is handed over.", "%(n)s clients are handed over.", parting.handed
    ) % {"n": parting.handed}
    sessions = ngettext(
        "%(n)s session goes with them.", "%(n)s sessions go with them.", parting.sessions
    ) % {"n": parting.sessions}
    left = _("%(name)s has left.") % {"name": person}
    return f"{left} {clients} {sessions}" if parting.sessions else f"{left} {clients}"


def _clash(session) -> str:
    return _("%(name)s has two sessions at this time: %(when)s. Both are kept.") % {
        "name": session.clinician,
        "when": date_format(timezone.localtime(session.starts_at), "l j F Y, H:i"),
    }
