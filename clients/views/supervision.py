"""The question before a supervisor opens somebody's record."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from clients.forms import ReasonForm
from clients.models import Client
from clients.supervision import client_to_ask_for
from practice.access import is_ours, staff
from practice.models import Role


@staff(Role.SUPERVISOR)
@require_http_methods(["GET", "POST"])
def reason(request, client_id):
    """Nothing about the client stands here but their name, which is in every list too."""
    client = client_to_ask_for(request.user, client_id)
    if client is None:
        return _open_already(request, client_id)
    form = ReasonForm(request.POST or None, client=client, by=request.user)
    if form.is_valid():
        form.save()
        return redirect(_where_to(request, client))
    return render(request, "clients/reason.html", {"client": client, "form": form})


def _open_already(request, client_id):
    """A second tab, or the way back: go on. Whom they may not open at all is not there."""
    client = Client.objects.of(request.user).filter(pk=client_id).first()
    if client is None:
        raise Http404
    return redirect(_where_to(request, client))


def _where_to(request, client):
    """Only to a page of ours."""
    wanted = request.GET.get("next", "")
    return wanted if is_ours(request, wanted) else client.get_absolute_url()
