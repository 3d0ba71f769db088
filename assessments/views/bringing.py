"""What the client brings to the next session."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments import actions
from assessments.models import Response
from assessments.portal import brought_by
from clients.access import client_only


@client_only
@require_safe
def brought(request):
    return render(request, "assessments/brought.html", {"brought": brought_by(request.client)})


@client_only
@require_POST
def bring(request, response_id):
    """Marks it; the same button takes the mark back. Goes back to where it was pressed."""
    response = get_object_or_404(Response.objects.mine(request.user).submitted(), pk=response_id)
    if "undo" in request.POST:
        actions.leave_out(response, by=request.user)
        messages.success(request, _("Taken back. It is not marked any more."))
    else:
        actions.bring(response, by=request.user, now=timezone.now())
        messages.success(request, _("Marked. Your clinician sees it before your next session."))
    if request.POST.get("back") == "mine":
        return redirect("assessments:mine", response.pk)
    if request.POST.get("back") in ("entries", "done"):
        return redirect(f"assessments:{request.POST['back']}", response.occurrence_id)
    return redirect("assessments:brought")
