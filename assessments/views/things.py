"""What is the client's own: their path, what they read and sent, and who looked at it."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assessments.opened import in_words, opened_of
from assessments.path import paths_of
from assessments.readings import reading_of, readings_of
from assessments.sent import sent_by
from clients.access import client_only

PAGE = 20


@client_only
@require_safe
def things(request):
    """The doors to everything that is not asked today."""
    return render(request, "assessments/things.html")


@client_only
@require_safe
def path(request):
    return render(
        request, "assessments/path.html", {"paths": paths_of(request.client, now=timezone.now())}
    )


@client_only
@require_safe
def readings(request):
    found = readings_of(request.client, now=timezone.now())
    return render(request, "assessments/readings.html", {"readings": found})


@client_only
@require_safe
def reading(request, slug):
    """Read again, or because one likes to: nothing of it is written down."""
    definition = reading_of(request.client, slug, now=timezone.now())
    if definition is None:
        raise Http404
    return render(request, "assessments/read_again.html", {"definition": definition})


@client_only
@require_safe
def sent(request):
    search = request.GET.get("q", "").replace("\0", "").strip()
    page = Paginator(sent_by(request.client, search=search), PAGE).get_page(request.GET.get("page"))
    return render(request, "assessments/sent.html", {"page": page, "search": search})


@client_only
@require_safe
def opened(request):
    page = Paginator(opened_of(request.client), 2 * PAGE).get_page(request.GET.get("page"))
    return render(request, "assessments/opened.html", {"page": page, "looked": in_words(page)})
