"""How long records are kept: for owners, who answer for them; and what a clinician asks of them."""

from contextlib import suppress

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients import actions
from clients.forms import AskErasureForm, EraseForm, HoldForm, RetentionForm
from clients.keeping import certificate_of, erased_of, kept_of
from clients.keeping.page import ERASED, SHOWN, list_of, what_goes
from clients.models import Client, RetentionPolicy
from practice import audit
from practice.access import fresh, fresh_to_act, staff
from practice.models import Erased, Role

PAGE = 50


def _kept_by(request, client_id) -> Client:
    found = Client.objects.kept_by(request.user).select_related("practice")
    return get_object_or_404(found, pk=client_id)


def _answered_for(request, client_id) -> tuple[Client, str]:
    """And the page of theirs from which this person came."""
    user = request.user
    found = Client.objects.cared_for_by(user) | Client.objects.kept_by(user)
    client = get_object_or_404(found.select_related("practice"), pk=client_id)
    return client, "clients:keeping_of" if Role.OWNER in user.roles else "clients:record"


@staff(Role.OWNER)
@require_safe
def keeping(request):
    """Names of clients whom the owner may not look after: to answer for their records, and no
    further."""
    show = request.GET.get("show")
    show = show if show in SHOWN else "due"
    policy = RetentionPolicy.of_practice(request.user.practice_id)
    if show == ERASED:
        rows = Erased.objects.of(request.user).order_by("-erased_at", "pk")
    else:
        rows = list_of(request.user, policy, show=show, now=timezone.now())
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    audit.looked("records.shown_to_owner", request.user.practice, by=request.user)
    context = {"page": page, "show": show, "shown": SHOWN, "policy": policy}
    return render(request, "clients/keeping.html", context)


@staff(Role.OWNER)
@fresh
@require_http_methods(["GET", "POST"])
def retention(request):
    form = RetentionForm(request.POST or None, by=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Kept."))
        return redirect("clients:keeping")
    return render(request, "clients/retention.html", {"form": form, "laws": form.laws})


@staff(Role.OWNER)
@require_http_methods(["GET", "POST"])
def keeping_of(request, client_id):
    """One record: until when, whether a hold stands, and the ways to hold or erase it."""
    client = _kept_by(request, client_id)
    form = HoldForm(request.POST or None, client=client, by=request.user)
    if form.is_valid():
        with suppress(actions.IsHeld):  # a second click, or another owner
            form.save()
        messages.success(request, _("Held. Nobody can erase this record until you lift it."))
        return redirect("clients:keeping_of", client.pk)
    audit.looked("keeping.read", client, by=request.user)
    kept = kept_of(client, now=timezone.now())
    holds = client.legal_holds.order_by("-since").select_related("created_by", "lifted_by")
    context = {"client": client, "kept": kept, "form": form, "holds": holds}
    return render(request, "clients/keeping_of.html", context)


@staff(Role.OWNER)
@fresh_to_act
@require_POST
def hold_lift(request, client_id):
    client = _kept_by(request, client_id)
    actions.lift_hold(client, by=request.user, now=timezone.now())
    messages.success(request, _("Lifted. Only an owner can erase this record now."))
    return redirect("clients:keeping_of", client.pk)


@staff(Role.OWNER, Role.CLINICIAN)
@require_http_methods(["GET", "POST"])
def erasure_ask(request, client_id):
    """Whoever cares for them, or answers for the records, says that they want to be forgotten."""
    client, back = _answered_for(request, client_id)
    form = AskErasureForm(request.POST or None, client=client, by=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Written down. An owner of the practice decides and does it."))
        return redirect(back, client.pk)
    audit.looked("keeping.read", client, by=request.user)
    kept = kept_of(client, now=timezone.now())
    context = {"client": client, "form": form, "kept": kept, "back": back}
    return render(request, "clients/erasure_ask.html", context)


@staff(Role.OWNER, Role.CLINICIAN)
@require_POST
def erasure_take_back(request, client_id):
    client, back = _answered_for(request, client_id)
    actions.take_back_erasure(client, by=request.user, now=timezone.now())
    messages.success(request, _("Taken back. Their record is kept."))
    return redirect(back, client.pk)


@staff(Role.OWNER)
@fresh
@require_http_methods(["GET", "POST"])
def erase(request, client_id):
    """What goes and what stays, said before; then their name in the owner's own typing."""
    if Erased.objects.of(request.user).filter(pk=client_id).exists():  # a second click
        return redirect("clients:erased", client_id)
    client = _kept_by(request, client_id)
    kept = kept_of(client, now=timezone.now())
    form = EraseForm(request.POST or None, kept=kept, by=request.user)
    if kept.why and form.is_valid():
        try:
            erased = form.save()
        except actions.NeedsAnother:
            words = _("Whoever asked for it is not who does it: another owner has to.")
            form.add_error(None, words)
        except actions.AlreadyErased:  # the same, while the first was at it
            return redirect("clients:erased", client_id)
        except actions.MayNot:
            return redirect("clients:keeping_of", client.pk)  # which says why
        else:
            return redirect("clients:erased", erased.pk)
    audit.looked("keeping.read", client, by=request.user)
    context = {"client": client, "kept": kept, "form": form, "goes": what_goes(client)}
    return render(request, "clients/erase.html", context)


@staff(Role.OWNER)
@require_safe
def erased(request, erased_id):
    found = get_object_or_404(erased_of(request.user), pk=erased_id)
    return render(request, "clients/erased.html", {"proof": certificate_of(found)})


@staff(Role.OWNER)
@require_safe
def erased_facts(request, erased_id):
    """The certificate for a machine."""
    found = get_object_or_404(erased_of(request.user), pk=erased_id)
    headers = {"Content-Disposition": f'attachment; filename="certificate-{found.pk}.json"'}
    facts = certificate_of(found).as_json()
    return JsonResponse(facts, headers=headers, json_dumps_params={"indent": 2})
