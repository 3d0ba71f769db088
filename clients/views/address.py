"""Another address: asked for in the portal, answered on the clinician's side."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from clients import actions
from clients.access import client_only
from clients.forms import AskAddressForm
from clients.models import Client
from practice import audit
from practice.access import staff
from practice.models import Role


@client_only
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def address_own(request):
    client, now = request.client, timezone.now()
    if "take_back" in request.POST:
        actions.take_back_address(client, by=request.user, now=now)
        messages.success(request, _("Taken back. Everything stays as it is."))
        return redirect("clients:address_own")
    form = AskAddressForm(request.POST or None, client=client, by=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Kept. Your clinician talks with you before anything changes."))
        return redirect("clients:address_own")
    context = {"form": form, "change": client.address_changes.open(now).first()}
    return render(request, "clients/address_own.html", context)


@staff(Role.CLINICIAN)
@require_http_methods(["GET", "POST"])
def address_change(request, client_id):
    client = get_object_or_404(Client.objects.cared_for_by(request.user), pk=client_id)
    change = client.address_changes.open(timezone.now()).first()
    if change is not None and "answer" in request.POST:
        if request.POST.get("change") == str(change.pk):
            return _answer(request, client, change)
        words = _("They asked for another address meanwhile. It stands here now.")
        messages.warning(request, words)
    context = {"client": client, "change": change}
    audit.looked("record.read", client, by=request.user)
    return render(request, "clients/address_change.html", context)


def _answer(request, client, change):
    now, by = timezone.now(), request.user
    try:
        if request.POST["answer"] == "yes":
            actions.confirm_address(change, by=by, now=now)
            words = _("Changed. A link goes to the new address at an hour that is safe for them.")
        else:
            actions.decline_address(change, by=by, now=now)
            words = _("Declined. Everything stays as it is.")
    except actions.AddressTaken:
        messages.error(request, _("Somebody else signs in with this address."))
        return redirect("clients:address_change", client.pk)
    except actions.NoLongerOpen:
        words = _("It was taken back or answered meanwhile.")
    messages.success(request, words)
    return redirect("clients:record", client.pk)
