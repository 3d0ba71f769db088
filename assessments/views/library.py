"""The library: what there is, what each thing is and where it comes from, and what it carries."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from assessments.actions.library import shipped
from assessments.browsing import cards_of, shelf_of
from assessments.coverage import coverage
from assessments.forms import LibraryForm
from assessments.models import Activity, ActivityVersion, Program
from assessments.preview import framed, preview_of
from practice.access import READING, staff


@staff(*READING)
@require_safe
def library(request):
    cards = cards_of(request.user)
    form = LibraryForm(request.GET, cards=cards)
    context = {"form": form, "shelf": shelf_of(cards, form.wanted())}
    return render(request, "assessments/library.html", context)


@staff(*READING)
@require_safe
def activity(request, slug):
    """What it is, where it comes from, and how the client will see it."""
    found = get_object_or_404(Activity.objects.of(request.user), slug=slug)
    versions = list(found.versions.select_related("permission", "created_by").order_by("-number"))
    definition = versions[0].definition
    points = {point.code: point for point in shipped().points}
    context = {
        "activity": found,
        "version": versions[0],
        "versions": versions,
        "definition": definition,
        "points": [points[code] for code in definition.provenance.covers if code in points],
    }
    return render(request, "assessments/activity.html", context)


@staff(*READING)
@require_safe
def program(request, slug):
    """The weeks of a program, with what comes when and by which rule."""
    found = get_object_or_404(Program.objects.of(request.user), slug=slug)
    version = found.versions.order_by("-number").first()
    slugs = [step.activity for step in version.definition.steps]
    activities = {
        each.activity.slug: each
        for each in ActivityVersion.objects.of(request.user)
        .newest()
        .filter(activity__slug__in=slugs)
        .select_related("activity")
    }
    steps = [(step, activities.get(step.activity)) for step in version.definition.steps]
    context = {
        "program": found,
        "version": version,
        "definition": version.definition,
        "weeks": _by_week(steps),
        "gated": [row for _step, row in steps if row and row.definition.gated],
    }
    return render(request, "assessments/program.html", context)


def _by_week(steps) -> dict[int, list]:
    weeks: dict[int, list] = {}
    for step, row in steps:
        weeks.setdefault(step.week, []).append((step, row))
    return weeks


@staff(*READING)
@require_safe
def library_coverage(request):
    """What the seed articles say, point by point, with what carries it here."""
    return render(request, "assessments/coverage.html", {"seeds": coverage(shipped())})


@framed
@staff(*READING)
@require_safe
def preview(request, slug):
    """What a client would see, page by page, in a frame; nothing can be sent from it."""
    found = get_object_or_404(Activity.objects.of(request.user), slug=slug)
    definition = found.versions.order_by("-number").first().definition
    return render(
        request, "assessments/preview.html", preview_of(definition, request.GET.get("at"))
    )
