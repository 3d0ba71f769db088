"""Opening a record in an emergency. The page names nobody: who opens it says whose record."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients.forms import EmergencyForm
from practice import bell
from practice.access import fresh, staff
from practice.models import Role


@staff(Role.CLINICIAN)
@fresh
@require_http_methods(["GET", "POST"])
def emergency(request):
    form = EmergencyForm(request.POST or None, by=request.user)
    if form.is_valid():
        client = form.save()
        bell.ring("assessments.tasks.tell_of_emergencies")
        messages.success(request, _("Open for an hour, to read. The owner is told now."))
        return redirect(client)
    return render(request, "clients/emergency.html", {"form": form})
