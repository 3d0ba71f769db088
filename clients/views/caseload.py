from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients import actions
from clients.agreements import asked_of
from clients.caseload import caseload_of
from clients.forms import (
    AddClientForm,
    ChangeClientForm,
    ChosenForm,
    ContactForm,
    SafetyCheckForm,
)
from clients.keeping import kept_until, with_end
from clients.models import Client, OwnPlan
from practice import audit
from practice.access import READING, fresh, fresh_to_act, staff
from practice.models import Role

from .teams import of_own_team

PAGE = 50
LAST_REASONS = 30
TOO_SOON = gettext_lazy(
    "Their address or number was changed less than a day ago. So that nobody else gets in, a new "
    "code can be sent a day after that."
)


@staff(*READING)
@require_safe
def caseload(request):
    people = caseload_of(request.user, search=request.GET.get("q", ""), now=timezone.now())
    page = Paginator(people, PAGE).get_page(request.GET.get("page"))
    boxes = _boxes(request, [row.client for row in page])
    context = {
        "page": page,
        "rows": [(row, boxes.get(str(row.client.pk))) for row in page],
        "can_choose": bool(boxes),
        "is_all": _chooses_all(request),
    }
    return render(request, "clients/caseload.html", context)


def _chooses_all(request) -> bool:
    return request.GET.get("chosen") == "all"


def _boxes(request, clients) -> dict:
    """To choose clients with: those whom the reader looks after, and not those they only read."""
    if Role.CLINICIAN not in request.user.roles:
        return {}
    mine = set(Client.objects.cared_for_by(request.user).values_list("pk", flat=True))
    theirs = [client for client in clients if client.pk in mine]
    return ChosenForm(clients=theirs, is_all=_chooses_all(request)).boxes()


@staff(Role.CLINICIAN)
@require_http_methods(["GET", "POST"])
def client_add(request):
    form = AddClientForm(request.POST or None, by=request.user)
    if form.is_valid():
        client_id = form.save()
        messages.success(request, _("Added to your caseload."))
        return redirect("assessments:timeline", client_id)
    return render(request, "clients/client_add.html", {"form": form})


@staff(*READING)
@require_safe
def record(request, client_id):
    found = Client.objects.of(request.user).with_what_holds_it().with_shut_code(timezone.now())
    found = with_end(found)
    client = get_object_or_404(found, pk=client_id)
    team = list(client.care_team.current().select_related("clinician", "taken_from"))
    reasons = client.supervision_reasons.order_by("-given_at").select_related("created_by")
    emergencies = client.emergency_openings.order_by("-opened_at").select_related("created_by")
    context = {
        "client": client,
        "kept_until": kept_until(client, request.user.practice),
        "checks": client.safety_checks.latest_first().select_related("created_by"),
        "team": team,
        "on_team": any(member.clinician_id == request.user.pk for member in team),
        "episodes": client.episodes.order_by("-opened_at"),
        "reasons": reasons[:LAST_REASONS],
        "emergencies": emergencies[:LAST_REASONS],
        "contacts": client.safe_contacts.order_by("-confirmed_at").select_related("created_by"),
        "asked": asked_of(client),
        "plan": OwnPlan.objects.filter(client=client, shared_at__isnull=False).first(),
    }
    audit.looked("record.read", client, by=request.user)
    return render(request, "clients/record.html", context)


@staff(Role.CLINICIAN)
@fresh
@require_http_methods(["GET", "POST"])
def client_change(request, client_id):
    client = get_object_or_404(Client.objects.cared_for_by(request.user), pk=client_id)
    form = ChangeClientForm(request.POST or None, client=client, by=request.user)
    if form.is_valid():
        try:
            form.save()
        except actions.AddressTaken:  # by somebody who was quicker
            form.add_error("email", _("Somebody else signs in with this address."))
        else:
            messages.success(request, _("Kept."))
            return redirect("clients:record", client.pk)
    audit.looked("record.read", client, by=request.user)
    return render(request, "clients/client_change.html", {"client": client, "form": form})


@staff(Role.CLINICIAN)
@require_POST
def client_invite(request, client_id):
    client = get_object_or_404(Client.objects.cared_for_by(request.user), pk=client_id)
    if not client.email:
        messages.error(request, _("Add an e-mail address first."))
        return redirect("clients:client_change", client.pk)
    try:
        actions.invite(client, by=request.user, now=timezone.now())
    except actions.AddressTaken:
        messages.error(request, _("Somebody else signs in with this address. Change it first."))
        return redirect("clients:client_change", client.pk)
    messages.success(request, _("Invited. The message leaves at an hour that is safe for them."))
    return redirect("assessments:contact", client.pk)


@staff(Role.CLINICIAN)
@fresh_to_act
@require_POST
def client_new_code(request, client_id):
    """They forgot their personal code: a new link lets them choose another."""
    client = of_own_team(request, client_id)
    try:
        actions.forget_code(client, by=request.user, now=timezone.now())
    except actions.HasMoved:
        messages.error(request, TOO_SOON)
        return redirect("clients:record", client.pk)
    messages.success(
        request, _("The old code works no longer. A link for a new one leaves at a safe hour.")
    )
    return redirect("assessments:contact", client.pk)


@staff(Role.CLINICIAN)
@require_http_methods(["GET", "POST"])
def contact_change(request, client_id):
    client = get_object_or_404(Client.objects.cared_for_by(request.user), pk=client_id)
    form = ContactForm(request.POST or None, client=client, by=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Kept. Messages follow this from now on."))
        return redirect("assessments:contact", client.pk)
    audit.looked("contact.read", client, by=request.user)
    return render(request, "clients/contact_change.html", {"client": client, "form": form})


@staff(Role.CLINICIAN)
@fresh
@require_http_methods(["GET", "POST"])
def safety_check(request, client_id):
    client = get_object_or_404(Client.objects.cared_for_by(request.user), pk=client_id)
    form = SafetyCheckForm(request.POST or None, client=client, by=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Kept."))
        return redirect("assessments:assign", client.pk)
    checks = client.safety_checks.latest_first().with_age().select_related("created_by")
    context = {"client": client, "form": form, "checks": checks}
    audit.looked("safety.read", client, by=request.user)
    return render(request, "clients/safety_check.html", context)
