"""Who saw a client, and what happened here: the audit trail, for those who answer for it."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clients.forms import LogForm
from clients.log import events_of, lines_of, page_of
from clients.models import Client, EmergencyOpening
from practice import audit
from practice.access import READING, staff
from practice.auditing.checking import last_check_of
from practice.csv_cells import csv_of
from practice.models import Role

LAST_OPENINGS = 10


@staff(*READING, Role.OWNER)
@require_safe
def who_saw(request, client_id):
    """For whoever may read the record; and for the owner, who sees who and what, and nothing of
    what stands there."""
    client = get_object_or_404(Client.objects.logged_for(request.user), pk=client_id)
    form = LogForm(request.GET, by=request.user)
    events = events_of(request.user.practice, form.wanted(), client=client)
    audit.looked("log.read", client, by=request.user)
    context = {
        "client": client,
        "reads": Client.objects.of(request.user).filter(pk=client.pk).exists(),
        "takes": _taken_by(request.user).filter(pk=client.pk).exists(),
        "form": form,
        "log": page_of(events, below=_below(request)),
    }
    return render(request, "clients/who_saw.html", context)


def _taken_by(user):
    """What is opened in an emergency is read, and not taken."""
    is_owner = Role.OWNER in user.roles
    return Client.objects.logged_for(user) if is_owner else Client.objects.taken_out_by(user)


@staff(*READING, Role.OWNER)
@require_safe
def who_saw_taken(request, client_id):
    """The same as a file, from the first to the last. Its name says nothing."""
    client = get_object_or_404(_taken_by(request.user), pk=client_id)
    wanted = LogForm(request.GET, by=request.user).wanted()
    found = list(events_of(request.user.practice, wanted, client=client).reverse())
    head = [_("Number"), _("When (UTC)"), _("Who"), _("What"), _("More")]
    rows = [(line.number, line.at, line.who, line.what, line.said) for line in lines_of(found)]
    file = HttpResponse(csv_of([head, *rows]), content_type="text/csv; charset=utf-8")
    file["Content-Disposition"] = f'attachment; filename="log-{timezone.localdate()}.csv"'
    audit.record("log.taken", client, by=request.user, detail={"rows": len(rows)})
    return file


@staff(Role.OWNER)
@require_safe
def log(request):
    user = request.user
    form = LogForm(request.GET, by=user)
    openings = EmergencyOpening.objects.of(user).select_related("created_by", "client")
    audit.looked("log.read", user.practice, by=user)
    context = {
        "form": form,
        "log": page_of(events_of(user.practice, form.wanted()), below=_below(request)),
        "check": last_check_of(user.practice_id),
        "openings": openings.order_by("-opened_at")[:LAST_OPENINGS],
    }
    return render(request, "clients/log.html", context)


def _below(request) -> int | None:
    number = request.GET.get("below", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 18 else None
