"""One alert and what is done about it; all of them; and what the practice wants to be told."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments import actions, alerting, tasks
from assessments.forms import AlertForm, AlertPolicyForm, BackUpForm, BackUpsForm
from assessments.models import Alert
from assessments.progress.words import reason_words
from clients.models import Client
from practice import audit
from practice.access import READING, staff
from practice.models import Role

PAGE = 50


@staff(*READING, Role.OWNER)
@require_http_methods(["GET", "POST"])
def alert(request, alert_id):
    """For whoever reads the client's record; and for a back-up or an owner who was called to it,
    who sees this page and nothing else of the client."""
    found = get_object_or_404(
        Alert.objects.open_to(request.user).select_related(
            "client", "occurrence__assignment", "seen_by", "acted_by", "closed_by"
        ),
        pk=alert_id,
    )
    may_act = Alert.objects.mine(request.user).filter(pk=found.pk).exists()
    if request.method == "POST" and not may_act:
        raise Http404
    if may_act and found.closed_at is None:
        actions.see_alert(found, by=request.user, now=timezone.now())
    form = AlertForm(request.POST or None, alert=found, by=request.user) if may_act else None
    if form is not None and form.is_valid():
        said = _saved(request, form)
        if said is not None:
            return said
        found.refresh_from_db()
        if found.closed_at is None:  # what was done is said; the words are still there
            form = AlertForm(
                initial={"note": form.cleaned_data["note"]}, alert=found, by=request.user
            )
    return _shown(request, found, form)


def _saved(request, form):
    """Where to go when it was kept; None when somebody was quicker, whose words stand."""
    try:
        form.save()
    except actions.AlreadyClosed:
        return None  # the page says who did, and keeps what was typed
    except actions.AlreadyActed:
        messages.warning(request, _("Somebody has said meanwhile what was done. It stands below."))
        return None
    if form.stays_open:
        messages.success(request, _("Kept. It stays open until it is closed."))
        return redirect("assessments:alert", form.alert.pk)
    messages.success(request, _("Closed."))
    return redirect("assessments:today" if READING & request.user.roles else "practice")


def _shown(request, found, form):
    client = found.client
    context = {
        "alert": found,
        "client": client,
        "form": form,
        "course": alerting.course_of(found),
    }
    if not Client.objects.of(request.user).filter(pk=client.pk).exists():
        audit.record("alert.opened_by_called", found, by=request.user)
        return render(request, "assessments/alert_called.html", context)
    audit.looked("alert.read", found, by=request.user)
    return render(request, "assessments/alert.html", context | _what_about(found))


def _what_about(alert) -> dict:
    """What was asked for, and what was sent that raised the alert."""
    if alert.occurrence is None:
        worse = []
        if alert.kind == Alert.Kind.WORSE:
            worse = [
                reason_words(each.move, each.rule) for each in actions.worse_prompts(alert.client)
            ]
        return {"about": None, "sent": None, "worse": worse}
    sent = None
    if alert.kind in (Alert.Kind.NOT_SAFE, Alert.Kind.CRITICAL, Alert.Kind.PHRASE):
        since = alert.occurrence.responses.submitted().filter(submitted_at__gte=alert.raised_at)
        sent = since.order_by("submitted_at").first()
    return {"about": actions.current_version(alert.occurrence).definition, "sent": sent}


@staff(*READING, Role.OWNER)
@require_safe
def alerts(request):
    state = request.GET.get("state")
    state = state if state in alerting.STATES else "open"
    client = _of_whom(request)
    search = request.GET.get("q", "")
    found = alerting.alerts_of(request.user, state=state, search=search, client=client)
    context = {
        "client": client,
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "called_to": alerting.called_to(request.user),
        "state": state,
        "reads": bool(READING & request.user.roles),
    }
    return render(request, "assessments/alerts.html", context)


def _of_whom(request) -> Client | None:
    """All of one client, by their id: the link from their record holds no name."""
    try:
        wanted = UUID(request.GET.get("client", ""))
    except ValueError:
        return None
    client = get_object_or_404(Client.objects.of(request.user), pk=wanted)
    audit.looked("alerts.read", client, by=request.user)
    return client


@staff(Role.CLINICIAN)
@require_http_methods(["GET", "POST"])
def back_up(request):
    """Who stands in for me."""
    form = BackUpForm(request.POST or None, clinician=request.user, by=request.user)
    if form.is_valid():
        form.save()
        tasks.ring_for_alerts()
        messages.success(request, _("Kept."))
        return redirect("assessments:alerts")
    return render(request, "assessments/back_up.html", {"form": form})


@staff(Role.OWNER)
@require_http_methods(["GET", "POST"])
def alert_policy(request):
    form = AlertPolicyForm(request.POST or None, by=request.user)
    if form.is_valid():
        form.save()
        tasks.ring_for_alerts()
        messages.success(request, _("Kept. It counts from now on."))
        return redirect("assessments:alert_policy")
    context = {
        "form": form,
        "figures": alerting.figures_of(request.user.practice, now=timezone.now()),
        "days": alerting.DAYS,
        "fewest": alerting.FEWEST,
    }
    return render(request, "assessments/alert_policy.html", context)


@staff(Role.OWNER)
@require_http_methods(["GET", "POST"])
def back_ups(request):
    """Who stands in for whom, for everybody who sees clients."""
    form = BackUpsForm(request.POST if request.method == "POST" else None, by=request.user)
    if form.is_valid():
        form.save()
        tasks.ring_for_alerts()
        messages.success(request, _("Kept."))
        return redirect("assessments:back_ups")
    return render(request, "assessments/back_ups.html", {"form": form})
