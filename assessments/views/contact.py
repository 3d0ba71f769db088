"""What a client hears from us: what was sent, what will be and why not, and reminding them now."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assessments.calendar import calendar_of
from assessments.contact import (
    LOG_FILTERS,
    contact_of,
    counts_of_log,
    log_of,
    paused_work,
    with_deliveries,
)
from clients.models import Client
from practice import audit
from practice.access import READING, staff

LOG_PAGE = 50


@staff(*READING)
@require_safe
def contact(request, client_id):
    """What was sent, what will be, and why not."""
    client = get_object_or_404(Client.objects.of(request.user), pk=client_id)
    only = request.GET.get("only", "")
    only = only if only in LOG_FILTERS else ""
    log = Paginator(log_of(client, outcome=only), LOG_PAGE).get_page(request.GET.get("page"))
    page = contact_of(client, now=timezone.now())
    audit.looked("contact.read", client, by=request.user)
    told = {each.title for each in page.calendar.not_spoken_of}  # it says there that it is paused
    context = {
        "client": client,
        "contact": page,
        "paused": [title for title in paused_work(client) if title not in told],
        "log": log,
        "sent": with_deliveries(list(log)),
        "counts": counts_of_log(client),
        "only": only,
    }
    return render(request, "assessments/contact.html", context)


@staff(*READING)
@require_safe
def calendar(request, client_id):
    """The weeks ahead: what they are asked, and what they will hear."""
    client = get_object_or_404(Client.objects.of(request.user), pk=client_id)
    audit.looked("contact.read", client, by=request.user)
    context = {"client": client, "calendar": calendar_of(client, now=timezone.now())}
    return render(request, "assessments/calendar.html", context)
