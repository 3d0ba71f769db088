"""Words about a response, and whether it was talked about; and where the client reads them."""

from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments import actions, tasks
from assessments.forms import FeedbackForm
from assessments.models import Feedback, Response
from clients.access import client_only
from clients.models import Client
from practice.access import staff
from practice.models import Role

from .clinician import response_page


def _cared_for(request, response_id) -> Response:
    found = get_object_or_404(
        Response.objects.of(request.user).select_related(
            "client", "version__activity", "occurrence__assignment"
        ),
        pk=response_id,
    )
    get_object_or_404(Client.objects.cared_for_by(request.user), pk=found.client_id)
    return found


@staff(Role.CLINICIAN)
@require_POST
def feedback(request, response_id):
    found = _cared_for(request, response_id)
    form = FeedbackForm(request.POST, response=found, by=request.user)
    if not form.is_valid():
        return response_page(request, found, form)
    try:
        form.save()
    except IntegrityError as error:  # the name of a comment on something else
        raise Http404 from error
    tasks.ring()
    messages.success(request, _sent(found.client))
    return redirect("assessments:response", found.pk)


def _sent(client) -> str:
    if client.has_joined:
        return _("Sent. They find it in the portal; no message is sent for it alone.")
    return _("Kept. They find it in the portal once they have joined it.")


@staff(Role.CLINICIAN)
@require_POST
def discussed(request, response_id):
    """The same button takes it back."""
    found = _cared_for(request, response_id)
    if "undo" in request.POST:
        actions.forget_discussed(found, by=request.user)
        messages.success(request, _("Taken back."))
    else:
        actions.mark_discussed(found, by=request.user, now=timezone.now())
        messages.success(request, _("Noted that you talked about it."))
    return redirect("assessments:response", found.pk)


@client_only
@require_safe
def words(request):
    """What the clinician wrote to this client, the newest first."""
    found = list(
        Feedback.objects.mine(request.user)
        .select_related("response__version", "created_by")
        .order_by("-sent_at")
    )
    context = {"client": request.client, "feedback": found}
    page = render(request, "assessments/words.html", context)
    actions.see_feedback(request.client, by=request.user, now=timezone.now())
    return page
