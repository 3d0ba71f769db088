"""What clients agree to: on their first visit, on a page of their own, and on their record."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clients import actions
from clients.access import client_only
from clients.agreements import Standing, asked_of, standing_of
from clients.forms import AgreeForm, AgreementsForm, SaidForm
from clients.models import Agreement, Client
from practice.access import staff
from practice.models import Role


@client_only
@require_http_methods(["GET", "POST"])
def agree(request):
    """Before anything is asked; and again, in the client's own time, when the words changed."""
    client = request.client
    standing = standing_of(client)
    if request.method == "GET" and standing is Standing.SETTLED:
        return redirect("clients:uses")
    asked = _to_ask(client, standing)
    form = AgreeForm(request.POST or None, client=client, asked=asked, by=request.user)
    if form.is_valid():
        try:
            form.save()
        except actions.WordsChanged:
            messages.warning(request, _("The words have just changed. Please read them again."))
            return redirect("clients:agree")
        messages.success(request, _("Kept. You can change this any time under “My things”."))
        return redirect("assessments:portal")
    context = {
        "form": form,
        "asked": asked,
        "care": next((each for each in asked if each.kind == Agreement.CARE), None),
        "can_go_on": standing is not Standing.ASK_FIRST,
    }
    return render(request, "clients/agree.html", context)


def _to_ask(client, standing) -> list:
    """First what nothing goes on without, and that alone: a first visit is short. Whatever else
    they have not answered is asked later, in their own time."""
    everything = asked_of(client)
    if standing is Standing.ASK_FIRST:
        return [each for each in everything if each.kind == Agreement.CARE]
    return [each for each in everything if each.is_new]


@client_only
@require_http_methods(["GET", "POST"])
def uses(request):
    """Who reads what, what is never done, and what the client agreed to: taken back in one tap."""
    client = request.client
    form = SaidForm(request.POST or None, client=client, by=request.user)
    if request.method == "POST":
        _say(request, form)
        return redirect("clients:uses")
    team = client.care_team.current().select_related("clinician").order_by("-is_primary", "since")
    context = {"asked": asked_of(client), "team": team}
    return render(request, "clients/uses.html", context)


@staff(Role.CLINICIAN)
@require_POST
def consent_note(request, client_id):
    """What a client said in the room or on paper, written down by their clinician."""
    client = get_object_or_404(Client.objects.cared_for_by(request.user), pk=client_id)
    _say(request, SaidForm(request.POST, client=client, by=request.user))
    return redirect("clients:record", client.pk)


def _say(request, form) -> None:
    if not form.is_valid():
        raise Http404
    try:
        form.save()
    except actions.WordsChanged:
        messages.warning(request, _("The words have just changed. Please read them again."))
    else:
        messages.success(request, _("Kept."))


@staff(Role.OWNER)
@require_http_methods(["GET", "POST"])
def agreements(request):
    """The words that clients agree to. A change is a new version, and each client is asked anew."""
    practice = request.user.practice
    form = AgreementsForm(request.POST or None, practice=practice, by=request.user)
    if form.is_valid():
        changed = form.save()
        words = _("Kept. Clients are asked in these words from now on.")
        messages.success(request, words if changed else _("Nothing was changed."))
        return redirect("clients:agreements")
    return render(request, "clients/agreements.html", {"form": form})
