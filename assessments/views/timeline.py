"""The timeline of one client, and the tables behind it as files."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assessments.models import Response, ReviewRules
from assessments.progress import prompts_of
from assessments.timeline import since_of, table_of, timeline_of
from clients.models import Client
from practice import audit
from practice.access import READING, staff
from practice.csv_cells import csv_of


def _readable(request, client_id) -> Client:
    return get_object_or_404(Client.objects.of(request.user), pk=client_id)


def _span(request, client):
    """Since when, as it stands in the address; and the moment that this is."""
    span = request.GET.get("since", "")
    since = since_of(client, span)
    return (span if since else "", since)


def _is_phone(request) -> bool:
    """As browsers say it themselves. The drawing is made here, so its width has to be known; one
    that says nothing gets the wide one, which can be pushed sideways just as well."""
    return "Mobi" in request.headers.get("User-Agent", "")


@staff(*READING)
@require_safe
def timeline(request, client_id):
    client = _readable(request, client_id)
    span, since = _span(request, client)
    page = timeline_of(client, now=timezone.now(), since=since, on_phone=_is_phone(request))
    audit.record("timeline.read", client, by=request.user)
    to_review = page.moves if page.is_in_care else []
    context = {
        "client": client,
        "timeline": page.drawing,
        "measures": page.measures,
        "moves": page.moves,
        "prompts": prompts_of(to_review, ReviewRules.of_practice(client.practice_id)),
        "practised": page.practised,
        "has_unvalidated": page.has_unvalidated,
        "span": span,
        "recent": Response.objects.of(request.user)
        .filter(client=client)
        .select_related("version__activity")
        .defer("answers", "changes", "version__content")
        .order_by("-submitted_at")[:8],
    }
    return render(request, "assessments/timeline.html", context)


@staff(*READING)
@require_safe
def timeline_taken(request, client_id, lane):
    """The table behind one lane, as it stands on the page. The file's name says nothing."""
    client = _readable(request, client_id)
    span, since = _span(request, client)
    now = timezone.now()
    drawing = timeline_of(client, now=now, since=since).drawing
    lanes = drawing.lanes if drawing else ()
    found = next((each for each in lanes if each.code == lane and each.rows), None)
    if found is None:
        raise Http404
    file = HttpResponse(csv_of(table_of(found).rows()), content_type="text/csv; charset=utf-8")
    file["Content-Disposition"] = f'attachment; filename="table-{timezone.localdate()}.csv"'
    audit.record("timeline.taken", client, by=request.user, detail={"lane": lane, "since": span})
    return file
