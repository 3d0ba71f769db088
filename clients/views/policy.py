"""How the practice reminds."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients.forms import PolicyForm
from practice.access import staff
from practice.models import Role


@staff(Role.OWNER)
@require_http_methods(["GET", "POST"])
def policy(request):
    """Only the owner: the others read it wherever it says "as usual"."""
    form = PolicyForm(request.POST or None, by=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Kept. Messages follow this from now on."))
        return redirect("clients:policy")
    context = {"form": form, "policy": form.policy}
    return render(request, "clients/policy.html", context)
