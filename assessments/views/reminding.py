"""Reminders that somebody asks for: a clinician now, a client later."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from assessments import actions, tasks
from assessments.contact import next_in_words, would_hear
from assessments.snooze import snooze_of
from clients.access import client_only
from clients.caseload import caseload_of
from clients.models import Client
from practice.access import staff
from practice.models import Role

from .doors import my_occurrence


@staff(Role.CLINICIAN)
@require_POST
def remind_now(request, client_id):
    """One client, of what is open for them. The answer says when that will be."""
    client = get_object_or_404(Client.objects.cared_for_by(request.user), pk=client_id)
    now = timezone.now()
    if actions.remind_now([client], by=request.user, now=now):
        tasks.ring()
        messages.success(request, next_in_words(client, now=now))
    else:
        messages.warning(request, _why_not(client, now))
    return redirect("assessments:contact", client.pk)


def _why_not(client, now) -> str:
    [heard] = would_hear([client], now=now)
    if heard.has_open:
        return next_in_words(client, now=now)
    return _("Nothing is open for them, so there is nothing to remind of.")


@staff(Role.CLINICIAN)
@require_POST
def remind_many(request):
    """The clients who were chosen on the caseload: asked once, with what will come of it."""
    chosen, now = _chosen(request), timezone.now()
    if not chosen:
        messages.warning(request, _("Choose somebody first."))
        return redirect("clients:caseload")
    if "sure" not in request.POST:
        heard = would_hear(chosen, now=now)
        context = {"heard": heard, "chosen": chosen, "open": sum(each.has_open for each in heard)}
        return render(request, "assessments/remind.html", context)
    asked = actions.remind_now(chosen, by=request.user, now=now)
    tasks.ring()
    words = ngettext(
        "A reminder for %(n)s client was asked for. It leaves when it is safe for them.",
        "Reminders for %(n)s clients were asked for. They leave when it is safe for each.",
        asked,
    )
    messages.success(request, words % {"n": asked})
    return redirect("clients:caseload")


def _chosen(request) -> list[Client]:
    """Of whom the clinician looks after; ``everybody``: all that the caseload lists."""
    mine = Client.objects.cared_for_by(request.user)
    if "everybody" in request.POST:
        listed = caseload_of(request.user, search=request.POST.get("q", ""), now=timezone.now())
        ids = set(mine.values_list("pk", flat=True))
        return [row.client for row in listed if row.client.pk in ids]
    wanted = set(request.POST.getlist("client"))
    found = [client for client in mine if str(client.pk) in wanted]
    return sorted(found, key=lambda client: client.preferred_name.casefold())


@client_only
@require_POST
def remind_later(request, occurrence_id):
    """The client, in the portal: not now, remind me then. Or never mind."""
    occurrence, now = my_occurrence(request, occurrence_id), timezone.now()
    if request.POST.get("when") == "never":
        actions.dont_remind(occurrence, by=request.user, now=now)
        return redirect("assessments:portal")
    at = snooze_of(request.client, now=now).moment(occurrence, request.POST.get("when", ""))
    if at is None:
        messages.info(request, _("We can't remind you of this just now. It is still here."))
    else:
        actions.remind_later(occurrence, at=at, by=request.user, now=now)
    return redirect("assessments:portal")
